# The same behind inline reclaim, by read().
fs=small
work() {
	ctl delay remove 50
	load reclaim-block --dir /mnt/small --mode inline --size 24M --fill 24M --seconds 1
	ctl clear
	daxload wait-for 1500
}
