# Background reclaim holds i_mmap_sem while each REMOVEMAPPING takes 100 ms; a
# fault on that file waits for it.
fs=small
work() {
	ctl delay remove 100
	load reclaim-block --dir /mnt/small --mode background --size 8M --fill 24M --seconds 1
	ctl clear
	daxload wait-for 1500
}
