/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * One simulated window: which ranges it would hold, by the kernel's rules (fs/fuse/dax.c). The
 * window simulation runs one for each size.
 *
 * The kernel, as it is modelled:
 * - fuse_setup_one_mapping() appends a range to fcd->busy_ranges, unless it upgrades one.
 * - alloc_dax_mapping() kicks the worker when fewer than 20 % of all ranges are free (at least
 *   one); the worker, try_to_free_dmap_chunks(), frees from the head of that list up to 10 a run,
 *   and runs until 20 % are free. It looks at nothing else: a range used all the time goes as soon
 *   as one used once.
 * - The worker is at once done with that, unless the one of the real window is behind
 *   (@is_worker_late): then it frees when that one does, and the window may fill up. Tasks that
 *   wait less come sooner, so that in the time of one range less than one is freed here. Not
 *   modelled: ranges in use at that very moment, which the worker skips, and a REMOVEMAPPING that
 *   failed.
 */
#ifndef DAXTOP_WINDOW_QUEUE_H
#define DAXTOP_WINDOW_QUEUE_H

#include "window_ranges.h"

/*
 * Known ranges are on the list, oldest first. What was there before anything was seen is only a
 * number, @unseen_ranges; its place is between the ranges of it that were seen later, which end at
 * @old_tail, and those set up since.
 */
struct window_queue {
	unsigned int list;
	bool expects_uses; /* of what it lost and the real window did not: src/window_wheel.h */
	__u64 window_ranges;
	__u64 busy_limit; /* the worker is kicked above it */
	__u64 unseen_ranges;
	__u64 cnt;
	__u32 head, tail, old_tail;
	/*
	 * in parts of FREED_ONE: what the worker has yet to free in its run, and has freed of a
	 * range
	 */
	__u64 run_parts, freed_parts;
	/* what it came to, each multiplied by the scale's weight */
	__u64 setups;
	__u64 upgrades;
	__u64 saved_round_trip_ns;
	__u64 saved_wait_ns;
};

/*
 * What is known is a sample: one range of @weight, a power of 2, as they were chosen. As they fell,
 * each stands for @stands_for / STANDS_FOR_ONE; with a @weight of 1, for itself.
 */
#define STANDS_FOR_ONE 256
struct window_scale {
	__u64 weight;
	__u64 stands_for;
	bool is_worker_late;
};

struct window_access {
	__u64 round_trip_ns;
	__u64 wait_ns;
	bool is_writable;
};

static inline __u64 window_scale__ranges(const struct window_scale *scale, __u64 cnt)
{
	return cnt * scale->stands_for / STANDS_FOR_ONE;
}

void window_queue__init(struct window_queue *q, unsigned int list, __u64 window_ranges,
			__u64 unseen_ranges);

/*
 * Most ranges that can be busy in a window of that size without reclaim, and the smallest window
 * for that.
 */
__u64 window_busy_limit(__u64 window_ranges);
__u64 window_ranges_for(__u64 busy_ranges);

static inline bool window_queue__has(const struct window_queue *q, const struct window_range *r)
{
	return r->present >> q->list & 1;
}

/* Ranges busy in it, known or not. */
__u64 window_queue__busy(const struct window_queue *q, const struct window_scale *scale);

/* Is there no room for one more range until another one is freed? */
bool window_queue__is_full(const struct window_queue *q, const struct window_scale *scale);

/* A range that is not known to be in the real window, or not mapped for writing there, is used. */
void window_queue__access(struct window_queue *q, struct window_ranges *t, struct window_range *r,
			  const struct window_access *access, const struct window_scale *scale);

/*
 * A range that was lost is used, which is a request of @request_ns that the real window did not
 * need.
 */
void window_queue__use_unseen(struct window_queue *q, struct window_ranges *t,
			      struct window_range *r, __u64 request_ns,
			      const struct window_scale *scale);

/* Would its worker be at work now, the one of the real window being late? */
bool window_queue__is_worker_busy(const struct window_queue *q, const struct window_scale *scale);

/*
 * The worker of the real window freed one; in the same time that of this one freed @parts of
 * FREED_ONE.
 */
#define FREED_ONE 256
void window_queue__worker_freed(struct window_queue *q, struct window_ranges *t, __u64 parts,
				const struct window_scale *scale);

/* @r is found to be one of the unseen ranges, if there are any. */
void window_queue__reveal(struct window_queue *q, struct window_ranges *t, struct window_range *r,
			  const struct window_scale *scale);

/* One of the unseen ranges, or @cnt of them, left the real window with its inode. */
void window_queue__forget_unseen(struct window_queue *q, __u64 cnt);

/* @r is on the list. */
void window_queue__remove(struct window_queue *q, struct window_ranges *t, struct window_range *r);

/* Become what @from is now, on a list and with a size of one's own. */
void window_queue__fork(struct window_queue *q, const struct window_queue *from,
			struct window_ranges *t);

#endif
