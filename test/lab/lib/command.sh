# shellcheck shell=bash
# The command and its environment, written down as a script that any POSIX shell can run.

# Single quotes hold everything but themselves, newlines included.
quote() {
    printf "'%s'" "${1//\'/\'\\\'\'}"
}

passes() {
    case $1 in
        PATH | HOME | USER | LOGNAME | SHELL | TERM | TZ | LANG | LC_* | CI | GITHUB_ACTIONS | DEBUG) return 0 ;;
        NODE_* | npm_* | VITEST* | LVS_* | LAB* | UV_* | FORCE_COLOR | NO_COLOR | COLUMNS) return 0 ;;
        *) return 1 ;;
    esac
}

# The variables that the guest is to have, as assignments for a POSIX shell.
write_environment() {
    local name
    for name in $(compgen -e); do
        if passes "$name"; then
            printf 'export %s=' "$name"
            quote "${!name}"
            echo
        fi
    done
}

write_command() {
    local word
    printf 'cd '
    quote "$PWD"
    printf ' || exit 125\nexec env --'
    for word in "$@"; do
        printf ' '
        quote "$word"
    done
    echo
}
