#!/usr/bin/env bash
# The tests of the command line in the lab, in two labs: the drop-in beside ipvsadm, and the face that people see.
set -uo pipefail
cd "$(dirname "$0")/.."

in_lab() {
  bash test/lab/lab.sh npx --no-install vitest run --project command --passWithNoTests "$@"
}

status=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
in_lab cli-ipvsadm cli-traffic "$@" >"$log" 2>&1 &
other=$!
in_lab cli-face cli-host cli-top "$@" || status=1
wait "$other" || status=1
cat "$log"
exit "$status"
