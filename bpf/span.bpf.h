/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations in progress. Each task has a slot with a small stack of frames; a hook's entry begins
 * a frame, its exit ends it, and waits go to the innermost frame and, when that ends, to the one
 * around it: a parent's figures contain its children's.
 *
 * A slot is written by its own task only (never from an interrupt that borrows the task), and after
 * its end by the one who buries it, so it needs no atomics. An outer wait (busy page, free range)
 * may contain inner ones (a lock, taken again after the sleep); the outer one is what is left, so
 * waits never overlap.
 */
#ifndef SPAN_BPF_H
#define SPAN_BPF_H

#include "figures.bpf.h"
#include "mount.bpf.h"
#include "record.bpf.h"
#include "release.bpf.h"

#define OPS_IO	      (1 << OP_DAX_READ | 1 << OP_DAX_WRITE)
#define OPS_TRUNCATE  (1 << OP_TRUNCATE)
#define OPS_OPEN      (1 << OP_OPEN_TRUNC)
#define OPS_FALLOCATE (1 << OP_PUNCH | 1 << OP_ZERO | 1 << OP_EXTEND)
#define OPS_RUN	      (1 << OP_RECLAIM_RUN)
/* These begin on an empty stack: a task is in one system call, or in one worker, at a time. */
#define OPS_OUTERMOST (OPS_IO | OPS_TRUNCATE | OPS_OPEN | OPS_FALLOCATE | OPS_RUN)

#define SLOT_WAYS  16
#define PF_EXITING 0x4 /* include/linux/sched.h */

/* What a slot is found by: a task_struct stays the task's own until sched_process_exit. */
static __always_inline __u64 slot_owner(void)
{
	return bpf_get_current_task();
}

/*
 * A task_struct takes more than a page, so its page tells it, but those of one slab lie in steps:
 * the multiplication (by 2^32 over the golden ratio) spreads them over a small table, too.
 */
static __always_inline __u32 slot_home(__u64 owner)
{
	return (__u32)(owner >> 12) * 0x9e3779b1U >> 16;
}

static __always_inline struct task_slot *slot_at(__u32 position)
{
	__u32 index = position & slots_mask;

	return bpf_map_lookup_elem(&task_slots, &index);
}

static __noinline struct task_slot *slot_find_away(__u64 owner)
{
	struct task_slot *slot;

	for (__u32 i = 1; i < SLOT_WAYS; i++) {
		slot = slot_at(slot_home(owner) + i);
		if (slot && slot->owner == owner)
			return slot;
	}
	return NULL;
}

/* A task's slot, or NULL when it has none. */
static __always_inline struct task_slot *slot_find_of(__u64 owner)
{
	struct task_slot *slot = slot_at(slot_home(owner));

	if (!slot || slot->owner == owner)
		return slot;
	return slot->has_spilled ? slot_find_away(owner) : NULL;
}

static __always_inline struct task_slot *slot_find(void)
{
	return slot_find_of(slot_owner());
}

static __always_inline void slot_init(struct task_slot *slot, __u32 index)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	slot->task = task_key_at((__u64)task);
	slot->progress = SLOT_IDLE;
	slot->seen_ops = 0;
	slot->index = index;
	slot->is_exiting = !!(BPF_CORE_READ(task, flags) & PF_EXITING);
	slot->has_filter = filter_any;
	bpf_get_current_comm(slot->comm, sizeof(slot->comm));
	bpf_map_update_elem(&task_names, &slot->task, slot->comm, BPF_ANY);
	slot->owner = (__u64)task;
}

static struct task_slot *slot_claim(void);

static __always_inline struct frame *frame_at(struct task_slot *slot, __u32 depth)
{
	return &slot->frames[depth & (FRAMES_MAX - 1)];
}

static __always_inline struct frame *frame_top(struct task_slot *slot)
{
	struct frame *frame = slot->depth ? frame_at(slot, slot->depth - 1) : NULL;

	barrier_var(frame); /* or 6.1's verifier does not see that a depth means a frame */
	return frame;
}

/* Whether @inode is the filtered file, or lies in the filtered folder. */
static __always_inline bool path_passes(const struct inode *inode)
{
	struct dentry *dentry, *parent;

	if (BPF_CORE_READ(inode, i_ino) == filter_ino)
		return true;
	dentry = first_alias(inode);
	if (!dentry)
		return false;
	for (int i = 0; i < PATH_NAMES_MAX; i++) {
		parent = BPF_CORE_READ(dentry, d_parent);
		if (parent == dentry)
			return false;
		if (BPF_CORE_READ(parent, d_inode, i_ino) == filter_ino)
			return true;
		dentry = parent;
	}
	return false;
}

static __noinline bool filter_passes(const struct inode_key *key, __u64 inode)
{
	if (filter_tgid && filter_tgid != bpf_get_current_pid_tgid() >> 32)
		return false;
	if (filter_dev && filter_dev != key->dev)
		return false;
	if (filter_comm[0]) {
		__u64 comm[2] = { 0, 0 };

		bpf_get_current_comm(comm, sizeof(comm));
		if (comm[0] != filter_comm[0] || comm[1] != filter_comm[1])
			return false;
	}
	return !filter_ino || (inode && path_passes((struct inode *)inode));
}

__weak __noinline int op_finish(__u32 slot_index, __u64 now, __u32 outcome, __u32 err);
__weak __noinline int wait_add_at(__u32 slot_index, __u32 kind, __u64 begin_ns, __u64 ns);

static __always_inline bool is_range_waiter(const struct task_slot *slot)
{
	return slot && slot->outer_kind == WAIT_FREE_RANGE;
}

/* DETAIL_STALLS: from the first time it went to sleep to the last time it ran again. */
static __always_inline void range_wait_end(struct task_slot *slot)
{
	if (!is_range_waiter(slot))
		return;
	slot->outer_kind = WAIT_NONE;
	__sync_fetch_and_add(&range_waiters_cnt, -1);
	if (slot->outer_start_ns && slot->woken_ns > slot->outer_start_ns)
		wait_add_at(slot->index, WAIT_FREE_RANGE, slot->outer_start_ns,
			    slot->woken_ns - slot->outer_start_ns);
}

/* DETAIL_STALLS: ends the innermost operation, an implied one, whose end nothing tells. */
static __always_inline void frame_end_unseen(struct task_slot *slot)
{
	op_finish(slot->index, bpf_ktime_get_ns(), OUTCOME_UNSEEN, 0);
}

/* Drops the innermost operation: its end was missed, or (an implied one) is never seen. */
static __always_inline void frame_drop(struct task_slot *slot)
{
	if (detail == DETAIL_STALLS && frame_at(slot, slot->depth - 1)->flags & FRAME_IMPLIED) {
		frame_end_unseen(slot);
		return;
	}
	slot->depth--;
	count(COUNTER_UNMATCHED, 1);
}

/* Drops what is on the stack, down to one of @keep, though it cannot be in progress any more. */
__weak __noinline int frames_drop(__u32 slot_index, __u32 keep)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);

	if (!slot)
		return 0;
	if (detail == DETAIL_STALLS)
		range_wait_end(slot);
	for (int i = 0; i < FRAMES_MAX && slot->depth; i++) {
		if (1 << (frame_at(slot, slot->depth - 1)->op & 31) & keep)
			return 0;
		frame_drop(slot);
	}
	return 0;
}

/*
 * Begins an operation of the current task. @inode is 0 where it has none. Returns its frame, or
 * NULL when it is not traced: before the start, or (counted) without room.
 */
static __always_inline struct frame *op_begin_keyed(__u32 op, __u64 inode, struct inode_key key)
{
	struct task_slot *slot;
	struct frame *frame;

	if (!is_tracing)
		return NULL;
	slot = slot_find() ?: slot_claim();
	if (!slot)
		return NULL;
	if (slot->depth && 1 << op & (OPS_FAULT | OPS_OUTERMOST))
		frames_drop(slot->index, 1 << op & OPS_FAULT ? OPS_IO : 0);
	if (!slot->depth) { /* what was dropped, or an end that was missed, may have left some */
		slot->outer_kind = WAIT_NONE;
		slot->inner_kind = WAIT_NONE;
		slot->request_depth = 0;
		slot->inner_sem = 0;
		slot->evicts_unseen = 0;
	}
	if (slot->depth >= FRAMES_MAX) {
		count(COUNTER_FRAMES_FULL, 1);
		return NULL;
	}
	frame = frame_at(slot, slot->depth);
	slot->depth++;
	slot->seen_ops |= 1 << op;
	frame->inode = inode;
	frame->key = key;
	frame->units = 0;
	frame->plain = op;
	frame->flags = FRAME_KEYED;
	if (filter_any && !filter_passes(&frame->key, inode))
		frame->flags |= FRAME_MUTED;
	frame->start_ns = bpf_ktime_get_ns();
	return frame;
}

static __always_inline struct frame *op_begin(__u32 op, const struct inode *inode)
{
	return op_begin_keyed(op, (__u64)inode, inode_key_of(inode));
}

static __always_inline void frame_add_wait(struct frame *frame, __u64 kind, __u64 ns, __u32 cnt)
{
	barrier_var(kind); /* the verifier must see the very register checked here as the index */
	if (kind >= WAIT_NR)
		return;
	if (!frame->has_waits) {
		__builtin_memset(frame->wait_ns, 0, sizeof(frame->wait_ns));
		__builtin_memset(frame->wait_cnt, 0, sizeof(frame->wait_cnt));
		frame->has_waits = 1;
	}
	frame->wait_ns[kind] += ns;
	frame->wait_cnt[kind] += cnt;
}

static __always_inline void waits_to_parent(struct frame *parent, const struct frame *child)
{
	frame_add_wait(parent, 0, 0, 0);
	for (__u32 i = 0; i < WAIT_NR; i++) {
		parent->wait_ns[i] += child->wait_ns[i];
		parent->wait_cnt[i] += child->wait_cnt[i];
	}
}

/* A frame's inode; where hits begin it is not read, so that few of them pay for it. */
static __always_inline const struct inode_key *frame_key(struct frame *frame)
{
	if (!(frame->flags & FRAME_KEYED)) {
		frame->key = inode_key_at(frame->inode);
		frame->flags |= FRAME_KEYED;
	}
	return &frame->key;
}

/*
 * The row of its mount for all that has none; that of no mount, if the table was full before that.
 */
static __always_inline struct cell *inode_rest_cell(struct inode_cell_key *key)
{
	struct cell *cell;

	key->inode.nodeid = INODE_REST_NODEID;
	key->inode.generation = 0;
	cell = bpf_map_lookup_elem(&inode_cells, key);
	if (cell)
		return cell;
	key->inode.dev = 0;
	return bpf_map_lookup_elem(&inode_cells, key);
}

/*
 * Errors of bpf_map_update_elem() are int: up to 6.3 the kernel's function is, and leaves the upper
 * half of the register as it comes.
 */

/* Makes a row for @cnt operations, or finds that of the rest, and then changes @key to that. */
static __noinline struct cell *inode_cell_new(struct inode_cell_key *key, __u64 cnt)
{
	int err = bpf_map_update_elem(&inode_cells, key, &empty_cell, BPF_NOEXIST);

	if (err && err != -EEXIST) {
		count(COUNTER_INODES_FULL, cnt);
		return inode_rest_cell(key);
	}
	return bpf_map_lookup_elem(&inode_cells, key);
}

static __noinline struct cell *task_cell_new(struct task_cell_key *key, __u64 cnt)
{
	int err = bpf_map_update_elem(&task_cells, key, &empty_cell, BPF_NOEXIST);

	if (err && err != -EEXIST) {
		count(COUNTER_TASKS_FULL, cnt);
		key->task.tgid = TASK_REST_PID;
		key->task.pid = TASK_REST_PID;
		key->task.start_ms = 0;
	}
	return bpf_map_lookup_elem(&task_cells, key);
}

/* @inode is the kernel address, to learn the name of a new one; 0: it is known, or none. */
static __always_inline struct cell *inode_cell(struct inode_cell_key *key, __u64 inode, __u64 cnt)
{
	struct cell *cell = bpf_map_lookup_elem(&inode_cells, key);

	if (cell)
		return cell;
	cell = inode_cell_new(key, cnt);
	if (inode && key->inode.nodeid != INODE_REST_NODEID)
		inode_note(&key->inode, inode);
	return cell;
}

static __always_inline struct cell *task_cell(struct task_cell_key *key, __u64 cnt)
{
	return bpf_map_lookup_elem(&task_cells, key) ?: task_cell_new(key, cnt);
}

/*
 * CELL_NESTED where an operation around the innermost one is counted for the same inode, or at all.
 */
struct nesting {
	__u32 in_inode;
	__u32 in_task;
};

static __always_inline struct nesting nesting_of(const struct task_slot *slot,
						 const struct frame *frame)
{
	struct nesting nesting = {};

	for (__u32 i = 0; i < FRAMES_MAX && i + 1 < slot->depth; i++) {
		const struct frame *around = &slot->frames[i];

		if (around->flags & FRAME_MUTED)
			continue;
		nesting.in_task = CELL_NESTED;
		if (around->inode == frame->inode)
			nesting.in_inode = CELL_NESTED;
	}
	return nesting;
}

static __always_inline void cells_add(const struct task_slot *slot, struct frame *frame,
				      const struct finished *op)
{
	struct nesting nesting = nesting_of(slot, frame);
	struct inode_cell_key inode_key = {
		.inode = *frame_key(frame),
		.op = frame->op | nesting.in_inode,
	};
	struct task_cell_key task_key = {
		.task = slot->task,
		.op = frame->op | nesting.in_task,
	};
	struct cell *cell = inode_cell(&inode_key, frame->inode, 1);

	if (cell)
		cell_add(cell, op);
	cell = task_cell(&task_key, 1);
	if (cell)
		cell_add(cell, op);
}

/*
 * The innermost operation, to who records it. By values alone: what op_finish() has would else lie
 * on its stack, which is short where it is called from deep.
 */
static __noinline void op_record(struct task_slot *slot, __u64 dur_ns, __u32 outcome, __u32 err)
{
	struct frame *frame = frame_at(slot, slot->depth - 1);
	struct nesting nesting = nesting_of(slot, frame);
	struct op_end end = { outcome, err };
	__u32 flags = (nesting.in_inode ? EVENT_OP_NESTED_IN_INODE : 0) |
		      (nesting.in_task ? EVENT_OP_NESTED_IN_TASK : 0);

	frame_key(frame);
	if (frame->has_waits)
		record_op_waits(slot, frame, dur_ns, &end, flags);
	else
		record_op_short(slot, frame, dur_ns, &end, flags);
}

static __always_inline __u64 run_count(const struct run *run)
{
	__u64 cnt = 0;

	for (__u32 i = 0; i < RUN_BUCKETS; i++)
		cnt += run->hist[i];
	return cnt;
}

/* To the histograms of this CPU's operation, the inode and the task. */
static __always_inline void run_add_hist(const struct run *run, struct op_figures *figures,
					 struct cell *inode, struct cell *task)
{
	for (__u32 i = 0; i < RUN_BUCKETS; i++) {
		__u32 n = run->hist[i], coarse = coarse_of_fine(RUN_FIRST_FINE + i);

		if (!n)
			continue;
		__sync_fetch_and_add(&figures->hist[RUN_FIRST_FINE + i], n);
		if (coarse >= COARSE_BUCKETS)
			break;
		__sync_fetch_and_add(&inode->hist[coarse], n);
		__sync_fetch_and_add(&task->hist[coarse], n);
	}
}

/* Takes what @slot's run at @place has gathered to the tables, and empties it. */
__weak __noinline int run_flush(__u32 slot_index, __u32 place)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);
	struct inode_cell_key inode_key = {};
	struct task_cell_key task_key = {};
	struct cell *inode, *task;
	struct op_figures *figures;
	struct run *run;
	__u64 cnt;

	if (!slot)
		return 0;
	if (is_recording)
		hit_log_flush(hit_log_index(slot_index, place));
	run = &slot->runs[place & (RUNS_PER_TASK - 1)];
	run->inode = 0;
	if (!run->max_ns)
		return 0;
	cnt = run_count(run);
	inode_key.inode = run->key;
	inode_key.op = run->op;
	task_key.task = slot->task;
	task_key.op = run->op;
	figures = op_figures_here(run->op);
	inode = inode_cell(&inode_key, 0, cnt);
	task = task_cell(&task_key, cnt);
	if (!figures || !inode || !task) { /* the rows of the rest are always there */
		__builtin_memset(run, 0, sizeof(*run));
		count(COUNTER_UNMATCHED, cnt);
		return 0;
	}
	RUN_ADD(figures, run, cnt);
	RUN_ADD(inode, run, cnt);
	RUN_ADD(task, run, cnt);
	run_add_hist(run, figures, inode, task);
	__builtin_memset(run, 0, sizeof(*run));
	return 0;
}

static __always_inline void runs_flush(const struct task_slot *slot)
{
	for (__u32 i = 0; i < RUNS_PER_TASK; i++)
		run_flush(slot->index, i);
}

/* Takes the task out of what others look at while it waits. */
static __always_inline void waiter_forget(struct task_slot *slot)
{
	if (slot->is_waiter)
		__sync_fetch_and_add(&run_epoch.waiters_cnt, -1);
	slot->is_waiter = 0;
}

static __always_inline void slot_free(struct task_slot *slot)
{
	__u32 index = slot->index;

	slot->owner = 0;
	bpf_map_delete_elem(&slot_claims, &index);
}

/* Gives up the slot of a task that has ended; with runs in it, that is left to user space. */
static __always_inline void slot_leave(struct task_slot *slot)
{
	__u64 any_ns = 0;

	for (__u32 i = 0; i < RUNS_PER_TASK; i++)
		any_ns |= slot->runs[i].max_ns;
	if (any_ns)
		slot->owner = SLOT_DEAD;
	else
		slot_free(slot);
}

/*
 * The same with all that is in it; while runs may not go to the tables, user space does that later.
 */
static __always_inline void slot_release(struct task_slot *slot)
{
	waiter_forget(slot);
	busy_wait_forget(slot);
	if (is_tracing && !runs_held)
		runs_flush(slot);
	slot_leave(slot);
}

/* Takes a free slot for this task. Only the task itself does that, so it cannot get two. */
static __noinline struct task_slot *slot_claim(void)
{
	__u64 owner = slot_owner();
	__u32 home = slot_home(owner);
	struct task_slot *slot;

	for (__u32 i = 0; i < SLOT_WAYS; i++) {
		__u32 index = (home + i) & slots_mask;

		slot = slot_at(index);
		if (!slot)
			break;
		if (!slot->owner &&
		    !bpf_map_update_elem(&slot_claims, &index, &owner, BPF_NOEXIST)) {
			slot_init(slot, index);
			return slot;
		}
		if (!i)
			slot->has_spilled = 1;
	}
	count(COUNTER_TASK_SLOTS_FULL, 1);
	return NULL;
}

/* Ends the innermost operation of a slot; see frame_end(). Returns whether it was counted. */
__weak __noinline int op_finish(__u32 slot_index, __u64 now, __u32 outcome, __u32 err)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);
	struct finished op = { .outcome = outcome, .buckets = BUCKETS_NONE };
	struct frame *frame;
	bool is_counted;
	__u64 dur_ns;

	if (!slot || !slot->depth)
		return 0;
	frame = frame_at(slot, slot->depth - 1);
	op.frame = frame;
	dur_ns = now - frame->start_ns;
	if (outcome < OUTCOME_NR) {
		op.dur_ns = dur_ns;
		op.buckets = buckets_of(dur_ns);
	}
	is_counted = is_tracing && !(frame->flags & FRAME_MUTED);
	if (is_counted) {
		if (is_recording)
			op_record(slot, op.dur_ns, outcome, err);
		account_op(&op);
		cells_add(slot, frame, &op);
		if (err)
			account_errno(frame->op, err);
	}
	slot->depth--;
	if (frame->has_waits && slot->depth)
		waits_to_parent(frame_at(slot, slot->depth - 1), frame);
	if (slot->outer_kind != WAIT_NONE && slot->outer_depth == slot->depth)
		slot->outer_inner_ns += dur_ns;
	if (slot->is_exiting && !slot->depth) {
		waiter_forget(slot);
		slot_leave(slot);
	}
	return is_counted;
}

/*
 * Ends the innermost operation. @err is 0 or what goes with OUTCOME_ERRNO, positive. Was it
 * counted?
 */
static __always_inline bool frame_end(struct task_slot *slot, __u64 now, __u32 outcome, __u32 err)
{
	return op_finish(slot->index, now, outcome, err);
}

/*
 * An end without a begin: was the begin before tracing, or was it missed? Those in progress when a
 * hook is attached never get here: a trampoline has the end of a call only if it had its entry.
 */
static __noinline void end_unmatched(struct task_slot *slot, __u32 ops)
{
	/* Without a slot after one was refused, the begin was counted as not traced already. */
	if (!is_tracing || (!slot && counters[COUNTER_TASK_SLOTS_FULL]))
		return;
	count(slot && slot->seen_ops & ops ? COUNTER_UNMATCHED : COUNTER_BEGAN_BEFORE, 1);
}

/*
 * The innermost frame if it is one of @ops; frames above it whose end was missed are dropped.
 * NULL (and counted) when no such operation is in progress.
 */
static __noinline struct frame *frame_find_deeper(struct task_slot *slot, __u32 ops)
{
	__u32 depth = slot->depth;

	for (int i = 0; i < FRAMES_MAX && depth; i++, depth--) {
		struct frame *frame = frame_at(slot, depth - 1);

		if (!(1 << frame->op & ops))
			continue;
		count(COUNTER_UNMATCHED, slot->depth - depth);
		slot->depth = depth;
		return frame;
	}
	end_unmatched(slot, ops);
	return NULL;
}

/* Is the task in one of @ops, however deep? */
static __always_inline bool is_in_progress(struct task_slot *slot, __u32 ops)
{
	for (__u32 i = 0; i < FRAMES_MAX && i < slot->depth; i++)
		if (1 << (slot->frames[i].op & 31) & ops)
			return true;
	return false;
}

static __always_inline struct frame *frame_to_end(struct task_slot *slot, __u32 ops)
{
	struct frame *frame;

	if (!slot || !slot->depth) {
		end_unmatched(slot, ops);
		return NULL;
	}
	frame = frame_at(slot, slot->depth - 1);
	if (1 << frame->op & ops)
		return frame;
	return frame_find_deeper(slot, ops);
}

/* How a kernel function that returns 0, a count or -errno ended. */
static __always_inline __u32 outcome_of(long ret, __u32 *err)
{
	*err = 0;
	if (ret >= 0)
		return OUTCOME_DONE;
	*err = -ret;
	/* ERESTARTSYS 512 to ERESTART_RESTARTBLOCK 516, include/linux/errno.h */
	if (ret == -EINTR || (ret <= -512 && ret >= -516))
		return OUTCOME_INTERRUPTED;
	return OUTCOME_ERRNO;
}

/* Adds a wait to the innermost operation of a slot; see wait_add(). */
__weak __noinline int wait_add_at(__u32 slot_index, __u32 kind, __u64 begin_ns, __u64 ns)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);
	bool is_counted = false;
	struct frame *frame;

	if (!slot || !slot->depth)
		return 0;
	frame = frame_at(slot, slot->depth - 1);
	frame_add_wait(frame, kind, ns, 1);
	for (__u32 i = 0; i < FRAMES_MAX; i++)
		if (i < slot->depth && !(slot->frames[i].flags & FRAME_MUTED))
			is_counted = true;
	if (!is_counted || !is_tracing)
		return 0;
	account_wait(kind, ns);
	if (is_recording) {
		frame_key(frame);
		record_wait(slot, frame, kind, begin_ns, ns);
	}
	return 0;
}

/* Counts a wait where it happened, unless all that is around it is filtered out. */
static __always_inline void wait_add(struct task_slot *slot, __u32 kind, __u64 begin_ns, __u64 ns)
{
	wait_add_at(slot->index, kind, begin_ns, ns);
}

static __always_inline void inner_begin(struct task_slot *slot, __u32 kind, __u64 now)
{
	slot->inner_kind = kind;
	slot->inner_start_ns = now;
}

/* Leaves the wait that ends for those who wait behind this task. */
static __always_inline void wait_past(struct task_slot *slot, __u32 kind, __u64 begin_ns, __u64 now)
{
	struct past_wait *past = &slot->past[slot->past_cnt++ & (PAST_WAITS - 1)];
	const struct frame *frame = frame_top(slot);

	past->begin_ns = begin_ns;
	past->end_ns = now;
	past->sem = slot->inner_sem;
	past->kind = kind;
	past->op = frame ? frame->op : OP_NR;
	past->opcode = kind == WAIT_REQUEST_HOST ? slot->opcode : 0;
}

static __always_inline __u64 inner_end(struct task_slot *slot, __u64 now)
{
	__u64 ns = now - slot->inner_start_ns;

	wait_past(slot, slot->inner_kind, slot->inner_start_ns, now);
	if (slot->outer_kind != WAIT_NONE && slot->outer_depth == slot->depth)
		slot->outer_inner_ns += ns;
	slot->inner_kind = WAIT_NONE;
	return ns;
}

/* An operation inside an outer wait cannot begin another: its time is in the one that there is. */
static __always_inline void outer_begin(struct task_slot *slot, __u32 kind, __u64 now)
{
	if (slot->outer_kind != WAIT_NONE)
		return;
	slot->outer_kind = kind;
	slot->outer_depth = slot->depth;
	slot->outer_start_ns = now;
	slot->outer_inner_ns = 0;
}

/* Ends the outer wait if the innermost operation has one in progress. */
static __always_inline void outer_end(struct task_slot *slot, __u64 now)
{
	__u32 kind = slot->outer_kind;

	if (kind == WAIT_NONE || slot->depth > slot->outer_depth)
		return;
	slot->outer_kind = WAIT_NONE;
	wait_past(slot, kind, slot->outer_start_ns, now);
	if (kind == WAIT_BUSY_PAGE)
		busy_wait_end(slot, now);
	if (slot->depth == slot->outer_depth)
		wait_add(slot, kind, slot->outer_start_ns,
			 now - slot->outer_start_ns - slot->outer_inner_ns);
}

#endif
