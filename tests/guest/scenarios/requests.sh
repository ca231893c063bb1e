# Setups, upgrades and removals, by fault and by read, each counted as logged.
work() {
	load upgrade --dir /mnt/big --size 8M
	load manyfiles --dir /mnt/big --count 16 --by fault
	load smallfiles --dir /mnt/big --count 32 --passes 2
	load fault --dir /mnt/big --page pmd --size 46M
}
