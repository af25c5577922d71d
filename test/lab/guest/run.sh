# shellcheck shell=sh
# The second half of either guest's start: file systems, network, modules, the command, its exit status.
# Set by the first half: $modules, $lab_stdout, $lab_stderr, share().

. "$LAB_WORK/environment"
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/lock /dev/shm /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t devpts -o ptmxmode=666 devpts /dev/pts
ln -sfn /proc/self/fd /dev/fd
mkdir -p "/lib/modules/$(uname -r)"
mount --bind "$modules" "/lib/modules/$(uname -r)"
hostname lab
/sbin/ip link set lo up
/sbin/modprobe -a ip_vs
/sbin/modprobe -qa veth bridge dummy ipip sit ip6_tunnel ip_gre fou nf_conntrack iptable_nat

if [ -n "$LAB_OUT" ]; then share "$LAB_OUT"; fi
exec 5>"$lab_stdout" 6>"$lab_stderr"
# A terminal would turn each line feed into two bytes. The ports of a virtual machine are none.
for port in 5 6; do
    if [ -t $port ]; then stty -opost <&$port; fi
done
mkfifo /run/stdout /run/stderr
cat </run/stdout >&5 & out=$!
cat </run/stderr >&6 & err=$!
echo "lab: $LVS_LAB, Linux $(uname -r)" >&6
/bin/sh "$LAB_WORK/command" </dev/null >/run/stdout 2>/run/stderr 5>&- 6>&-
status=$?
# Whatever the command left running would hold its output open for ever.
for process in /proc/[0-9]*; do
    case ${process#/proc/} in
        1 | "$out" | "$err") ;;
        *) kill -KILL "${process#/proc/}" 2>/dev/null ;;
    esac
done
wait "$out" "$err"
exec 5>&- 6>&-
echo "$status" >"$LAB_WORK/status"
poweroff -f
