/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The last seconds as events, as the kernel side sends them, and the slowest operations among
 * them. Events are copied and no more, so that it costs little while nobody wants them.
 */
#ifndef DAXTOP_RECENT_H
#define DAXTOP_RECENT_H

#include "live.h"

struct recent;

/*
 * Keeps what ended in the last @keep_ns, but never takes more than @bytes_max, which is taken as
 * 64 KiB at least. NULL with errno ENOMEM.
 */
struct recent *recent__new(__u64 keep_ns, size_t bytes_max);
void recent__free(struct recent *r);

/* Is it a kind that is kept? */
bool recent__keeps(__u32 kind);

/*
 * An event of bpf/daxtop.h; others than operations, hits, waits and blames are left out. 0 or
 * -ENOMEM.
 */
int recent__add(struct recent *r, const void *event, size_t bytes);

/* Drops what is older than is kept, at @now_ns (CLOCK_MONOTONIC). */
void recent__age(struct recent *r, __u64 now_ns);

/* What ended since then is all there, but for what is too old; 0: all was kept. CLOCK_MONOTONIC. */
__u64 recent__since_ns(const struct recent *r);

/*
 * Gives each event that is kept, the oldest first, to @take, until that returns other than 0,
 * which is returned.
 */
int recent__each(const struct recent *r, int (*take)(void *ctx, const void *event, size_t bytes),
		 void *ctx);

/*
 * The slowest operations that are kept, at most @max of them into @events, the slowest first;
 * returns how many. Those inside others of their task are left out when these are there. Costs a
 * pass over the blames that are kept, and over the oldest chunk where part of it is too old; 128
 * operations of a chunk of 256 KiB are candidates, and the first 256 of @events get their blame.
 */
size_t recent__slowest(struct recent *r, struct live_event *events, size_t max);

#endif
