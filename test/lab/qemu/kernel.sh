# shellcheck shell=bash
# A kernel in the cache: vmlinux, lib/modules/<release>, and what the guest's initial file system holds.

. "$lab/qemu/fetch.sh"

# Of some 4,000 modules the lab has a use for these; all of them would take 400 MB and a minute.
wanted=(net lib crypto arch/x86/crypto fs/9p fs/netfs fs/fscache fs/overlayfs
  drivers/net drivers/virtio drivers/char)
unwanted=(drivers/net/ethernet drivers/net/wireless drivers/net/usb drivers/net/can drivers/net/wwan)

unpack_modules() {
  local packages=$1 kernel=$2 release=$3 package folder paths=() but=()
  for folder in "${wanted[@]}"; do paths+=("./*lib/modules/*/kernel/$folder"); done
  for folder in "${unwanted[@]}"; do but+=("--exclude=./*lib/modules/*/kernel/$folder"); done
  mkdir -p "$kernel/unpacked" "$kernel/lib/modules"
  for package in "$packages"/*.deb; do
    # tar fails on a pattern without a match, but no package has every part, nor every version every folder.
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$kernel/unpacked" --wildcards "${but[@]}" "${paths[@]}" \
      './*vmlinuz*' './*lib/modules/*/modules.*' 2>/dev/null || true
  done
  # Older packages have /lib, newer ones /usr/lib.
  mv "$kernel"/unpacked/{usr/,}lib/modules/"$release" "$kernel/lib/modules/" 2>/dev/null || true
  # Plain modules load without a further program, and sooner under emulation.
  find "$kernel/lib/modules" -name '*.ko.xz' -exec xz --decompress {} +
  find "$kernel/lib/modules" -name '*.ko.zst' -exec zstd --decompress --quiet --rm {} +
  depmod -b "$kernel" "$release"
}

# The kernel proper. It is packaged compressed and unpacks itself, which takes seconds under emulation; QEMU
# takes it plain as well. Where it cannot be got out, it is left as it is.
unpack_vmlinux() {
  local kernel=$1 image offset
  image=$(find "$kernel" -name 'vmlinuz*' -type f | head -n 1)
  offset=$(LC_ALL=C grep -abo -P '\xfd7zXZ\x00|\x28\xb5\x2f\xfd' "$image" | head -n 1 | cut -d : -f 1) || true
  tail -c "+$((offset + 1))" "$image" >"$kernel/compressed"
  # What follows in the file is no part of the stream, so both complain at its end.
  { xz -dc --single-stream "$kernel/compressed" || zstd -dcq "$kernel/compressed"; } \
    2>/dev/null >"$kernel/vmlinux" || true
  rm "$kernel/compressed"
  if [[ $(head -c 4 "$kernel/vmlinux") != $'\x7fELF' ]]; then mv "$image" "$kernel/vmlinux"; fi
}

# busybox, and the modules that the root needs, numbered in their order. Which are built in varies.
start_initramfs() {
  local kernel=$1 release=$2 tree=$1/initramfs number=100 path
  mkdir -p "$tree"/{bin,modules,host,memory,root,dev,proc}
  cp /bin/busybox "$tree/bin/"
  modprobe -d "$kernel" -S "$release" --show-depends -a virtio_pci 9pnet_virtio 9p overlay virtio_console |
    awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
    while read -r path; do
      number=$((number + 1))
      cp "$path" "$tree/modules/$number-${path##*/}"
    done
}

# Sets $kernel to the directory of a version, which is made the first time. It gets its name last, so one of
# that name is complete.
need_kernel() {
  local new=$LAB_CACHE/new-$1.$$
  kernel=$LAB_CACHE/kernel-$1
  if [[ -s $kernel/vmlinux ]]; then return; fi
  echo "lab: fetching a kernel $1 into $LAB_CACHE" >&2
  (
    trap 'code=$?; rm -rf "$new"; exit $((code == 0 ? 0 : 125))' EXIT
    download_kernel "$1" "$new/apt"
    release=$(<"$new/apt/release")
    unpack_modules "$new/apt/packages" "$new/kernel" "$release"
    unpack_vmlinux "$new/kernel"
    start_initramfs "$new/kernel" "$release"
    rm -rf "$new/kernel/unpacked"
    mv -T "$new/kernel" "$kernel" 2>/dev/null || [[ -d $kernel ]]
  )
}
