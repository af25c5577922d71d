# shellcheck shell=bash
# QEMU with a stock Debian kernel, on the host's own file tree by way of 9p.

. "$lab/qemu/fetch.sh"
. "$lab/qemu/kernel.sh"

machine=(qemu-system-x86_64 -M q35 -cpu max -smp 2 -nodefaults -no-user-config -nographic -no-reboot -serial stdio)

# /dev/kvm may be there and open and yet run nothing, so a guest must have said something; without a root it soon ends
# by itself. The answer is kept for as long as this machine is up.
accelerator() {
    local answer said
    answer=$LAB_CACHE/accelerator-$(</proc/sys/kernel/random/boot_id)
    if [[ ! -w /dev/kvm ]]; then
        echo tcg,thread=multi
        return
    fi
    if [[ ! -s $answer ]]; then
        said=$(timeout 6 "${machine[@]}" -accel kvm -m 512M -kernel "$kernel/vmlinuz" \
            -append 'console=ttyS0 panic=-1' </dev/null 2>/dev/null | head -c 1 | tr -d '\0') || true
        if [[ -n $said ]]; then echo kvm; else echo tcg,thread=multi; fi >"$answer.$$"
        mv "$answer.$$" "$answer"
    fi
    cat "$answer"
}

start() {
    local kernel release share=() accel
    export LVS_LAB=qemu LAB_MEMORY=${LAB_MEMORY:-3G}
    need_kernel "${LAB_KERNEL:-6.1}"
    accel=$(accelerator)
    open_work
    write_environment >"$work/environment"
    write_command "$@" >"$work/command"
    cp "$lab/qemu/enter.sh" "$work/enter"
    cp "$lab/guest/run.sh" "$work/run"
    cp -r "$kernel/initramfs" "$work/initramfs"
    cp "$lab/qemu/init.sh" "$work/initramfs/init"
    (cd "$work/initramfs" && find . | busybox cpio -o -H newc 2>/dev/null) >"$work/initramfs.cpio"
    if [[ -n ${LAB_OUT-} ]]; then
        share=(-fsdev "local,id=out,path=${LAB_OUT//,/,,},security_model=none,multidevs=remap"
            -device virtio-9p-pci,fsdev=out,mount_tag=out)
    fi
    run_guest "${machine[@]}" -accel "$accel" -m "$LAB_MEMORY" -kernel "$kernel/vmlinuz" -initrd "$work/initramfs.cpio" \
        -append "console=ttyS0 quiet panic=-1 LAB_WORK=$work LAB_KERNEL_DIRECTORY=$kernel" \
        -fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
        -device virtio-9p-pci,fsdev=root,mount_tag=root \
        -fsdev "local,id=work,path=$work,security_model=none,multidevs=remap" \
        -device virtio-9p-pci,fsdev=work,mount_tag=work "${share[@]}" -device virtio-serial \
        -chardev "file,id=stdout,path=$work/stdout.pipe" -device virtserialport,chardev=stdout \
        -chardev "file,id=stderr,path=$work/stderr.pipe" -device virtserialport,chardev=stderr
}
