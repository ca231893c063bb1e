// SPDX-License-Identifier: GPL-2.0-only
/*
 * The busy-page loop: fuse_dax_break_layouts asks dax_layout_busy_page_range until no page of the
 * range is referenced from elsewhere. Each page found is one retry; from there to the next question
 * the task sleeps for the page without i_mmap_sem, and takes i_mmap_sem again (an inner wait).
 */
#include "implied.bpf.h"

/* The worker goes on to the next range; the one before, if any, was not given back. */
static __always_inline void worker_range_begin(struct task_slot *slot, struct frame *frame,
					       const struct inode *inode)
{
	if (!frame->key.dev)
		frame->key.dev = LOAD2(inode, i_sb, s_dev); /* nothing led to it before */
	if (frame->op == OP_RECLAIM_RANGE) {
		bool is_same = frame->inode == (__u64)inode && !(frame->flags & FRAME_BROKE);

		if (!is_same)
			frame_end(slot, bpf_ktime_get_ns(), OUTCOME_RETRIED, 0);
		if (is_same)
			return;
	}
	op_begin(OP_RECLAIM_RANGE, inode);
}

static __always_inline void break_layouts_imply(void *ctx, __u64 inode)
{
	struct task_slot *slot;

	implied_begin(ctx, inode);
	slot = slot_find();
	if (slot)
		inline_reclaim_take_inode(slot, inode);
}

/* Or dax_break_layout, with the same first argument: see the probe table. */
HOOK_BEGIN(fuse_dax_break_layouts, break_layouts_begin, struct inode *inode)
{
	struct task_slot *slot;
	struct frame *frame;

	if (detail != DETAIL_FULL)
		break_layouts_imply(ctx, address_of(inode));
	slot = slot_find();
	if (!slot)
		return 0;
	frame = frame_top(slot);
	if (!frame)
		return 0;
	if (frame->op == OP_RECLAIM_RUN || frame->op == OP_RECLAIM_RANGE)
		worker_range_begin(slot, frame, inode);
	frame = frame_top(slot);
	if (frame)
		frame->flags = (frame->flags & ~FRAME_TENTATIVE) | FRAME_BROKE;
	return 0;
}

/* Ends the wait of an interrupted or failed loop too. */
HOOK_END_VOID(fuse_dax_break_layouts, break_layouts_end)
{
	struct task_slot *slot = slot_find();
	struct frame *frame;

	if (!slot)
		return 0;
	outer_end(slot, bpf_ktime_get_ns());
	frame = frame_top(slot);
	if (detail != DETAIL_STALLS || !frame || !(frame->flags & FRAME_IMPLIED))
		return 0;
	frame->flags &= ~FRAME_BROKE;
	implied_settle(slot);
	return 0;
}

HOOK_BEGIN(dax_layout_busy_page_range, busy_page_ask, struct address_space *mapping, loff_t start,
	   loff_t end)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = slot ? frame_top(slot) : NULL;

	if (!slot || !frame)
		return 0;
	outer_end(slot, bpf_ktime_get_ns());
	scan_note(frame, address_of(mapping), end);
	return 0;
}

/*
 * An eviction that asks without breaking layouts: nothing was hooked before, and nothing is after.
 */
static __always_inline may_be_unused void busy_page_imply(void *ctx, __u64 inode,
							  const struct page *page)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = slot ? frame_top(slot) : NULL;

	if (!page && frame && frame->op == OP_EVICT)
		implied_settle(slot);
	else if (page && !frame && is_dax_inode((struct inode *)inode))
		implied_begin(ctx, inode);
}

/*
 * Other file systems ask too: a frame that is breaking layouts tells a DAX inode of ours. Since
 * 6.16 an eviction asks as well (dax_break_layout_final), without breaking layouts first.
 */
HOOK_END(dax_layout_busy_page_range, busy_page_answer, struct page *page,
	 struct address_space *mapping, loff_t start, loff_t end)
{
	struct task_slot *slot;
	struct frame *frame;

#ifndef BY_KPROBE /* whose end does not know the inode: at stalls evictions are not seen then */
	if (detail == DETAIL_STALLS)
		busy_page_imply(ctx, address_of(mapping->host), page);
#endif
	if (!page)
		return 0;
	slot = slot_find();
	if (!slot)
		return 0;
	frame = frame_top(slot);
	if (!frame || !(frame->flags & FRAME_BROKE || frame->op == OP_EVICT))
		return 0;
	frame->retries++;
	if (slot->outer_kind == WAIT_NONE)
		busy_wait_begin(slot, address_of(page));
	outer_begin(slot, WAIT_BUSY_PAGE, bpf_ktime_get_ns());
	return 0;
}

char LICENSE[] SEC("license") __weak = "GPL";
