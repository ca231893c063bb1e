// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Bytes of a block back to records, by the schema of the file. Nothing in it is trusted: a block
 * with the right checksum may still have been made to harm.
 *
 * Surprising: what is not known here is read all the same, as it may be what names an inode, or
 * tells a time, that later records refer to.
 */
#include "recfile_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "recfile.h"

#define SCHEMA_TEXT_MAX 256
#define START_MASK	(~0ULL >> HIT_DUR_BITS)
#define U32_MAX		0xffffffffULL

/* ---- the schema ---- */

static bool get_bytes(struct rec_cursor *c, const unsigned char **bytes, __u64 *cnt)
{
	if (!get_varint(c, cnt) || *cnt > (size_t)(c->end - c->at))
		return false;
	*bytes = c->at;
	c->at += *cnt;
	return true;
}

static bool skip_name(struct rec_cursor *c)
{
	const unsigned char *bytes;
	__u64 cnt;

	return get_bytes(c, &bytes, &cnt) && cnt <= SCHEMA_TEXT_MAX;
}

static const struct rec_kind_desc *kind_of(const struct rec_kind_desc *kinds, size_t kinds_cnt,
					   __u64 id)
{
	for (size_t i = 0; i < kinds_cnt; i++)
		if (kinds[i].id == id)
			return &kinds[i];
	return NULL;
}

static const struct rec_field *field_of(const struct rec_kind_desc *desc, __u64 id, __u64 type)
{
	for (size_t i = 0; desc && i < desc->fields_cnt; i++)
		if (desc->fields[i].id == id)
			return desc->fields[i].type == type ? &desc->fields[i] : NULL;
	return NULL;
}

static bool get_field(struct rec_cursor *c, const struct rec_kind_desc *desc,
		      struct rec_plan_field *field)
{
	__u64 id, type, unit, cnt;

	if (!get_varint(c, &id) || !get_varint(c, &type) || !get_varint(c, &unit) ||
	    !get_varint(c, &cnt) || !skip_name(c))
		return false;
	*field = (struct rec_plan_field){ .type = type, .ours = field_of(desc, id, type) };
	return true;
}

/* Hits beyond those that are there are nobody's business, and most of the struct. */
static size_t clear_bytes(const struct rec_kind_desc *desc)
{
	const struct rec_field *last = &desc->fields[desc->fields_cnt - 1];

	if (last->type == REC_T_HITS && last->offset + last->width * last->cnt == desc->bytes)
		return last->offset;
	return desc->bytes;
}

static int get_kind(struct rec_decoder *d, struct rec_cursor *c, const struct rec_kind_desc *kinds,
		    size_t kinds_cnt)
{
	__u64 id, fields_cnt;
	struct rec_plan *plan;

	if (!get_varint(c, &id) || !skip_name(c) || !get_varint(c, &fields_cnt) || !id ||
	    id >= REC_KIND_IDS || fields_cnt > REC_FIELDS_MAX || d->plans[id])
		return -EBADMSG;
	plan = calloc(1, sizeof(*plan) + fields_cnt * sizeof(plan->fields[0]));
	if (!plan)
		return -ENOMEM;
	d->plans[id] = plan;
	plan->ours = kind_of(kinds, kinds_cnt, id);
	plan->clear_bytes = plan->ours ? clear_bytes(plan->ours) : 0;
	for (; plan->fields_cnt < fields_cnt; plan->fields_cnt++)
		if (!get_field(c, plan->ours, &plan->fields[plan->fields_cnt]))
			return -EBADMSG;
	return 0;
}

int rec_decoder__schema(struct rec_decoder *d, const unsigned char *raw, size_t raw_bytes,
			const struct rec_kind_desc *kinds, size_t kinds_cnt)
{
	struct rec_cursor c = { raw, raw + raw_bytes };
	__u64 cnt;

	if (!get_varint(&c, &cnt))
		return -EBADMSG;
	while (cnt--) {
		int err = get_kind(d, &c, kinds, kinds_cnt);

		if (err)
			return err;
	}
	return c.at == c.end ? 0 : -EBADMSG;
}

void rec_decoder__free(struct rec_decoder *d)
{
	for (size_t i = 0; i < REC_KIND_IDS; i++)
		free(d->plans[i]);
	free(d->inodes.keys);
	free(d->tasks.keys);
}

/* ---- fields ---- */

/* What does not fit is beyond all that is known here, and stays so: the highest number there is. */
static void save(unsigned char *p, __u32 width, __u64 v)
{
	__u64 most = width < 8 ? (1ULL << 8 * width) - 1 : ~0ULL;
	__u64 v64 = v < most ? v : most;
	__u32 v32 = v64;
	__u16 v16 = v64;

	switch (width) {
	case 1:
		*p = v64;
		break;
	case 2:
		memcpy(p, &v16, sizeof(v16));
		break;
	case 4:
		memcpy(p, &v32, sizeof(v32));
		break;
	default:
		memcpy(p, &v64, sizeof(v64));
	}
}

static int add_key(struct rec_keys *keys, const union rec_key *key)
{
	if (keys->cnt == REC_KEYS_MAX)
		return -EBADMSG;
	if (keys->cnt == keys->room) {
		size_t room = keys->room ? 2 * keys->room : 256;
		union rec_key *more = realloc(keys->keys, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		keys->keys = more;
		keys->room = room;
	}
	keys->keys[keys->cnt++] = *key;
	return 0;
}

static bool get_key(struct rec_cursor *c, bool is_task, union rec_key *key)
{
	__u64 a, b, low;

	if (!get_varint(c, &a) || !get_varint(c, &b) || !get_varint(c, &low) || b > U32_MAX ||
	    low > U32_MAX || (is_task && a > U32_MAX))
		return false;
	if (is_task)
		key->task = (struct task_key){ .tgid = a, .pid = b, .start_ms = low };
	else
		key->inode = (struct inode_key){ .nodeid = a, .dev = b, .generation = low };
	return true;
}

static int read_key(struct rec_decoder *d, bool is_task, unsigned char *to)
{
	struct rec_keys *keys = is_task ? &d->tasks : &d->inodes;
	union rec_key key;
	__u64 number;
	int err;

	if (!get_varint(&d->cursor, &number) || number > keys->cnt)
		return -EBADMSG;
	if (!number) {
		if (!get_key(&d->cursor, is_task, &key))
			return -EBADMSG;
		err = add_key(keys, &key);
		if (err)
			return err;
		number = keys->cnt;
	}
	if (to)
		memcpy(to, &keys->keys[number - 1], sizeof(key));
	return 0;
}

static int read_time(struct rec_decoder *d, unsigned char *to)
{
	__u64 v;

	if (!get_varint(&d->cursor, &v))
		return -EBADMSG;
	d->last_ns += unzigzag(v);
	if (to)
		save(to, 8, d->last_ns);
	return 0;
}

static int read_text(struct rec_decoder *d, unsigned char *to)
{
	const unsigned char *text;
	__u64 cnt;

	if (!get_bytes(&d->cursor, &text, &cnt) || !cnt || text[cnt - 1])
		return -EBADMSG;
	if (to)
		memcpy(to, &text, sizeof(text));
	return 0;
}

/* What is longer than it is here is cut. */
static int read_bytes(struct rec_decoder *d, const struct rec_field *f, unsigned char *record)
{
	const unsigned char *bytes;
	__u64 cnt;

	if (!get_bytes(&d->cursor, &bytes, &cnt))
		return -EBADMSG;
	if (!f)
		return 0;
	if (cnt > f->cnt)
		cnt = f->cnt;
	memcpy(record + f->offset, bytes, cnt);
	if (f->type == REC_T_BYTES)
		save(record + f->len_offset, 4, cnt);
	return 0;
}

/* Elements that there are none of here are those of ids that are not known here. */
static int read_sparse(struct rec_decoder *d, const struct rec_field *f, unsigned char *record)
{
	__u64 used, gap, v, next = 0;

	if (!get_varint(&d->cursor, &used))
		return -EBADMSG;
	while (used--) {
		if (!get_varint(&d->cursor, &gap) || !get_varint(&d->cursor, &v) || gap > U32_MAX ||
		    next > U32_MAX)
			return -EBADMSG;
		next += gap;
		if (f && next < f->cnt)
			save(record + f->offset + next * f->width, f->width, v);
		next++;
	}
	return 0;
}

static bool read_over_hits(struct rec_cursor *c, __u64 cnt)
{
	__u64 v;

	while (cnt--)
		if (!get_varint(c, &v) || !get_varint(c, &v))
			return false;
	return true;
}

static int read_hits(struct rec_decoder *d, const struct rec_field *f, unsigned char *record)
{
	struct rec_cursor c = d->cursor;
	__u64 cnt, end = 0, gap, dur, start;

	if (!get_varint(&c, &cnt) || (f && cnt > f->cnt))
		return -EBADMSG;
	if (f)
		save(record + f->len_offset, 4, cnt);
	for (__u64 i = 0; f && i < cnt; i++) {
		if (!get_varint(&c, &gap) || !get_varint(&c, &dur) || dur >> HIT_DUR_BITS)
			return -EBADMSG;
		start = (end + gap) & START_MASK;
		save(record + f->offset + 8 * i, 8, start << HIT_DUR_BITS | dur);
		end = start + dur;
	}
	if (!f && !read_over_hits(&c, cnt))
		return -EBADMSG;
	d->cursor = c;
	return 0;
}

static int read_uint(struct rec_decoder *d, const struct rec_field *f, unsigned char *record)
{
	__u64 v;

	if (!get_varint(&d->cursor, &v))
		return -EBADMSG;
	if (f)
		save(record + f->offset, f->width, v);
	return 0;
}

static int read_field(struct rec_decoder *d, const struct rec_plan_field *field)
{
	const struct rec_field *f = field->ours;
	unsigned char *record = d->record.bytes, *to = f ? record + f->offset : NULL;

	switch (field->type) {
	case REC_T_UINT:
		return read_uint(d, f, record);
	case REC_T_TIME:
		return read_time(d, to);
	case REC_T_TEXT:
		return read_text(d, to);
	case REC_T_INODE:
	case REC_T_TASK:
		return read_key(d, field->type == REC_T_TASK, to);
	case REC_T_SPARSE:
		return read_sparse(d, f, record);
	case REC_T_HITS:
		return read_hits(d, f, record);
	default: /* REC_T_CHARS, REC_T_BYTES, and any type that comes after those */
		return read_bytes(d, f, record);
	}
}

/* ---- records ---- */

void rec_decoder__begin(struct rec_decoder *d, const unsigned char *raw, size_t raw_bytes)
{
	d->cursor = (struct rec_cursor){ raw, raw + raw_bytes };
	d->last_ns = 0;
	d->inodes.cnt = 0;
	d->tasks.cnt = 0;
}

static void clear_record(struct rec_decoder *d, const struct rec_plan *plan)
{
	__u32 event = plan->ours->event;

	memset(d->record.bytes, 0, plan->clear_bytes);
	if (event)
		memcpy(d->record.bytes, &event, sizeof(event));
}

int rec_decoder__record(struct rec_decoder *d, __u32 *kind)
{
	const struct rec_plan *plan;
	__u64 id, mask;

	if (!get_varint(&d->cursor, &id) || !get_varint(&d->cursor, &mask) || id >= REC_KIND_IDS)
		return -EBADMSG;
	plan = d->plans[id];
	if (!plan || (plan->fields_cnt < REC_FIELDS_MAX && mask >> plan->fields_cnt))
		return -EBADMSG;
	if (plan->ours)
		clear_record(d, plan);
	for (size_t i = 0; mask; i++, mask >>= 1) {
		int err = mask & 1 ? read_field(d, &plan->fields[i]) : 0;

		if (err)
			return err;
	}
	*kind = id;
	return plan->ours != NULL;
}
