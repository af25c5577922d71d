#!/bin/busybox sh
# shellcheck shell=dash
# First process of the guest, in the initial file system. Takes the host's file tree as root; memory laid over
# it makes it writable, and nothing reaches the disk.
/bin/busybox --install /bin
PATH=/bin
export PATH
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
for module in /modules/*; do insmod "$module"; done

plan9=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o "$plan9,cache=loose,ro" root /host
mount -t tmpfs -o size=100% tmpfs /memory
mkdir /memory/upper /memory/work
mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work overlay /root
mkdir -p "/root$LAB_WORK"
mount -t 9p -o "$plan9" work "/root$LAB_WORK"
# proc has to go along: the shell runs busybox's own commands by way of /proc/self/exe, and the host's, seen
# through its file tree, is the program of the virtual machine.
mount --move /proc /root/proc
mount --move /dev /root/dev
exec switch_root /root /bin/busybox sh "$LAB_WORK/enter"
