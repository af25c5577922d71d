# shellcheck shell=bash
# Which kind of lab this machine can give.

# Autoload of the module is what counts: /proc/net/ip_vs is there only once it is loaded.
has_ipvs() {
    [[ -e /proc/net/ip_vs ]] || modprobe --quiet ip_vs 2>/dev/null
}

choose_kind() {
    if ((EUID == 0)) && has_ipvs; then
        echo host
    else
        echo uml
    fi
}
