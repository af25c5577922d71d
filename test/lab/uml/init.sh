#!/bin/busybox sh
# First process of the guest: makes the host's file tree, which is read-only here, writable by laying memory over it.
#
# busybox runs its own applets, without looking for a program, by way of /proc/self/exe; before a proc of our own is
# mounted that is the host's, and the kernel itself. Hence the full path of the first mount.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
/bin/mount -t proc proc /proc
modules=/usr/lib/uml/modules/$(uname -r)
insmod "$modules/kernel/fs/overlayfs/overlay.ko"
mount -t tmpfs -o size=100% tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
cd /mnt/root || exit
mount --move /dev dev
mount -t proc proc proc
pivot_root . mnt
mkdir -p "$LAB_WORK" && mount -t hostfs -o "$LAB_WORK" hostfs "$LAB_WORK"
share() { mkdir -p "$1" && mount -t hostfs -o "$1" hostfs "$1"; }
lab_stdout=/dev/tty1 lab_stderr=/dev/tty2
. "$LAB_WORK/run"
