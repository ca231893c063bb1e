// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges of the window: taking a free one (alloc_dax_mapping), mapping it (fuse_setup_one_mapping),
 * and telling the host to unmap some (fuse_send_removemapping).
 */
#include "implied.bpf.h"
#include "window.bpf.h"

#ifdef BY_KPROBE /* whose end does not know its argument */

static __always_inline void alloc_note(__u64 fcd)
{
	__u64 task = slot_owner();

	bpf_map_update_elem(&allocs, &task, &fcd, BPF_ANY);
}

static __always_inline __u64 alloc_noted(void)
{
	__u64 task = slot_owner(), *fcd = bpf_map_lookup_elem(&allocs, &task);

	return fcd ? *fcd : 0;
}

#else

static __always_inline void alloc_note(__u64 fcd)
{
}

#endif

/* A new attempt for a range: whatever the task did since the last one is over. */
HOOK_BEGIN(alloc_dax_mapping, alloc_begin, struct fuse_conn_dax *fcd)
{
	struct task_slot *slot = slot_find();
	__u64 now;

	alloc_note((__u64)fcd);

	if (!slot || !slot->depth)
		return 0;
	if (detail == DETAIL_STALLS) {
		range_wait_end(slot);
		return 0;
	}
	now = bpf_ktime_get_ns();
	inline_reclaim_settle(slot->index, now, OUTCOME_RETRIED, 0);
	outer_end(slot, now);
	return 0;
}

static __always_inline void range_not_found(struct task_slot *slot)
{
	struct frame *frame = frame_top(slot), *inner;

	if (!frame)
		return;
	switch (frame->op) {
	case OP_FAULT:
	case OP_FAULT_READ_PTE:
	case OP_FAULT_WRITE_PTE:
	case OP_FAULT_MKWRITE:
		/* __fuse_dax_fault sleeps on range_waitq, and tries again; a PMD fault does not. */
		frame->retries++;
		outer_begin(slot, WAIT_FREE_RANGE, bpf_ktime_get_ns());
		break;
	case OP_DAX_READ:
	case OP_DAX_WRITE:
		frame->retries++;
		inner = op_begin_keyed(OP_RECLAIM_INLINE, frame->inode, *frame_key(frame));
		if (inner)
			inner->flags |= FRAME_TENTATIVE;
		break;
	}
}

/* The task is in a fault, read or write that has no begin hooked; its inode is not known here. */
static __always_inline void range_not_found_implied(void *ctx, __u64 fcd)
{
	__u32 *dev = bpf_map_lookup_elem(&windows, &fcd);
	__u32 op = stack_op(ctx);
	struct task_slot *slot;
	struct frame *frame;

	if (!is_tracing || !dev || !(op == OP_FAULT || op == OP_DAX_READ || op == OP_DAX_WRITE))
		return; /* with STACK_PMD it falls back, and does not wait */
	implied_frame(op, 0, *dev);
	slot = slot_find();
	frame = slot ? frame_top(slot) : NULL;
	if (!frame || frame->op != op)
		return;
	if (detail != DETAIL_STALLS) {
		range_not_found(slot);
		return;
	}
	frame->retries++;
	range_wait_begin(slot);
}

/* @cnt is 1, or -1 for a range whose setup has failed. */
static __always_inline void range_taken_note(__u32 dev, __s64 cnt)
{
	struct mount_figures *mount = is_tracing ? bpf_map_lookup_elem(&mounts, &dev) : NULL;

	if (mount)
		__sync_fetch_and_add(&mount->taken_cnt, cnt);
}

static __always_inline int range_allocated(void *ctx, __u64 fcd, const void *dmap)
{
	struct task_slot *slot;
	__u32 *dev;

	window_look_by_addr(fcd);
	if (dmap) {
		dev = bpf_map_lookup_elem(&windows, &fcd);
		if (dev)
			range_taken_note(*dev, 1);
		return 0;
	}
	slot = slot_find();
	if (detail != DETAIL_FULL && !is_in_hooked_op(slot ? frame_top(slot) : NULL))
		range_not_found_implied(ctx, fcd);
	else if (slot)
		range_not_found(slot);
	return 0;
}

#ifdef BY_KPROBE
HOOK_END(alloc_dax_mapping, alloc_end, void *dmap)
{
	return range_allocated(ctx, alloc_noted(), dmap);
}
#else
HOOK_END(alloc_dax_mapping, alloc_end, void *dmap, struct fuse_conn_dax *fcd)
{
	return range_allocated(ctx, (__u64)fcd, dmap);
}
#endif

/*
 * A fault finds no range, sleeps, and may find one that another task has mapped meanwhile: then
 * only the scheduler tells that it sleeps no more. Reads and writes likewise. Every switch of tasks
 * on the machine comes by here, so the first line must cost little.
 */
HOOK_TRACEPOINT(sched_switch, range_waiter_switch, bool preempt, struct task_struct *prev,
		struct task_struct *next)
{
	struct task_slot *slot;
	struct frame *frame;

	if (!range_waiters_cnt)
		return 0;
	slot = slot_find_of(address_of(next));
	if (is_range_waiter(slot) && slot->outer_start_ns)
		slot->woken_ns = bpf_ktime_get_ns();
	slot = slot_find_of(address_of(prev));
	if (preempt || !is_range_waiter(slot) || slot->inner_kind != WAIT_NONE)
		return 0;
	frame = frame_top(slot);
	if (!frame || frame->op != (stack_op(ctx) & ~STACK_PMD) ||
	    slot->faults_cnt != faults_of_task()) {
		range_wait_end(slot);
		if (frame)
			frame->flags |= FRAME_PAST;
		return 0;
	}
	if (!slot->outer_start_ns)
		slot->outer_start_ns = bpf_ktime_get_ns();
	return 0;
}

/* The kernel changes nr in fuse_setup_one_mapping(), and before fuse_send_removemapping(). */
static __noinline void window_share_note(const struct frame *frame)
{
	struct inode_key key = frame->key;
	__u64 cnt;

	if (!inode_ranges(frame->inode, &cnt))
		return;
	if (cnt)
		bpf_map_update_elem(&window_shares, &key, &cnt, BPF_ANY);
	else
		bpf_map_delete_elem(&window_shares, &key);
}

/* The operation that sets up or removes, where its own begin is not hooked. */
static __always_inline void mapping_imply(void *ctx, __u64 inode)
{
	dmap_sem_note(inode);
	implied_begin(ctx, inode);
}

/* Of readers of i_mmap_sem and the inode lock, those that set up a range hold it longest. */
static __always_inline void setter_note(__u64 inode)
{
	__u64 task = slot_owner();

	bpf_map_update_elem(&setters, &inode, &task, BPF_ANY);
}

HOOK_BEGIN(fuse_setup_one_mapping, setup_begin, struct inode *inode, unsigned long start_idx,
	   struct fuse_dax_mapping *dmap, bool is_writable, bool is_upgrade)
{
	struct frame *frame;

	if (detail != DETAIL_FULL)
		mapping_imply(ctx, address_of(inode));
	setter_note(address_of(inode));
	frame = op_begin(is_upgrade ? OP_UPGRADE : OP_SETUP, inode);
	if (frame)
		frame->units = 1;
	return 0;
}

HOOK_END(fuse_setup_one_mapping, setup_end, int ret, struct inode *inode, unsigned long start_idx,
	 struct fuse_dax_mapping *dmap, bool is_writable, bool is_upgrade)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = frame_to_end(slot, 1 << OP_SETUP | 1 << OP_UPGRADE);
	__u32 err, outcome = outcome_of(ret, &err);
	struct inode *owner;

	if (!frame || !slot)
		return 0;
	owner = (struct inode *)frame->inode;
	if (ret) {
		frame->units = 0;
		if (frame->op == OP_SETUP)
			range_taken_note(frame->key.dev, -1);
	}
	window_share_note(frame);
#ifndef BY_KPROBE
	if (!ret)
		window_setup_tell(slot, frame, start_idx, address_of(dmap), is_writable);
#endif
	frame_end(slot, bpf_ktime_get_ns(), outcome, err);
	implied_settle(slot);
	mount_note((__u64)BPF_CORE_READ(owner, i_sb));
	return 0;
}

/*
 * @in is what goes to the server, and begins with the number of ranges (include/uapi/linux/fuse.h).
 */
HOOK_BEGIN(fuse_send_removemapping, remove_begin, struct inode *inode, void *in)
{
	struct frame *frame;
	__u32 cnt = 0;

	if (detail != DETAIL_FULL)
		mapping_imply(ctx, address_of(inode));
	frame = op_begin(OP_REMOVAL, inode);
	if (frame) {
		bpf_probe_read_kernel(&cnt, sizeof(cnt), in);
		frame->units = cnt;
	}
	return 0;
}

/* The kernel frees the ranges whatever the answer (reclaim_one_dmap_locked, fs/fuse/dax.c). */
HOOK_END(fuse_send_removemapping, remove_end, int ret, struct inode *inode, void *in, void *one)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = frame_to_end(slot, 1 << OP_REMOVAL), *reclaim;
	__u32 err, outcome = outcome_of(ret, &err);
	__u64 now = bpf_ktime_get_ns();

	if (!frame || !slot)
		return 0;
	window_share_note(frame);
	frame_end(slot, now, outcome, err);
	implied_settle(slot);
	reclaim = frame_top(slot);
#ifndef BY_KPROBE
	window_removal_tell(reclaim, (__u64)one);
#endif
	if (reclaim && reclaim->op == OP_RECLAIM_INLINE) {
		reclaim->units = 1;
		reclaim->flags |= FRAME_BROKE; /* a removal is proof, if that hook is missing */
		inline_reclaim_settle(slot->index, now, OUTCOME_DONE, 0);
	}
	return 0;
}

char LICENSE[] SEC("license") __weak = "GPL";
