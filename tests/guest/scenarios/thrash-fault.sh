# A working set of 64 MiB in two files through a window of 16 MiB, by fault. While reclaim holds the
# i_mmap_sem of one, faults on the other take the last ranges.
fs=small
work() {
	ctl delay remove 20
	load thrash --file /mnt/small/dl-a --size 32M --by fault --iterations 3 &
	first=$!
	load thrash --file /mnt/small/dl-b --size 32M --by fault --iterations 3
	wait $first
}
