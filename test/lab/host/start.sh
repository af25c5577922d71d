# shellcheck shell=bash
# The running kernel, in a network namespace of its own: IPVS is per namespace, so the host's is not touched.

end_command() {
  if [[ -n ${unshare-} ]]; then
    kill -KILL "$unshare" 2>/dev/null || true
    wait "$unshare" 2>/dev/null || true
  fi
}

# A namespace of processes too, so that nothing outlives the command; and one of mounts, so that the names of
# network namespaces made in it go with it.
start() {
  local code=0
  export LVS_LAB=host
  if ((EUID != 0)); then
    echo 'lab: LAB=host needs root' >&2
    return 125
  fi
  modprobe --quiet --all ip_vs veth bridge dummy ipip sit ip6_tunnel ip_gre fou 2>/dev/null || true
  trap end_command EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # In the background because a trap does not run as long as the shell waits for a command; so input and
  # interrupt, which the shell takes away there, are given back.
  # shellcheck disable=SC2016 # for the inner shell to expand
  setpriv --pdeathsig KILL env --default-signal=INT \
    unshare --net --mount --pid --fork --kill-child --mount-proc \
    timeout --foreground --kill-after=3 "${LAB_TIMEOUT:-1500}" sh -c '
      mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && mount -t sysfs sysfs /sys &&
        ip link set lo up || exit 125
      if ! [ -e /proc/net/ip_vs ]; then
        echo "lab: the running kernel has no IPVS" >&2
        exit 125
      fi
      echo "lab: host, Linux $(uname -r)" >&2
      exec "$@"' sh "$@" <&0 &
  unshare=$!
  wait "$unshare" 2>/dev/null || code=$?
  unshare=
  return "$code"
}
