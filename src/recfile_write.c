// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Writing recordings. Two blocks are open at a time, one of events and one of all else. The order
 * between them is kept as far as it says something: what is no event goes out before the events
 * that are open with it, and a look (REC_STATE) comes after all that was added before it.
 */
#include "recfile_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "recfile.h"

struct open_block {
	struct rec_header header;
	size_t used;
	struct rec_encoder encoder;
	unsigned char bytes[REC_BLOCK_TARGET + REC_RECORD_MAX];
};

struct rec_writer {
	rec_store_fn *store;
	void *ctx;
	int err; /* of the first that failed; all that comes after it fails likewise */
	const struct rec_kind_desc *by_id[REC_KIND_IDS];
	struct rec_written written;
	__u64 blocks_cnt;
	z_stream z;
	struct open_block events;
	struct open_block others;
	struct rec_index index;
	unsigned char chunk[REC_HEADER_BYTES + REC_BLOCK_TARGET + REC_RECORD_MAX];
};
_Static_assert(REC_INDEX_BYTES_MAX <= REC_BLOCK_MAX, "a reader takes the longest index");

/* ---- blocks ---- */

/* Where that is no shorter, it is stored as it is. */
static size_t deflated(struct rec_writer *w, const unsigned char *raw, size_t raw_bytes,
		       unsigned char *out)
{
	if (raw_bytes < 2 || deflateReset(&w->z) != Z_OK)
		return 0;
	w->z.next_in = (unsigned char *)raw;
	w->z.avail_in = raw_bytes;
	w->z.next_out = out;
	w->z.avail_out = raw_bytes - 1;
	return deflate(&w->z, Z_FINISH) == Z_STREAM_END ? w->z.next_out - out : 0;
}

static int store(struct rec_writer *w, const struct rec_chunk *chunk)
{
	if (!w->err)
		w->err = w->store(w->ctx, chunk);
	if (!w->err)
		w->written.bytes_cnt += chunk->bytes_cnt;
	return w->err;
}

/* @bytes begins with room for the header, and its payload follows. */
static int store_packed(struct rec_writer *w, const struct rec_header *h, unsigned char *bytes)
{
	const struct rec_chunk chunk = {
		.bytes = bytes,
		.bytes_cnt = REC_HEADER_BYTES + h->stored_bytes,
		.is_events = h->sort == REC_B_EVENTS,
		.first_ns = h->first_ns,
		.last_ns = h->last_ns,
		.records_cnt = h->records_cnt,
	};

	rec_header__pack(bytes, h);
	w->blocks_cnt++;
	w->written.raw_bytes_cnt += h->raw_bytes;
	return store(w, &chunk);
}

/* Sort, times and counts are in @h already. */
static int store_block(struct rec_writer *w, struct rec_header *h, const unsigned char *raw,
		       size_t raw_bytes)
{
	unsigned char *payload = w->chunk + REC_HEADER_BYTES;

	h->raw_bytes = raw_bytes;
	h->stored_bytes = deflated(w, raw, raw_bytes, payload);
	h->flags = h->stored_bytes ? REC_BLOCK_DEFLATED : 0;
	if (!h->stored_bytes) {
		memcpy(payload, raw, raw_bytes);
		h->stored_bytes = raw_bytes;
	}
	h->payload_crc = crc32(0, payload, h->stored_bytes);
	return store_packed(w, h, w->chunk);
}

static void begin_block(struct open_block *block, enum rec_block_sort sort)
{
	block->header = (struct rec_header){ .sort = sort };
	block->used = 0;
	rec_encoder__begin(&block->encoder);
}

static void note_in_index(struct rec_writer *w, const struct rec_header *h)
{
	const struct rec_index_entry entry = {
		.offset = w->written.bytes_cnt,
		.blocks_cnt = 1,
		.records_cnt = h->records_cnt,
		.first_ns = h->first_ns,
		.last_ns = h->last_ns,
	};

	rec_index__add(&w->index, &entry);
}

static int end_block(struct rec_writer *w, struct open_block *block)
{
	enum rec_block_sort sort = block->header.sort;
	int err;

	if (!block->used)
		return w->err;
	if (sort == REC_B_EVENTS)
		note_in_index(w, &block->header);
	err = store_block(w, &block->header, block->bytes, block->used);
	begin_block(block, sort);
	return err;
}

int rec_writer__flush(struct rec_writer *w)
{
	end_block(w, &w->others);
	return end_block(w, &w->events);
}

/* ---- records ---- */

/* From the begin of what it tells to its end. */
struct span {
	__u64 first_ns;
	__u64 last_ns;
};

static struct span span_of(__u64 ns, __u64 dur_ns)
{
	return (struct span){ ns, ns + dur_ns < ns ? ~0ULL : ns + dur_ns };
}

static struct span hits_span(const struct event_hits *hits)
{
	struct span span = { hits->base_ns, hits->base_ns };

	for (__u32 i = 0; i < hits->cnt && i < HITS_MAX; i++) {
		__u64 start_ns = hits->base_ns + (hits->hits[i] >> HIT_DUR_BITS);
		__u64 end_ns = start_ns + (hits->hits[i] & ((1 << HIT_DUR_BITS) - 1));

		if (!i || start_ns < span.first_ns)
			span.first_ns = start_ns;
		if (end_ns > span.last_ns)
			span.last_ns = end_ns;
	}
	return span;
}

static struct span time_of(const struct rec_kind_desc *desc, const void *record)
{
	const struct event_op *op = record;
	const struct event_wait *wait = record;
	const struct event_blame *blame = record;

	switch (desc->id) {
	case REC_OP:
		return span_of(op->start_ns, op->dur_ns);
	case REC_HITS:
		return hits_span(record);
	case REC_WAIT:
		return span_of(wait->begin_ns, wait->ns);
	case REC_BLAME:
		return span_of(blame->begin_ns, blame->ns);
	case REC_WINDOW:
		return span_of(((const struct event_window *)record)->ns, 0);
	case REC_SELF_REQUEST:
		return span_of(((const struct event_self_request *)record)->ns, 0);
	case REC_STATE:
		return span_of(((const struct rec_state *)record)->ns, 0);
	default:
		return (struct span){};
	}
}

static __u32 events_of(const struct rec_kind_desc *desc, const void *record)
{
	const struct event_hits *hits = record;

	if (desc->id == REC_HITS)
		return hits->cnt < HITS_MAX ? hits->cnt : HITS_MAX;
	return desc->id <= REC_WINDOW;
}

/* What has no time (of a task's wait whose operation was not seen) says nothing of the block's. */
static void note_record(struct rec_header *h, struct span span, __u32 events_cnt)
{
	h->records_cnt++;
	h->events_cnt += events_cnt;
	if (!span.first_ns)
		return;
	if (!h->first_ns || span.first_ns < h->first_ns)
		h->first_ns = span.first_ns;
	if (span.last_ns > h->last_ns)
		h->last_ns = span.last_ns;
}

static bool is_full(const struct open_block *block)
{
	return block->used >= REC_BLOCK_TARGET || !rec_encoder__has_room(&block->encoder);
}

int rec_writer__add(struct rec_writer *w, enum rec_kind kind, const void *record)
{
	const struct rec_kind_desc *desc = (__u32)kind < REC_KIND_IDS ? w->by_id[kind] : NULL;
	struct open_block *block = kind <= REC_SELF_REQUEST ? &w->events : &w->others;
	__u32 events_cnt;

	if (!desc)
		return -EINVAL;
	if (kind == REC_STATE)
		rec_writer__flush(w);
	if (w->err)
		return w->err;
	events_cnt = events_of(desc, record);
	block->used =
		rec_encoder__record(&block->encoder, block->bytes + block->used, desc, record) -
		block->bytes;
	note_record(&block->header, time_of(desc, record), events_cnt);
	w->written.records_cnt++;
	w->written.events_cnt += events_cnt;
	if (!is_full(block))
		return 0;
	return block == &w->events ? rec_writer__flush(w) : end_block(w, block);
}

/* ---- begin and end ---- */

static int store_head(struct rec_writer *w)
{
	unsigned char head[REC_HEAD_BYTES];
	const struct rec_chunk chunk = { .bytes = head, .bytes_cnt = sizeof(head) };

	rec_head__pack(head, false);
	return store(w, &chunk);
}

/* The open block is empty yet, and lends its room. */
static int store_schema(struct rec_writer *w, const struct rec_kind_desc *kinds, size_t kinds_cnt)
{
	struct rec_header h = { .sort = REC_B_SCHEMA };
	unsigned char *end = rec_encoder__schema(w->others.bytes, kinds, kinds_cnt);

	return store_block(w, &h, w->others.bytes, end - w->others.bytes);
}

static int set_kinds(struct rec_writer *w, const struct rec_kind_desc *kinds, size_t kinds_cnt)
{
	for (size_t i = 0; i < kinds_cnt; i++) {
		if (!kinds[i].id || kinds[i].id >= REC_KIND_IDS ||
		    kinds[i].fields_cnt > REC_FIELDS_MAX ||
		    rec_encoder__bound(&kinds[i]) > REC_RECORD_MAX)
			return -EINVAL;
		w->by_id[kinds[i].id] = &kinds[i];
	}
	return 0;
}

static int begin_recording(struct rec_writer *w, const struct rec_kind_desc *kinds,
			   size_t kinds_cnt)
{
	int err = set_kinds(w, kinds, kinds_cnt);

	if (err)
		return err;
	if (deflateInit2(&w->z, 1, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	begin_block(&w->events, REC_B_EVENTS);
	begin_block(&w->others, REC_B_OTHERS);
	rec_index__init(&w->index);
	store_head(w);
	return store_schema(w, kinds, kinds_cnt);
}

struct rec_writer *rec_writer__new_of(const struct rec_kind_desc *kinds, size_t kinds_cnt,
				      rec_store_fn *store_fn, void *ctx)
{
	struct rec_writer *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return NULL;
	w->store = store_fn;
	w->ctx = ctx;
	err = begin_recording(w, kinds, kinds_cnt);
	if (err) {
		rec_writer__free(w);
		errno = -err;
		return NULL;
	}
	return w;
}

struct rec_writer *rec_writer__new(rec_store_fn *store_fn, void *ctx)
{
	return rec_writer__new_of(rec_kinds, rec_kinds_cnt, store_fn, ctx);
}

void rec_writer__free(struct rec_writer *w)
{
	if (!w)
		return;
	deflateEnd(&w->z);
	free(w);
}

static int store_index(struct rec_writer *w)
{
	struct rec_header h = { .sort = REC_B_INDEX };
	unsigned char *bytes = malloc(REC_HEADER_BYTES + REC_INDEX_BYTES_MAX);
	unsigned char *payload = bytes + REC_HEADER_BYTES;

	if (!bytes)
		return w->err = -ENOMEM;
	h.raw_bytes = rec_index__pack(&w->index, payload) - payload;
	h.stored_bytes = h.raw_bytes;
	h.payload_crc = crc32(0, payload, h.stored_bytes);
	store_packed(w, &h, bytes);
	free(bytes);
	return w->err;
}

/* Of a fixed length and never compressed: from the end of a file it leads to the index. */
static int store_end(struct rec_writer *w, __u64 index_offset)
{
	unsigned char bytes[REC_HEADER_BYTES + REC_END_BYTES] = {};
	unsigned char *payload = bytes + REC_HEADER_BYTES;
	struct rec_header h = { .sort = REC_B_END,
				.stored_bytes = REC_END_BYTES,
				.raw_bytes = REC_END_BYTES };

	put_le(payload, index_offset, 8);
	put_le(payload + 8, w->written.bytes_cnt - index_offset, 8);
	put_le(payload + 16, w->blocks_cnt + 1, 8);
	put_le(payload + 24, w->written.records_cnt, 8);
	put_le(payload + 32, w->written.events_cnt, 8);
	put_le(payload + 40, w->written.bytes_cnt + sizeof(bytes), 8);
	h.payload_crc = crc32(0, payload, REC_END_BYTES);
	return store_packed(w, &h, bytes);
}

int rec_writer__finish(struct rec_writer *w, unsigned char head[REC_HEAD_BYTES])
{
	__u64 index_offset;

	rec_writer__flush(w);
	index_offset = w->written.bytes_cnt;
	if (!w->err && !store_index(w) && !store_end(w, index_offset))
		rec_head__pack(head, true);
	return w->err;
}

struct rec_written rec_writer__written(const struct rec_writer *w)
{
	return w->written;
}

/* And what zlib takes for a window of 32 KiB and a memory level of 8: see its zconf.h. */
size_t rec_writer__memory_bytes(const struct rec_writer *w)
{
	return sizeof(*w) + (1 << (MAX_WBITS + 2)) + (1 << (8 + 9));
}
