# More inodes and tasks than the tables have rows for: what finds no row is
# counted as such, and nothing is missing from the sums.
tool_opts='--inodes-max 300 --tasks-max 128'
work() {
	load smallfiles --dir /mnt/big --count 100 --passes 1
	load inode-spread --dir /mnt/big --count 10 --tasks 1 --as processes --generations 250
}
