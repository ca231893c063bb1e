# What hangs, and why, each told in an interval of its own, in a tracer of its own:
# one pinned page stops reclaim for a whole mount; a lock is leaked by a task that
# is killed; a completion worker waits for its own request, and a mount is gone.
tracer=self

# A fault waits for a range, which waits for the reclaim worker, which waits for the page.
chain() {
	load pin-window --file /mnt/small/chain --pin 4000 &
	loader=$!
	daxload wait-for 2500
	told
	wait "$loader"
}

# open(O_TRUNC) in its busy-page wait, where the server truncates itself: up to 7.1
# that leaves i_mmap_sem locked for good.
leak() {
	daxload pinned --file /mnt/atomic/leak --op open-trunc --delays 4000,100 >/dev/null 2>&1 &
	leaker=$!
	daxload wait-for 1500
	echo "{\"workload\":\"leak\",\"pid\":$leaker}" >>"/out/$name.load"
	kill -9 "$leaker"
	wait "$leaker"
	daxload slow --op fault --file /mnt/atomic/leak --existing --size 2M >/dev/null 2>&1 &
	daxload wait-for 2500
	told
	daxload wait-for 500
	told # an owner that is gone is only suspect at first
}

# A truncate behind a lock that two faults share: one of them waits for the host, the other behind that.
readers() {
	load setup-race --dir /mnt/big --setups 1 --size 6M --inject 'hang setup' &
	loader=$!
	daxload wait-for 1000
	truncate -s 0 /mnt/big/dl-setup-race &
	daxload wait-for 1500
	told
	daxload ctl /mnt/big clear
	wait "$loader"
}

# The last reference of an unlinked file's inode is dropped in the completion worker.
self() {
	daxload last-close --file /mnt/atomic/gone >>"/out/$name.load" 2>"/out/$name.load.err" &
	daxload wait-for 2500
}

work() {
	trace_start
	chain
	leak
	readers
	self
	trace_stop
}
