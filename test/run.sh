#!/usr/bin/env bash
# Every test but those of the command line in the lab (command.sh): those that need no kernel here, those that need IPVS in two
# labs beside each other, since the usual kind of lab has one processor only.
set -uo pipefail
cd "$(dirname "$0")/.."

in_lab() {
  bash test/lab/lab.sh npx --no-install vitest run --passWithNoTests "$@"
}

status=0
npx --no-install vitest run --project unit --project 'simulated-*' --project native --project pack "$@" || status=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
in_lab --project hosts "$@" >"$log" 2>&1 &
other=$!
in_lab --project kernel --project scenarios "$@" || status=1
wait "$other" || status=1
cat "$log"
exit "$status"
