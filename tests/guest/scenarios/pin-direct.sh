# O_DIRECT: a page that is read into is released by the task that reads, one that is written
# asynchronously by the device's interrupt, whatever task that comes upon.
work() {
	rmmod null_blk
	insmod /lib/modules/null_blk.ko nr_devices=1 queue_mode=2 irqmode=2 completion_nsec=300000000
	for _ in 1 2 3 4 5; do
		load pin-hold --dir /mnt/big --by direct-read --device /dev/nullb0
		load pin-hold --dir /mnt/big --by async-write --device /dev/nullb0
	done
}
