#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: the live view on its console, which tells no size and has no terminfo, while files are
# faulted in as fast as can be. What it costs, and whether its memory grows.

# shellcheck source=lib/guest-check.sh
. /guest-check.sh

SECONDS_SEEN=${1:-30}

# User and system time of a process so far, in hundredths of a second.
cpu_of() {
	awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"
}

resident_kib() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"
}

seconds() {
	cut -d. -f1 /proc/uptime
}

daxload fault --file /mnt/big/storm --page pte --size 16M --seconds 400 >/dev/null 2>&1 &
load=$!
TERM='' virtiofs-daxtop -d 1 </dev/console >/dev/console 2>/out/err &
live=$!
# it is at work when it has shown some intervals
until [ "$(cpu_of $live)" -gt 0 ] && grep -q . /sys/kernel/tracing/enabled_functions; do daxload wait-for 500; done
daxload wait-for 8000
cpu=$(cpu_of $live) kib=$(resident_kib $live) begin=$(seconds)
daxload wait-for $((SECONDS_SEEN * 1000))
took=$(($(seconds) - begin)) cpu=$(($(cpu_of $live) - cpu)) grown=$(($(resident_kib $live) - kib))
echo "in $took s: $cpu hundredths of a second of CPU, $kib KiB resident, $grown KiB more"
check 'it goes on' [ -d /proc/$live ]
check 'its memory is what keeps the last minute, and no more' [ $((kib + grown)) -le 98304 ]
kill -INT $live
wait $live
check 'it ends when it is told to' [ $? -eq 0 ]
check 'it says nothing beside' [ "$(grep -cv 'attaching' /out/err)" -eq 0 ]
check 'no hook stays' [ "$(wc -l </sys/kernel/tracing/enabled_functions)" -eq 0 ]
kill $load
check_end
