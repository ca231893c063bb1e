# kill -9 of the tracer leaves nothing attached, and the next one starts.
tracer=self
work() {
	trace_rest
	trace_start
	cat /sys/kernel/tracing/enabled_functions >/out/kill-tool.attached
	kill -9 "$tool_pid"
	{ wait "$tool_pid"; } 2>/dev/null
	daxload wait-for 1000
	cat /sys/kernel/tracing/enabled_functions >/out/kill-tool.left
	grep -q fuse_dax_fault /out/kill-tool.attached ||
		echo 'nothing was attached' >>/out/kill-tool.failed
	[ ! -s /out/kill-tool.left ] || echo 'still attached' >>/out/kill-tool.failed
	trace_start
	load fault --dir /mnt/big --page pmd --size 8M
	trace_stop
}
