# From an empty window: what was set up and not removed is busy at the end.
fs=small
before() {
	echo 2 >/proc/sys/vm/drop_caches
	daxload wait-for 300
}
work() {
	load thrash --dir /mnt/small --size 24M --by fault --iterations 2 --keep
	daxload wait-for 500
}
