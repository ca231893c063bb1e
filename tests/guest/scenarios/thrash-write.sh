# A working set of 64 MiB through a window of 16 MiB, by write, to two files: the
# writers do not wait for each other, so that the worker cannot keep up.
fs=small
work() {
	ctl delay remove 20
	load thrash --file /mnt/small/dl-a --size 32M --by write --iterations 3 &
	first=$!
	load thrash --file /mnt/small/dl-b --size 32M --by write --iterations 3
	wait $first
}
