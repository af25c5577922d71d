# shellcheck shell=bash
# The project's own parts: node_modules, the addon, dist. Each is made when missing or older than what it
# comes from.

# Whether any of the given files and directories holds something newer than the first one, or that is missing.
outdated() {
  local made=$1
  shift
  [[ ! -e $made ]] || [[ -n $(find "$@" -type f -newer "$made" -print -quit) ]]
}

# npm writes the file as its last act. `npm ci` also builds the addon, by way of the package's install script.
need_node_modules() {
  if outdated node_modules/.package-lock.json package-lock.json; then
    step 'installing node packages, building the addon' npm ci --no-audit --no-fund
  fi
}

need_addon() {
  local addon
  addon=$(find build/Release -maxdepth 1 -name '*.node' -print -quit 2>/dev/null) || true
  if outdated "${addon:-build/Release/none}" native binding.gyp; then
    step 'building the addon' npm run build:addon
  fi
}

# The compiler leaves its own record alone when what is newer has not changed.
need_dist() {
  if outdated dist/.tsbuildinfo src tsconfig.json tsconfig.build.json; then
    step 'compiling TypeScript' npm run build:ts
    touch dist/.tsbuildinfo
  fi
}
