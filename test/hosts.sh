#!/usr/bin/env bash
# The tests of roles, which are killed at one change after another, and of the doctor, which makes every finding.
exec bash "$(dirname "$0")/two-labs.sh" --project hosts kernel/host/roles "$@" -- --project hosts kernel/host/doctor "$@"
