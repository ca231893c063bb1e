# The same as pin-pipe and pin-exit, with fewer hooks.
tool_opts='--detail counts'
work() {
	for _ in 1 2 3; do
		load pinned --dir /mnt/big --op truncate --pages 1 --delays 300
		load pin-hold --dir /mnt/big --by exit
	done
}
