#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: run scenarios one after the other and leave in /out what
# tests/guest/check-scenarios holds against each other: NAME.json (the tool),
# NAME.load (the workloads), NAME.err.
#
# A scenario is a file NAME.sh that sets fs (the mount it uses) and defines
# work; it may define before (not in its figures), and tool_opts. Those of the
# same tool_opts share one tracer, of which each has an interval of its own
# (NAME.shared says so), since a tracer's start takes an emulated guest some 8 s;
# what one defines as last comes when all are done, and may end that tracer.
# One that sets tracer=own has its own, from before its work to after it; with
# tracer=self it calls trace_start and trace_stop itself.

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

# Waits until a condition holds, for at most 90 s, or as many tenths as
# patience says: on a busy machine a tracer's start takes its time.
wait_until() {
	local tries=${patience:-900}
	until "$@"; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ]; then
			echo "gave up waiting for: $*" >>"/out/$name.failed"
			return 1
		fi
		daxload wait-for 100
	done
}

# trace_start: the scenario's own, to trace_stop
trace_start() {
	told_cnt=0
	tracer_start "$name"
}

# An interval of a tracer of its own ends now.
told() {
	kill -USR1 "$tool_pid"
	told_cnt=$((told_cnt + 1))
	wait_until has_lines "/out/$name.json" $told_cnt
}

# Detaching takes a while after the last line, in which the next scenario may
# begin: with one interval that line is known when it is there.
trace_stop() {
	kill -INT "$tool_pid" 2>/dev/null || {
		echo 'the tool ended too early' >>"/out/$name.failed"
		return
	}
	ended="$ended $tool_pid:$name"
	case "$tool_opts" in
	*delay*) trace_rest ;;
	*) wait_until is_told "/out/$name.json" ;;
	esac
}

# tracer_start NAME: with tool_opts, to NAME.json
tracer_start() {
	# shellcheck disable=SC2086 # options are words
	$tool top --json --delay 3600 --top 0 $tool_opts >"/out/$1.json" 2>"/out/$1.err" &
	tool_pid=$!
	wait_until is_tracing_or_gone "/out/$1.err"
	is_tracing "/out/$1.err" || echo "the tool: $(cat "/out/$1.err")" >>"/out/$1.failed"
}

# record_start [OPTION...]: instead of trace_start, recording; record_stop leaves two lines in NAME.json,
# what it printed of its tables, and what report made of the events of that very run.
record_start() {
	$tool record --json --top 0 --output "/tmp/$name.rec" "$@" >"/out/$name.json" 2>"/out/$name.err" &
	tool_pid=$!
	wait_until is_tracing_or_gone "/out/$name.err"
}

record_stop() {
	trace_stop
	trace_rest
	$tool report --json --top 0 "/tmp/$name.rec" >>"/out/$name.json" ||
		echo "report: exit $?" >>"/out/$name.failed"
	rm -f "/tmp/$name.rec"
}

is_tracing() {
	grep -q ': tracing' "$1"
}

is_tracing_or_gone() {
	is_tracing "$1" || ! kill -0 "$tool_pid" 2>/dev/null
}

# The one that all scenarios of these options share.
shared_start() {
	name=tracer-$1 lines=0
	tracer_start "$name"
	shared=$name
}

shared_stop() {
	name=$shared
	[ -z "$shared" ] || trace_stop
}

# Has it print the interval so far.
shared_interval() {
	kill -USR1 "$tool_pid" || return
	lines=$((lines + 1))
	wait_until has_lines "/out/$shared.json" "$lines"
}

has_lines() {
	[ "$(wc -l <"$1")" -ge "$2" ]
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

# load_scenario NAME: what it says of itself
load_scenario() {
	name=$1 fs=big tool_opts='' tracer=shared patience=900
	before() { :; }
	last() { :; }
	# shellcheck source=/dev/null
	. "/scenarios/$name.sh"
	case "$tool_opts" in
	*delay*) tracer=own ;;
	esac
}

run_work() {
	ctl mark begin "$name"
	work
	ctl clear
	daxload wait-for 500 # reclaim comes to rest
	ctl mark end "$name"
}

run_shared() {
	if [ -s "/out/$shared.failed" ]; then
		cp "/out/$shared.failed" "/out/$name.failed"
		return
	fi
	before
	shared_interval # what came before is none of it
	run_work
	shared_interval
	sed -n '$p' "/out/$shared.json" >"/out/$name.json" # busybox' tail cuts long lines
	touch "/out/$name.shared"
}

run_unshared() {
	before
	[ "$tracer" = self ] || trace_start
	run_work
	[ "$tracer" = self ] || trace_stop
}

# kinds: what the tracers that are shared are started with, one a line
kinds_of() {
	for each; do
		(
			load_scenario "$each"
			[ "$tracer" != shared ] || echo "$tool_opts"
		)
	done | sort -u
}

# of_kind WHAT SCENARIO...: of those that share this kind's tracer
of_kind() {
	what=$1
	shift
	for each; do
		load_scenario "$each"
		[ "$tracer" != shared ] || [ "$tool_opts" != "$kind" ] || $what
	done
}

run_kind() {
	kind=$1 number=$((number + 1))
	shift
	tool_opts=$kind
	shared_start "$number"
	of_kind run_shared "$@"
	of_kind last "$@"
	tool_opts=''
	shared_stop
}

ended='' number=0
kinds_of "$@" >/tmp/kinds
while read -r kind <&3; do
	run_kind "$kind" "$@"
done 3</tmp/kinds
for each; do
	load_scenario "$each"
	[ "$tracer" = shared ] || run_unshared
done
trace_rest
