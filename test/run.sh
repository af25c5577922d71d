#!/usr/bin/env bash
# Every test: those that need no kernel here, those that need IPVS in the lab.
set -uo pipefail
cd "$(dirname "$0")/.."

status=0
npx --no-install vitest run --project unit --project native --project pack "$@" || status=1
bash test/lab/lab.sh npx --no-install vitest run --project kernel --project scenarios "$@" || status=1
exit "$status"
