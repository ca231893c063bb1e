// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * One test a sentence: a summary with that wrong and no more, and the sentence as users read it.
 */
#include "../../src/verdict.h"

#include "../../src/releases.h"
#include "check.h"
#include "sample.h"

#define MOUNT_2 39

static const struct inode_key file = SAMPLE_INODE5;
static const struct task_key cp = { .pid = 812, .tgid = 812, .start_ms = 3 };

/* Quiet, of one mount. */
static struct summary *guest(struct names **names)
{
	struct mount_state m = { .dev = SAMPLE_DEV, .mountpoint = "/mnt/dax" };
	struct summary *s = summary__new();

	*names = names__new();
	summary__set_span(s, 5 * SEC, 6 * SEC);
	summary__set_mount(s, &m);
	sample_add_path(*names, 5, 0, "wal\0db", 6);
	return s;
}

static void expect(struct summary *s, struct names *n, enum verdict_level level, const char *text)
{
	struct verdict v;

	verdict__find(&v, s, n, 0, SEC);
	CHECK_U64(v.level, level);
	CHECK_TEXT(v.text, text);
	verdict__find(&v, s, n, MOUNT_2, SEC);
	CHECK(v.level == VERDICT_FINE || strstr(v.text, "lost"));
	summary__free(s);
	names__free(n);
}

static void quiet(void)
{
	struct names *n;
	struct summary *s = guest(&n);

	sample_add_op(s, OP_FAULT_READ_PTE, 1000, 2000, WAIT_REQUEST_HOST, 1900);
	sample_add_wait(s, WAIT_REQUEST_HOST, 1000, 1900);
	expect(s, n, VERDICT_FINE, "");
	s = guest(&n);
	expect(s, NULL, VERDICT_FINE, "");
	names__free(n);
}

/* ---- stuck ---- */

static struct in_flight_row row(unsigned int op, const struct task_key *task, const char *comm,
				unsigned int wait, __u64 wait_ns)
{
	struct in_flight_row r = { .op = op,
				   .age_ns = wait_ns + MS,
				   .wait = wait,
				   .wait_ns = wait_ns,
				   .task = *task,
				   .inode = file,
				   .is_outermost = true,
				   .is_innermost = true,
				   .holder = { .op = OP_NR } };

	snprintf(r.comm, sizeof(r.comm), "%s", comm);
	return r;
}

static void self_request(void)
{
	struct event_self_request ev = { .opcode = 18, .key = file, .closer = { .pid = 7 } };
	struct names *n;
	struct summary *s = guest(&n);

	strcpy(ev.closer_comm, "r\am");
	summary__add_self_request(s, &ev);
	expect(s, n, VERDICT_STUCK,
	       "this mount will not come back: its completion worker waits for its own RELEASE of "
	       "db/wal, closed by r?m (7)");
}

static void pinned(void)
{
	struct in_flight_row truncate = row(OP_TRUNCATE, &cp, "cp", WAIT_BUSY_PAGE, 8 * SEC);
	struct names *n;
	struct summary *s = guest(&n);

	summary__add_in_flight_row(s, &truncate);
	expect(s, n, VERDICT_STUCK,
	       "truncate of db/wal by cp (812) waits 8.00s for one page that is pinned");
	s = guest(&n);
	truncate.page.is_searched = true;
	truncate.page.holder_cnt = 1;
	truncate.page.holders[0] = (struct page_holder){ .pid = 99, .comm = "tee" };
	summary__add_in_flight_row(s, &truncate);
	expect(s, n, VERDICT_STUCK,
	       "truncate of db/wal by cp (812) waits 8.00s for one page that is pinned, in a pipe "
	       "of tee (99)");
}

static void behind_truncate(void)
{
	struct in_flight_row truncate = row(OP_TRUNCATE, &cp, "cp", WAIT_BUSY_PAGE, 8 * SEC), r;
	struct names *n;
	struct summary *s = guest(&n);

	summary__add_in_flight_row(s, &truncate);
	for (__u32 pid = 20; pid < 23; pid++) {
		const struct task_key task = { .pid = pid, .tgid = pid };

		r = row(OP_DAX_READ, &task, "cat", WAIT_INODE_LOCK_READ, 3 * SEC);
		r.holder = (struct lock_holder){
			.sort = HOLDER_OP, .op = OP_TRUNCATE, .task = cp, .comm = "cp"
		};
		summary__add_in_flight_row(s, &r);
	}
	expect(s, n, VERDICT_STUCK,
	       "read of db/wal by cat (20) waits 3.00s for the inode lock held by truncate of cp "
	       "(812), which waits 8.00s for one page that is pinned; 4 tasks are stuck on this");
}

static void no_answer(void)
{
	struct in_flight_row fault =
		row(OP_FAULT_READ_PTE, &cp, "cp", WAIT_REQUEST_HOST, 12300 * MS);
	struct names *n;
	struct summary *s = guest(&n);

	fault.opcode = 48;
	summary__add_in_flight_row(s, &fault);
	expect(s, n, VERDICT_STUCK,
	       "the host has not answered SETUPMAPPING for 12.3s: fault.read.pte of db/wal by cp "
	       "(812) waits");
}

static void no_range(void)
{
	struct in_flight_row fault = row(OP_FAULT_READ_PTE, &cp, "cp", WAIT_FREE_RANGE, 2 * SEC);
	static const struct task_key worker = SAMPLE_WORKER;
	struct in_flight_row run = row(OP_RECLAIM_RUN, &worker, "kworker", WAIT_REQUEST_HOST, SEC);
	struct names *n;
	struct summary *s = guest(&n);

	summary__add_in_flight_row(s, &fault);
	expect(s, n, VERDICT_STUCK,
	       "fault.read.pte of db/wal by cp (812) waits 2.00s for a free range of the window, "
	       "and the reclaim worker does not run");
	s = guest(&n);
	run.inode.nodeid = 0;
	run.opcode = 49;
	summary__add_in_flight_row(s, &fault);
	summary__add_in_flight_row(s, &run);
	expect(s, n, VERDICT_STUCK,
	       "fault.read.pte of db/wal by cp (812) waits 2.00s for a free range of the window "
	       "from the reclaim worker, which waits 1.00s for the host to answer REMOVEMAPPING");
}

/* What a task that is gone owns outlasts whatever else waits longer. */
static void leaked(void)
{
	struct in_flight_row fault = row(OP_FAULT_READ_PTE, &cp, "cp", WAIT_I_MMAP_SEM_READ, SEC);
	static const struct task_key other = { .pid = 5 };
	struct in_flight_row truncate = row(OP_TRUNCATE, &other, "x", WAIT_BUSY_PAGE, 99 * SEC);
	struct names *n;
	struct summary *s = guest(&n);

	fault.holder.sort = HOLDER_LEAKED;
	summary__add_in_flight_row(s, &truncate);
	summary__add_in_flight_row(s, &fault);
	expect(s, n, VERDICT_STUCK,
	       "fault.read.pte of db/wal by cp (812) waits 1.00s for i_mmap_sem that a task which "
	       "is gone still owns: this file will not come back");
}

static void deadlock(void)
{
	static const struct task_key other = { .pid = 5, .tgid = 5 };
	struct in_flight_row a = row(OP_FAULT_READ_PTE, &cp, "cp", WAIT_I_MMAP_SEM_READ, 2 * SEC);
	struct in_flight_row b = row(OP_TRUNCATE, &other, "mv", WAIT_INODE_LOCK_WRITE, 2 * SEC);
	struct names *n;
	struct summary *s = guest(&n);

	a.holder = (struct lock_holder){ HOLDER_OP, OP_TRUNCATE, 0, other, "mv" };
	b.holder = (struct lock_holder){ HOLDER_TASK, OP_NR, 0, cp, "cp" };
	summary__add_in_flight_row(s, &a);
	summary__add_in_flight_row(s, &b);
	expect(s, n, VERDICT_STUCK,
	       "fault.read.pte of db/wal by cp (812) waits 2.00s for i_mmap_sem held by truncate "
	       "of "
	       "mv (5), which waits 2.00s for the inode lock held by cp (812), which waits for one "
	       "of these: a deadlock");
}

static void repeated(void)
{
	struct repeated_fault again = { .task = cp,
					.inode = file,
					.comm = "cp",
					.op = OP_FAULT_WRITE_PTE,
					.seen_cnt = 8,
					.offset = 12 << 10,
					.span_ns = 9 * MS };
	struct names *n;
	struct summary *s = guest(&n);

	summary__add_repeated_fault(s, &again);
	expect(s, n, VERDICT_SLOW,
	       "fault.write.pte of db/wal by cp (812) comes again and again at 12KiB: it gets no "
	       "further, or the page is unmapped each time");
}

/* With nothing marked as stuck, what is in flight is in no sentence, however old. */
static void never_stuck(void)
{
	struct in_flight_row fault = row(OP_FAULT_READ_PTE, &cp, "cp", WAIT_REQUEST_HOST, 99 * SEC);
	struct repeated_fault again = { .task = cp,
					.inode = file,
					.comm = "cp",
					.op = OP_FAULT_WRITE_PTE,
					.span_ns = 9 * SEC };
	struct names *n;
	struct summary *s = guest(&n);
	struct verdict v;

	summary__add_in_flight_row(s, &fault);
	verdict__find(&v, s, n, 0, 0);
	CHECK_U64(v.level, VERDICT_FINE);
	summary__add_repeated_fault(s, &again);
	verdict__find(&v, s, n, 0, 0);
	CHECK_U64(v.level, VERDICT_SLOW);
	summary__free(s);
	names__free(n);
}

/* ---- slow ---- */

static void add_edge_of(struct summary *s, const struct task_key *holder, unsigned int op,
			unsigned int wait, unsigned int holder_op, __u64 total_ns)
{
	struct edge_key key = { .inode = file,
				.holder = *holder,
				.wait = wait,
				.op = op,
				.holder_sort = HOLDER_OP,
				.holder_op = holder_op,
				.holder_wait = WAIT_REQUEST_HOST,
				.holder_wait_op = OP_REMOVAL,
				.opcode = 49 };
	struct edge edge = { .cnt = 10, .total_ns = total_ns };

	if (holder_op == OP_TRUNCATE) {
		key.holder_wait = WAIT_BUSY_PAGE;
		key.holder_wait_op = OP_TRUNCATE;
		key.opcode = 0;
	}
	summary__add_edge(s, &key, &edge);
}

static void add_edge(struct summary *s, unsigned int op, unsigned int wait, unsigned int holder_op,
		     __u64 total_ns)
{
	add_edge_of(s, &cp, op, wait, holder_op, total_ns);
}

/* The time behind reclaim, in ms of 370, and the sentence. */
static void behind_reclaim(void)
{
	static const struct {
		__u64 ms;
		const char *text;
	} rows[] = {
		{ 184, "37 % of fault time waits for i_mmap_sem" },
		{ 185, "37 % of fault time waits for i_mmap_sem, mostly of db/wal, mostly held by "
		       "reclaim, which waits 40.0ms for each REMOVEMAPPING" },
		{ 332, "37 % of fault time waits for i_mmap_sem, mostly of db/wal, mostly held by "
		       "reclaim, which waits 40.0ms for each REMOVEMAPPING" },
		{ 333, "37 % of fault time waits for i_mmap_sem of db/wal held by reclaim, which "
		       "waits 40.0ms for each REMOVEMAPPING" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct names *n;
		struct summary *s = guest(&n);

		sample_add_op(s, OP_FAULT_READ_PTE, 100, 10 * MS, WAIT_I_MMAP_SEM_READ, 3700000);
		sample_add_op(s, OP_REMOVAL, 10, 41 * MS, WAIT_REQUEST_HOST, 40 * MS);
		add_edge(s, OP_FAULT_READ_PTE, WAIT_I_MMAP_SEM_READ, OP_RECLAIM_RANGE,
			 rows[i].ms * MS);
		expect(s, n, VERDICT_SLOW, rows[i].text);
	}
}

static struct summary *slow_reads(struct names **names)
{
	struct summary *s = guest(names);

	names__add_task(*names, &cp, "cp\0\0\0\0\0\0\0\0\0\0\0\0\0");
	sample_add_op(s, OP_DAX_READ, 100, 10 * MS, WAIT_INODE_LOCK_READ, 9 * MS);
	return s;
}

static void readers_behind_truncate(void)
{
	struct names *n;
	struct summary *s = slow_reads(&n);

	add_edge(s, OP_DAX_READ, WAIT_INODE_LOCK_READ, OP_TRUNCATE, 850 * MS);
	expect(s, n, VERDICT_SLOW,
	       "90 % of read time waits for the inode lock of db/wal held by truncate of cp (812), "
	       "which waits for one page that is pinned");
}

/* @cnt tasks that hold the lock for a part of @ms each, besides cp for @cp_ms. */
static struct summary *truncates(struct names **names, __u32 cnt, __u64 ms, __u64 cp_ms)
{
	struct summary *s = slow_reads(names);

	add_edge(s, OP_DAX_READ, WAIT_INODE_LOCK_READ, OP_TRUNCATE, cp_ms * MS);
	for (__u32 i = 0; i < cnt; i++) {
		const struct task_key task = { .pid = 1000 + i, .tgid = 1000 + i };

		add_edge_of(s, &task, OP_DAX_READ, WAIT_INODE_LOCK_READ, OP_TRUNCATE, ms * MS);
	}
	return s;
}

#define BEHIND_TRUNCATES "90 % of read time waits for the inode lock of db/wal held by truncates"

/* One of many is not blamed for what all of them do. */
static void behind_many(void)
{
	struct trust t = {};
	struct names *n;
	struct summary *s = truncates(&n, 99, 9, 9);

	expect(s, n, VERDICT_SLOW,
	       BEHIND_TRUNCATES " of 100 tasks, which wait for one page that is pinned");
	s = truncates(&n, 1, 80, 820);
	expect(s, n, VERDICT_SLOW,
	       "90 % of read time waits for the inode lock of db/wal held by truncate of cp (812), "
	       "which waits for one page that is pinned");
	s = truncates(&n, 1, 100, 800);
	expect(s, n, VERDICT_SLOW,
	       BEHIND_TRUNCATES " of 2 tasks, which wait for one page that is pinned");
	/* not all are known: the table was full, or these are more than are looked at */
	s = truncates(&n, 1, 100, 800);
	t.counters[COUNTER_EDGES_FULL] = 1;
	summary__set_trust(s, &t);
	expect(s, n, VERDICT_SLOW, BEHIND_TRUNCATES ", which wait for one page that is pinned");
	s = slow_reads(&n);
	for (__u32 i = 0; i < 299; i++) /* of other waits, and longer: they hide nothing */
		add_edge_of(s, &(struct task_key){ .pid = 5000 + i }, OP_FAULT,
			    WAIT_I_MMAP_SEM_READ, OP_TRUNCATE, SEC);
	add_edge(s, OP_DAX_READ, WAIT_INODE_LOCK_READ, OP_TRUNCATE, 850 * MS);
	expect(s, n, VERDICT_SLOW,
	       "90 % of read time waits for the inode lock of db/wal held by truncate of cp (812), "
	       "which waits for one page that is pinned");
	s = truncates(&n, 299, 3, 3);
	expect(s, n, VERDICT_SLOW,
	       "90 % of read time waits for the inode lock, mostly of db/wal, mostly held by "
	       "truncates, which wait for one page that is pinned");
}

/* Several kinds of one task, and holders of which each has too little. */
static void behind_mixture(void)
{
	static const unsigned int ops[] = { OP_TRUNCATE, OP_DAX_WRITE, OP_PUNCH };
	struct names *n;
	struct summary *s = slow_reads(&n);

	add_edge(s, OP_DAX_READ, WAIT_INODE_LOCK_READ, OP_PUNCH, 450 * MS);
	add_edge(s, OP_DAX_READ, WAIT_INODE_LOCK_READ, OP_ZERO, 450 * MS);
	expect(s, n, VERDICT_SLOW,
	       "90 % of read time waits for the inode lock of db/wal held by fallocate calls of "
	       "cp (812), which wait for the host to answer REMOVEMAPPING");
	s = slow_reads(&n);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		add_edge(s, OP_DAX_READ, WAIT_INODE_LOCK_READ, ops[i], 300 * MS);
	expect(s, n, VERDICT_SLOW, "90 % of read time waits for the inode lock of db/wal");
}

/* Holders that are in no operation, or not known. */
static void behind_others(void)
{
	static const struct {
		enum dax_holder sort;
		__u64 ms;
		const char *text;
	} rows[] = {
		{ HOLDER_NONE, 900, " of db/wal" },
		{ HOLDER_READERS, 900, " of db/wal held by readers that were not seen" },
		{ HOLDER_TASK, 900, " of db/wal held by cp (812)" },
		{ HOLDER_TASK, 500, ", mostly of db/wal, mostly held by cp (812)" },
		{ HOLDER_LEAKED, 900,
		  " of db/wal that a task which is gone still owns: this file will not come back" },
		{ HOLDER_LEAKED, 500,
		  ", mostly of db/wal, mostly one that a task which is gone still owns: this file "
		  "will not come back" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct edge_key key = { .inode = file,
					.holder = cp,
					.wait = WAIT_INODE_LOCK_READ,
					.op = OP_DAX_READ,
					.holder_sort = rows[i].sort,
					.holder_op = OP_NR,
					.holder_wait = WAIT_NONE,
					.holder_wait_op = OP_NR };
		struct edge edge = { .cnt = 1, .total_ns = rows[i].ms * MS };
		char text[VERDICT_BYTES];
		struct names *n;
		struct summary *s = slow_reads(&n);

		summary__add_edge(s, &key, &edge);
		snprintf(text, sizeof(text), "90 %% of read time waits for the inode lock%s",
			 rows[i].text);
		expect(s, n, VERDICT_SLOW, text);
	}
}

/* What the holder is is not said where edges tell of too little. */
static void holder_unknown(void)
{
	struct names *n;
	struct summary *s = guest(&n);

	sample_add_op(s, OP_DAX_WRITE, 100, 10 * MS, WAIT_INODE_LOCK_WRITE, 9 * MS);
	add_edge(s, OP_DAX_WRITE, WAIT_INODE_LOCK_WRITE, OP_TRUNCATE, 80 * MS);
	expect(s, n, VERDICT_SLOW, "90 % of write time waits for the inode lock");
}

static void host_slow(void)
{
	struct names *n;
	struct summary *s = guest(&n);

	sample_add_op(s, OP_FAULT_READ_PTE, 100, 2 * MS, WAIT_REQUEST_HOST, 1500000);
	sample_add_op(s, OP_SETUP, 100, 2 * MS, WAIT_REQUEST_HOST, 1500000);
	expect(s, n, VERDICT_SLOW,
	       "75 % of fault time waits for the host: 1.50ms for each SETUPMAPPING");
}

/* Background removals take more, but no fault waits for them. */
static void host_slow_beside_reclaim(void)
{
	struct names *n;
	struct summary *s = guest(&n);

	sample_add_op(s, OP_FAULT_READ_PTE, 100, 2 * MS, WAIT_REQUEST_HOST, 1500000);
	sample_add_op(s, OP_SETUP, 100, 2 * MS, WAIT_REQUEST_HOST, 1500000);
	sample_add_op(s, OP_RECLAIM_RANGE, 100, 5 * MS, WAIT_REQUEST_HOST, 5 * MS);
	sample_add_op(s, OP_REMOVAL, 100, 5 * MS, WAIT_REQUEST_HOST, 5 * MS);
	sample_add_op(s, OP_AROUND_EXTEND, 100, 9 * MS, WAIT_REQUEST_HOST, 9 * MS);
	expect(s, n, VERDICT_SLOW,
	       "75 % of fault time waits for the host: 1.50ms for each SETUPMAPPING");
}

/* A read takes ranges back for itself; of these removals it waits for the answers. */
static void host_slow_in_reclaim(void)
{
	struct names *n;
	struct summary *s = guest(&n);

	sample_add_op(s, OP_DAX_READ, 100, 8 * MS, WAIT_REQUEST_HOST, 6 * MS);
	sample_add_op(s, OP_SETUP, 100, MS, WAIT_REQUEST_HOST, MS);
	sample_add_op(s, OP_RECLAIM_INLINE, 100, 5 * MS, WAIT_REQUEST_HOST, 5 * MS);
	sample_add_op(s, OP_REMOVAL, 200, 9 * MS, WAIT_REQUEST_HOST, 7 * MS);
	expect(s, n, VERDICT_SLOW,
	       "75 % of read time waits for the host: 5.00ms for each REMOVEMAPPING");
}

/* Of a truncate's own requests nothing is measured, nor of what a level does not see. */
static void host_slow_elsewhere(void)
{
	struct names *n;
	struct summary *s = guest(&n);

	sample_add_op(s, OP_TRUNCATE, 100, 8 * MS, WAIT_REQUEST_HOST, 6 * MS);
	sample_add_op(s, OP_SETUP, 100, MS, WAIT_REQUEST_HOST, MS);
	expect(s, n, VERDICT_SLOW,
	       "75 % of the time of truncates and fallocate waits for the host");
	s = guest(&n);
	sample_add_op(s, OP_DAX_WRITE, 100, 8 * MS, WAIT_REQUEST_HOST, 6 * MS);
	sample_add_op(s, OP_SETUP, 10, MS, WAIT_REQUEST_HOST, MS);
	expect(s, n, VERDICT_SLOW, "75 % of write time waits for the host");
}

static void pages(void)
{
	struct page_release release = { .inode = file,
					.task = cp,
					.op = OP_TRUNCATE,
					.who = RELEASER_TASK,
					.comm = "cp",
					.stack = "",
					.cnt = 3,
					.total_ns = 700 * MS };
	struct names *n;
	struct summary *s = guest(&n);

	sample_add_op(s, OP_TRUNCATE, 1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	summary__add_release(s, &release);
	expect(s, n, VERDICT_SLOW,
	       "100 % of the time of truncates and fallocate waits for pages that are pinned, "
	       "mostly until cp (812) releases them");
}

static void add_release(struct summary *s, __u32 dev, unsigned int op, enum releaser who, __u32 pid,
			const char *stack, __u64 total_ns)
{
	struct page_release r = { .inode = file,
				  .task = { .pid = pid, .tgid = pid },
				  .op = op,
				  .who = who,
				  .stack = stack,
				  .cnt = 3,
				  .total_ns = total_ns };

	r.inode.dev = dev;
	snprintf(r.comm, sizeof(r.comm), "%s", pid ? "tee" : "");
	summary__add_release(s, &r);
}

#define PINNED "100 % of the time of truncates and fallocate waits for pages that are pinned"

/* A releaser is told if half of the time ended by it, by whatever calls. */
static void releasers(void)
{
	struct names *n;
	struct summary *s = guest(&n);

	sample_add_op(s, OP_TRUNCATE, 1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	for (__u32 pid = 1; pid < 9; pid++)
		add_release(s, SAMPLE_DEV, OP_TRUNCATE, RELEASER_TASK, pid, "", 100 * MS);
	expect(s, n, VERDICT_SLOW, PINNED);
	s = guest(&n);
	sample_add_op(s, OP_TRUNCATE, 1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	add_release(s, SAMPLE_DEV, OP_TRUNCATE, RELEASER_UNKNOWN, 0, "", 300 * MS);
	add_release(s, SAMPLE_DEV, OP_TRUNCATE, RELEASER_INTERRUPT, 0, "a", 250 * MS);
	add_release(s, SAMPLE_DEV, OP_TRUNCATE, RELEASER_INTERRUPT, 0, "b", 250 * MS);
	expect(s, n, VERDICT_SLOW, PINNED ", mostly until an interrupt releases them");
	s = guest(&n);
	sample_add_op(s, OP_TRUNCATE, 1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	add_release(s, SAMPLE_DEV, OP_TRUNCATE, RELEASER_UNKNOWN, 0, "", 700 * MS);
	add_release(s, SAMPLE_DEV, OP_TRUNCATE, RELEASER_TASK, 5, "", 100 * MS);
	expect(s, n, VERDICT_SLOW, PINNED);
}

/* What other operations, and other mounts, waited for tells nothing of these. */
static void releases_elsewhere(void)
{
	const struct mount_state other = { .dev = MOUNT_2, .mountpoint = "/mnt/2" };
	struct cell truncate = sample_cell(1, 804 * MS, WAIT_BUSY_PAGE, 800 * MS);
	struct names *n;
	struct summary *s = guest(&n);
	struct verdict v;

	summary__set_mount(s, &other);
	sample_add_inode(s, 5, OP_TRUNCATE, &truncate);
	add_release(s, MOUNT_2, OP_TRUNCATE, RELEASER_TASK, 9, "", 5 * SEC);
	add_release(s, SAMPLE_DEV, OP_RECLAIM_RANGE, RELEASER_TASK, 8, "", 4 * SEC);
	add_release(s, SAMPLE_DEV, OP_TRUNCATE, RELEASER_TASK, 7, "", 800 * MS);
	verdict__find(&v, s, n, SAMPLE_DEV, SEC);
	CHECK_U64(v.level, VERDICT_SLOW);
	CHECK_TEXT(v.text, PINNED ", mostly until tee (7) releases them");
	summary__free(s);
	names__free(n);
}

/* Below full, the % are of less than all, and that is said. */
static void levels(void)
{
	struct names *n;
	struct summary *s = guest(&n);

	summary__set_detail(s, DETAIL_COUNTS);
	sample_add_op(s, OP_FAULT_READ_PTE, 100, 10 * MS, WAIT_FREE_RANGE, 6 * MS);
	expect(s, n, VERDICT_SLOW,
	       "60 % of the time of faults that waited is for a free range of the window");
	s = guest(&n);
	summary__set_detail(s, DETAIL_STALLS);
	sample_add_waits(s, OP_FAULT, 100, WAIT_FREE_RANGE, 6 * MS);
	expect(s, n, VERDICT_SLOW, "100 % of what faults waited is for a free range of the window");
	s = guest(&n);
	sample_add_op(s, OP_FAULT_READ_PTE, 100, 10 * MS, WAIT_FREE_RANGE, 6 * MS);
	summary__add_unmeasured(s, "op.fault.read.pte", "no hook");
	expect(s, n, VERDICT_FINE, "");
}

static void small_window(void)
{
	struct window_advice advice = { .figures = { .window_ranges = 512,
						     .setups = 1000,
						     .repeats = 980,
						     .repeat_permille = 980,
						     .best_ranges = 2000,
						     .best_saved_permille = 990 } };
	struct names *n;
	struct summary *s = guest(&n);

	summary__set_advice(s, SAMPLE_DEV, &advice);
	expect(s, n, VERDICT_NOTE, "window too small (1GiB): 3.91GiB would avoid 97 % of setups");
	s = guest(&n);
	summary__set_advice(s, SAMPLE_DEV, &advice);
	sample_add_op(s, OP_FAULT_READ_PTE, 100, 10 * MS, WAIT_FREE_RANGE, 6 * MS);
	sample_add_wait(s, WAIT_FREE_RANGE, 100, 6 * MS);
	expect(s, n, VERDICT_SLOW, "window too small (1GiB): 3.91GiB would avoid 97 % of setups");
}

static void spare_window(void)
{
	struct window_advice advice = { .figures = { .window_ranges = 4096,
						     .high_water_ranges = 100,
						     .setups = 1000,
						     .span_ns = 9 * SEC,
						     .safe_ranges = 128,
						     .spare_memory_bytes = 100 << 20 } };
	struct names *n;
	struct summary *s = guest(&n);

	summary__set_advice(s, SAMPLE_DEV, &advice);
	expect(s, n, VERDICT_NOTE,
	       "in 9.00s at most 200MiB of the window of 8GiB was in use: 256MiB would do, and "
	       "give "
	       "back 100MiB of guest memory");
}

static void lost(void)
{
	struct trust t = {};
	struct names *n;
	struct summary *s = guest(&n);
	struct verdict v;

	t.counters[COUNTER_FRAMES_FULL] = 1234;
	summary__set_trust(s, &t);
	verdict__find(&v, s, n, SAMPLE_DEV, SEC);
	CHECK(v.is_of_all);
	expect(s, n, VERDICT_NOTE, "1234 operations lost: figures are too low");
	s = guest(&n);
	summary__set_trust(s, &t);
	sample_add_op(s, OP_FAULT_READ_PTE, 100, 10 * MS, WAIT_FREE_RANGE, 6 * MS);
	verdict__find(&v, s, n, 0, SEC);
	CHECK(v.level == VERDICT_SLOW && !v.is_of_all);
	summary__free(s);
	names__free(n);
}

/* ---- all of it ---- */

/* The longest there can be: the sentence fits, and of names the end is there. */
static void long_names(void)
{
	char path[900];
	struct names *n;
	struct summary *s = guest(&n);
	struct verdict v;

	memset(path, 0xc3, sizeof(path)); /* not UTF-8 */
	memcpy(path, "end\xc3\xa9\033\0", 7);
	sample_add_path(n, 5, 0, path, sizeof(path));
	for (__u32 pid = 1; pid < 9; pid++) {
		const struct task_key task = { .pid = pid };
		struct in_flight_row r =
			row(OP_FAULT_WRITE_PTE, &task, "\xff\xff\xff\xff\xff\xff\xff",
			    WAIT_I_MMAP_SEM_READ, 99 * SEC);

		r.holder = (struct lock_holder){
			HOLDER_OP, OP_FAULT_WRITE_PTE, 0, { .pid = pid + 1 }, "\x1b[31m[31m[31m"
		};
		summary__add_in_flight_row(s, &r);
	}
	verdict__find(&v, s, n, 0, SEC);
	CHECK(v.level == VERDICT_STUCK);
	CHECK(strlen(v.text) < VERDICT_BYTES && strlen(v.text) > 300);
	CHECK(strstr(v.text, "end\xc3\xa9? by ???????"));
	CHECK(!strchr(v.text, '\033'));
	summary__free(s);
	names__free(n);
}

static void rich(void)
{
	struct names *n;
	struct summary *s = sample_new(&n);
	struct verdict v, again;

	verdict__find(&v, s, n, 0, SEC);
	CHECK_TEXT(v.text, "mount /mnt/dax will not come back: its completion worker waits for its "
			   "own REMOVEMAPPING of usr/lib/x86_64-linux-gnu/libLLVM.so.19, closed by "
			   "rm (4900)");
	verdict__find(&again, s, n, SAMPLE_DEV, SEC);
	CHECK(!strncmp(again.text, "this mount will not come back: ", 31));
	verdict__find(&v, s, n, MOUNT_2, SEC);
	CHECK_TEXT(v.text, "3 operations lost: figures are too low");
	summary__free(s);
	names__free(n);
}

int main(void)
{
	quiet();
	self_request();
	pinned();
	behind_truncate();
	no_answer();
	no_range();
	leaked();
	deadlock();
	repeated();
	never_stuck();
	behind_reclaim();
	readers_behind_truncate();
	behind_many();
	behind_mixture();
	behind_others();
	holder_unknown();
	host_slow();
	host_slow_beside_reclaim();
	host_slow_in_reclaim();
	host_slow_elsewhere();
	pages();
	releasers();
	releases_elsewhere();
	levels();
	small_window();
	spare_window();
	lost();
	long_names();
	rich();
	return check_result();
}
