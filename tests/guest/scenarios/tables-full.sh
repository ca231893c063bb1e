# More inodes and tasks than the tables have rows for: what finds no row is
# counted as such, and nothing is missing from the sums.
tool_opts='--inodes-max 200 --tasks-max 100'
work() {
	load smallfiles --dir /mnt/big --count 100 --passes 1
	load inode-spread --dir /mnt/big --count 20 --tasks 10 --as processes --generations 8
}
