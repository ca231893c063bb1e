# Two mounts are told apart.
work() {
	load fault --dir /mnt/big --page pmd --size 8M
	load fault --dir /mnt/atomic --page pmd --size 12M
}
