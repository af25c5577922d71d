# shellcheck shell=bash
# What a guest of either kind needs on the outside: a directory to talk through, an end, an exit status.

# Sets $work, a directory that host and guest share.
open_work() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/lab.XXXXXX")
    trap close_work EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    mkfifo "$work/stdout.pipe" "$work/stderr.pipe"
}

close_work() {
    if [[ -n ${guest-} ]]; then
        kill -TERM -- "-$guest" 2>/dev/null || true
        wait "$guest" 2>/dev/null || true
        kill -KILL -- "-$guest" 2>/dev/null || true
    fi
    rm -rf "$work"
}

# Runs a virtual machine with the command's standard output on file descriptor 3, its standard error on 4 and the
# console in a file. The pipes keep the machine from making the caller's own terminal non-blocking.
run_guest() {
    local code=0 out err
    cat "$work/stdout.pipe" &
    out=$!
    cat "$work/stderr.pipe" >&2 &
    err=$!
    # `timeout` leads a process group of its own, so one signal reaches every process of the guest; and it hears of
    # this script's death even where no trap can run.
    setpriv --pdeathsig TERM timeout --kill-after=3 "$LAB_TIMEOUT" "$@" \
        </dev/null >"$work/console" 2>&1 3>"$work/stdout.pipe" 4>"$work/stderr.pipe" &
    guest=$!
    wait "$guest" 2>/dev/null || code=$?
    kill -KILL -- "-$guest" 2>/dev/null || true
    guest=
    wait "$out" "$err" || true

    if [[ -s $work/status ]]; then
        return "$(<"$work/status")"
    elif ((code == 124 || code == 137)); then
        echo "lab: ended after LAB_TIMEOUT=$LAB_TIMEOUT seconds" >&2
        return 124
    fi
    echo "lab: the guest ended without a result; the end of its console:" >&2
    tail -n 40 "$work/console" >&2
    return 125
}
