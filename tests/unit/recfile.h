/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the tests of recordings share: writing one, and all that is read of it as a row of numbers.
 */
#ifndef DAXTOP_TEST_RECFILE_H
#define DAXTOP_TEST_RECFILE_H

#include <stdlib.h>

#include "check.h"
#include "rec_sample.h"

#define SCHEMA_CHUNK 1 /* number of its chunk, after the head */

static inline struct rec_writer *writer_of(struct recording *rec)
{
	*rec = (struct recording){};
	return rec_writer__new(recording_store, rec);
}

static inline struct rec_reader *reader_of(const struct recording *rec)
{
	struct failure failure = {};
	struct rec_reader *r = NULL;

	CHECK_U64(rec_reader__open_memory(&r, rec->bytes, rec->cnt, &failure), 0);
	return r;
}

/* ---- what a record says, as a number ---- */

static inline __u64 mixed(__u64 hash, const void *bytes, size_t cnt)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < cnt; i++)
		hash = (hash ^ p[i]) * 0x100000001b3ULL;
	return hash * 31 + cnt;
}

static inline __u64 field_hash(const struct rec_field *f, const unsigned char *record, __u64 hash)
{
	const unsigned char *p = record + f->offset;
	const char *text;
	__u32 cnt = f->cnt;

	if (f->type == REC_T_TEXT) {
		memcpy(&text, p, sizeof(text));
		return text ? mixed(hash, text, strlen(text)) : hash + 1;
	}
	if (f->len_offset)
		memcpy(&cnt, record + f->len_offset, 4);
	return mixed(hash, p, f->width * cnt);
}

static inline __u64 record_hash(const struct rec_kind_desc *desc, const void *record)
{
	__u64 hash = desc->id;

	if (desc->event)
		hash = mixed(hash, record, 4);
	for (size_t i = 0; i < desc->fields_cnt; i++)
		hash = field_hash(&desc->fields[i], record, hash);
	return hash;
}

#define HASHES_MAX 8192

struct hashes {
	size_t cnt;
	__u64 hashes[HASHES_MAX];
};

static inline void add_hash(struct hashes *h, const struct rec_kind_desc *desc, const void *record)
{
	if (h->cnt < HASHES_MAX)
		h->hashes[h->cnt++] = record_hash(desc, record);
}

/* All that is left to read. */
static inline int read_hashes(struct rec_reader *r, struct hashes *h)
{
	enum rec_kind kind;
	const void *record;
	int res;

	h->cnt = 0;
	while ((res = rec_reader__next(r, &kind, &record)) > 0)
		add_hash(h, rec_kind__find(kind), record);
	return res;
}

/* Whether @some are of @all, in their order. */
static inline bool is_part(const struct hashes *some, const struct hashes *all)
{
	size_t at = 0;

	for (size_t i = 0; i < some->cnt; i++) {
		while (at < all->cnt && all->hashes[at] != some->hashes[i])
			at++;
		if (at++ == all->cnt)
			return false;
	}
	return true;
}

/* ---- records ---- */

static inline void add_exactly(struct rec_writer *w, const struct rec_kind_desc *desc,
			       const struct sample *s, size_t bytes)
{
	void *exact = malloc(bytes);

	memcpy(exact, s, bytes);
	rec_writer__add(w, desc->id, exact);
	free(exact);
}

/* An operation without waits ends before them, in memory too. */
static inline void add_random(struct rec_writer *w, const struct rec_kind_desc *desc,
			      struct sample *s, __u64 *state)
{
	const struct event_op *op = (const void *)s;
	size_t bytes = desc->bytes;

	sample_record(desc, s, state);
	if (desc->id == REC_OP && !(op->flags & EVENT_OP_WAITS)) {
		bytes = EVENT_OP_SHORT_BYTES;
		memset(s->bytes + bytes, 0, desc->bytes - bytes);
	}
	add_exactly(w, desc, s, bytes);
}

static inline bool is_event(const struct rec_kind_desc *desc)
{
	return desc->id <= REC_SELF_REQUEST;
}

static inline void add_window(struct rec_writer *w, __u64 ns)
{
	struct event_window e = { .kind = EVENT_WINDOW, .ns = ns, .window_offset = ns << 21 };

	CHECK_U64(rec_writer__add(w, REC_WINDOW, &e), 0);
}

static inline void add_state(struct rec_writer *w, __u64 ns)
{
	struct rec_state state = { .ns = ns };

	CHECK_U64(rec_writer__add(w, REC_STATE, &state), 0);
}

/* Small, and of several blocks of both sorts. */
static inline void small_recording(struct recording *rec)
{
	struct rec_writer *w = writer_of(rec);
	__u64 state = 7, base_ns = 1000000000;
	struct sample s;

	for (int look = 0; look < 4; look++) {
		add_state(w, base_ns + look * 1000000000ULL);
		for (size_t i = 0; i < rec_kinds_cnt; i++) {
			if (rec_kinds[i].id == REC_STATE || rec_kinds[i].id == REC_OP ||
			    rec_kinds[i].id == REC_PHASE)
				continue;
			if (is_event(&rec_kinds[i]))
				add_window(w, base_ns + look * 1000000000ULL + i * 1000);
			else
				add_random(w, &rec_kinds[i], &s, &state);
		}
	}
	CHECK_U64(recording_finish(rec, w, 1), 0);
}

#endif
