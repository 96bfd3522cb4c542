#!/bin/sh
# Builds User Mode Linux, i2csim.ko and spisim.ko from Debian's linux-source-6.1.
# usage: build.sh OUTDIR    (leaves OUTDIR/linux, OUTDIR/i2csim.ko, OUTDIR/spisim.ko, OUTDIR/i2c-stub.ko; its scratch folder is removed)
set -e
here=$(dirname "$(realpath "$0")")
mkdir -p "$1"
out=$(realpath "$1")
scratch=$out/scratch
rm -rf "$scratch"
mkdir -p "$scratch/deb" "$scratch/source" "$scratch/object" "$scratch/module"
cd "$scratch/deb"
apt-get -q download linux-source-6.1
dpkg -x ./*.deb .
# The C files of subsystems that the configuration leaves out make up most of the archive; their Kconfig files are needed.
tar -xJf usr/src/linux-source-6.1.tar.xz -C "$scratch/source" --strip-components=1 --wildcards \
  --exclude='*/drivers/gpu/*.[ch]' --exclude='*/drivers/net/ethernet/*.[ch]' --exclude='*/drivers/net/wireless/*.[ch]' --exclude='*/drivers/media/*.[ch]' \
  --exclude='*/drivers/scsi/*.[ch]' --exclude='*/drivers/staging/*.[ch]' --exclude='*/drivers/infiniband/*.[ch]' \
  --exclude='*/sound/*.[ch]' --exclude='*/Documentation/*.rst' --exclude='*/tools/perf/*' --exclude='*/tools/testing/*' \
  --exclude='*/arch/arm*/boot/dts/*'
cd "$scratch/source"
make -s ARCH=um O="$scratch/object" KCONFIG_ALLCONFIG="$here/rig.config" allnoconfig
grep -E '^CONFIG_' "$here/rig.config" | while read -r line; do
  grep -qxF "$line" "$scratch/object/.config" || { echo "the kernel did not take $line" >&2; exit 1; }
done
nice make -s -j"$(nproc)" ARCH=um O="$scratch/object" linux modules
cp "$here"/../kmod/*.[ch] "$here"/../kmod/Kbuild "$scratch/module/"
make -s -C "$scratch/object" M="$scratch/module" ARCH=um modules
strip -o "$out/linux" "$scratch/object/linux"
cp "$scratch/module/i2csim.ko" "$scratch/module/spisim.ko" "$scratch/object/drivers/i2c/i2c-stub.ko" "$out/"
[ -n "$KEEP_SCRATCH" ] || rm -rf "$scratch" # kept, a changed module builds in seconds
