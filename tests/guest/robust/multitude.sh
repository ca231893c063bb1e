# Many short-lived tasks and many inodes on little memory: what finds no room is
# counted as such, sums stay exact, and the tool does not grow.
tracer=self
patience=1000
times=1
work() {
	tool_opts="--top 20 --inodes-max $((times * 2500)) --tasks-max $((times * 250))"
	trace_start
	echo "{\"workload\":\"machine\",\"memory_bytes\":$(($(field MemTotal /proc/meminfo) * 1024))}" >>"/out/$name.load"
	lines=0
	for tenth in 1 2 3 4 5 6 7 8 9 10; do
		spread
		told_so_far
	done
	trace_stop
}

spread() {
	local time=0
	while [ $time -lt $times ]; do
		time=$((time + 1))
		load inode-spread --file /mnt/big/spread --count 500 --tasks 50 --by write
	done
	load inode-spread --file /mnt/big/spread --count 20 --tasks 5
}

told_so_far() {
	kill -USR1 "$tool_pid"
	lines=$((lines + 1))
	wait_until has_lines "/out/$name.json" $lines
	echo "{\"workload\":\"tool\",\"rss_kib\":$(field VmRSS "/proc/$tool_pid/status"),
		\"most_kib\":$(field VmHWM "/proc/$tool_pid/status")}" >>"/out/$name.load"
}

# field NAME FILE: of "NAME: VALUE kB"
field() {
	sed -n "s/^$1:[[:space:]]*\([0-9]*\).*/\1/p" "$2"
}
