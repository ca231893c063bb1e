// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim and eviction. The worker (fuse_dax_free_mem_worker) is one run of up to ten ranges; each
 * range is an operation of its own, begun when the worker breaks the layouts of its inode (or, in
 * lock.bpf.c, waits for that inode's i_mmap_sem before) and done when dmap_reinit_add_to_free_pool
 * gives it back. Evicting an inode gives back all its ranges at once.
 */
#include "span.bpf.h"
#include "window.bpf.h"

HOOK_BEGIN(fuse_dax_free_mem_worker, reclaim_run_begin, struct work_struct *work)
{
	__u64 fcd = conn_dax_of_worker((__u64)work);
	__u32 *dev = bpf_map_lookup_elem(&windows, &fcd);
	struct inode_key key = { .dev = dev ? *dev : 0 };

	if (fcd && !dev)
		count(COUNTER_UNKNOWN_MOUNT, 1);
	op_begin_keyed(OP_RECLAIM_RUN, 0, key);
	return 0;
}

HOOK_END_VOID(fuse_dax_free_mem_worker, reclaim_run_end)
{
	struct task_slot *slot = slot_find();
	__u64 now = bpf_ktime_get_ns();
	struct frame *frame;

	if (slot) {
		frame = frame_top(slot);
		/* The last range was not given back: somebody else took it, or it was in use. */
		if (frame && frame->op == OP_RECLAIM_RANGE)
			frame_end(slot, now, OUTCOME_RETRIED, 0);
	}
	frame = frame_to_end(slot, OPS_RUN);
	if (frame && slot)
		frame_end(slot, now, OUTCOME_DONE, 0);
	return 0;
}

/* Also called for each range of an evicted inode: those are counted with the eviction. */
HOOK_AFTER(dmap_reinit_add_to_free_pool, range_freed, struct fuse_conn_dax *fcd)
{
	struct task_slot *slot = slot_find();
	struct frame *frame, *run;

	window_look_by_addr((__u64)fcd);
	if (!slot)
		return 0;
	frame = frame_top(slot);
	if (!frame)
		return 0;
	frame->units++;
	if (frame->op != OP_RECLAIM_RANGE)
		return 0;
	frame_end(slot, bpf_ktime_get_ns(), OUTCOME_DONE, 0);
	run = frame_top(slot);
	if (run)
		run->units++;
	return 0;
}

/*
 * fuse_release(inode, file): the last close of an unlinked file may have its inode evicted by
 * others.
 */
HOOK_BEGIN(fuse_release, file_closed, struct inode *inode)
{
	struct closer closer = {};
	__u64 addr;

	if (!(LOAD1(inode, i_flags) & S_DAX) || LOAD1(inode, i_nlink))
		return 0;
	addr = address_of(inode);
	closer.key = inode_key_of(inode);
	closer.task = task_key_at(bpf_get_current_task());
	bpf_get_current_comm(closer.comm, sizeof(closer.comm));
	bpf_map_update_elem(&closers, &addr, &closer, BPF_ANY);
	return 0;
}

static __always_inline struct frame *evict_frame_begin(const struct inode *inode)
{
	struct frame *frame;

	if (!(LOAD1(inode, i_flags) & S_DAX) || LOAD2(inode, i_sb, s_magic) != FUSE_SUPER_MAGIC)
		return NULL;
	if (is_tracing)
		__sync_fetch_and_add(&run_epoch.value, 1);
#ifndef BY_KPROBE
	window_inode_tell(inode); /* a larger window might have had ranges of it */
#endif
	if (!may_have_ranges((__u64)inode))
		return NULL;
	frame = op_begin(OP_EVICT, inode);
	if (frame && !has_fuse_types())
		frame->flags |= FRAME_TENTATIVE; /* until it gives a range back */
	return frame;
}

#ifdef BY_KPROBE

/*
 * An eviction inside another one may have no frame of its own, and its end must not be the other's.
 */
HOOK_BEGIN(fuse_evict_inode, evict_begin, struct inode *inode)
{
	struct task_slot *slot;

	if (evict_frame_begin(inode))
		return 0;
	slot = slot_find();
	if (slot && is_in_progress(slot, 1 << OP_EVICT))
		slot->evicts_unseen++;
	return 0;
}

#else

HOOK_BEGIN(fuse_evict_inode, evict_begin, struct inode *inode)
{
	evict_frame_begin(inode);
	return 0;
}

#endif

/* Also where no range was removed: unmounting sends no request. */
static __always_inline void window_share_forget(struct frame *frame)
{
	struct inode_key key = *frame_key(frame);

	bpf_map_delete_elem(&window_shares, &key);
}

/*
 * Most inodes that are evicted hold no range and have no frame. @inode is 0 where it is not known.
 */
static __always_inline int evict_frame_end(__u64 inode)
{
	struct task_slot *slot = slot_find();
	__u64 now = bpf_ktime_get_ns();

	if (!slot)
		return 0;
	if (slot->evicts_unseen) {
		slot->evicts_unseen--;
		return 0;
	}
	for (__u32 i = 0, depth = slot->depth; i < FRAMES_MAX && depth; i++, depth--) {
		struct frame *frame = frame_at(slot, depth - 1);

		if (frame->op != OP_EVICT || (inode && frame->inode != inode))
			continue;
		count(COUNTER_UNMATCHED, slot->depth - depth);
		slot->depth = depth;
		if (frame->flags & FRAME_TENTATIVE && !frame->units) {
			slot->depth--;
			return 0;
		}
		outer_end(slot, now);
		window_share_forget(frame);
		frame_end(slot, now, OUTCOME_DONE, 0);
		return 0;
	}
	return 0;
}

#ifdef BY_KPROBE
HOOK_END_VOID(fuse_evict_inode, evict_end)
{
	return evict_frame_end(0);
}
#else
HOOK_END_VOID(fuse_evict_inode, evict_end, struct inode *inode)
{
	return evict_frame_end((__u64)inode);
}
#endif

char LICENSE[] SEC("license") __weak = "GPL";
