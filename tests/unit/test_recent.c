// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Events come back as they were added, the oldest go first by age or for room, and the slowest of
 * what is kept are the slowest, also against a plain sort of all.
 */
#include "../../src/recent.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define MS  1000000ULL
#define SEC 1000000000ULL

static struct event_op op_event(__u32 pid, __u64 start_ns, __u64 dur_ns)
{
	return (struct event_op){ .kind = EVENT_OP,
				  .op = OP_TRUNCATE,
				  .task = { .pid = pid, .tgid = pid },
				  .key = { .nodeid = pid, .dev = 38 },
				  .start_ns = start_ns,
				  .dur_ns = dur_ns };
}

static void add_op(struct recent *r, const struct event_op *ev)
{
	size_t bytes = ev->flags & EVENT_OP_WAITS ? sizeof(*ev) : EVENT_OP_SHORT_BYTES;

	CHECK(!recent__add(r, ev, bytes));
}

static void add_hits(struct recent *r, __u64 base_ns)
{
	struct event_hits ev = { .kind = EVENT_HITS, .base_ns = base_ns, .cnt = HITS_MAX };

	recent__add(r, &ev, sizeof(ev));
}

struct seen {
	size_t cnt;
	__u32 kinds[16];
	__u64 first_ns; /* start of the first operation */
	int err;	/* to be returned at the third */
};

static int see(void *ctx, const void *event, size_t bytes)
{
	struct seen *seen = ctx;
	const struct event_op *ev = event;

	CHECK(bytes >= 40 && !((uintptr_t)event & 7));
	if (seen->cnt < 16)
		seen->kinds[seen->cnt] = ev->kind;
	if (ev->kind == EVENT_OP && !seen->first_ns)
		seen->first_ns = ev->start_ns;
	return ++seen->cnt == 3 ? seen->err : 0;
}

static void as_added(void)
{
	struct recent *r = recent__new(SEC, 1 << 20);
	struct event_op op = op_event(1, 5, 10);
	struct event_hits hits = { .kind = EVENT_HITS, .cnt = 2 };
	struct event_wait wait = { .kind = EVENT_WAIT };
	struct event_blame blame = { .kind = EVENT_BLAME };
	struct event_window window = { .kind = EVENT_WINDOW };
	struct seen seen = {}, stopped = { .err = 7 };
	struct live_event none;

	CHECK_U64(recent__slowest(r, &none, 1), 0);
	add_op(r, &op);
	CHECK(!recent__add(r, &hits, offsetof(struct event_hits, hits[2])));
	CHECK(!recent__add(r, &wait, sizeof(wait)));
	CHECK(!recent__add(r, &blame, sizeof(blame)));
	CHECK(!recent__add(r, &window, sizeof(window)));
	CHECK(!recent__each(r, see, &seen));
	CHECK_U64(seen.cnt, 4);
	CHECK(seen.kinds[0] == EVENT_OP && seen.kinds[1] == EVENT_HITS &&
	      seen.kinds[2] == EVENT_WAIT && seen.kinds[3] == EVENT_BLAME);
	CHECK(recent__each(r, see, &stopped) == 7 && stopped.cnt == 3);
	recent__free(r);
	recent__free(NULL);
}

/* Cut short, or with ids that there are not. */
static void not_valid(void)
{
	struct recent *r = recent__new(SEC, 1 << 20);
	struct event_op op = op_event(1, 5, 10);
	struct event_hits hits = { .kind = EVENT_HITS, .cnt = 2 };
	struct event_blame blame = { .kind = EVENT_BLAME, .edge = { .op = OP_NR } };
	struct seen seen = {};

	for (size_t bytes = 0; bytes < EVENT_OP_SHORT_BYTES; bytes++)
		CHECK(!recent__add(r, &op, bytes));
	op.flags = EVENT_OP_WAITS;
	CHECK(!recent__add(r, &op, EVENT_OP_SHORT_BYTES));
	op.op = OP_NR;
	CHECK(!recent__add(r, &op, sizeof(op)));
	CHECK(!recent__add(r, &hits, offsetof(struct event_hits, hits[1])));
	hits.cnt = HITS_MAX + 1;
	CHECK(!recent__add(r, &hits, sizeof(hits)));
	CHECK(!recent__add(r, &blame, sizeof(blame)));
	CHECK(!recent__each(r, see, &seen));
	CHECK_U64(seen.cnt, 0);
	recent__free(r);
}

static void by_age(void)
{
	struct recent *r = recent__new(SEC, 1 << 20);
	struct live_event slow[4];
	struct seen seen = {};

	for (__u64 i = 1; i <= 30; i++) {
		struct event_op op = op_event(i, i * 100 * MS, (40 - i) * MS);

		add_op(r, &op);
	}
	recent__age(r, 3100 * MS);
	recent__each(r, see, &seen);
	CHECK_U64(seen.cnt, 10);
	CHECK_U64(seen.first_ns, 2100 * MS);
	CHECK_U64(recent__slowest(r, slow, 4), 4);
	CHECK_U64(slow[0].task.pid, 21);
	CHECK_U64(slow[3].task.pid, 24);
	CHECK_U64(recent__since_ns(r), 0);
	recent__age(r, 100 * SEC);
	CHECK_U64(recent__slowest(r, slow, 4), 0);
	recent__free(r);
}

static void by_room(void)
{
	struct recent *r = recent__new(SEC, 0);
	struct seen seen = {};

	for (__u64 i = 0; i < 10000; i++)
		add_hits(r, i);
	recent__each(r, see, &seen);
	CHECK(recent__since_ns(r));
	CHECK(seen.cnt > 50 && seen.cnt * sizeof(struct event_hits) < 64 << 10);
	/* what is dropped for room is too old anyway */
	for (__u64 i = 1; i < 1000; i++)
		add_hits(r, i * SEC);
	CHECK(recent__since_ns(r) <= 998 * SEC);
	recent__free(r);
}

static int compare_dur(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return *x > *y ? -1 : *x < *y;
}

/* Over many chunks, with hits between. */
static void slowest_of_all(void)
{
	enum {
		OPS = 50000,
		MAX = 100
	};
	static __u64 durs[OPS];
	struct recent *r = recent__new(1000 * SEC, 64 << 20);
	struct live_event slow[MAX];
	__u64 x = 1;

	for (size_t i = 0; i < OPS; i++) {
		struct event_op op;

		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		durs[i] = x >> 40;
		op = op_event(i, i * 1000, durs[i]);
		add_op(r, &op);
		if (i % 3 == 0)
			add_hits(r, i * 1000);
	}
	qsort(durs, OPS, sizeof(durs[0]), compare_dur);
	CHECK_U64(recent__slowest(r, slow, MAX), MAX);
	for (size_t i = 0; i < MAX; i++)
		CHECK_U64(slow[i].dur_ns, durs[i]);
	recent__free(r);
}

/* A setup inside a fault, and one whose fault has not ended. */
static void nested(void)
{
	struct recent *r = recent__new(SEC, 1 << 20);
	struct event_op setup = op_event(1, 20 * MS, 30 * MS);
	struct event_op fault = op_event(1, 20 * MS, 30 * MS);
	struct event_op alone = op_event(2, 20 * MS, 20 * MS);
	struct event_op other = op_event(1, 70 * MS, 10 * MS);
	struct live_event slow[4];

	setup.depth = alone.depth = other.depth = 1;
	setup.op = OP_SETUP;
	fault.flags = EVENT_OP_WAITS;
	fault.wait_ns[WAIT_REQUEST_HOST] = 29 * MS;
	fault.outcome = OUTCOME_ERRNO;
	fault.err = 28;
	fault.retries = 3;
	add_op(r, &setup);
	add_op(r, &fault);
	add_op(r, &alone);
	add_op(r, &other);
	CHECK_U64(recent__slowest(r, slow, 4), 3);
	CHECK(slow[0].op == OP_TRUNCATE && slow[0].wait_ns[WAIT_REQUEST_HOST] == 29 * MS);
	CHECK(slow[0].outcome == OUTCOME_ERRNO && slow[0].err == 28 && slow[0].retries == 3);
	CHECK_U64(slow[0].end_ns, 50 * MS);
	CHECK_U64(slow[1].task.pid, 2);
	CHECK_U64(slow[2].end_ns, 80 * MS);
	recent__free(r);
}

/* The longest of its own, and nobody else's. */
static void blamed(void)
{
	struct recent *r = recent__new(SEC, 1 << 20);
	struct event_op op = op_event(1, 20 * MS, 30 * MS);
	struct event_blame blame = { .kind = EVENT_BLAME, .task = op.task };
	static const struct {
		__u64 begin_ns, ns;
		__u32 holder;
	} rows[] = { { 10 * MS, 40 * MS, 1 },
		     { 21 * MS, 2 * MS, 2 },
		     { 25 * MS, 9 * MS, 3 },
		     { 40 * MS, 1 * MS, 4 },
		     { 60 * MS, 50 * MS, 5 } };
	struct live_event slow;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		blame.begin_ns = rows[i].begin_ns;
		blame.ns = rows[i].ns;
		blame.edge.holder.pid = rows[i].holder;
		recent__add(r, &blame, sizeof(blame));
	}
	add_op(r, &op);
	CHECK_U64(recent__slowest(r, &slow, 1), 1);
	CHECK(slow.has_blame && slow.blame.holder.pid == 3);
	recent__free(r);
}

/* An operation whose end nothing tells is kept, but how long it took is not known. */
static void unseen(void)
{
	struct recent *r = recent__new(SEC, 1 << 20);
	struct event_op op = op_event(1, 20 * MS, 30 * MS);
	struct live_event slow;
	struct seen seen = {};

	op.outcome = OUTCOME_UNSEEN;
	add_op(r, &op);
	CHECK_U64(recent__slowest(r, &slow, 1), 0);
	recent__each(r, see, &seen);
	CHECK_U64(seen.cnt, 1);
	recent__free(r);
}

int main(void)
{
	as_added();
	not_valid();
	by_age();
	by_room();
	slowest_of_all();
	nested();
	blamed();
	unseen();
	return check_result();
}
