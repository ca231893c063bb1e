# The same by PMD; a fault that falls back is an operation of its own.
work() {
	load_on 1 fault --file /mnt/big/dl-storm-1 --page pmd --size 64M --seconds 1 &
	first=$!
	load_on 2 fault --file /mnt/big/dl-storm-2 --page pmd --size 64M --seconds 1
	wait $first
}
