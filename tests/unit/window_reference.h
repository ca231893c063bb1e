/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the window simulation is measured against: whole streams of accesses, hits included, through
 * one window of one size, with nothing shared with the simulation. The window is an array in the
 * order of setup; everything in it is done the slow and plain way.
 */
#ifndef DAXTOP_WINDOW_REFERENCE_H
#define DAXTOP_WINDOW_REFERENCE_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

/* ---- streams ---- */

enum ref_sort {
	REF_READ,
	REF_WRITE,
	REF_EVICT, /* the file leaves memory */
};

struct ref_access {
	__u32 file;
	__u32 index;
	enum ref_sort sort;
	bool by_call; /* read() or write(), which reclaim for themselves; else a fault */
};

#define REF_FILES  65536
#define REF_RANGES 32768 /* of all files together */

struct ref_stream {
	struct ref_access *accesses;
	size_t cnt, room;
	__u32 first[REF_FILES + 1]; /* where a file's ranges begin in one count over all */
	__u32 file_cnt;
	__u64 random;
};

static inline __u64 ref_random(struct ref_stream *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

static inline struct ref_stream *ref_stream_new(void)
{
	struct ref_stream *s = calloc(1, sizeof(*s));

	s->random = 88172645463325252ULL;
	return s;
}

static inline void ref_stream_free(struct ref_stream *s)
{
	free(s->accesses);
	free(s);
}

/* A file of @ranges; its number. */
static inline __u32 ref_file(struct ref_stream *s, __u32 ranges)
{
	s->first[s->file_cnt + 1] = s->first[s->file_cnt] + ranges;
	return s->file_cnt++;
}

static inline void ref_push(struct ref_stream *s, __u32 file, __u32 index, enum ref_sort sort)
{
	if (s->cnt == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->accesses = realloc(s->accesses, s->room * sizeof(*s->accesses));
	}
	s->accesses[s->cnt++] = (struct ref_access){ .file = file, .index = index, .sort = sort };
}

/* ---- one window ---- */

/*
 * What the real window tells to whoever listens. Times are in hits, REF_TRIP of which a setup
 * takes.
 */
#define REF_TRIP 5

struct ref_event {
	__u32 file, index;
	__u64 now;
	__u64 wait;   /* of a setup: for a free range */
	__u32 ranges; /* of a file that is gone: that it had here */
	bool is_writable, is_upgrade, is_inline;
};

struct ref_listener {
	void (*setup)(void *arg, const struct ref_event *ev);
	void (*removal)(void *arg, const struct ref_event *ev);
	void (*gone)(void *arg, const struct ref_event *ev);
	void *arg;
};

struct ref_busy {
	__u32 file, index;
};

struct ref_window {
	const struct ref_stream *stream;
	const struct ref_listener *listener;
	__u32 ranges, free, busy_cnt, busy_max;
	__u64 now, next_free; /* in hits */
	__u32 worker_late;    /* what the worker takes for one range; 0: no time */
	__u32 run_left;
	struct ref_busy busy[REF_RANGES];
	bool has[REF_RANGES], is_writable[REF_RANGES];
	__u64 setups, upgrades, inlines;
};

static inline __u32 ref_id(const struct ref_window *w, __u32 file, __u32 index)
{
	return w->stream->first[file] + index;
}

static inline void ref_free_at(struct ref_window *w, __u32 at)
{
	w->has[ref_id(w, w->busy[at].file, w->busy[at].index)] = false;
	memmove(&w->busy[at], &w->busy[at + 1], (w->busy_cnt - at - 1) * sizeof(w->busy[0]));
	w->busy_cnt--;
	w->free++;
}

static inline void ref_reclaim_at(struct ref_window *w, __u32 at, bool is_inline)
{
	struct ref_busy gone = w->busy[at];

	ref_free_at(w, at);
	w->inlines += is_inline;
	if (w->listener) {
		struct ref_event ev = { .file = gone.file,
					.index = gone.index,
					.now = w->now,
					.is_inline = is_inline };

		w->listener->removal(w->listener->arg, &ev);
	}
}

static inline bool ref_is_short(const struct ref_window *w)
{
	__u32 least = w->ranges * 20 / 100;

	return w->free < (least ? least : 1);
}

/* Up to now: runs of 10, begun while too few are free. */
static inline void ref_worker(struct ref_window *w)
{
	while (w->busy_cnt && (w->run_left || ref_is_short(w))) {
		if (!w->run_left) {
			w->run_left = 10;
			w->next_free = w->now + w->worker_late;
		}
		if (w->next_free > w->now)
			return;
		ref_reclaim_at(w, 0, false);
		w->run_left--;
		w->next_free += w->worker_late;
	}
	w->run_left = 0;
}

/* Whether the file had one to give. */
static inline bool ref_reclaim_inline(struct ref_window *w, __u32 file)
{
	__u32 lowest = w->busy_cnt;

	for (__u32 i = 0; i < w->busy_cnt; i++)
		if (w->busy[i].file == file &&
		    (lowest == w->busy_cnt || w->busy[i].index < w->busy[lowest].index))
			lowest = i;
	if (lowest == w->busy_cnt)
		return false;
	ref_reclaim_at(w, lowest, true);
	return true;
}

static inline void ref_tell_setup(const struct ref_window *w, const struct ref_access *a,
				  __u64 wait, bool is_upgrade)
{
	struct ref_event ev = {
		.file = a->file,
		.index = a->index,
		.now = w->now,
		.wait = wait,
		.is_writable = a->sort == REF_WRITE,
		.is_upgrade = is_upgrade,
	};

	if (w->listener)
		w->listener->setup(w->listener->arg, &ev);
}

/* How long it took. */
static inline __u64 ref_wait_for_range(struct ref_window *w, const struct ref_access *a)
{
	__u64 start = w->now;

	while (!w->free && !(a->by_call && ref_reclaim_inline(w, a->file))) {
		w->now = w->next_free;
		ref_worker(w);
	}
	return w->now - start;
}

static inline void ref_setup(struct ref_window *w, const struct ref_access *a)
{
	__u32 id = ref_id(w, a->file, a->index);
	__u64 wait = ref_wait_for_range(w, a);

	w->free--;
	w->busy[w->busy_cnt++] = (struct ref_busy){ a->file, a->index };
	w->busy_max = w->busy_cnt > w->busy_max ? w->busy_cnt : w->busy_max;
	w->has[id] = true;
	w->is_writable[id] = a->sort == REF_WRITE;
	w->setups++;
	w->now += REF_TRIP;
	ref_tell_setup(w, a, wait, false);
}

static inline void ref_upgrade(struct ref_window *w, const struct ref_access *a)
{
	w->is_writable[ref_id(w, a->file, a->index)] = true;
	w->upgrades++;
	w->now += REF_TRIP;
	ref_tell_setup(w, a, 0, true);
}

static inline void ref_evict(struct ref_window *w, __u32 file)
{
	__u32 ranges = 0;

	for (__u32 i = w->busy_cnt; i--;) {
		if (w->busy[i].file != file)
			continue;
		ref_free_at(w, i);
		ranges++;
	}
	if (w->listener) {
		struct ref_event ev = { .file = file, .now = w->now, .ranges = ranges };

		w->listener->gone(w->listener->arg, &ev);
	}
}

static inline void ref_access_one(struct ref_window *w, const struct ref_access *a)
{
	__u32 id = ref_id(w, a->file, a->index);

	if (a->sort == REF_EVICT)
		ref_evict(w, a->file);
	else if (!w->has[id])
		ref_setup(w, a);
	else if (a->sort == REF_WRITE && !w->is_writable[id])
		ref_upgrade(w, a);
	w->now++;
	ref_worker(w);
}

/* The caller frees what it is given. */
static inline struct ref_window *ref_run(const struct ref_stream *s, __u32 ranges,
					 __u32 worker_late, const struct ref_listener *listener)
{
	struct ref_window *w = calloc(1, sizeof(*w));

	w->stream = s;
	w->listener = listener;
	w->ranges = w->free = ranges;
	w->worker_late = worker_late;
	for (size_t i = 0; i < s->cnt; i++)
		ref_access_one(w, &s->accesses[i]);
	return w;
}

#endif
