# What `./dev test` runs, and how its results are counted. Each run of CTest leaves a JUnit file; the last line sums them up.

junit=build/log/junit
results=()

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

# clang 14's sanitizers cannot live with the widest randomization of addresses that kernels offer.
fixed_addresses() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

# run_tests <preset> <effort> <ctest option...>: a failing test does not end the script, summarize does.
run_tests() {
    local preset=$1 effort=$2 wrapper=()
    shift 2
    local file=$PWD/$junit-$preset.xml
    rm -f "$file"
    mkdir -p "$logs"
    case $preset in asan | tsan) wrapper=(fixed_addresses) ;; esac
    quietly "test $preset" "${wrapper[@]}" env COORD_TEST_EFFORT="$effort" \
        ctest --test-dir "build/$preset" -j "$(nproc)" --no-tests=error --output-on-failure \
        --output-junit "$file" "$@" || true
    if [[ ! -s $file ]]; then
        tail -n 40 "$step_log"
        die 70 "the tests of $preset did not run"
    fi
    results+=("$file")
}

test_default() {
    build_go_node
    configure_and_build release
    run_tests release default -LE '^full$'
}

test_quick() {
    configure_and_build release
    run_tests release quick -L '^(unit|sim|capi|lint)$' -LE '^(full|stress)$'
}

test_asan() {
    configure_and_build asan
    run_tests asan default -L '^(unit|sim|capi)$' -LE '^full$'
}

test_tsan() {
    configure_and_build tsan
    run_tests tsan default -L '^(unit|sim|stress)$' -LE '^full$'
}

test_full() {
    build_go_node
    configure_and_build release
    run_tests release full
    configure_and_build clang
    run_tests clang default -LE '^full$'
    test_asan
    test_tsan
}

summarize() { python3 cmake/dev/summary.py "${results[@]}"; }
