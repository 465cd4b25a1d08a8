"""What a verdict depends on, with figures made up for it."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from harness import plan, processes, report  # noqa: E402
from harness.comparison import Goal, compare  # noqa: E402

AT_MOST = Goal(0.45, at_most=True)
AT_LEAST = Goal(2, at_most=False)


class Verdicts(unittest.TestCase):
    def test_the_ratio_is_the_one_of_the_medians(self):
        compared = compare([1, 2, 100], [3, 4, 5])
        self.assertEqual((compared.ours, compared.theirs, compared.ratio), (2, 4, 0.5))

    def test_the_interval_holds_the_ratio_and_is_the_same_each_time(self):
        ours, theirs = [9, 10, 10, 11, 14], [19, 20, 20, 22, 21]
        compared = compare(ours, theirs)
        self.assertLessEqual(compared.low, compared.ratio)
        self.assertGreaterEqual(compared.high, compared.ratio)
        self.assertLess(compared.low, compared.high)
        self.assertEqual(compared, compare(ours, theirs))

    def test_a_clear_ratio_meets_or_misses_its_goal(self):
        hundred, ten = range(98, 103), range(8, 13)
        self.assertEqual(compare(range(38, 43), hundred).verdict(AT_MOST), "met")
        self.assertEqual(compare(range(50, 55), hundred).verdict(AT_MOST), "not met")
        self.assertEqual(compare(range(28, 33), ten).verdict(AT_LEAST), "met")
        self.assertEqual(compare(ten, ten).verdict(AT_LEAST), "not met")

    def test_an_interval_across_the_goal_decides_nothing(self):
        self.assertEqual(compare([30, 30, 44, 60, 60], [100] * 5).verdict(AT_MOST), "undecided")
        self.assertEqual(compare([10, 10, 21, 40, 40], [10] * 5).verdict(AT_LEAST), "undecided")

    def test_a_few_figures_decide_nothing(self):
        self.assertEqual(compare([1] * 4, [100] * 5).verdict(AT_MOST), "undecided")
        self.assertEqual(compare([1] * 5, [100] * 5).verdict(AT_MOST), "met")

    def test_without_a_goal_there_is_no_verdict(self):
        self.assertEqual(compare([1], [1]).verdict(None), "")


class Plan(unittest.TestCase):
    def test_cases_with_the_same_arguments_share_their_runs(self):
        cases = plan.memory_cases()
        self.assertEqual((len(cases), len(plan.runs(cases))), (2, 1))

    def test_peer_gets_count_the_processors_of_both_sides(self):
        cases = plan.peer_get_cases(1)
        self.assertEqual(len(cases), 4 * len(plan.runs(cases)))
        by_section = {case.section: case for case in cases}
        figures = {"operations": 1_000, "nanoseconds": 1e9, "processor_nanoseconds": 5e6,
                   "requester_nanoseconds": 3e6, "owner_nanoseconds": 2e6}
        measured = {section: case.measure(figures) for section, case in by_section.items()}
        self.assertEqual(measured, {plan.PEER_GET: 200, plan.PEER_RATE: 1, plan.PEER_REQUESTER: 3,
                                    plan.PEER_OWNER: 2})

    def test_rates_come_with_processor_time_and_with_what_others_used(self):
        case = plan.hit_cases(1)[0]
        ours = [{"operations": 4e6, "nanoseconds": 2e9, "processor_nanoseconds": 1e9, "others": 0.5}]
        theirs = [{"operations": 1e6, "nanoseconds": 1e9, "processor_nanoseconds": 1e9, "others": 0.5}]
        found = report.summary(case, ours, theirs)
        self.assertEqual((found["ours"], found["theirs"], found["ratio"]), (2, 1, 2))
        self.assertEqual((found["processor_ns"], found["others"]), ([250, 1000], 0.5))
        self.assertEqual(found["processor_ratio"], 0.25)


class Processes(unittest.TestCase):
    def test_a_program_that_fails_has_no_figures(self):
        with self.assertRaisesRegex(processes.DidNotRun, "exit status 3: why"):
            processes.run_alone(["sh", "-c", "echo why >&2; exit 3"])

    def test_a_program_runs_on_as_many_processors_as_asked_for(self):
        program = "import json, os; print(json.dumps({'n': len(os.sched_getaffinity(0))}))"
        self.assertEqual(processes.run_alone([sys.executable, "-c", program], 1)["n"], 1)


if __name__ == "__main__":
    unittest.main()
