# What daxload is made of; the rules live in the top Makefile.
WORKLOAD_SRCS := \
	tests/guest/workload/main.c \
	tests/guest/workload/opts.c \
	tests/guest/workload/files.c \
	tests/guest/workload/team.c \
	tests/guest/workload/summary.c \
	tests/guest/workload/fault.c \
	tests/guest/workload/pinned.c \
	tests/guest/workload/pin_hold.c \
	tests/guest/workload/truncate.c \
	tests/guest/workload/mmap_block.c \
	tests/guest/workload/same_fault.c \
	tests/guest/workload/thrash.c \
	tests/guest/workload/build.c \
	tests/guest/workload/manyfiles.c \
	tests/guest/workload/inode_spread.c \
	tests/guest/workload/reuse.c \
	tests/guest/workload/upgrade.c \
	tests/guest/workload/writers.c \
	tests/guest/workload/fallocate.c \
	tests/guest/workload/setup_race.c \
	tests/guest/workload/reclaim_block.c \
	tests/guest/workload/cross_read.c \
	tests/guest/workload/blame.c \
	tests/guest/workload/pin_window.c \
	tests/guest/workload/last_close.c \
	tests/guest/workload/slow.c \
	tests/guest/workload/bench.c \
	tests/guest/workload/bench_scale.c \
	tests/guest/workload/helpers.c \
	tests/guest/workload/caps.c \
	tests/guest/workload/vsock_take.c
