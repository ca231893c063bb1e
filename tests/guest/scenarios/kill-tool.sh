# kill -9 of the tracer leaves nothing attached, and the next one starts.
attached=/sys/kernel/tracing/enabled_functions
first() {
	trace_rest
	trace_start
	cat $attached >/out/kill-tool.attached
	kill -9 "$tool_pid"
	{ wait "$tool_pid"; } 2>/dev/null
	grep -q fuse_dax_fault /out/kill-tool.attached ||
		echo 'nothing was attached' >>/out/kill-tool.failed
	wait_until nothing_attached
}

nothing_attached() {
	[ -z "$(cat $attached)" ]
}

work() {
	load fault --dir /mnt/big --page pmd --size 8M
}
