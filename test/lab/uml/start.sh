# shellcheck shell=bash
# User-mode Linux: Debian packages a kernel that runs as an ordinary process, on the host's own file tree.

# The guest's memory is a file. It belongs on a tmpfs, but only where there is room for all of it (a container often
# has 64 MiB) and where it can be executed.
memory_directory() {
    local free
    free=$(df --output=avail -m /dev/shm 2>/dev/null | tail -n 1) || free=0
    if [[ -w /dev/shm ]] && ((free > ${LAB_MEMORY%M})) && ! findmnt -no OPTIONS -T /dev/shm | grep -qw noexec; then
        echo /dev/shm
    else
        echo "${TMPDIR:-/tmp}"
    fi
}

start() {
    export LAB_MEMORY=${LAB_MEMORY:-1500M} LVS_LAB=uml
    open_work
    cp "$lab/uml/init.sh" "$work/init"
    cp "$lab/guest/run.sh" "$work/run"
    write_environment >"$work/environment"
    write_command "$@" >"$work/command"
    TMPDIR=$(memory_directory) LAB_WORK=$work run_guest linux.uml \
        mem="$LAB_MEMORY" root=/dev/root rootfstype=hostfs ro init="$work/init" LAB_WORK="$work" \
        umid="${work##*/}" uml_dir="$work/" quiet initcall_blacklist=raid6_select_algo,init_zswap cryptomgr.notests \
        con=null con0=null,fd:1 con1=null,fd:3 con2=null,fd:4
}
