# Faults and reads that wait among those that do not: for a truncate, for their
# own setups, for a free range.
tool_opts='--detail counts'
fs=small
work() {
	ctl delay setattr 600
	load truncate-block --dir /mnt/small --probe-after 50
	ctl clear
	ctl delay setup 100
	load fault --dir /mnt/small --page pte --size 8M --touches 4096 --each
	ctl clear
	ctl delay remove 5
	load thrash --dir /mnt/small --size 64M --by fault --threads 2 --iterations 2
	load thrash --dir /mnt/small --size 64M --by read --threads 2 --iterations 2
}
