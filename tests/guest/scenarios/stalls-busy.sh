# A truncate asleep for pinned pages, and a read behind it that waits for the
# inode lock; nothing is hooked in that read but the lock's slow path.
tool_opts='--detail stalls'
work() {
	load pinned --dir /mnt/big --op truncate --probe-read --probe-fault
}
