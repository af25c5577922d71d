#!/usr/bin/env bash
# Builds the addon with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, outside the tree, and runs
# the tests of test/native and a short leak run with it. Any report fails it. Arguments go to vitest.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root" # where npm finds the settings node-gyp goes by

cp -r native binding.gyp package.json "$work/"
sanitizers='-fsanitize=address,undefined -fno-sanitize-recover=all'
CXXFLAGS="$sanitizers -Werror -O1 -g -fno-omit-frame-pointer" LDFLAGS="$sanitizers" \
  npx node-gyp rebuild -C "$work" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

# Reports go to files: no test can swallow one. What V8 leaves behind when a process exits would fail every child,
# and `ip` and the shell leak too, so leaks do not fail a process; those of the addon are looked for below.
export ASAN_OPTIONS="log_path=$work/report:log_exe_name=1:abort_on_error=1:exitcode=0:detect_leaks=1:strict_string_checks=1"
export UBSAN_OPTIONS="log_path=$work/report:log_exe_name=1:print_stacktrace=1"
# Node is not instrumented: the sanitizer's library has to be there before it.
LD_PRELOAD=$(gcc -print-file-name=libasan.so)
export LD_PRELOAD LVS_ADDON=$work/build/Release/lvs_netlink.node

status=0
npx vitest run --project native "$@" || status=1
# Freed memory is kept for a while to catch late uses; hence the room to grow, which is not what is looked at here.
node --expose-gc test/native/leak.mjs 20000 1000 512 || status=1
unset LD_PRELOAD

# An allocation counts as the addon's when one of its frames called; once a worker is gone, with it the mapping of
# the addon, such a frame has no name. Node's own generated code has none either, but never allocates by itself.
# Left out: what V8 allocates for itself below such a frame, and the eight bytes of a promise under way when its worker is terminated. Node frees them in
# napi_resolve_deferred and napi_reject_deferred, which by then do nothing (js_native_api_v8.cc), and nowhere else.
awk 'BEGIN { RS = ""; ORS = "\n\n" }
  /ERROR: AddressSanitizer|runtime error:/ { print; bad = 1; next }
  /#1 0x[0-9a-f]+ in (v8::|napi_create_promise )/ { next }
  /leak of/ && (/lvs::|\.\.\/native\// || /#[12] 0x[0-9a-f]+ +\(<unknown module>\)/) { print; bad = 1 }
  END { exit bad }' /dev/null $(find "$work" -name 'report.node.*') || status=1
echo "$(find "$work" -name 'report*' | wc -l) reports read"
[ "$status" = 0 ] && echo 'nothing of the addon in them'
exit "$status"
