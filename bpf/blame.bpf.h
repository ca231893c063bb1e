/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who held a lock that was waited for. When a wait begins, the lock itself tells: a writer is its
 * owner; of readers the last one that came is known, and which one set up a range of the inode
 * last. When the wait ends, the holder's slot still tells what that waited for meanwhile. All this
 * is paid for by those who wait alone.
 */
#ifndef BLAME_BPF_H
#define BLAME_BPF_H

#include "span.bpf.h"

/* The operation around all others on @inode in a slot that is one of @ops, or NULL. */
static __always_inline const struct frame *frame_on_inode(const struct task_slot *slot, __u64 inode,
							  __u32 ops)
{
	for (__u32 i = 0; i < FRAMES_MAX && i < slot->depth; i++)
		if (slot->frames[i].inode == inode && 1 << (slot->frames[i].op & 31) & ops)
			return &slot->frames[i];
	return NULL;
}

#define OPS_ALL (~0U)

/* What holds a lock shared: faults i_mmap_sem, reads the inode lock. */
static __always_inline __u32 reader_ops(__u64 inode, __u64 sem)
{
	if (sem == inode_lock_addr(inode))
		return OPS_IO;
	return sem == i_mmap_sem_addr(inode) ? OPS_FAULT : OPS_ALL;
}

/*
 * The worker takes i_mmap_sem of an inode before any hook has named that: a range without a frame.
 */
static __always_inline const struct frame *frame_of_worker(const struct task_slot *slot)
{
	return slot->depth && slot->frames[0].op == OP_RECLAIM_RUN ? &slot->frames[0] : NULL;
}

/*
 * When the slot's task got @sem, if it had to wait for it in this operation; else when that began.
 */
static __always_inline __u64 held_since(const struct task_slot *slot, const struct frame *frame,
					__u64 sem)
{
	__u64 since_ns = frame->start_ns;

	for (__u32 i = 0; i < PAST_WAITS; i++)
		if (slot->past[i].sem == sem && slot->past[i].end_ns > since_ns)
			since_ns = slot->past[i].end_ns;
	return since_ns;
}

/* A fault gives up i_mmap_sem before it sleeps for a range: __fuse_dax_fault(). */
static __always_inline bool has_given_up(const struct task_slot *slot, __u32 ops)
{
	return ops == OPS_FAULT && slot->outer_kind == WAIT_FREE_RANGE;
}

/*
 * A holder by the operation that it is in on @inode. False: it is in none, or waits for @sem
 * itself; but a task may have been given it, and not have run yet (@may_wake).
 */
static __always_inline bool blame_take_op(struct blame *blame, __u64 task, __u64 inode, __u64 sem,
					  __u32 ops, bool may_wake)
{
	struct task_slot *holder = task ? slot_find_of(task) : NULL;
	const struct frame *frame = holder ? frame_on_inode(holder, inode, ops) : NULL;

	if (holder && !frame && ops == OPS_ALL)
		frame = frame_of_worker(holder);
	if (!frame || (holder->inner_sem == sem && !may_wake) || has_given_up(holder, ops))
		return false;
	blame->holder = task;
	blame->since_ns = held_since(holder, frame, sem);
	blame->task = holder->task;
	__builtin_memcpy(blame->comm, holder->comm, sizeof(blame->comm));
	blame->slot_index = holder->index;
	blame->op = frame->op == OP_RECLAIM_RUN ? OP_RECLAIM_RANGE : frame->op;
	return true;
}

/* A holder that is in none of our operations. */
static __always_inline void blame_take_task(struct blame *blame, __u64 addr)
{
	struct task_struct *task = (struct task_struct *)addr;

	blame->holder = addr;
	blame->task = task_key_at(addr);
	bpf_probe_read_kernel_str(blame->comm, sizeof(blame->comm), task->comm);
	bpf_map_update_elem(&task_names, &blame->task, blame->comm, BPF_ANY);
}

/*
 * Is @sem still @owner's from an operation that has ended? Then that left it locked for good, and
 * @owner may be another task by now, at the same address.
 */
static __always_inline bool blame_take_leak(struct blame *blame, __u64 owner, __u64 inode,
					    __u64 sem)
{
	struct leak *leak = bpf_map_lookup_elem(&leaks, &sem);
	struct inode_key key = inode_key_at(inode);

	if (!leak || leak->holder != owner || !is_same_inode(&leak->key, &key))
		return false;
	blame->holder = owner;
	blame->since_ns = leak->ns;
	blame->task = leak->task;
	__builtin_memcpy(blame->comm, leak->comm, sizeof(blame->comm));
	blame->op = leak->op;
	return true;
}

/* One of the readers: who set up a range last may be at it still; else the one that came last. */
static __always_inline bool blame_take_reader(struct blame *blame, __u64 self, __u64 last,
					      __u64 inode, __u64 sem)
{
	__u64 *setter = bpf_map_lookup_elem(&setters, &inode);
	__u32 ops = reader_ops(inode, sem);

	if (setter && *setter != self && blame_take_op(blame, *setter, inode, sem, ops, false))
		return true;
	/* It is made the last when the lock is handed to it: rwsem_mark_wake(). */
	return last && last != self && blame_take_op(blame, last, inode, sem, ops, true);
}

/* @self_counts: the waiter @self is in the lock's count of readers. */
static __always_inline void blame_fill(struct blame *blame, __u64 self, __u64 inode, __u64 sem,
				       bool self_counts)
{
	bool is_shared = false;
	__u64 task;

	__builtin_memset(blame, 0, sizeof(*blame));
	blame->op = OP_NR;
	task = rwsem_holder(sem, self_counts, &is_shared);
	if (is_shared) {
		blame->sort = HOLDER_READERS;
		if (blame_take_reader(blame, self, task, inode, sem))
			blame->sort = HOLDER_READER;
	} else if (task && blame_take_leak(blame, task, inode, sem)) {
		blame->sort = HOLDER_LEAKED;
	} else if (task && blame_take_op(blame, task, inode, sem, OPS_ALL, true)) {
		blame->sort = HOLDER_OP;
	} else if (task) {
		blame_take_task(blame, task);
		blame->sort = HOLDER_TASK;
	}
}

/* Fills in the blame of a slot whose task begins to wait for @sem, a lock of @inode. */
__weak __noinline int blame_begin(__u32 slot_index, __u64 inode, __u64 sem, __u32 is_write)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);

	if (slot)
		blame_fill(&slot->blame, slot->owner, inode, sem, !is_write);
	return 0;
}

/* ---- what the holder waited for meanwhile ---- */

struct span_ns {
	__u64 begin;
	__u64 end;
};

static __always_inline __u64 overlap_ns(const struct span_ns *a, __u64 begin_ns, __u64 end_ns)
{
	if (begin_ns < a->begin)
		begin_ns = a->begin;
	if (end_ns > a->end)
		end_ns = a->end;
	return end_ns > begin_ns ? end_ns - begin_ns : 0;
}

/* The longest part of @span that the holder waited in goes into @key. */
static __always_inline void holder_wait_find(struct edge_key *key, const struct task_slot *holder,
					     const struct span_ns *span)
{
	__u32 depth = holder->depth;
	__u64 most_ns = 0, ns;

	for (__u32 i = 0; i < PAST_WAITS; i++) {
		const struct past_wait *past = &holder->past[i];

		ns = overlap_ns(span, past->begin_ns, past->end_ns);
		if (ns <= most_ns)
			continue;
		most_ns = ns;
		key->holder_wait = past->kind;
		key->holder_wait_op = past->op;
		key->opcode = past->opcode;
	}
	if (holder->inner_kind == WAIT_NONE || !depth ||
	    overlap_ns(span, holder->inner_start_ns, span->end) <= most_ns)
		return;
	key->holder_wait = holder->inner_kind;
	key->holder_wait_op = holder->frames[(depth - 1) & (FRAMES_MAX - 1)].op;
	key->opcode = holder->inner_kind == WAIT_REQUEST_HOST ? holder->opcode : 0;
}

/* A hold of a lock, by one task since one time, that tasks waited for. */
struct hold_key {
	__u64 holder;
	__u64 since_ns;
	__u64 sem;
	__u64 edge; /* the waiters' part of its edge */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct hold_key);
	__type(value, __u64);
} holds SEC(".maps") __weak;

/* How many have waited behind this hold in this edge, this one included. */
static __always_inline __u64 hold_count(const struct hold_key *key)
{
	__u64 one = 1, *cnt;

	if (!key->since_ns || !bpf_map_update_elem(&holds, key, &one, BPF_NOEXIST))
		return 1;
	cnt = bpf_map_lookup_elem(&holds, key);
	if (!cnt)
		return 1;
	__sync_fetch_and_add(cnt, 1);
	return *cnt;
}

static const struct edge empty_edge SEC(".rodata.empty") = {};

static __always_inline struct edge *edge_find(const struct edge_key *key)
{
	struct edge *edge = bpf_map_lookup_elem(&edges, key);
	int err;

	if (edge)
		return edge;
	err = bpf_map_update_elem(&edges, key, &empty_edge, BPF_NOEXIST);
	if (err && err != -EEXIST) {
		count(COUNTER_EDGES_FULL, 1);
		return NULL;
	}
	return bpf_map_lookup_elem(&edges, key);
}

static __always_inline void edge_add(struct edge *edge, __u64 ns, __u64 held_ns, __u64 waiters)
{
	__sync_fetch_and_add(&edge->cnt, 1);
	__sync_fetch_and_add(&edge->total_ns, ns);
	if (ns > edge->max_ns)
		edge->max_ns = ns;
	if (held_ns > edge->held_max_ns)
		edge->held_max_ns = held_ns;
	if (waiters == 1)
		__sync_fetch_and_add(&edge->holds_cnt, 1);
	if (waiters > edge->waiters_max)
		edge->waiters_max = waiters;
}

static __noinline void record_blame(const struct task_slot *slot, const struct edge_key *key,
				    const struct span_ns *span, __u64 held_ns, __u64 waiters)
{
	struct event_blame *event =
		RECORD_RESERVE(struct event_blame, sizeof(*event), COUNTER_RECORD_WAITS_FULL);

	if (!event)
		return;
	event->kind = EVENT_BLAME;
	event->pad = 0;
	event->edge = *key;
	event->task = slot->task;
	event->begin_ns = span->begin;
	event->ns = span->end - span->begin;
	event->held_ns = held_ns;
	event->waiters = waiters;
	record_submit(event);
}

/* Adds the wait that the innermost operation of a slot has ended at @now to its edge. */
__weak __noinline int blame_end(__u32 slot_index, __u32 kind, __u64 sem, __u64 now)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index), *holder = NULL;
	struct edge_key key = { .holder_wait = WAIT_NONE, .holder_wait_op = OP_NR };
	struct hold_key hold = { .sem = sem };
	const struct blame *blame;
	__u64 held_ns, waiters;
	struct span_ns span;
	struct frame *frame;
	struct edge *edge;

	frame = slot ? frame_top(slot) : NULL;
	if (!frame || !is_tracing || frame->flags & FRAME_MUTED)
		return 0;
	blame = &slot->blame;
	span.begin = slot->inner_start_ns;
	span.end = now;
	key.inode = *frame_key(frame);
	key.holder = blame->task;
	key.wait = kind;
	key.op = frame->op;
	key.holder_sort = blame->sort;
	key.holder_op = blame->op;
	if (blame->sort == HOLDER_OP || blame->sort == HOLDER_READER)
		holder = slot_at(blame->slot_index);
	if (holder && holder->task.pid == blame->task.pid &&
	    holder->task.start_ms == blame->task.start_ms)
		holder_wait_find(&key, holder, &span);
	hold.holder = blame->holder;
	hold.since_ns = blame->since_ns;
	hold.edge = (__u64)key.op << 8 | key.wait;
	held_ns = blame->since_ns ? now - blame->since_ns : 0;
	waiters = hold_count(&hold);
	edge = edge_find(&key);
	if (edge)
		edge_add(edge, now - span.begin, held_ns, waiters);
	if (is_recording)
		record_blame(slot, &key, &span, held_ns, waiters);
	return 0;
}

#endif
