# A truncate waits about 800 ms for two pinned pages; a read behind it waits for
# the inode lock, a fault for nothing.
work() {
	load pinned --dir /mnt/big --op truncate --probe-read --probe-fault
}
