// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: chunks hold records compressed, and each is whole in itself: behind head and schema
 * it is read as a recording when it is copied out. Of those that are no events, one with a time
 * begins a look, and those without go on with it.
 */
#include "rec_ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct entry *next;
	__u64 last_ns;
	bool is_events;
	bool is_look; /* it begins with one */
	size_t bytes_cnt;
	unsigned char bytes[];
};

struct rec_ring {
	struct entry *kept;		/* for good */
	struct entry *look, **look_end; /* the last one that was dropped */
	struct entry *first, **end;
	__u64 keep_ns;
	__u64 now_ns;	  /* when it was aged last */
	__u64 last_ns;	  /* of all that was stored: of what has no time itself, too */
	__u64 dropped_ns; /* for want of room: what ended until then is not all there */
	size_t bytes_max;
	size_t bytes_cnt;
	bool was_short;
	bool is_copied; /* nothing goes meanwhile */
};

struct rec_ring *rec_ring__new(__u64 keep_ns, size_t bytes_max)
{
	struct rec_ring *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->end = &r->first;
	r->look_end = &r->look;
	r->keep_ns = keep_ns;
	r->bytes_max = bytes_max;
	return r;
}

static void entries_free(struct entry *entry)
{
	struct entry *next;

	for (; entry; entry = next) {
		next = entry->next;
		free(entry);
	}
}

void rec_ring__free(struct rec_ring *r)
{
	if (!r)
		return;
	entries_free(r->kept);
	entries_free(r->look);
	entries_free(r->first);
	free(r);
}

static void drop_look(struct rec_ring *r)
{
	entries_free(r->look);
	r->look = NULL;
	r->look_end = &r->look;
}

static void drop_first(struct rec_ring *r)
{
	struct entry *entry = r->first;

	r->first = entry->next;
	if (!r->first)
		r->end = &r->first;
	r->bytes_cnt -= entry->bytes_cnt;
	if (entry->is_look)
		drop_look(r);
	if (entry->is_events || (!r->look && !entry->is_look)) {
		free(entry);
		return;
	}
	entry->next = NULL;
	*r->look_end = entry;
	r->look_end = &entry->next;
}

int rec_ring__store(void *ctx, const struct rec_chunk *chunk)
{
	struct rec_ring *r = ctx;
	struct entry *entry = malloc(sizeof(*entry) + chunk->bytes_cnt);

	if (!entry)
		return -ENOMEM;
	if (chunk->last_ns > r->last_ns)
		r->last_ns = chunk->last_ns;
	entry->next = NULL;
	entry->last_ns = chunk->last_ns ?: r->last_ns;
	entry->is_events = chunk->is_events;
	entry->is_look = !chunk->is_events && chunk->last_ns;
	entry->bytes_cnt = chunk->bytes_cnt;
	memcpy(entry->bytes, chunk->bytes, chunk->bytes_cnt);
	*r->end = entry;
	r->end = &entry->next;
	r->bytes_cnt += entry->bytes_cnt;
	while (r->bytes_cnt > r->bytes_max && r->first != entry && !r->is_copied) {
		r->was_short = true;
		if (r->first->last_ns > r->dropped_ns)
			r->dropped_ns = r->first->last_ns;
		drop_first(r);
	}
	return 0;
}

void rec_ring__keep_all(struct rec_ring *r)
{
	r->kept = r->first;
	r->first = NULL;
	r->end = &r->first;
	r->bytes_cnt = 0;
}

void rec_ring__age(struct rec_ring *r, __u64 now_ns)
{
	r->now_ns = now_ns;
	while (r->first && r->first->last_ns + r->keep_ns < now_ns)
		drop_first(r);
}

bool rec_ring__was_short(const struct rec_ring *r)
{
	return r->was_short;
}

/* What has ended before is too old. */
static __u64 begin_ns(const struct rec_ring *r)
{
	return r->now_ns > r->keep_ns ? r->now_ns - r->keep_ns : 0;
}

__u64 rec_ring__since_ns(const struct rec_ring *r)
{
	return r->dropped_ns > begin_ns(r) ? r->dropped_ns : begin_ns(r);
}

/* ---- copying out ---- */

static size_t entries_bytes(const struct entry *entry)
{
	size_t sum = 0;

	for (; entry; entry = entry->next)
		sum += entry->bytes_cnt;
	return sum;
}

static unsigned char *entry_copy(unsigned char *to, const struct entry *entry)
{
	memcpy(to, entry->bytes, entry->bytes_cnt);
	return to + entry->bytes_cnt;
}

static bool is_told_anew(enum rec_kind kind)
{
	return kind == REC_INODE || kind == REC_TASK || (kind >= REC_MACHINE && kind < REC_STATE);
}

static __u64 last_hit_end(const struct event_hits *hits)
{
	__u64 hit = hits->cnt ? hits->hits[hits->cnt - 1] : 0;

	return hits->base_ns + (hit >> HIT_DUR_BITS) + (hit & ((1ULL << HIT_DUR_BITS) - 1));
}

/* A log of hits may lie for long before it is an event; and a chunk goes as a whole. */
static bool ended_before(enum rec_kind kind, const void *record, __u64 ns)
{
	const struct event_op *op = record;
	const struct event_wait *wait = record;
	const struct event_blame *blame = record;
	const struct event_window *window = record;

	switch (kind) {
	case REC_OP:
		return op->start_ns + op->dur_ns < ns;
	case REC_HITS:
		return last_hit_end(record) < ns;
	case REC_WAIT:
		return wait->begin_ns + wait->ns < ns;
	case REC_BLAME:
		return blame->begin_ns + blame->ns < ns;
	case REC_WINDOW:
		return window->ns < ns;
	default:
		return false;
	}
}

static int copy_records(struct rec_reader *reader, struct rec_writer *w, __u64 since_ns)
{
	enum rec_kind kind;
	const void *record;
	int res;

	while ((res = rec_reader__next(reader, &kind, &record)) > 0) {
		int err = 0;

		if (!is_told_anew(kind) && !ended_before(kind, record, since_ns))
			err = rec_writer__add(w, kind, record);
		if (err)
			return err;
	}
	return res;
}

/* What is kept for good, and one chunk behind it, are a recording. */
static int copy_chunk(const struct rec_ring *r, const struct entry *entry, struct rec_writer *w)
{
	size_t bytes_cnt = entries_bytes(r->kept) + entry->bytes_cnt;
	unsigned char *bytes = malloc(bytes_cnt), *to = bytes;
	struct rec_reader *reader = NULL;
	struct failure failure;
	int err;

	if (!bytes)
		return -ENOMEM;
	for (const struct entry *kept = r->kept; kept; kept = kept->next)
		to = entry_copy(to, kept);
	entry_copy(to, entry);
	err = rec_reader__open_memory(&reader, bytes, bytes_cnt, &failure);
	if (!err)
		err = copy_records(reader, w, begin_ns(r));
	rec_reader__free(reader);
	free(bytes);
	return err;
}

int rec_ring__copy(struct rec_ring *r, struct rec_writer *w, int (*between)(void *ctx), void *ctx)
{
	int err = 0;

	r->is_copied = true;
	for (const struct entry *entry = r->look; entry && !err; entry = entry->next)
		err = copy_chunk(r, entry, w);
	for (const struct entry *entry = r->first; entry && !err; entry = entry->next) {
		err = copy_chunk(r, entry, w);
		if (!err)
			err = between(ctx);
	}
	r->is_copied = false;
	return err;
}
