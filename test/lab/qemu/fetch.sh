# shellcheck shell=bash
# Fetches the packages of a stock Debian kernel. They are unpacked in the cache directory, never installed.

# The Debian suite that holds a kernel version; what is neither 6.1 nor 6.12 is looked for in the newest.
suite_of() {
  case $1 in
    6.1) echo bookworm ;;
    6.12) echo trixie ;;
    *) echo sid ;;
  esac
}

# Where this machine gets Debian from, so that a mirror at hand serves the other suites too.
mirror() {
  local found=${LAB_MIRROR-}
  if [[ -z $found ]]; then
    # shellcheck disable=SC2016 # the dollar sign is apt's
    found=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
      grep -m 1 -E '/debian/?$') || true
  fi
  if [[ -z $found ]]; then
    echo 'lab: apt on this machine knows no Debian archive; name one with LAB_MIRROR' >&2
    return 1
  fi
  echo "$found"
}

# apt with a list of sources and a state of its own, so that the machine's own is neither used nor changed.
# What it fetches is still checked against Debian's keys.
private_apt() {
  local state=$1 program=$2
  shift 2
  "$program" -qq -o Dir::Etc::sourcelist="$state/sources" -o Dir::Etc::sourceparts=- \
    -o Dir::State::Lists="$state/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$state/cache" \
    -o APT::Sandbox::User="$(id -un)" "$@"
}

# The newest release of a version among the names of packages, one a line.
newest_release() {
  sed -nE "s/^linux-(image|binary)-(${1//./\\.}\.[0-9][^-]*(-[0-9]+)?-amd64)$/\2/p" | sort -uV | tail -n 1
}

download_kernel() {
  local version=$1 state=$2 keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  local suite archive names release package
  suite=$(suite_of "$version")
  archive=$(mirror)
  mkdir -p "$state"/{lists,cache}/partial "$state"/cache/archives/partial "$state"/packages
  echo "deb [signed-by=$keyring arch=amd64] $archive $suite main" >"$state/sources"
  if ! private_apt "$state" apt-get update; then
    echo "lab: apt cannot read the suite $suite; does the package debian-archive-keyring want renewing?" >&2
    return 1
  fi
  names=$(private_apt "$state" apt-cache pkgnames linux-)
  release=$(newest_release "$version" <<<"$names")
  if [[ -z $release ]]; then
    echo "lab: the suite $suite has no kernel $version" >&2
    return 1
  fi
  # From 7 on the image is only a name for these three.
  if grep -qx "linux-binary-$release" <<<"$names"; then
    package=("linux-binary-$release" "linux-modules-$release" "linux-base-$release")
  else
    package=("linux-image-$release")
  fi
  (cd "$state/packages" && private_apt "$state" apt-get download "${package[@]}")
  echo "$release" >"$state/release"
}
