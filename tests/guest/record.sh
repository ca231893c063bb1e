#!/bin/busybox sh
# shellcheck shell=dash
# In the guest: record, in the ways that its manual has, and report on what came of it.

# shellcheck source=lib/guest-check.sh
. /guest-check.sh

rec=/tmp/rec
err=/out/err
storm='daxload fault --file /mnt/big/storm --page pte --size 16M --seconds'

# code wanted, command: what it says goes to $err
exits() {
	local want=$1 code
	shift
	"$@" >/out/out 2>$err
	code=$?
	[ $code -eq "$want" ] || {
		echo "exit $code, not $want: $* ($(tail -n 3 $err))"
		false
	}
}

# Waits for a file that has a line with this in it.
wait_for() {
	local tries=600
	until grep -q "$1" "$2" 2>/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return
		daxload wait-for 100
	done
}

record_start() {
	: >$err
	$tool record "$@" 2>$err >/out/out &
	tool_pid=$!
	wait_for ': tracing' $err
}

record_stop() {
	kill -INT $tool_pid
	wait $tool_pid
}

# How many operations of a kind report finds in recordings, with this exit code.
ops_of() {
	local op=$1 want=$2
	shift 2
	exits "$want" $tool report --json "$@" || return
	sed -n "s/.*\"$op\": *{\"count\": *\([0-9]*\).*/\1/p" /out/out | tail -n 1
}

has_ops() {
	local cnt
	cnt=$(ops_of "$@") && [ "${cnt:-0}" -gt 0 ] 2>/dev/null || {
		echo "operations: $cnt ($(cat $err))"
		false
	}
}

commands() {
	situation='a command'
	check 'its code is passed on' exits 7 $tool record -o $rec -- sh -c 'exit 7'
	check 'so is its signal' exits 143 $tool record -o $rec -- sh -c 'kill -TERM $$'
	check 'one that is not there' exits 127 $tool record -o $rec -- /no/such/program
	check 'which is told' grep -q 'cannot run /no/such/program' $err
	check 'one that cannot be executed' exits 126 $tool record -o $rec -- /proc/self/status
	check 'its own failure' exits 125 $tool record -o /no/such/folder/rec -- true
	check 'which is told' grep -q 'no/such/folder' $err
	check 'an option that is none' exits 125 $tool record --nonsense -- true
	check 'the same without a command' exits 2 $tool record --nonsense
	check 'a file on the traced mount' exits 2 $tool record -o /mnt/big/rec --duration 1
	check 'which is told' grep -q 'to be traced.*--force' $err
	check 'which is not made' [ ! -e /mnt/big/rec ]
}

streams() {
	situation='a pipe'
	# shellcheck disable=SC2086 # words
	check 'its operations are there' exits 0 sh -c "$tool record -o - -- $storm 1 >/tmp/pipe"
	check 'whole' has_ops fault.read.pte 0 /tmp/pipe
	situation='standard input'
	check 'is read' exits 0 sh -c "$tool report --json - </tmp/pipe"
	situation='TCP'
	ifconfig lo 127.0.0.1 up
	nc -l -p 4711 >/tmp/tcp 2>/dev/null </dev/null &
	daxload wait-for 500
	# shellcheck disable=SC2086 # words
	check 'is sent' exits 0 $tool record -o tcp:127.0.0.1:4711 -- $storm 1
	wait $!
	check 'whole' has_ops fault.read.pte 0 /tmp/tcp
	check 'nobody listens' exits 3 $tool record -o tcp:127.0.0.1:4712 --duration 1
	check 'which is told' grep -q 'somebody listening' $err
	check 'no address' exits 2 $tool record -o tcp:localhost:1 --duration 1
	situation='vsock'
	daxload vsock-take 4711 /tmp/vsock &
	daxload wait-for 500
	# shellcheck disable=SC2086 # words
	check 'is sent' exits 0 $tool record -o vsock:1:4711 -- $storm 1
	check 'all of it' wait $!
	check 'whole' has_ops fault.read.pte 0 /tmp/vsock
	check 'nobody listens' exits 3 $tool record -o vsock:1:4712 --duration 1
	check 'no number' exits 2 $tool record -o vsock:host:1 --duration 1
}

# What goes wrong with a pipe is the tool's failure, whenever it comes.
closed() {
	situation='a closed pipe'
	{ $tool record -o - -- true 2>/tmp/closed.err; echo $? >/tmp/closed.code; } | true
	check 'is its own failure' [ "$(cat /tmp/closed.code)" = 125 ]
	check 'which is told' grep -q 'Broken pipe' /tmp/closed.err
}

hooked_cnt() {
	wc -l </sys/kernel/tracing/enabled_functions
}

outlived() {
	local before
	situation='a command that goes on'
	before=$(hooked_cnt)
	$tool record -o $rec --duration 0.3 -- sh -c 'until [ -e /tmp/go ]; do sleep 0.2; done; exit 6' 2>$err &
	tool_pid=$!
	wait_for 'waiting for the command' $err
	check 'is not traced any more' [ "$(hooked_cnt)" = "$before" ]
	check 'and waited for' [ -d /proc/$tool_pid ]
	: >/tmp/go
	wait $tool_pid
	check 'its code is passed on' [ $? = 6 ]
}

killed() {
	situation='killed'
	record_start -o $rec -d 0.2
	# shellcheck disable=SC2086 # words
	$storm 2 >/dev/null
	daxload wait-for 500
	kill -KILL $tool_pid
	wait $tool_pid
	check 'what was written can be read' has_ops fault.read.pte 4 $rec
	check 'and what is missing is told' grep -q 'missing\|unfinished\|not finished' $err
}

parts() {
	situation='parts'
	rm -f $rec*
	# shellcheck disable=SC2086 # words
	check 'are written' exits 0 $tool record -o $rec --max-size 64K --keep 2 -d 0.2 -- $storm 6
	check 'there are as many as are kept' [ -s $rec.2 ]
	check 'and no more' [ ! -e $rec.3 ]
	check 'each can be read alone' has_ops fault.read.pte 0 $rec.1
	check 'all together' has_ops fault.read.pte 0 $rec.2 $rec.1 $rec
	total=$(ops_of fault.read.pte 0 $rec.2 $rec.1 $rec)
	sum=$(($(ops_of fault.read.pte 0 $rec.2) + $(ops_of fault.read.pte 0 $rec.1) + $(ops_of fault.read.pte 0 $rec)))
	check "are their sum ($total, $sum)" [ "$total" = "$sum" ]
}

ring() {
	situation='a ring'
	rm -f $rec*
	daxload create --file /mnt/big/cut --size 4M >/dev/null
	record_start -o $rec --ring 3 --trigger 300ms -d 0.5
	# shellcheck disable=SC2086 # words
	$storm 1 >/dev/null
	daxload wait-for 5000
	check 'nothing is written while nothing lasts' [ ! -e $rec ]
	daxload ctl /mnt/big delay setattr 500 >/dev/null
	daxload slow --op truncate --file /mnt/big/cut >/dev/null
	daxload ctl /mnt/big clear >/dev/null
	daxload wait-for 3000
	check 'the stall just seen is written' has_ops truncate 0 $rec
	check 'what was long before it is not' [ "$(ops_of fault.read.pte 0 $rec)" = 0 ]
	kill -USR1 $tool_pid
	daxload wait-for 3000
	check 'and so it is when it is asked to' [ -s $rec.1 ]
	record_stop
	check 'and at the end' [ -s $rec.2 ]
	check 'which can be read' exits 0 $tool report $rec
}

full() {
	situation='a full disk'
	mkdir -p /tmp/small
	mount -t tmpfs -o size=48k tmpfs /tmp/small
	# shellcheck disable=SC2086 # words
	check 'is a failure' exits 125 $tool record -o /tmp/small/rec -d 0.2 -- $storm 6
	check 'which is told' grep -q 'No space left' $err
	check 'what was written can be read' has_ops fault.read.pte 4 /tmp/small/rec
	umount /tmp/small
}

commands
streams
closed
outlived
killed
parts
ring
full
check_end
