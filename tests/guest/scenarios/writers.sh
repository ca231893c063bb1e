# Two writers to one file; the setup that the first needs takes 200 ms.
work() {
	ctl delay setup 200
	load writers --dir /mnt/big --threads 2 --iterations 1 --size 2M
}
