# The server truncates on open: no SETATTR, the kernel breaks layouts in fuse_open.
fs=atomic
work() {
	load slow --op open-trunc --file /mnt/atomic/trunc --warm
	load pinned --dir /mnt/atomic --op open-trunc
}
