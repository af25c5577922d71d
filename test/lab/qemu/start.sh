# shellcheck shell=bash
# QEMU with a stock Debian kernel, on the host's own file tree by way of 9p.

. "$lab/guest/outside.sh"
. "$lab/qemu/kernel.sh"

machine=(qemu-system-x86_64 -M q35 -cpu max -smp 2 -nodefaults -no-user-config -nographic -no-reboot
  -serial stdio)

# /dev/kvm may be there, and open, and yet run nothing: a guest must have said something. Without a root it
# soon ends by itself. The answer is kept for as long as this machine is up.
accelerator() {
  local answer said
  answer=$LAB_CACHE/accelerator-$(id -u)-$(</proc/sys/kernel/random/boot_id)
  if [[ ! -w /dev/kvm ]]; then
    echo tcg,thread=multi
    return
  fi
  if [[ ! -s $answer ]]; then
    said=$(timeout 6 "${machine[@]}" -accel kvm -m 512M -kernel "$kernel/vmlinux" \
      -append 'console=ttyS0 panic=-1' </dev/null 2>/dev/null | tr -d '\0' | head -c 1) || true
    rm -f "$LAB_CACHE/accelerator-$(id -u)"-*
    if [[ -n $said ]]; then echo kvm; else echo tcg,thread=multi; fi >"$answer.$$"
    mv "$answer.$$" "$answer"
  fi
  cat "$answer"
}

# The initial file system: the kernel's part from the cache, the first process from here.
write_initramfs() {
  cp -r "$kernel/initramfs" "$work/initramfs"
  install "$lab/qemu/init.sh" "$work/initramfs/init"
  (cd "$work/initramfs" && find . | busybox cpio -o -H newc 2>/dev/null) >"$work/initramfs.cpio"
}

# The arguments that give the guest a directory of the host under a name; a comma in a path is written twice.
directory() {
  printf '%s\n' -fsdev "local,id=$1,path=${2//,/,,},security_model=none,multidevs=remap${3-}" \
    -device "virtio-9p-pci,fsdev=$1,mount_tag=$1"
}

# Likewise a port that leads to a pipe.
port() {
  printf '%s\n' -chardev "file,id=$1,path=$work/$1.pipe" -device "virtserialport,chardev=$1"
}

start() {
  local kernel with devices
  export LVS_LAB=qemu LAB_MEMORY=${LAB_MEMORY:-3G}
  mkdir -p "$LAB_CACHE"
  LAB_CACHE=$(cd "$LAB_CACHE" && pwd -P)
  need_kernel "${LAB_KERNEL:-6.1}"
  with=$(accelerator)
  prepare_work "$@"
  write_initramfs
  cp "$lab/qemu/enter.sh" "$work/enter"
  ln -s "$kernel" "$work/kernel"
  mapfile -t devices < <(
    directory root / ,readonly=on
    directory work "$work"
    if [[ -n ${LAB_OUT-} ]]; then directory out "$LAB_OUT"; fi
    printf '%s\n' -device virtio-serial
    port stdout
    port stderr
  )
  run_guest "${machine[@]}" -accel "$with" -m "$LAB_MEMORY" "${devices[@]}" \
    -kernel "$kernel/vmlinux" -initrd "$work/initramfs.cpio" \
    -append "console=ttyS0 quiet panic=-1 LAB_WORK=$work"
}
