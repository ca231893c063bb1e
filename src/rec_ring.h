/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The last seconds of a recording, in memory: whole chunks, the oldest of which go. The last look
 * (REC_STATE) before those seconds stays: what looks count in them is the difference to it.
 */
#ifndef DAXTOP_REC_RING_H
#define DAXTOP_REC_RING_H

#include "recfile.h"

struct rec_ring;

/*
 * Keeps what happened in the last @keep_ns, but never more than @bytes_max, and a look. NULL with
 * errno ENOMEM.
 */
struct rec_ring *rec_ring__new(__u64 keep_ns, size_t bytes_max);
void rec_ring__free(struct rec_ring *r);

/* A rec_store_fn. 0 or -ENOMEM. */
int rec_ring__store(void *ctx, const struct rec_chunk *chunk);

/* What was stored so far (head and schema) is kept for good. */
void rec_ring__keep_all(struct rec_ring *r);

/* Drops what is too old at @now_ns (CLOCK_MONOTONIC). */
void rec_ring__age(struct rec_ring *r, __u64 now_ns);

/*
 * All that is kept and has ended since, to @w; names and machine records are left out, as they are
 * to be told anew. After each chunk @between is called, which may store further ones, to be copied
 * as well, and whose error ends it. 0 or -errno.
 */
int rec_ring__copy(struct rec_ring *r, struct rec_writer *w, int (*between)(void *ctx), void *ctx);

/* Whether @bytes_max was too little for @keep_ns at any time. */
bool rec_ring__was_short(const struct rec_ring *r);

/* Since when (CLOCK_MONOTONIC ns) all is there, as of the last rec_ring__age(). */
__u64 rec_ring__since_ns(const struct rec_ring *r);

#endif
