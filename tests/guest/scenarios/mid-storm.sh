# The tracer comes and goes in the middle of a storm.
tracer=self
work() {
	load fault --dir /mnt/big --page pte --size 16M --seconds 300 --until-file /tmp/storm-end &
	storm=$!
	daxload wait-for 500
	trace_start
	daxload wait-for 1500
	trace_stop
	touch /tmp/storm-end
	wait $storm
}
