# Ended under a storm by SIGHUP; by a second signal while it detaches; when the
# reader of its output goes away; by a full disk.
tracer=self
patience=1000 # four tracers start at once
# shellcheck source=end-by.sh
. /scenarios/end-by.sh
work() {
	for_reader &
	for_full_disk &
	tracer_start signals.twice
	twice=$tool_pid
	trace_start
	wait_until grep -q ': tracing' /out/signals.reader.err
	wait_until [ -s /out/signals.full.code ]
	load fault --dir /mnt/big --processes 2 --size 8M --seconds 4 &
	storm=$!
	daxload wait-for 2000
	end_by HUP
	wait $storm
	kill -USR1 "$(cat /tmp/reader.pid)"
	wait_until [ -s /out/signals.reader.code ]
	twice_told
	echo "{\"workload\":\"codes\",\"reader\":$(cat /out/signals.reader.code),
		\"full\":$(cat /out/signals.full.code)}" >>/out/signals.load
}

# One line is all that is read, and an hour would be the next one's time.
for_reader() {
	{
		# shellcheck disable=SC2016 # the inner shell's
		sh -c 'echo $$ >/tmp/reader.pid; exec "$0" top --json --delay 3600' $tool 2>/out/signals.reader.err
		echo $? >/out/signals.reader.code
	} | head -n 1 >/out/signals.reader.json
}

for_full_disk() {
	$tool top --json --delay 0.5 --count 3 >/dev/full 2>/out/signals.full.err
	echo $? >/out/signals.full.code
}

twice_told() {
	kill -TERM $twice
	wait_until is_told /out/signals.twice.json
	tool_pid=$twice
	end_by TERM
}
