/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Small builders for figures, and one rich summary that both views are tested with: a guest with
 * two mounts whose window is too small, a truncate behind a pinned page, and a hook that is
 * missing.
 */
#ifndef DAXTOP_SAMPLE_H
#define DAXTOP_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/hist.h"
#include "../../src/view.h"

#define MS	   1000000ULL
#define SEC	   1000000000ULL
#define SAMPLE_DEV 38

/* @cnt operations of @ns each that waited @wait_ns each for @wait. */
static inline void sample_add_op(struct summary *s, unsigned int op, __u64 cnt, __u64 ns,
				 unsigned int wait, __u64 wait_ns)
{
	struct op_figures f = { .total_ns = cnt * ns, .max_ns = ns, .units = cnt };

	f.outcome[OUTCOME_DONE] = cnt;
	f.hist[hist_bucket(ns)] = cnt;
	if (wait < WAIT_NR) {
		f.wait_ns[wait] = cnt * wait_ns;
		f.wait_cnt[wait] = cnt;
	}
	summary__add_op(s, op, &f);
}

static inline void sample_add_wait(struct summary *s, unsigned int wait, __u64 cnt, __u64 ns)
{
	struct wait_figures f = { .cnt = cnt, .total_ns = cnt * ns, .max_ns = ns };

	f.hist[hist_bucket(ns)] = cnt;
	summary__add_wait(s, wait, &f);
}

static inline struct cell sample_cell(__u32 cnt, __u64 ns, unsigned int wait, __u64 wait_ns)
{
	struct cell c = { .total_ns = cnt * ns, .max_ns = ns, .units = cnt };

	c.outcome[OUTCOME_DONE] = cnt;
	c.hist[coarse_bucket(ns)] = cnt;
	if (wait < WAIT_NR) {
		c.wait_ns[wait] = cnt * wait_ns;
		c.wait_cnt[wait] = cnt;
	}
	return c;
}

static inline int sample_add_inode(struct summary *s, __u64 nodeid, __u32 op, const struct cell *c)
{
	struct inode_cell_key key = {
		.inode = { .nodeid = nodeid, .dev = SAMPLE_DEV, .generation = 1 }, .op = op
	};

	return summary__add_inode_cell(s, &key, c);
}

static inline int sample_add_task(struct summary *s, __u32 pid, __u32 op, const struct cell *c)
{
	struct task_cell_key key = { .task = { .tgid = pid, .pid = pid, .start_ms = 7 }, .op = op };

	return summary__add_task_cell(s, &key, c);
}

static inline int sample_add_path(struct names *n, __u64 nodeid, __u32 flags,
				  const char *leaf_first, __u32 path_len)
{
	struct event_inode ev = {
		.kind = EVENT_INODE,
		.flags = flags,
		.path_len = path_len,
		.ino = nodeid + 1000,
		.key = { .nodeid = nodeid, .dev = SAMPLE_DEV, .generation = 1 },
	};

	memcpy(ev.path, leaf_first, path_len);
	return names__add_inode(n, &ev);
}

static inline void sample_add_mounts(struct summary *s)
{
	struct mount_state with = {
		.dev = SAMPLE_DEV,
		.mountpoint = "/mnt/dax",
		.tag = "dax",
		.fstype = "virtiofs",
		.dax_mode = "always",
		.has_figures = true,
		.figures = { .fcd = 0xffff888000000000ULL,
			     .total_ranges = 256,
			     .free_ranges = 40,
			     .busy_ranges = 208,
			     .busy_max = 250,
			     .free_min = 3,
			     .looks_cnt = 99 },
	};
	struct mount_state without = {
		.dev = 39,
		.mountpoint = "/mnt/plain",
		.tag = "plain",
		.fstype = "virtiofs",
		.reason = "the device has no window",
	};

	summary__set_mount(s, &with);
	summary__set_mount(s, &without);
}

#define SAMPLE_WHOLE .is_outermost = true, .is_innermost = true, .holder = { .op = OP_NR }
#define SAMPLE_INODE5                                           \
	{                                                       \
		.nodeid = 5, .dev = SAMPLE_DEV, .generation = 1 \
	}
#define SAMPLE_WORKER                                \
	{                                            \
		.pid = 44, .tgid = 44, .start_ms = 1 \
	}

/*
 * One that runs, one behind a truncate that waits for a page, one without a range, behind a worker
 * that waits for a page too, and one whose inode is not known, behind somebody who is gone.
 */
static inline void sample_add_in_flight(struct summary *s)
{
	static const struct in_flight_row rows[] = {
		{ .op = OP_FAULT_READ_PTE,
		  .age_ns = 40 * MS,
		  .wait = WAIT_NONE,
		  .task = { .pid = 4801, .tgid = 4800 },
		  .comm = "short",
		  SAMPLE_WHOLE },
		{ .op = OP_FAULT_READ_PTE,
		  .age_ns = 11900 * MS,
		  .wait = WAIT_I_MMAP_SEM_READ,
		  .wait_ns = 11900 * MS,
		  .task = { .pid = 4802, .tgid = 4800 },
		  .comm = "ld",
		  .is_outermost = true,
		  .is_innermost = true,
		  .holder = { .sort = HOLDER_LEAKED,
			      .op = OP_NR,
			      .task = { .pid = 4700, .tgid = 4700 },
			      .comm = "gone" } },
		{ .op = OP_DAX_READ,
		  .age_ns = 10 * SEC,
		  .wait = WAIT_INODE_LOCK_READ,
		  .wait_ns = 10 * SEC,
		  .task = { .pid = 4803, .tgid = 4803 },
		  .inode = SAMPLE_INODE5,
		  .comm = "cat",
		  .is_outermost = true,
		  .is_innermost = true,
		  .holder = { .sort = HOLDER_OP,
			      .op = OP_TRUNCATE,
			      .held_ns = 12300 * MS,
			      .task = { .pid = 4711, .tgid = 4711 },
			      .comm = "trunc\a" } },
		{ .op = OP_TRUNCATE,
		  .age_ns = 12300 * MS,
		  .wait = WAIT_BUSY_PAGE,
		  .wait_ns = 12200 * MS,
		  .task = { .pid = 4711, .tgid = 4711 },
		  .inode = SAMPLE_INODE5,
		  .comm = "trunc\a",
		  SAMPLE_WHOLE },
		{ .op = OP_FAULT_READ_PTE,
		  .age_ns = 9 * SEC,
		  .wait = WAIT_FREE_RANGE,
		  .wait_ns = 9 * SEC,
		  .task = { .pid = 4804, .tgid = 4804 },
		  .inode = { .nodeid = 6, .dev = SAMPLE_DEV, .generation = 1 },
		  .comm = "db",
		  SAMPLE_WHOLE },
		{ .op = OP_RECLAIM_RUN,
		  .age_ns = 11 * SEC,
		  .wait = WAIT_BUSY_PAGE,
		  .wait_ns = 10 * SEC,
		  .task = SAMPLE_WORKER,
		  .inode = { .dev = SAMPLE_DEV },
		  .comm = "kworker/0:1",
		  .is_outermost = true },
		{ .op = OP_RECLAIM_RANGE,
		  .age_ns = 10500 * MS,
		  .wait = WAIT_BUSY_PAGE,
		  .wait_ns = 10 * SEC,
		  .task = SAMPLE_WORKER,
		  .inode = SAMPLE_INODE5,
		  .comm = "kworker/0:1",
		  .is_innermost = true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		summary__add_in_flight_row(s, &rows[i]);
}

/* A convoy of faults behind reclaim, and a truncate behind readers that were not seen. */
static inline void sample_add_edges(struct summary *s)
{
	static const struct edge_row rows[] = {
		{ { .inode = SAMPLE_INODE5,
		    .holder = SAMPLE_WORKER,
		    .wait = WAIT_I_MMAP_SEM_READ,
		    .op = OP_FAULT_READ_PTE,
		    .holder_sort = HOLDER_OP,
		    .holder_op = OP_RECLAIM_RANGE,
		    .holder_wait = WAIT_REQUEST_HOST,
		    .holder_wait_op = OP_REMOVAL,
		    .opcode = 49 },
		  { 40, 120 * MS, 3 * MS, 4 * MS, 10, 4 } },
		{ { .inode = { .nodeid = 6, .dev = SAMPLE_DEV, .generation = 1 },
		    .wait = WAIT_I_MMAP_SEM_WRITE,
		    .op = OP_TRUNCATE,
		    .holder_sort = HOLDER_READERS,
		    .holder_op = OP_NR,
		    .holder_wait = WAIT_NONE,
		    .holder_wait_op = OP_NR },
		  { 1, 2 * MS, 2 * MS, 0, 1, 1 } },
		{ { .inode = { .nodeid = 7, .dev = SAMPLE_DEV, .generation = 1 },
		    .wait = WAIT_INODE_LOCK_READ,
		    .op = OP_DAX_READ,
		    .holder_sort = HOLDER_NONE,
		    .holder_op = OP_NR,
		    .holder_wait = WAIT_NONE,
		    .holder_wait_op = OP_NR },
		  { 3, 1 * MS, 1 * MS, 0, 3, 1 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		summary__add_edge(s, &rows[i].key, &rows[i].edge);
}

static inline void sample_add_window(struct summary *s)
{
	static const struct event_self_request dead = {
		.opcode = 49,
		.key = SAMPLE_INODE5,
		.task = SAMPLE_WORKER,
		.closer = { .pid = 4900, .tgid = 4900 },
		.comm = "kworker/0:1",
		.closer_comm = "rm",
	};

	static const struct repeated_fault again = {
		.task = { .pid = 4901, .tgid = 4901 },
		.inode = SAMPLE_INODE5,
		.comm = "spin",
		.op = OP_FAULT_WRITE_PTE,
		.seen_cnt = 8,
		.offset = 3 << 12,
		.span_ns = 9 * MS,
	};

	for (__u64 nodeid = 5; nodeid < 9; nodeid++)
		summary__add_window_share(
			s,
			&(struct inode_key){ .nodeid = nodeid, .dev = SAMPLE_DEV, .generation = 1 },
			nodeid == 6 ? 120 : 10 * nodeid);
	summary__add_self_request(s, &dead);
	summary__add_repeated_fault(s, &again);
}

static inline void sample_add_ops(struct summary *s)
{
	struct op_figures failed = { .total_ns = 3000000, .max_ns = 1 * MS, .retries = 40 };

	sample_add_op(s, OP_FAULT_READ_PTE, 12000, 900, WAIT_NONE, 0);
	sample_add_op(s, OP_FAULT_READ_PTE, 300, 9 * MS, WAIT_FREE_RANGE, 6 * MS);
	sample_add_op(s, OP_FAULT_READ_PTE, 200, 2 * MS, WAIT_REQUEST_HOST, 1500000);
	sample_add_op(s, OP_FAULT_READ_PTE, 50, 3 * MS, WAIT_I_MMAP_SEM_READ, 2900000);
	sample_add_op(s, OP_TRUNCATE, 1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	sample_add_op(s, OP_DAX_READ, 4000, 21000, WAIT_INODE_LOCK_READ, 9000);
	sample_add_op(s, OP_RECLAIM_RANGE, 480, 700000, WAIT_REQUEST_HOST, 500000);
	sample_add_op(s, OP_RECLAIM_RANGE, 20, 4 * MS, WAIT_I_MMAP_SEM_WRITE, 3 * MS);
	sample_add_op(s, OP_SETUP, 500, 1600000, WAIT_REQUEST_HOST, 1500000);
	sample_add_op(s, OP_REMOVAL, 500, 550000, WAIT_REQUEST_HOST, 500000);
	failed.outcome[OUTCOME_ERRNO] = 3;
	failed.hist[hist_bucket(1 * MS)] = 3;
	summary__add_op(s, OP_FAULT_READ_PTE, &failed);
	summary__add_errno(s, OP_FAULT_READ_PTE, -28, 2);
	summary__add_errno(s, OP_FAULT_READ_PTE, 512, 1);
	sample_add_in_flight(s);
	sample_add_edges(s);
	sample_add_window(s);
	sample_add_wait(s, WAIT_FREE_RANGE, 300, 6 * MS);
	sample_add_wait(s, WAIT_REQUEST_HOST, 1180, 1000000);
	sample_add_wait(s, WAIT_BUSY_PAGE, 1, 800 * MS);
	sample_add_wait(s, WAIT_I_MMAP_SEM_READ, 50, 2900000);
	sample_add_wait(s, WAIT_I_MMAP_SEM_WRITE, 20, 3 * MS);
	sample_add_wait(s, WAIT_INODE_LOCK_READ, 4000, 9000);
}

static inline void sample_add_rows(struct summary *s, struct names *n)
{
	struct cell fault = sample_cell(300, 9 * MS, WAIT_FREE_RANGE, 6 * MS);
	struct cell fault_too = sample_cell(50, 3 * MS, WAIT_I_MMAP_SEM_READ, 2900000);
	struct cell trunc = sample_cell(1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	struct cell setup = sample_cell(500, 1600000, WAIT_REQUEST_HOST, 1500000);
	struct cell read = sample_cell(4000, 21000, WAIT_INODE_LOCK_READ, 9000);
	struct cell run = sample_cell(50, 10 * MS, WAIT_NONE, 0);
	struct task_key ld = { .tgid = 4711, .pid = 4711, .start_ms = 7 };

	sample_add_inode(s, 5, OP_FAULT_READ_PTE, &fault);
	sample_add_inode(s, 5, OP_FAULT_READ_PTE, &fault_too);
	sample_add_inode(s, 5, OP_SETUP, &setup);
	sample_add_inode(s, 6, OP_TRUNCATE, &trunc);
	sample_add_inode(s, 7, OP_DAX_READ, &read);
	sample_add_inode(s, 0, OP_RECLAIM_RUN, &run);
	sample_add_inode(s, INODE_REST_NODEID, OP_DAX_READ, &read);
	sample_add_task(s, 4711, OP_FAULT_READ_PTE, &fault);
	sample_add_task(s, 4712, OP_TRUNCATE, &trunc);
	sample_add_path(n, 5, 0, "libLLVM.so.19\0x86_64-linux-gnu\0lib\0usr", 38);
	sample_add_path(n, 6, INODE_UNLINKED, "a.out\0build", 11);
	names__add_task(n, &ld, "ld.lld\033[31m\0\0\0\0\0");
}

/* ---- the same guest at the levels below full ---- */

/* Operations that were counted, and no more. */
static inline void sample_add_hits(struct summary *s, unsigned int op, __u64 cnt)
{
	struct op_figures f = { .units = cnt };

	f.outcome[OUTCOME_DONE] = cnt;
	summary__add_op(s, op, &f);
}

/* @cnt waits of @wait_ns each, of operations that nothing else is known of. */
static inline void sample_add_waits(struct summary *s, unsigned int op, __u64 cnt,
				    unsigned int wait, __u64 wait_ns)
{
	struct op_figures f = {};

	f.wait_cnt[wait] = cnt;
	f.wait_ns[wait] = cnt * wait_ns;
	summary__add_op(s, op, &f);
}

static inline struct cell sample_hits(__u32 cnt)
{
	struct cell c = { .units = cnt };

	c.outcome[OUTCOME_DONE] = cnt;
	return c;
}

static inline struct cell sample_waits(__u32 cnt, unsigned int wait, __u64 wait_ns)
{
	struct cell c = {};

	c.wait_cnt[wait] = cnt;
	c.wait_ns[wait] = cnt * wait_ns;
	return c;
}

/* What all levels measure. */
static inline void sample_add_slow_ops(struct summary *s)
{
	sample_add_op(s, OP_TRUNCATE, 1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	sample_add_op(s, OP_RECLAIM_RANGE, 480, 700000, WAIT_REQUEST_HOST, 500000);
	sample_add_op(s, OP_RECLAIM_RANGE, 20, 4 * MS, WAIT_I_MMAP_SEM_WRITE, 3 * MS);
	sample_add_op(s, OP_SETUP, 500, 1600000, WAIT_REQUEST_HOST, 1500000);
	sample_add_op(s, OP_REMOVAL, 500, 550000, WAIT_REQUEST_HOST, 500000);
	summary__add_in_flight(s, OP_TRUNCATE, 12300 * MS);
	sample_add_wait(s, WAIT_FREE_RANGE, 300, 6 * MS);
	sample_add_wait(s, WAIT_REQUEST_HOST, 1180, 1000000);
	sample_add_wait(s, WAIT_BUSY_PAGE, 1, 800 * MS);
	sample_add_wait(s, WAIT_I_MMAP_SEM_READ, 50, 2900000);
	sample_add_wait(s, WAIT_I_MMAP_SEM_WRITE, 20, 3 * MS);
	sample_add_wait(s, WAIT_INODE_LOCK_READ, 4000, 9000);
}

/* The truncate waited for the inode lock for longer than its time, which comes after that. */
static inline void sample_add_stalls(struct summary *s)
{
	struct cell fault = sample_waits(300, WAIT_FREE_RANGE, 6 * MS);
	struct cell fault_too = sample_waits(50, WAIT_I_MMAP_SEM_READ, 2900000);
	struct cell trunc = sample_cell(1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	struct cell trunc_lock = sample_waits(1, WAIT_INODE_LOCK_WRITE, 1200 * MS);
	struct cell setup = sample_cell(500, 1600000, WAIT_REQUEST_HOST, 1500000);
	struct cell read = sample_waits(4000, WAIT_INODE_LOCK_READ, 9000);
	struct cell run = sample_cell(50, 10 * MS, WAIT_REQUEST_HOST, 5 * MS);

	sample_add_waits(s, OP_FAULT, 300, WAIT_FREE_RANGE, 6 * MS);
	sample_add_waits(s, OP_FAULT, 200, WAIT_REQUEST_HOST, 1500000);
	sample_add_waits(s, OP_FAULT, 50, WAIT_I_MMAP_SEM_READ, 2900000);
	sample_add_waits(s, OP_DAX_READ, 4000, WAIT_INODE_LOCK_READ, 9000);
	sample_add_waits(s, OP_TRUNCATE, 1, WAIT_INODE_LOCK_WRITE, 1200 * MS);
	sample_add_wait(s, WAIT_INODE_LOCK_WRITE, 1, 1200 * MS);
	sample_add_inode(s, 5, OP_FAULT, &fault);
	sample_add_inode(s, 5, OP_FAULT, &fault_too);
	sample_add_inode(s, 5, OP_SETUP, &setup);
	sample_add_inode(s, 6, OP_TRUNCATE, &trunc);
	sample_add_inode(s, 6, OP_TRUNCATE, &trunc_lock);
	sample_add_inode(s, 7, OP_DAX_READ, &read);
	sample_add_inode(s, 0, OP_RECLAIM_RUN, &run);
	sample_add_inode(s, INODE_REST_NODEID, OP_DAX_READ, &read);
	sample_add_task(s, 4711, OP_FAULT, &fault);
	sample_add_task(s, 4712, OP_TRUNCATE, &trunc);
	sample_add_task(s, 4712, OP_TRUNCATE, &trunc_lock);
}

/* Faults and reads: all are counted, by operation and inode; those that waited are timed. */
static inline void sample_add_counts(struct summary *s)
{
	struct cell fault = sample_cell(300, 7 * MS, WAIT_FREE_RANGE, 6 * MS);
	struct cell trunc = sample_cell(1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	struct cell setup = sample_cell(500, 1600000, WAIT_REQUEST_HOST, 1500000);
	struct cell read = sample_cell(4000, 11000, WAIT_INODE_LOCK_READ, 9000);
	struct cell run = sample_cell(50, 10 * MS, WAIT_REQUEST_HOST, 5 * MS);
	struct cell fault_hits = sample_hits(12000), read_hits = sample_hits(7654321);

	sample_add_hits(s, OP_FAULT_READ_PTE, 12000);
	sample_add_op(s, OP_FAULT_READ_PTE, 300, 7 * MS, WAIT_FREE_RANGE, 6 * MS);
	sample_add_op(s, OP_FAULT_READ_PTE, 200, 1600000, WAIT_REQUEST_HOST, 1500000);
	sample_add_op(s, OP_FAULT_READ_PTE, 50, 3 * MS, WAIT_I_MMAP_SEM_READ, 2900000);
	sample_add_hits(s, OP_FAULT_WRITE_PMD, 88);
	sample_add_hits(s, OP_DAX_READ, 7654321);
	sample_add_op(s, OP_DAX_READ, 4000, 11000, WAIT_INODE_LOCK_READ, 9000);
	summary__add_in_flight(s, OP_FAULT_READ_PTE, 11900 * MS);
	sample_add_inode(s, 5, OP_FAULT_READ_PTE, &fault);
	sample_add_inode(s, 5, OP_FAULT_READ_PTE, &fault_hits);
	sample_add_inode(s, 5, OP_SETUP, &setup);
	sample_add_inode(s, 6, OP_TRUNCATE, &trunc);
	sample_add_inode(s, 7, OP_DAX_READ, &read);
	sample_add_inode(s, 8, OP_DAX_READ, &read_hits);
	sample_add_inode(s, 0, OP_RECLAIM_RUN, &run);
	sample_add_inode(s, INODE_REST_NODEID, OP_DAX_READ, &read);
	sample_add_task(s, 4711, OP_FAULT_READ_PTE, &fault);
	sample_add_task(s, 4712, OP_TRUNCATE, &trunc);
}

/* Both to be freed by the caller. */
static inline struct summary *sample_level_new(enum dax_detail detail, struct names **names)
{
	struct trust t = { .own_cpu_ns = 2 * MS, .hooks_attached = 20, .hooks_total = 20 };
	struct summary *s = summary__new();

	*names = names__new();
	summary__set_span(s, 5 * SEC, 6 * SEC);
	summary__set_detail(s, detail);
	summary__set_trust(s, &t);
	sample_add_mounts(s);
	sample_add_slow_ops(s);
	if (detail == DETAIL_STALLS)
		sample_add_stalls(s);
	else if (detail == DETAIL_COUNTS)
		sample_add_counts(s);
	else
		sample_add_rows(s, *names);
	for (unsigned int op = 0; op < OP_NR; op++) {
		char figure[32];

		snprintf(figure, sizeof(figure), "op.%s", op_table[op].name);
		if (op_unmeasured_reason(detail, op))
			summary__add_unmeasured(s, figure, op_unmeasured_reason(detail, op));
	}
	sample_add_path(*names, 5, 0, "libLLVM.so.19\0x86_64-linux-gnu\0lib\0usr", 38);
	sample_add_path(*names, 6, INODE_UNLINKED, "a.out\0build", 11);
	return s;
}

/* Both to be freed by the caller. */
static inline struct summary *sample_new(struct names **names)
{
	struct summary *s = summary__new();
	struct trust t = { .recursion_misses = 2,
			   .own_cpu_ns = 12 * MS,
			   .memory_bytes = 9 << 20,
			   .hooks_attached = 30,
			   .hooks_total = 31 };

	t.counters[COUNTER_TASK_SLOTS_FULL] = 1;
	t.counters[COUNTER_BEGAN_BEFORE] = 5;
	t.counters[COUNTER_INODES_FULL] = 4000;
	*names = names__new();
	summary__set_span(s, 5 * SEC, 6 * SEC);
	sample_add_mounts(s);
	sample_add_ops(s);
	sample_add_rows(s, *names);
	summary__set_trust(s, &t);
	summary__add_unmeasured(s, "wait.request.guest",
				"this kernel has no function virtio_fs_vq_done to hook");
	summary__add_unmeasured(s, "op.upgrade",
				"this kernel has no function fuse_setup_one_mapping to hook");
	return s;
}

static const struct view_filter sample_filters[] = { { "mount", "/mnt/dax" }, { "pid", "4711" } };

static inline struct view_opts sample_opts(void)
{
	return (struct view_opts){
		.host = "guest1",
		.kernel = "6.12.107",
		.tool_version = "0.1.0",
		.seq = 3,
		.wall_ns = 1795243200ULL * SEC,
		.filters = sample_filters,
		.filter_cnt = 2,
		.top_cnt = 2,
		.sort = SORT_WAIT,
		.stuck_ns = 1000000000,
		.width = 80,
	};
}

#endif
