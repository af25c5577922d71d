#!/usr/bin/env bash
# The kernel tests under stock distribution kernels, one after another.
set -uo pipefail
cd "$(dirname "$0")/.."

bash test/lab/setup.sh qemu || exit 1
status=0
for kernel in ${LAB_KERNELS:-6.1 6.12}; do
  LAB=qemu LAB_KERNEL=$kernel LAB_TIMEOUT=${LAB_TIMEOUT:-3600} \
    bash test/lab/lab.sh npx --no-install vitest run --project kernel --project network --project hosts --project command "$@" || status=1
done
exit "$status"
