# shellcheck shell=bash
# Which kind of lab this machine can give.

# The file is there once the module is loaded, and a module can be had without being loaded.
has_ipvs() {
  [[ -e /proc/net/ip_vs ]] || modprobe --quiet ip_vs 2>/dev/null
}

choose() {
  case ${LAB-} in
    host | uml | qemu) echo "$LAB" ;;
    '') if ((EUID == 0)) && has_ipvs; then echo host; else echo uml; fi ;;
    *)
      echo "lab: LAB=$LAB is none of host, uml, qemu" >&2
      return 2
      ;;
  esac
}
