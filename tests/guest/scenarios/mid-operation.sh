# One operation is in progress when tracing begins, another when it ends.
tracer=self
work() {
	ctl hang setup
	load slow --op read --file /mnt/big/mid-a &
	first=$!
	daxload wait-for 500
	trace_start
	ctl release
	wait $first
	ctl hang setup
	load slow --op read --file /mnt/big/mid-b &
	second=$!
	daxload wait-for 1500
	trace_stop
	ctl release
	wait $second
}
