/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults, reads, writes and others whose begin is not hooked (below DETAIL_FULL). When one of them
 * gets to a slow path that is hooked, its stack tells what it is, and a frame is made for it then:
 * an implied one. At DETAIL_COUNTS the hook at its end finds that frame; at DETAIL_STALLS there is
 * none, so its waits are accounted as soon as it waits no more, and nothing else is said of it.
 */
#ifndef IMPLIED_BPF_H
#define IMPLIED_BPF_H

#include "reclaim.bpf.h"

/* Not every file that includes this has a use for all of it. */
#define may_be_unused __attribute__((unused))

/*
 * From the hook to the operation there are at most ten; unwinding each costs some 300 instructions.
 */
#define STACK_DEPTH 16
#define STACK_PMD   0x100 /* beside the operation */

/* The operation, or CODE_PMD, that the code before return address @ip belongs to; above: none. */
__weak __noinline int op_of_code(__u64 ip)
{
	if (ip <= code_low || ip > code_high)
		return CODE_PMD + 1;
	for (__u32 i = 0; i < CODE_RANGES; i++)
		if (ip > code_ranges[i].start && ip <= code_ranges[i].end)
			return code_ranges[i].op;
	return CODE_PMD + 1;
}

/* The innermost operation that the current task is in, with STACK_PMD or not; OP_NR: none. */
static __noinline may_be_unused __u32 stack_op(void *ctx)
{
	__u64 ips[STACK_DEPTH] = {}; /* before 6.2 the verifier asks for that */
	long bytes = bpf_get_stack(ctx, ips, sizeof(ips), 0);
	__u32 pmd = 0;

	for (__u32 i = 0; i < STACK_DEPTH && (long)(i * sizeof(ips[0])) < bytes; i++) {
		__u32 op = op_of_code(ips[i]);

		if (op == CODE_PMD)
			pmd = STACK_PMD;
		else if (op < OP_NR)
			return op | pmd;
	}
	return OP_NR;
}

/* Goes up by one at the end of each of a task's faults: mm_account_fault(), since 5.9. */
static __always_inline __u64 faults_of_task(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, min_flt) + BPF_CORE_READ(task, maj_flt);
}

/* The innermost operation has a begin that was hooked. */
static __always_inline bool is_in_hooked_op(const struct frame *frame)
{
	return frame && !(frame->flags & FRAME_IMPLIED);
}

static __always_inline void frame_take_inode(struct frame *frame, __u64 inode)
{
	if (frame->inode)
		return;
	frame->inode = inode;
	frame->key = inode_key_at(inode);
	frame->flags |= FRAME_KEYED;
	if (!filter_any)
		return;
	frame->flags &= ~FRAME_MUTED;
	if (!filter_passes(&frame->key, inode))
		frame->flags |= FRAME_MUTED;
}

/*
 * A read or write that found no range may have had no inode yet (DETAIL_COUNTS), nor what it
 * reclaims then: its own. @inode 0: still not known.
 */
static __noinline may_be_unused void inline_reclaim_take_inode(struct task_slot *slot, __u64 inode)
{
	struct frame *frame = frame_top(slot);

	if (!inode || !frame || frame->op != OP_RECLAIM_INLINE)
		return;
	frame_take_inode(frame, inode);
	if (slot->depth > 1)
		frame_take_inode(frame_at(slot, slot->depth - 2), inode);
}

/*
 * Is @frame that of the operation now in progress? One that waited for a free range has its inode
 * told only by the setup that follows; another fault may have come in between, unseen.
 */
static __always_inline bool is_same_op(const struct task_slot *slot, const struct frame *frame,
				       __u32 op, __u64 inode)
{
	if (frame->op != op || frame->flags & FRAME_PAST)
		return false;
	if (!frame->inode || !inode)
		return detail != DETAIL_STALLS || slot->faults_cnt == faults_of_task();
	return frame->inode == inode;
}

static __always_inline void waiter_add(struct task_slot *slot)
{
	if (detail != DETAIL_COUNTS || slot->is_waiter)
		return;
	slot->is_waiter = 1;
	__sync_fetch_and_add(&run_epoch.waiters_cnt, 1);
}

/*
 * Sees to it that the current task has a frame for operation @op, whose begin was not hooked.
 * @inode is 0 where it is not known yet, then @dev says which mount.
 */
__weak __noinline int implied_frame(__u32 op, __u64 inode, __u32 dev)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = slot ? frame_top(slot) : NULL;
	struct inode_key key = { .dev = dev };

	if (op >= OP_NR)
		return 0;
	if (frame && is_same_op(slot, frame, op, inode)) {
		if (inode)
			frame_take_inode(frame, inode);
		return 0;
	}
	if (frame && detail == DETAIL_STALLS)
		frame_end_unseen(slot);
	if (inode)
		key = inode_key_at(inode);
	frame = op_begin_keyed(op, inode, key);
	if (!frame)
		return 0;
	frame->flags |= FRAME_IMPLIED;
	slot = slot_find();
	if (slot)
		waiter_add(slot);
	return 0;
}

/* The same from a hook on a slow path that knows the inode, and so ends a wait for a range. */
static __always_inline void implied_begin(void *ctx, __u64 inode)
{
	struct task_slot *slot = slot_find();
	__u32 op;

	if (slot && detail == DETAIL_STALLS)
		range_wait_end(slot);
	if (!is_tracing || is_in_hooked_op(slot ? frame_top(slot) : NULL))
		return;
	op = stack_op(ctx) & ~STACK_PMD;
	if (op >= OP_NR)
		return;
	/*
	 * At DETAIL_COUNTS what else is on the stack has a begin hooked, and passed it by on
	 * purpose.
	 */
	if (detail == DETAIL_STALLS || 1 << op & (OPS_FAULT | OPS_IO))
		implied_frame(op, inode, 0);
}

/*
 * At DETAIL_STALLS nothing will tell when it ends: it does when, for the moment, it waits no more.
 */
static __always_inline void implied_settle(struct task_slot *slot)
{
	struct frame *frame = slot ? frame_top(slot) : NULL;

	if (detail != DETAIL_STALLS || !frame || !(frame->flags & FRAME_IMPLIED) ||
	    frame->flags & FRAME_BROKE || !frame->inode || slot->outer_kind != WAIT_NONE ||
	    slot->inner_kind != WAIT_NONE)
		return;
	frame_end_unseen(slot);
}

/* ---- locks ---- */

/* Lets waiters for i_dmap_sem find the inode: nothing leads from the lock to it. */
static __always_inline void dmap_sem_note(__u64 inode)
{
	__u64 sem = i_dmap_sem_addr(inode);

	if (sem)
		bpf_map_update_elem(&dmap_sems, &sem, &inode, BPF_ANY);
}

/* The DAX inode that the lock at @sem belongs to, 0 if it is no such lock; @kind is its wait. */
static __always_inline __u64 inode_of_lock(__u64 sem, __u32 *kind)
{
	__u64 inode = i_mmap_sem_inode(sem), *known;

	*kind = WAIT_I_MMAP_SEM_READ;
	if (is_own_inode(inode))
		return is_dax_inode((struct inode *)inode) ? inode : 0;
	inode = inode_lock_inode(sem);
	*kind = WAIT_INODE_LOCK_READ;
	if (is_own_inode(inode))
		return is_dax_inode((struct inode *)inode) ? inode : 0;
	*kind = WAIT_I_DMAP_SEM_READ;
	known = bpf_map_lookup_elem(&dmap_sems, &sem);
	inode = known ? *known : 0;
	if (!inode || i_dmap_sem_addr(inode) != sem || !is_dax_inode((struct inode *)inode))
		return 0;
	return inode;
}

/* mmap_lock is what tasks wait for most, and none of ours. */
static __always_inline bool is_mmap_lock(__u64 sem)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 mm = (__u64)BPF_CORE_READ(task, mm);

	return mm && sem == mm + mmap_lock_offset();
}

/* ---- free ranges, at DETAIL_STALLS ---- */

static __always_inline void range_wait_begin(struct task_slot *slot)
{
	if (is_range_waiter(slot))
		return;
	slot->outer_kind = WAIT_FREE_RANGE;
	slot->outer_depth = slot->depth;
	slot->outer_start_ns = 0;
	slot->woken_ns = 0;
	slot->faults_cnt = faults_of_task();
	__sync_fetch_and_add(&range_waiters_cnt, 1);
}

#endif
