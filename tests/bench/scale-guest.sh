#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: what a fault costs from one and from eight processors (cpus), or
# with full tables and another inode each time (tables). A line for each mode
# and case in /out/scale.jsonl.
#
# usage: scale-guest.sh cpus | tables INODES TASKS ROTATED
mode='' pid=''

say() {
	echo "$*" >&2
}

# record CASE WORKLOAD...
record() {
	local case=$1
	shift
	if daxload "$@" >/tmp/line 2>/tmp/why; then
		sed "s/^{/{\"mode\":\"$mode\",\"case\":\"$case\",/" /tmp/line >>/out/scale.jsonl
	else
		say "$mode, $case: $(cat /tmp/why)"
	fi
}

# An older virtiofs-daxtop knows one way to trace, the full one.
launch() {
	local detail="--detail $mode"
	if [ "$mode" = full ] && ! virtiofs-daxtop top --help | grep -q -e --detail; then
		detail=''
	fi
	# shellcheck disable=SC2086 # words
	virtiofs-daxtop -b -d 1000000 $detail $tables >/dev/null 2>/tmp/err &
	pid=$!
}

# start MODE: false if the tool does not know it
start() {
	local tries=200
	mode=$1
	say "$what: $mode"
	[ "$mode" != untraced ] || return 0
	launch
	until grep -q ': tracing' /tmp/err; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ] || [ ! -d "/proc/$pid" ]; then
			echo "$mode|$(tail -n 1 /tmp/err)" >>/out/absent
			say "$mode: absent: $(tail -n 1 /tmp/err)"
			return 1
		fi
		sleep 0.2
	done
	sleep 1
}

stop() {
	[ "$mode" != untraced ] || return
	kill -INT "$pid"
	wait "$pid"
}

cpus() {
	record one bench-storm --tasks 1 --files 1 --file /mnt/dax/storm
	record eight-one-inode bench-storm --tasks 8 --files 1 --file /mnt/dax/storm
	record eight-inodes bench-storm --tasks 8 --files 8 --file /mnt/dax/storm
}

tables() {
	[ "$mode" = untraced ] || bench-rows "$1" "$2" || say "$mode: the tables are not full"
	record one-inode bench --op pte --file /mnt/dax/one
	record rotate bench-rotate --inodes "$3" --file /mnt/dax/rotate
}

# What the process takes to read the tables and print, an interval: of the second
# and third, after the rows are there.
reading() {
	local tries=300
	virtiofs-daxtop --json --delay 4 --count 3 --detail full $tables >/tmp/reading 2>/tmp/err &
	pid=$!
	until grep -q ': tracing' /tmp/err; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return
		sleep 0.2
	done
	bench-rows "$1" "$2"
	wait $pid
	grep -o '"trust":{.*' /tmp/reading | sed -n 's/.*"own_cpu_ns":\([0-9]*\),"counters.*hooks_attached.*/\1/p' |
		tail -n 1 | sed 's/.*/{"mode":"full","per_interval":&}/' >>/out/reading.jsonl
}

what=$1
shift
tables=''
# Room for the rows, and for those of the faults that are measured.
[ "$what" = cpus ] || tables="--inodes-max $(($1 * 2 + $3 * 8)) --tasks-max $(($2 * 2 + 1000))"
for each in untraced full counts; do
	start $each || continue
	$what "$@"
	stop
done
[ "$what" = cpus ] || reading "$@"
uname -r >/out/release
