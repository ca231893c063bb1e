// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Sums, and the difference of two cumulative summaries: what is new, what maximum is known, what is
 * a gauge.
 */
#include <errno.h>

#include "check.h"
#include "sample.h"

static void sums(void)
{
	struct summary *s = summary__new();
	struct op_figures f = { .total_ns = 1, .max_ns = 9, .units = 2, .retries = 3 };
	struct wait_figures w = { .cnt = 1, .total_ns = 4, .max_ns = 4 };
	const struct op_figures *sum = summary__op(s, OP_DAX_READ);

	f.outcome[OUTCOME_DONE] = 1;
	f.outcome[OUTCOME_INTERRUPTED] = 1;
	f.wait_ns[WAIT_NR - 1] = 7;
	f.wait_cnt[WAIT_NR - 1] = 8;
	f.hist[HIST_BUCKETS - 1] = 2;
	CHECK(!summary__add_op(s, OP_DAX_READ, &f));
	f.max_ns = 5;
	CHECK(!summary__add_op(s, OP_DAX_READ, &f));
	CHECK(summary__add_op(s, OP_NR, &f) == -EINVAL);
	CHECK_U64(op_figures__count(sum), 4);
	CHECK_U64(sum->total_ns, 2);
	CHECK_U64(sum->max_ns, 9);
	CHECK_U64(sum->units, 4);
	CHECK_U64(sum->retries, 6);
	CHECK_U64(sum->wait_ns[WAIT_NR - 1], 14);
	CHECK_U64(sum->wait_cnt[WAIT_NR - 1], 16);
	CHECK_U64(sum->hist[HIST_BUCKETS - 1], 4);
	CHECK_U64(op_figures__wait_ns(sum), 14);
	CHECK_U64(op_figures__timed(sum), 4);
	/* waits above the total: never negative, nor a share above the whole */
	CHECK_U64(summary__op_other_ns(s, OP_DAX_READ, sum->total_ns, sum->wait_ns), 0);
	CHECK_U64(summary__op_span_ns(s, OP_DAX_READ, sum->total_ns, sum->wait_ns), 14);
	CHECK_U64(op_figures__count(summary__op(s, OP_DAX_WRITE)), 0);
	CHECK(!summary__add_wait(s, WAIT_BUSY_PAGE, &w));
	CHECK(!summary__add_wait(s, WAIT_BUSY_PAGE, &w));
	CHECK(summary__add_wait(s, WAIT_NR, &w) == -EINVAL);
	CHECK_U64(summary__wait(s, WAIT_BUSY_PAGE)->cnt, 2);
	CHECK_U64(summary__wait(s, WAIT_BUSY_PAGE)->total_ns, 8);
	CHECK_U64(summary__wait(s, WAIT_BUSY_PAGE)->max_ns, 4);
	summary__free(s);
	summary__free(NULL);
}

static void errnos_and_in_flight(void)
{
	struct summary *s = summary__new();

	CHECK(!summary__add_errno(s, OP_SETUP, 28, 1));
	CHECK(!summary__add_errno(s, OP_DAX_READ, 5, 7));
	CHECK(!summary__add_errno(s, OP_SETUP, 5, 3));
	CHECK(!summary__add_errno(s, OP_SETUP, -28, 2));
	CHECK(summary__add_errno(s, OP_NR, 5, 1) == -EINVAL);
	CHECK(summary__add_errno(s, OP_SETUP, 0, 1) == -EINVAL);
	CHECK_U64(summary__errno_cnt(s), 3);
	CHECK_U64(summary__errno(s, 0)->key.op, OP_DAX_READ);
	CHECK_U64(summary__errno(s, 1)->key.err, 5);
	CHECK_U64(summary__errno(s, 2)->key.err, 28);
	CHECK_U64(summary__errno(s, 2)->cnt, 3);
	CHECK(!summary__add_in_flight(s, OP_TRUNCATE, 10));
	CHECK(!summary__add_in_flight(s, OP_TRUNCATE, 5));
	CHECK(summary__add_in_flight(s, OP_NR, 5) == -EINVAL);
	CHECK_U64(summary__in_flight(s, OP_TRUNCATE)->cnt, 2);
	CHECK_U64(summary__in_flight(s, OP_TRUNCATE)->oldest_ns, 10);
	summary__free(s);
}

/* The oldest are kept, the oldest first; all are counted. */
static void in_flight_rows(void)
{
	struct summary *s = summary__new(), *d;
	struct in_flight_row row = { .op = OP_DAX_READ, .wait = WAIT_NONE };

	CHECK_U64(summary__in_flight_row_cnt(s), 0);
	for (__u64 i = 0; i < IN_FLIGHT_ROWS + 50; i++) {
		row.age_ns = (i * 7) % (IN_FLIGHT_ROWS + 50);
		row.task.pid = row.age_ns;
		CHECK(!summary__add_in_flight_row(s, &row));
	}
	d = summary__delta(s, NULL);
	CHECK_U64(summary__in_flight(d, OP_DAX_READ)->cnt, IN_FLIGHT_ROWS + 50);
	CHECK_U64(summary__in_flight_row_cnt(d), IN_FLIGHT_ROWS);
	for (__u64 i = 0; i < IN_FLIGHT_ROWS; i++)
		CHECK_U64(summary__in_flight_row(d, i)->task.pid, IN_FLIGHT_ROWS + 49 - i);
	row.op = OP_NR;
	CHECK(summary__add_in_flight_row(s, &row) == -EINVAL);
	summary__free(s);
	summary__free(d);
}

/* What the maximum of an interval is, by what was seen before and in it. */
static void delta_max(void)
{
	static const struct {
		__u64 before, in, want;
	} rows[] = {
		{ 1000, 2000, 2000 },			/* grew: exact */
		{ 2000, 1000, 1023 },			/* did not: upper bound of its bucket */
		{ 1010, 1005, 1010 },			/* the bound is above all ever seen */
		{ 1ULL << 41, 1ULL << 40, 1ULL << 41 }, /* the last bucket has no bound */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct summary *prev = summary__new(), *cur = summary__new(), *d;

		sample_add_op(prev, OP_TRUNCATE, 1, rows[i].before, WAIT_NONE, 0);
		sample_add_op(cur, OP_TRUNCATE, 1, rows[i].before, WAIT_NONE, 0);
		sample_add_op(cur, OP_TRUNCATE, 1, rows[i].in, WAIT_NONE, 0);
		sample_add_wait(prev, WAIT_BUSY_PAGE, 1, rows[i].before);
		sample_add_wait(cur, WAIT_BUSY_PAGE, 1, rows[i].before);
		sample_add_wait(cur, WAIT_BUSY_PAGE, 1, rows[i].in);
		d = summary__delta(cur, prev);
		CHECK_U64(summary__op(d, OP_TRUNCATE)->max_ns, rows[i].want);
		CHECK_U64(summary__op(d, OP_TRUNCATE)->total_ns, rows[i].in);
		CHECK_U64(op_figures__count(summary__op(d, OP_TRUNCATE)), 1);
		CHECK_U64(summary__wait(d, WAIT_BUSY_PAGE)->max_ns, rows[i].want);
		CHECK_U64(summary__wait(d, WAIT_BUSY_PAGE)->cnt, 1);
		summary__free(d);
		d = summary__delta(cur, cur);
		CHECK_U64(summary__op(d, OP_TRUNCATE)->max_ns, 0);
		summary__free(d);
		summary__free(prev);
		summary__free(cur);
	}
}

/* Read between the update of the maximum and of the histogram: what grew is known all the same. */
static void delta_max_of_torn_read(void)
{
	struct op_figures f = { .max_ns = 5000 };
	struct summary *prev = summary__new(), *cur = summary__new(), *d;

	sample_add_op(prev, OP_EVICT, 1, 100, WAIT_NONE, 0);
	sample_add_op(cur, OP_EVICT, 2, 100, WAIT_NONE, 0);
	summary__add_op(cur, OP_EVICT, &f);
	d = summary__delta(cur, prev);
	CHECK_U64(summary__op(d, OP_EVICT)->max_ns, 5000);
	summary__free(d);
	summary__free(prev);
	summary__free(cur);
}

static bool find(const struct summary *s, __u64 nodeid, unsigned int op, struct figures *f)
{
	struct top_list list;
	bool is_found = false;

	CHECK(!summary__top_inodes(s, SORT_WAIT, 0, &list));
	for (size_t i = 0; i < list.cnt; i++) {
		if (entity__inode(list.rows[i])->nodeid == nodeid)
			is_found = entity__op(list.rows[i], op, f);
	}
	top_list__fini(&list);
	return is_found;
}

/* Inode 1 is as before, 2 has more of one operation, 3 is new, 4 was begun anew. */
static void delta_cells(void)
{
	struct cell one = sample_cell(1, 1000, WAIT_BUSY_PAGE, 400),
		    big = sample_cell(9, 1000, 0, 1);
	struct summary *prev = summary__new(), *cur = summary__new(), *d;
	struct figures f;

	for (__u64 nodeid = 1; nodeid <= 2; nodeid++) {
		sample_add_inode(prev, nodeid, OP_DAX_READ, &one);
		sample_add_inode(cur, nodeid, OP_DAX_READ, &one);
		sample_add_inode(prev, nodeid, OP_SETUP, &one);
		sample_add_inode(cur, nodeid, OP_SETUP, &one);
	}
	sample_add_inode(cur, 2, OP_DAX_READ, &one);
	sample_add_inode(cur, 3, OP_DAX_READ, &one);
	sample_add_inode(prev, 4, OP_DAX_READ, &big);
	sample_add_inode(cur, 4, OP_DAX_READ, &one);
	d = summary__delta(cur, prev);
	CHECK(!find(d, 1, OP_DAX_READ, &f));
	CHECK(!find(d, 2, OP_SETUP, &f));
	if (CHECK(find(d, 2, OP_DAX_READ, &f))) {
		CHECK_U64(f.cnt, 1);
		CHECK_U64(f.total_ns, 1000);
		CHECK_U64(f.max_ns, 1000);
		CHECK_U64(f.bytes, 1);
		CHECK_U64(f.wait_ns[WAIT_BUSY_PAGE], 400);
		CHECK_U64(f.wait_cnt[WAIT_BUSY_PAGE], 1);
		CHECK_U64(f.hist[coarse_bucket(1000)], 1);
	}
	CHECK(find(d, 3, OP_DAX_READ, &f) && f.cnt == 1);
	CHECK(find(d, 4, OP_DAX_READ, &f) && f.cnt == 1);
	summary__free(d);
	summary__free(prev);
	summary__free(cur);
}

/* Below full: cells of waits alone, and of operations that were counted and not timed. */
static void delta_partial_cells(void)
{
	struct cell waits = sample_waits(2, WAIT_FREE_RANGE, 100), hits = sample_hits(7);
	struct cell more = sample_waits(9, WAIT_FREE_RANGE, 100);
	struct summary *prev = summary__new(), *cur = summary__new(), *d;
	struct figures f;

	for (__u64 nodeid = 1; nodeid <= 2; nodeid++) {
		sample_add_inode(prev, nodeid, OP_FAULT, &waits);
		sample_add_inode(cur, nodeid, OP_FAULT, &waits);
		sample_add_inode(prev, nodeid, OP_DAX_READ, &hits);
		sample_add_inode(cur, nodeid, OP_DAX_READ, &hits);
	}
	sample_add_inode(cur, 2, OP_FAULT, &waits);
	sample_add_inode(cur, 2, OP_DAX_READ, &hits);
	sample_add_inode(cur, 3, OP_FAULT, &waits);
	sample_add_inode(prev, 4, OP_FAULT, &more);
	sample_add_inode(cur, 4, OP_FAULT, &waits); /* begun anew */
	d = summary__delta(cur, prev);
	CHECK(!find(d, 1, OP_FAULT, &f));
	CHECK(!find(d, 1, OP_DAX_READ, &f));
	for (__u64 nodeid = 2; nodeid <= 4; nodeid++) {
		if (CHECK(find(d, nodeid, OP_FAULT, &f))) {
			CHECK_U64(f.cnt, 0);
			CHECK_U64(f.wait_cnt[WAIT_FREE_RANGE], 2);
			CHECK_U64(f.all_wait_ns, 200);
			CHECK_U64(figures__timed(&f), 0);
		}
	}
	if (CHECK(find(d, 2, OP_DAX_READ, &f))) {
		CHECK_U64(f.cnt, 7);
		CHECK_U64(f.bytes, 7);
		CHECK_U64(f.total_ns, 0);
	}
	summary__free(d);
	summary__free(prev);
	summary__free(cur);
}

static void detail(void)
{
	struct summary *prev = summary__new(), *cur = summary__new(), *d;

	CHECK_U64(summary__detail(cur), DETAIL_FULL);
	for (int i = 0; i < DETAIL_NR; i++) {
		summary__set_detail(cur, i);
		d = summary__delta(cur, prev);
		CHECK_U64(summary__detail(d), i);
		CHECK_U64(summary__measure(d, OP_DAX_READ), op_measure(i, OP_DAX_READ));
		summary__free(d);
		d = summary__delta(cur, NULL);
		CHECK_U64(summary__detail(d), i);
		summary__free(d);
	}
	summary__add_unmeasured(cur, "op.read", "no hook");
	CHECK_U64(summary__measure(cur, OP_DAX_READ), MEASURE_NONE);
	summary__free(prev);
	summary__free(cur);
}

/* What the waits are shares of: never less than they are, whatever the detail. */
static void spans(void)
{
	static const struct {
		enum dax_detail detail;
		unsigned int op, wait;
		__u64 total_ns, wait_ns, span_ns, other_ns;
	} rows[] = {
		{ DETAIL_FULL, OP_TRUNCATE, WAIT_INODE_LOCK_WRITE, 100, 60, 100, 40 },
		{ DETAIL_STALLS, OP_TRUNCATE, WAIT_INODE_LOCK_WRITE, 100, 60, 160, 100 },
		{ DETAIL_STALLS, OP_TRUNCATE, WAIT_INODE_LOCK_WRITE, 0, 60, 60, 0 },
		{ DETAIL_STALLS, OP_TRUNCATE, WAIT_BUSY_PAGE, 100, 60, 100, 40 },
		{ DETAIL_STALLS, OP_TRUNCATE, WAIT_BUSY_PAGE, 100, 160, 160, 0 },
		{ DETAIL_STALLS, OP_FAULT, WAIT_FREE_RANGE, 0, 60, 60, 0 },
		{ DETAIL_COUNTS, OP_DAX_READ, WAIT_INODE_LOCK_READ, 100, 60, 100, 40 },
		{ DETAIL_COUNTS, OP_DAX_READ, WAIT_INODE_LOCK_READ, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct summary *s = summary__new();
		__u64 wait_ns[WAIT_NR] = {};

		wait_ns[rows[i].wait] = rows[i].wait_ns;
		summary__set_detail(s, rows[i].detail);
		CHECK_U64(summary__op_span_ns(s, rows[i].op, rows[i].total_ns, wait_ns),
			  rows[i].span_ns);
		CHECK_U64(summary__op_other_ns(s, rows[i].op, rows[i].total_ns, wait_ns),
			  rows[i].other_ns);
		summary__free(s);
	}
}

/* A 32-bit counter of a cell that wrapped in the interval. */
static void delta_wraps(void)
{
	struct cell before = { .total_ns = 10 }, after = { .total_ns = 20 };
	struct summary *prev = summary__new(), *cur = summary__new(), *d;
	struct figures f;

	before.outcome[OUTCOME_DONE] = 0xfffffff0;
	after.outcome[OUTCOME_DONE] = 5;
	before.wait_cnt[0] = before.hist[3] = before.retries = 0xfffffff0;
	after.wait_cnt[0] = after.hist[3] = after.retries = 5;
	sample_add_inode(prev, 1, OP_DAX_READ, &before);
	sample_add_inode(cur, 1, OP_DAX_READ, &after);
	d = summary__delta(cur, prev);
	if (CHECK(find(d, 1, OP_DAX_READ, &f))) {
		CHECK_U64(f.cnt, 21);
		CHECK_U64(f.wait_cnt[0], 21);
		CHECK_U64(f.hist[3], 21);
		CHECK_U64(f.retries, 21);
	}
	summary__free(d);
	summary__free(prev);
	summary__free(cur);
}

static void delta_gauges(void)
{
	struct summary *prev = summary__new(), *cur = summary__new(), *d;
	struct trust before = { .own_cpu_ns = 5,
				.hooks_attached = 3,
				.memory_bytes = 70,
				.recursion_misses = 2,
				.events_lost = 1 };
	struct trust after = { .own_cpu_ns = 9,
			       .hooks_attached = 4,
			       .memory_bytes = 80,
			       .recursion_misses = 7,
			       .events_lost = 4 };

	before.counters[COUNTER_FRAMES_FULL] = 10;
	after.counters[COUNTER_FRAMES_FULL] = 11;
	after.counters[COUNTER_TASK_SLOTS_FULL] = 20;
	after.counters[COUNTER_UNMATCHED] = 300;
	after.counters[COUNTER_BEGAN_BEFORE] = 4000;
	summary__set_trust(prev, &before);
	summary__set_trust(cur, &after);
	summary__set_span(prev, 100, 200);
	summary__set_span(cur, 100, 300);
	summary__add_in_flight(prev, OP_EVICT, 1);
	summary__add_in_flight(cur, OP_TRUNCATE, 9);
	summary__add_unmeasured(cur, "op.evict", "no hook");
	summary__add_errno(prev, OP_SETUP, 5, 1);
	summary__add_errno(cur, OP_SETUP, 5, 1);
	summary__add_errno(cur, OP_SETUP, 28, 2);
	sample_add_mounts(cur);
	d = summary__delta(cur, prev);
	CHECK_U64(summary__start_ns(d), 200);
	CHECK_U64(summary__duration_ns(d), 100);
	CHECK_U64(trust__lost(summary__trust(d)), 1 + 20 + 5);
	CHECK_U64(trust__lost(summary__trust_since_start(d)), 11 + 20 + 7);
	CHECK_U64(trust__unmatched(summary__trust(d)), 300);
	CHECK_U64(summary__trust(d)->own_cpu_ns, 4);
	CHECK_U64(summary__trust(d)->events_lost, 3);
	CHECK_U64(summary__trust(d)->hooks_attached, 4);
	CHECK_U64(summary__trust(d)->memory_bytes, 80);
	CHECK_U64(summary__in_flight(d, OP_EVICT)->cnt, 0);
	CHECK_U64(summary__in_flight(d, OP_TRUNCATE)->cnt, 1);
	CHECK_TEXT(summary__why_unmeasured(d, "op.", "evict"), "no hook");
	CHECK_TEXT(summary__why_unmeasured(d, "op.", "evic"), NULL);
	CHECK_U64(summary__errno_cnt(d), 1);
	CHECK_U64(summary__errno(d, 0)->cnt, 2);
	CHECK_U64(summary__mount_cnt(d), 2);
	summary__free(d);
	d = summary__delta(cur, NULL);
	CHECK_U64(summary__start_ns(d), 100);
	CHECK_U64(summary__duration_ns(d), 200);
	CHECK_U64(trust__lost(summary__trust(d)), 38);
	CHECK_U64(summary__errno_cnt(d), 2);
	summary__free(d);
	summary__free(prev);
	summary__free(cur);
}

static void mounts(void)
{
	struct summary *s = summary__new();
	struct cell c = sample_cell(3, 10, WAIT_NONE, 0);
	struct inode_cell_key elsewhere = { .inode = { .nodeid = 8, .dev = 1 }, .op = OP_SETUP };
	struct figures ops[OP_NR];
	struct mount_state m = { .dev = SAMPLE_DEV, .mountpoint = "/new\nline", .reason = NULL };

	sample_add_mounts(s);
	CHECK_U64(mount_figures__in_transit(&summary__mount(s, 0)->figures), 8);
	CHECK_TEXT(summary__mount_by_dev(s, 39)->mountpoint, "/mnt/plain");
	CHECK(!summary__mount_by_dev(s, 40));
	CHECK(!summary__set_mount(s, &m)); /* replaced, not added */
	CHECK_U64(summary__mount_cnt(s), 2);
	CHECK_TEXT(summary__mount_by_dev(s, SAMPLE_DEV)->mountpoint, "/new?line");
	sample_add_inode(s, 5, OP_SETUP, &c);
	sample_add_inode(s, INODE_REST_NODEID, OP_SETUP, &c);
	summary__add_inode_cell(s, &elsewhere, &c);
	summary__mount_ops(s, SAMPLE_DEV, ops);
	CHECK_U64(ops[OP_SETUP].cnt, 6);
	CHECK_U64(ops[OP_SETUP].ranges, 6);
	CHECK_U64(ops[OP_SETUP].bytes, 0);
	CHECK_U64(ops[OP_DAX_READ].cnt, 0);
	summary__free(s);
}

static void unmeasured(void)
{
	struct summary *s = summary__new();

	CHECK(!summary__add_unmeasured(s, "wait.busy_page", "first"));
	CHECK(!summary__add_unmeasured(s, "wait.busy_page", "second"));
	CHECK_U64(summary__unmeasured_cnt(s), 1);
	CHECK_TEXT(summary__unmeasured(s, 0)->reason, "first");
	CHECK_TEXT(summary__why_unmeasured(s, "op.", "busy_page"), NULL);
	summary__free(s);
}

int main(void)
{
	sums();
	errnos_and_in_flight();
	in_flight_rows();
	delta_max();
	delta_max_of_torn_read();
	delta_cells();
	delta_partial_cells();
	detail();
	spans();
	delta_wraps();
	delta_gauges();
	mounts();
	unmeasured();
	return check_result();
}
