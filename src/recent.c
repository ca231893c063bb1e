// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A ring of chunks, each with events one after the other, so that adding one is a copy and room is
 * made by dropping the oldest chunk. A chunk knows its slowest operations as it fills, and where
 * its blames are: asking for the slowest of all reads neither hits nor waits, nor operations
 * beyond SLOW_MAX a chunk.
 */
#include "recent.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES	(256 << 10) /* with its head */
#define CHUNK_BYTES_MIN (8 << 10)
#define CHUNKS_MIN	8
#define SLOW_MAX	128 /* nested ones included, which may be left out at last */
#define NO_BLAME	0   /* no event lies there that has another before it */

/* Before each event; its bytes are a multiple of 8 with this. */
struct entry {
	__u32 bytes;  /* of the event */
	__u32 before; /* offset past the last blame before this one, of blames */
};

struct slow {
	__u64 dur_ns;
	__u32 off;   /* of the entry */
	__u32 depth; /* as of the event: what is around comes before what takes as long inside it */
};

struct chunk {
	__u64 newest_ns; /* end of what ended last */
	__u32 begin;	 /* of what is not too old */
	__u32 end;
	__u32 last_blame;
	__u64 blame_first_ns, blame_last_ns; /* ends of those that it has */
	__u32 slow_cnt;
	__u32 left;		    /* of the slow ones, while they are merged */
	bool is_sorted;		    /* the slow ones: fastest first, which is a heap, too */
	bool is_cut;		    /* there may be slow ones before the begin */
	struct slow slow[SLOW_MAX]; /* a heap with the fastest on top */
	__u8 bytes[] __attribute__((aligned(8)));
};

struct recent {
	__u64 keep_ns;
	__u32 room; /* bytes of events that a chunk holds */
	size_t chunks_max;
	size_t first;
	size_t cnt;
	__u64 since_ns; /* of what ended before it, some had to go for want of room; 0: none */
	struct chunk *chunks[]; /* a ring; those not in use are NULL, or kept to be used again */
};

struct recent *recent__new(__u64 keep_ns, size_t bytes_max)
{
	size_t bytes = bytes_max / CHUNKS_MIN;
	struct recent *r;
	size_t max;

	bytes = bytes < CHUNK_BYTES ? bytes & ~7UL : CHUNK_BYTES;
	bytes = bytes > CHUNK_BYTES_MIN ? bytes : CHUNK_BYTES_MIN;
	max = bytes_max / bytes > CHUNKS_MIN ? bytes_max / bytes : CHUNKS_MIN;
	r = calloc(1, sizeof(*r) + max * sizeof(r->chunks[0]));
	if (!r) {
		errno = ENOMEM;
		return NULL;
	}
	r->keep_ns = keep_ns;
	r->room = bytes - sizeof(struct chunk);
	r->chunks_max = max;
	return r;
}

void recent__free(struct recent *r)
{
	for (size_t i = 0; r && i < r->chunks_max; i++)
		free(r->chunks[i]);
	free(r);
}

static struct chunk *chunk_at(const struct recent *r, size_t i)
{
	return r->chunks[(r->first + i) % r->chunks_max];
}

static const struct entry *entry_at(const struct chunk *c, __u32 off)
{
	return (const struct entry *)(c->bytes + off);
}

static __u32 entry_room(__u32 bytes)
{
	return sizeof(struct entry) + ((bytes + 7) & ~7U);
}

/* ---- events: how long they must be, and when what they tell of ended ---- */

/* Not known of what nothing tells the end of: it is kept as long as what was added with it. */
static __u64 op_end(const void *event)
{
	const struct event_op *ev = event;

	return ev->outcome == OUTCOME_UNSEEN ? 0 : ev->start_ns + ev->dur_ns;
}

static __u64 hits_end(const void *event)
{
	const struct event_hits *ev = event;

	__u64 last = ev->cnt ? ev->hits[ev->cnt - 1] : 0;

	return ev->base_ns + (last >> HIT_DUR_BITS) + (last & ((1U << HIT_DUR_BITS) - 1));
}

static __u64 wait_end(const void *event)
{
	const struct event_wait *ev = event;

	return ev->begin_ns + ev->ns;
}

static __u64 blame_end(const void *event)
{
	const struct event_blame *ev = event;

	return ev->begin_ns + ev->ns;
}

#define NOT_VALID SIZE_MAX

static size_t op_bytes(const void *event)
{
	const struct event_op *ev = event;

	if (ev->op >= OP_NR || ev->outcome > OUTCOME_UNSEEN)
		return NOT_VALID;
	return ev->flags & EVENT_OP_WAITS ? sizeof(*ev) : EVENT_OP_SHORT_BYTES;
}

static size_t hits_bytes(const void *event)
{
	const struct event_hits *ev = event;

	return ev->cnt <= HITS_MAX ? offsetof(struct event_hits, hits[ev->cnt]) : NOT_VALID;
}

static size_t wait_bytes(const void *event)
{
	const struct event_wait *ev = event;

	return ev->wait < WAIT_NR ? sizeof(*ev) : NOT_VALID;
}

static size_t blame_bytes(const void *event)
{
	const struct edge_key *edge = &((const struct event_blame *)event)->edge;
	bool is_valid = edge->wait < WAIT_NR && edge->op < OP_NR && edge->holder_sort < HOLDER_NR &&
			edge->holder_op <= OP_NR && edge->holder_wait_op <= OP_NR &&
			(edge->holder_wait < WAIT_NR || edge->holder_wait == WAIT_NONE);

	return is_valid ? sizeof(struct event_blame) : NOT_VALID;
}

static const struct kind {
	size_t bytes_min; /* to ask for the rest */
	size_t (*bytes)(const void *event);
	__u64 (*end_ns)(const void *event);
} kinds[] = {
	[EVENT_OP] = { EVENT_OP_SHORT_BYTES, op_bytes, op_end },
	[EVENT_HITS] = { offsetof(struct event_hits, hits), hits_bytes, hits_end },
	[EVENT_WAIT] = { sizeof(struct event_wait), wait_bytes, wait_end },
	[EVENT_BLAME] = { sizeof(struct event_blame), blame_bytes, blame_end },
};

bool recent__keeps(__u32 kind)
{
	return kind < sizeof(kinds) / sizeof(kinds[0]) && kinds[kind].bytes;
}

/* NULL for what is not kept. */
static const struct kind *kind_of(const void *event, size_t bytes)
{
	const struct kind *kind;
	__u32 id;

	if (bytes < sizeof(id))
		return NULL;
	memcpy(&id, event, sizeof(id));
	kind = recent__keeps(id) ? &kinds[id] : NULL;
	if (!kind || bytes < kind->bytes_min || bytes < kind->bytes(event))
		return NULL;
	return kind;
}

static __u64 entry_end_ns(const struct entry *entry)
{
	return kinds[*(const __u32 *)(entry + 1)].end_ns(entry + 1);
}

/* ---- the slowest of a chunk ---- */

static int compare_slow(const void *a, const void *b)
{
	const struct slow *x = a, *y = b;

	if (x->dur_ns != y->dur_ns)
		return x->dur_ns < y->dur_ns ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth > y->depth ? -1 : 1;
	return x->off > y->off ? -1 : x->off < y->off;
}

static void slow_sink(struct chunk *c, __u32 i)
{
	for (;;) {
		__u32 child = 2 * i + 1;
		struct slow swap = c->slow[i];

		if (child + 1 < c->slow_cnt &&
		    compare_slow(&c->slow[child + 1], &c->slow[child]) < 0)
			child++;
		if (child >= c->slow_cnt || compare_slow(&swap, &c->slow[child]) <= 0)
			return;
		c->slow[i] = c->slow[child];
		c->slow[child] = swap;
		i = child;
	}
}

static void slow_lift(struct chunk *c, __u32 i)
{
	while (i && compare_slow(&c->slow[i], &c->slow[(i - 1) / 2]) < 0) {
		struct slow swap = c->slow[i];

		c->slow[i] = c->slow[(i - 1) / 2];
		c->slow[(i - 1) / 2] = swap;
		i = (i - 1) / 2;
	}
}

static void note_op(struct chunk *c, const struct event_op *ev, __u32 off)
{
	struct slow slow = { ev->dur_ns, off, ev->depth };

	if (ev->outcome == OUTCOME_UNSEEN || ev->op >= OP_NR)
		return;
	if (c->slow_cnt == SLOW_MAX && ev->dur_ns <= c->slow[0].dur_ns)
		return;
	c->is_sorted = false;
	if (c->slow_cnt < SLOW_MAX) {
		c->slow[c->slow_cnt++] = slow;
		slow_lift(c, c->slow_cnt - 1);
	} else {
		c->slow[0] = slow;
		slow_sink(c, 0);
	}
}

/* Those before the begin may have kept others out. */
static void slow_anew(struct chunk *c)
{
	c->slow_cnt = 0;
	for (__u32 off = c->begin; off < c->end; off += entry_room(entry_at(c, off)->bytes))
		if (*(const __u32 *)(entry_at(c, off) + 1) == EVENT_OP)
			note_op(c, (const struct event_op *)(entry_at(c, off) + 1), off);
	c->is_cut = false;
}

static void slow_sort(struct chunk *c)
{
	if (c->is_cut)
		slow_anew(c);
	if (!c->is_sorted)
		qsort(c->slow, c->slow_cnt, sizeof(c->slow[0]), compare_slow);
	c->is_sorted = true;
	c->left = c->slow_cnt;
}

/* ---- adding and dropping ---- */

static void drop_first(struct recent *r)
{
	r->first = (r->first + 1) % r->chunks_max;
	r->cnt--;
}

static void note_blame(struct chunk *c, __u32 off, __u64 end_ns)
{
	if (c->last_blame == NO_BLAME || end_ns < c->blame_first_ns)
		c->blame_first_ns = end_ns;
	if (end_ns > c->blame_last_ns)
		c->blame_last_ns = end_ns;
	c->last_blame = off;
}

/* An empty one at the end, perhaps instead of the oldest. */
static struct chunk *chunk_next(struct recent *r)
{
	struct chunk **place;

	if (r->cnt == r->chunks_max) {
		r->since_ns = chunk_at(r, 0)->newest_ns;
		drop_first(r);
	}
	place = &r->chunks[(r->first + r->cnt) % r->chunks_max];
	if (!*place)
		*place = malloc(sizeof(struct chunk) + r->room);
	if (!*place)
		return NULL;
	memset(*place, 0, offsetof(struct chunk, slow));
	r->cnt++;
	return *place;
}

int recent__add(struct recent *r, const void *event, size_t bytes)
{
	const struct kind *kind = kind_of(event, bytes);
	struct chunk *c = r->cnt ? chunk_at(r, r->cnt - 1) : NULL;
	struct entry *entry;
	__u64 end_ns;

	if (!kind || entry_room(bytes) > r->room)
		return 0;
	end_ns = kind->end_ns(event);
	if (!c || entry_room(bytes) > r->room - c->end)
		c = chunk_next(r);
	if (!c)
		return -ENOMEM;
	entry = (struct entry *)(c->bytes + c->end);
	*entry = (struct entry){ .bytes = bytes };
	memcpy(entry + 1, event, bytes);
	if (kind == &kinds[EVENT_OP]) {
		note_op(c, event, c->end);
	} else if (kind == &kinds[EVENT_BLAME]) {
		entry->before = c->last_blame;
		note_blame(c, c->end + sizeof(*entry), end_ns);
	}
	c->newest_ns = end_ns > c->newest_ns ? end_ns : c->newest_ns;
	c->end += entry_room(bytes);
	return 0;
}

/* Memory that a burst took is given back, but for one chunk beyond those in use. */
static void free_spares(struct recent *r)
{
	for (size_t i = r->cnt + 1; i < r->chunks_max; i++) {
		struct chunk **place = &r->chunks[(r->first + i) % r->chunks_max];

		free(*place);
		*place = NULL;
	}
}

void recent__age(struct recent *r, __u64 now_ns)
{
	__u64 from_ns = now_ns > r->keep_ns ? now_ns - r->keep_ns : 0;
	struct chunk *c;

	while (r->cnt && chunk_at(r, 0)->newest_ns < from_ns)
		drop_first(r);
	free_spares(r);
	if (!r->cnt)
		return;
	c = chunk_at(r, 0);
	while (c->begin < c->end && entry_end_ns(entry_at(c, c->begin)) < from_ns) {
		c->begin += entry_room(entry_at(c, c->begin)->bytes);
		c->is_cut = true;
	}
}

__u64 recent__since_ns(const struct recent *r)
{
	return r->since_ns;
}

int recent__each(const struct recent *r, int (*take)(void *ctx, const void *event, size_t bytes),
		 void *ctx)
{
	int err = 0;

	for (size_t i = 0; i < r->cnt && !err; i++) {
		const struct chunk *c = chunk_at(r, i);
		__u32 off = c->begin;

		for (; off < c->end && !err; off += entry_room(entry_at(c, off)->bytes))
			err = take(ctx, entry_at(c, off) + 1, entry_at(c, off)->bytes);
	}
	return err;
}

/* ---- the slowest of all ---- */

/* Of those that are left the slowest; the older of two alike. */
static const struct event_op *slowest_left(const struct recent *r)
{
	struct chunk *best = NULL;

	for (size_t i = 0; i < r->cnt; i++) {
		struct chunk *c = chunk_at(r, i);
		const struct slow *top = &c->slow[c->left - !!c->left];

		if (c->left && (!best || top->dur_ns > best->slow[best->left - 1].dur_ns ||
				(top->dur_ns == best->slow[best->left - 1].dur_ns &&
				 top->depth < best->slow[best->left - 1].depth)))
			best = c;
	}
	if (!best)
		return NULL;
	best->left--;
	return (const struct event_op *)(entry_at(best, best->slow[best->left].off) + 1);
}

/* What is around an operation is as long at least, so that it is there already. */
static bool is_inside(const struct event_op *ev, const struct live_event *events, size_t cnt)
{
	for (size_t i = 0; i < cnt && ev->depth; i++)
		if (task_key__is_same(&events[i].task, &ev->task) &&
		    events[i].end_ns >= ev->start_ns + ev->dur_ns &&
		    events[i].end_ns - events[i].dur_ns <= ev->start_ns)
			return true;
	return false;
}

static struct live_event event_of(const struct event_op *ev)
{
	struct live_event e = {
		.end_ns = ev->start_ns + ev->dur_ns,
		.dur_ns = ev->dur_ns,
		.op = ev->op,
		.outcome = ev->outcome,
		.err = ev->err,
		.retries = ev->retries,
		.task = ev->task,
		.inode = ev->key,
	};

	if (ev->flags & EVENT_OP_WAITS)
		memcpy(e.wait_ns, ev->wait_ns, sizeof(e.wait_ns));
	return e;
}

/* An operation that may have blames in a chunk, and the longest so far of all chunks. */
struct blamed {
	struct live_event *e;
	__u64 longest_ns;
};

static void take_blame(const struct event_blame *blame, struct blamed **here, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		struct live_event *e = here[i]->e;

		if (blame->ns <= here[i]->longest_ns ||
		    !task_key__is_same(&e->task, &blame->task) || blame->begin_ns > e->end_ns ||
		    blame->begin_ns < e->end_ns - e->dur_ns)
			continue;
		here[i]->longest_ns = blame->ns;
		e->has_blame = true;
		e->blame = blame->edge;
	}
}

static void take_chunk(const struct chunk *c, struct blamed **here, size_t cnt)
{
	for (__u32 off = c->last_blame; cnt && off != NO_BLAME && off > c->begin;) {
		const struct entry *entry = entry_at(c, off - sizeof(*entry));

		take_blame((const struct event_blame *)(entry + 1), here, cnt);
		off = entry->before;
	}
}

#define BLAMED_MAX 256

/* The longest inside each of @events. Most chunks' blames are of another time than most of them. */
static void find_blames(const struct recent *r, struct live_event *events, size_t cnt)
{
	struct blamed all[BLAMED_MAX] = {}, *here[BLAMED_MAX];

	cnt = cnt < BLAMED_MAX ? cnt : BLAMED_MAX;
	for (size_t i = 0; i < cnt; i++)
		all[i].e = &events[i];
	for (size_t i = 0; i < r->cnt; i++) {
		const struct chunk *c = chunk_at(r, i);
		size_t here_cnt = 0;

		for (size_t j = 0; j < cnt; j++)
			if (events[j].end_ns >= c->blame_first_ns &&
			    events[j].end_ns - events[j].dur_ns <= c->blame_last_ns)
				here[here_cnt++] = &all[j];
		take_chunk(c, here, here_cnt);
	}
}

size_t recent__slowest(struct recent *r, struct live_event *events, size_t max)
{
	const struct event_op *ev;
	size_t cnt = 0;

	for (size_t i = 0; i < r->cnt; i++)
		slow_sort(chunk_at(r, i));
	while (cnt < max && (ev = slowest_left(r)))
		if (!is_inside(ev, events, cnt))
			events[cnt++] = event_of(ev);
	find_blames(r, events, cnt);
	return cnt;
}
