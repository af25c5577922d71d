#!/usr/bin/env bash
# Every test: those that need no kernel here, those that need IPVS in the lab, in three labs, since the usual kind of lab has
# one processor only. All at the same time; what they print comes one after another.
set -uo pipefail
cd "$(dirname "$0")/.."

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
runs=()

# Starts a run of its own name; what it prints is kept.
start() {
  local name=$1
  shift
  "$@" >"$logs/$name" 2>&1 &
  runs+=("$!:$name")
}

vitest=(npx --no-install vitest run --passWithNoTests)
start hosts bash test/lab/lab.sh "${vitest[@]}" --project hosts "$@"
start command bash test/lab/lab.sh "${vitest[@]}" --project command "$@"
start kernel bash test/lab/lab.sh "${vitest[@]}" --project kernel --project scenarios "$@"

status=0
"${vitest[@]}" --project unit --project 'simulated-*' --project native --project pack "$@" || status=1
for run in "${runs[@]}"; do
  wait "${run%%:*}" || status=1
  cat "$logs/${run#*:}"
done
exit "$status"
