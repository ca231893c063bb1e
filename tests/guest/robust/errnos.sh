# Every second or third request fails, each kind by more than one errno, and what
# asked for it goes on. Removals fail all the while.
fs=small
work() {
	ctl fail remove EIO every 2
	for errno in EIO ENOMEM ENOSPC; do
		ctl fail setup $errno every 3
		attempt fault 3
		attempt read 4
	done
	ctl fail setup EIO every 1000
	for errno in EPERM EROFS; do
		ctl fail setattr $errno every 2
		attempt truncate 3
	done
	for errno in ENOSPC EOPNOTSUPP; do
		ctl fail fallocate $errno every 2
		attempt fallocate 3
	done
	ctl fail write EDQUOT every 2
	attempt create 4
	ctl fail remove EIO every 1000
	drop_all
}

# attempt OP TIMES: what fails is told as a line of its own
attempt() {
	local times=$2
	while [ "$times" -gt 0 ]; do
		times=$((times - 1))
		if [ "$1" = create ]; then
			daxload create --file /mnt/small/grown --size 4K
		else
			daxload slow --op "$1" --file /mnt/small/errno-$1 --size 2M
		fi >>/out/errnos.load 2>/dev/null ||
			echo "{\"workload\":\"attempt\",\"op\":\"$1\"}" >>/out/errnos.load
	done
}

# What a failed attempt left behind holds ranges.
drop_all() {
	rm -f /mnt/small/errno-* /mnt/small/grown
	echo 2 >/proc/sys/vm/drop_caches
	daxload wait-for 500
}
