/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the reference window does, told to the simulation as the tracer would. Each setup takes TRIP_NS, and
 * nothing else takes time worth a word.
 */
#ifndef DAXTOP_WINDOW_FEED_H
#define DAXTOP_WINDOW_FEED_H

#include "../../src/window_sim.h"
#include "window_reference.h"

#define TRIP_NS 100000ULL

struct feed {
	struct window_sim *sim;
	__u64 now_ns;
};

static inline struct inode_key inode_of(__u32 file)
{
	return (struct inode_key){ .nodeid = file + 2, .dev = 38, .generation = 1 };
}

static inline void feed_setup(void *arg, __u32 file, __u32 index, bool is_writable, bool is_upgrade)
{
	struct feed *feed = arg;
	struct window_setup s = {
		.inode = inode_of(file),
		.index = index,
		.now_ns = feed->now_ns += TRIP_NS,
		.round_trip_ns = TRIP_NS,
		.is_writable = is_writable,
		.is_upgrade = is_upgrade,
	};

	window_sim__setup(feed->sim, &s);
}

static inline void feed_removal(void *arg, __u32 file, __u32 index, bool is_inline)
{
	struct feed *feed = arg;
	struct window_removal r = {
		.inode = inode_of(file),
		.index = index,
		.now_ns = ++feed->now_ns,
		.by = is_inline ? REMOVED_INLINE : REMOVED_BY_WORKER,
	};

	window_sim__remove(feed->sim, &r);
}

static inline void feed_gone(void *arg, __u32 file, __u32 ranges)
{
	struct feed *feed = arg;
	struct inode_key inode = inode_of(file);

	window_sim__inode_gone(feed->sim, &inode, ranges, ++feed->now_ns);
}

static inline struct ref_listener feed_listener(struct feed *feed)
{
	return (struct ref_listener){ feed_setup, feed_removal, feed_gone, feed };
}

#endif
