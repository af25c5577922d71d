#!/usr/bin/env bash
# Runs a command under a kernel that has IPVS and ends with its exit status:
#
#   lab.sh COMMAND [ARGUMENT...]
#
# README.md beside this file tells how, and which variables there are.
set -euo pipefail

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
export LAB_CACHE=${LAB_CACHE:-$lab/.cache}
# For the scripts of the lab, and for commands that run as root in it, regardless of the calling user.
PATH=$PATH:/usr/sbin:/sbin

. "$lab/choose.sh"

if (($# == 0)); then
  echo 'usage: lab.sh COMMAND [ARGUMENT...]' >&2
  exit 2
fi

if [[ -n ${LAB_OUT-} ]]; then
  mkdir -p "$LAB_OUT"
  LAB_OUT=$(cd "$LAB_OUT" && pwd -P)
  export LAB_OUT
fi

kind=$(choose)
# shellcheck disable=SC1090 # one of three
. "$lab/$kind/start.sh"
start "$@"
