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
	if [ "$mode" != untraced ]; then
		daxload park --file /mnt/dax/park --tasks "$2" --ready-file /tmp/parked &
		daxload wait-for /tmp/parked
		daxload fill --file /mnt/dax/fill --inodes "$1"
	fi
	record one-inode bench --op pte --file /mnt/dax/one
	record rotate bench-rotate --inodes "$3" --file /mnt/dax/rotate
	[ "$mode" = untraced ] || killall daxload
	rm -f /tmp/parked
}

what=$1
shift
tables=''
# A row is of an inode and an operation, and each inode had several. (Full tables
# are another matter: 2500 instructions for each fault that finds no row.)
[ "$what" = cpus ] || tables="--inodes-max $((($1 + $3 + 100) * 8)) --tasks-max $((($2 + 1000) * 8))"
for each in untraced full counts; do
	start $each || continue
	$what "$@"
	stop
done
uname -r >/out/release
