# Another process ends with the page in a pipe of its own, or reads it.
work() {
	for _ in 1 2 3 4 5; do
		load pin-hold --dir /mnt/big --by exit
		load pin-hold --dir /mnt/big --by read
	done
}
