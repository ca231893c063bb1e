# The inside of faults that wait for ranges of a window that is too small, and
# for locks that reclaim holds. One task a processor: a preemptible kernel skips
# programs that it has put aside there.
fs=small
tool_opts='--phases'

work() {
	ctl delay remove 20
	load_on 1 thrash --file /mnt/small/dl-a --size 32M --by fault --iterations 2 &
	first=$!
	load_on 2 thrash --file /mnt/small/dl-b --size 32M --by fault --iterations 2
	wait $first
}
