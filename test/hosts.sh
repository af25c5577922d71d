#!/usr/bin/env bash
# The tests of roles, which are killed at one change after another, and of the doctor, which makes every finding.
exec bash "$(dirname "$0")/two-labs.sh" --project hosts kernel/host/roles kernel/host/hidden kernel/host/nat \
  kernel/host/firewall "$@" -- --project hosts kernel/host/doctor "$@"
