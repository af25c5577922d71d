# shellcheck shell=sh
# The guest on its proper root, before what the two kinds of guest have in common.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
mount -t proc proc /proc
modules=$LAB_KERNEL_DIRECTORY/lib/modules/$(uname -r)
share() { mkdir -p "$1" && mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 out "$1"; }
lab_stdout=/dev/vport0p1 lab_stderr=/dev/vport0p2
. "$LAB_WORK/run"
