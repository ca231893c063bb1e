#!/bin/busybox sh
# shellcheck shell=dash
# In the guest of make demo: one interval of the tool over three workloads that
# contend for a small window and for each other's locks.
daxload ctl /mnt/dax delay setup 5
daxload ctl /mnt/dax delay remove 5
virtiofs-daxtop -b -d 10 -n 1 -t 4 2>/tmp/said &
tool=$!
until grep -q ': tracing' /tmp/said || ! kill -0 $tool 2>/dev/null; do
	daxload wait-for 100
done
cat /tmp/said
mkdir -p /mnt/dax/db /mnt/dax/build
daxload thrash --file /mnt/dax/db/table --size 32M --by fault --iterations 200 >/dev/null 2>&1 &
daxload thrash --file /mnt/dax/build/objects --size 24M --by read --iterations 200 >/dev/null 2>&1 &
daxload truncate-race --file /mnt/dax/db/wal --seconds 8 >/dev/null 2>&1 &
wait $tool
