# A working set of 64 MiB through a window of 16 MiB, by fault.
fs=small
work() {
	ctl delay remove 20 # so that reclaim does not keep up
	load thrash --dir /mnt/small --size 64M --by fault --threads 2 --iterations 3
}
