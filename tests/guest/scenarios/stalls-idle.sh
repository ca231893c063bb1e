# A storm on mapped ranges, warmed up before tracing: nothing waits, so nothing is
# seen.
tool_opts='--detail stalls'
tracer=self
work() {
	load fault --dir /mnt/big --page pte --size 16M --seconds 3 --warm \
		--ready-file /tmp/idle-ready --start-file /tmp/idle-start --hold 3s &
	storm=$!
	wait_until test -e /tmp/idle-ready
	trace_start
	touch /tmp/idle-start
	wait_until test -s "/out/$name.load"
	trace_stop
	wait $storm
}
