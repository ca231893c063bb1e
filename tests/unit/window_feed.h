/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the reference window does, told to the simulation as the tracer would; and what that
 * forecasts.
 */
#ifndef DAXTOP_WINDOW_FEED_H
#define DAXTOP_WINDOW_FEED_H

#include "../../src/window_sim.h"
#include "window_reference.h"

#define HIT_NS	20000ULL
#define TRIP_NS (REF_TRIP * HIT_NS)

struct feed {
	struct window_sim *sim;
};

static inline struct inode_key inode_of(__u32 file)
{
	return (struct inode_key){ .nodeid = file + 2, .dev = 38, .generation = 1 };
}

static inline __u64 feed_time(const struct ref_event *ev)
{
	return ev->now * HIT_NS + 1;
}

static inline void feed_setup(void *arg, const struct ref_event *ev)
{
	struct feed *feed = arg;
	struct window_setup s = {
		.inode = inode_of(ev->file),
		.index = ev->index,
		.now_ns = feed_time(ev),
		.round_trip_ns = TRIP_NS,
		.wait_ns = ev->wait * HIT_NS,
		.is_writable = ev->is_writable,
		.is_upgrade = ev->is_upgrade,
	};

	window_sim__setup(feed->sim, &s);
}

static inline void feed_removal(void *arg, const struct ref_event *ev)
{
	struct feed *feed = arg;
	struct window_removal r = {
		.inode = inode_of(ev->file),
		.index = ev->index,
		.now_ns = feed_time(ev),
		.by = ev->is_inline ? REMOVED_INLINE : REMOVED_BY_WORKER,
	};

	window_sim__remove(feed->sim, &r);
}

static inline void feed_gone(void *arg, const struct ref_event *ev)
{
	struct feed *feed = arg;
	struct inode_key inode = inode_of(ev->file);

	window_sim__inode_gone(feed->sim, &inode, ev->ranges, feed_time(ev));
}

static inline struct ref_listener feed_listener(struct feed *feed)
{
	return (struct ref_listener){ feed_setup, feed_removal, feed_gone, feed };
}

/* A stream through a window of @ranges, and the simulation that saw its setups. NULL: no memory. */
static inline struct window_sim *observe(const struct ref_stream *s, __u32 ranges,
					 __u32 worker_late, size_t max_bytes)
{
	struct window_sim_config config = {
		.window_ranges = ranges,
		.has_removals = true,
		.max_bytes = max_bytes,
	};
	struct feed feed = { .sim = window_sim__new(&config) };
	struct ref_listener listener = feed_listener(&feed);

	if (feed.sim)
		free(ref_run(s, ranges, worker_late, &listener));
	return feed.sim;
}

/* That size's forecast, or that of the smallest window with room for everything. */
static inline struct window_forecast forecast_at(const struct window_sim *sim, __u64 ranges)
{
	struct window_forecast f;

	for (size_t i = 0; i < window_sim__cnt(sim); i++) {
		window_sim__forecast(sim, i, &f);
		if (f.window_ranges == ranges)
			break;
	}
	return f;
}

#endif
