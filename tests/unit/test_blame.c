// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Who is to blame: edges and their differences, chains of waits, and who holds the window.
 */
#include "sample.h"

#include <errno.h>

#include "check.h"

static struct edge_key edge_key(__u64 nodeid, __u32 holder)
{
	return (struct edge_key){
		.inode = { .nodeid = nodeid, .dev = SAMPLE_DEV },
		.holder = { .pid = holder, .tgid = holder },
		.wait = WAIT_I_MMAP_SEM_READ,
		.op = OP_FAULT_READ_PTE,
		.holder_sort = HOLDER_OP,
		.holder_op = OP_TRUNCATE,
		.holder_wait = WAIT_NONE,
		.holder_wait_op = OP_NR,
	};
}

static void edges_add_up(void)
{
	struct summary *s = summary__new();
	struct edge_key a = edge_key(1, 10), b = edge_key(2, 10);
	struct edge edge = { 2, 30, 20, 25, 1, 2 };
	struct edge_list list;

	CHECK(!summary__add_edge(s, &a, &edge));
	CHECK(!summary__add_edge(s, &a, &(struct edge){ 1, 5, 5, 40, 1, 1 }));
	CHECK(!summary__add_edge(s, &b, &(struct edge){ 1, 100, 100, 0, 1, 1 }));
	CHECK(!summary__top_edges(s, 1, &list));
	CHECK_U64(list.cnt, 1);
	CHECK_U64(list.total_cnt, 2);
	CHECK_U64(list.rows[0]->key.inode.nodeid, 2);
	CHECK_U64(list.rest.cnt, 3);
	CHECK_U64(list.rest.total_ns, 35);
	CHECK_U64(list.rest.max_ns, 20);
	CHECK_U64(list.rest.held_max_ns, 40);
	CHECK_U64(list.rest.holds_cnt, 2);
	CHECK_U64(list.rest.waiters_max, 2);
	edge_list__fini(&list);
	summary__free(s);
}

static void edges_from_outside(void)
{
	struct summary *s = summary__new();
	struct edge edge = { .cnt = 1 };
	struct edge_key key = edge_key(1, 1);

	key.wait = WAIT_NR;
	CHECK(summary__add_edge(s, &key, &edge) == -EINVAL);
	key = edge_key(1, 1);
	key.holder_op = OP_NR + 1;
	CHECK(summary__add_edge(s, &key, &edge) == -EINVAL);
	key = edge_key(1, 1);
	key.holder_sort = HOLDER_NR;
	CHECK(summary__add_edge(s, &key, &edge) == -EINVAL);
	summary__free(s);
}

static const struct edge_row *only_edge(const struct summary *s, struct edge_list *list)
{
	CHECK(!summary__top_edges(s, 0, list));
	return list->cnt == 1 ? list->rows[0] : NULL;
}

static void edges_since(void)
{
	struct summary *prev = summary__new(), *cur = summary__new(), *d;
	struct edge_key old = edge_key(1, 10), same = edge_key(2, 10);
	const struct edge_row *row;
	struct edge_list list;

	summary__add_edge(prev, &old, &(struct edge){ 2, 30, 20, 0, 2, 4 });
	summary__add_edge(prev, &same, &(struct edge){ 2, 30, 20, 0, 2, 4 });
	summary__add_edge(cur, &old, &(struct edge){ 3, 37, 20, 0, 3, 4 });
	summary__add_edge(cur, &same, &(struct edge){ 2, 30, 20, 0, 2, 4 });
	d = summary__delta(cur, prev);
	row = only_edge(d, &list);
	CHECK(row);
	CHECK_U64(row->key.inode.nodeid, 1);
	CHECK_U64(row->edge.cnt, 1);
	CHECK_U64(row->edge.total_ns, 7);
	CHECK_U64(row->edge.max_ns, 7); /* no longer than all of it */
	CHECK_U64(row->edge.waiters_max, 1);
	edge_list__fini(&list);
	summary__free(d);
	summary__free(cur);
	summary__free(prev);
}

static const struct in_flight_row *row_of(const struct summary *s, __u32 pid)
{
	for (size_t i = 0; i < summary__in_flight_row_cnt(s); i++)
		if (summary__in_flight_row(s, i)->task.pid == pid)
			return summary__in_flight_row(s, i);
	return NULL;
}

static void chains(void)
{
	struct summary *s = summary__new();
	struct chain_step steps[CHAIN_STEPS];
	bool is_loop;

	sample_add_in_flight(s);
	CHECK_U64(summary__chain(s, row_of(s, 4801), steps, &is_loop), 0);
	CHECK_U64(summary__chain(s, row_of(s, 4803), steps, &is_loop), 2);
	CHECK(!is_loop);
	CHECK_U64(steps[0].sort, CHAIN_HOLDER);
	CHECK_U64(steps[0].holder.task.pid, 4711);
	CHECK_U64(steps[1].sort, CHAIN_PAGE);
	CHECK_U64(steps[1].op, OP_TRUNCATE);
	CHECK_U64(summary__chain(s, row_of(s, 4804), steps, &is_loop), 2);
	CHECK_U64(steps[0].sort, CHAIN_WORKER);
	CHECK_U64(steps[0].holder.task.pid, 44);
	CHECK_U64(steps[1].sort, CHAIN_PAGE);
	CHECK_U64(steps[1].op, OP_RECLAIM_RANGE);
	CHECK_U64(steps[1].inode.nodeid, 5);
	CHECK_U64(summary__chain(s, row_of(s, 4802), steps, &is_loop), 1);
	CHECK_U64(steps[0].holder.sort, HOLDER_LEAKED);
	summary__free(s);
}

/*
 * A truncate behind faults: one named as holder, two that wait for the host, and some that have no
 * lock.
 */
static void readers(void)
{
	struct in_flight_row row = { .op = OP_TRUNCATE,
				     .wait = WAIT_I_MMAP_SEM_WRITE,
				     .is_outermost = true,
				     .is_innermost = true,
				     .inode = { .nodeid = 5, .dev = SAMPLE_DEV },
				     .task = { .pid = 1 },
				     .holder = { .sort = HOLDER_READER, .task = { .pid = 2 } } };
	const struct in_flight_row *rows[2] = {};
	struct summary *s = summary__new();
	struct chain_step steps[CHAIN_STEPS];
	bool is_loop;

	summary__add_in_flight_row(s, &row);
	row.op = OP_FAULT_READ_PMD;
	row.holder = (struct lock_holder){ .op = OP_NR };
	row.wait = WAIT_REQUEST_HOST;
	row.task.pid = 2;
	summary__add_in_flight_row(s, &row);
	row.task.pid = 3;
	summary__add_in_flight_row(s, &row);
	row.wait = WAIT_I_MMAP_SEM_READ;
	row.task.pid = 4;
	summary__add_in_flight_row(s, &row);
	row.wait = WAIT_FREE_RANGE;
	row.task.pid = 6;
	summary__add_in_flight_row(s, &row);
	row.op = OP_FAULT; /* as at the lower levels of detail */
	row.wait = WAIT_REQUEST_HOST;
	row.task.pid = 7;
	summary__add_in_flight_row(s, &row);
	row.wait = WAIT_NONE;
	row.task.pid = 5;
	row.inode.nodeid = 6;
	summary__add_in_flight_row(s, &row);
	CHECK_U64(summary__chain(s, row_of(s, 1), steps, &is_loop), 2);
	CHECK_U64(summary__chain_readers(s, &steps[0], rows, 2), 2);
	CHECK(rows[0] && rows[1]);
	CHECK_U64(rows[0]->task.pid + rows[1]->task.pid, 3 + 7);
	CHECK_U64(summary__chain_readers(s, &steps[1], rows, 2), 0);
	summary__free(s);
}

/* What a signal would end. */
static void signals(void)
{
	static const struct {
		__u32 op, wait;
		enum chain_signal signal;
	} cases[] = {
		{ OP_FAULT_READ_PTE, WAIT_FREE_RANGE, SIGNAL_NONE },
		{ OP_DAX_READ, WAIT_FREE_RANGE, SIGNAL_FATAL },
		{ OP_DAX_WRITE, WAIT_FREE_RANGE, SIGNAL_FATAL },
		{ OP_FAULT, WAIT_FREE_RANGE, SIGNAL_NONE },
		{ OP_OPEN_TRUNC, WAIT_BUSY_PAGE, SIGNAL_HARMFUL },
		{ OP_EVICT, WAIT_BUSY_PAGE, SIGNAL_NONE },
		{ OP_TRUNCATE, WAIT_BUSY_PAGE, SIGNAL_ANY },
		{ OP_RECLAIM_RANGE, WAIT_BUSY_PAGE, SIGNAL_NONE },
		{ OP_FAULT_READ_PTE, WAIT_I_MMAP_SEM_READ, SIGNAL_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct in_flight_row row = { .op = cases[i].op,
					     .wait = cases[i].wait,
					     .is_innermost = true,
					     .task = { .pid = 1 } };
		struct summary *s = summary__new();
		struct chain_step steps[CHAIN_STEPS];
		bool is_loop;

		summary__add_in_flight_row(s, &row);
		CHECK_U64(summary__chain(s, row_of(s, 1), steps, &is_loop), 1);
		CHECK_U64(steps[0].signal, cases[i].signal);
		summary__free(s);
	}
}

static void deadlock(void)
{
	struct in_flight_row row = { .op = OP_TRUNCATE,
				     .wait = WAIT_I_MMAP_SEM_WRITE,
				     .is_outermost = true,
				     .is_innermost = true,
				     .task = { .pid = 1 },
				     .holder = { .sort = HOLDER_OP, .task = { .pid = 2 } } };
	struct summary *s = summary__new();
	struct chain_step steps[CHAIN_STEPS];
	bool is_loop;

	summary__add_in_flight_row(s, &row);
	row.task.pid = 2;
	row.holder.task.pid = 1;
	summary__add_in_flight_row(s, &row);
	CHECK_U64(summary__chain(s, row_of(s, 1), steps, &is_loop), 2);
	CHECK(is_loop);
	summary__free(s);
}

static void window_shares(void)
{
	struct summary *s = summary__new();
	struct window_share shares[3];

	sample_add_window(s);
	CHECK_U64(summary__window_shares(s, SAMPLE_DEV, shares, 3), 3);
	CHECK_U64(shares[0].inode.nodeid, 6);
	CHECK_U64(shares[0].ranges_cnt, 120);
	CHECK_U64(shares[1].inode.nodeid, 8);
	CHECK_U64(shares[2].inode.nodeid, 7);
	CHECK_U64(summary__window_shares(s, SAMPLE_DEV + 1, shares, 3), 0);
	CHECK_U64(summary__self_request_cnt(s), 1);
	summary__free(s);
}

/* Each queue of each mount can have one, and none of 25 mounts may go untold. */
static void self_requests(void)
{
	struct summary *s = summary__new();
	struct event_self_request ev = { .opcode = 49 };
	int err = 0;

	for (ev.key.dev = 1; ev.key.dev <= 50 && !err; ev.key.dev++)
		err = summary__add_self_request(s, &ev);
	CHECK_U64(summary__self_request_cnt(s), 50);
	CHECK_U64(summary__self_request(s, 49)->key.dev, 50);
	while (!err && ev.key.dev++ < 1000)
		err = summary__add_self_request(s, &ev);
	CHECK_U64(-err, ENOSPC);
	summary__free(s);
}

int main(void)
{
	edges_add_up();
	edges_from_outside();
	edges_since();
	chains();
	readers();
	signals();
	deadlock();
	window_shares();
	self_requests();
	return check_result();
}
