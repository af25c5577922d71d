# shellcheck shell=sh
# The inside of a guest of either kind, once the root is in place: file systems, network, modules, the
# command, its exit status. It runs as process 1, from the script that set up the root, and with what that
# defines:
#   $modules                    where the modules of this kernel are
#   $lab_stdout, $lab_stderr    devices that lead out
#   share DIRECTORY             makes that directory of the host writable at the same place

release=$(uname -r)
. "$LAB_WORK/environment"
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/lock /dev/shm /dev/pts "/lib/modules/$release"
mount -t tmpfs tmpfs /dev/shm
mount -t devpts -o ptmxmode=666 devpts /dev/pts
ln -s /proc/self/fd /dev/fd
mount --bind "$modules" "/lib/modules/$release"
if [ -n "$LAB_OUT" ]; then share "$LAB_OUT"; fi

hostname lab
# busybox has an ip and a modprobe too, poorer ones.
/sbin/ip link set lo up
/sbin/modprobe -a ip_vs veth bridge dummy ipip
/sbin/modprobe -qa sit ip6_tunnel ip_gre fou nf_conntrack iptable_nat

exec 5>"$lab_stdout" 6>"$lab_stderr"
# A terminal would turn each line feed into two bytes. A virtual machine's ports are none.
for port in 5 6; do
  if [ -t $port ]; then stty -opost <&$port; fi
done
echo "lab: $LVS_LAB, Linux $release" >&6

# Between command and device stand pipes, so that no program takes its output for a terminal.
mkfifo /run/stdout /run/stderr
cat </run/stdout >&5 &
out=$!
cat </run/stderr >&6 &
err=$!
# Not busybox: its shell would run its own commands in place of the programs of those names.
/bin/sh "$LAB_WORK/command" </dev/null >/run/stdout 2>/run/stderr 5>&- 6>&-
status=$?
# What the command left running would hold the pipes open for ever.
for process in /proc/[0-9]*; do
  case ${process#/proc/} in
    1 | "$out" | "$err") ;;
    *) kill -KILL "${process#/proc/}" 2>/dev/null ;;
  esac
done
wait "$out" "$err"
exec 5>&- 6>&-
rm /run/stdout /run/stderr
echo "$status" >"$LAB_WORK/status"
poweroff -f
