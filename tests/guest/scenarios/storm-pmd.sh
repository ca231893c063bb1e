# The same by PMD; a fault that falls back is an operation of its own.
work() {
	load fault --dir /mnt/big --page pmd --processes 2 --size 64M --seconds 2
}
