# The same with counts alone: nothing done to one file may be counted for another.
tool_opts='--detail counts'
work() {
	load reuse --dir /mnt/big --threads 2 --files 90 --pin
	slab_objects
}

# How many inodes the kernel has room for: fewer than there were files, so that
# one came where another had been.
slab_objects() {
	awk '/^fuse_inode / { print "{\"workload\":\"slab\",\"objects\":" $3 "}" }' \
		/proc/slabinfo >>"/out/$name.load"
}
