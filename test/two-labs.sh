#!/usr/bin/env bash
# Runs tests in two labs beside each other, since the usual kind of lab has one processor only:
#
#   two-labs.sh ARGUMENT... -- ARGUMENT...
#
# The arguments are those of `vitest run` for the one and for the other.
set -uo pipefail
cd "$(dirname "$0")/.."

in_lab() {
  bash test/lab/lab.sh npx --no-install vitest run --passWithNoTests "$@"
}

one=()
while (($# > 0)) && [[ $1 != -- ]]; do
  one+=("$1")
  shift
done
shift

status=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
in_lab "$@" >"$log" 2>&1 &
other=$!
in_lab "${one[@]}" || status=1
wait "$other" || status=1
cat "$log"
exit "$status"
