// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * First in, first out, in a list that ranges can also leave from the middle. Surprising: room is
 * made before the new range is appended, as the worker is kicked before the setup that needs the
 * range.
 */
#include "window_queue.h"

#include "window_wheel.h"

#define FREE_PERCENT 20 /* FUSE_DAX_RECLAIM_THRESHOLD */
#define RUN_RANGES   10 /* FUSE_DAX_RECLAIM_CHUNK */

/* max_t(unsigned long, fcd->nr_ranges * 20 / 100, 1), in __kick_dmap_free_worker() */
static __u64 free_threshold(__u64 window_ranges)
{
	__u64 threshold = window_ranges / (100 / FREE_PERCENT);

	return threshold ? threshold : 1;
}

__u64 window_busy_limit(__u64 window_ranges)
{
	return window_ranges ? window_ranges - free_threshold(window_ranges) : 0;
}

/* Begun at or below it, as the 20 % are rounded down. */
__u64 window_ranges_for(__u64 busy_ranges)
{
	__u64 ranges = busy_ranges + (busy_ranges ? (busy_ranges - 1) / 4 : 0);

	while (window_busy_limit(ranges) < busy_ranges)
		ranges++;
	return ranges;
}

void window_queue__init(struct window_queue *q, unsigned int list, __u64 window_ranges,
			__u64 unseen_ranges)
{
	*q = (struct window_queue){
		.list = list,
		.window_ranges = window_ranges,
		.busy_limit = window_busy_limit(window_ranges),
		.unseen_ranges = unseen_ranges,
	};
}

__u64 window_queue__busy(const struct window_queue *q, const struct window_scale *scale)
{
	return window_scale__ranges(scale, q->cnt) + q->unseen_ranges;
}

static __u64 limit_now(const struct window_queue *q, const struct window_scale *scale)
{
	return scale->is_worker_late ? q->window_ranges : q->busy_limit;
}

static __u64 busy_with_one_more(const struct window_queue *q, const struct window_scale *scale)
{
	return window_scale__ranges(scale, q->cnt + 1) + q->unseen_ranges;
}

bool window_queue__is_full(const struct window_queue *q, const struct window_scale *scale)
{
	return busy_with_one_more(q, scale) > limit_now(q, scale);
}

static struct window_link *link_of(const struct window_queue *q, const struct window_ranges *t,
				   __u32 id)
{
	return &window_ranges__at(t, id)->links[q->list];
}

/* Behind @prev, or in front of all: WINDOW_NONE. */
static void insert(struct window_queue *q, struct window_ranges *t, struct window_range *r,
		   __u32 prev)
{
	__u32 id = window_ranges__id(t, r);
	__u32 next = prev ? link_of(q, t, prev)->next : q->head;

	r->links[q->list] = (struct window_link){ .prev = prev, .next = next };
	*(prev ? &link_of(q, t, prev)->next : &q->head) = id;
	*(next ? &link_of(q, t, next)->prev : &q->tail) = id;
	r->present |= 1U << q->list;
	q->cnt++;
}

void window_queue__remove(struct window_queue *q, struct window_ranges *t, struct window_range *r)
{
	struct window_link link = r->links[q->list];

	if (q->old_tail == window_ranges__id(t, r))
		q->old_tail = link.prev;
	*(link.prev ? &link_of(q, t, link.prev)->next : &q->head) = link.next;
	*(link.next ? &link_of(q, t, link.next)->prev : &q->tail) = link.prev;
	r->present &= ~(1U << q->list);
	r->writable &= ~(1U << q->list);
	q->cnt--;
}

static void lose_oldest(struct window_queue *q, struct window_ranges *t)
{
	struct window_range *r = window_ranges__at(t, q->head);

	window_queue__remove(q, t, r);
	if (r->is_busy && q->expects_uses)
		window_wheel__lost(t, r, q->list);
}

static void free_oldest(struct window_queue *q, struct window_ranges *t, __u64 weight)
{
	if (q->unseen_ranges && !q->old_tail)
		window_queue__forget_unseen(q, weight);
	else
		lose_oldest(q, t);
}

/*
 * A run frees 10, wherever the threshold lies; where ranges stand for more, one of them has to do.
 */
static __u64 ranges_of_run(const struct window_scale *scale)
{
	return scale->weight > RUN_RANGES ? 1 : RUN_RANGES;
}

static void make_room(struct window_queue *q, struct window_ranges *t,
		      const struct window_scale *scale)
{
	__u64 limit = limit_now(q, scale) + 1;
	__u64 run_ranges = scale->is_worker_late ? 1 : ranges_of_run(scale), busy_after;

	if (!window_queue__is_full(q, scale))
		return;
	busy_after = limit > run_ranges ? limit - run_ranges : 0;
	while ((q->head || q->unseen_ranges) && busy_with_one_more(q, scale) > busy_after)
		free_oldest(q, t, scale->weight);
}

bool window_queue__is_worker_busy(const struct window_queue *q, const struct window_scale *scale)
{
	return q->run_parts || window_queue__busy(q, scale) > q->busy_limit;
}

void window_queue__worker_freed(struct window_queue *q, struct window_ranges *t, __u64 parts,
				const struct window_scale *scale)
{
	if (!window_queue__is_worker_busy(q, scale))
		return;
	if (!q->run_parts)
		q->run_parts = RUN_RANGES * FREED_ONE;
	if (parts > q->run_parts)
		parts = q->run_parts;
	q->run_parts -= parts;
	q->freed_parts += parts;
	if (q->freed_parts < scale->weight * FREED_ONE || !(q->head || q->unseen_ranges))
		return;
	q->freed_parts -= scale->weight * FREED_ONE;
	free_oldest(q, t, scale->weight);
}

void window_queue__access(struct window_queue *q, struct window_ranges *t, struct window_range *r,
			  const struct window_access *access, const struct window_scale *scale)
{
	__u32 bit = 1U << q->list;

	if (!(r->present & bit)) {
		make_room(q, t, scale);
		insert(q, t, r, q->tail);
		q->setups += scale->weight;
	} else if (access->is_writable && !(r->writable & bit)) {
		q->upgrades += scale->weight;
	} else {
		q->saved_round_trip_ns += access->round_trip_ns * scale->weight;
		q->saved_wait_ns += access->wait_ns * scale->weight;
		return;
	}
	if (access->is_writable)
		r->writable |= bit;
}

void window_queue__use_unseen(struct window_queue *q, struct window_ranges *t,
			      struct window_range *r, __u64 request_ns,
			      const struct window_scale *scale)
{
	__u64 cost_ns = request_ns * scale->weight;

	make_room(q, t, scale);
	insert(q, t, r, q->tail);
	q->setups += scale->weight;
	q->saved_round_trip_ns -=
		cost_ns < q->saved_round_trip_ns ? cost_ns : q->saved_round_trip_ns;
}

void window_queue__reveal(struct window_queue *q, struct window_ranges *t, struct window_range *r,
			  const struct window_scale *scale)
{
	if (!q->unseen_ranges)
		return;
	window_queue__forget_unseen(q, scale->weight);
	insert(q, t, r, q->old_tail);
	q->old_tail = window_ranges__id(t, r);
}

void window_queue__forget_unseen(struct window_queue *q, __u64 cnt)
{
	q->unseen_ranges -= cnt < q->unseen_ranges ? cnt : q->unseen_ranges;
}

void window_queue__fork(struct window_queue *q, const struct window_queue *from,
			struct window_ranges *t)
{
	struct window_queue res = *from;

	res.list = q->list;
	res.expects_uses = q->expects_uses;
	res.window_ranges = q->window_ranges;
	res.busy_limit = q->busy_limit;
	for (__u32 id = from->head; id; id = link_of(from, t, id)->next) {
		struct window_range *r = window_ranges__at(t, id);

		r->links[q->list] = r->links[from->list];
		r->present |= 1U << q->list;
		r->writable |= (r->writable >> from->list & 1) << q->list;
	}
	*q = res;
}
