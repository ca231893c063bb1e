// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim and eviction. The worker (fuse_dax_free_mem_worker) is one run of up to ten ranges; each
 * range is an operation of its own, begun when the worker breaks the layouts of its inode (or, in
 * lock.bpf.c, waits for that inode's i_mmap_sem before) and done when dmap_reinit_add_to_free_pool
 * gives it back. Evicting an inode gives back all its ranges at once.
 */
#include "span.bpf.h"

SEC("?fentry/fuse_dax_free_mem_worker")
int BPF_PROG(reclaim_run_begin, struct work_struct *work)
{
	__u64 fcd = (__u64)work - bpf_core_field_offset(struct fuse_conn_dax, free_work.work);
	__u32 *dev = bpf_map_lookup_elem(&windows, &fcd);
	struct inode_key key = { .dev = dev ? *dev : 0 };

	if (!dev)
		count(COUNTER_UNKNOWN_MOUNT, 1);
	op_begin_keyed(OP_RECLAIM_RUN, 0, key);
	return 0;
}

SEC("?fexit/fuse_dax_free_mem_worker")
int BPF_PROG(reclaim_run_end, struct work_struct *work)
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
SEC("?fexit/dmap_reinit_add_to_free_pool")
int BPF_PROG(range_freed, struct fuse_conn_dax *fcd)
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

SEC("?fentry/fuse_evict_inode")
int BPF_PROG(evict_begin, struct inode *inode)
{
	__u64 dax;

	if (!(inode->i_flags & S_DAX) || inode->i_sb->s_magic != FUSE_SUPER_MAGIC)
		return 0;
	if (is_tracing)
		__sync_fetch_and_add(&run_epoch.value, 1);
	dax = (__u64)BPF_CORE_READ((struct fuse_inode *)inode, dax);
	if (dax && BPF_CORE_READ((struct fuse_inode_dax *)dax, nr))
		op_begin(OP_EVICT, inode);
	return 0;
}

/*
 * Most inodes that are evicted hold no range and have no frame; whether this one did cannot be
 * asked any more, so a frame of the same inode is what tells.
 */
SEC("?fexit/fuse_evict_inode")
int BPF_PROG(evict_end, struct inode *inode)
{
	struct task_slot *slot = slot_find();
	__u64 now = bpf_ktime_get_ns();

	if (!slot)
		return 0;
	for (__u32 i = 0, depth = slot->depth; i < FRAMES_MAX && depth; i++, depth--) {
		struct frame *frame = frame_at(slot, depth - 1);

		if (frame->op != OP_EVICT || frame->inode != (__u64)inode)
			continue;
		count(COUNTER_UNMATCHED, slot->depth - depth);
		slot->depth = depth;
		outer_end(slot, now);
		frame_end(slot, now, OUTCOME_DONE, 0);
		return 0;
	}
	return 0;
}

char LICENSE[] SEC("license") __weak = "GPL";
