/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The short way of operations that find what they need: faults, reads and writes on mapped ranges,
 * which are nearly all of them. They are begun with a few stores, and added to a run of hits in the
 * slot of their task, where no other CPU writes; op_begin() and op_finish() take all others.
 */
#ifndef HIT_BPF_H
#define HIT_BPF_H

#include "span.bpf.h"

/* A struct fuse_inode takes about 1 KiB. */
static __always_inline __u32 run_place(__u64 inode, __u64 op)
{
	return ((inode >> 10) + op) & (RUNS_PER_TASK - 1);
}

static __always_inline struct run *run_at(struct task_slot *slot, __u64 inode, __u64 op)
{
	struct run *run = &slot->runs[run_place(inode, op)];

	barrier_var(run); /* or it is calculated again for each use */
	return run;
}

static __always_inline __u64 run_op_epoch(__u64 op)
{
	return (__u64)run_epoch.value << 32 | op;
}

static __always_inline void hit_begin(__u32 op, const struct inode *inode)
{
	struct task_slot *slot = slot_find();
	struct frame *frame;

	if (!slot || slot->progress != SLOT_IDLE) {
		op_begin(op, inode);
		return;
	}
	frame = &slot->frames[0];
	frame->inode = (__u64)inode;
	frame->plain = op;
	slot->depth = 1;
	frame->start_ns = bpf_ktime_get_ns();
}

#define TWICE(x) x, x
/* The power of two below each number of eight bits: half of them 7, a quarter 6, ... */
static const __u8 log2_of_8_bits[256] SEC(".rodata.log2") = {
	0,
	0,
	TWICE(1),
	TWICE(TWICE(2)),
	TWICE(TWICE(TWICE(3))),
	TWICE(TWICE(TWICE(TWICE(4)))),
	TWICE(TWICE(TWICE(TWICE(TWICE(5))))),
	TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(6)))))),
	TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(TWICE(7))))))),
};

/* Its bucket in a run: see buckets_of(). */
static __always_inline __u64 run_bucket(__u64 ns)
{
	__u64 v = ns >> RUN_MIN_EXP, exp, bucket;

	barrier_var(v); /* the masks that follow change nothing, but the verifier needs them */
	exp = log2_of_8_bits[v & 0xff];
	bucket = (exp << HIST_SUB_BITS) + (ns >> (exp + RUN_MIN_EXP - HIST_SUB_BITS)) -
		 (1 << HIST_SUB_BITS);
	barrier_var(bucket);
	return bucket & (RUN_BUCKETS - 1);
}

/* A hit that took @ns, less than RUN_MAX_NS. */
static __always_inline void run_take(struct run *run, __u64 ns, __u64 units)
{
	run->hist[run_bucket(ns)]++;
	run->total_ns += ns;
	if (ns > run->max_ns)
		run->max_ns = ns;
	run->units += units;
}

/*
 * Is a hit of @ns one of @run, which has @inode as run_inode() or a hit without recording tells it?
 */
static __always_inline bool run_takes(const struct run *run, __u64 inode, __u64 op, __u64 ns)
{
	return run->inode == inode && run->op_epoch == run_op_epoch(op) &&
	       ns - RUN_MIN_NS < RUN_MAX_NS - RUN_MIN_NS;
}

/*
 * What a run of a recording has in its inode's address: so hit_end() never finds its own there and
 * has nothing to ask, and hits come to hit_record(), which does the same and logs them.
 */
#define RUN_RECORDED 1ULL

static __always_inline __u64 run_inode(__u64 inode)
{
	return is_recording ? inode | RUN_RECORDED : inode;
}

static __always_inline bool hit_record(struct task_slot *slot, __u64 now, __u64 units)
{
	struct frame *frame = &slot->frames[0];
	__u64 op = frame->plain, ns = now - frame->start_ns;
	struct run *run = run_at(slot, frame->inode, op);

	if (!run_takes(run, run_inode(frame->inode), op, ns))
		return false;
	slot->depth = 0;
	run_take(run, ns, units);
	hit_log_add(slot, run_place(frame->inode, op), frame->start_ns, ns, units);
	return true;
}

/*
 * A hit that goes to no run that there is: counts it the long way, which makes its rows in the
 * tables, and begins its run in the place of another. Returns whether it was counted.
 */
__weak __noinline int run_begin(__u32 slot_index, __u64 now, __u64 units)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);
	struct frame *frame;
	struct run *run;
	__u64 op_epoch;
	int is_counted;

	if (!slot)
		return 0;
	if (!is_tracing) {
		slot->depth = 0;
		return 0;
	}
	if (is_recording && hit_record(slot, now, units))
		return 1;
	frame = &slot->frames[0];
	frame->units = units;
	op_epoch = run_op_epoch(frame->op);
	slot->seen_ops |= 1 << frame->op;
	is_counted = op_finish(slot_index, now, OUTCOME_DONE, 0);
	run = run_at(slot, frame->inode, frame->op);
	if (op_epoch >> 32 == RUN_EPOCH_END || runs_held ||
	    (run->inode == run_inode(frame->inode) && run->op_epoch == op_epoch))
		return is_counted;
	run_flush(slot_index, run_place(frame->inode, frame->op));
	run->key = frame->key;
	run->op_epoch = op_epoch;
	run->inode = run_inode(frame->inode);
	if (is_recording)
		hit_log_begin(slot, run_place(frame->inode, frame->op), &run->key, run->op);
	return is_counted;
}

enum hit {
	HIT_NONE = 0, /* it is none: nothing has been done */
	HIT_COUNTED,
	HIT_UNCOUNTED, /* tracing has ended */
};

/*
 * Ends an operation of kind @first to @last that was done, if it is alone on its stack and waited
 * for nothing. Otherwise it is no hit.
 */
static __always_inline enum hit hit_end(struct task_slot *slot, __u32 first, __u32 last, __u64 now,
					__u64 units)
{
	struct frame *frame;
	struct run *run;
	__u64 op, inode, ns;

	if (!slot || slot->progress != SLOT_IDLE + 1)
		return HIT_NONE;
	frame = &slot->frames[0];
	op = frame->plain;
	if (op < first || op > last)
		return HIT_NONE;
	ns = now - frame->start_ns;
	inode = frame->inode;
	run = run_at(slot, inode, op);
	if (!run_takes(run, inode, op, ns))
		return run_begin(slot->index, now, units) ? HIT_COUNTED : HIT_UNCOUNTED;
	slot->depth = 0;
	run_take(run, ns, units);
	return HIT_COUNTED;
}

#endif
