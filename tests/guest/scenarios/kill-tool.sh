# kill -9 of the tracer, when all that share it are done, leaves nothing attached.
tracing=/sys/kernel/tracing
work() {
	load fault --dir /mnt/big --page pmd --size 8M
}

last() {
	[ -e $tracing/enabled_functions ] || mount_tracefs
	cat $tracing/enabled_functions >/out/kill-tool.attached
	kill -9 "$tool_pid" 2>/dev/null
	{ wait "$tool_pid"; } 2>/dev/null
	shared=''
	grep -q fuse_ /out/kill-tool.attached ||
		echo 'nothing was attached' >>/out/kill-tool.failed
	trace_rest
	wait_until nothing_attached
	[ -z "$mounted" ] || umount $mounted
}

# To look from the outside only: the tool traces without it.
mounted=''
mount_tracefs() {
	mounted=$tracing
	mount -t tracefs tracefs $tracing || echo 'no tracefs' >>/out/kill-tool.failed
}

nothing_attached() {
	[ -z "$(cat $tracing/enabled_functions; cat $tracing/kprobe_events 2>/dev/null)" ]
}
