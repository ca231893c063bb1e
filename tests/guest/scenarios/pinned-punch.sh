# The same pins under punch-hole.
work() {
	load pinned --dir /mnt/big --op punch
}
