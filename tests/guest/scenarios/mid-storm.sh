# The tracer comes and goes in the middle of a storm.
tracer=self
work() {
	load fault --dir /mnt/big --page pte --size 16M --seconds 30 &
	storm=$!
	daxload wait-for 1000
	trace_start
	daxload wait-for 2000
	trace_stop
	wait $storm
}
