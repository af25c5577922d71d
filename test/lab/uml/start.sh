# shellcheck shell=bash
# User-mode Linux: Debian packages a kernel that runs as an ordinary process, on the host's own file tree.

. "$lab/guest/outside.sh"

# The guest's memory is a file. It belongs on a tmpfs, but only where there is room for all of it (a container
# often has 64 MiB) and where its pages may be executed.
memory_directory() {
  local room need
  need=$(numfmt --from=iec "$LAB_MEMORY")
  room=$(df --output=avail --block-size=1 /dev/shm 2>/dev/null | tail -n 1) || room=0
  if [[ -w /dev/shm ]] && ((room > need)) && ! findmnt -no OPTIONS -T /dev/shm | grep -qw noexec; then
    echo /dev/shm
  else
    echo "${TMPDIR:-/tmp}"
  fi
}

# Two parts of the kernel that the lab has no use for, and that cost a second: one measures which way of
# computing a RAID checksum is the fastest, one prepares compressed swap.
idle=initcall_blacklist=raid6_select_algo,init_zswap

start() {
  export LVS_LAB=uml LAB_MEMORY=${LAB_MEMORY:-1500M}
  if ! command -v linux.uml >/dev/null; then
    echo 'lab: the package user-mode-linux is missing; see test/lab/setup.sh' >&2
    return 125
  fi
  prepare_work "$@"
  install "$lab/uml/init.sh" "$work/init"
  # As many terminals as there are streams to keep apart: the console, standard output, standard error.
  TMPDIR=$(memory_directory) run_guest linux.uml mem="$LAB_MEMORY" umid="${work##*/}" uml_dir="$work/" \
    root=/dev/root rootfstype=hostfs ro init="$work/init" LAB_WORK="$work" quiet "$idle" cryptomgr.notests \
    con=null con0=null,fd:1 con1=null,fd:3 con2=null,fd:4
}
