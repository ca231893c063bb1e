// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Records as bytes, by the table of kinds: the kind, a mask of the fields that are not zero, and
 * those fields. Surprising: a hit is told from the end of the one before it, not from its begin, as
 * what passes between two is shorter and varies less than either.
 */
#include "recfile_priv.h"

#include "recfile.h"

#define SLOTS	       (2 * REC_DICT_MAX)
#define KEYS_OF_RECORD 16 /* fields of a kind that may name a new one */
#define START_MASK     (~0ULL >> HIT_DUR_BITS)

static void dict__clear(struct rec_dict *d)
{
	d->cnt = 0;
	memset(d->slots, 0, sizeof(d->slots));
}

static __u32 slot_of(const union rec_key *key)
{
	__u64 hash =
		(key->words[0] * 0x9e3779b97f4a7c15ULL ^ key->words[1]) * 0xff51afd7ed558ccdULL;

	return hash >> 32 & (SLOTS - 1);
}

/* Its number plus one; 0 where it was not there yet, and now is. */
static __u32 dict__number(struct rec_dict *d, const union rec_key *key)
{
	__u32 slot = slot_of(key);

	for (; d->slots[slot]; slot = (slot + 1) & (SLOTS - 1)) {
		const union rec_key *other = &d->keys[d->slots[slot] - 1];

		if (key->words[0] == other->words[0] && key->words[1] == other->words[1])
			return d->slots[slot];
	}
	d->keys[d->cnt++] = *key;
	d->slots[slot] = d->cnt;
	return 0;
}

void rec_encoder__begin(struct rec_encoder *e)
{
	e->last_ns = 0;
	dict__clear(&e->inodes);
	dict__clear(&e->tasks);
}

bool rec_encoder__has_room(const struct rec_encoder *e)
{
	return e->inodes.cnt + KEYS_OF_RECORD <= REC_DICT_MAX &&
	       e->tasks.cnt + KEYS_OF_RECORD <= REC_DICT_MAX;
}

static __u64 load(const unsigned char *p, __u32 width)
{
	__u64 v64;
	__u32 v32;
	__u16 v16;

	switch (width) {
	case 1:
		return *p;
	case 2:
		memcpy(&v16, p, sizeof(v16));
		return v16;
	case 4:
		memcpy(&v32, p, sizeof(v32));
		return v32;
	default:
		memcpy(&v64, p, sizeof(v64));
		return v64;
	}
}

static const char *text_at(const unsigned char *p)
{
	const char *text;

	memcpy(&text, p, sizeof(text));
	return text;
}

static union rec_key key_at(const unsigned char *p, __u8 type)
{
	union rec_key key;

	memcpy(&key, p, sizeof(key));
	if (type == REC_T_TASK)
		key.task.pad = 0;
	return key;
}

/* How many are in an array that says so. */
static __u32 len_of(const struct rec_field *f, const unsigned char *record)
{
	__u32 len = load(record + f->len_offset, 4);

	return len < f->cnt ? len : f->cnt;
}

static __u32 used_of(const struct rec_field *f, const unsigned char *p)
{
	__u32 used = 0;

	for (__u32 i = 0; i < f->cnt; i++)
		used += load(p + i * f->width, f->width) != 0;
	return used;
}

static bool is_present(const struct rec_field *f, const unsigned char *record)
{
	const unsigned char *p = record + f->offset;
	union rec_key key;

	switch (f->type) {
	case REC_T_TEXT:
		return text_at(p) != NULL;
	case REC_T_CHARS:
		return *p;
	case REC_T_BYTES:
	case REC_T_HITS:
		return len_of(f, record);
	case REC_T_INODE:
	case REC_T_TASK:
		key = key_at(p, f->type);
		return key.words[0] || key.words[1];
	case REC_T_SPARSE:
		return used_of(f, p);
	default:
		return load(p, f->width);
	}
}

/* Where a struct ends: an operation that waited for nothing may be shorter in memory. */
static size_t bytes_of(const struct rec_kind_desc *desc, const unsigned char *record)
{
	if (desc->event == EVENT_OP && !(((const struct event_op *)record)->flags & EVENT_OP_WAITS))
		return EVENT_OP_SHORT_BYTES;
	return desc->bytes;
}

static __u64 presence(const struct rec_kind_desc *desc, const unsigned char *record)
{
	size_t bytes = bytes_of(desc, record);
	__u64 mask = 0;

	for (size_t i = 0; i < desc->fields_cnt; i++)
		if (desc->fields[i].offset < bytes && is_present(&desc->fields[i], record))
			mask |= 1ULL << i;
	return mask;
}

static unsigned char *put_bytes(unsigned char *out, const void *bytes, size_t cnt)
{
	out = put_varint(out, cnt);
	memcpy(out, bytes, cnt);
	return out + cnt;
}

static unsigned char *put_text(unsigned char *out, const char *text)
{
	size_t len = strnlen(text, REC_TEXT_MAX - 1);

	out = put_varint(out, len + 1);
	memcpy(out, text, len);
	out[len] = '\0';
	return out + len + 1;
}

static unsigned char *put_key(struct rec_encoder *e, unsigned char *out, const unsigned char *p,
			      __u8 type)
{
	union rec_key key = key_at(p, type);
	bool is_task = type == REC_T_TASK;
	__u32 number = dict__number(is_task ? &e->tasks : &e->inodes, &key);

	out = put_varint(out, number);
	if (number)
		return out;
	out = put_varint(out, is_task ? key.task.tgid : key.inode.nodeid);
	out = put_varint(out, is_task ? key.task.pid : key.inode.dev);
	return put_varint(out, is_task ? key.task.start_ms : key.inode.generation);
}

static unsigned char *put_time(struct rec_encoder *e, unsigned char *out, __u64 ns)
{
	out = put_varint(out, zigzag(ns - e->last_ns));
	e->last_ns = ns;
	return out;
}

static unsigned char *put_sparse(unsigned char *out, const struct rec_field *f,
				 const unsigned char *p)
{
	__u32 next = 0;

	out = put_varint(out, used_of(f, p));
	for (__u32 i = 0; i < f->cnt; i++) {
		__u64 v = load(p + i * f->width, f->width);

		if (!v)
			continue;
		out = put_varint(out, i - next);
		out = put_varint(out, v);
		next = i + 1;
	}
	return out;
}

static unsigned char *put_hits(unsigned char *out, const unsigned char *p, __u32 cnt)
{
	__u64 end = 0;

	out = put_varint(out, cnt);
	for (__u32 i = 0; i < cnt; i++) {
		__u64 hit = load(p + 8 * i, 8), start = hit >> HIT_DUR_BITS;
		__u64 dur = hit & ((1 << HIT_DUR_BITS) - 1);

		out = put_varint(out, (start - end) & START_MASK);
		out = put_varint(out, dur);
		end = start + dur;
	}
	return out;
}

static unsigned char *put_field(struct rec_encoder *e, unsigned char *out,
				const struct rec_field *f, const unsigned char *record)
{
	const unsigned char *p = record + f->offset;

	switch (f->type) {
	case REC_T_TIME:
		return put_time(e, out, load(p, 8));
	case REC_T_TEXT:
		return put_text(out, text_at(p));
	case REC_T_CHARS:
		return put_bytes(out, p, strnlen((const char *)p, f->cnt));
	case REC_T_BYTES:
		return put_bytes(out, p, len_of(f, record));
	case REC_T_INODE:
	case REC_T_TASK:
		return put_key(e, out, p, f->type);
	case REC_T_SPARSE:
		return put_sparse(out, f, p);
	case REC_T_HITS:
		return put_hits(out, p, len_of(f, record));
	case REC_T_UINT:
		return put_varint(out, load(p, f->width));
	default: /* of a test: what no reader knows is told with its length */
		return put_bytes(out, p, f->width * f->cnt);
	}
}

unsigned char *rec_encoder__record(struct rec_encoder *e, unsigned char *out,
				   const struct rec_kind_desc *desc, const void *record)
{
	__u64 mask = presence(desc, record);

	out = put_varint(out, desc->id);
	out = put_varint(out, mask);
	for (size_t i = 0; mask; i++, mask >>= 1)
		if (mask & 1)
			out = put_field(e, out, &desc->fields[i], record);
	return out;
}

static size_t field_bound(const struct rec_field *f)
{
	switch (f->type) {
	case REC_T_TEXT:
		return VARINT_MAX + REC_TEXT_MAX;
	case REC_T_INODE:
	case REC_T_TASK:
		return 4 * VARINT_MAX;
	case REC_T_SPARSE:
	case REC_T_HITS:
		return VARINT_MAX + f->cnt * 2 * VARINT_MAX;
	default:
		return VARINT_MAX + (size_t)f->width * f->cnt;
	}
}

size_t rec_encoder__bound(const struct rec_kind_desc *desc)
{
	size_t bytes = 2 * VARINT_MAX;

	for (size_t i = 0; i < desc->fields_cnt; i++)
		bytes += field_bound(&desc->fields[i]);
	return bytes;
}

static unsigned char *put_name(unsigned char *out, const char *name)
{
	return put_bytes(out, name, strlen(name));
}

unsigned char *rec_encoder__schema(unsigned char *out, const struct rec_kind_desc *kinds,
				   size_t kinds_cnt)
{
	out = put_varint(out, kinds_cnt);
	for (size_t i = 0; i < kinds_cnt; i++) {
		out = put_varint(out, kinds[i].id);
		out = put_name(out, kinds[i].name);
		out = put_varint(out, kinds[i].fields_cnt);
		for (size_t j = 0; j < kinds[i].fields_cnt; j++) {
			const struct rec_field *f = &kinds[i].fields[j];

			out = put_varint(out, f->id);
			out = put_varint(out, f->type);
			out = put_varint(out, f->unit);
			out = put_varint(out, f->cnt);
			out = put_name(out, f->name);
		}
	}
	return out;
}
