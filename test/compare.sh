#!/usr/bin/env bash
# Compares random input with keepalived and ipvsadm: 2,000 files and lists of rules, and 500 documents back through both programs.
# LVS_CASES changes the counts, LVS_SEED the first seed, LVS_SHOW=1 prints each difference.
set -uo pipefail
cd "$(dirname "$0")/.."
export LAB_TIMEOUT="${LAB_TIMEOUT:-7200}"

status=0
compare() { LVS_CASES="${LVS_CASES:-$1}" bash test/lab/lab.sh npx --no-install vitest run --project kernel "test/kernel/compare/$2.test.ts" || status=1; }
compare 2000 keepalived
compare 2000 rules
compare 500 formats
exit "$status"
