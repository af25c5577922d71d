#!/usr/bin/env bash
# The tests of the command line in the lab: the drop-in beside ipvsadm, and the face that people see.
exec bash "$(dirname "$0")/two-labs.sh" --project command cli-face cli-host cli-top "$@" -- \
  --project command cli-ipvsadm cli-traffic "$@"
