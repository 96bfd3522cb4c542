#!/bin/sh
# Boots Debian's kernel in QEMU (no KVM needed) on the host's own files and runs `node SUITE` in it.
# usage: run.sh KERNELDIR SUITE RESULTDIR    RESULTDIR gets results.txt and status; the exit status is the suite's
set -e
kernel=$(realpath "$1") suite=$(realpath "$2") results=$(realpath "$3")
rm -f "$results/status"
printf %s "$ONLY" >"$results/only"
# -icount: the guest's time is what its processor does, so that a busy host lets no driver's time-out (50 ms in hid-cp2112) run out.
share() { printf 'local,path=%s,mount_tag=%s,security_model=none,multidevs=remap%s' "$1" "$2" "$3"; }
timeout "${RIG_LIMIT_S:-900}" qemu-system-x86_64 -accel tcg,thread=single -icount shift=1,sleep=on -cpu max -smp 1 -m 768 -M q35 -nodefaults -no-user-config \
  -display none -serial stdio -no-reboot -kernel "$kernel/vmlinux" -initrd "$kernel/initrd.cpio" \
  -append "console=ttyS0 loglevel=2 panic=-1 random.trust_cpu=on mitigations=off tsc=reliable no_timer_check NODE=$(command -v node) SUITE=$suite" \
  -virtfs "$(share / host ,readonly=on)" -virtfs "$(share "$results" results '')" </dev/null || true
[ -f "$results/status" ] || { echo "the kernel ended before the suite did" >&2; exit 125; }
exit "$(cat "$results/status")"
