/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Records that a machine of chance makes, a recording of them in memory, and the figures that the
 * kernel's tables would have of the same operations.
 */
#ifndef DAXTOP_REC_CHANCE_H
#define DAXTOP_REC_CHANCE_H

#include "../../src/rec_feed.h"
#include "../../src/rec_state.h"
#include "check.h"
#include "rec_sample.h"
#include "sample.h"

#define REC_START (100 * SEC)
#define REC_END	  (110 * SEC)

static const struct rec_machine rec_sample_machine = {
	.host = "guest1",
	.kernel = "6.12.107",
	.boot_id = "0b",
	.tool_version = "0.1.0",
	.wall_ns = 1795243200ULL * SEC,
	.mono_ns = REC_START,
	.start_ns = REC_START,
	.page_bytes = 4096,
	.detail = DETAIL_FULL,
};

/* ---- chance ---- */

struct chance {
	__u64 state;
};

static inline __u64 chance(struct chance *c, __u64 below)
{
	c->state = c->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (c->state >> 33) % below;
}

static inline struct inode_key chance_inode(struct chance *c, __u64 files)
{
	return (struct inode_key){ .nodeid = 2 + chance(c, files),
				   .dev = SAMPLE_DEV,
				   .generation = 1 };
}

static inline struct task_key chance_task(struct chance *c, __u32 tasks)
{
	__u32 pid = 100 + chance(c, tasks);

	return (struct task_key){ .tgid = pid / 4 * 4, .pid = pid, .start_ms = 7 };
}

static inline struct event_op chance_op(struct chance *c)
{
	struct event_op ev = {
		.kind = EVENT_OP,
		.op = chance(c, OP_NR),
		.outcome = chance(c, 8) ? OUTCOME_DONE : chance(c, OUTCOME_NR + 1),
		.flags = chance(c, 8),
		.key = chance_inode(c, 50),
		.task = chance_task(c, 20),
		.start_ns = REC_START + chance(c, 9 * SEC),
		.dur_ns = 1ULL << chance(c, 34) | chance(c, 1 << 20),
		.units = chance(c, 3) * 4096,
		.retries = chance(c, 3),
	};

	if (ev.outcome == OUTCOME_ERRNO)
		ev.err = 1 + chance(c, 4);
	for (int i = 0; ev.flags & EVENT_OP_WAITS && i < 2; i++) {
		unsigned int wait = chance(c, WAIT_NR);

		ev.wait_ns[wait] += chance(c, ev.dur_ns / 2 + 1);
		ev.wait_cnt[wait]++;
	}
	return ev;
}

static inline struct event_hits chance_hits(struct chance *c)
{
	struct event_hits ev = {
		.kind = EVENT_HITS,
		.op = chance(c, OP_DAX_WRITE + 1),
		.key = chance_inode(c, 50),
		.task = chance_task(c, 20),
		.base_ns = REC_START + chance(c, 9 * SEC),
		.cnt = 1 + chance(c, HITS_MAX),
	};

	ev.units = ev.cnt * 4096;
	for (__u32 i = 0; i < ev.cnt; i++)
		ev.hits[i] = (__u64)i * 1000 << HIT_DUR_BITS | (128 + chance(c, 32000));
	return ev;
}

static inline struct event_blame chance_blame(struct chance *c)
{
	__u64 since = chance(c, 2);

	return (struct event_blame){
		.kind = EVENT_BLAME,
		.edge = { .inode = chance_inode(c, 5),
			  .holder = chance_task(c, 3),
			  .wait = chance(c, 6),
			  .op = chance(c, OP_NR),
			  .holder_sort = chance(c, HOLDER_NR),
			  .holder_op = chance(c, OP_NR + 1),
			  .holder_wait = chance(c, 2) ? chance(c, WAIT_NR) : WAIT_NONE,
			  .holder_wait_op = OP_NR },
		.task = chance_task(c, 20),
		.begin_ns = REC_START + chance(c, 9 * SEC),
		.ns = chance(c, 5 * MS),
		.held_ns = since * chance(c, 9 * MS),
		.waiters = since ? 1 + chance(c, 5) : 1,
	};
}

static inline struct event_wait chance_wait(struct chance *c)
{
	return (struct event_wait){
		.kind = EVENT_WAIT,
		.wait = chance(c, WAIT_NR),
		.op = chance(c, OP_NR),
		.key = chance_inode(c, 50),
		.task = chance_task(c, 20),
		.begin_ns = REC_START + chance(c, 9 * SEC),
		.ns = 1ULL << chance(c, 30) | chance(c, 1 << 10),
	};
}

/* ---- the tables of the same ---- */

static inline void tables_add_op(struct summary *s, const struct event_op *ev)
{
	bool has_waits = ev->flags & EVENT_OP_WAITS, is_seen = ev->outcome < OUTCOME_NR;
	struct op_figures f = { .units = ev->units, .retries = ev->retries };
	struct cell cell = { .units = ev->units, .retries = ev->retries };
	struct inode_cell_key inode = {
		.inode = ev->key,
		.op = ev->op | (ev->flags & EVENT_OP_NESTED_IN_INODE ? CELL_NESTED : 0)
	};
	struct task_cell_key task = {
		.task = ev->task,
		.op = ev->op | (ev->flags & EVENT_OP_NESTED_IN_TASK ? CELL_NESTED : 0)
	};

	for (int i = 0; has_waits && i < WAIT_NR; i++) {
		f.wait_ns[i] = cell.wait_ns[i] = ev->wait_ns[i];
		f.wait_cnt[i] = cell.wait_cnt[i] = ev->wait_cnt[i];
	}
	if (is_seen) {
		f.total_ns = f.max_ns = cell.total_ns = cell.max_ns = ev->dur_ns;
		f.outcome[ev->outcome] = cell.outcome[ev->outcome] = 1;
		f.hist[hist_bucket(ev->dur_ns)] = 1;
		cell.hist[coarse_bucket(ev->dur_ns)] = 1;
	}
	CHECK(!summary__add_op(s, ev->op, &f));
	CHECK(!summary__add_inode_cell(s, &inode, &cell));
	CHECK(!summary__add_task_cell(s, &task, &cell));
	if (ev->err)
		CHECK(!summary__add_errno(s, ev->op, ev->err, 1));
}

/* One by one, each with its share of the units. */
static inline void tables_add_hits(struct summary *s, const struct event_hits *hits)
{
	for (__u32 i = 0; i < hits->cnt; i++) {
		struct event_op ev = {
			.op = hits->op,
			.key = hits->key,
			.task = hits->task,
			.dur_ns = hits->hits[i] & ((1 << HIT_DUR_BITS) - 1),
			.units = hits->units / hits->cnt,
		};

		tables_add_op(s, &ev);
	}
}

static inline void tables_add_wait(struct summary *s, const struct event_wait *ev)
{
	struct wait_figures f = { .cnt = 1, .total_ns = ev->ns, .max_ns = ev->ns };

	f.hist[hist_bucket(ev->ns)] = 1;
	CHECK(!summary__add_wait(s, ev->wait, &f));
}

static inline void tables_add_blame(struct summary *s, const struct event_blame *ev)
{
	struct edge edge = { 1, ev->ns, ev->ns, ev->held_ns, ev->waiters == 1, ev->waiters };

	CHECK(!summary__add_edge(s, &ev->edge, &edge));
}

/* ---- a recording in memory ---- */

struct rec_buffer {
	struct recording rec;
	struct rec_writer *w;
};

static inline void rec_buffer_begin(struct rec_buffer *b, const struct rec_machine *machine)
{
	*b = (struct rec_buffer){};
	b->w = rec_writer__new(recording_store, &b->rec);
	CHECK(b->w != NULL);
	CHECK(!rec_writer__add(b->w, REC_MACHINE, machine));
}

static inline void rec_buffer_end(struct rec_buffer *b)
{
	CHECK(!recording_finish(&b->rec, b->w, true));
}

/* All of it, through @take. */
static inline void rec_buffer_read(const struct rec_buffer *b, struct rec_feed *feed,
				   int (*take)(struct rec_feed *feed, enum rec_kind kind,
					       const void *record))
{
	struct failure failure;
	struct rec_reader *r;
	const void *record;
	enum rec_kind kind;

	if (!CHECK(!rec_reader__open_memory(&r, b->rec.bytes, b->rec.cnt, &failure)))
		return;
	while (rec_reader__next(r, &kind, &record) == 1)
		CHECK(!take(feed, kind, record));
	rec_reader__free(r);
}

/* Read and finished, to be freed by the caller. */
static inline struct rec_feed *rec_buffer_report(const struct rec_buffer *b,
						 const struct rec_feed_opts *opts)
{
	struct rec_feed *feed = rec_feed__new(opts);

	if (rec_feed__wants_names(feed)) {
		rec_buffer_read(b, feed, rec_feed__take_name);
		CHECK(!rec_feed__names_end(feed));
	}
	rec_buffer_read(b, feed, rec_feed__take);
	CHECK(!rec_feed__finish(feed));
	return feed;
}

#endif
