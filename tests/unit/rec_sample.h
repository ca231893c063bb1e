/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Recordings in memory, and records of any kind with whatever in them, by the table of kinds: a
 * kind or field that is new to the table is tested without a line here.
 */
#ifndef DAXTOP_TEST_REC_SAMPLE_H
#define DAXTOP_TEST_REC_SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include "../../src/recfile_priv.h"

#define SAMPLE_CHUNKS 256

/* What was stored, and where each chunk of it ends. */
struct recording {
	unsigned char *bytes;
	size_t cnt;
	size_t room;
	size_t chunks_cnt; /* also those beyond SAMPLE_CHUNKS */
	size_t ends[SAMPLE_CHUNKS];
	__u64 records[SAMPLE_CHUNKS];
	__u64 first_ns[SAMPLE_CHUNKS]; /* 0: no events */
	struct rec_written written;
};

static inline int recording_store(void *ctx, const struct rec_chunk *chunk)
{
	struct recording *rec = ctx;

	if (rec->cnt + chunk->bytes_cnt > rec->room) {
		rec->room = 2 * (rec->cnt + chunk->bytes_cnt);
		rec->bytes = realloc(rec->bytes, rec->room);
	}
	memcpy(rec->bytes + rec->cnt, chunk->bytes, chunk->bytes_cnt);
	rec->cnt += chunk->bytes_cnt;
	if (rec->chunks_cnt < SAMPLE_CHUNKS) {
		rec->ends[rec->chunks_cnt] = rec->cnt;
		rec->records[rec->chunks_cnt] = chunk->records_cnt;
		rec->first_ns[rec->chunks_cnt] = chunk->is_events ? chunk->first_ns : 0;
	}
	rec->chunks_cnt++;
	return 0;
}

/* Ends it as a pipe ends, or with @is_patched as a file. */
static inline int recording_finish(struct recording *rec, struct rec_writer *w, int is_patched)
{
	unsigned char head[REC_HEAD_BYTES];
	int err = rec_writer__finish(w, head);

	if (!err && is_patched)
		memcpy(rec->bytes, head, sizeof(head));
	rec->written = rec_writer__written(w);
	rec_writer__free(w);
	return err;
}

/* The same numbers each time. */
static inline __u64 sample_random(__u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Of any length, up to @bits; often 0. */
static inline __u64 sample_number(__u64 *state, unsigned int bits)
{
	__u64 len = sample_random(state) % (bits + 1);

	return len ? sample_random(state) >> (64 - len) : 0;
}

static const char *const sample_texts[] = {
	NULL, "", "fentry", "/mnt/dax", "fuse_dax_free_mem_worker virtio_fs_requests_done_work",
};

struct sample {
	union {
		__u64 words[REC_BYTES_MAX / 8];
		unsigned char bytes[REC_BYTES_MAX];
	};
};

static inline void sample_put(unsigned char *p, __u32 width, __u64 v)
{
	memcpy(p, &v, width); /* of a little-endian machine */
}

static inline void sample_text(unsigned char *p, __u64 *state)
{
	const char *text = sample_texts[sample_random(state) % 5];

	memcpy(p, &text, sizeof(text));
}

static inline void sample_array(const struct rec_field *f, unsigned char *record, __u64 *state)
{
	__u32 cnt = sample_random(state) % (f->cnt + 1);

	if (f->type == REC_T_CHARS || f->type == REC_T_BYTES)
		for (__u32 i = 0; i < cnt; i++)
			record[f->offset + i] = 'a' + sample_random(state) % 26;
	else if (f->type == REC_T_HITS)
		for (__u32 i = 0; i < cnt; i++)
			sample_put(record + f->offset + 8 * i, 8, sample_number(state, 64));
	else
		for (__u32 i = 0; i < cnt; i++)
			sample_put(record + f->offset + f->width * (sample_random(state) % f->cnt),
				   f->width, sample_number(state, 8 * f->width));
	if (f->len_offset)
		sample_put(record + f->len_offset, 4, cnt);
}

/* One of a few, so that some come again. */
static inline void sample_key(const struct rec_field *f, unsigned char *p, __u64 *state)
{
	__u64 seed = 1 + sample_random(state) % 20, low = sample_random(&seed), high = seed;

	memcpy(p, &low, 8);
	memcpy(p + 8, &high, f->type == REC_T_TASK ? 4 : 8);
}

static inline void sample_record(const struct rec_kind_desc *desc, struct sample *s, __u64 *state)
{
	__u32 event = desc->event;

	memset(s, 0, sizeof(*s));
	if (event)
		memcpy(s->bytes, &event, sizeof(event));
	for (size_t i = 0; i < desc->fields_cnt; i++) {
		const struct rec_field *f = &desc->fields[i];

		if (sample_random(state) % 4 == 0)
			continue;
		if (f->type == REC_T_UINT || f->type == REC_T_TIME)
			sample_put(s->bytes + f->offset, f->width,
				   sample_number(state, 8 * f->width));
		else if (f->type == REC_T_TEXT)
			sample_text(s->bytes + f->offset, state);
		else if (f->type == REC_T_INODE || f->type == REC_T_TASK)
			sample_key(f, s->bytes + f->offset, state);
		else
			sample_array(f, s->bytes, state);
	}
}

#endif
