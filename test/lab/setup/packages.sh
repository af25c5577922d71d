# shellcheck shell=bash
# System packages: which are missing, and how they come.

# Building the addon; then the lab and what its tests call; then what a kind of lab stands on. None of them
# starts a service: ipvsadm's does nothing until /etc/default/ipvsadm says so, keepalived's nothing without a
# configuration, and redis-tools has the program of redis-server without its service.
build_packages=(g++ make python3 pkg-config libnl-3-dev libnl-genl-3-dev)
lab_packages=(kmod iproute2 ipvsadm curl strace iptables redis-tools procps keepalived tmux)

packages_for() {
  printf '%s\n' "${build_packages[@]}" "${lab_packages[@]}"
  case $1 in
    uml) printf '%s\n' user-mode-linux busybox-static ;;
    qemu) printf '%s\n' qemu-system-x86 busybox-static xz-utils zstd debian-archive-keyring ;;
  esac
}

# Of the names read, those that are not installed.
missing_packages() {
  local name state
  while read -r name; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) || state=none
    [[ $state == installed ]] || echo "$name"
  done
}

# Lists the required programs and files that are missing, whether or not a package of the list provides them.
missing_things() {
  local program programs=(g++ make python3 pkg-config modprobe ip ipvsadm curl strace iptables sysctl
    redis-cli redis-check-rdb keepalived tmux)
  case $1 in
    uml) programs+=(linux.uml busybox) ;;
    qemu) programs+=(qemu-system-x86_64 busybox xz zstd) ;;
  esac
  for program in "${programs[@]}"; do
    command -v "$program" >/dev/null || echo "$program"
  done
  if command -v pkg-config >/dev/null && ! pkg-config --exists libnl-3.0 libnl-genl-3.0; then
    echo 'headers of libnl-3 and libnl-genl-3'
  fi
}

# Runs a command as root, or says that it cannot.
as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo "$@"
  fi
}

# With someone at a terminal sudo may ask for a password.
can_be_root() {
  ((EUID == 0)) || { command -v sudo >/dev/null && { [[ -t 0 && -t 2 ]] || sudo -n true 2>/dev/null; }; }
}

install_packages() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300)
  as_root "${apt[@]}" update && as_root "${apt[@]}" install --no-install-recommends "$@"
}

need_packages() {
  local kind=$1 packages=() things
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    mapfile -t packages < <(packages_for "$kind" | missing_packages)
    if ((${#packages[@]} == 0)); then return; fi
    if can_be_root; then
      step "installing packages: ${packages[*]}" install_packages "${packages[@]}"
      return
    fi
  else
    mapfile -t packages < <(packages_for "$kind")
  fi

  things=$(missing_things "$kind")
  if [[ -n $things ]]; then
    echo "setup: missing: ${things//$'\n'/, }" >&2
    echo "setup: please install them; on Debian the packages are: ${packages[*]}" >&2
    return 1
  fi
}
