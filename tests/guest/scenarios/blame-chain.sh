# One pinned page stops reclaim for the whole mount: a fault waits for a range,
# which waits for the reclaim worker, which waits for the page.
fs=small
tracer=self
work() {
	trace_start
	load pin-window --file /mnt/small/chain --pin 4000 &
	loader=$!
	daxload wait-for 2500
	kill -USR1 "$tool_pid"
	wait "$loader"
	trace_stop
}
