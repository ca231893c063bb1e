# The same accesses through windows of a quarter of the working set and of all of
# it: what the smaller one lets foresee of the larger; and a window with room.
# shellcheck disable=SC2034 # for the runner
tracer=self
work() {
	trace_start
	for mount in atomic big; do
		load thrash --dir "/mnt/$mount" --size 256M --order random --seed 7 --iterations 6
	done
	load thrash --dir /mnt/small --size 8M --order random --seed 7 --iterations 6
	trace_stop
}
