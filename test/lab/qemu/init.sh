#!/bin/busybox sh
# First process of the guest: takes the host's file tree as its root and makes it writable by laying memory over it.
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
mount --move /dev /root/dev
umount /proc
mkdir -p "/root$LAB_WORK"
mount -t 9p -o "$plan9" work "/root$LAB_WORK"
exec switch_root /root /bin/busybox sh "$LAB_WORK/enter"
