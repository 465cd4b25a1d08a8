"""How `./dev bench` measures: programs run alternately, medians, an interval, a verdict."""
