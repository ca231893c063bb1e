#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: see flood. usage: flood-guest.sh RATE SECONDS
set -e

virtiofs-daxtop record -o /tmp/flood.rec 2>/out/record.err &
pid=$!
until grep -q ': tracing' /out/record.err; do sleep 0.1; done
bench-flood "$1" "$2" >/tmp/flood.json
memory_kib=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status)
kill -INT $pid
wait $pid
sed "s/}/, \"memory_kib\": $memory_kib, \"recording_bytes\": $(stat -c %s /tmp/flood.rec)}/" \
	/tmp/flood.json >/out/flood.json
virtiofs-daxtop report --json /tmp/flood.rec >/out/report.json
