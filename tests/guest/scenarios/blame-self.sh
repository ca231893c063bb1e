# A completion worker that waits for its own request, on the kernels that have
# that: told at once, and that mount is gone.
tracer=self
work() {
	trace_start
	daxload last-close --file /mnt/atomic/gone >>"/out/$name.load" 2>"/out/$name.load.err" &
	daxload wait-for 3000
	trace_stop
}
