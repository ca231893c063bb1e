/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DETAIL_COUNTS: faults, reads and writes are hooked at their ends alone. A hit adds one to a run of
 * its CPU; one that has waited has an implied frame, made by the hook on the slow path it took.
 */
#ifndef COUNT_BPF_H
#define COUNT_BPF_H

#include "implied.bpf.h"

static __always_inline struct count_run *count_run_at(__u32 kind, __u32 cpu, __u64 inode)
{
	return &count_runs[kind][cpu & (COUNT_CPUS - 1)][inode >> 10 & (RUNS_PER_CPU - 1)];
}

/* An inode is aligned to eight bytes, and the operations that are counted are below eight. */
static __always_inline __u64 count_tag(__u64 inode, __u32 op)
{
	return inode + op;
}

/* Counts a hit where it goes to a run there is. No other program writes this CPU's runs of @kind. */
static __always_inline bool count_hit(__u32 kind, __u32 op, __u64 inode, __u64 units)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct count_run *run = count_run_at(kind, cpu, inode);

	if (run->tag != count_tag(inode, op) || run->epoch != run_epoch.both || cpu >= COUNT_CPUS)
		return false;
	run->cnt++;
	run->units += units;
	return true;
}

#define COUNT_ADD(to, cnt, units_, outcome_)                         \
	({                                                           \
		__sync_fetch_and_add(&(to)->outcome[outcome_], cnt); \
		__sync_fetch_and_add(&(to)->units, units_);          \
	})

/* To the tables, without a time and without a task. */
static __noinline void count_to_tables(struct inode_cell_key *key, __u64 inode, __u64 outcome,
				       __u64 cnt, __u64 units)
{
	struct op_figures *figures = op_figures_here(key->op);
	struct cell *cell = inode_cell(key, inode, cnt);

	barrier_var(outcome);
	if (outcome >= OUTCOME_NR)
		return;
	if (figures)
		COUNT_ADD(figures, cnt, units, outcome);
	if (cell)
		COUNT_ADD(cell, cnt, units, outcome);
}

static __always_inline void count_run_flush(struct count_run *run)
{
	struct inode_cell_key key = { .inode = run->key, .op = run->tag & 7 };

	if (run->cnt)
		count_to_tables(&key, 0, OUTCOME_DONE, run->cnt, run->units);
	run->tag = 0;
	run->cnt = 0;
	run->units = 0;
}

/* Ends an operation that has waited. False when this was not it. */
static __noinline bool waited_end(struct task_slot *slot, __u64 inode, __u32 op, __u64 outcome_err,
				  __u64 units)
{
	__u32 same = 1 << op & OPS_FAULT ? OPS_FAULT : 1 << op;
	__u32 outcome = outcome_err, err = outcome_err >> 32;
	__u64 now = bpf_ktime_get_ns();
	struct frame *frame;
	bool is_it;

	if (!(1 << op & OPS_FAULT))
		inline_reclaim_settle(slot->index, now,
				      outcome == OUTCOME_DONE ? OUTCOME_RETRIED : outcome, err);
	frame = frame_top(slot);
	is_it = frame && frame->flags & FRAME_IMPLIED && 1 << frame->op & same &&
		(!frame->inode || frame->inode == inode);
	if (is_it) {
		frame_take_inode(frame, inode);
		frame->op = op;
		frame->units = units;
		outer_end(slot, now);
		frame_end(slot, now, outcome, err);
	}
	if (!slot->depth)
		waiter_forget(slot);
	return is_it;
}

/* Counts an operation that is no hit, or whose run is not there; in the latter case begins it. */
__weak __noinline int count_long(__u64 inode, __u32 kind_op, __u64 outcome_err, __u64 units)
{
	__u32 op = kind_op & 7, kind = kind_op >> 8, cpu = bpf_get_smp_processor_id();
	struct task_slot *slot = run_epoch.waiters_cnt ? slot_find() : NULL;
	struct inode_cell_key key = { .op = op };
	struct count_run *run;
	__u32 epoch;

	if (!is_tracing || kind >= COUNT_NR)
		return 0;
	if (slot && slot->is_waiter && waited_end(slot, inode, op, outcome_err, units))
		return 0;
	run = count_run_at(kind, cpu, inode);
	epoch = run_epoch.value;
	if (!outcome_err && run->tag == count_tag(inode, op) && run->epoch == epoch &&
	    cpu < COUNT_CPUS) {
		run->cnt++;
		run->units += units;
		return 0;
	}
	key.inode = inode_key_at(inode);
	if (filter_any && !filter_passes(&key.inode, inode))
		return 0;
	count_to_tables(&key, inode, outcome_err & 0xff, 1, units);
	if (outcome_err >> 32)
		account_errno(op, outcome_err >> 32);
	if (outcome_err || filter_any || runs_held || cpu >= COUNT_CPUS)
		return 0;
	count_run_flush(run);
	if (counters[COUNTER_INODES_FULL] && !bpf_map_lookup_elem(&inode_cells, &key))
		return 0;
	run->key = key.inode;
	run->epoch = epoch;
	run->tag = count_tag(inode, op);
	return 0;
}

static __always_inline int count_end(__u32 kind, __u32 op, const struct inode *inode, __u32 outcome,
				     __u32 err, __u64 units)
{
	if (outcome || !count_hit(kind, op, (__u64)inode, units))
		count_long((__u64)inode, kind << 8 | op, outcome | (__u64)err << 32, units);
	return 0;
}

#endif
