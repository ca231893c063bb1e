/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The one summary that every view, report and verdict reads. Figures are added to it from the
 * kernel tables or from recorded events by the same functions; the difference of two cumulative
 * summaries is an interval. Pure: no libbpf, no files, no clock; times are CLOCK_MONOTONIC ns and
 * always given.
 *
 * Everything adds: counts and times by sum, maxima by maximum. Nothing here keeps a pointer to what
 * it was given. Functions return 0 or -errno; constructors return NULL and set errno.
 */
#ifndef DAXTOP_MODEL_H
#define DAXTOP_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/daxtop.h"
#include "names.h"
#include "window_advice.h"

#define RANGE_BYTES 2097152ULL /* FUSE_DAX_SZ, fs/fuse/dax.c: the same in every kernel so far */

/* What a window costs in struct pages, one of 64 bytes for each page, used or not. */
static inline __u64 window_memory_bytes(__u64 window_bytes, __u64 page_bytes)
{
	return window_bytes / page_bytes * 64;
}

struct summary;
struct names;

/* Requests that wait for themselves and are kept: each ends its mount. */
#define SELF_REQUESTS_MAX 64

/* Pids come again: the start tells. */
static inline bool task_key__is_same(const struct task_key *a, const struct task_key *b)
{
	return a->pid == b->pid && a->start_ms == b->start_ms;
}

static inline bool inode_key__is_same(const struct inode_key *a, const struct inode_key *b)
{
	return a->nodeid == b->nodeid && a->dev == b->dev && a->generation == b->generation;
}

/* What other sizes of a window would have done, since tracing began. */
#define WINDOW_FORECASTS_MAX 40
struct window_advice {
	struct window_figures figures;
	size_t forecasts_cnt;
	struct window_forecast forecasts[WINDOW_FORECASTS_MAX]; /* the present size first */
	__u64 range_classes[FILE_CLASSES]; /* setups, by bytes of file behind the range */
	struct file_class file_classes[FILE_CLASSES];
};

/*
 * A mount and its window. Strings may be NULL. @has_figures: the window was read; otherwise @reason
 * says why there is none ("no window: ..."), and @figures is not looked at.
 */
struct mount_state {
	__u32 dev; /* s_dev, as in struct inode_key */
	const char *mountpoint;
	const char *tag;
	const char *fstype;
	const char *dax_mode; /* "always", "inode", "never", ... */
	const char *reason;
	bool has_figures;
	bool may_have_window; /* without figures: whether there is one is not known */
	struct mount_figures figures;
	bool has_advice;
	struct window_advice advice;
};

/* How far the figures can be trusted, cumulative since tracing began but for the gauges. */
struct trust {
	__u64 counters[COUNTER_NR];
	__u64 recursion_misses; /* programs that the kernel did not run as one ran already */
	__u64 kprobe_misses;	/* calls that found no kretprobe instance, or a kprobe running */
	__u64 events_lost;	/* events of the kernel side that the reader could not keep */
	__u64 own_cpu_ns;	/* CPU time of this process since tracing began */
	__u64 memory_bytes;	/* gauge: BPF maps */
	__u32 hooks_attached;	/* gauge */
	__u32 hooks_total;	/* gauge */
};

/* The host's part, beside all others: see src/host.h. */
struct host_time {
	__u64 steal_ns; /* of all CPUs */
	struct page_ins page_ins[OP_NR];
};

struct in_flight {
	__u64 cnt;
	__u64 oldest_ns; /* how long the oldest has been running */
};

/*
 * Who holds a lock now. @op is OP_NR where it is in no operation on that inode. It has held the
 * lock for at most @held_ns; 0: not known.
 */
struct lock_holder {
	enum dax_holder sort;
	__u32 op;
	__u64 held_ns;
	struct task_key task;
	char comm[TASK_COMM_LEN_MAX + 1];
};

/*
 * The page that is waited for. @is_searched: pipes were searched for it, after a while; @holders
 * are open files of pipes that it is in, not all where @holder_cnt is above PAGE_HOLDERS.
 */
#define PAGE_HOLDERS 6

struct in_flight_page {
	__u64 offset;	/* in the file, bytes; since 6.16 of its folio */
	__u32 refs_cnt; /* an idle one has 1, since 6.15 none */
	bool is_searched;
	bool is_cut; /* there was no room for all that were found: holder_cnt is too low */
	__u32 holder_cnt;
	struct page_holder holders[PAGE_HOLDERS];
};

/*
 * What a task is at: its state as ps has it (0: nobody looked), CPU time since the last look, if
 * there was one before, and the functions of its kernel stack, innermost first; NULL is one without
 * a name. They are borrowed, for as long as the symbols are there.
 */
#define IN_FLIGHT_FUNCTIONS 24
struct in_flight_task {
	char state;
	bool is_running; /* on a CPU, or waiting for one */
	bool has_cpu;
	__u64 cpu_ns;
	__u32 fn_cnt;
	const char *fns[IN_FLIGHT_FUNCTIONS];
};

/*
 * A task whose last fault was on the same page at each of several looks, though it was another
 * fault each time: @seen_cnt of them, within @span_ns. Either it gets no further, or somebody
 * unmaps the page all the time.
 */
struct repeated_fault {
	struct task_key task;
	struct inode_key inode;
	char comm[TASK_COMM_LEN_MAX + 1];
	__u32 op;
	__u32 seen_cnt;
	__u64 offset; /* in the file, bytes */
	__u64 span_ns;
};
#define REPEATS_MAX 16

/*
 * One of these, told by itself. @wait is what its task waits for now, WAIT_NONE if nothing, and
 * @wait_ns for how long; the operations around it wait for the same. @inode.nodeid 0: none.
 */
struct in_flight_row {
	__u64 age_ns;
	__u64 wait_ns;
	__u64 wait_start_ns; /* CLOCK_MONOTONIC; 0 when it waits for nothing */
	struct task_key task;
	struct inode_key inode;
	char comm[TASK_COMM_LEN_MAX + 1];
	__u32 op;
	__u32 wait;
	bool is_outermost; /* of its task's operations: what it was asked for */
	bool is_innermost; /* what it is at */
	__u16 opcode;	   /* FUSE_* of the request waited for; 0: none, or not known */
	struct lock_holder holder;
	struct in_flight_page page; /* of WAIT_BUSY_PAGE */
	struct in_flight_task now;
};
#define IN_FLIGHT_ROWS 100 /* the oldest are kept */

/*
 * One step of a chain: what somebody waits for, and who is in the way. @sort is what that is to be
 * called; it has @op, @task and @comm where its kind says so.
 */
enum chain_sort {
	CHAIN_HOLDER,	 /* of a lock: see @holder */
	CHAIN_WORKER,	 /* of background reclaim, which alone frees ranges for those who wait */
	CHAIN_NO_WORKER, /* that does not run */
	CHAIN_HOST,	 /* that has not answered a request */
	CHAIN_PAGE,	 /* that is referenced from elsewhere */
	CHAIN_NR,
};

/*
 * Whether a signal ends a wait: any, any but with harm to the file, only one that kills, or none.
 */
enum chain_signal {
	SIGNAL_UNKNOWN,
	SIGNAL_ANY,
	SIGNAL_HARMFUL,
	SIGNAL_FATAL,
	SIGNAL_NONE,
	SIGNAL_NR,
};

struct chain_step {
	enum chain_sort sort;
	__u32 wait;
	__u64 wait_ns;
	__u16 opcode;		   /* CHAIN_HOST */
	__u32 op;		   /* that it is in the way of: the innermost one that waits */
	struct inode_key inode;	   /* of that */
	struct lock_holder holder; /* CHAIN_HOLDER; of CHAIN_WORKER the task */
	const struct in_flight_page *page; /* CHAIN_PAGE; borrowed from its row */
	enum chain_signal signal;	   /* that would end the wait */
};
#define CHAIN_STEPS 8

struct errno_count {
	struct errno_key key;
	__u64 cnt;
};

/* A figure this kernel cannot give: "wait.NAME", "op.NAME", or the JSON path of another figure. */
struct unmeasured {
	const char *figure;
	const char *reason;
};

/*
 * Figures of an inode, task, mount or rest, over one or all kinds of operation. Wider than a cell,
 * so that sums over many do not overflow. Over several kinds, @bytes and @ranges are apart.
 *
 * As in struct op_figures, @total_ns, @max_ns and @hist are of those that were timed.
 */
struct figures {
	__u64 cnt;
	__u64 total_ns;
	__u64 max_ns;
	__u64 all_wait_ns; /* sum of wait_ns[] */
	__u64 bytes;
	__u64 ranges;
	__u64 retries;
	__u64 outcome[OUTCOME_NR];
	__u64 wait_ns[WAIT_NR];
	__u64 wait_cnt[WAIT_NR];
	__u64 hist[COARSE_BUCKETS];
};

/* ---- building one ---- */

struct summary *summary__new(void);
void summary__free(struct summary *s);

void summary__set_span(struct summary *s, __u64 start_ns, __u64 end_ns);
/*
 * Of so much of the span nothing is known, as between two recordings: its duration is without that.
 */
void summary__set_unknown(struct summary *s, __u64 unknown_ns);

/* What was hooked, and so what the figures can be: op_measure(). A new summary is DETAIL_FULL. */
void summary__set_detail(struct summary *s, enum dax_detail detail);

/*
 * Add the figures of one operation kind or wait (of one CPU, of all, or of one event).
 * -EINVAL for an unknown id.
 */
int summary__add_op(struct summary *s, __u32 op, const struct op_figures *f);
int summary__add_wait(struct summary *s, __u32 wait, const struct wait_figures *f);

/*
 * Whether the inside of faults was measured (--phases); a new summary has none. Add one phase of
 * one kind of fault (of one CPU, of all). -EINVAL for an unknown id, or an operation without
 * phases.
 */
void summary__set_phases(struct summary *s, bool has_phases);
int summary__add_phase(struct summary *s, __u32 op, __u32 phase, const struct phase_figures *f);

/*
 * Add the cell of one inode or task (of one CPU, of all, or of one event). The 32-bit counters of a
 * cell wrap, as they do in the kernel; summary__delta() is right across that.
 * -EINVAL for an unknown operation, -ENOMEM.
 */
int summary__add_inode_cell(struct summary *s, const struct inode_cell_key *key,
			    const struct cell *cell);
int summary__add_task_cell(struct summary *s, const struct task_cell_key *key,
			   const struct cell *cell);

/* What @task is at, to all rows of its. */
void summary__set_in_flight_task(struct summary *s, const struct task_key *task,
				 const struct in_flight_task *now);

/*
 * The owner of the lock that row @i waits for cannot be the one: its place in memory may be
 * another's by now. Who holds it is not known; @sort is HOLDER_LEAKED, or HOLDER_NONE while that is
 * not certain.
 */
void summary__clear_in_flight_holder(struct summary *s, size_t i, enum dax_holder sort);

/* Waits for a lock behind one holder. -EINVAL for an unknown id, -ENOMEM. */
int summary__add_edge(struct summary *s, const struct edge_key *key, const struct edge *edge);

/* @err is positive, or negative as returned: both mean the same. -EINVAL, -ENOMEM. */
int summary__add_errno(struct summary *s, __u32 op, int err, __u64 cnt);

/* One operation in progress for @age_ns. -EINVAL for an unknown operation. */
int summary__add_in_flight(struct summary *s, __u32 op, __u64 age_ns);
/* @cnt of them at once, of which the oldest is in progress for @oldest_ns. */
int summary__add_in_flight_cnt(struct summary *s, __u32 op, __u64 cnt, __u64 oldest_ns);
/* The same, told by itself too if it is among the oldest. */
int summary__add_in_flight_row(struct summary *s, const struct in_flight_row *row);

/* An inode holds @ranges_cnt ranges of its mount's window. -ENOMEM. */
int summary__add_window_share(struct summary *s, const struct inode_key *key, __u64 ranges_cnt);

/*
 * A request that waits for itself: it is told in every summary from then on. -ENOSPC after a few.
 */
int summary__add_self_request(struct summary *s, const struct event_self_request *ev);

/*
 * Set or replace the mount of that dev. Strings are copied, control characters replaced. -ENOMEM.
 */
int summary__set_mount(struct summary *s, const struct mount_state *m);

/* On the window of a mount that @s has; else nothing. */
void summary__set_advice(struct summary *s, __u32 dev, const struct window_advice *advice);

/* What a fault that maps one page maps; a new summary has 4096. */
void summary__set_page_bytes(struct summary *s, __u64 page_bytes);

/* What the host had its part in so far. */
void summary__set_host(struct summary *s, const struct host_time *host);

/* Set the counters so far; in a summary that is no delta, since_start is the same. */
void summary__set_trust(struct summary *s, const struct trust *t);

/*
 * Say that a figure could not be measured, and why: views then show n/a or null for it. A figure
 * named twice keeps the first reason. -ENOMEM.
 */
int summary__add_unmeasured(struct summary *s, const char *figure, const char *reason);
/* The same of each of @set. */
int summary__add_unmeasured_set(struct summary *s, const struct figure_set *set,
				const char *reason);

/*
 * What happened from @prev to @cur, two cumulative summaries; @prev NULL: all of @cur. The caller
 * frees the result. NULL with errno ENOMEM.
 *
 * Cells without new operations or waits are left out; a cell or counter that went down was begun
 * anew and counts whole. A maximum is exact when it grew since @prev, else the upper bound of the
 * highest bucket with new entries, and never above @cur's. The detail, mounts, operations in flight
 * and what was not measured are @cur's; the span is from the end of @prev to the end of @cur.
 */
struct summary *summary__delta(const struct summary *cur, const struct summary *prev);

/*
 * The parts of that which no event tells, for a summary of events: what of it is counted (the
 * host's part, phases, trust, releases, scans) is added to @s, as it grew from @prev to @cur; what
 * was as it is at the end of @cur (mounts, shares, operations in flight, repeated faults, what was
 * not measured) is set. 0 or -ENOMEM.
 */
int summary__add_growth(struct summary *s, const struct summary *cur, const struct summary *prev);
int summary__set_gauges(struct summary *s, const struct summary *cur);
/* What came since tracing began is told again by what is added next: @cur's is taken from @s. */
void summary__drop_since_start(struct summary *s, const struct summary *cur);

/* ---- one event at a time: src/event.c ---- */

/*
 * From now on events make at most so many cells of inodes, as many of tasks, and edges; 0: no
 * limit. The rest is added to the rest rows and counted, as the kernel side does. -ENOMEM.
 */
int summary__limit_rows(struct summary *s, size_t cells_max, size_t edges_max);

/*
 * Adds what happened to all figures that it is part of, as the kernel side adds it to its tables:
 * op_finish(), run_flush() and account_wait() in bpf, edge_add() in bpf/blame.bpf.h. -EINVAL for an
 * unknown id, with nothing added; -ENOMEM.
 */
int summary__add_event_op(struct summary *s, const struct event_op *ev);
int summary__add_event_hits(struct summary *s, const struct event_hits *ev);
int summary__add_event_wait(struct summary *s, const struct event_wait *ev);
int summary__add_event_blame(struct summary *s, const struct event_blame *ev);

/* @cnt more of what @counter counts. */
void summary__count(struct summary *s, enum dax_counter counter, __u64 cnt);
/* Records or names that the reader could not keep. */
void summary__count_lost(struct summary *s, __u64 cnt);

/* ---- reading one: borrowed pointers are good until the summary is changed or freed ---- */

__u64 summary__start_ns(const struct summary *s);
__u64 summary__end_ns(const struct summary *s);
__u64 summary__duration_ns(const struct summary *s);
__u64 summary__page_bytes(const struct summary *s);
enum dax_detail summary__detail(const struct summary *s);

/* @op < OP_NR, @wait < WAIT_NR. */
const struct op_figures *summary__op(const struct summary *s, unsigned int op);
const struct wait_figures *summary__wait(const struct summary *s, unsigned int wait);
const struct in_flight *summary__in_flight(const struct summary *s, unsigned int op);
/* The oldest first. */
size_t summary__in_flight_row_cnt(const struct summary *s);
const struct in_flight_row *summary__in_flight_row(const struct summary *s, size_t i);

/*
 * What a row waits for, whom that waits for, and so on, into @steps; returns how many there are, 0
 * for a row that waits for nothing. With @is_loop the last one is in the way of one before it: a
 * deadlock.
 */
size_t summary__chain(const struct summary *s, const struct in_flight_row *row,
		      struct chain_step steps[CHAIN_STEPS], bool *is_loop);

/*
 * The operations in flight, of other tasks than the holder named, that may have the lock of @step
 * shared as well: at most @max into @rows; returns how many there are, which may be more.
 */
size_t summary__chain_readers(const struct summary *s, const struct chain_step *step,
			      const struct in_flight_row **rows, size_t max);

/* Rows of reclaim workers, however many others are older: some are among those, too. */
size_t summary__worker_row_cnt(const struct summary *s);
const struct in_flight_row *summary__worker_row(const struct summary *s, size_t i);

/* The innermost operation of that mount's reclaim worker, NULL while it does not run. */
const struct in_flight_row *summary__reclaim_worker(const struct summary *s, __u32 dev);

/* Those that hold the window of a mount, most ranges first, at most @cnt; returns how many. */
struct window_share {
	struct inode_key inode;
	__u64 ranges_cnt;
};
size_t summary__window_shares(const struct summary *s, __u32 dev, struct window_share *shares,
			      size_t cnt);

/* All of all mounts, in the order they came. */
size_t summary__share_cnt(const struct summary *s);
const struct window_share *summary__share(const struct summary *s, size_t i);

/* Faults on one page again and again, as seen at the end. -ENOSPC beyond REPEATS_MAX. */
int summary__add_repeated_fault(struct summary *s, const struct repeated_fault *fault);
size_t summary__repeated_fault_cnt(const struct summary *s);
const struct repeated_fault *summary__repeated_fault(const struct summary *s, size_t i);

size_t summary__self_request_cnt(const struct summary *s);
const struct event_self_request *summary__self_request(const struct summary *s, size_t i);
bool summary__has_phases(const struct summary *s);
/* @op < PHASE_OPS, @phase < PHASE_NR. */
const struct phase_figures *summary__phase(const struct summary *s, unsigned int op,
					   unsigned int phase);
/* What waits and phases leave of the time of all faults of a kind. */
__u64 summary__phase_rest_ns(const struct summary *s, unsigned int op);

/* How it is measured: op_measure(), or MEASURE_NONE where its hook is missing. */
enum op_measure summary__measure(const struct summary *s, unsigned int op);

bool op_figures__is_empty(const struct op_figures *f); /* neither operations nor waits */
__u64 op_figures__count(const struct op_figures *f);
/* How many of them total_ns, max_ns and hist are of. */
__u64 op_figures__timed(const struct op_figures *f);
/* Time waited for anything. */
__u64 op_figures__wait_ns(const struct op_figures *f);
/*
 * What the waits of one kind of operation (of all, or of one inode or task) are shares of: its
 * total, and the waits that lie before it (op_waits_before()); the waits alone where none was
 * timed. Never less than the waits come to.
 */
__u64 summary__op_span_ns(const struct summary *s, unsigned int op, __u64 total_ns,
			  const __u64 wait_ns[WAIT_NR]);
/* What the waits leave of that: its own work, where it is timed. */
__u64 summary__op_other_ns(const struct summary *s, unsigned int op, __u64 total_ns,
			   const __u64 wait_ns[WAIT_NR]);

/* Sorted by operation, then by errno. */
size_t summary__errno_cnt(const struct summary *s);
const struct errno_count *summary__errno(const struct summary *s, size_t i);

/* In the order they were set. */
size_t summary__mount_cnt(const struct summary *s);
const struct mount_state *summary__mount(const struct summary *s, size_t i);
/* NULL when @dev is none of the mounts. */
const struct mount_state *summary__mount_by_dev(const struct summary *s, __u32 dev);
/*
 * Each operation kind summed over all inodes of a mount, also those that had no row of their own.
 * One pass over all inodes: call it once a mount, not once an operation.
 */
void summary__mount_ops(const struct summary *s, __u32 dev, struct figures res[OP_NR]);
/* Ranges neither free nor busy: being set up or removed. Exact only at rest, never negative. */
__u64 mount_figures__in_transit(const struct mount_figures *f);

const struct host_time *summary__host(const struct summary *s);

const struct trust *summary__trust(const struct summary *s);
const struct trust *summary__trust_since_start(const struct summary *s);
/* Operations that no figure counts: slots and frames full, and programs that did not run. */
__u64 trust__lost(const struct trust *t);
__u64 trust__unmatched(const struct trust *t);

size_t summary__unmeasured_cnt(const struct summary *s);
const struct unmeasured *summary__unmeasured(const struct summary *s, size_t i);
/* The reason why "@prefix@name" could not be measured, or NULL when it was. */
const char *summary__why_unmeasured(const struct summary *s, const char *prefix, const char *name);

/* ---- the inodes and tasks that waited most ---- */

enum sort_key {
	SORT_WAIT = 0,
	SORT_TOTAL,
	SORT_COUNT,
	SORT_NR,
};
extern const char *const sort_key_names[SORT_NR]; /* "wait", "total", "count" */

/*
 * What a list asked for by @sort is sorted by: where neither times nor counts are known, by waits.
 */
enum sort_key summary__sort_key(const struct summary *s, enum sort_key sort);

/* An inode or task of a summary, and its cells; see entity__*(). */
struct entity;

/*
 * The first rows of a sorted list. Everything else is summed in @rest: @rest_cnt rows that were not
 * asked for, and what the kernel had no row for (@has_overflow; how many those were is not known).
 * @total_cnt is how many rows there are, without the overflow.
 */
struct top_list {
	const struct entity **rows; /* borrowed from the summary, in order */
	size_t cnt;
	size_t total_cnt;
	size_t rest_cnt;
	bool has_overflow;
	enum op_measure rest_measure; /* the least of what the rest is summed from */
	struct figures rest;
	struct figures rest_ops[OP_NR]; /* the same by operation */
};

/*
 * The @cnt (0: all) inodes or tasks with most, ties broken by the other figures and by key, so that
 * the order is the same every time. -ENOMEM. Freed with top_list__fini(); @res is written only on
 * success.
 */
int summary__top_inodes(const struct summary *s, enum sort_key sort, size_t cnt,
			struct top_list *res);
int summary__top_tasks(const struct summary *s, enum sort_key sort, size_t cnt,
		       struct top_list *res);
void top_list__fini(struct top_list *list);

/* All inodes in no order, the rest rows among them: begin with @after NULL; NULL is the end. */
const struct entity *summary__next_inode(const struct summary *s, const struct entity *after);

/* Who waited for a lock behind whom. Rows are borrowed from the summary. */
struct edge_row {
	struct edge_key key;
	struct edge edge;
};

struct edge_list {
	const struct edge_row **rows; /* most time first */
	size_t cnt;
	size_t total_cnt;
	struct edge rest; /* those not asked for */
};

/* The @cnt (0: all) edges with most time. -ENOMEM. Freed with edge_list__fini(). */
int summary__top_edges(const struct summary *s, size_t cnt, struct edge_list *res);
void edge_list__fini(struct edge_list *list);

/* Of a row of summary__top_inodes(), and of summary__top_tasks(). */
const struct inode_key *entity__inode(const struct entity *e);
const struct task_key *entity__task(const struct entity *e);

/* Did it do any operation of this kind, nested or not? With @res not NULL, what they came to. */
bool entity__op(const struct entity *e, unsigned int op, struct figures *res);

/*
 * All its operations together, without those that ran inside another one of the same inode or task
 * (CELL_NESTED, and the kinds that always do: op_table[]): each moment of a task counts once. Where
 * only nested ones are known, those are summed.
 */
void entity__figures(const struct entity *e, struct figures *res);

/*
 * How those sums are measured. MEASURE_ALL: everything. MEASURE_WAITED: of faults, reads and
 * writes, times are only of those that waited, and so is the count of a task. MEASURE_WAITS: it may
 * have done what was not counted, so that nothing but its waits is known.
 */
enum op_measure summary__entity_measure(const struct summary *s, const struct entity *e);

/*
 * The operation that waited longest, by the same rule; where none waited, the one that took
 * longest, or happened most where none was timed.
 */
unsigned int entity__worst_op(const struct entity *e);

void figures__add(struct figures *to, const struct figures *from);
bool figures__is_empty(const struct figures *f); /* neither operations nor waits */
/* How many of them total_ns, max_ns and hist are of. */
__u64 figures__timed(const struct figures *f);
__u64 figures__other_ns(const struct figures *f);

/* ---- what inodes and tasks are called ---- */

/*
 * Kept over intervals, since the kernel tells a name once. At most NAMES_MAX of each kind are kept;
 * further ones are refused, and such an inode or task is shown by number.
 */
#define NAMES_MAX 262144

struct inode_name {
	/*
	 * From the mount's root ("a/b/c", "/" for the root itself), ".../b/c" where the front is
	 * missing; NULL when not known. UTF-8 without control characters ('?' in their place).
	 */
	const char *path;
	__u64 ino;
	__u64 size_bytes; /* when it was told, or at its last setup */
	bool is_deleted;
};

struct names *names__new(void);
void names__free(struct names *n);

/*
 * @ev is not trusted: -EINVAL for another kind or a path_len out of bounds. -ENOSPC when full,
 * -ENOMEM. An inode told again is replaced.
 */
int names__add_inode(struct names *n, const struct event_inode *ev);
/* The size of a file whose name is known, as it is later. */
void names__set_size(struct names *n, const struct inode_key *key, __u64 size_bytes);
/* @comm need not end in NUL. A task told again is replaced: execve() and prctl() rename it. */
int names__add_task(struct names *n, const struct task_key *key,
		    const char comm[TASK_COMM_LEN_MAX]);

/* NULL when not known; @n may be NULL. Borrowed until that inode or task is told again, or free. */
const struct inode_name *names__inode(const struct names *n, const struct inode_key *key);
const char *names__comm(const struct names *n, const struct task_key *key);

/*
 * Calls one of them for each name, in no order, until it returns other than 0, which is returned.
 * What they get is borrowed for the call.
 */
struct names_fns {
	int (*inode)(void *ctx, const struct inode_key *key, const struct inode_name *name);
	int (*task)(void *ctx, const struct task_key *key, const char *comm);
};
int names__each(const struct names *n, const struct names_fns *fns, void *ctx);

/*
 * What to call an inode in text, always something: "a/b/c", "a/b/c (deleted)", "nodeid 5",
 * "(no inode)". Written to @buf, cut to its size at a character; returns @buf.
 */
char *names__inode_text(const struct names *n, const struct inode_key *key, char *buf,
			size_t buf_bytes);

#endif
