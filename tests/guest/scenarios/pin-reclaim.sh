# A page that is in another process' pipe when its range's turn to be reclaimed comes.
fs=small
work() {
	load pin-hold --dir /mnt/small --by read --delay 3000 --after 6000 &
	daxload wait-for 500
	load thrash --dir /mnt/small --size 24M --by fault --iterations 2
	wait $!
}
