# As many faults as the guest can make, on mapped ranges, one task a processor.
work() {
	storm --page pte --size 16M --seconds 2
	storm --page pte --write --size 16M --seconds 1
}

storm() {
	load_on 1 fault --file /mnt/big/dl-storm-1 "$@" &
	first=$!
	load_on 2 fault --file /mnt/big/dl-storm-2 "$@"
	wait $first
}
