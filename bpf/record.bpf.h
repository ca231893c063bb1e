/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each operation and wait as an event, for record alone: where that is not asked for, is_recording
 * is a constant 0 and the verifier leaves all of this out. What is told is what the tables count,
 * at the same places, so that the two agree.
 *
 * Hits are gathered first, as many as one struct event_hits has room for, beside the run that they
 * belong to: a hit pays for a few stores, and one in HITS_MAX for the event.
 */
#ifndef RECORD_BPF_H
#define RECORD_BPF_H

#include "figures.bpf.h"

const volatile bool is_recording SEC(".rodata") __weak = false;
/* User space is woken when so much waits for it; it looks now and then in any case. */
const volatile __u32 record_wakeup_bytes SEC(".rodata") __weak = 1 << 20;

/* Sizes are set by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} record_events SEC(".maps") __weak;

/* By slot and place of the run: RUNS_PER_TASK of each task. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE); /* user space takes what is left at the end */
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event_hits);
} hit_logs SEC(".maps") __weak;

static __always_inline __u64 record_wakeup(void)
{
	__u64 waiting = bpf_ringbuf_query(&record_events, BPF_RB_AVAIL_DATA);

	return waiting >= record_wakeup_bytes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* Room for an event of @type, of which @bytes are sent, or NULL, which @counter has counted. */
#define RECORD_RESERVE(type, bytes, counter)                                    \
	({                                                                      \
		type *event_ = bpf_ringbuf_reserve(&record_events, (bytes), 0); \
		if (!event_)                                                    \
			count((counter), 1);                                    \
		event_;                                                         \
	})

static __always_inline void record_submit(void *event)
{
	bpf_ringbuf_submit(event, record_wakeup());
}

/* ---- operations and waits ---- */

/* How an operation ended. */
struct op_end {
	__u32 outcome;
	__u32 err; /* positive; 0: none */
};

/* What of @slot an event that is about its innermost operation begins with. */
#define RECORD_FILL(event, kind_, slot_, frame_)                          \
	({                                                                \
		(event)->kind = (kind_);                                  \
		(event)->op = (frame_)->op;                               \
		(event)->depth = (slot_)->depth ? (slot_)->depth - 1 : 0; \
		(event)->key = (frame_)->key;                             \
		(event)->task = (slot_)->task;                            \
	})

/* @slot's innermost operation, whose frame has its key, but for its waits; @flags is EVENT_OP_*. */
static __always_inline void record_op_fill(struct event_op *event, const struct task_slot *slot,
					   const struct frame *frame, __u64 dur_ns,
					   const struct op_end *end, __u32 flags)
{
	RECORD_FILL(event, EVENT_OP, slot, frame);
	event->outcome = end->outcome;
	event->flags = flags;
	event->start_ns = frame->start_ns;
	event->dur_ns = dur_ns;
	event->units = frame->units;
	event->retries = frame->retries;
	event->err = end->err;
}

static __always_inline void record_op_short(const struct task_slot *slot, const struct frame *frame,
					    __u64 dur_ns, const struct op_end *end, __u32 flags)
{
	struct event_op *event =
		RECORD_RESERVE(struct event_op, EVENT_OP_SHORT_BYTES, COUNTER_RECORD_FULL);

	if (!event)
		return;
	record_op_fill(event, slot, frame, dur_ns, end, flags);
	record_submit(event);
}

static __always_inline void record_op_waits(const struct task_slot *slot, const struct frame *frame,
					    __u64 dur_ns, const struct op_end *end, __u32 flags)
{
	struct event_op *event =
		RECORD_RESERVE(struct event_op, sizeof(*event), COUNTER_RECORD_FULL);

	if (!event)
		return;
	record_op_fill(event, slot, frame, dur_ns, end, flags | EVENT_OP_WAITS);
	__builtin_memcpy(event->wait_ns, frame->wait_ns, sizeof(event->wait_ns));
	__builtin_memcpy(event->wait_cnt, frame->wait_cnt, sizeof(event->wait_cnt));
	record_submit(event);
}

/* @slot's innermost operation has waited @ns since @begin_ns. */
static __noinline void record_wait(const struct task_slot *slot, const struct frame *frame,
				   __u32 kind, __u64 begin_ns, __u64 ns)
{
	struct event_wait *event =
		RECORD_RESERVE(struct event_wait, sizeof(*event), COUNTER_RECORD_WAITS_FULL);

	if (!event)
		return;
	RECORD_FILL(event, EVENT_WAIT, slot, frame);
	event->wait = kind;
	event->pad = 0;
	event->begin_ns = begin_ns;
	event->ns = ns;
	record_submit(event);
}

/* ---- hits ---- */

#define HIT_LOG_NS 1000000000ULL /* one that is so old goes out with the next hit */

static __always_inline __u32 hit_log_index(__u32 slot_index, __u32 place)
{
	return slot_index * RUNS_PER_TASK + (place & (RUNS_PER_TASK - 1));
}

/* Sends what a log has, and empties it. */
__weak __noinline int hit_log_flush(__u32 log_index)
{
	struct event_hits *log = bpf_map_lookup_elem(&hit_logs, &log_index);
	__u64 cnt, bytes;

	if (!log || !log->cnt)
		return 0;
	cnt = log->cnt;
	barrier_var(cnt); /* the verifier must see the register that is checked as the size */
	if (cnt > HITS_MAX)
		return 0;
	bytes = __builtin_offsetof(struct event_hits, hits) + cnt * sizeof(log->hits[0]);
	if (bpf_ringbuf_output(&record_events, log, bytes, record_wakeup()))
		count(COUNTER_RECORD_FULL, cnt);
	log->cnt = 0;
	log->units = 0;
	return 0;
}

/* The run at @place of @slot is begun anew, as what it was went out: see run_flush(). */
static __always_inline void hit_log_begin(const struct task_slot *slot, __u32 place,
					  const struct inode_key *key, __u32 op)
{
	__u32 index = hit_log_index(slot->index, place);
	struct event_hits *log = bpf_map_lookup_elem(&hit_logs, &index);

	if (!log)
		return;
	log->kind = EVENT_HITS;
	log->op = op;
	log->key = *key;
	log->task = slot->task;
	log->base_ns = 0;
	log->units = 0;
	log->cnt = 0;
}

static __always_inline void hit_log_add(const struct task_slot *slot, __u32 place, __u64 start_ns,
					__u64 dur_ns, __u64 units)
{
	__u32 index = hit_log_index(slot->index, place);
	struct event_hits *log = bpf_map_lookup_elem(&hit_logs, &index);
	__u64 cnt;

	if (!log)
		return;
	cnt = log->cnt;
	if (cnt >= HITS_MAX || start_ns - log->base_ns > HIT_LOG_NS) {
		hit_log_flush(index);
		log->base_ns = start_ns;
		cnt = 0;
	}
	barrier_var(cnt);
	if (cnt >= HITS_MAX)
		return;
	log->hits[cnt] = (start_ns - log->base_ns) << HIT_DUR_BITS | dur_ns;
	log->units += units;
	log->cnt = cnt + 1;
}

#endif
