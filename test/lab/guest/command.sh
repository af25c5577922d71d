# shellcheck shell=bash
# The command and its environment, written down for the shell of a guest.

# Single quotes hold everything but themselves, line feeds included.
quote() {
  printf "'%s'" "${1//\'/\'\\\'\'}"
}

# What of the environment a guest is given.
passes() {
  case $1 in
    PATH | HOME | USER | LOGNAME | SHELL | TERM | TZ | LANG | LC_* | CI | GITHUB_ACTIONS | COLUMNS) ;;
    NODE_* | npm_* | VITEST* | LVS_* | LAB* | UV_* | DEBUG | FORCE_COLOR | NO_COLOR) ;;
    *) return 1 ;;
  esac
}

write_environment() {
  local name
  for name in $(compgen -e); do
    passes "$name" || continue
    printf 'export %s=' "$name"
    quote "${!name}"
    echo
  done
}

write_command() {
  local word
  printf 'cd '
  quote "$PWD"
  printf ' || exit 125\nexec'
  for word in "$@"; do
    printf ' '
    quote "$word"
  done
  echo
}
