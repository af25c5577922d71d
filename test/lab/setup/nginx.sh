# shellcheck shell=bash
# nginx with its RTMP module, for the scenario of a streaming site. Its packages would start a web server on this
# machine, so they are unpacked in the cache directory, never installed.

has_nginx() {
  [[ -e $1/usr/sbin/nginx && -e $1/usr/lib/nginx/modules/ngx_rtmp_module.so ]]
}

fetch_nginx() {
  local new=$LAB_CACHE/new-nginx.$$ packages=(nginx libnginx-mod-rtmp) package
  (
    trap 'rm -rf "$new"' EXIT
    mkdir -p "$new/packages" "$new/tree" && cd "$new/packages" || exit
    # Lists may never have been fetched, or be older than what the archive has now.
    apt-get -q download "${packages[@]}" || { as_root apt-get -q update && apt-get -q download "${packages[@]}"; } || exit
    for package in *.deb; do dpkg-deb -x "$package" "$new/tree" || exit; done
    has_nginx "$new/tree" || exit
    # It gets its name last, so one of that name is complete.
    mv -T "$new/tree" "$LAB_CACHE/nginx" 2>/dev/null || has_nginx "$LAB_CACHE/nginx"
  )
}

need_nginx() {
  if has_nginx "$LAB_CACHE/nginx" || has_nginx ''; then return; fi
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo 'setup: missing: nginx with its RTMP module (on Debian the packages nginx and libnginx-mod-rtmp)' >&2
    return 1
  fi
  step 'fetching nginx with its RTMP module' fetch_nginx
}
