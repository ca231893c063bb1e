# The inside of faults that wait for ranges of a window that is too small, and
# for locks that reclaim holds.
fs=small
tool_opts='--phases'

work() {
	ctl delay remove 20
	load thrash --file /mnt/small/dl-a --size 32M --by fault --iterations 2 &
	first=$!
	load thrash --file /mnt/small/dl-b --size 32M --by fault --iterations 2
	wait $first
}
