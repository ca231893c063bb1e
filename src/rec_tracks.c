// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: a wait for a page or a range has only its own time, without that of the waits
 * inside it. It lasts as much longer as those do, so that its end moves as they come.
 */
#include "rec_tracks.h"

#include <errno.h>
#include <stdlib.h>

struct rec_tracks {
	struct rec_track *all; /* asked for last is last */
	rec_end_fn *end;
	void *ctx;
};

struct rec_tracks *rec_tracks__new(rec_end_fn *end, void *ctx)
{
	struct rec_tracks *t = calloc(1, sizeof(*t));

	if (!t) {
		errno = ENOMEM;
		return NULL;
	}
	t->end = end;
	t->ctx = ctx;
	return t;
}

void rec_tracks__free(struct rec_tracks *t)
{
	struct rec_track *track, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->all, track, next)
	{
		HASH_DEL(t->all, track);
		free(track);
	}
	free(t);
}

void rec_tracks__end_until(struct rec_tracks *t, struct rec_track *track, __u64 ns)
{
	while (track->depth && track->open[track->depth - 1].end_ns <= ns) {
		track->depth--;
		if (t->end)
			t->end(t->ctx, track, &track->open[track->depth]);
	}
}

static void drop_oldest(struct rec_tracks *t)
{
	struct rec_track *oldest = t->all;

	rec_tracks__end_until(t, oldest, ~0ULL);
	HASH_DEL(t->all, oldest);
	free(oldest);
}

static struct rec_track *track_new(struct rec_tracks *t, const struct task_key *key)
{
	struct rec_track *track = calloc(1, sizeof(*track));

	if (!track)
		return NULL;
	if (HASH_COUNT(t->all) >= TRACKS_MAX)
		drop_oldest(t);
	track->task = *key;
	return track;
}

struct rec_track *rec_tracks__get(struct rec_tracks *t, const struct task_key *task)
{
	struct task_key key = *task;
	struct rec_track *track;

	key.pad = 0;
	HASH_FIND(hh, t->all, &key, sizeof(key), track);
	if (track)
		HASH_DEL(t->all, track);
	else
		track = track_new(t, &key);
	if (!track)
		return NULL;
	HASH_ADD(hh, t->all, task, sizeof(track->task), track);
	if (track->hh.tbl)
		return track;
	free(track);
	return NULL;
}

bool rec_open__may_contain_waits(const struct rec_open *open)
{
	return open->kind == REC_WAIT &&
	       (open->id == WAIT_BUSY_PAGE || open->id == WAIT_FREE_RANGE);
}

/* Those around @i end with it at the earliest, as far as that is known. */
static void extend(struct rec_track *track, unsigned int i, __u64 ns)
{
	const struct rec_open *around = i ? &track->open[i - 1] : NULL;

	if (!rec_open__may_contain_waits(&track->open[i]))
		return;
	if (around && rec_open__may_contain_waits(around))
		extend(track, i - 1, ns);
	track->open[i].end_ns += ns;
	if (around && track->open[i].end_ns > around->end_ns)
		track->open[i].end_ns = around->end_ns;
}

static bool has_place(const struct rec_event *ev)
{
	const struct event_op *op = ev->record;

	if (ev->is_late)
		return false;
	return ev->kind == REC_WAIT || ev->kind == REC_HITS ||
	       (ev->kind == REC_OP && op->outcome != OUTCOME_UNSEEN);
}

const struct rec_open *rec_tracks__begin(struct rec_tracks *t, struct rec_track *track,
					 const struct rec_event *ev)
{
	const struct event_op *op = ev->record;
	const struct event_wait *wait = ev->record;
	__u64 ns = rec_event__ns(ev);
	struct rec_open *open, *around;

	rec_tracks__end_until(t, track, ev->begin_ns);
	if (!has_place(ev) || track->depth == TRACK_DEPTH)
		return NULL;
	if (track->depth && ev->kind == REC_WAIT)
		extend(track, track->depth - 1, ns);
	open = &track->open[track->depth];
	around = track->depth ? &track->open[track->depth - 1] : NULL;
	*open = (struct rec_open){
		.kind = ev->kind,
		.id = ev->kind == REC_WAIT ? wait->wait : op->op,
		.begin_ns = ev->begin_ns,
		.end_ns = ev->begin_ns + ns < ns ? ~0ULL : ev->begin_ns + ns,
	};
	if (around && open->end_ns > around->end_ns)
		open->end_ns = around->end_ns;
	if (ev->kind == REC_WAIT)
		open->wait = *wait;
	track->depth++;
	return open;
}

void rec_tracks__end_all(struct rec_tracks *t)
{
	for (struct rec_track *track = t->all; track; track = track->hh.next)
		rec_tracks__end_until(t, track, ~0ULL);
}
