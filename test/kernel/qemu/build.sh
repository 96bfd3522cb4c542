#!/bin/sh
# Unpacks Debian's unmodified kernel for QEMU: OUTDIR/vmlinux and OUTDIR/initrd.cpio (busybox and stock modules).
# usage: build.sh OUTDIR
set -e
here=$(dirname "$(realpath "$0")")
mkdir -p "$1"
out=$(realpath "$1")
scratch=$out/scratch-qemu
rm -rf "$scratch"
mkdir -p "$scratch/deb" "$scratch/tree/bin" "$scratch/tree/lib/mod"
cd "$scratch/deb"
image=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-6\.1\..*-amd64\)$/\1/p' | head -1)
apt-get -q download "${image:?linux-image-amd64 of Debian 12 is not in the package lists: run apt-get update}"
dpkg -x ./*.deb "$scratch/root"
version=${image#linux-image-}
depmod -b "$scratch/root" "$version"

cd "$scratch/tree"
mkdir -p dev proc sys run root
cp "$(command -v busybox)" bin/busybox
for name in sh mount insmod chroot poweroff; do ln -s busybox "bin/$name"; done
for module in virtio_pci 9pnet_virtio 9p i2c-dev vhci-hcd i2c-tiny-usb usbhid hid-cp2112 hid-mcp2221 hid-ft260 8250; do
  modprobe -d "$scratch/root" -S "$version" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
done | awk '!seen[$0]++' | nl -nrz -w2 | while read -r number file; do cp "$file" "lib/mod/$number-$(basename "$file")"; done
cp "$here/init.sh" init
find . | cpio --quiet -o -H newc >"$out/initrd.cpio"

# A bzImage holds the ELF kernel compressed by xz (Documentation/arch/x86/boot.rst: payload_offset, payload_length).
# QEMU starts the ELF file by PVH; unpacking in the emulated processor would take four seconds each time.
bzimage=$scratch/root/boot/vmlinuz-$version
byte() { od -An -tu1 -j"$1" -N1 "$bzimage" | tr -d ' '; }
word() { od -An -tu4 -j"$1" -N4 "$bzimage" | tr -d ' '; }
start=$((($(byte 497) + 1) * 512 + $(word 584)))
length=$(word 588)
tail -c +$((start + 1)) "$bzimage" | head -c $((length - 4)) | xz -dc >"$out/vmlinux"
rm -rf "$scratch"
