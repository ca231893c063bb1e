# One operation is in progress when tracing begins, another when it ends.
tracer=self
work() {
	ctl delay setup 6000
	load slow --op read --file /mnt/big/mid-a &
	first=$!
	daxload wait-for 500
	trace_start
	daxload wait-for 6000
	load slow --op read --file /mnt/big/mid-b &
	second=$!
	daxload wait-for 1000
	trace_stop
	wait $first $second
}
