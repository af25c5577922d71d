#!/usr/bin/env bash
# Runs a command under a kernel that has IPVS and gives back its exit status.
#
#   test/lab/lab.sh COMMAND [ARGUMENT...]
#
# See README.md beside this file for the variables.
set -euo pipefail

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
export LAB_TIMEOUT=${LAB_TIMEOUT:-1500}
export LAB_CACHE=${LAB_CACHE:-$lab/.cache}

. "$lab/lib/choose.sh"
. "$lab/lib/command.sh"
. "$lab/lib/guest.sh"

if (($# == 0)); then
    echo 'usage: lab.sh COMMAND [ARGUMENT...]' >&2
    exit 2
fi

kind=${LAB:-$(choose_kind)}
case $kind in
    host | uml | qemu) . "$lab/$kind/start.sh" ;;
    *)
        echo "lab: LAB=$kind is none of host, uml, qemu" >&2
        exit 2
        ;;
esac

start "$@"
