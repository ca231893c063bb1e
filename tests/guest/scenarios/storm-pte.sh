# As many faults as the guest can make, on mapped ranges, on every processor.
work() {
	load fault --dir /mnt/big --page pte --threads 2 --size 16M --seconds 3
	load fault --dir /mnt/big --page pte --write --threads 2 --size 16M --seconds 2
}
