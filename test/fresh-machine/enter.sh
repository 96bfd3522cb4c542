#!/bin/bash
# enter.sh MACHINE CACHE COMMAND...: runs COMMAND in the clone on MACHINE; called by run.sh in namespaces of its own, so that
# mounts, processes and pseudo-terminals end with it. This shell stays as the first process: it reaps what tests leave behind.
set -euo pipefail
machine=$1 cache=$2
shift 2

make_devices() {
  local dev=$machine/dev name number link
  mount -t tmpfs -o mode=755 tmpfs "$dev"
  mkdir "$dev/pts" "$dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$dev/pts"
  mount -t tmpfs tmpfs "$dev/shm"
  while read -r name number; do
    # shellcheck disable=SC2086
    mknod -m 666 "$dev/$name" c $number
  done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0'
  while read -r name link; do ln -s "$link" "$dev/$name"; done \
    <<<$'ptmx pts/ptmx\nfd /proc/self/fd\nstdin fd/0\nstdout fd/1\nstderr fd/2'
}

# What is built or fetched once, and may be used by several machines at a time: the kernel rig's kernels, npm's downloads.
mount_caches() {
  local name folder
  while read -r name folder; do
    mkdir -p "$machine$folder"
    mount --bind "$cache/$name" "$machine$folder"
  done <<<$'kernel /root/.cache/bootlace/kernel\nnpm /root/.npm'
}

mount -t proc proc "$machine/proc"
mount -t sysfs sysfs "$machine/sys"
make_devices
mount_caches
passed=()
for name in http_proxy https_proxy no_proxy NODE_EXTRA_CA_CERTS; do
  [ -z "${!name:-}" ] || passed+=("$name=${!name}")
done
status=0
chroot "$machine" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 CI=true \
  "${passed[@]}" sh -c 'cd /srv/bootlace && exec "$@"' sh "$@" || status=$?
exit $status
