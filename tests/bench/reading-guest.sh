#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: one storm of faults under each tracer that leaves a file, which is brought out as
# /out/TRACER.data. See reading.
#
# usage: reading-guest.sh TOUCHES

# shellcheck source=peers-guest.sh
. /bench/peers-guest.sh

touches=$1
waits_needed=10
settle_tries=600

die() {
	echo "$*" >&2
	tail -n 5 "/out/$id.out" "/out/$id.err" >&2
	exit 3
}

storm() {
	daxload fault --file /mnt/dax/storm --keep --page pte --size 16M --warm "$@"
}

# Traces when it has waited for events for a second: it attaches in steps.
settle() {
	local waits=0 tries=$settle_tries
	while [ $waits -lt $waits_needed ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] && [ -d "/proc/$pid" ] || die "$id does not come to trace"
		if is_waiting "$pid"; then waits=$((waits + 1)); else waits=0; fi
		sleep 0.1
	done
}

# start WHERE COMMAND...: sets pid
start() {
	local where=$1
	shift
	case $where in
	tool) "$@" >"/out/$id.out" 2>"/out/$id.err" & ;;
	peer) exec_peer "$@" >"/out/$id.out" 2>"/out/$id.err" & ;;
	esac
	pid=$!
	settle
}

# record WHERE FILE COMMAND...
record() {
	local where=$1 file=$2
	shift 2
	echo "$id" >&2
	start "$where" "$@"
	storm --touches "$touches" >"/out/$id.storm" || die 'the storm failed'
	kill -INT "$pid"
	wait "$pid"
	mv "$file" "/out/$id.data" || die "$id left nothing"
	[ "$where" != peer ] || tidy_up
}

main() {
	local id where command pid file
	mount_peers || exit 3
	storm >/dev/null
	for id in record perf-record trace-cmd; do
		IFS='|' read -r where command <<-ROW
			$(sed -n "s/^$id|[^|]*|\([^|]*\)|[^|]*|[^|]*|/\1|/p" /bench/tracers)
		ROW
		case $id in
		record) file=/tmp/bench.rec ;;
		perf-record) file=$peers/tmp/perf.data ;;
		trace-cmd) file=$peers/tmp/trace.dat ;;
		esac
		# shellcheck disable=SC2086 # words
		record "$where" "$file" $command
	done
	uname -r >/out/release
	cp $peers/packages /out/packages
}

main
