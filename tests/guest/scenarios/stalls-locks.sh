# Waits for locks, seen by nothing but the lock's slow path: behind a truncate, a
# setup (by fault and by read) and reclaim.
tool_opts='--detail stalls'
fs=small
work() {
	ctl delay setattr 600
	load truncate-block --dir /mnt/small --probe-after 50
	ctl clear
	ctl delay setup 200
	load setup-race --dir /mnt/small --setups 1 --size 6M
	load setup-race --dir /mnt/small --setups 1 --size 6M --setter read --by read
	ctl clear
	ctl delay remove 100
	load reclaim-block --dir /mnt/small --mode background --size 8M --fill 24M --seconds 1
	ctl clear
	daxload wait-for 1500
}
