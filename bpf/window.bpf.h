/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells user space what becomes of windows, range by range, in the order in which it happens: each
 * costs a round trip to the host, beside which an event is cheap. Of all tasks and inodes, whatever
 * the filter, as they share the window.
 */
#ifndef WINDOW_BPF_H
#define WINDOW_BPF_H

#include "span.bpf.h"

#define WAKEUP_BYTES (64 << 10) /* of events that wait for user space */

/*
 * To be filled in and handed to window_event_send(); NULL when there is no room, which is counted.
 */
static __always_inline struct event_window *window_event(__u32 change, const struct inode_key *key)
{
	struct event_window *event;

	if (detail != DETAIL_FULL || !is_tracing)
		return NULL;
	event = bpf_ringbuf_reserve(&window_events, sizeof(*event), 0);
	if (!event) {
		count(COUNTER_WINDOW_LOST, 1);
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = EVENT_WINDOW;
	event->change = change;
	event->key = *key;
	event->ns = bpf_ktime_get_ns();
	return event;
}

/* Wakes the reader seldom: what is left over is read with the interval. */
static __always_inline void window_event_send(struct event_window *event)
{
	__u64 waiting = bpf_ringbuf_query(&window_events, BPF_RB_AVAIL_DATA);

	bpf_ringbuf_submit(event, waiting >= WAKEUP_BYTES ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

/* What the operation around a setup has waited for a free range since its last setup. */
static __always_inline __u64 range_wait_ns(struct task_slot *slot)
{
	const struct frame *frame;
	__u64 all_ns, told_ns;

	if (slot->depth < 2)
		return 0;
	frame = frame_at(slot, slot->depth - 2);
	if (!frame->has_waits)
		return 0;
	all_ns = frame->wait_ns[WAIT_FREE_RANGE];
	told_ns = slot->told_start_ns == frame->start_ns ? slot->told_range_ns : 0;
	slot->told_start_ns = frame->start_ns;
	slot->told_range_ns = all_ns;
	return all_ns - told_ns;
}

/* The innermost frame is the setup's. */
static __always_inline void window_setup_tell(struct task_slot *slot, const struct frame *frame,
					      __u64 index, __u64 dmap, bool is_writable)
{
	__u64 wait_ns = range_wait_ns(slot);
	struct event_window *event =
		window_event(frame->op == OP_UPGRADE ? WINDOW_UPGRADE : WINDOW_SETUP, &frame->key);

	if (!event)
		return;
	event->index = index;
	event->size_bytes = inode_size_bytes(frame->inode);
	event->round_trip_ns = event->ns - frame->start_ns;
	event->wait_ns = wait_ns;
	event->window_offset = dmap_window_offset(dmap);
	event->is_writable = is_writable;
	window_event_send(event);
}

/*
 * @frame is what removes: those of an evicted inode go with it. Reclaim asks for one at a time
 * (dmap_removemapping_one(), fs/fuse/dax.c, 5.10 to 7.3), at @one, a struct fuse_removemapping_one.
 */
static __always_inline void window_removal_tell(const struct frame *frame, __u64 one)
{
	struct event_window *event;
	__u32 change;

	if (!frame)
		return;
	if (frame->op == OP_RECLAIM_INLINE)
		change = WINDOW_REMOVED_INLINE;
	else if (frame->op == OP_RECLAIM_RANGE)
		change = WINDOW_REMOVED;
	else
		return;
	event = window_event(change, &frame->key);
	if (!event)
		return;
	bpf_probe_read_kernel(&event->window_offset, sizeof(event->window_offset), (void *)one);
	window_event_send(event);
}

static __always_inline void window_inode_tell(const struct inode *inode)
{
	struct inode_key key = inode_key_of(inode);
	struct event_window *event;

	/* without a filter, all that did anything has a name */
	if (detail != DETAIL_FULL || (!filter_any && !bpf_map_lookup_elem(&named_inodes, &key)))
		return;
	event = window_event(WINDOW_INODE_GONE, &key);
	if (event)
		window_event_send(event);
}

#endif
