#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: the same workload on each mount, whose windows differ, under one tracer. What the tool says
# goes to /out/window.json, what the workloads say to /out/window.load, a line for each mount.
# usage: window.sh WORKLOAD SIZE SEED TAG...

tool=/bin/virtiofs-daxtop
out=/out/window
workload=$1 size=$2 seed=$3
shift 3

# run TAG
run() {
	local dir=/mnt/$1
	case $workload in
	sequential) daxload thrash --dir "$dir" --size "$size" --order seq --iterations 1 ;;
	random) daxload thrash --dir "$dir" --size "$size" --order random --iterations 6 --seed "$seed" ;;
	skewed) daxload thrash --dir "$dir" --size "$size" --order zipf --iterations 6 --seed "$seed" ;;
	loop) daxload thrash --dir "$dir" --size "$size" --order seq --iterations 4 ;;
	build) daxload build --dir "$dir" --size "$size" --iterations 3 --seed "$seed" --len 24K ;;
	cliff) daxload thrash --dir "$dir" --size "$size" --order random --by map --iterations 40 --seed "$seed" ;;
	*) return 2 ;;
	esac
}

$tool top --json --delay 3600 --top 0 >$out.json 2>$out.err &
tool_pid=$!
tries=900
until grep -q ': tracing' $out.err || [ $((tries -= 1)) -eq 0 ]; do
	daxload wait-for 100
done
for tag; do
	run "$tag" >>$out.load || echo "$workload on $tag: exit $?" >>$out.failed
done
kill -INT $tool_pid
wait $tool_pid || echo "the tool: exit $?" >>$out.failed
