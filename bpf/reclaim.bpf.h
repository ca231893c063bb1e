/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inline reclaim: a read() or write() that finds no free range takes one from its own file, or
 * sleeps for one. Neither function can be hooked (both are inlined), so a frame is begun when
 * alloc_dax_mapping returns NULL inside a read or write, and what follows tells what it was:
 * fuse_dax_break_layouts means reclaim, nothing until the next attempt means a free-range wait.
 * (alloc_dax_mapping_reclaim and inode_inline_reclaim_one_dmap, fs/fuse/dax.c, 5.10 to 7.3.)
 */
#ifndef RECLAIM_BPF_H
#define RECLAIM_BPF_H

#include "span.bpf.h"

static __always_inline __u64 waits_sum(const struct frame *frame)
{
	__u64 sum_ns = 0;

	if (frame->has_waits)
		for (__u32 i = 0; i < WAIT_NR; i++)
			sum_ns += frame->wait_ns[i];
	return sum_ns;
}

/* It was no reclaim: the time was spent asleep for a free range. */
static __always_inline void tentative_to_wait(struct task_slot *slot, struct frame *frame,
					      __u64 now)
{
	__u64 slept_ns = now - frame->start_ns - waits_sum(frame);

	slot->depth--;
	if (!slot->depth)
		return;
	if (frame->has_waits)
		waits_to_parent(frame_at(slot, slot->depth - 1), frame);
	wait_add(slot, WAIT_FREE_RANGE, frame->start_ns, slept_ns);
}

/* Ends an inline reclaim that is on top of a slot, if there is one. */
__weak __noinline int inline_reclaim_settle(__u32 slot_index, __u64 now, __u32 outcome, __u32 err)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);
	struct frame *frame;

	if (!slot)
		return 0;
	frame = frame_top(slot);
	if (!frame || frame->op != OP_RECLAIM_INLINE)
		return 0;
	outer_end(slot, now);
	if (frame->flags & FRAME_BROKE)
		frame_end(slot, now, outcome, err);
	else
		tentative_to_wait(slot, frame, now);
	return 0;
}

#endif
