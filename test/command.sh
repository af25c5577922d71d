#!/usr/bin/env bash
# The tests of the command line in the lab: the drop-in beside ipvsadm, and the commands for people.
exec bash "$(dirname "$0")/two-labs.sh" --project command command/commands command/full-disk command/host-commands command/top "$@" -- \
  --project command command/ipvsadm "$@"
