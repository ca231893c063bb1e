/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps and settings that all programs share. Every object file has a weak copy of each; the
 * linker (bpftool gen object) keeps one.
 */
#ifndef TABLES_BPF_H
#define TABLES_BPF_H

#include "core_fixes.bpf.h"
#include "daxtop.h"

/* Settings: user space writes them before the load; the defaults are what most users run. */
const volatile __u32 slots_mask SEC(".rodata") __weak = 4095; /* a power of two of them, less one */
const volatile bool filter_any SEC(".rodata") __weak = false;
const volatile __u32 filter_tgid SEC(".rodata") __weak = 0;
const volatile __u32 filter_dev SEC(".rodata") __weak = 0;
const volatile __u64 filter_ino SEC(".rodata") __weak = 0; /* a file, or a folder above it */
const volatile __u64 filter_comm[2] SEC(".rodata") __weak = { 0, 0 };

/* How much is hooked; below DETAIL_FULL, where the code of hit operations lies. */
const volatile __u32 detail SEC(".rodata") __weak = DETAIL_FULL;
const volatile struct code_range code_ranges[CODE_RANGES] SEC(".rodata") __weak = {};
const volatile __u64 code_low SEC(".rodata") __weak = 0; /* below all of them */
const volatile __u64 code_high SEC(".rodata") __weak = 0;

/* Which argument holds what: read from BTF when loading, for functions that gained an argument. */
const volatile __u32 do_truncate_dentry_arg SEC(".rodata") __weak = 1;
const volatile __u32 fuse_do_setattr_dentry_arg SEC(".rodata") __weak = 1;

/*
 * Set when all hooks are attached and cleared before they go: a task gets a slot only while it is
 * set, so no operation is begun that would miss some of its hooks; and none is counted afterwards.
 */
volatile bool is_tracing SEC(".bss") __weak = false;
/*
 * While user space reads: what is in a run stays there, so that it is either there or in the
 * tables.
 */
volatile bool runs_held SEC(".bss") __weak = false;
/* User space watches which tasks fault on one page again and again: src/probe_repeats.c. */
volatile bool pages_wanted SEC(".bss") __weak = false;
/* The struct file_system_type, from the first mount seen on. */
volatile __u64 virtiofs_type SEC(".bss") __weak = 0;
volatile __u64 counters[COUNTER_NR] SEC(".bss") __weak = { 0 };

/*
 * value counts evictions of DAX inodes; see struct run. At the end of tracing user space sets it to
 * RUN_EPOCH_END, which ends all runs. waiters_cnt: tasks with a FRAME_IMPLIED (DETAIL_COUNTS).
 * Every hit reads both at once, and few things write them: they have a cache line of their own.
 */
volatile union {
	struct {
		__u32 value;
		__u32 waiters_cnt;
	};
	__u64 both;
	__u8 line[64];
} run_epoch __attribute__((aligned(64))) SEC(".bss") __weak = { .both = 0 };

/* Tasks that found no range free, and are not known to have got one (DETAIL_STALLS). */
volatile __u32 range_waiters_cnt SEC(".bss") __weak = 0;

/* Sizes marked 1 are set by user space (src/probe.c: by CPUs, memory and options). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE); /* user space looks for what is in flight */
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct task_slot);
} task_slots SEC(".maps") __weak;

/* Who may write owner of a free slot: the one whose insertion here succeeded. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} slot_claims SEC(".maps") __weak;

/* By CPU and operation: no two CPUs write one cache line. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct op_figures);
} op_tables SEC(".maps") __weak;

/* By CPU, kind of fault and phase: see phase_index(). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct phase_figures);
} phase_tables SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WAIT_NR);
	__type(key, __u32);
	__type(value, struct wait_figures);
} wait_tables SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, OP_NR);
	__type(key, __u32);
	__type(value, struct page_ins);
} page_in_tables SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct inode_cell_key);
	__type(value, struct cell);
} inode_cells SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct task_cell_key);
	__type(value, struct cell);
} task_cells SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct edge_key);
	__type(value, struct edge);
} edges SEC(".maps") __weak;

/* How many ranges each inode held when it last got or lost one; those with none have no row. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct inode_key);
	__type(value, __u64);
} window_shares SEC(".maps") __weak;

/* Who closed an unlinked DAX file last, by the address of the inode. */
struct closer {
	struct inode_key key;
	struct task_key task;
	char comm[TASK_COMM_LEN_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct closer);
} closers SEC(".maps") __weak;

/* Locks that a task did not give up when its operation ended, by their address. */
struct leak {
	__u64 holder; /* address of its task_struct: another's, once it has ended */
	struct inode_key key;
	struct task_key task;
	char comm[TASK_COMM_LEN_MAX];
	__u64 ns;
	__u32 op;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct leak);
} leaks SEC(".maps") __weak;

/* Inodes whose path has been sent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct inode_key);
	__type(value, __u8);
} named_inodes SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct task_key);
	__type(value, char[TASK_COMM_LEN_MAX]);
} task_names SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct errno_key);
	__type(value, __u64);
} errnos SEC(".maps") __weak;

/* From the address of an inode's i_dmap_sem to that of the inode: DETAIL_STALLS, DETAIL_COUNTS. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u64);
} dmap_sems SEC(".maps") __weak;

/* From an inode to the task that set up a range of it last. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u64);
} setters SEC(".maps") __weak;

/* By kprobes: from a task to the struct fuse_conn_dax it asks for a range. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u64);
} allocs SEC(".maps") __weak;

/* What a new row begins as. */
static const struct cell empty_cell SEC(".rodata.empty") = {};

static const struct mount_figures empty_mount SEC(".rodata.empty") = {};

#define MOUNTS_MAX 256

/* By s_dev. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOUNTS_MAX);
	__type(key, __u32);
	__type(value, struct mount_figures);
} mounts SEC(".maps") __weak;

/* From the address of a struct fuse_conn_dax to the s_dev of its mount. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOUNTS_MAX);
	__type(key, __u64);
	__type(value, __u32);
} windows SEC(".maps") __weak;

/* A request on its way, by the address of its struct fuse_req. */
struct pending {
	__u64 queued_ns;
	__u64 answered_ns; /* when the host's part ended; 0: not yet */
	__u64 vq;	   /* 0: not known until its answer comes */
	__u64 fsvq;	   /* its struct virtio_fs_vq */
	__u64 bytes;	   /* of file that the answer came with, or says are written */
	__u32 err;	   /* that it came with, positive */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct pending);
} requests SEC(".maps") __weak;

/* A virtqueue's last interrupt: irq_ns not yet taken up, batch_ns being served. */
struct vq_state {
	__u64 irq_ns;
	__u64 batch_ns;
};

#define VQS_MAX 1024

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, VQS_MAX);
	__type(key, __u64);
	__type(value, struct vq_state);
} vqs SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} events SEC(".maps") __weak;

/* Apart, so that a storm of setups takes no room from names: struct event_window. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} window_events SEC(".maps") __weak;

/* Works on any address: of a task that is gone it is nonsense. */
static __always_inline struct task_key task_key_at(__u64 addr)
{
	struct task_struct *task = (struct task_struct *)addr;
	struct task_key key = {
		.tgid = BPF_CORE_READ(task, tgid),
		.pid = BPF_CORE_READ(task, pid),
		.start_ms = BPF_CORE_READ(task, start_time) / 1000000,
	};

	return key;
}

static __always_inline void count(enum dax_counter counter, __u64 n)
{
	__sync_fetch_and_add(&counters[counter], n);
}

#endif
