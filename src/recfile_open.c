// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Opening a recording: its head and schema, and where its events are. Surprising: the mark "not
 * finished" of the head is not asked, as a pipe's cannot be cleared. The end alone tells.
 */
#include "recfile_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "recfile.h"

/* ---- looking ahead ---- */

static int read_header_at(struct rec_reader *r, __u64 offset, struct rec_header *h)
{
	unsigned char bytes[REC_HEADER_BYTES];
	int err = rec_source__read_at(&r->source, offset, bytes, sizeof(bytes));

	return err ? err : rec_header__unpack(h, bytes) ? -EBADMSG : 0;
}

/* Into r->raw. */
static int read_block_at(struct rec_reader *r, __u64 offset, enum rec_block_sort sort,
			 struct rec_header *h)
{
	int err = read_header_at(r, offset, h);

	if (!err && h->sort != sort)
		err = -EBADMSG;
	if (!err)
		err = rec_reader__make_room(&r->stored, &r->stored_room, h->stored_bytes);
	if (!err)
		err = rec_reader__make_room(&r->raw, &r->raw_room, h->raw_bytes);
	if (!err)
		err = rec_source__read_at(&r->source, offset + REC_HEADER_BYTES, r->stored,
					  h->stored_bytes);
	return err ? err : rec_block__unpack(h, r->stored, r->raw) ? -EBADMSG : 0;
}

/*
 * The index that the end leads to. Where blocks were left out when they were stored (record
 * --ring), it is not where the end says, and tells of none of them the right place.
 */
static int load_index(struct rec_reader *r)
{
	__u64 end_offset = r->source.size_bytes - (REC_HEADER_BYTES + REC_END_BYTES);
	struct rec_header h;
	__u64 offset;
	int err;

	if (r->source.size_bytes < REC_HEAD_BYTES + REC_HEADER_BYTES + REC_END_BYTES)
		return -ENODATA;
	err = read_block_at(r, end_offset, REC_B_END, &h);
	if (err || h.raw_bytes != REC_END_BYTES)
		return err ? err : -EBADMSG;
	offset = get_le(r->raw, 8);
	if (offset > end_offset || end_offset - offset != get_le(r->raw + 8, 8))
		return -EBADMSG;
	r->totals = (struct rec_totals){
		.blocks_cnt = get_le(r->raw + 16, 8),
		.records_cnt = get_le(r->raw + 24, 8),
		.events_cnt = get_le(r->raw + 32, 8),
		.bytes_cnt = get_le(r->raw + 40, 8),
	};
	err = read_block_at(r, offset, REC_B_INDEX, &h);
	if (err)
		return err;
	return rec_index__unpack(r->index, r->raw, h.raw_bytes) ? 0 : -EBADMSG;
}

/*
 * Without an index: from header to header. -EBADMSG where one is damaged, and what follows unknown.
 */
static int scan_headers(struct rec_reader *r)
{
	struct rec_header h;
	__u64 offset = REC_HEAD_BYTES;
	int err;

	rec_index__init(r->index);
	r->totals = (struct rec_totals){ .bytes_cnt = r->source.size_bytes };
	while (!(err = read_header_at(r, offset, &h))) {
		const struct rec_index_entry entry = {
			offset, 1, h.records_cnt, h.first_ns, h.last_ns,
		};

		if (offset + REC_HEADER_BYTES + h.stored_bytes > r->source.size_bytes)
			return 0;
		if (h.sort == REC_B_EVENTS)
			rec_index__add(r->index, &entry);
		r->totals.blocks_cnt++;
		r->totals.records_cnt += h.records_cnt;
		r->totals.events_cnt += h.events_cnt;
		offset += REC_HEADER_BYTES + h.stored_bytes;
	}
	return err == -ENODATA ? 0 : err;
}

/* Reading goes on without it. */
static void look_ahead(struct rec_reader *r)
{
	const struct rec_totals read = r->totals;
	int err;

	if (!r->source.is_sized)
		return;
	r->index = malloc(sizeof(*r->index));
	if (!r->index)
		return;
	err = load_index(r);
	if (err)
		err = scan_headers(r);
	if (err) {
		free(r->index);
		r->index = NULL;
		r->totals = read;
		return;
	}
	r->has_totals = true;
	rec_index__look_ahead(r->index);
}

/* ---- head and schema ---- */

static int __attribute__((format(printf, 3, 4)))
bad_input(struct rec_reader *r, __u64 offset, const char *fmt, ...)
{
	char cause[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(cause, sizeof(cause), fmt, args);
	va_end(args);
	return failure__set(&r->failure, -EBADMSG, EXIT_BAD_INPUT, "%s: at offset %llu: %s",
			    r->name, offset, cause);
}

static int check_head(struct rec_reader *r, const unsigned char *head)
{
	__u64 version = get_le(head + sizeof(rec_magic), 4);

	if (memcmp(head, rec_magic, sizeof(rec_magic)))
		return bad_input(r, 0, "this is no recording of virtiofs-daxtop");
	if (version != REC_VERSION)
		return bad_input(r, sizeof(rec_magic),
				 "a recording of version %llu, and only version %d can be read "
				 "here: see whether another virtiofs-daxtop can",
				 version, REC_VERSION);
	if (!rec_head__is_whole(head))
		rec_reader__note_damage(
			r, 0, "the head is damaged, its checksum is wrong: nothing is missing");
	return 0;
}

static int read_head(struct rec_reader *r)
{
	unsigned char head[REC_HEAD_BYTES];
	size_t got;
	int err = rec_source__read(&r->source, head, sizeof(head), &got);

	if (err)
		return rec_reader__fail_reading(r, err);
	if (!got)
		return bad_input(r, 0, "it is empty");
	if (memcmp(head, rec_magic, got < sizeof(rec_magic) ? got : sizeof(rec_magic)))
		return bad_input(r, 0, "this is no recording of virtiofs-daxtop");
	if (got < sizeof(head))
		return bad_input(r, got, "it ends inside the head, and nothing can be read");
	return check_head(r, head);
}

/* Without the schema no record can be read, so that nothing is made of a file that lacks it. */
static int read_schema_block(struct rec_reader *r)
{
	const unsigned char *bytes;
	const char *cause;
	size_t have;
	int err;

	r->block_offset = r->source.offset;
	err = rec_source__peek(&r->source, REC_HEADER_BYTES, &bytes, &have);
	if (err)
		return rec_reader__fail_reading(r, err);
	if (have < REC_HEADER_BYTES)
		return bad_input(r, r->source.offset + have,
				 "it ends before its schema does, and nothing can be read");
	cause = rec_header__unpack(&r->header, bytes);
	if (!cause && r->header.sort != REC_B_SCHEMA)
		cause = "it is not the schema";
	if (cause)
		return bad_input(r, r->block_offset, "the first block is damaged, %s", cause);
	err = rec_reader__payload(r);
	if (err < 0)
		return err;
	if (!err)
		return bad_input(r, r->source.offset,
				 "it ends before its schema does, and nothing can be read");
	cause = rec_block__unpack(&r->header, r->stored, r->raw);
	if (cause)
		return bad_input(r, r->block_offset, "the schema is damaged, %s", cause);
	rec_reader__count_block(r);
	return 0;
}

static int read_schema(struct rec_reader *r, const struct rec_kind_desc *kinds, size_t kinds_cnt)
{
	int err = read_schema_block(r);

	if (err)
		return err;
	err = rec_decoder__schema(&r->decoder, r->raw, r->header.raw_bytes, kinds, kinds_cnt);
	if (err == -EBADMSG)
		return bad_input(r, r->block_offset, "the schema makes no sense");
	r->block = 1;
	return err ? rec_reader__fail_reading(r, err) : 0;
}

/* ---- begin and end ---- */

static struct rec_reader *new_reader(const char *name, struct failure *failure)
{
	struct rec_reader *r = calloc(1, sizeof(*r));

	if (!r) {
		failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN, "%s: no memory", name);
		return NULL;
	}
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->source.fd = -1;
	r->range_last_ns = ~0ULL;
	return r;
}

/* From the source that is open: all that comes before the first record. */
static int begin_reading(struct rec_reader **out, struct rec_reader *r,
			 const struct rec_kind_desc *kinds, size_t kinds_cnt,
			 struct failure *failure)
{
	int err = read_head(r);

	if (!err)
		err = read_schema(r, kinds, kinds_cnt);
	if (err) {
		*failure = r->failure;
		rec_reader__free(r);
		return err;
	}
	look_ahead(r);
	*out = r;
	return 0;
}

static int open_source(struct rec_reader *r, const char *path, struct failure *failure)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	int err = fd < 0 ? -errno : rec_source__open_fd(&r->source, fd);

	if (err)
		failure__set(failure, err, err == -ENOMEM ? EXIT_CANNOT_RUN : EXIT_BAD_INPUT,
			     "cannot open %s: %s", path, strerror(-err));
	return err;
}

int rec_reader__open(struct rec_reader **out, const char *path, struct failure *failure)
{
	struct rec_reader *r = new_reader(strcmp(path, "-") ? path : "standard input", failure);
	int err;

	if (!r)
		return -ENOMEM;
	err = open_source(r, path, failure);
	if (err) {
		rec_reader__free(r);
		return err;
	}
	return begin_reading(out, r, rec_kinds, rec_kinds_cnt, failure);
}

int rec_reader__open_memory_as(struct rec_reader **out, const struct rec_kind_desc *kinds,
			       size_t kinds_cnt, const void *bytes, size_t bytes_cnt,
			       struct failure *failure)
{
	struct rec_reader *r = new_reader("recording", failure);

	if (!r)
		return -ENOMEM;
	rec_source__open_memory(&r->source, bytes, bytes_cnt);
	return begin_reading(out, r, kinds, kinds_cnt, failure);
}

int rec_reader__open_memory(struct rec_reader **out, const void *bytes, size_t bytes_cnt,
			    struct failure *failure)
{
	return rec_reader__open_memory_as(out, rec_kinds, rec_kinds_cnt, bytes, bytes_cnt, failure);
}

void rec_reader__free(struct rec_reader *r)
{
	if (!r)
		return;
	rec_source__close(&r->source);
	rec_decoder__free(&r->decoder);
	free(r->stored);
	free(r->raw);
	free(r->index);
	free(r);
}
