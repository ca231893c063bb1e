#!/bin/busybox sh
# shellcheck shell=dash
# In the guest, under the tracer: make one situation TIMES times. What the tool says of it goes to
# /out/culprits.json, a line for each look, what the workloads know to /out/culprits.load, and what went
# wrong otherwise to /out/culprits.failed.
# usage: culprits.sh SITUATION TIMES

tool=/bin/virtiofs-daxtop
out=/out/culprits
looks=0

fail() {
	echo "$*" >>$out.failed
}

# Waits until a condition holds, for at most 60 s.
wait_until() {
	local tries=600
	until "$@"; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ]; then
			fail "gave up waiting for: $*"
			return 1
		fi
		daxload wait-for 100
	done
}

load() {
	daxload "$@" >>$out.load 2>>$out.load.err || fail "daxload $*: exit $?"
}

knows() {
	echo "$*" >>$out.load
}

# ---- the tool ----

trace_start() {
	$tool top --json --delay 3600 --top 0 >$out.json 2>$out.err &
	tool_pid=$!
	wait_until grep -q ': tracing' $out.err
}

look() {
	looks=$((looks + 1))
	kill -USR1 $tool_pid
	wait_until has_looked
}

has_looked() {
	[ "$(wc -l <$out.json)" -ge $looks ]
}

trace_stop() {
	kill -INT $tool_pid
	wait $tool_pid || fail "the tool: exit $?"
}

# ---- situations: NAME_once, with which number, and NAME_end, after all of them ----

# A truncate that waits for a page that a thread, another process, or the end of one releases: late enough
# that the truncate is there before, on a busy machine too.
pins_once() {
	case $(($1 % 3)) in
	0) load pinned --file "/mnt/big/pin-$1" --op truncate --pages 1 --delays 250 ;;
	1) load pin-hold --file "/mnt/big/pin-$1" --by read --delay 250 --after 5 ;;
	2) load pin-hold --file "/mnt/big/pin-$1" --by exit --delay 250 --after 5 ;;
	esac
}

# And one thread that releases a page as often.
pins_end() {
	load blame --file /mnt/big/again --hold pin --by read --rounds "$times" --after 40 --pin 120
	look
}

# A fault behind the reclaim worker, behind a pinned page; and who that worker really is.
chain_once() {
	local loader
	daxload pin-window --file "/mnt/small/chain-$1" --size 32M --stuck-file /tmp/stuck \
		>>$out.load 2>>$out.load.err &
	loader=$!
	wait_until [ -e /tmp/stuck ] || return
	look
	knows "{\"workload\":\"workers\",\"pids\":[$(reclaim_workers)]}"
	rm /tmp/stuck
	wait $loader || fail "daxload pin-window: exit $?"
}

# The releases of the last.
chain_end() {
	look
}

# Kernel workers that sleep in a function of DAX. Not by that of the work itself: a stack ends at a
# kretprobe on 5.10.
reclaim_workers() {
	grep -l _dax_ /proc/[0-9]*/stack 2>/dev/null | sed 's/stack$/comm/' | xargs -r grep -l '^kworker/' | pids
}

pids() {
	cut -d / -f 3 | tr '\n' ',' | sed 's/,$//'
}

# A task killed in open(O_TRUNC) leaves the lock, another faults behind that. All the while there is one
# who has the lock of its file by right.
leak_once() {
	local killed
	[ "$1" -gt 0 ] || leak_begin
	daxload pinned --file "/mnt/atomic/leak-$1" --keep --size 2M --pages 1 --op open-trunc \
		--delays 60000 >/dev/null 2>&1 &
	killed=$!
	wait_until is_in_break $killed
	kill -9 $killed
	wait $killed 2>/dev/null
	daxload slow --op fault --file "/mnt/atomic/leak-$1" --existing --size 2M >/dev/null 2>&1 &
	knows "{\"workload\":\"leak\",\"path\":\"leak-$1\",\"pid\":$killed,\"behind\":$!}"
	behind="$behind $!"
	[ $(($1 % 10)) -ne 9 ] || leak_look
}

is_in_break() {
	grep -q '_break_layout' /proc/"$1"/task/*/stack
}

leak_begin() {
	behind=''
	daxload ctl /mnt/big hang setattr
	daxload truncate-block --dir /mnt/big --probe-after 50 >>$out.load 2>>$out.load.err &
	holder=$!
}

# At the first look an owner that is gone is only suspect.
leak_look() {
	daxload wait-for 1500
	look
	daxload wait-for 200
	look
}

leak_end() {
	local each hung=''
	leak_look
	for each in $behind; do
		[ ! -e "/proc/$each" ] || hung="$hung,$each"
	done
	knows "{\"workload\":\"hung\",\"pids\":[${hung#,}]}"
	daxload ctl /mnt/big clear
	wait "$holder" || fail "daxload truncate-block: exit $?"
}

# The last reference of an unlinked file's inode is dropped in the completion worker of its mount: not
# every time, so it is tried until one more worker hangs.
self_once() {
	local try
	for try in 1 2 3 4 5 6 7 8; do
		daxload last-close --file "/mnt/m$1/gone-$try" >>$out.load 2>>$out.load.err &
		if settles has_hung "$1"; then
			knows "{\"workload\":\"mount\",\"mountpoint\":\"/mnt/m$1\",\"pid\":$!,\"path\":\"gone-$try\"}"
			return
		fi
	done
	fail "/mnt/m$1 does not hang"
}

# Does it come to hold within two seconds?
settles() {
	local tries=10
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		daxload wait-for 200
	done
}

# More workers than so many.
has_hung() {
	[ "$(hung_workers | tr ',' '\n' | grep -c .)" -gt "$1" ]
}

# A mount whose files go as they should is none of them.
self_end() {
	load fault --dir /mnt/big --size 4M
	knows "{\"workload\":\"workers\",\"pids\":[$(hung_workers)]}"
	look
}

hung_workers() {
	grep -l fuse_evict_inode /proc/[0-9]*/stack 2>/dev/null |
		xargs -r grep -l virtio_fs_requests_done_work | pids
}

situation=$1 times=$2
: >$out.failed
: >$out.err
trace_start
i=0
while [ $i -lt "$times" ]; do
	"${situation}_once" $i
	i=$((i + 1))
done
"${situation}_end"
trace_stop
