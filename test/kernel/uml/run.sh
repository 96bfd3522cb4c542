#!/bin/sh
# Boots User Mode Linux on the host's own files and runs `node SUITE` in it.
# usage: run.sh KERNELDIR SUITE RESULTDIR [kernel arguments]   RESULTDIR gets results.txt and status
# The exit status is the suite's; 125 when the kernel ended before the suite did.
set -e
here=$(dirname "$(realpath "$0")")
kernel=$(realpath "$1") suite=$(realpath "$2") results=$(realpath "$3")
shift 3
# The kernel's memory is a file that must lie on a mount without noexec.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/bootlace-uml.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
rm -f "$results/status"
printf %s "$ONLY" >"$results/only"
# random.trust_cpu: without it node waits for entropy for ever. spidev.bufsiz: shorter than the longest frame.
TMPDIR=$scratch timeout "${RIG_LIMIT_S:-900}" "$kernel/linux" mem=512M uml_dir="$scratch" umid=rig quiet random.trust_cpu=on spidev.bufsiz=200 \
  rootfstype=hostfs rw init="$here/init.sh" con=null con0=null,fd:1 \
  KERNEL_DIR="$kernel" SUITE="$suite" RESULTS="$results" NODE="$(command -v node)" "$@" </dev/null || true
[ -f "$results/status" ] || { echo "the kernel ended before the suite did" >&2; exit 125; }
exit "$(cat "$results/status")"
