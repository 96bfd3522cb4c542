#!/bin/sh
# Process 1 of Debian's kernel in QEMU: modules, the host's files read-only, then `node SUITE` in there.
export PATH=/bin
mount -t proc proc /proc
for module in /lib/mod/*.ko; do insmod "$module" || echo "cannot load $module"; done
options=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o $options,cache=loose,ro host /root || poweroff -f
mount -t devtmpfs dev /root/dev
mount -t proc proc /root/proc
mount -t sysfs sys /root/sys
mount -t tmpfs tmp /root/run
mount -t 9p -o $options results /root/mnt || poweroff -f
cat "/root$NODE" >/dev/null # into memory: a suite that waits for the host's disk is a dongle that does not answer
# Unknown NAME=value arguments of the kernel become environment.
chroot /root /bin/sh -c 'cd /run; export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root RESULTS=/mnt TMPDIR=/run
"$NODE" "$SUITE"; echo $? >/mnt/status'
poweroff -f
