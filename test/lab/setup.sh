#!/usr/bin/env bash
# Sets up whatever is missing for a task, so that it can be the first command in a fresh clone:
#
#   setup.sh [demo|test|sanitize|qemu]
#
# System packages (Debian and Ubuntu), node_modules, the addon, dist. Does nothing when all is there.
set -euo pipefail

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
LAB_CACHE=${LAB_CACHE:-$lab/.cache}
PATH=$PATH:/usr/sbin:/sbin
. "$lab/choose.sh"
. "$lab/setup/packages.sh"
. "$lab/setup/nginx.sh"
. "$lab/setup/project.sh"

# Prints one line for a step and runs it; its output is shown only if it fails.
step() {
  local log code=0
  echo "setup: $1" >&2
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 || code=$?
  if ((code != 0)); then
    cat "$log" >&2
    echo "setup: failed: $*" >&2
  fi
  rm -f "$log"
  return "$code"
}

task=${1:-test}
case $task in
  demo | test | sanitize) kind=$(choose) ;;
  qemu) kind=qemu ;;
  *)
    echo 'usage: setup.sh [demo|test|sanitize|qemu]' >&2
    exit 2
    ;;
esac

cd "$lab/../.."
if ! command -v npm >/dev/null; then
  echo 'setup: Node.js 20.19 or newer with npm is missing' >&2
  exit 1
fi
need_packages "$kind"
# One at a time: two would write the same node_modules.
exec 9<"$lab/setup.sh"
flock 9
if [[ $task == test ]]; then need_nginx; fi
need_node_modules
need_addon
need_dist
