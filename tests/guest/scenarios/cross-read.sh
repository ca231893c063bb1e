# read() of one file into a buffer mapped from another: faults inside reads.
work() {
	load cross-read --dir /mnt/big --iterations 64
}
