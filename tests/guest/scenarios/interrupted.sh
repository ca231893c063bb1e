# A truncate in its busy-page wait is killed.
work() {
	daxload pinned --dir /mnt/big --op truncate --delays 4000,100 >/dev/null 2>&1 &
	daxload wait-for 1500
	killed=$!
	kill -9 "$killed"
	wait "$killed"
	daxload wait-for 300
}
