#!/bin/sh
# Process 1 in User Mode Linux. The kernel hands NAME=value arguments on as environment.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /run
mount -t devpts -o ptmxmode=0666 pts /dev/pts 2>/dev/null || { mkdir -p /dev/pts; mount -t devpts -o ptmxmode=0666 pts /dev/pts; }
mount -t debugfs debug /sys/kernel/debug
cd /run || exit 1
busybox insmod "$KERNEL_DIR/i2csim.ko"
busybox insmod "$KERNEL_DIR/spisim.ko"
# One core: one libuv thread for each simulated bus that waits in read().
UV_THREADPOOL_SIZE=16 "$NODE" "$SUITE"
echo $? >"$RESULTS/status"
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|i2csim:' | tail -20
busybox poweroff -f
