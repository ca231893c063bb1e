# open(O_TRUNC) is killed in its busy-page wait, where the server truncates
# itself: up to 7.1 that leaves i_mmap_sem locked for good, by a task that is gone.
tracer=self
work() {
	trace_start
	daxload pinned --file /mnt/atomic/leak --op open-trunc --delays 4000,100 >/dev/null 2>&1 &
	leaker=$!
	daxload wait-for 1500
	echo "{\"workload\":\"leak\",\"pid\":$leaker}" >>"/out/$name.load"
	kill -9 "$leaker"
	wait "$leaker"
	daxload slow --op fault --file /mnt/atomic/leak --existing --size 2M >/dev/null 2>&1 &
	daxload wait-for 2000
	trace_stop
}
