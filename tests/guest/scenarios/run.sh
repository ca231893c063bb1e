#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: run scenarios one after the other, each under a tracer of its
# own, and leave in /out what tests/guest/check-scenarios holds against each
# other: NAME.json (the tool), NAME.load (the workloads), NAME.err.
#
# A scenario is a file NAME.sh that sets fs (the mount it uses) and defines
# work; it may define before (not traced), and tool_opts. One that sets
# self_traced calls trace_start and trace_stop itself.

tool=/bin/virtiofs-daxtop

# One workload on any processor; what it says of itself goes to NAME.load.
load() {
	load_on ff "$@"
}

# The same on one processor (a mask).
load_on() {
	local mask=$1
	shift
	taskset "$mask" daxload "$@" >>"/out/$name.load" 2>>"/out/$name.load.err" ||
		echo "daxload $*: exit $?" >>"/out/$name.failed"
}

ctl() {
	daxload ctl "/mnt/$fs" "$@" || echo "ctl $*: exit $?" >>"/out/$name.failed"
}

# Waits until a condition holds, for at most 20 s.
wait_until() {
	local tries=200
	until "$@"; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ]; then
			echo "gave up waiting for: $*" >>"/out/$name.failed"
			return 1
		fi
		daxload wait-for 100
	done
}

trace_start() {
	# shellcheck disable=SC2086 # options are words
	$tool top --json --delay 3600 --top 0 $tool_opts >"/out/$name.json" 2>"/out/$name.err" &
	tool_pid=$!
	wait_until grep -q ': tracing' "/out/$name.err"
}

# Detaching takes a while after the last line, in which the next scenario may
# begin: with one interval that line is known when it is there.
trace_stop() {
	kill -INT "$tool_pid"
	ended="$ended $tool_pid:$name"
	case "$tool_opts" in
	*delay*) trace_rest ;;
	*) wait_until is_told "/out/$name.json" ;;
	esac
}

# Its last line is there to the end.
is_told() {
	[ -s "$1" ] && [ -z "$(tail -c 1 "$1")" ]
}

# Until the tools that were told to end are gone, with their hooks.
trace_rest() {
	local each
	for each in $ended; do
		wait "${each%%:*}" || echo "the tool: exit $?" >>"/out/${each#*:}.failed"
	done
	ended=''
}

run_scenario() {
	name=$1 fs=big tool_opts='' self_traced=''
	before() { :; }
	# shellcheck source=/dev/null
	. "/scenarios/$name.sh"
	before
	[ "$self_traced" ] || trace_start
	ctl mark begin "$name"
	work
	ctl clear
	daxload wait-for 500 # reclaim comes to rest
	ctl mark end "$name"
	[ "$self_traced" ] || trace_stop
}

ended=''
for name; do
	run_scenario "$name"
done
trace_rest
