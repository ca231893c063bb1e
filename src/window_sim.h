/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What other sizes of a mount's DAX window would have done, from the setups and removals seen at
 * the present one. Pure: no clock, no files; times are CLOCK_MONOTONIC ns and always given, sizes
 * in ranges of 2 MiB (RANGE_BYTES).
 *
 * Reclaim is first in, first out, so that a window changes at setups alone, and hits need not be
 * seen: each setup is replayed into one simulated window for each size (src/window_queue.h says by
 * which rules). There it is a hit, if the range is still there, or a setup. What is used while the
 * real window holds it is not seen, although a simulated one may have lost it; when that would be
 * is guessed (src/window_wheel.h). Windows smaller than the real one cannot be predicted.
 *
 * Memory is bounded and taken at once. Where more ranges live at a time than fit, only every other
 * one is simulated from then on, chosen by a hash of inode and index, in windows of half the size,
 * and so on (spatial sampling, as SHARDS does). Shares then come from the sample, and counts are
 * scaled by what was seen in all: window_sim_totals.sample_one_of is above 1.
 *
 * Of all windows the same is believed:
 * - A setup appends a range; an upgrade (a range mapped read-only that is to be written, which is
 *   one more request) leaves it in its place.
 * - What the worker removed is its own affair; each simulated window has a worker. While the real
 *   one is late, so are the others: forecasts for sizes that would still be short of ranges are up
 *   to 15 % off then.
 * - Inline reclaim took a range that the worker would not have taken: it leaves those simulated
 *   windows too that have as little room, where they hold it. (In a larger window the lowest range
 *   that its file has there might be another one, lower.)
 * - An inode that leaves memory takes its ranges out of all windows, whatever their size. They are
 *   forgotten: should they come back, no window would have saved that setup.
 * - Truncating, punching and unmapping take no range out of a window.
 */
#ifndef DAXTOP_WINDOW_SIM_H
#define DAXTOP_WINDOW_SIM_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/daxtop.h"

struct window_sim;

/*
 * Touched only as ranges become known. 4 MiB know some 11000, 22 GiB of files, before they are a
 * sample.
 */
#define WINDOW_SIM_BYTES (4ULL << 20)

/*
 * @busy_ranges: those in use when the stream of events begins, which are not known by name.
 * @has_removals: window_sim__remove() will be told of each range; without that, life times are not
 * measured, the worker is taken never to be late, and unseen uses are not guessed: forecasts for up
 * to twice the present size are then up to 13 % too cheap.
 */
struct window_sim_config {
	__u64 window_ranges;
	__u64 busy_ranges;
	bool has_removals;
	size_t max_bytes; /* 0: WINDOW_SIM_BYTES */
	__u64 page_bytes; /* of the guest, for what a window costs; 0: 4096 */
};

/*
 * NULL with errno: EINVAL for a window of 0 or far too large, or too little memory to be of use;
 * ENOMEM.
 */
struct window_sim *window_sim__new(const struct window_sim_config *config);
void window_sim__free(struct window_sim *sim);

/* What it takes at most. */
size_t window_sim__bytes(const struct window_sim *sim);

/* ---- what was seen, in the order in which it happened ---- */

/*
 * A range was mapped: fuse_setup_one_mapping() returned 0. @wait_ns is what the operation waited
 * for a free range, and for anything else that it would not have waited for with the range in
 * place. @is_upgrade: the range was there, and became writable.
 */
struct window_setup {
	struct inode_key inode;
	__u64 index; /* offset in the file / RANGE_BYTES */
	__u64 now_ns;
	__u64 round_trip_ns;
	__u64 wait_ns;
	bool is_writable;
	bool is_upgrade;
};
void window_sim__setup(struct window_sim *sim, const struct window_setup *setup);

enum window_removal_by {
	REMOVED_BY_WORKER,
	REMOVED_INLINE, /* by a read or write that found no free range */
	REMOVED_BY_EVICTION,
	REMOVED_NR,
};

/* One range was freed; @is_unnamed: which of that inode is not known. */
struct window_removal {
	struct inode_key inode;
	__u64 index;
	__u64 now_ns;
	enum window_removal_by by;
	bool is_unnamed;
};
void window_sim__remove(struct window_sim *sim, const struct window_removal *removal);

/*
 * An inode left memory: fuse_evict_inode(), also where it held no range, as a larger window might
 * have held some. @freed_ranges: those it did hold, without what window_sim__remove() was told of;
 * 0: not known.
 */
void window_sim__inode_gone(struct window_sim *sim, const struct inode_key *inode,
			    __u64 freed_ranges, __u64 now_ns);

/* What the kernel counts as busy now: puts right what lost events did to our own count. */
void window_sim__set_busy(struct window_sim *sim, __u64 busy_ranges);

/* ---- what comes of it ---- */

struct window_sim_totals {
	__u64 window_ranges;
	__u64 start_ns, end_ns; /* of the first and the last event */
	__u64 setups;
	__u64 upgrades;
	/* setups of a range that was there before, and went otherwise than with its inode */
	__u64 repeats;
	__u64 round_trip_ns; /* of setups and upgrades */
	__u64 wait_ns;
	__u64 repeat_ns; /* round trips and waits of repeats */
	__u64 removals[REMOVED_NR];
	__u64 busy_max;		  /* most ranges busy at once, as far as events tell */
	__u64 touched_ranges;	  /* set up at all, each counted once for each life of its inode */
	__u64 once_ranges;	  /* of these, set up once so far */
	__u64 working_set_ranges; /* most of them alive at once: what a window without end would hold */
	__u64 life_hist[HIST_BUCKETS]; /* ns from setup to removal, see src/hist.h; of the sample */
	__u64 life_max_ns;
	__u64 sample_one_of; /* 1: exact */
	/*
	 * How far to trust the forecasts: setups that the simulation has at the present size, which
	 * should be all; and how many of 1000 ranges that it or the real window holds now both
	 * hold, where @has_overlap.
	 */
	__u64 control_setups;
	__u32 control_overlap_permille;
	bool has_overlap;
};
void window_sim__totals(const struct window_sim *sim, struct window_sim_totals *res);

/* What a window of that size would have needed, instead of what was seen, and saved. */
struct window_forecast {
	__u64 window_ranges;
	__u64 setups;
	__u64 upgrades;
	__u64 saved_setups;
	__u64 saved_round_trip_ns; /* of those that would have made no request at all */
	__u64 saved_wait_ns;
	__u64 memory_bytes; /* struct pages of the guest for the whole window */
};

/*
 * The present size first, then larger ones up to the smallest that holds the working set without
 * reclaim; that one is left out where it is not larger than the present one. @i <
 * window_sim__cnt(), which is never 0.
 */
size_t window_sim__cnt(const struct window_sim *sim);
void window_sim__forecast(const struct window_sim *sim, size_t i, struct window_forecast *res);

/*
 * The smallest of those that saves @permille of 1000 repeats. -ENOENT where there is no repeat, or
 * where none of them does; @res is written only on success.
 */
int window_sim__smallest(const struct window_sim *sim, unsigned int permille,
			 struct window_forecast *res);

/* What a window of that size costs in struct pages. */
__u64 window_sim__memory_bytes(const struct window_sim *sim, __u64 window_ranges);

#endif
