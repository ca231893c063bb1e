# A truncate holds i_mmap_sem while its SETATTR takes 600 ms; a fault waits for it.
work() {
	ctl delay setattr 600
	load truncate-block --dir /mnt/big --probe-after 50
}
