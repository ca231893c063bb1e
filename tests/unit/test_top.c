// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Sorted lists, the rest row, what an inode or task comes to, and a table of 100 000 inodes.
 */
#include <errno.h>
#include <time.h>

#include "check.h"
#include "sample.h"

/* Inode 1 has the most operations, 2 the most time, 3 waited most. */
static struct summary *three(void)
{
	struct summary *s = summary__new();
	struct cell often = sample_cell(100, 10, WAIT_BUSY_PAGE, 1);
	struct cell slow = sample_cell(2, 5000, WAIT_BUSY_PAGE, 100);
	struct cell waiting = sample_cell(1, 4000, WAIT_BUSY_PAGE, 3000);

	sample_add_inode(s, 1, OP_DAX_READ, &often);
	sample_add_inode(s, 2, OP_DAX_READ, &slow);
	sample_add_inode(s, 3, OP_DAX_READ, &waiting);
	sample_add_task(s, 1, OP_DAX_READ, &often);
	sample_add_task(s, 2, OP_DAX_READ, &slow);
	sample_add_task(s, 3, OP_DAX_READ, &waiting);
	return s;
}

static void order(void)
{
	static const __u64 want[SORT_NR][3] = {
		[SORT_WAIT] = { 3, 2, 1 },
		[SORT_TOTAL] = { 2, 3, 1 },
		[SORT_COUNT] = { 1, 2, 3 },
	};
	struct summary *s = three();

	for (int sort = 0; sort < SORT_NR; sort++) {
		struct top_list inodes, tasks;

		CHECK(!summary__top_inodes(s, sort, 0, &inodes));
		CHECK(!summary__top_tasks(s, sort, 0, &tasks));
		CHECK_U64(inodes.cnt, 3);
		CHECK_U64(inodes.rest_cnt, 0);
		for (size_t i = 0; i < 3 && i < inodes.cnt && i < tasks.cnt; i++) {
			CHECK_U64(entity__inode(inodes.rows[i])->nodeid, want[sort][i]);
			CHECK_U64(entity__task(tasks.rows[i])->pid, want[sort][i]);
		}
		top_list__fini(&inodes);
		top_list__fini(&tasks);
	}
	summary__free(s);
}

/* Equal figures: by key, whatever the order they came in. */
static void ties(void)
{
	struct cell c = sample_cell(1, 10, WAIT_NONE, 0);
	struct summary *s = summary__new();
	struct top_list list;

	for (__u64 i = 50; i > 0; i--)
		sample_add_inode(s, i * 7 % 53, OP_DAX_READ, &c);
	CHECK(!summary__top_inodes(s, SORT_WAIT, 0, &list));
	for (size_t i = 1; i < list.cnt; i++)
		CHECK(entity__inode(list.rows[i - 1])->nodeid <
		      entity__inode(list.rows[i])->nodeid);
	top_list__fini(&list);
	summary__free(s);
}

static void rest(void)
{
	struct cell c = sample_cell(7, 100000, WAIT_BUSY_PAGE, 90000);
	struct summary *s = three();
	struct top_list list;

	CHECK(!summary__top_inodes(s, SORT_WAIT, 1, &list));
	CHECK_U64(list.cnt, 1);
	CHECK_U64(list.total_cnt, 3);
	CHECK_U64(list.rest_cnt, 2);
	CHECK(!list.has_overflow);
	CHECK_U64(list.rest.cnt, 102);
	CHECK_U64(list.rest.total_ns, 11000);
	CHECK_U64(list.rest.max_ns, 5000);
	CHECK_U64(list.rest.all_wait_ns, 300);
	top_list__fini(&list);
	/* What the kernel had no row for is never ranked, however long it took. */
	sample_add_inode(s, INODE_REST_NODEID, OP_DAX_READ, &c);
	sample_add_task(s, TASK_REST_PID, OP_DAX_READ, &c);
	CHECK(!summary__top_inodes(s, SORT_WAIT, 0, &list));
	CHECK_U64(list.cnt, 3);
	CHECK_U64(list.rest_cnt, 0);
	CHECK(list.has_overflow);
	CHECK_U64(list.rest.cnt, 7);
	top_list__fini(&list);
	CHECK(!summary__top_tasks(s, SORT_WAIT, 2, &list));
	CHECK_U64(list.cnt, 2);
	CHECK_U64(list.rest_cnt, 1);
	CHECK(list.has_overflow);
	CHECK_U64(list.rest.cnt, 107);
	top_list__fini(&list);
	summary__free(s);
}

static void nothing(void)
{
	struct summary *s = summary__new();
	struct cell c = {};
	struct top_list list;

	CHECK(!summary__top_inodes(s, SORT_WAIT, 5, &list));
	CHECK_U64(list.cnt, 0);
	CHECK_U64(list.total_cnt, 0);
	top_list__fini(&list);
	CHECK(sample_add_inode(s, 1, OP_NR, &c) == -EINVAL);
	CHECK(!summary__top_inodes(s, SORT_WAIT, 5, &list));
	CHECK_U64(list.total_cnt, 0);
	top_list__fini(&list);
	summary__free(s);
}

/* A setup runs inside a fault: its time counts once, unless nothing else is known. */
static void nested(void)
{
	struct cell fault = sample_cell(1, 3000, WAIT_REQUEST_HOST, 2500);
	struct cell setup = sample_cell(1, 2800, WAIT_REQUEST_HOST, 2500);
	struct summary *s = summary__new();
	struct top_list list;
	struct figures f;

	sample_add_inode(s, 1, OP_SETUP, &setup);
	sample_add_inode(s, 1, OP_FAULT_READ_PTE, &fault);
	sample_add_inode(s, 2, OP_SETUP, &setup);
	CHECK(!summary__top_inodes(s, SORT_TOTAL, 0, &list));
	entity__figures(list.rows[0], &f);
	CHECK_U64(f.cnt, 1);
	CHECK_U64(f.total_ns, 3000);
	CHECK_U64(f.all_wait_ns, 2500);
	CHECK_U64(figures__other_ns(&f), 500);
	CHECK_U64(entity__worst_op(list.rows[0]), OP_FAULT_READ_PTE);
	CHECK(entity__op(list.rows[0], OP_SETUP, &f) && f.total_ns == 2800);
	CHECK(!entity__op(list.rows[0], OP_EVICT, &f));
	entity__figures(list.rows[1], &f);
	CHECK_U64(f.total_ns, 2800);
	CHECK_U64(entity__worst_op(list.rows[1]), OP_SETUP);
	top_list__fini(&list);
	summary__free(s);
}

/* The same kind may run inside another operation or by itself: only the latter is in the total. */
static void nested_by_cell(void)
{
	struct cell read = sample_cell(1, 3000, WAIT_REQUEST_HOST, 2500);
	struct cell fault = sample_cell(1, 1000, WAIT_REQUEST_HOST, 900);
	struct summary *s = summary__new(), *delta;
	struct figures f, mount[OP_NR];
	struct top_list list;

	CHECK(!sample_add_task(s, 1, OP_DAX_READ, &read));
	CHECK(!sample_add_task(s, 1, OP_FAULT_READ_PTE, &fault));
	CHECK(!sample_add_task(s, 1, OP_FAULT_READ_PTE | CELL_NESTED, &fault));
	CHECK(!sample_add_task(s, 1, OP_FAULT_READ_PTE | CELL_NESTED, &fault));
	CHECK(sample_add_task(s, 1, OP_NR | CELL_NESTED, &fault) == -EINVAL);
	sample_add_inode(s, 1, OP_FAULT_READ_PTE | CELL_NESTED, &fault);
	delta = summary__delta(s, NULL);
	CHECK(!summary__top_tasks(delta, SORT_TOTAL, 0, &list));
	entity__figures(list.rows[0], &f);
	CHECK_U64(f.cnt, 2);
	CHECK_U64(f.total_ns, 4000);
	CHECK(entity__op(list.rows[0], OP_FAULT_READ_PTE, &f));
	CHECK_U64(f.cnt, 3);
	CHECK_U64(f.total_ns, 3000);
	top_list__fini(&list);
	CHECK(!summary__top_inodes(delta, SORT_TOTAL, 0, &list));
	CHECK_U64(entity__worst_op(list.rows[0]), OP_FAULT_READ_PTE);
	summary__mount_ops(delta, entity__inode(list.rows[0])->dev, mount);
	CHECK_U64(mount[OP_FAULT_READ_PTE].cnt, 1);
	top_list__fini(&list);
	summary__free(delta);
	summary__free(s);
}

/* How the sums of an inode, a task and the rest are measured at each level. */
static void measures(void)
{
	static const struct {
		enum dax_detail detail;
		enum op_measure read, truncate, reclaim, task, rest;
	} rows[] = {
		{ DETAIL_STALLS, MEASURE_WAITS, MEASURE_WAITS, MEASURE_ALL, MEASURE_WAITS,
		  MEASURE_WAITS },
		{ DETAIL_COUNTS, MEASURE_WAITED, MEASURE_ALL, MEASURE_ALL, MEASURE_WAITED,
		  MEASURE_WAITED },
		{ DETAIL_FULL, MEASURE_ALL, MEASURE_ALL, MEASURE_ALL, MEASURE_ALL, MEASURE_ALL },
	};
	struct cell waits[3] = {
		sample_waits(1, WAIT_REQUEST_HOST, 30),
		sample_waits(1, WAIT_REQUEST_HOST, 20),
		sample_waits(1, WAIT_REQUEST_HOST, 10),
	};
	struct top_list list;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct summary *s = summary__new();

		summary__set_detail(s, rows[i].detail);
		sample_add_inode(s, 1, OP_DAX_READ, &waits[0]);
		sample_add_inode(s, 2, OP_TRUNCATE, &waits[1]);
		sample_add_inode(s, 0, OP_RECLAIM_RUN, &waits[2]);
		sample_add_task(s, 1, OP_TRUNCATE, &waits[0]);
		CHECK(!summary__top_inodes(s, SORT_WAIT, 0, &list));
		CHECK_U64(list.rest_measure, MEASURE_ALL);
		CHECK_U64(list.cnt, 3); /* in the order of their waits, as all else is 0 */
		CHECK_U64(summary__entity_measure(s, list.rows[0]), rows[i].read);
		CHECK_U64(summary__entity_measure(s, list.rows[1]), rows[i].truncate);
		CHECK_U64(summary__entity_measure(s, list.rows[2]), rows[i].reclaim);
		top_list__fini(&list);
		CHECK(!summary__top_tasks(s, SORT_WAIT, 0, &list));
		CHECK_U64(summary__entity_measure(s, list.rows[0]), rows[i].task);
		top_list__fini(&list);
		sample_add_inode(s, INODE_REST_NODEID, OP_DAX_READ, &waits[0]);
		CHECK(!summary__top_inodes(s, SORT_WAIT, 0, &list));
		CHECK_U64(list.rest_measure, rows[i].rest);
		CHECK(!figures__is_empty(&list.rest) && !list.rest.cnt);
		top_list__fini(&list);
		summary__free(s);
	}
}

/*
 * Where counts are not measured they do not sort; where times are not, waits and counts still do.
 */
static void order_by_level(void)
{
	struct cell often = sample_hits(100), seldom = sample_hits(1);
	struct cell waits = sample_waits(1, WAIT_FREE_RANGE, 5);
	struct summary *s = summary__new();
	struct top_list list;

	sample_add_inode(s, 1, OP_DAX_READ, &seldom);
	sample_add_inode(s, 2, OP_DAX_READ, &often);
	sample_add_inode(s, 2, OP_FAULT_READ_PTE, &seldom);
	sample_add_inode(s, 3, OP_DAX_READ, &waits);
	summary__set_detail(s, DETAIL_COUNTS);
	CHECK(!summary__top_inodes(s, SORT_WAIT, 0, &list));
	CHECK_U64(entity__inode(list.rows[0])->nodeid, 3);
	CHECK_U64(entity__inode(list.rows[1])->nodeid, 2);
	CHECK_U64(entity__worst_op(list.rows[1]), OP_DAX_READ);
	top_list__fini(&list);
	CHECK_U64(summary__sort_key(s, SORT_COUNT), SORT_COUNT);
	CHECK(!summary__top_inodes(s, SORT_COUNT, 0, &list));
	CHECK_U64(entity__inode(list.rows[0])->nodeid, 2);
	top_list__fini(&list);
	summary__set_detail(s, DETAIL_STALLS);
	CHECK_U64(summary__sort_key(s, SORT_COUNT), SORT_WAIT);
	CHECK(!summary__top_inodes(s, SORT_COUNT, 0, &list));
	CHECK_U64(entity__inode(list.rows[0])->nodeid, 3);
	top_list__fini(&list);
	summary__free(s);
}

/* The padding of a key is no part of the task. */
static void padding(void)
{
	struct task_cell_key key = { .task = { .tgid = 1, .pid = 1, .start_ms = 7, .pad = 1 },
				     .op = OP_DAX_READ };
	struct cell c = sample_cell(1, 10, WAIT_NONE, 0);
	struct summary *s = summary__new();
	struct top_list list;

	CHECK(!sample_add_task(s, 1, OP_DAX_READ, &c));
	CHECK(!summary__add_task_cell(s, &key, &c));
	CHECK(!summary__top_tasks(s, SORT_WAIT, 0, &list));
	CHECK_U64(list.total_cnt, 1);
	top_list__fini(&list);
	summary__free(s);
}

static struct summary *many(__u32 cnt)
{
	static const __u32 ops[] = { OP_FAULT_READ_PTE, OP_DAX_READ, OP_SETUP };
	struct summary *s = summary__new();

	for (__u64 nodeid = 1; nodeid <= 100000; nodeid++) {
		struct cell c = sample_cell(cnt, nodeid, WAIT_REQUEST_HOST, nodeid / 2);

		for (int i = 0; i < 3; i++)
			sample_add_inode(s, nodeid, ops[i], &c);
	}
	return s;
}

/* Far above what it takes (about 1 s with sanitizers), far below what a quadratic table would. */
static void hundred_thousand(void)
{
	clock_t start = clock();
	struct summary *prev = many(1), *cur = many(3), *d = summary__delta(cur, prev);
	struct top_list list;

	CHECK(!summary__top_inodes(d, SORT_WAIT, 10, &list));
	CHECK_U64(list.total_cnt, 100000);
	CHECK_U64(list.rest_cnt, 99990);
	CHECK_U64(entity__inode(list.rows[0])->nodeid, 100000);
	CHECK_U64(list.rest.cnt, 99990 * 4);
	CHECK(clock() - start < 10 * CLOCKS_PER_SEC);
	top_list__fini(&list);
	summary__free(d);
	summary__free(cur);
	summary__free(prev);
}

int main(void)
{
	order();
	ties();
	rest();
	nothing();
	nested();
	nested_by_cell();
	measures();
	order_by_level();
	padding();
	hundred_thousand();
	return check_result();
}
