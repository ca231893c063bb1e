# Truncates, punches and lock contention on ext4 pass the same functions: not ours.
before() {
	mkdir -p /mnt/ext4
	mount -t ext4 -o loop /ext4.img /mnt/ext4 2>/out/ext4.mount ||
		echo "no ext4: $(cat /out/ext4.mount)" >>/out/ext4.failed
}
work() {
	load slow --op truncate --file /mnt/ext4/a --size 4M
	load slow --op open-trunc --file /mnt/ext4/b --size 4M
	load fallocate --op punch --file /mnt/ext4/c --iterations 4
	load writers --file /mnt/ext4/d --threads 2 --iterations 20
}
