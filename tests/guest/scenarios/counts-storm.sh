# Storms of faults and of reads on mapped ranges, each task on a file of its own:
# all are counted, and only what waited is timed.
tool_opts='--detail counts'
work() {
	both fault --page pte --size 16M --seconds 2
	both fault --page pte --write --size 16M --seconds 1
	both fault --page pmd --size 64M --seconds 1
	both thrash --by read --size 16M --iterations 300
}

both() {
	load_on 1 "$@" --file /mnt/big/dl-storm-1 &
	first=$!
	load_on 2 "$@" --file /mnt/big/dl-storm-2
	wait $first
}
