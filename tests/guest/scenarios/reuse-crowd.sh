# As reuse, with more tasks than processors, which move from one to the other.
work() {
	load reuse --dir /mnt/big --threads 6 --files 20
}
