/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the files that know the format of recordings share: its numbers, and the parts that writing
 * and reading are made of. virtiofs-daxtop-recording(5) says the same in words; change both.
 */
#ifndef DAXTOP_RECFILE_PRIV_H
#define DAXTOP_RECFILE_PRIV_H

#include <string.h>

#include "recfile.h"

#define REC_VERSION	    1
#define REC_FLAG_UNFINISHED 0x1 /* of the head */

/* Sort of block; only appended: a reader leaves out what it does not know. */
enum rec_block_sort {
	REC_B_SCHEMA = 1,
	REC_B_EVENTS = 2, /* REC_OP to REC_SELF_REQUEST alone */
	REC_B_OTHERS = 3, /* all other kinds */
	REC_B_INDEX = 4,
	REC_B_END = 5,
};
#define REC_BLOCK_DEFLATED 0x1

#define REC_HEADER_BYTES 48
#define REC_END_BYTES	 48 /* payload of the end */
#define REC_BLOCK_TARGET (256U << 10)
#define REC_BLOCK_MAX	 (4U << 20)   /* before compression; a reader refuses more */
#define REC_TEXT_MAX	 (16U << 10)  /* with its NUL; what is longer is cut */
#define REC_RECORD_MAX	 (128U << 10) /* of a record as written: six texts, and some */
#define REC_FIELDS_MAX	 64	      /* of a kind: bits of a presence mask */
#define REC_KIND_IDS	 256
#define REC_KEYS_MAX	 65536 /* inodes, or tasks, of a block */
#define REC_DICT_MAX	 4096  /* of them that are written */
#define REC_INDEX_MAX	 8192

/* The header of a block, as it is in memory. */
struct rec_header {
	__u8 sort;
	__u8 flags;
	__u32 stored_bytes;
	__u32 raw_bytes;
	__u32 records_cnt;
	__u32 events_cnt;
	__u64 first_ns; /* both 0: no record has a time */
	__u64 last_ns;
	__u32 payload_crc;
};

/* ---- recfile_code.c: bytes ---- */

void rec_head__pack(unsigned char bytes[REC_HEAD_BYTES], bool is_finished);
extern const unsigned char rec_magic[8];
extern const unsigned char rec_block_magic[4];
bool rec_head__is_whole(const unsigned char bytes[REC_HEAD_BYTES]);

void rec_header__pack(unsigned char bytes[REC_HEADER_BYTES], const struct rec_header *h);
/* NULL, or what is wrong with it. */
const char *rec_header__unpack(struct rec_header *h, const unsigned char bytes[REC_HEADER_BYTES]);

/* @raw has room for h->raw_bytes. NULL, or what is wrong with it. */
const char *rec_block__unpack(const struct rec_header *h, const unsigned char *stored,
			      unsigned char *raw);

static inline void put_le(unsigned char *p, __u64 v, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		p[i] = v >> 8 * i;
}

static inline __u64 get_le(const unsigned char *p, unsigned int bytes)
{
	__u64 v = 0;

	for (unsigned int i = 0; i < bytes; i++)
		v |= (__u64)p[i] << 8 * i;
	return v;
}

#define VARINT_MAX 10

static inline unsigned char *put_varint(unsigned char *p, __u64 v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = v | 0x80;
	*p++ = v;
	return p;
}

static inline __u64 zigzag(__u64 difference)
{
	return difference << 1 ^ -(difference >> 63);
}

static inline __u64 unzigzag(__u64 v)
{
	return v >> 1 ^ -(v & 1);
}

struct rec_cursor {
	const unsigned char *at;
	const unsigned char *end;
};

/* False at the end, or for what is no number of 64 bits. */
static inline bool get_varint(struct rec_cursor *c, __u64 *v)
{
	const unsigned char *p = c->at;
	__u64 res = 0;

	for (unsigned int shift = 0; p < c->end && shift < 64; shift += 7) {
		__u64 byte = *p++;

		res |= (byte & 0x7f) << shift;
		if (byte >= 0x80)
			continue;
		c->at = p;
		*v = res;
		return shift < 63 || byte <= 1;
	}
	return false;
}

/* An inode or a task, to be found by its bytes. */
union rec_key {
	struct inode_key inode;
	struct task_key task;
	__u64 words[2];
};
_Static_assert(sizeof(union rec_key) == 16, "no byte is left over");

/* ---- recfile_encode.c: records as bytes ---- */

/* Numbers of the keys that a block has named. */
struct rec_dict {
	__u32 cnt;
	__u16 slots[2 * REC_DICT_MAX]; /* number plus one, by hash */
	union rec_key keys[REC_DICT_MAX];
};

struct rec_encoder {
	__u64 last_ns; /* time that the next one is told from */
	struct rec_dict inodes;
	struct rec_dict tasks;
};

void rec_encoder__begin(struct rec_encoder *e);
bool rec_encoder__has_room(const struct rec_encoder *e);
/* Room for REC_RECORD_MAX bytes at @out. Returns its end. */
unsigned char *rec_encoder__record(struct rec_encoder *e, unsigned char *out,
				   const struct rec_kind_desc *desc, const void *record);
/* At most so many bytes, whatever is in it. */
size_t rec_encoder__bound(const struct rec_kind_desc *desc);
unsigned char *rec_encoder__schema(unsigned char *out, const struct rec_kind_desc *kinds,
				   size_t kinds_cnt);

/* ---- recfile_decode.c: and back ---- */

/* How a field of the file is read: by the file's type, into ours if there is one of that type. */
struct rec_plan_field {
	__u64 type;
	const struct rec_field *ours;
};

struct rec_plan {
	const struct rec_kind_desc *ours; /* NULL: read over */
	size_t clear_bytes;
	size_t fields_cnt;
	struct rec_plan_field fields[];
};

struct rec_keys {
	union rec_key *keys;
	size_t cnt;
	size_t room;
};

struct rec_decoder {
	struct rec_cursor cursor;
	__u64 last_ns;
	struct rec_keys inodes;
	struct rec_keys tasks;
	struct rec_plan *plans[REC_KIND_IDS];
	union {
		__u64 words[REC_BYTES_MAX / 8];
		unsigned char bytes[REC_BYTES_MAX];
	} record;
};

/* 0; -EBADMSG for what is no schema; -ENOMEM. */
int rec_decoder__schema(struct rec_decoder *d, const unsigned char *raw, size_t raw_bytes,
			const struct rec_kind_desc *kinds, size_t kinds_cnt);
void rec_decoder__begin(struct rec_decoder *d, const unsigned char *raw, size_t raw_bytes);
/* The next one: 1 with @kind and in d->record; 0 for one that was read over; -EBADMSG, -ENOMEM. */
int rec_decoder__record(struct rec_decoder *d, __u32 *kind);
void rec_decoder__free(struct rec_decoder *d);

/* ---- recfile_index.c: where the events of a time are ---- */

struct rec_index_entry {
	__u64 offset; /* of the first of these blocks */
	__u64 blocks_cnt;
	__u64 records_cnt;
	__u64 first_ns;
	__u64 last_ns;
};

/*
 * Bounded, however long a recording is: where there is no room for another block, each two entries
 * become one, and from then on each new one takes twice as many blocks.
 */
struct rec_index {
	__u64 blocks_per_entry;
	size_t cnt;
	struct rec_index_entry entries[REC_INDEX_MAX];
};

void rec_index__init(struct rec_index *index);
void rec_index__add(struct rec_index *index, const struct rec_index_entry *entry);
#define REC_INDEX_BYTES_MAX ((size_t)(1 + REC_INDEX_MAX * 5) * VARINT_MAX)
unsigned char *rec_index__pack(const struct rec_index *index, unsigned char *out);
/* False for what is none, or is longer than one of ours can be. */
bool rec_index__unpack(struct rec_index *index, const unsigned char *raw, size_t raw_bytes);
/* From now on first_ns of each is the first one of it and all after it. */
void rec_index__look_ahead(struct rec_index *index);

/* ---- recfile_source.c: where a reader's bytes come from ---- */

struct rec_source {
	int fd;	       /* -1: memory */
	bool is_sized; /* a file or memory: size_bytes is known, and any offset can be read */
	__u64 size_bytes;
	const unsigned char *memory;
	__u64 offset;	    /* of the next byte */
	unsigned char *buf; /* what has been read beyond it */
	size_t begin;
	size_t end;
};

/* 0 or -errno; @fd is closed with the source, unless it is the standard input. */
int rec_source__open_fd(struct rec_source *s, int fd);
void rec_source__open_memory(struct rec_source *s, const void *bytes, size_t bytes_cnt);
void rec_source__close(struct rec_source *s);
/* Makes at least @want bytes ready, fewer at the end: @have of them, at @bytes. 0 or -errno. */
#define REC_PEEK_MAX (64U << 10)
int rec_source__peek(struct rec_source *s, size_t want, const unsigned char **bytes, size_t *have);
/* Both tell how many there were before the end: 0 or -errno. */
int rec_source__read(struct rec_source *s, unsigned char *bytes, size_t want, size_t *got);
int rec_source__skip(struct rec_source *s, __u64 want, __u64 *got);
/* Where is_sized: all of them or -ENODATA, without moving. */
int rec_source__read_at(struct rec_source *s, __u64 offset, unsigned char *bytes, size_t cnt);

/* ---- recfile_open.c and recfile_read.c: a reader ---- */

struct rec_reader {
	struct rec_source source;
	char name[128]; /* for messages */
	struct failure failure;
	struct rec_damage damage;
	struct rec_totals totals;
	bool has_totals; /* of the whole, not only of what was read */
	bool is_at_end;

	__u64 range_first_ns;
	__u64 range_last_ns;
	/* of all headers so far, for telling what is missing */
	__u64 first_ns;
	__u64 last_ns;

	/* the block being read */
	struct rec_header header;
	__u64 block; /* its number, from 1; 0: none yet */
	__u64 block_offset;
	__u64 records_read;
	unsigned char *stored;
	size_t stored_room;
	unsigned char *raw;
	size_t raw_room;
	struct rec_decoder decoder;

	struct rec_index *index; /* NULL: not known */
	size_t index_at;
};

/* Tells of the first damage alone. */
void rec_reader__note_damage(struct rec_reader *r, __u64 offset, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Returns @err. */
int rec_reader__fail_reading(struct rec_reader *r, int err);
/* At least a byte, so that it is never NULL. */
int rec_reader__make_room(unsigned char **buf, size_t *room, size_t want);
/* Beyond r->header, which has been looked at: 1; 0 where the file ends before it does; -errno. */
int rec_reader__payload(struct rec_reader *r);
void rec_reader__count_block(struct rec_reader *r);

/* ---- for tests: other tables than rec_kinds[], and what they hold ---- */

struct rec_writer *rec_writer__new_of(const struct rec_kind_desc *kinds, size_t kinds_cnt,
				      rec_store_fn *store, void *ctx);
int rec_reader__open_memory_as(struct rec_reader **r, const struct rec_kind_desc *kinds,
			       size_t kinds_cnt, const void *bytes, size_t bytes_cnt,
			       struct failure *failure);
size_t rec_writer__memory_bytes(const struct rec_writer *w);
size_t rec_reader__memory_bytes(const struct rec_reader *r);
const struct rec_index *rec_reader__index(const struct rec_reader *r);

#endif
