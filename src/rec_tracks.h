/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What each task is in the middle of, from its operations and waits in the order in which they
 * began. What is open in a task nests: an end past that of what is around it is cut there.
 */
#ifndef DAXTOP_REC_TRACKS_H
#define DAXTOP_REC_TRACKS_H

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "rec_column.h"

struct rec_tracks;

#define TRACK_DEPTH 16
#define TRACKS_MAX  16384

struct rec_open {
	enum rec_kind kind; /* REC_OP, REC_HITS or REC_WAIT */
	unsigned int id;    /* of the operation or wait */
	__u64 begin_ns;
	__u64 end_ns; /* of a wait that contains others: as far as is known */
	struct event_wait wait;
};

struct rec_track {
	struct task_key task;
	bool is_known;		     /* for those who use it: false at first */
	struct event_wait last_wait; /* likewise */
	unsigned int depth;
	struct rec_open open[TRACK_DEPTH]; /* innermost last */
	UT_hash_handle hh;
};

/* @open has ended, and is dropped after that; borrowed for the call. */
typedef void rec_end_fn(void *ctx, const struct rec_track *track, const struct rec_open *open);

/* @end may be NULL. NULL with errno. */
struct rec_tracks *rec_tracks__new(rec_end_fn *end, void *ctx);
/* Without ending what is open. */
void rec_tracks__free(struct rec_tracks *t);

/*
 * The track of @task: those that were not asked for longest go, when there are too many. NULL
 * without memory.
 */
struct rec_track *rec_tracks__get(struct rec_tracks *t, const struct task_key *task);

/*
 * Begins an operation, a hit or a wait, when what ended before has ended. NULL for one that
 * cannot be placed: late, without a time of its own, or too deep.
 */
const struct rec_open *rec_tracks__begin(struct rec_tracks *t, struct rec_track *track,
					 const struct rec_event *ev);

/* What has ended by @ns ends: what is open then is what the task is in. */
void rec_tracks__end_until(struct rec_tracks *t, struct rec_track *track, __u64 ns);

/* All that is open ends. */
void rec_tracks__end_all(struct rec_tracks *t);

/* A wait that others may begin in: its end moves as they come. */
bool rec_open__may_contain_waits(const struct rec_open *open);

#endif
