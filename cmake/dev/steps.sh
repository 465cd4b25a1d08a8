# How ./dev says what it does: one line per step, the rest goes to a log whose end is shown when the step fails.

logs=build/log

say() { printf '%s\n' "$*"; }

die() { # <exit status> <message>
    printf './dev: %s\n' "$2" >&2
    exit "$1"
}

# Runs a command in view.
run() {
    say "==> $*"
    "$@"
}

# On a terminal the latest line of progress ("[12/60] ..." of ninja, "12/60 Test ..." of ctest) stays in
# view; elsewhere one line for every quarter of the way.
show_progress() {
    local line done_ all quarter=0 shown=""
    while IFS= read -r line; do
        [[ $line =~ ^\ *\[?([0-9]+)/([0-9]+)(\]|\ Test) ]] || continue
        done_=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]}
        if [[ -t 1 ]]; then
            printf '\r\033[K    %.*s' "$((${COLUMNS:-80} - 5))" "${line#"${line%%[! ]*}"}"
            shown=yes
        elif ((all >= 20 && done_ * 4 / all > quarter)); then
            quarter=$((done_ * 4 / all))
            say "    $done_/$all"
        fi
    done
    [[ -z $shown ]] || printf '\r\033[K'
}

# step <what> <command...>: runs a command with its output in a log. Ends ./dev when it fails.
step() {
    local what=$1
    shift
    quietly "$what" "$@" && return
    local status=$?
    say "--- the end of $step_log"
    tail -n 40 "$step_log"
    if grep -qE '\berror:' "$step_log"; then
        say "--- its first errors"
        grep -E -m 10 '\berror:' "$step_log"
    fi
    die "$status" "failed: $what (all of it: $step_log)"
}

# The same, but gives the command's status and shows nothing of the log.
quietly() {
    local what=$1 status=0 started=$SECONDS
    shift
    step_log=$logs/${what//[^a-z0-9]/-}.log
    mkdir -p "$logs"
    say "==> $what"
    "$@" 2>&1 | tee "$step_log" | show_progress || status=$?
    ((status)) || ((SECONDS - started < 10)) || say "    $((SECONDS - started)) s"
    return "$status"
}

trap 'printf "\n./dev: interrupted\n" >&2; exit 130' INT
