/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Recordings as files and streams: writing and reading records. Only src/recfile*.c know the
 * format, which virtiofs-daxtop-recording(5) documents.
 *
 * A recording is a head, then blocks, each whole in itself: with its length, sort, time range,
 * number of records and checksum. What was written up to any moment can therefore be read up to the
 * last whole block.
 */
#ifndef DAXTOP_RECFILE_H
#define DAXTOP_RECFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"
#include "rec_kinds.h"

/* ---- writing ---- */

struct rec_writer;

/* A finished block (or head, or index), ready to be stored: borrowed for the call. */
struct rec_chunk {
	const void *bytes;
	size_t bytes_cnt;
	bool is_events; /* REC_OP to REC_SELF_REQUEST alone; else any reader of the rest needs it */
	__u64 first_ns; /* first begin and last end of them; 0: none has a time */
	__u64 last_ns;
	__u64 records_cnt;
};

/* 0 or -errno, which the writer then returns from what led to it. */
typedef int rec_store_fn(void *ctx, const struct rec_chunk *chunk);

/*
 * A new recording: its head and schema go to @store at once. NULL with errno, or what @store
 * returned. Its memory is bounded, whatever is written: two blocks, and what they name.
 */
struct rec_writer *rec_writer__new(rec_store_fn *store, void *ctx);
void rec_writer__free(struct rec_writer *w); /* what is not flushed is dropped */

/*
 * @record is the struct of @kind; a struct event_op without EVENT_OP_WAITS may end before its
 * waits. Stores a block whenever one is full. 0, -EINVAL for no such kind, or @store's, which all
 * later calls then return too.
 *
 * Events keep their order, and so do all other records. Of both, what was added before a REC_STATE
 * is read before it, and what was added after it comes after it; between two of them, the others
 * come before the events that were open with them.
 */
int rec_writer__add(struct rec_writer *w, enum rec_kind kind, const void *record);

/* Stores what is open, so that a recording that ends here has it. 0 or -errno. */
int rec_writer__flush(struct rec_writer *w);

/*
 * Flushes, and stores the index and the end. Where blocks were dropped on the way, readers find
 * that the index is not theirs, and go by the blocks that are there. @head receives what then
 * belongs at the front of a file in place of the first REC_HEAD_BYTES, where that can be done:
 * without the mark "not finished".
 */
#define REC_HEAD_BYTES 64
int rec_writer__finish(struct rec_writer *w, unsigned char head[REC_HEAD_BYTES]);

/* So far: records, those with hits counted one by one, and bytes given to @store. */
struct rec_written {
	__u64 records_cnt;
	__u64 events_cnt; /* REC_OP, REC_WAIT, REC_BLAME, REC_WINDOW, and each hit of REC_HITS */
	__u64 bytes_cnt;
	__u64 raw_bytes_cnt; /* before compression */
};
struct rec_written rec_writer__written(const struct rec_writer *w);

/* ---- reading ---- */

struct rec_reader;

/*
 * Opens a recording; "-" is the standard input. The schema is read. -errno with @failure filled:
 * its name, and EXIT_BAD_INPUT where it cannot be opened or read, or is none (with offset and
 * cause).
 */
int rec_reader__open(struct rec_reader **r, const char *path, struct failure *failure);
/* The same of @bytes in memory, borrowed until it is freed. */
int rec_reader__open_memory(struct rec_reader **r, const void *bytes, size_t bytes_cnt,
			    struct failure *failure);
void rec_reader__free(struct rec_reader *r);

/*
 * Can @path be opened again, and read from its begin once more? Not the standard input, a pipe or a
 * device. Of what is not there it is not the answer: opening tells.
 */
bool rec_reader__can_reopen(const char *path);

/*
 * Before the first record: events of blocks wholly before @first_ns or after @last_ns are left out.
 */
void rec_reader__set_range(struct rec_reader *r, __u64 first_ns, __u64 last_ns);

/*
 * The next record: 1, with its kind and struct, in which all that the file does not have is zero
 * (but for hits beyond cnt: those are not there); 0 at the end. Kinds that are not known here are
 * left out. Ids (of operations, waits, ...) are as the file has them: a newer one's may be out of
 * the bounds of ours. Damaged blocks are left out and told by rec_reader__damage(). -errno where
 * reading itself fails (-EIO, -ENOMEM), with rec_reader__failure(), which has the recording's name.
 *
 * @record is borrowed until the next call.
 */
int rec_reader__next(struct rec_reader *r, enum rec_kind *kind, const void **record);

/* The block that the last record came from: a number that grows from block to block. */
__u64 rec_reader__block(const struct rec_reader *r);
/*
 * No event of the blocks after that one began before this; 0 where that is not known (a pipe, or no
 * index): what began earlier can be shown in order now.
 */
__u64 rec_reader__rest_begins_ns(const struct rec_reader *r);

const struct failure *rec_reader__failure(const struct rec_reader *r);

/*
 * What is missing, as far as read. A recording that ended as it should, undamaged, has none of it.
 */
struct rec_damage {
	bool is_unfinished;   /* no end: it goes on, or was killed */
	bool is_cut;	      /* ends inside a block */
	__u64 blocks_damaged; /* left out */
	__u64 records_lost;   /* in those; at least */
	__u64 offset;	      /* of the first damage in the file, bytes */
	/* the first in words, about "it": what, at which offset, what is missing; "": none */
	char text[256];
};
const struct rec_damage *rec_reader__damage(const struct rec_reader *r);
/* All there is to say about "it": borrowed from @damage, or static. NULL: it is whole. */
const char *rec_damage__text(const struct rec_damage *damage);

/* Of the file as a whole; of a pipe, and where headers are damaged, as far as read. */
struct rec_totals {
	__u64 blocks_cnt;
	__u64 records_cnt;
	__u64 events_cnt; /* as in struct rec_written */
	__u64 bytes_cnt;
};
struct rec_totals rec_reader__totals(const struct rec_reader *r);

#endif
