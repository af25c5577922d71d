#!/usr/bin/env bash
# Every test: those that need no kernel here, those that need IPVS in the lab, in three labs beside each other, since the
# usual kind of lab has one processor only.
set -uo pipefail
cd "$(dirname "$0")/.."

in_lab() {
  bash test/lab/lab.sh npx --no-install vitest run --passWithNoTests "$@"
}

status=0
npx --no-install vitest run --project unit --project 'simulated-*' --project native --project pack "$@" || status=1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
in_lab --project hosts "$@" >"$logs/hosts" 2>&1 &
hosts=$!
in_lab --project command "$@" >"$logs/command" 2>&1 &
command=$!
in_lab --project kernel --project scenarios "$@" || status=1
wait "$hosts" || status=1
cat "$logs/hosts"
wait "$command" || status=1
cat "$logs/command"
exit "$status"
