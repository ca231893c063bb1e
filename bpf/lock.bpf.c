// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contended acquisitions of a DAX inode's three locks. Entry to return of the rwsem slow paths
 * (kernel/locking/rwsem.c) is the whole of it, a writer's optimistic spinning included, which the
 * lock:contention_begin tracepoint leaves out. Every rwsem of the machine passes here, so at full
 * detail a task without an operation in progress leaves at once, and below it when the lock is no
 * DAX inode's.
 */
#include "blame.bpf.h"
#include "implied.bpf.h"
#include "inode_lock.bpf.h"

/* The worker takes i_mmap_sem of an inode before any hook has named it: is that this lock? */
static __noinline bool worker_range_by_lock(struct task_slot *slot, struct frame *frame, __u64 sem)
{
	__u64 inode = i_mmap_sem_inode(sem);
	struct inode_key key;

	if (!is_own_inode(inode) || !is_dax_inode((struct inode *)inode))
		return false;
	key = inode_key_at(inode);
	if (frame->key.dev && key.dev != frame->key.dev)
		return false;
	if (!slot->frames[0].key.dev)
		slot->frames[0].key.dev = key.dev; /* the run's: nothing led to it before */
	if (frame->op == OP_RECLAIM_RANGE)
		frame_end(slot, bpf_ktime_get_ns(), OUTCOME_RETRIED, 0);
	return op_begin_keyed(OP_RECLAIM_RANGE, inode, key) != NULL;
}

/* The worker has broken this range's layouts and waits for no page: the lock is the next one's. */
static __always_inline bool is_next_range(const struct task_slot *slot, const struct frame *frame)
{
	return frame->op == OP_RECLAIM_RANGE && frame->flags & FRAME_BROKE &&
	       slot->outer_kind == WAIT_NONE;
}

static __always_inline void lock_wait_note(struct task_slot *slot, __u64 inode, __u64 sem,
					   __u32 kind, bool is_write)
{
	blame_begin(slot->index, inode, sem, is_write);
	slot->inner_sem = sem;
	inner_begin(slot, kind + is_write, bpf_ktime_get_ns());
}

/* Of a task whose operation, if it is in one, has no begin that is hooked. */
static __always_inline int lock_wait_begin_implied(void *ctx, __u64 sem, bool is_write)
{
	struct task_slot *slot;
	struct frame *frame;
	__u64 inode;
	__u32 kind;

	if (!is_tracing || is_mmap_lock(sem))
		return 0;
	inode = inode_of_lock(sem, &kind);
	if (!inode)
		return 0;
	implied_begin(ctx, inode);
	slot = slot_find();
	frame = slot ? frame_top(slot) : NULL;
	if (!frame || frame->inode != inode)
		return 0;
	lock_wait_note(slot, inode, sem, kind, is_write);
	return 0;
}

static __always_inline int lock_wait_begin(void *ctx, __u64 sem, bool is_write)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = slot ? frame_top(slot) : NULL;
	__u32 kind;

	if (detail != DETAIL_FULL && !is_in_hooked_op(frame))
		return lock_wait_begin_implied(ctx, address_of((void *)sem), is_write);
	if (!frame || !slot)
		return 0;
	sem = address_of((void *)sem);
	if (detail == DETAIL_COUNTS && !frame->inode)
		inline_reclaim_take_inode(slot, inode_of_lock(sem, &kind));
	kind = lock_of(frame->inode, sem);
	if (kind == WAIT_I_MMAP_SEM_READ && is_next_range(slot, frame))
		kind = WAIT_NONE; /* the same inode, but a range of it not begun yet */
	if (kind == WAIT_NONE && (frame->op == OP_RECLAIM_RUN || frame->op == OP_RECLAIM_RANGE) &&
	    worker_range_by_lock(slot, frame, sem))
		kind = WAIT_I_MMAP_SEM_READ;
	if (kind == WAIT_NONE)
		return 0;
	frame = frame_top(slot); /* the worker's range is a new one */
	lock_wait_note(slot, frame ? frame->inode : 0, sem, kind, is_write);
	return 0;
}

/* Of @sem, or of the one that there is (0). A request that is waited for is no lock. */
static __always_inline int lock_wait_end(__u64 sem)
{
	struct task_slot *slot = slot_find();
	__u32 kind;
	__u64 now;

	if (!slot || !slot->inner_sem || (sem && slot->inner_sem != sem))
		return 0;
	kind = slot->inner_kind;
	if (kind > WAIT_INODE_LOCK_WRITE) {
		slot->inner_sem = 0;
		return 0;
	}
	now = bpf_ktime_get_ns();
	blame_end(slot->index, kind, slot->inner_sem, now);
	wait_add(slot, kind, slot->inner_start_ns, inner_end(slot, now));
	slot->inner_sem = 0;
	implied_settle(slot);
	return 0;
}

HOOK_BEGIN(rwsem_down_read_slowpath, lock_read_begin, struct rw_semaphore *sem)
{
	return lock_wait_begin(ctx, (__u64)sem, false);
}

HOOK_BEGIN(rwsem_down_write_slowpath, lock_write_begin, struct rw_semaphore *sem)
{
	return lock_wait_begin(ctx, (__u64)sem, true);
}

#ifdef BY_KPROBE
HOOK_END_VOID(rwsem_down_read_slowpath, lock_read_end)
{
	return lock_wait_end(0);
}

HOOK_END_VOID(rwsem_down_write_slowpath, lock_write_end)
{
	return lock_wait_end(0);
}
#else
HOOK_END_VOID(rwsem_down_read_slowpath, lock_read_end, struct rw_semaphore *sem)
{
	return lock_wait_end((__u64)sem);
}

HOOK_END_VOID(rwsem_down_write_slowpath, lock_write_end, struct rw_semaphore *sem)
{
	return lock_wait_end((__u64)sem);
}

/* Hits name their inode at their end, and seldom: one that lasts is named here, with its path. */
static __always_inline void inodes_look(struct task_slot *slot)
{
	for (__u32 i = 0; i < FRAMES_MAX && i < slot->depth; i++) {
		__u64 inode = slot->frames[i].inode;

		if (!inode)
			continue;
		slot->seen[i] = inode_key_at(inode);
		inode_note(&slot->seen[i], inode);
	}
}

/*
 * Run by user space with the index of a slot whose task is in an operation: what it works on, and
 * who holds the lock that it waits for. It is attached to nothing. An inode lives as long as its
 * operation; should that end meanwhile, what is read is nonsense, and so is all else then of a row
 * in flight.
 */
SEC("raw_tp/sched_process_exit")
int slot_look(unsigned long long *ctx)
{
	__u32 index = ctx[0];
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &index);
	const struct frame *frame = slot ? frame_top(slot) : NULL;

	if (!frame)
		return 0;
	inodes_look(slot);
	/* A reader that waits in the queue is not counted any more: rwsem_down_read_slowpath(). */
	if (slot->inner_sem && slot->inner_kind <= WAIT_INODE_LOCK_WRITE)
		blame_fill(&slot->now, slot->owner, frame->inode, slot->inner_sem, false);
	return 0;
}

/*
 * PREEMPT_RT: an rwsem is a struct rwbase_rt, without slow paths to hook, and these tracepoints
 * (since 5.19) tell of the whole contended acquisition: a reader's, or a writer that waits for
 * readers, by the address of the rwsem, a writer behind another by that of the rtmutex in it.
 * Inside the former come others for the same lock, and the first one counts.
 */
HOOK_TRACEPOINT(contention_begin, lock_contended, void *lock, unsigned int flags)
{
	struct task_slot *slot = slot_find();
	__u64 sem = (__u64)lock;

	if (!(flags & LCB_F_RT) || (slot && slot->inner_sem))
		return 0;
	if (!(flags & (LCB_F_READ | LCB_F_WRITE)))
		sem -= rwsem_rtmutex_offset();
	return lock_wait_begin(ctx, sem, !(flags & LCB_F_READ));
}

HOOK_TRACEPOINT(contention_end, lock_acquired, void *lock)
{
	struct task_slot *slot = slot_find();
	__u64 sem = (__u64)lock;

	if (slot && slot->inner_sem != sem)
		sem -= rwsem_rtmutex_offset();
	return lock_wait_end(sem);
}
#endif

char LICENSE[] SEC("license") __weak = "GPL";
