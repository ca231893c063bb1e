# A working set of 64 MiB through a window of 16 MiB, by read.
fs=small
work() {
	ctl delay remove 5
	load thrash --dir /mnt/small --size 64M --by read --threads 2 --iterations 3
}
