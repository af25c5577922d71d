# shellcheck shell=bash
# A kernel in the cache: vmlinuz, release, lib/modules/<release>, and what the guest's first process is made of.

# Of some 4,000 modules the lab has a use for these; the rest would cost 400 MB and a minute.
wanted=(net lib crypto arch/x86/crypto fs/9p fs/netfs fs/fscache fs/overlayfs drivers/net drivers/virtio drivers/char)
unwanted=(drivers/net/ethernet drivers/net/wireless drivers/net/usb drivers/net/can drivers/net/wwan)

unpack_kernel() {
    local state=$1 kernel=$2 release=$3 package file paths=() but=()
    for file in "${wanted[@]}"; do paths+=("./*lib/modules/*/kernel/$file"); done
    for file in "${unwanted[@]}"; do but+=("--exclude=./*lib/modules/*/kernel/$file"); done
    mkdir -p "$kernel/unpacked" "$kernel/lib/modules"
    for package in "$state"/packages/*.deb; do
        # Patterns without a match are an error to tar: not each package has each part, nor each version each folder.
        dpkg-deb --fsys-tarfile "$package" | tar -x -C "$kernel/unpacked" --wildcards "${but[@]}" "${paths[@]}" \
            './*vmlinuz*' './*lib/modules/*/modules.*' 2>/dev/null || true
    done
    # Older packages have /lib, newer ones /usr/lib.
    mv "$kernel"/unpacked/{usr/,}lib/modules/"$release" "$kernel/lib/modules/" 2>/dev/null || true
    mv "$kernel"/unpacked/boot/vmlinuz-* "$kernel/vmlinuz" 2>/dev/null ||
        mv "$kernel/lib/modules/$release/vmlinuz" "$kernel/vmlinuz"
    # Plain modules load without the help of a program, and faster under emulation.
    find "$kernel/lib/modules" -name '*.ko.xz' -exec xz --decompress --threads=0 {} +
    find "$kernel/lib/modules" -name '*.ko.zst' -exec zstd --decompress --quiet --rm {} +
    depmod -b "$kernel" "$release"
    rm -rf "$kernel/unpacked"
}

# The tree of the initial file system: busybox and the modules that the root needs, numbered in their order.
initramfs_tree() {
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

# Sets $kernel to the directory of a version, and fills it the first time. It gets its name last: a directory of that
# name is complete.
need_kernel() {
    local version=$1 state=$LAB_CACHE/apt-$1.$$ new=$LAB_CACHE/kernel-$1.$$ release
    kernel=$LAB_CACHE/kernel-$version
    [[ -d $kernel ]] && return
    echo "lab: fetching a kernel $version" >&2
    mkdir -p "$LAB_CACHE"
    trap 'rm -rf "$state" "$new"' RETURN
    download_kernel "$version" "$state"
    release=$(<"$state/release")
    unpack_kernel "$state" "$new" "$release"
    initramfs_tree "$new" "$release"
    echo "$release" >"$new/release"
    mv -T "$new" "$kernel" 2>/dev/null || [[ -d $kernel ]]
}
