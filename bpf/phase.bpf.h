/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock inside a fault (--phases), kept in its task's slot. What a fault waits is accounted
 * elsewhere, so a piece of time that goes to a phase is short of what was waited in it: phases,
 * waits and the rest add up to the fault. Nothing is done where a fault begins: its first phase
 * finds another fault's clock.
 */
#ifndef PHASE_BPF_H
#define PHASE_BPF_H

#include "span.bpf.h"

#define PHASE_BITS   8 /* of one in the stack */
#define PHASE_MASK   ((1U << PHASE_BITS) - 1)
#define PHASES_DEPTH 8 /* what fits; the dax lock and what is in it are two */

/* The innermost operation, if it is a fault. */
static __always_inline struct frame *fault_on_top(struct task_slot *slot)
{
	struct frame *frame = slot ? frame_top(slot) : NULL;

	return frame && 1 << (frame->op & 31) & OPS_FAULT ? frame : NULL;
}

static __always_inline __u64 frame_waited_ns(const struct frame *frame)
{
	__u64 ns = 0;

	for (__u32 i = 0; frame->has_waits && i < WAIT_NR; i++)
		ns += frame->wait_ns[i];
	return ns;
}

/* How long the fault has waited so far, with the outer wait that it may be in. */
static __always_inline __u64 fault_waited_ns(const struct task_slot *slot,
					     const struct frame *frame, __u64 now)
{
	__u64 ns = frame_waited_ns(frame);

	if (slot->outer_kind != WAIT_NONE && slot->outer_depth == slot->depth)
		ns += now - slot->outer_start_ns - slot->outer_inner_ns;
	return ns;
}

static __always_inline void phase_cut(struct task_slot *slot, const struct frame *frame, __u64 now)
{
	struct phase_clock *clock = &slot->phases;
	__u64 waited_ns = fault_waited_ns(slot, frame, now);
	__u64 place = clock->stack & (PHASE_PLACES - 1);

	barrier_var(place);
	clock->ns[place & (PHASE_PLACES - 1)] +=
		now - clock->cut_ns - (waited_ns - clock->cut_wait_ns);
	clock->cut_ns = now;
	clock->cut_wait_ns = waited_ns;
}

static __always_inline void phase_clock_reset(struct phase_clock *clock, __u64 fault_ns)
{
	__builtin_memset(clock, 0, sizeof(*clock));
	clock->fault_ns = fault_ns;
	clock->cut_ns = fault_ns;
}

static __always_inline bool is_in_phase(const struct phase_clock *clock, __u32 phase)
{
	for (__u32 i = 0; i < PHASES_DEPTH; i++)
		if ((clock->stack >> i * PHASE_BITS & PHASE_MASK) == phase + 1)
			return true;
	return false;
}

/* fsdax inserts after the dax lock section; a patch under discussion does it inside. */
static __always_inline void insert_place(struct phase_clock *clock)
{
	if (is_in_phase(clock, PHASE_DAX_LOCK))
		clock->inserts_inside++;
	else if (clock->seen & 1 << PHASE_DAX_LOCK)
		clock->inserts_after++;
}

/*
 * The current task comes to @phase; nothing if it is in no fault. What it does here is work again:
 * a fault that found no range free, and now finds one that another has mapped, waits no more.
 */
__weak __noinline int phase_begin(__u32 phase)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = fault_on_top(slot);
	struct phase_clock *clock;
	__u64 now;

	if (!frame || !slot)
		return 0;
	clock = &slot->phases;
	if (clock->fault_ns != frame->start_ns)
		phase_clock_reset(clock, frame->start_ns);
	if (phase == PHASE_INSERT)
		insert_place(clock);
	now = bpf_ktime_get_ns();
	if (slot->outer_kind != WAIT_NONE)
		outer_end(slot, now);
	phase_cut(slot, frame, now);
	clock->stack = clock->stack << PHASE_BITS | (phase + 1);
	return 0;
}

/*
 * The stack without @place and what is above it; as it is, if @place is not in it: its begin was
 * missed.
 */
static __noinline __u64 stack_without(__u64 stack, __u32 place)
{
	__u64 left = stack;

	for (__u32 i = 0; i < PHASES_DEPTH; i++) {
		bool is_it = (left & PHASE_MASK) == place;

		left >>= PHASE_BITS;
		if (is_it)
			return left;
	}
	return stack;
}

/* And leaves it; phases in it whose end was missed end with it. */
__weak __noinline int phase_end(__u32 phase)
{
	__u64 now = bpf_ktime_get_ns(), left, place = phase + 1;
	struct task_slot *slot = slot_find();
	struct frame *frame = fault_on_top(slot);
	struct phase_clock *clock;

	if (!frame || !slot)
		return 0;
	clock = &slot->phases;
	if (clock->fault_ns != frame->start_ns)
		return 0;
	left = clock->stack >> PHASE_BITS;
	if ((clock->stack & PHASE_MASK) != place)
		left = stack_without(clock->stack, place);
	if (left == clock->stack)
		return 0;
	phase_cut(slot, frame, now);
	clock->stack = left;
	clock->seen |= 1U << (phase & 31);
	return 0;
}

/* The same for a program to return with: the verifier asks tracing programs for 0. */
static __always_inline int phase_enter(__u32 phase)
{
	phase_begin(phase);
	return 0;
}

static __always_inline int phase_leave(__u32 phase)
{
	phase_end(phase);
	return 0;
}

static __always_inline __u32 phase_index(__u32 op, __u32 phase)
{
	return (bpf_get_smp_processor_id() * PHASE_OPS + op) * PHASE_NR + phase;
}

static __always_inline void phase_add(struct phase_figures *figures, __u64 ns)
{
	__u64 bucket = buckets_of(ns) & 0xffff;

	barrier_var(bucket);
	__sync_fetch_and_add(&figures->cnt, 1);
	__sync_fetch_and_add(&figures->total_ns, ns);
	if (ns > figures->max_ns)
		figures->max_ns = ns;
	if (bucket < HIST_BUCKETS)
		__sync_fetch_and_add(&figures->hist[bucket], 1);
}

/* An attempt that fell back was in vain as a whole: what no other phase has of it is this one's. */
static __always_inline void fallback_take(struct phase_clock *clock, __u64 own_ns)
{
	for (__u32 phase = 0; phase < PHASE_FALLBACK; phase++)
		if (clock->seen & 1 << phase)
			own_ns -= clock->ns[phase + 1];
	clock->ns[PHASE_FALLBACK + 1] = own_ns;
	clock->seen |= 1 << PHASE_FALLBACK;
}

static __always_inline void phase_account(const struct phase_clock *clock, __u32 op, __u32 phase)
{
	__u32 index = phase_index(op, phase);
	struct phase_figures *figures = bpf_map_lookup_elem(&phase_tables, &index);

	if (!figures)
		return;
	phase_add(figures, clock->ns[phase + 1]);
	if (phase != PHASE_INSERT)
		return;
	__sync_fetch_and_add(&figures->inside, clock->inserts_inside);
	__sync_fetch_and_add(&figures->after, clock->inserts_after);
}

/*
 * A fault that began at @fault_ns has ended, and was counted: so are its phases. @vain_ns is all
 * that it took but for its waits if it fell back, else 0.
 */
__weak __noinline int phases_account(__u32 slot_index, __u32 op, __u64 fault_ns, __u64 vain_ns)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);
	struct phase_clock *clock;

	if (!slot || op >= PHASE_OPS)
		return 0;
	clock = &slot->phases;
	if (clock->fault_ns != fault_ns) /* it came to none */
		phase_clock_reset(clock, fault_ns);
	if (vain_ns)
		fallback_take(clock, vain_ns);
	for (__u32 phase = 0; phase < PHASE_NR; phase++)
		if (clock->seen & 1 << phase)
			phase_account(clock, op, phase);
	clock->fault_ns = 0;
	return 0;
}

#endif
