# kill -9 of the tracer leaves nothing attached, and the next one starts. The one
# killed is of another level of detail, so that each kernel is asked for both, but where
# fuse is a module without types, which is hooked by kprobes at full detail alone.
attached=/sys/kernel/tracing/enabled_functions
first() {
	trace_rest
	tool_opts='--detail stalls'
	[ -e /sys/kernel/btf/fuse ] || ! grep -q '^fuse ' /proc/modules || tool_opts=''
	trace_start
	[ -e $attached ] || mount_tracefs
	cat $attached >/out/kill-tool.attached
	kill -9 "$tool_pid" 2>/dev/null
	{ wait "$tool_pid"; } 2>/dev/null
	grep -q fuse_ /out/kill-tool.attached ||
		echo 'nothing was attached' >>/out/kill-tool.failed
	wait_until nothing_attached
	[ -z "$mounted" ] || umount "$mounted"
}

# In a microVM nobody has, and the tool has to do without.
mounted=''
mount_tracefs() {
	mounted=/sys/kernel/tracing
	mount -t tracefs tracefs $mounted
}

nothing_attached() {
	[ -z "$(cat $attached /sys/kernel/tracing/kprobe_events)" ]
}

work() {
	load fault --dir /mnt/big --page pmd --size 8M
}
