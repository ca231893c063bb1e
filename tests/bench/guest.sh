#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: measure each operation under each tracer of /bench/tracers that
# is named. Leaves in /out: bench.jsonl (a line per tracer and operation, as
# daxload bench prints it, with "tracer"), absent (tracers that could not run,
# and why) and what each of them said.
#
# usage: guest.sh SAMPLES "OPERATION..." TRACER...

# shellcheck source=peers-guest.sh
. /bench/peers-guest.sh

samples=$1 wanted=$2
shift 2
soak=/tmp/soak
# of 10 ms; at rest it is 10 to 50 thousand
quiet_ns=300000
quiet_needed=4
settle_tries=60

say() {
	echo "$*" >&2
}

absent() {
	printf '%s|%s\n' "$1" "$2" >>/out/absent
	say "$1: absent: $2"
}

# bench OPERATION [OPTION...]: one JSON line
bench() {
	local op=$1 dir=dax
	shift
	[ "$op" != free-range ] || dir=small
	daxload bench --op "$op" --keep --soak $soak --file /mnt/$dir/bench "$@"
}

# While soak runs, guest time passes only as fast as instructions do; stopped, it
# leaps over what is idle, and the many grace periods of attaching cost nothing.
leap() {
	kill -STOP $soak_pid
}

stay() {
	kill -CONT $soak_pid
}

# settle [PID]: waits until PID waits for events and nobody works any more.
settle() {
	local quiet=0 tries=$settle_tries ns
	while [ $quiet -lt $quiet_needed ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		if [ "$1" ] && [ -d "/proc/$1" ] && ! is_waiting "$1"; then
			sleep 0.5
			quiet=0
			continue
		fi
		stay
		ns=$(bench idle --samples 1 --count 10 | sed 's/.*[[]\([0-9]*\)\].*/\1/')
		leap
		quiet=$((quiet + 1))
		[ "$ns" -le $quiet_ns ] || { quiet=0; sleep 0.5; }
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
}

# What it said when it went: its last line that says something.
last_words() {
	cat "/out/$id.out" "/out/$id.err" | tr -d '\r' | grep '[a-z]' | tail -n 1 | sed 's/^ *//'
}

is_attached() {
	[ -d "/proc/$pid" ] || return 1
	[ "$where" != tool ] || grep -q ': tracing' "/out/$id.err"
}

stop() {
	local tries=100
	kill -INT "$pid" 2>/dev/null
	while [ -d "/proc/$pid" ] && [ $tries -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	[ "$where" != peer ] || tidy_up
}

# Operations that wait for the host are timed one by one: their median counts.
samples_of() {
	case $1 in
	setup | truncate | lock | free-range) echo $((samples * 8)) ;;
	*) echo "$samples" ;;
	esac
}

measure() {
	local op
	stay
	for op in $operations; do
		case " $wanted " in
		*" $op "*) ;;
		*) continue ;;
		esac
		if ! bench "$op" --samples "$(samples_of "$op")" >/tmp/line 2>/tmp/why; then
			say "$id: $op: $(cat /tmp/why)"
			printf '%s|%s|%s\n' "$id" "$op" "$(tail -n 1 /tmp/why)" >>/out/failed
			continue
		fi
		sed "s/^{/{\"tracer\":\"$id\",/" /tmp/line >>/out/bench.jsonl
	done
	leap
}

# An older virtiofs-daxtop knows one way to trace, the full one.
plain_full() {
	if [ "$id" != full ] || ! grep -q -e "--detail" "/out/$id.err"; then
		return 1
	fi
	start tool virtiofs-daxtop -b -d 1000000
	settle "$pid"
	is_attached
}

run_tracer() {
	say "$title"
	if [ "$where" = - ]; then
		settle
		measure
		return
	fi
	# shellcheck disable=SC2086 # words
	start "$where" $command
	settle "$pid" || say "$id does not come to rest"
	if ! is_attached && ! plain_full; then
		absent "$id" "$(last_words)"
		return
	fi
	measure
	is_attached || absent "$id" "it ended while it was measured: $(last_words)"
	stop
	settle
}

# A host that takes a while each time: one that answers before the task sleeps
# makes another, cheaper operation of it, now and then.
slow_host() {
	local op dir
	for dir in /mnt/dax /mnt/small; do
		for op in setup remove setattr fallocate getxattr; do
			daxload ctl $dir delay $op 1
		done
	done
}

# The first operations after a boot fill caches that last.
warm_up() {
	local op
	say 'warming up'
	settle
	stay
	for op in $wanted; do
		bench "$op" --samples 3 >/dev/null
	done
	leap
}

main() {
	local id title where operations command pid name
	daxload soak $soak &
	soak_pid=$!
	sleep 0.01
	leap
	[ ! -e /bench/with-peers ] || mount_peers || exit
	slow_host
	warm_up
	for name; do
		while IFS='|' read -r id title where operations _ command; do
			[ "$id" != "$name" ] || run_tracer
		done </bench/tracers
	done
	uname -r >/out/release
	virtiofs-daxtop version >/out/tool-version
	[ ! -e $peers/packages ] || cp $peers/packages /out/packages
}

main "$@"
