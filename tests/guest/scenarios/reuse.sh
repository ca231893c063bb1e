# Files that come and go beside two that stay: nothing done to one of them may be
# counted for another, nor for another task.
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
