# Faults that wait for a free range nearly all the time, with one task and with
# two: nothing is hooked in them but what they wait for.
tool_opts='--detail stalls'
fs=small
work() {
	ctl delay remove 20
	load thrash --dir /mnt/small --size 64M --by fault --threads 1 --iterations 2
	load thrash --dir /mnt/small --size 64M --by fault --threads 2 --iterations 2
}
