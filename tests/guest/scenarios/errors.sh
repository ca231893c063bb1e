# A setup that fails: SIGBUS to a fault, an errno to a read.
work() {
	ctl fail setup EIO every 1
	load slow --op fault --file /mnt/big/err-a
	daxload slow --op read --file /mnt/big/err-b >/dev/null 2>&1
	ctl clear
}
