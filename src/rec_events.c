// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A heap by begin. Surprising: a run of hits is one entry of it, at the place of its next hit, so
 * that hits take no more room than in the file.
 */
#include "rec_events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "rec_feed.h"

#define ROOM_BYTES (64 << 20)
#define RANK_SHIFT 56

struct held {
	enum rec_kind kind;
	__u32 bytes;
	__u32 next_hit;
	__u32 pad;
	__u64 record[]; /* the struct, without an end that is all zero */
};

/* Ordered by begin, then by rank (what is outside first), then as they came. */
struct entry {
	__u64 begin_ns;
	__u64 order;
	struct held *held;
};

struct rec_events {
	struct rec_reader *reader;
	struct rec_origin origin;
	struct failure failure;
	rec_other_fn *other;
	void *other_ctx;
	__u64 from_ns, to_ns;
	struct entry *heap;
	size_t heap_cnt, heap_max;
	size_t bytes, room;
	__u64 seq;
	__u64 safe_ns; /* nothing that is still to be read began before */
	__u64 last_ns; /* of what was given out */
	__u64 counters[COUNTER_NR];
	bool is_end;
	int err; /* that ended it; what is held comes before it */
	bool has_read;
	bool has_names;
	union {
		struct event_op op;
		struct event_wait wait;
		struct event_blame blame;
		struct event_window window;
		struct event_self_request self_request;
	} current;
};

/* ---- the heap ---- */

static bool is_before(const struct entry *a, const struct entry *b)
{
	return a->begin_ns != b->begin_ns ? a->begin_ns < b->begin_ns : a->order < b->order;
}

static void heap_up(struct entry *heap, size_t i, struct entry entry)
{
	for (; i && is_before(&entry, &heap[(i - 1) / 2]); i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = entry;
}

/* Puts @entry in place of the first. */
static void heap_down(struct entry *heap, size_t cnt, struct entry entry)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < cnt) {
		if (child + 1 < cnt && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], &entry))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = entry;
}

static int heap_add(struct rec_events *e, struct entry entry)
{
	if (e->heap_cnt == e->heap_max) {
		size_t max = e->heap_max ? e->heap_max * 2 : 1024;
		struct entry *heap = reallocarray(e->heap, max, sizeof(*heap));

		if (!heap)
			return -ENOMEM;
		e->heap = heap;
		e->heap_max = max;
	}
	heap_up(e->heap, e->heap_cnt++, entry);
	return 0;
}

static void heap_drop_first(struct rec_events *e)
{
	if (--e->heap_cnt)
		heap_down(e->heap, e->heap_cnt, e->heap[e->heap_cnt]);
}

/* ---- what is held ---- */

/* What it is ordered by; a run of hits by the next of them. */
static __u64 begin_of(const struct held *held)
{
	const struct event_hits *hits = (const struct event_hits *)held->record;

	if (held->kind == REC_HITS)
		return hit_begin_ns(hits, hits->hits[held->next_hit]);
	return rec_event__begin_ns(held->kind, held->record);
}

/* Of those that begin at once: an operation, its waits, the operation in it, ..., and the rest. */
static __u64 rank_of(enum rec_kind kind, const void *record)
{
	const struct event_op *op = record;
	const struct event_wait *wait = record;

	switch (kind) {
	case REC_OP:
		return 2 * (op->depth & 63);
	case REC_WAIT:
		return 2 * (wait->depth & 63) + 1;
	case REC_HITS:
		return 0;
	default:
		return 255;
	}
}

static bool is_zero(const char *bytes, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		if (bytes[i])
			return false;
	return true;
}

static size_t bytes_to_hold(enum rec_kind kind, const void *record)
{
	const struct event_hits *hits = record;
	size_t bytes = rec_kind__find(kind)->bytes;

	if (kind == REC_HITS)
		return offsetof(struct event_hits, hits) + hits->cnt * sizeof(hits->hits[0]);
	if (kind == REC_OP &&
	    is_zero((const char *)record + EVENT_OP_SHORT_BYTES, bytes - EVENT_OP_SHORT_BYTES))
		return EVENT_OP_SHORT_BYTES;
	return bytes;
}

static size_t cost_of(const struct held *held)
{
	return sizeof(*held) + held->bytes + sizeof(struct entry) + 2 * sizeof(void *);
}

static int hold(struct rec_events *e, enum rec_kind kind, const void *record)
{
	size_t bytes = bytes_to_hold(kind, record);
	struct held *held = malloc(sizeof(*held) + bytes);
	struct entry entry = { .held = held };

	if (!held)
		return -ENOMEM;
	*held = (struct held){ .kind = kind, .bytes = bytes };
	memcpy(held->record, record, bytes);
	entry.begin_ns = begin_of(held);
	entry.order = rank_of(kind, record) << RANK_SHIFT | e->seq++;
	if (heap_add(e, entry)) {
		free(held);
		return -ENOMEM;
	}
	e->bytes += cost_of(held);
	return 0;
}

/* A file may say anything. */
static bool is_sound(enum rec_kind kind, const void *record)
{
	const struct event_hits *hits = record;

	return kind != REC_HITS || (hits->cnt && hits->cnt <= HITS_MAX);
}

/* ---- what is given out ---- */

static void take_hit(struct rec_events *e, struct held *held)
{
	const struct event_hits *hits = (const struct event_hits *)held->record;
	__u32 i = held->next_hit;

	e->current.op = (struct event_op){
		.kind = EVENT_OP,
		.op = hits->op,
		.outcome = OUTCOME_DONE,
		.key = hits->key,
		.task = hits->task,
		.start_ns = hit_begin_ns(hits, hits->hits[i]),
		.dur_ns = hit_dur_ns(hits->hits[i]),
		.units = hit_units(hits, i),
	};
}

static void take_first(struct rec_events *e, struct rec_event *ev)
{
	struct entry first = e->heap[0];
	struct held *held = first.held;

	*ev = (struct rec_event){
		.kind = held->kind,
		.begin_ns = first.begin_ns,
		.is_late = first.begin_ns < e->last_ns,
		.record = &e->current,
		.origin = &e->origin,
	};
	if (!ev->is_late)
		e->last_ns = ev->begin_ns;
	if (held->kind == REC_HITS) {
		const struct event_hits *hits = (const struct event_hits *)held->record;

		take_hit(e, held);
		if (++held->next_hit < hits->cnt) {
			first.begin_ns = begin_of(held);
			return heap_down(e->heap, e->heap_cnt, first);
		}
	} else {
		memset(&e->current, 0, sizeof(e->current));
		memcpy(&e->current, held->record, held->bytes);
	}
	heap_drop_first(e);
	e->bytes -= cost_of(held);
	free(held);
}

/* ---- reading ---- */

static void copy_clean(char *buf, size_t buf_bytes, const char *text)
{
	fmt__clean(buf, buf_bytes, text ?: "", strlen(text ?: ""));
}

static void take_machine(struct rec_origin *o, const struct rec_machine *machine)
{
	copy_clean(o->host, sizeof(o->host), machine->host);
	o->start_ns = machine->start_ns;
	o->wall_ns =
		machine->wall_ns ? machine->wall_ns + (machine->start_ns - machine->mono_ns) : 0;
}

/* Each look tells all of them again: a file may have any number. */
static int take_mount(struct rec_origin *o, const struct rec_mount *mount)
{
	struct mount_state state = {
		.dev = mount->dev,
		.mountpoint = mount->mountpoint,
		.tag = mount->tag,
	};

	if (summary__mount_cnt(o->mounts) >= REC_MOUNTS_MAX &&
	    !summary__mount_by_dev(o->mounts, mount->dev))
		return -ENOSPC;
	return summary__set_mount(o->mounts, &state);
}

/* A full table of names or mounts, and a name that is none, leave a number to be shown. */
static int allow(int err)
{
	return err == -ENOMEM ? err : 0;
}

static int learn(struct rec_origin *o, enum rec_kind kind, const void *record)
{
	const struct rec_task *task = record;

	switch (kind) {
	case REC_MACHINE:
		take_machine(o, record);
		return 0;
	case REC_INODE:
		return allow(names__add_inode(o->names, record));
	case REC_TASK:
		return allow(names__add_task(o->names, &task->task, task->comm));
	case REC_MOUNT:
		return allow(take_mount(o, record));
	default:
		return 0;
	}
}

static int first_pass(struct rec_events *e, const char *path, struct failure *failure)
{
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;
	int res = rec_reader__open(&r, path, failure);

	if (res)
		return res;
	rec_reader__set_range(r, ~0ULL, ~0ULL); /* no events, where that saves anything */
	while ((res = rec_reader__next(r, &kind, &record)) > 0) {
		int err = learn(&e->origin, kind, record);

		if (err) {
			rec_reader__free(r);
			return failure__set(failure, err, EXIT_CANNOT_RUN, "not enough memory");
		}
	}
	if (res < 0)
		*failure = *rec_reader__failure(r);
	rec_reader__free(r);
	return res;
}

int rec_events__open(struct rec_events **res, const char *path, struct failure *failure)
{
	struct rec_events *e = calloc(1, sizeof(*e));
	int err = 0;

	if (!e)
		return failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN, "not enough memory");
	e->room = ROOM_BYTES;
	e->to_ns = ~0ULL;
	e->origin.names = names__new();
	e->origin.mounts = summary__new();
	if (!e->origin.names || !e->origin.mounts)
		err = failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN, "not enough memory");
	e->has_names = rec_reader__can_reopen(path);
	if (!err && e->has_names)
		err = first_pass(e, path, failure);
	if (!err)
		err = rec_reader__open(&e->reader, path, failure);
	if (err) {
		rec_events__free(e);
		return err;
	}
	*res = e;
	return 0;
}

void rec_events__free(struct rec_events *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->heap_cnt; i++)
		free(e->heap[i].held);
	free(e->heap);
	rec_reader__free(e->reader);
	names__free(e->origin.names);
	summary__free(e->origin.mounts);
	free(e);
}

const struct rec_origin *rec_events__origin(const struct rec_events *e)
{
	return &e->origin;
}

bool rec_events__has_names(const struct rec_events *e)
{
	return e->has_names;
}

static __u64 add_clipped(__u64 a, __u64 b)
{
	return a + b < a ? ~0ULL : a + b;
}

void rec_events__set_range(struct rec_events *e, __u64 from_ns, __u64 to_ns)
{
	e->from_ns = from_ns;
	e->to_ns = to_ns;
	if (e->origin.start_ns) /* of a stream it is not known yet: all is read then */
		rec_reader__set_range(e->reader, add_clipped(e->origin.start_ns, from_ns),
				      add_clipped(e->origin.start_ns, to_ns));
}

void rec_events__set_room(struct rec_events *e, size_t bytes)
{
	e->room = bytes;
}

void rec_events__on_other(struct rec_events *e, rec_other_fn *fn, void *ctx)
{
	e->other = fn;
	e->other_ctx = ctx;
}

static bool is_event(enum rec_kind kind)
{
	for (size_t i = 0; rec_event_kinds[i]; i++)
		if (rec_event_kinds[i] == kind)
			return true;
	return false;
}

static void take_counter(struct rec_events *e, const struct rec_counter *counter)
{
	if (counter->id < COUNTER_NR)
		e->counters[counter->id] = counter->cnt;
}

static int take_record(struct rec_events *e, enum rec_kind kind, const void *record)
{
	int err;

	if (is_event(kind))
		return is_sound(kind, record) ? hold(e, kind, record) : 0;
	if (kind == REC_COUNTER)
		take_counter(e, record);
	err = learn(&e->origin, kind, record);
	if (!err && e->other && kind != REC_INODE && kind != REC_TASK)
		err = e->other(e->other_ctx, &e->origin, kind, record);
	return err;
}

static int read_one(struct rec_events *e)
{
	__u64 block = rec_reader__block(e->reader);
	__u64 rest_ns = rec_reader__rest_begins_ns(e->reader);
	enum rec_kind kind;
	const void *record;
	int res = rec_reader__next(e->reader, &kind, &record);

	if (res < 0) {
		e->failure = *rec_reader__failure(e->reader);
		return res;
	}
	if (!res) {
		e->is_end = true;
		return 0;
	}
	if (e->has_read && block != rec_reader__block(e->reader) && rest_ns > e->safe_ns)
		e->safe_ns = rest_ns;
	e->has_read = true;
	res = take_record(e, kind, record);
	return res ? failure__set(&e->failure, res, EXIT_CANNOT_RUN, "%s", strerror(-res)) : 0;
}

static bool is_first_due(const struct rec_events *e)
{
	return e->heap_cnt && (e->is_end || e->bytes > e->room || e->heap[0].begin_ns < e->safe_ns);
}

static bool is_in_range(const struct rec_events *e, __u64 begin_ns)
{
	__u64 start_ns = e->origin.start_ns;
	__u64 ns = begin_ns > start_ns ? begin_ns - start_ns : 0;

	return ns >= e->from_ns && ns <= e->to_ns;
}

int rec_events__next(struct rec_events *e, struct rec_event *ev)
{
	for (;;) {
		while (is_first_due(e)) {
			take_first(e, ev);
			if (is_in_range(e, ev->begin_ns))
				return 1;
		}
		if (e->is_end)
			return e->err;
		e->err = read_one(e);
		if (e->err)
			e->is_end = true;
	}
}

const struct failure *rec_events__failure(const struct rec_events *e)
{
	return &e->failure;
}

__u64 rec_events__counter(const struct rec_events *e, enum dax_counter counter)
{
	return e->counters[counter];
}

const char *rec_events__damage(const struct rec_events *e)
{
	return rec_damage__text(rec_reader__damage(e->reader));
}
