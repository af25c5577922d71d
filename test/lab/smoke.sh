#!/usr/bin/env bash
# Checks the lab itself: that a command runs in it as it would outside, with IPVS, and that nothing is left
# over. Takes LAB and LAB_KERNEL like lab.sh. Prints a line a check, and what a start costs.
set -uo pipefail

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$lab/choose.sh"
kind=$(choose) || exit
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
failed=0

# check NAME EXPECTED ACTUAL
check() {
  if [[ $2 == "$3" ]]; then
    echo "ok      $1"
  else
    printf 'not ok  %s\n        expected %q\n        got      %q\n' "$1" "$2" "$3"
    sed 's/^/        /' "$scratch/stderr"
    failed=1
  fi
}

# Runs a command in the lab; sets $code, $stdout, $seconds.
run() {
  local started=$EPOCHREALTIME
  code=0
  "$lab/lab.sh" "$@" >"$scratch/stdout" 2>"$scratch/stderr" || code=$?
  stdout=$(cat "$scratch/stdout" && echo .)
  stdout=${stdout%.}
  seconds=$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $started }")
}

run true
check 'a command that succeeds' 0 "$code"
echo "        $(grep -m 1 '^lab: ' "$scratch/stderr"); start and end took $seconds s"

run sh -c 'echo out; echo err >&2; exit 7'
check 'exit status' 7 "$code"
check 'standard output holds nothing else' $'out\n' "$stdout"
check 'standard error is kept apart' err "$(grep -v '^lab: ' "$scratch/stderr")"

# shellcheck disable=SC2016 # nothing is to be expanded
words=('a b' "it's" $'line\nfeed' '' '"$HOME" \ `id` * ?' $'tab\tend ' 'ä€')
run printf '<%s>' "${words[@]}"
check 'arguments' "$(printf '<%s>' "${words[@]}")" "$stdout"

mkdir "$scratch/a 'directory'"
cd "$scratch/a 'directory'" || exit
LVS_SMOKE=$'two\nlines' run sh -c 'pwd; echo "$LVS_SMOKE $LVS_LAB"'
check 'directory and environment' "$scratch/a 'directory'"$'\ntwo\nlines '"$kind"$'\n' "$stdout"

LAB_OUT=$scratch/out run sh -c 'echo kept >"$LAB_OUT/file"'
check 'LAB_OUT' kept "$(cat "$scratch/out/file")"

run sh -c 'head -c 5000000 /dev/zero | tr "\000" x'
check 'a large output' 5000000 "$(stat -c %s "$scratch/stdout")"

run sh -c 'sleep 1000 & echo done'
check 'a process left behind' $'done\n' "$stdout"

run sh -ec '
  if [ "$LVS_LAB" != host ]; then modprobe -r ip_vs; ! grep -qw ^ip_vs /proc/modules; fi
  ipvsadm -A -t 10.0.0.1:80 -s sh
  modprobe ip_vs_wrr
  ipvsadm -A -f 7 -s wrr
  ipvsadm -a -f 7 -r 127.0.0.1 -g -w 3
  ipvsadm -Sn'
check 'IPVS, and modules that load when asked for' \
  $'-A -t 10.0.0.1:80 -s sh\n-A -f 7 -s wrr\n-a -f 7 -r 127.0.0.1:0 -g -w 3\n' "$stdout"

run sh -ec '
  ip netns add one
  ip link add name here type veth peer name there netns one
  ip address add 10.9.0.1/24 dev here
  ip link set here up
  ip -n one address add 10.9.0.2/24 dev there
  ip -n one link set there up
  ip link add name bridge type bridge
  ip link add name dummy type dummy
  ip -n one link add name ipip type ipip local 10.9.0.2 remote 10.9.0.1
  ip netns exec one node -e "
    require(\"http\").createServer((request, response) => response.end(\"hello\")).listen(80)" &
  curl --silent --retry 30 --retry-delay 1 --retry-connrefused http://10.9.0.2'
check 'network namespaces, devices, traffic between them' hello "$stdout"

run bash -c 'time node -e 0'
echo "        node -e 0 took $(awk '$1 == "real" { print $2 }' "$scratch/stderr")"
cat >"$scratch/program.ts" <<'TS'
const answer: number = 42
console.log(answer)
TS
if [[ -x $lab/../../node_modules/.bin/tsx ]]; then
  cd "$lab/../.." || exit
  run bash -c 'time node --import tsx "$1"' - "$scratch/program.ts"
  check 'a TypeScript program' $'42\n' "$stdout"
  echo "        it took $(awk '$1 == "real" { print $2 }' "$scratch/stderr")"
fi

LAB_TIMEOUT=15 run sleep 100
check 'a time limit' 124 "$code"
if [[ $kind != host ]]; then
  run sh -c 'echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger; sleep 100'
  check 'a kernel that crashes' 125 "$code"
fi

for signal in INT TERM; do
  # The shell would have a command in the background ignore the interrupt.
  env --default-signal=INT "$lab/lab.sh" sh -c 'echo up; sleep 77' >"$scratch/stdout" 2>"$scratch/stderr" &
  pid=$!
  until grep -q up "$scratch/stdout" || ! kill -0 "$pid"; do sleep 0.2; done
  kill -s "$signal" "$pid"
  code=0
  wait "$pid" || code=$?
  check "ended by SIG$signal" $((128 + $(kill -l "$signal"))) "$code"
done
check 'no process is left' '' "$(pgrep -f "$scratch/tm[p]|sleep 7[7]")"
check 'no file is left' '' "$(find "$TMPDIR" -name 'lab.*')"
exit "$failed"
