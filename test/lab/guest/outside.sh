# shellcheck shell=bash
# The outside of a guest of either kind: a directory to talk through, two pipes, an end, an exit status.

. "$lab/guest/command.sh"

# Sets $work, a directory that host and guest share, with what the guest is to do in it. Its path is an
# argument of a kernel, which knows no quotes; and of these directories a guest has its own.
prepare_work() {
  local place=${TMPDIR:-/tmp}
  if [[ ! $place =~ ^[[:alnum:]/._+-]+$ || $place =~ ^/(run|dev|proc|sys)/ ]]; then place=/tmp; fi
  work=$(mktemp -d "$place/lab.XXXXXX")
  trap end_guest EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  mkfifo "$work/stdout.pipe" "$work/stderr.pipe"
  write_environment >"$work/environment"
  write_command "$@" >"$work/command"
  cp "$lab/guest/inside.sh" "$work/inside"
}

end_guest() {
  if [[ -n ${guest-} ]]; then
    kill -TERM -- "-$guest" 2>/dev/null || kill -TERM "$guest" 2>/dev/null || true
    wait "$guest" 2>/dev/null || true
    kill -KILL -- "-$guest" 2>/dev/null || true
  fi
  rm -rf "$work"
}

# Runs a virtual machine: the command's standard output comes by the first pipe (also as file descriptor 3),
# its standard error by the second (4), the console goes to a file. It is given pipes, and not the caller's
# own output, because it would leave that non-blocking.
run_guest() {
  local code=0 out err
  cat "$work/stdout.pipe" &
  out=$!
  cat "$work/stderr.pipe" >&2 &
  err=$!
  # `timeout` leads a process group, so one signal reaches every process of the guest. setpriv requests
  # one when this script ends, even if no trap can run.
  setpriv --pdeathsig TERM timeout --kill-after=3 "${LAB_TIMEOUT:-1500}" "$@" \
    </dev/null >"$work/console" 2>&1 3>"$work/stdout.pipe" 4>"$work/stderr.pipe" &
  guest=$!
  wait "$guest" 2>/dev/null || code=$?
  kill -KILL -- "-$guest" 2>/dev/null || true
  guest=
  wait "$out" "$err" || true

  if [[ -s $work/status ]]; then
    return "$(<"$work/status")"
  elif ((code == 124 || code == 137)); then
    echo "lab: ended after ${LAB_TIMEOUT:-1500} s (LAB_TIMEOUT)" >&2
    return 124
  fi
  echo 'lab: the guest ended without a result; the end of its console:' >&2
  tail -n 40 "$work/console" >&2
  return 125
}
