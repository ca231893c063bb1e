// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Recordings that are cut, damaged, or made to harm: what is whole is read, what is missing is told
 * of, and nothing is taken for a record that is none.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "../../src/recfile_priv.h"
#include "check.h"
#include "recfile.h"

/* ---- cut or damaged ---- */

static size_t chunk_begin(const struct recording *rec, size_t chunk)
{
	return chunk ? rec->ends[chunk - 1] : 0;
}

/* Of a file cut inside its head or schema nothing is read. */
static bool is_refused(int err, const struct failure *failure)
{
	return err == -EBADMSG && failure->code == EXIT_BAD_INPUT &&
	       strstr(failure->text, "offset") != NULL;
}

static bool is_told(const struct rec_damage *damage, const struct recording *rec, size_t cut,
		    size_t chunk)
{
	char where[32];

	if (damage->blocks_damaged || damage->is_cut != (cut != chunk_begin(rec, chunk)) ||
	    damage->is_unfinished != (cut < rec->cnt))
		return false;
	if (cut == rec->cnt)
		return !damage->text[0];
	snprintf(where, sizeof(where), " offset %zu", chunk_begin(rec, chunk));
	return damage->offset == chunk_begin(rec, chunk) && strstr(damage->text, where);
}

static bool cut_is_right(const struct recording *rec, size_t cut, const struct hashes *all)
{
	static struct hashes got;
	struct failure failure = {};
	struct rec_reader *r;
	size_t chunk = 0;
	__u64 records = 0;
	bool is_right;
	int err = rec_reader__open_memory(&r, rec->bytes, cut, &failure);

	if (cut < rec->ends[SCHEMA_CHUNK] || err)
		return cut < rec->ends[SCHEMA_CHUNK] && is_refused(err, &failure);
	for (; chunk < rec->chunks_cnt && rec->ends[chunk] <= cut; chunk++)
		records += rec->records[chunk];
	is_right = rec_reader__totals(r).records_cnt == records && !read_hashes(r, &got) &&
		   got.cnt == records &&
		   !memcmp(got.hashes, all->hashes, records * sizeof(got.hashes[0])) &&
		   is_told(rec_reader__damage(r), rec, cut, chunk);
	rec_reader__free(r);
	return is_right;
}

/* Killed at any byte. */
static void cut_anywhere(void)
{
	static struct hashes all;
	struct recording rec;
	struct rec_reader *r;
	__u64 wrong = ~0ULL; /* last cut of which something was */

	small_recording(&rec);
	r = reader_of(&rec);
	read_hashes(r, &all);
	rec_reader__free(r);
	CHECK_U64(all.cnt, rec.written.records_cnt);
	for (size_t cut = 0; cut <= rec.cnt; cut++)
		if (!cut_is_right(&rec, cut, &all))
			wrong = cut;
	CHECK_U64(wrong, ~0ULL);
	free(rec.bytes);
}

/* The words that a user sees. */
static void cut_words(void)
{
	struct recording rec;
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;
	size_t chunk = 0;
	char want[256];

	small_recording(&rec);
	while (rec.first_ns[chunk] < 3000000000)
		chunk++;
	rec.cnt = rec.ends[chunk] - 1;
	r = reader_of(&rec);
	while (rec_reader__next(r, &kind, &record) > 0)
		;
	snprintf(want, sizeof(want),
		 "it ends inside the block at offset %zu: what was recorded after the first "
		 "2.000 s is missing",
		 chunk_begin(&rec, chunk));
	CHECK_TEXT(rec_reader__damage(r)->text, want);
	rec_reader__free(r);
	free(rec.bytes);
}

static bool flip_is_noticed(const struct recording *rec, size_t at, const struct hashes *all)
{
	static struct hashes got;
	struct failure failure = {};
	struct rec_reader *r;
	bool is_right;
	int err = rec_reader__open_memory(&r, rec->bytes, rec->cnt, &failure);

	if (err)
		return at < rec->ends[SCHEMA_CHUNK] && is_refused(err, &failure);
	is_right = !read_hashes(r, &got) && is_part(&got, all) && rec_reader__damage(r)->text[0];
	rec_reader__free(r);
	return is_right;
}

/* Each bit is noticed, and no record comes out otherwise than it went in. */
static void flipped_bits(void)
{
	static struct hashes all;
	struct recording rec;
	struct rec_reader *r;
	__u64 unnoticed = ~0ULL; /* last such bit */

	small_recording(&rec);
	r = reader_of(&rec);
	read_hashes(r, &all);
	rec_reader__free(r);
	for (size_t bit = 0; bit < 8 * rec.cnt; bit++) {
		rec.bytes[bit / 8] ^= 1 << bit % 8;
		if (!flip_is_noticed(&rec, bit / 8, &all))
			unnoticed = bit;
		rec.bytes[bit / 8] ^= 1 << bit % 8;
	}
	CHECK_U64(unnoticed, ~0ULL);
	free(rec.bytes);
}

/* Of a block in the middle all others are read, and its records are counted. */
static void one_block_damaged(void)
{
	struct recording rec;
	struct rec_reader *r;
	static struct hashes got;
	const struct rec_damage *damage;

	small_recording(&rec);
	rec.bytes[rec.ends[4] - 1] ^= 1;
	r = reader_of(&rec);
	read_hashes(r, &got);
	damage = rec_reader__damage(r);
	CHECK_U64(damage->blocks_damaged, 1);
	CHECK_U64(damage->records_lost, rec.records[4]);
	CHECK_U64(damage->offset, rec.ends[3]);
	CHECK_U64(got.cnt, rec.written.records_cnt - rec.records[4]);
	CHECK(strstr(damage->text, "its checksum is wrong") != NULL);
	CHECK(strstr(damage->text, "records from 1.000 s on are missing") != NULL);
	CHECK(!damage->is_unfinished && !damage->is_cut);
	rec_reader__free(r);
	free(rec.bytes);
}

/* Bytes that are no block, as many as never come in one read, between two. */
static void header_searched(void)
{
	struct recording rec, torn = {};
	struct rec_reader *r;
	static struct hashes got;
	unsigned char *noise = malloc(300000);

	small_recording(&rec);
	memset(noise, rec_block_magic[0], 300000);
	memcpy(noise + 1000, rec_block_magic, 4);
	recording_store(&torn, &(struct rec_chunk){ rec.bytes, rec.ends[2], 0, 0, 0, 0 });
	recording_store(&torn, &(struct rec_chunk){ noise, 300000, 0, 0, 0, 0 });
	recording_store(&torn, &(struct rec_chunk){ rec.bytes + rec.ends[2], rec.cnt - rec.ends[2],
						    0, 0, 0, 0 });
	r = reader_of(&torn);
	CHECK_U64(rec_reader__rest_begins_ns(r), 0); /* neither index nor headers tell */
	read_hashes(r, &got);
	CHECK_U64(got.cnt, rec.written.records_cnt);
	CHECK_U64(rec_reader__damage(r)->blocks_damaged, 1);
	CHECK_U64(rec_reader__damage(r)->offset, rec.ends[2]);
	rec_reader__free(r);
	free(noise);
	free(torn.bytes);
	free(rec.bytes);
}

/* ---- what is none of ours, or made to harm ---- */

static void check_refused(const void *bytes, size_t cnt, const char *words)
{
	struct failure failure = {};
	struct rec_reader *r = NULL;

	CHECK_U64(rec_reader__open_memory(&r, bytes, cnt, &failure), -EBADMSG);
	CHECK_U64(failure.code, EXIT_BAD_INPUT);
	if (!CHECK(strstr(failure.text, words) != NULL))
		printf("#   got \"%s\"\n", failure.text);
	CHECK(r == NULL);
}

static void not_ours(void)
{
	static const char json[] = "{\"schema\":\"virtiofs-daxtop/1\"}";
	struct failure failure = {};
	struct recording rec;
	struct rec_reader *r;

	check_refused("", 0, "offset 0: it is empty");
	check_refused(json, sizeof(json), "offset 0: this is no recording");
	check_refused("\x89", 1, "offset 1: it ends inside the head");
	check_refused("PK", 2, "offset 0: this is no recording");
	small_recording(&rec);
	rec.bytes[8] = 2;
	check_refused(rec.bytes, rec.cnt, "offset 8: a recording of version 2");
	free(rec.bytes);
	CHECK_U64(rec_reader__open(&r, "no/such/file", &failure), -ENOENT);
	CHECK_U64(failure.code, EXIT_BAD_INPUT);
	CHECK_U64(rec_reader__open(&r, ".", &failure), -EISDIR);
	CHECK_U64(failure.code, EXIT_BAD_INPUT);
}

/* A recording of our head and schema, and then one block of whatever, with the right checksums. */
static void forged(struct recording *rec, struct rec_header h, const void *payload)
{
	unsigned char header[REC_HEADER_BYTES];
	struct rec_writer *w = writer_of(rec);

	rec_writer__free(w);
	h.payload_crc = crc32(0, payload, h.stored_bytes);
	rec_header__pack(header, &h);
	recording_store(rec, &(struct rec_chunk){ header, sizeof(header), 0, 0, 0, 0 });
	recording_store(rec, &(struct rec_chunk){ payload, h.stored_bytes, 0, 0, 0, 0 });
}

static void check_forged(struct rec_header h, const void *payload, const char *words)
{
	struct recording rec;
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;

	forged(&rec, h, payload);
	r = reader_of(&rec);
	CHECK_U64(rec_reader__next(r, &kind, &record), 0);
	CHECK(rec_reader__damage(r)->blocks_damaged >= 1);
	if (!CHECK(strstr(rec_reader__damage(r)->text, words) != NULL))
		printf("#   got \"%s\"\n", rec_reader__damage(r)->text);
	CHECK(rec_reader__memory_bytes(r) < 1 << 20);
	rec_reader__free(r);
	free(rec.bytes);
}

/* A block of events: a record of kind and mask, and then @rest. */
static void check_record(__u64 kind, __u64 mask, const void *rest, size_t rest_bytes)
{
	unsigned char payload[128], *end = put_varint(put_varint(payload, kind), mask);
	struct rec_header h = { .sort = REC_B_EVENTS, .records_cnt = 3 };

	memcpy(end, rest, rest_bytes);
	h.raw_bytes = h.stored_bytes = end + rest_bytes - payload;
	check_forged(h, payload, "a record makes no sense: 3 records are missing");
}

static void huge_counts(void)
{
	static const unsigned char many[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1 };
	static const unsigned char too_long[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
						  0xff, 0xff, 0xff, 0xff, 0xff, 1 };
	const struct rec_header longest = {
		.sort = REC_B_EVENTS, .flags = 1, .raw_bytes = 0xffffffff, .stored_bytes = 4
	};
	const struct rec_header widest = { .sort = REC_B_EVENTS,
					   .raw_bytes = 1,
					   .stored_bytes = 4 };
	const struct rec_header other = { .sort = REC_B_EVENTS, .raw_bytes = 9, .stored_bytes = 4 };
	const struct rec_header bomb = {
		.sort = REC_B_EVENTS, .flags = 1, .raw_bytes = 9, .stored_bytes = 9
	};

	check_forged(longest, many, "longer than a block can be");
	check_forged(widest, many, "more bytes than it has");
	check_forged(other, many, "its two lengths differ");
	check_forged(bomb, many, "it cannot be decompressed");
	check_record(REC_HITS, 1 << 5, many, sizeof(many));  /* so many hits */
	check_record(REC_HITS, 1 << 5, "\x39", 1);	     /* one too many */
	check_record(REC_HITS, 1 << 5, "\1\0\xff\xff\4", 5); /* longer than a hit can be */
	check_record(REC_OP, 1 << 11, many, sizeof(many));   /* waits */
	check_record(REC_OP, 1 << 11, "\2\1\1", 3);	     /* fewer than it says */
	check_record(REC_OP, 1 << 4, "\1", 1);		     /* an inode never named */
	check_record(REC_OP, 1 << 5, "\0\1\xff\xff\xff\xff\x1f\1", 8); /* a pid that is none */
	check_record(REC_OP, 1, too_long, sizeof(too_long));
	check_record(REC_OP, 1, "\x80", 1);
	check_record(REC_OP, 1 << 13, "\1", 1); /* a field that the schema lacks */
	check_record(100, 1, "\1", 1);		/* a kind that it lacks */
	check_record(1000, 1, "\1", 1);
	check_record(REC_FILTER, 1, many, sizeof(many));
	check_record(REC_FILTER, 1, "\0", 1); /* a text without its NUL */
	check_record(REC_FILTER, 1, "\2ab", 3);
	check_record(REC_INODE, 1 << 4, "\x10path", 5);
}

/* Schemas with the right checksum. */
static void check_schema(const void *raw, size_t raw_bytes)
{
	struct rec_header h = { .sort = REC_B_SCHEMA };
	unsigned char bytes[REC_HEAD_BYTES + REC_HEADER_BYTES + 64];

	h.raw_bytes = h.stored_bytes = raw_bytes;
	h.payload_crc = crc32(0, raw, raw_bytes);
	rec_head__pack(bytes, false);
	rec_header__pack(bytes + REC_HEAD_BYTES, &h);
	memcpy(bytes + REC_HEAD_BYTES + REC_HEADER_BYTES, raw, raw_bytes);
	check_refused(bytes, REC_HEAD_BYTES + REC_HEADER_BYTES + raw_bytes,
		      "offset 64: the schema makes no sense");
}

static void bad_schemas(void)
{
	check_schema("", 0);
	check_schema("\xff\xff\xff\xff\x7f", 5);
	check_schema("\1\0\0\0", 4);	     /* kind 0 */
	check_schema("\1\x80\2\0\0", 5);     /* kind 256 */
	check_schema("\2\1\0\0\1\0\0", 7);   /* twice */
	check_schema("\1\1\0\x41", 4);	     /* 65 fields */
	check_schema("\1\1\0\1\1\1\1\1", 8); /* a field without its name */
	check_schema("\1\1\x7fname", 7);     /* a name beyond the end */
	check_schema("\1\1\0\0\0", 5);	     /* something behind it */
}

/* What was read is read, and it is no end of it: who wrote has gone, and left what he was sent. */
static void reading_fails(void)
{
	int fds[2], input = dup(STDIN_FILENO), res;
	struct failure failure = {};
	struct recording rec;
	struct rec_reader *r;
	const void *record;
	enum rec_kind kind;

	small_recording(&rec);
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	CHECK(dup2(fds[0], STDIN_FILENO) == STDIN_FILENO);
	CHECK(write(fds[0], "x", 1) == 1);
	CHECK(write(fds[1], rec.bytes, rec.ends[3]) == (ssize_t)rec.ends[3]);
	close(fds[1]);
	CHECK_U64(rec_reader__open(&r, "-", &failure), 0);
	while ((res = rec_reader__next(r, &kind, &record)) == 1)
		;
	CHECK_U64(res, -ECONNRESET);
	CHECK_U64(rec_reader__failure(r)->code, EXIT_BAD_INPUT);
	CHECK(strstr(rec_reader__failure(r)->text, "standard input: cannot read at offset"));
	rec_reader__free(r);
	free(rec.bytes);
	close(fds[0]);
	dup2(input, STDIN_FILENO);
	close(input);
}

static void damage_in_words(void)
{
	CHECK(!rec_damage__text(&(struct rec_damage){}));
	CHECK_TEXT(rec_damage__text(&(struct rec_damage){ .is_cut = true, .text = "a" }), "a");
	CHECK(rec_damage__text(&(struct rec_damage){ .is_unfinished = true }) != NULL);
	CHECK(rec_damage__text(&(struct rec_damage){ .blocks_damaged = 1 }) != NULL);
}

int main(void)
{
	cut_anywhere();
	cut_words();
	flipped_bits();
	one_block_damaged();
	header_searched();
	not_ours();
	huge_counts();
	bad_schemas();
	reading_fails();
	damage_in_words();
	return check_result();
}
