# A page in a pipe that a task of the same process reads, five times over: it released it.
work() {
	for _ in 1 2 3 4 5; do
		load pinned --dir /mnt/big --op truncate --pages 1 --delays 300
	done
}
