/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DETAIL_COUNTS: faults, reads and writes are hooked at their ends alone. A hit adds one to a run
 * of its CPU; one that has waited has an implied frame, made by the hook on the slow path it took.
 */
#ifndef COUNT_BPF_H
#define COUNT_BPF_H

#include "implied.bpf.h"

extern struct count_cpu count_cpus[COUNT_NR][COUNT_CPUS]; /* in io.bpf.c */

/* Its place is told by two bits above the size of a struct fuse_inode, about 1 KiB. */
static __always_inline struct count_run *count_run_at(struct count_cpu *cpu, __u64 inode)
{
	const __u64 mask = (RUNS_PER_CPU - 1) * sizeof(struct count_run);
	struct count_run *run = (void *)cpu->runs + (inode >> 4 & mask);

	barrier_var(run); /* or it is calculated again for each use */
	return run;
}

/*
 * Counts a hit where it goes to a run there is. No other program writes the runs of @kind on CPU
 * @index, which is asked for first, as a call leaves few registers. @sort tells operations apart,
 * as in the tag of a run.
 */
static __always_inline bool count_hit(__u32 index, __u32 kind, __u64 sort,
				      const struct inode *inode, __u64 units)
{
	struct count_cpu *cpu;
	struct count_run *run;
	__u64 addr;

	if (index >= COUNT_CPUS)
		return false;
	cpu = &count_cpus[kind][index];
	/*
	 * The verifier lets nobody calculate with a pointer to a kernel type: it goes through
	 * memory.
	 */
	*(volatile __u64 *)&cpu->inode = (__u64)inode;
	addr = *(volatile __u64 *)&cpu->inode;
	run = count_run_at(cpu, addr);
	if (run->tag != addr + sort || run->epoch != run_epoch.both)
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
	struct inode_cell_key key = { .inode = run->key, .op = run->op };

	if (run->cnt)
		count_to_tables(&key, 0, OUTCOME_DONE, run->cnt, run->units);
	run->tag = 0;
	run->cnt = 0;
	run->units = 0;
}

/* Ends an operation that has waited. False when this was not it. */
static __always_inline bool waited_end(struct task_slot *slot, __u64 inode, __u32 op,
				       __u64 outcome_err, __u64 units)
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
	if (!slot->depth && slot->owner == slot_owner())
		waiter_forget(slot);
	return is_it;
}

/* An operation as the programs at its end tell it, in one number. */
#define COUNT_WHAT(kind, op, sort) ((__u64)(kind) << 16 | (op) << 8 | (sort))

/* Counts an operation that is no hit, or whose run is not there; in the latter case begins it. */
__weak __noinline int count_long(__u64 inode, __u64 what, __u64 outcome_err, __u64 units)
{
	__u32 index = bpf_get_smp_processor_id(), kind = what >> 16, op = what >> 8 & 0xff, epoch;
	struct task_slot *slot = run_epoch.waiters_cnt ? slot_find() : NULL;
	struct inode_cell_key key = { .op = op };
	__u64 tag = inode + (what & 0xff);
	struct inode_key run_key;
	struct count_run *run;

	if (!is_tracing || kind >= COUNT_NR || op >= OP_NR)
		return 0;
	if (slot && slot->is_waiter && waited_end(slot, inode, op, outcome_err, units))
		return 0;
	run = count_run_at(&count_cpus[kind][index & (COUNT_CPUS - 1)], inode);
	epoch = run_epoch.value;
	if (!outcome_err && run->tag == tag && run->epoch == epoch && index < COUNT_CPUS) {
		run->cnt++;
		run->units += units;
		return 0;
	}
	key.inode = inode_key_at(inode);
	if (filter_any && !filter_passes(&key.inode, inode))
		return 0;
	run_key = key.inode; /* count_to_tables() changes the other, where the table is full */
	count_to_tables(&key, inode, outcome_err & 0xff, 1, units);
	if (outcome_err >> 32)
		account_errno(op, outcome_err >> 32);
	if (epoch == RUN_EPOCH_END || outcome_err || filter_any || runs_held ||
	    index >= COUNT_CPUS || inode & (COUNT_TAGS - 1))
		return 0;
	count_run_flush(run);
	run->key = run_key;
	run->op = op;
	run->epoch = epoch;
	run->tag = tag;
	return 0;
}

#endif
