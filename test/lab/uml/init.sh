#!/bin/busybox sh
# shellcheck shell=dash
# First process of the guest. Its root is the host's file tree, read-only; memory laid over it makes it
# writable, and nothing reaches the disk.
#
# This shell runs busybox's own commands by way of /proc/self/exe. As long as proc is the host's, seen through
# its file tree, that is the program of the virtual machine; so the first mount has to be another program.
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
mount --move /proc proc
pivot_root . mnt

share() {
  mkdir -p "$1" && mount -t hostfs -o "$1" hostfs "$1"
}
lab_stdout=/dev/tty1 lab_stderr=/dev/tty2
share "$LAB_WORK"
. "$LAB_WORK/inside"
