// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Reading recordings, a block at a time. Surprising: nothing that is wrong with a block ends it.
 * What cannot be read is left out, told of, and the next block is looked for.
 */
#include "recfile_priv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "recfile.h"

/* For "%llu.%03llu s". */
#define SECONDS(ns) (ns) / 1000000000, (ns) / 1000000 % 1000

/* ---- what is missing ---- */

void rec_reader__note_damage(struct rec_reader *r, __u64 offset, const char *fmt, ...)
{
	va_list args;

	if (r->damage.text[0])
		return;
	r->damage.offset = offset;
	va_start(args, fmt);
	vsnprintf(r->damage.text, sizeof(r->damage.text), fmt, args);
	va_end(args);
}

/* "all", or "what was recorded after the first 12.345 s". */
static const char *missing_rest(const struct rec_reader *r, char *buf, size_t buf_bytes)
{
	__u64 ns = r->last_ns - r->first_ns;

	if (!r->last_ns)
		snprintf(buf, buf_bytes, "all that was recorded");
	else
		snprintf(buf, buf_bytes, "what was recorded after the first %llu.%03llu s",
			 SECONDS(ns));
	return buf;
}

static void note_cut(struct rec_reader *r, __u64 offset)
{
	char rest[96];

	r->damage.is_cut = true;
	rec_reader__note_damage(r, offset, "it ends inside the block at offset %llu: %s is missing",
				offset, missing_rest(r, rest, sizeof(rest)));
}

static void note_unfinished(struct rec_reader *r)
{
	char rest[96];

	r->damage.is_unfinished = true;
	rec_reader__note_damage(
		r, r->source.offset,
		"it has no end, which would be at offset %llu: %s is missing, if there was any",
		r->source.offset, missing_rest(r, rest, sizeof(rest)));
}

/* Of a block whose header can be relied on. */
static void note_block(struct rec_reader *r, const char *cause, __u64 records_cnt)
{
	const struct rec_header *h = &r->header;
	char when[96] = "";

	r->damage.blocks_damaged++;
	r->damage.records_lost += records_cnt;
	if (h->first_ns && r->first_ns && h->first_ns >= r->first_ns)
		snprintf(when, sizeof(when), " from %llu.%03llu s on",
			 SECONDS(h->first_ns - r->first_ns));
	rec_reader__note_damage(
		r, r->block_offset,
		"the block at offset %llu is damaged, %s: %llu records%s are missing",
		r->block_offset, cause, records_cnt, when);
}

int rec_reader__fail_reading(struct rec_reader *r, int err)
{
	return failure__set(&r->failure, err, err == -ENOMEM ? EXIT_CANNOT_RUN : EXIT_BAD_INPUT,
			    "%s: cannot read at offset %llu: %s", r->name, r->source.offset,
			    strerror(-err));
}

/* ---- blocks ---- */

int rec_reader__make_room(unsigned char **buf, size_t *room, size_t want)
{
	unsigned char *more;

	if (want < *room)
		return 0;
	more = realloc(*buf, want + 1);
	if (!more)
		return -ENOMEM;
	*buf = more;
	*room = want + 1;
	return 0;
}

static void note_times(struct rec_reader *r, const struct rec_header *h)
{
	if (!h->first_ns)
		return;
	if (!r->first_ns || h->first_ns < r->first_ns)
		r->first_ns = h->first_ns;
	if (h->last_ns > r->last_ns)
		r->last_ns = h->last_ns;
}

/* To the next header that is one. What is between is left out, as one block. */
static int find_header(struct rec_reader *r, const char *cause)
{
	__u64 begin = r->source.offset;
	const unsigned char *bytes;
	struct rec_header h;
	size_t have;
	int err;

	r->damage.blocks_damaged++;
	do {
		const unsigned char *next;
		size_t step;

		err = rec_source__peek(&r->source, REC_HEADER_BYTES + 1, &bytes, &have);
		if (err)
			return rec_reader__fail_reading(r, err);
		if (have <= REC_HEADER_BYTES) {
			rec_source__skip(&r->source, have, &(__u64){ 0 });
			break;
		}
		next = memchr(bytes + 1, rec_block_magic[0], have - REC_HEADER_BYTES);
		step = next ? (size_t)(next - bytes) : have - REC_HEADER_BYTES;
		rec_source__skip(&r->source, step, &(__u64){ 0 });
		bytes = next;
	} while (!bytes || rec_header__unpack(&h, bytes));
	rec_reader__note_damage(
		r, begin,
		"the block at offset %llu is damaged, %s: it is left out, up to offset %llu", begin,
		cause, r->source.offset);
	return 0;
}

/* 1 with r->header, 0 at the end of the file, -errno. */
static int next_header(struct rec_reader *r)
{
	for (;;) {
		const unsigned char *bytes;
		const char *cause;
		size_t have;
		int err = rec_source__peek(&r->source, REC_HEADER_BYTES, &bytes, &have);

		if (err)
			return rec_reader__fail_reading(r, err);
		if (have < REC_HEADER_BYTES)
			break;
		cause = rec_header__unpack(&r->header, bytes);
		if (!cause)
			return 1;
		err = find_header(r, cause);
		if (err)
			return err;
	}
	return 0;
}

static void note_end_of_file(struct rec_reader *r)
{
	const unsigned char *bytes;
	size_t have = 0;

	rec_source__peek(&r->source, 1, &bytes, &have);
	r->is_at_end = true;
	if (have)
		note_cut(r, r->source.offset);
	note_unfinished(r);
}

/* Beyond the header that has been looked at: 1, 0 where the file ends before it does, -errno. */
int rec_reader__payload(struct rec_reader *r)
{
	size_t want = r->header.stored_bytes, got;
	int err = rec_reader__make_room(&r->stored, &r->stored_room, want);

	if (!err)
		err = rec_reader__make_room(&r->raw, &r->raw_room, r->header.raw_bytes);
	if (err)
		return rec_reader__fail_reading(r, err);
	rec_source__skip(&r->source, REC_HEADER_BYTES, &(__u64){ 0 });
	err = rec_source__read(&r->source, r->stored, want, &got);
	if (err)
		return rec_reader__fail_reading(r, err);
	return got == want;
}

static int skip_payload(struct rec_reader *r)
{
	__u64 want = REC_HEADER_BYTES + r->header.stored_bytes, got;
	int err = rec_source__skip(&r->source, want, &got);

	if (err)
		return rec_reader__fail_reading(r, err);
	return got == want;
}

static bool is_in_range(const struct rec_reader *r)
{
	const struct rec_header *h = &r->header;

	return h->sort != REC_B_EVENTS || !h->first_ns ||
	       (h->first_ns <= r->range_last_ns && h->last_ns >= r->range_first_ns);
}

void rec_reader__count_block(struct rec_reader *r)
{
	if (r->has_totals)
		return;
	r->totals.blocks_cnt++;
	r->totals.records_cnt += r->header.records_cnt;
	r->totals.events_cnt += r->header.events_cnt;
	r->totals.bytes_cnt = r->source.offset;
}

static int end_reading(struct rec_reader *r)
{
	const unsigned char *bytes;
	size_t have;
	int err = rec_source__peek(&r->source, 1, &bytes, &have);

	if (err)
		return rec_reader__fail_reading(r, err);
	r->is_at_end = true;
	if (have)
		rec_reader__note_damage(r, r->source.offset,
					"it goes on behind its end at offset %llu",
					r->source.offset);
	return 0;
}

/* Whether all of the blocks of an entry have been read. */
static bool is_past(const struct rec_reader *r, size_t i)
{
	const struct rec_index_entry *entry = &r->index->entries[i];

	if (entry->blocks_cnt == 1)
		return entry->offset <= r->block_offset;
	return i + 1 < r->index->cnt && entry[1].offset <= r->block_offset;
}

static void move_in_index(struct rec_reader *r)
{
	while (r->index && r->index_at < r->index->cnt && is_past(r, r->index_at))
		r->index_at++;
}

/* The block that was read whole. 1 if it has records, 0 if not, -errno. */
static int open_block(struct rec_reader *r)
{
	const char *cause = rec_block__unpack(&r->header, r->stored, r->raw);

	if (cause) {
		note_block(r, cause, r->header.records_cnt);
		return 0;
	}
	note_times(r, &r->header);
	if (r->header.sort == REC_B_END)
		return end_reading(r);
	if (r->header.sort != REC_B_EVENTS && r->header.sort != REC_B_OTHERS)
		return 0;
	r->records_read = 0;
	move_in_index(r);
	rec_decoder__begin(&r->decoder, r->raw, r->header.raw_bytes);
	return 1;
}

/* 1 with one that has records, 0 at the end, -errno. */
static int next_block(struct rec_reader *r)
{
	while (!r->is_at_end) {
		bool is_read;
		int res = next_header(r);

		if (!res)
			note_end_of_file(r);
		if (res <= 0)
			return res;
		r->block++;
		r->block_offset = r->source.offset;
		is_read = is_in_range(r);
		res = is_read ? rec_reader__payload(r) : skip_payload(r);
		if (res < 0)
			return res;
		if (!res) {
			note_cut(r, r->block_offset);
			note_end_of_file(r);
			return 0;
		}
		rec_reader__count_block(r);
		if (!is_read)
			note_times(r, &r->header);
		res = is_read ? open_block(r) : 0;
		if (res)
			return res;
	}
	return 0;
}

/* ---- records ---- */

void rec_reader__set_range(struct rec_reader *r, __u64 first_ns, __u64 last_ns)
{
	r->range_first_ns = first_ns;
	r->range_last_ns = last_ns;
}

static void leave_block(struct rec_reader *r)
{
	__u64 cnt = r->header.records_cnt;

	note_block(r, "a record makes no sense", cnt > r->records_read ? cnt - r->records_read : 1);
	rec_decoder__begin(&r->decoder, r->raw, 0);
}

int rec_reader__next(struct rec_reader *r, enum rec_kind *kind, const void **record)
{
	for (;;) {
		__u32 id;
		int res;

		if (r->decoder.cursor.at == r->decoder.cursor.end) {
			res = next_block(r);
			if (res <= 0)
				return res;
			continue;
		}
		res = rec_decoder__record(&r->decoder, &id);
		if (res == -ENOMEM)
			return rec_reader__fail_reading(r, res);
		if (res < 0)
			leave_block(r);
		else
			r->records_read++;
		if (res <= 0)
			continue;
		*kind = id;
		*record = r->decoder.record.bytes;
		return 1;
	}
}

/* ---- what is known of it ---- */

__u64 rec_reader__block(const struct rec_reader *r)
{
	return r->block;
}

__u64 rec_reader__rest_begins_ns(const struct rec_reader *r)
{
	if (!r->index)
		return 0;
	return r->index_at < r->index->cnt ? r->index->entries[r->index_at].first_ns : ~0ULL;
}

const struct failure *rec_reader__failure(const struct rec_reader *r)
{
	return &r->failure;
}

const struct rec_damage *rec_reader__damage(const struct rec_reader *r)
{
	return &r->damage;
}

const char *rec_damage__text(const struct rec_damage *damage)
{
	if (*damage->text)
		return damage->text;
	if (damage->blocks_damaged || damage->is_cut)
		return "it is damaged";
	return damage->is_unfinished ? "it has no end: it goes on, or was cut short" : NULL;
}

struct rec_totals rec_reader__totals(const struct rec_reader *r)
{
	return r->totals;
}

size_t rec_reader__memory_bytes(const struct rec_reader *r)
{
	return sizeof(*r) + r->stored_room + r->raw_room + (r->source.memory ? 0 : REC_PEEK_MAX) +
	       (r->index ? sizeof(*r->index) : 0) +
	       (r->decoder.inodes.room + r->decoder.tasks.room) * sizeof(union rec_key);
}

const struct rec_index *rec_reader__index(const struct rec_reader *r)
{
	return r->index;
}
