# shellcheck shell=sh
# The guest on its proper root, up to where the two kinds of guest are alike.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

modules=$LAB_WORK/kernel/lib/modules/$(uname -r)
share() {
  mkdir -p "$1" && mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 out "$1"
}
lab_stdout=$(echo /dev/vport*p1) lab_stderr=$(echo /dev/vport*p2)
. "$LAB_WORK/inside"
