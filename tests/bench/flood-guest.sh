#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: see flood. usage: flood-guest.sh RATE SECONDS

# shellcheck source=../guest/lib/guest-check.sh
. /guest-check.sh

figure() {
	sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" "$2" | head -n 1
}

$tool record -o /tmp/flood.rec 2>/out/record.err &
pid=$!
until grep -q ': tracing' /out/record.err; do sleep 0.1; done
bench-flood "$1" "$2" >/out/flood.json
grep VmHWM /proc/$pid/status
kill -INT $pid
wait $pid
tail -n 1 /out/record.err
cat /out/flood.json
made=$(figure events /out/flood.json)
$tool report --json /tmp/flood.rec >/out/report.json
found=$(sed -n 's/.*"truncate": *{"count": *\([0-9]*\).*/\1/p' /out/report.json)
bytes=$(stat -c %s /tmp/flood.rec)
echo "$made made, $found recorded, $((bytes * 100 / made)) hundredths of a byte each"
check 'some were made' [ "${made:-0}" -gt 100000 ]
check 'all are recorded' [ "$found" = "$made" ]
check 'none found the buffer full' [ "$(figure full /out/flood.json)" = 0 ]
check 'as fast as was asked for' [ "$(figure rate_per_cpu /out/flood.json)" -ge $(($1 * 95 / 100)) ]
check 'at most 16 bytes each' [ "$bytes" -le $((made * 16)) ]
check_end
