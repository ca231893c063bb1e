# Extending, zeroing and punching.
work() {
	load fallocate --dir /mnt/big --op extend --iterations 8
	load fallocate --dir /mnt/big --op zero --iterations 9
	load fallocate --dir /mnt/big --op punch --iterations 10
}
