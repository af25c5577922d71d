#!/usr/bin/env bash
# The tests that need no kernel here, then those that need IPVS in two labs. Those of roles and the doctor, and those of the
# command line, which take as long again, have commands of their own (hosts.sh, command.sh).
set -uo pipefail
cd "$(dirname "$0")/.."

status=0
npx --no-install vitest run --project unit --project 'simulated-*' --project native --project pack "$@" || status=1
bash test/two-labs.sh --project kernel "$@" -- --project network --project scenarios "$@" || status=1
exit "$status"
