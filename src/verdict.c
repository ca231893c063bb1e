// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A table of what can be wrong: each row looks for one thing and says how bad it is, and the worst
 * is told. Levels come first, then a score: of what is stuck how many tasks and how long, of what
 * is slow the time waited, so that neither depends on how long it was looked at. Surprising:
 * figures of a mount are summed from its inodes, those of all mounts are kept as such.
 */
#include "verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fmt.h"
#include "releases.h"

#define NS(ns)		   fmt__ns((char[FMT_BYTES]){}, FMT_BYTES, ns)
#define COUNT(cnt)	   fmt__count((char[FMT_BYTES]){}, FMT_BYTES, cnt)
#define BYTES(bytes)	   fmt__bytes((char[FMT_BYTES]){}, FMT_BYTES, bytes)
#define PERCENT(part, all) fmt__percent((char[FMT_BYTES]){}, FMT_BYTES, part, all)
#define DEV(dev)	   fmt__dev((char[FMT_BYTES]){}, FMT_BYTES, dev)

#define NAME_COLUMNS  48 /* of a path: its end */
#define NAME_BYTES    (4 * NAME_COLUMNS + 4)
#define TASK_BYTES    (TASK_COMM_LEN_MAX * 4 + 16)
#define SLOW_PERMILLE 200 /* of the time of a kind of operation: what is worth a sentence */
#define BUSY_PERMILLE 50  /* of the time looked at, likewise: less is no load */

struct look {
	const struct summary *s;
	const struct names *n;
	__u32 dev;	/* 0: any */
	__u64 stuck_ns; /* 0: never */
};

struct finding {
	enum verdict_level level;
	__u64 score;
	bool is_of_all;
	char text[VERDICT_BYTES];
	size_t used;
};

/* More of its sentence. */
__attribute__((format(printf, 2, 3))) static void say(struct finding *f, const char *format, ...)
{
	char part[VERDICT_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(part, sizeof(part), format, args);
	va_end(args);
	fmt__clean(f->text + f->used, sizeof(f->text) - f->used, part, sizeof(part));
	f->used += strlen(f->text + f->used);
}

static const char *inode_text(const struct look *l, const struct inode_key *key, char *buf)
{
	char name[PATH_BYTES + 32];

	names__inode_text(l->n, key, name, sizeof(name));
	return fmt__tail(buf, NAME_BYTES, name, NAME_COLUMNS);
}

static const char *task_text(const char *comm, const struct task_key *task, char *buf)
{
	char clean[TASK_COMM_LEN_MAX * 4 + 1];

	if (comm && *comm)
		snprintf(buf, TASK_BYTES, "%s (%u)",
			 fmt__clean(clean, sizeof(clean), comm, TASK_COMM_LEN_MAX), task->pid);
	else
		snprintf(buf, TASK_BYTES, "pid %u", task->pid);
	return buf;
}

#define INODE(l, key)	 inode_text(l, key, (char[NAME_BYTES]){})
#define TASK(comm, task) task_text(comm, task, (char[TASK_BYTES]){})

static bool is_of(const struct look *l, __u32 dev)
{
	return !l->dev || l->dev == dev;
}

static bool is_stuck(const struct look *l, __u64 ns)
{
	return l->stuck_ns && ns >= l->stuck_ns;
}

static const char *const wait_nouns[WAIT_NR] = {
	[WAIT_I_MMAP_SEM_READ] = "i_mmap_sem",
	[WAIT_I_MMAP_SEM_WRITE] = "i_mmap_sem",
	[WAIT_I_DMAP_SEM_READ] = "i_dmap_sem",
	[WAIT_I_DMAP_SEM_WRITE] = "i_dmap_sem",
	[WAIT_INODE_LOCK_READ] = "the inode lock",
	[WAIT_INODE_LOCK_WRITE] = "the inode lock",
	[WAIT_BUSY_PAGE] = "one page that is pinned",
	[WAIT_FREE_RANGE] = "a free range of the window",
	[WAIT_REQUEST_HOST] = "the host to answer",
	[WAIT_REQUEST_GUEST] = "a CPU after the host has answered",
};

/* ---- mounts that will not come back ---- */

static void find_self_request(const struct look *l, struct finding *f)
{
	for (size_t i = 0; i < summary__self_request_cnt(l->s) && !f->level; i++) {
		const struct event_self_request *ev = summary__self_request(l->s, i);
		const struct mount_state *m = summary__mount_by_dev(l->s, ev->key.dev);
		const char *where = m && m->mountpoint ? m->mountpoint : DEV(ev->key.dev);

		if (!is_of(l, ev->key.dev))
			continue;
		f->level = VERDICT_STUCK;
		f->score = ~0ULL;
		if (!l->dev && summary__mount_cnt(l->s) > 1)
			say(f, "mount %s",
			    fmt__tail((char[NAME_BYTES]){}, NAME_BYTES, where, NAME_COLUMNS));
		else
			say(f, "this mount");
		say(f, " will not come back: its completion worker waits for its own %s of %s",
		    opcode_name(ev->opcode) ?: "request", INODE(l, &ev->key));
		if (ev->closer.pid)
			say(f, ", closed by %s", TASK(ev->closer_comm, &ev->closer));
	}
}

/* ---- what does not go on ---- */

/* A chain of one that is stuck, and what is at its end. */
struct stuck {
	const struct in_flight_row *row;
	struct chain_step steps[CHAIN_STEPS];
	size_t cnt; /* 0: it is not */
	bool is_loop;
};

static void stuck_read(const struct look *l, const struct in_flight_row *row, struct stuck *k)
{
	k->row = row;
	k->cnt = 0;
	if (!row->is_outermost || !is_stuck(l, row->age_ns) || !is_of(l, row->inode.dev))
		return;
	k->cnt = summary__chain(l->s, row, k->steps, &k->is_loop);
	if (k->cnt && !is_stuck(l, k->steps[k->cnt - 1].wait_ns))
		k->cnt = 0;
}

/* Do they wait for the same, at last? Pages are borrowed from the row that waits for them. */
static bool is_same_end(const struct stuck *a, const struct stuck *b)
{
	const struct chain_step *x = &a->steps[a->cnt - 1], *y = &b->steps[b->cnt - 1];

	if (x->sort != y->sort || a->is_loop != b->is_loop)
		return false;
	switch (x->sort) {
	case CHAIN_HOST:
		return x->opcode == y->opcode;
	case CHAIN_PAGE:
		return x->page == y->page;
	case CHAIN_HOLDER:
		return inode_key__is_same(&x->inode, &y->inode) &&
		       task_key__is_same(&x->holder.task, &y->holder.task);
	default:
		return x->inode.dev == y->inode.dev;
	}
}

static __u64 stuck_tasks(const struct look *l, const struct stuck *k)
{
	struct stuck other;
	__u64 cnt = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		stuck_read(l, summary__in_flight_row(l->s, i), &other);
		cnt += other.cnt && is_same_end(k, &other);
	}
	return cnt;
}

#define NS_BITS 44 /* 4.9 hours */

static __u64 stuck_score(const struct stuck *k, __u64 tasks)
{
	const struct chain_step *end = &k->steps[k->cnt - 1];
	__u64 ns = end->wait_ns < 1ULL << NS_BITS ? end->wait_ns : (1ULL << NS_BITS) - 1;
	bool is_forever =
		k->is_loop || (end->sort == CHAIN_HOLDER && end->holder.sort == HOLDER_LEAKED);

	return (__u64)is_forever << 62 | tasks << NS_BITS | ns;
}

static void say_holder(struct finding *f, const struct lock_holder *h)
{
	switch (h->sort) {
	case HOLDER_OP:
	case HOLDER_READER:
		say(f, " held by %s of %s", h->op < OP_NR ? op_table[h->op].name : "an operation",
		    TASK(h->comm, &h->task));
		break;
	case HOLDER_READERS:
		say(f, " held by readers that were not seen");
		break;
	case HOLDER_TASK:
		say(f, " held by %s", TASK(h->comm, &h->task));
		break;
	case HOLDER_LEAKED:
		say(f, " that a task which is gone still owns: this file will not come back");
		break;
	default:
		break;
	}
}

static void say_page(struct finding *f, const struct in_flight_page *page)
{
	const struct page_holder *h = page->holders;
	struct task_key task = { .pid = h->pid, .tgid = h->tgid };

	if (page->is_searched && page->holder_cnt)
		say(f, ", in a pipe of %s", TASK(h->comm, &task));
}

static void say_step(struct finding *f, const struct chain_step *step)
{
	say(f, "waits %s for %s", NS(step->wait_ns), wait_nouns[step->wait]);
	switch (step->sort) {
	case CHAIN_HOLDER:
		say_holder(f, &step->holder);
		break;
	case CHAIN_WORKER:
		say(f, " from the reclaim worker");
		break;
	case CHAIN_NO_WORKER:
		say(f, ", and the reclaim worker does not run");
		break;
	case CHAIN_PAGE:
		say_page(f, step->page);
		break;
	default:
		if (step->wait == WAIT_REQUEST_HOST)
			say(f, " %s", opcode_name(step->opcode) ?: "a request");
	}
}

static void say_who(const struct look *l, struct finding *f, const struct in_flight_row *row)
{
	say(f, "%s", op_table[row->op].name);
	if (row->inode.nodeid)
		say(f, " of %s", INODE(l, &row->inode));
	say(f, " by %s ", TASK(row->comm, &row->task));
}

static void say_stuck(const struct look *l, struct finding *f, const struct stuck *k, __u64 tasks)
{
	const struct chain_step *end = &k->steps[k->cnt - 1];

	if (k->cnt == 1 && end->wait == WAIT_REQUEST_HOST) {
		say(f, "the host has not answered %s for %s: ",
		    opcode_name(end->opcode) ?: "a request", NS(end->wait_ns));
		say_who(l, f, k->row);
		say(f, "waits");
	} else {
		say_who(l, f, k->row);
		for (size_t i = 0; i < k->cnt; i++) {
			say(f, "%s", i ? ", which " : "");
			say_step(f, &k->steps[i]);
		}
	}
	if (k->is_loop)
		say(f, ", which waits for one of these: a deadlock");
	if (tasks > k->cnt)
		say(f, "; %s tasks are stuck on this", COUNT(tasks));
}

/* Of those that end the same, the longest chain tells most. */
static void find_stuck(const struct look *l, struct finding *f)
{
	struct stuck k, best = {};
	__u64 best_score = 0, best_tasks = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		__u64 tasks, score;

		stuck_read(l, summary__in_flight_row(l->s, i), &k);
		if (!k.cnt)
			continue;
		tasks = stuck_tasks(l, &k);
		score = stuck_score(&k, tasks);
		if (score < best_score || (score == best_score && k.cnt <= best.cnt))
			continue;
		best = k;
		best_score = score;
		best_tasks = tasks;
	}
	if (!best.cnt)
		return;
	f->level = VERDICT_STUCK;
	f->score = best_score;
	say_stuck(l, f, &best, best_tasks);
}

static void find_repeated(const struct look *l, struct finding *f)
{
	for (size_t i = 0; i < summary__repeated_fault_cnt(l->s); i++) {
		const struct repeated_fault *r = summary__repeated_fault(l->s, i);

		if (!is_of(l, r->inode.dev) || (f->level && r->span_ns <= f->score))
			continue;
		*f = (struct finding){ .level = is_stuck(l, r->span_ns) ? VERDICT_STUCK
									: VERDICT_SLOW,
				       .score = r->span_ns };
		say(f,
		    "%s of %s by %s comes again and again at %s: it gets no further, or the "
		    "page is unmapped each time",
		    op_table[r->op].name, INODE(l, &r->inode), TASK(r->comm, &r->task),
		    BYTES(r->offset));
	}
}

/* ---- where time goes ---- */

/*
 * Kinds of operations that are one to who waits for them, and locks that are one whatever the way.
 * REMOVEMAPPING is waited for inside reclaim.inline; all others are of the background and of
 * inodes that leave memory. A fault never reclaims: fuse_setup_new_dax_mapping() (fs/fuse/dax.c).
 */
static const struct {
	__u32 ops;
	__u32 inner;		/* what runs inside them and waits */
	const char *all;	/* "of fault time" */
	const char *of_waiting; /* where those that did not wait are not timed */
	const char *of_waits;	/* where nothing but waits is measured */
} groups[] = {
	{ OPS_FAULT, 1U << OP_SETUP | 1U << OP_UPGRADE, "of fault time waits for",
	  "of the time of faults that waited is for", "of what faults waited is for" },
	{ 1U << OP_DAX_READ, 1U << OP_SETUP | 1U << OP_RECLAIM_INLINE | 1U << OP_AROUND_READ,
	  "of read time waits for", "of the time of reads that waited is for",
	  "of what reads waited is for" },
	{ 1U << OP_DAX_WRITE,
	  1U << OP_SETUP | 1U << OP_UPGRADE | 1U << OP_RECLAIM_INLINE | 1U << OP_AROUND_WRITE |
		  1U << OP_AROUND_EXTEND,
	  "of write time waits for", "of the time of writes that waited is for",
	  "of what writes waited is for" },
	{ 1U << OP_TRUNCATE | 1U << OP_OPEN_TRUNC | 1U << OP_PUNCH | 1U << OP_ZERO |
		  1U << OP_EXTEND,
	  0, "of the time of truncates and fallocate waits for",
	  "of the time of truncates and fallocate that waited is for",
	  "of what truncates and fallocate waited is for" },
};
#define GROUPS (sizeof(groups) / sizeof(groups[0]))

#define BIT(wait) (1U << (wait))
static const __u32 families[] = {
	BIT(WAIT_I_MMAP_SEM_READ) | BIT(WAIT_I_MMAP_SEM_WRITE),
	BIT(WAIT_I_DMAP_SEM_READ) | BIT(WAIT_I_DMAP_SEM_WRITE),
	BIT(WAIT_INODE_LOCK_READ) | BIT(WAIT_INODE_LOCK_WRITE),
	BIT(WAIT_BUSY_PAGE),
	BIT(WAIT_FREE_RANGE),
	BIT(WAIT_REQUEST_HOST),
	BIT(WAIT_REQUEST_GUEST),
};
#define FAMILIES (sizeof(families) / sizeof(families[0]))

/* What one group waited in one family. */
struct share {
	size_t group, family;
	__u64 wait_ns;
	__u64 span_ns;
	enum op_measure measure; /* the least of the operations that it is of */
};

/* How much of a time something is; who is told of less than half of it is blamed for others. */
enum portion {
	PORTION_LITTLE,
	PORTION_MOST, /* "mostly" */
	PORTION_ALL,  /* nearly */
};

static enum portion portion_of(__u64 part_ns, __u64 all_ns)
{
	if (!part_ns || part_ns < all_ns - all_ns / 2)
		return PORTION_LITTLE;
	return part_ns < all_ns - all_ns / 10 ? PORTION_MOST : PORTION_ALL;
}

struct op_sums {
	__u64 span_ns[OP_NR];
	__u64 wait_ns[OP_NR][WAIT_NR];
	__u64 wait_cnt[OP_NR][WAIT_NR];
};

static void sums_set(struct op_sums *sums, const struct summary *s, unsigned int op, __u64 total_ns,
		     const __u64 wait_ns[WAIT_NR], const __u64 wait_cnt[WAIT_NR])
{
	sums->span_ns[op] = summary__op_span_ns(s, op, total_ns, wait_ns);
	memcpy(sums->wait_ns[op], wait_ns, sizeof(sums->wait_ns[op]));
	memcpy(sums->wait_cnt[op], wait_cnt, sizeof(sums->wait_cnt[op]));
}

static void sums_read(struct op_sums *sums, const struct look *l)
{
	struct figures ops[OP_NR];

	if (l->dev)
		summary__mount_ops(l->s, l->dev, ops);
	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(l->s, op);

		if (l->dev)
			sums_set(sums, l->s, op, ops[op].total_ns, ops[op].wait_ns,
				 ops[op].wait_cnt);
		else
			sums_set(sums, l->s, op, f->total_ns, f->wait_ns, f->wait_cnt);
	}
}

static struct share share_read(const struct look *l, const struct op_sums *sums, size_t group,
			       size_t family)
{
	struct share share = { group, family, 0, 0, MEASURE_ALL };

	for (unsigned int op = 0; op < OP_NR; op++) {
		if (!(groups[group].ops & 1U << op) || !sums->span_ns[op])
			continue;
		share.span_ns += sums->span_ns[op];
		for (unsigned int wait = 0; wait < WAIT_NR; wait++)
			if (families[family] & BIT(wait))
				share.wait_ns += sums->wait_ns[op][wait];
		if (summary__measure(l->s, op) < share.measure)
			share.measure = summary__measure(l->s, op);
	}
	return share;
}

/* ---- behind whom ---- */

#define CULPRIT_EDGES 256 /* those of a share with most time */

/* Some of the edges that a share is made of, most time first; borrowed from the summary. */
struct edges {
	const struct edge_row *rows[CULPRIT_EDGES];
	size_t cnt;
	__u64 ns;
	bool is_whole; /* none is missing */
};

typedef bool (*is_same_fn)(const struct edge_key *a, const struct edge_key *b);

static void edges_add(struct edges *e, const struct edge_row *row)
{
	e->rows[e->cnt++] = row;
	e->ns += row->edge.total_ns;
}

static bool is_in_share(const struct look *l, const struct share *share, const struct edge_key *key)
{
	return is_of(l, key->inode.dev) && groups[share->group].ops & 1U << key->op &&
	       families[share->family] & BIT(key->wait);
}

static void edges_read(const struct look *l, const struct share *share, struct edges *e)
{
	struct edge_list list;

	*e = (struct edges){};
	if (summary__top_edges(l->s, 0, &list))
		return;
	e->is_whole = !summary__trust(l->s)->counters[COUNTER_EDGES_FULL];
	for (size_t i = 0; i < list.cnt; i++) {
		if (!is_in_share(l, share, &list.rows[i]->key))
			continue;
		if (e->cnt == CULPRIT_EDGES)
			e->is_whole = false;
		else
			edges_add(e, list.rows[i]);
	}
	edge_list__fini(&list);
}

/* Of those that are the same as one another, the ones with most time together. */
static struct edges edges_most(const struct edges *e, is_same_fn is_same)
{
	struct edges best = {}, some;

	for (size_t i = 0; i < e->cnt; i++) {
		some = (struct edges){ .is_whole = e->is_whole };
		for (size_t j = i; j < e->cnt; j++)
			if (is_same(&e->rows[i]->key, &e->rows[j]->key))
				edges_add(&some, e->rows[j]);
		if (some.ns > best.ns)
			best = some;
	}
	return best;
}

/* What is one holder to who waits, whichever task does it. */
struct holder_kind {
	__u32 ops;
	const char *name;
	bool is_one;	/* "waits", not "wait" */
	bool has_tasks; /* whose tasks tell something: they are not the kernel's own work */
};

static const struct holder_kind *holder_kind(unsigned int op)
{
	static const struct holder_kind kinds[] = {
		{ 1U << OP_RECLAIM_RUN | 1U << OP_RECLAIM_RANGE | 1U << OP_RECLAIM_INLINE,
		  "reclaim", true, false },
		{ 1U << OP_EVICT, "evictions of inodes", false, false },
		{ OPS_FAULT, "faults", false, true },
		{ 1U << OP_DAX_READ, "reads", false, true },
		{ 1U << OP_DAX_WRITE, "writes", false, true },
		{ 1U << OP_TRUNCATE | 1U << OP_OPEN_TRUNC, "truncates", false, true },
		{ 1U << OP_PUNCH | 1U << OP_ZERO | 1U << OP_EXTEND, "fallocate calls", false,
		  true },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (op < OP_NR && kinds[i].ops & 1U << op)
			return &kinds[i];
	return NULL;
}

static bool is_same_inode(const struct edge_key *a, const struct edge_key *b)
{
	return inode_key__is_same(&a->inode, &b->inode);
}

static bool is_same_task(const struct edge_key *a, const struct edge_key *b)
{
	return task_key__is_same(&a->holder, &b->holder);
}

static bool is_same_op(const struct edge_key *a, const struct edge_key *b)
{
	return a->holder_op == b->holder_op;
}

static bool is_same_wait(const struct edge_key *a, const struct edge_key *b)
{
	return a->holder_wait == b->holder_wait && a->holder_wait_op == b->holder_wait_op &&
	       a->opcode == b->opcode;
}

static bool is_same_holder(const struct edge_key *a, const struct edge_key *b)
{
	const struct holder_kind *kind = holder_kind(a->holder_op);

	if (a->holder_sort != b->holder_sort)
		return false;
	if (a->holder_sort != HOLDER_OP && a->holder_sort != HOLDER_READER)
		return is_same_task(a, b);
	return kind ? kind == holder_kind(b->holder_op) : is_same_op(a, b);
}

/* How many tasks these are; 0: not known. */
static __u64 tasks_of(const struct edges *e)
{
	__u64 cnt = 0;

	for (size_t i = 0; i < e->cnt; i++) {
		size_t first = 0;

		while (!is_same_task(&e->rows[first]->key, &e->rows[i]->key))
			first++;
		if (!e->rows[i]->key.holder.pid)
			return 0;
		cnt += first == i;
	}
	return e->is_whole ? cnt : 0;
}

/*
 * Operations by their task if it is one that has nearly all of it. Of those that hold a lock shared
 * one task is known among others. Returns whether they are many.
 */
static bool say_holder_ops(const struct look *l, struct finding *f, const struct edges *held)
{
	struct edges task = edges_most(held, is_same_task), op = edges_most(held, is_same_op);
	const struct edge_key *key = &task.rows[0]->key;
	const struct holder_kind *kind = holder_kind(key->holder_op);
	bool is_one_task = portion_of(task.ns, held->ns) == PORTION_ALL && key->holder.pid;
	__u64 tasks_cnt = tasks_of(held);

	if (kind && kind->has_tasks && key->holder_sort == HOLDER_OP && is_one_task) {
		say(f, " %s of %s",
		    op.cnt == held->cnt ? op_table[key->holder_op].name : kind->name,
		    TASK(names__comm(l->n, &key->holder), &key->holder));
		return op.cnt < held->cnt;
	}
	if (!kind) {
		say(f, " %s", key->holder_op < OP_NR ? op_table[key->holder_op].name : "something");
		return false;
	}
	say(f, " %s", kind->name);
	if (kind->has_tasks && key->holder_sort == HOLDER_OP && tasks_cnt > 1)
		say(f, " of %s tasks", COUNT(tasks_cnt));
	return !kind->is_one;
}

/* Returns whether the holders are many. */
static bool say_culprit_holder(const struct look *l, struct finding *f, const struct edges *held,
			       bool is_mostly)
{
	const struct edge_key *key = &held->rows[0]->key;

	if (key->holder_sort == HOLDER_LEAKED) {
		say(f, "%s that a task which is gone still owns: this file will not come back",
		    is_mostly ? " mostly one" : "");
		return false;
	}
	say(f, "%s held by", is_mostly ? " mostly" : "");
	if (key->holder_sort == HOLDER_TASK)
		say(f, " %s", TASK(names__comm(l->n, &key->holder), &key->holder));
	else if (key->holder_sort == HOLDER_READERS)
		say(f, " readers that were not seen");
	else
		return say_holder_ops(l, f, held);
	return false;
}

/* "which waits 40 ms for each REMOVEMAPPING": what it waits for at least half of the time. */
static void say_culprit_wait(struct finding *f, const struct op_sums *sums,
			     const struct edges *held, bool is_many)
{
	struct edges same = edges_most(held, is_same_wait);
	const struct edge_key *key = &same.rows[0]->key;
	const char *request = opcode_name(key->opcode), *verb = is_many ? "wait" : "waits";
	__u8 op = key->holder_wait_op, wait = key->holder_wait;
	__u64 cnt;

	if (wait >= WAIT_NR || portion_of(same.ns, held->ns) == PORTION_LITTLE)
		return;
	cnt = op < OP_NR ? sums->wait_cnt[op][wait] : 0;
	if (wait != WAIT_REQUEST_HOST || !request)
		say(f, ", which %s for %s%s", verb, wait_nouns[wait],
		    wait == WAIT_REQUEST_HOST ? " a request" : "");
	else if (cnt && op_table[op].class == CLASS_REQUEST)
		say(f, ", which %s %s for each %s", verb, NS(sums->wait_ns[op][wait] / cnt),
		    request);
	else
		say(f, ", which %s for the host to answer %s", verb, request);
}

/* The inode and the holder, each if at least half of the wait was for it. */
static void say_lock(const struct look *l, struct finding *f, const struct op_sums *sums,
		     const struct share *share)
{
	struct edges all, of_inode, held;
	enum portion inode_portion, holder_portion;
	enum dax_holder sort;

	edges_read(l, share, &all);
	of_inode = edges_most(&all, is_same_inode);
	held = edges_most(&all, is_same_holder);
	inode_portion = portion_of(of_inode.ns, share->wait_ns);
	holder_portion = portion_of(held.ns, share->wait_ns);
	if (inode_portion != PORTION_LITTLE && of_inode.rows[0]->key.inode.nodeid)
		say(f, "%s of %s", inode_portion == PORTION_MOST ? ", mostly" : "",
		    INODE(l, &of_inode.rows[0]->key.inode));
	else
		inode_portion = PORTION_LITTLE;
	if (holder_portion == PORTION_LITTLE)
		return;
	sort = held.rows[0]->key.holder_sort;
	if (sort == HOLDER_NONE)
		return;
	if (inode_portion == PORTION_MOST ||
	    (sort == HOLDER_LEAKED && holder_portion == PORTION_MOST))
		say(f, ",");
	say_culprit_wait(f, sums, &held,
			 say_culprit_holder(l, f, &held, holder_portion == PORTION_MOST));
}

/*
 * Which requests took most of it, and how long one. None is named that the operations do not wait
 * for, nor where those that are measured are too few: a level may not see the others.
 */
static void say_requests(struct finding *f, const struct op_sums *sums, const struct share *share)
{
	static const struct {
		unsigned int op;
		const char *name;
	} requests[] = { { OP_SETUP, "SETUPMAPPING" },
			 { OP_UPGRADE, "SETUPMAPPING of an upgrade" },
			 { OP_RECLAIM_INLINE, "REMOVEMAPPING" },
			 { OP_AROUND_READ, "FUSE_READ" },
			 { OP_AROUND_WRITE, "FUSE_WRITE" },
			 { OP_AROUND_EXTEND, "FUSE_WRITE" } };
	__u64 best_ns = 0, cnt;
	size_t best = 0;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		__u64 ns = sums->wait_ns[requests[i].op][WAIT_REQUEST_HOST];

		if (ns <= best_ns || !(groups[share->group].inner & 1U << requests[i].op))
			continue;
		best_ns = ns;
		best = i;
	}
	cnt = sums->wait_cnt[requests[best].op][WAIT_REQUEST_HOST];
	if (cnt && portion_of(best_ns, share->wait_ns) != PORTION_LITTLE)
		say(f, ": %s for each %s", NS(best_ns / cnt), requests[best].name);
}

static bool is_released_in(const struct look *l, const struct share *share,
			   const struct page_release *r)
{
	return is_of(l, r->inode.dev) &&
	       (groups[share->group].ops | groups[share->group].inner) & 1U << r->op;
}

static bool is_same_releaser(const struct page_release *a, const struct page_release *b)
{
	return a->who == b->who &&
	       (a->who != RELEASER_TASK || task_key__is_same(&a->task, &b->task));
}

/* Of the waits of a share, those that @like's releaser ended; NULL: all of them. */
static __u64 released_ns(const struct look *l, const struct share *share,
			 const struct page_release *like)
{
	__u64 ns = 0;

	for (size_t i = 0; i < summary__release_cnt(l->s); i++) {
		const struct page_release *r = summary__release(l->s, i);

		if (is_released_in(l, share, r) && (!like || is_same_releaser(r, like)))
			ns += r->total_ns;
	}
	return ns;
}

/* Who released at least half of them, by the time waited; NULL: nobody did. */
static const struct page_release *releaser_find(const struct look *l, const struct share *share)
{
	__u64 all_ns = released_ns(l, share, NULL);

	for (size_t i = 0; i < summary__release_cnt(l->s); i++) {
		const struct page_release *r = summary__release(l->s, i);

		if (is_released_in(l, share, r) &&
		    portion_of(released_ns(l, share, r), all_ns) != PORTION_LITTLE)
			return r;
	}
	return NULL;
}

static void say_release(const struct look *l, struct finding *f, const struct share *share)
{
	const struct page_release *r = releaser_find(l, share);

	if (!r || summary__why_unmeasured(l->s, "", "releases"))
		return;
	if (r->who == RELEASER_TASK)
		say(f, ", mostly until %s releases them", TASK(r->comm, &r->task));
	else if (r->who == RELEASER_INTERRUPT)
		say(f, ", mostly until an interrupt releases them");
}

static const char *share_noun(const struct share *share)
{
	__u32 waits = families[share->family];

	if (waits & BIT(WAIT_BUSY_PAGE))
		return "pages that are pinned";
	if (waits & BIT(WAIT_REQUEST_HOST))
		return "the host";
	return wait_nouns[__builtin_ctz(waits)];
}

static void say_share(const struct look *l, struct finding *f, const struct op_sums *sums,
		      const struct share *share)
{
	__u32 waits = families[share->family];

	say(f, "%s %% %s %s", PERCENT(share->wait_ns, share->span_ns),
	    share->measure == MEASURE_ALL      ? groups[share->group].all
	    : share->measure == MEASURE_WAITED ? groups[share->group].of_waiting
					       : groups[share->group].of_waits,
	    share_noun(share));
	if (wait_table[__builtin_ctz(waits)].is_lock)
		say_lock(l, f, sums, share);
	else if (waits & BIT(WAIT_REQUEST_HOST))
		say_requests(f, sums, share);
	else if (waits & BIT(WAIT_BUSY_PAGE))
		say_release(l, f, share);
}

static bool is_worth(const struct look *l, const struct share *share)
{
	return share->wait_ns > share->span_ns / 1000 * SLOW_PERMILLE &&
	       share->wait_ns > summary__duration_ns(l->s) / 1000 * BUSY_PERMILLE;
}

static void find_slow(const struct look *l, struct finding *f)
{
	struct op_sums sums;
	struct share best = {};

	sums_read(&sums, l);
	for (size_t i = 0; i < GROUPS * FAMILIES; i++) {
		struct share share = share_read(l, &sums, i / FAMILIES, i % FAMILIES);

		if (share.wait_ns > best.wait_ns && share.measure > MEASURE_NONE &&
		    is_worth(l, &share))
			best = share;
	}
	if (!best.wait_ns)
		return;
	f->level = VERDICT_SLOW;
	f->score = best.wait_ns;
	say_share(l, f, &sums, &best);
}

/* ---- windows ---- */

static void say_mount(const struct look *l, struct finding *f, const struct mount_state *m)
{
	if (!l->dev && summary__mount_cnt(l->s) > 1 && m->mountpoint)
		say(f, "%s: ",
		    fmt__tail((char[NAME_BYTES]){}, NAME_BYTES, m->mountpoint, NAME_COLUMNS));
}

/* Waits for a range, and requests of setups that were repeats. */
static __u64 small_window_ns(const struct look *l, const struct mount_state *m)
{
	__u64 free_ns = summary__wait(l->s, WAIT_FREE_RANGE)->total_ns;
	__u64 host_ns = summary__op(l->s, OP_SETUP)->wait_ns[WAIT_REQUEST_HOST];

	if (summary__mount_cnt(l->s) > 1) {
		struct figures ops[OP_NR];

		summary__mount_ops(l->s, m->dev, ops);
		host_ns = ops[OP_SETUP].wait_ns[WAIT_REQUEST_HOST];
		free_ns = 0;
		for (unsigned int op = 0; op < OP_NR; op++)
			if (op_table[op].class == CLASS_USER)
				free_ns += ops[op].wait_ns[WAIT_FREE_RANGE];
	}
	return free_ns + host_ns / 1000 * m->advice.figures.repeat_permille;
}

/*
 * Advice is since tracing began, what it costs is of the time looked at; where that is little, it
 * is a note.
 */
static void find_small_window(const struct look *l, struct finding *f)
{
	for (size_t i = 0; i < summary__mount_cnt(l->s); i++) {
		const struct mount_state *m = summary__mount(l->s, i);
		const struct window_figures *w = &m->advice.figures;
		__u64 cost_ns;

		if (!m->has_advice || !is_of(l, m->dev) ||
		    !window_verdict_table[WINDOW_TOO_SMALL].applies(w))
			continue;
		cost_ns = small_window_ns(l, m);
		if (f->level && cost_ns <= f->score)
			continue;
		*f = (struct finding){ .score = cost_ns };
		f->level = cost_ns > summary__duration_ns(l->s) / 1000 * BUSY_PERMILLE
				   ? VERDICT_SLOW
				   : VERDICT_NOTE;
		say_mount(l, f, m);
		say(f, "window too small (%s): %s would avoid %s %% of setups",
		    BYTES(w->window_ranges * RANGE_BYTES), BYTES(w->best_ranges * RANGE_BYTES),
		    PERCENT(w->best_saved_permille * w->repeats / 1000, w->setups));
	}
}

/* What else is known of windows: the table's own sentences. */
static void find_window_note(const struct look *l, struct finding *f)
{
	static const enum window_verdict notes[] = { WINDOW_INLINE, WINDOW_SMALL_FILES,
						     WINDOW_NO_HELP, WINDOW_SPARE };

	for (size_t i = 0; i < summary__mount_cnt(l->s); i++) {
		const struct mount_state *m = summary__mount(l->s, i);
		const struct window_figures *w = &m->advice.figures;
		char text[WINDOW_TEXT_BYTES];

		if (!m->has_advice || !is_of(l, m->dev))
			continue;
		for (size_t j = 0; j < sizeof(notes) / sizeof(notes[0]) && !f->level; j++) {
			if (!window_verdict_table[notes[j]].applies(w))
				continue;
			f->level = VERDICT_NOTE;
			say_mount(l, f, m);
			say(f, "%s",
			    window_verdict__text(window_verdict_table[notes[j]].sentence, w, text,
						 sizeof(text)));
		}
	}
}

/* ---- figures themselves ---- */

static void find_lost(const struct look *l, struct finding *f)
{
	__u64 lost = trust__lost(summary__trust(l->s));

	if (!lost)
		return;
	f->level = VERDICT_NOTE;
	f->score = ~0ULL;
	f->is_of_all = true;
	say(f, "%s operation%s lost: figures are too low", COUNT(lost), lost > 1 ? "s" : "");
}

/* Of two that are as bad the first is told. */
static void (*const candidates[])(const struct look *l, struct finding *f) = {
	find_self_request, find_stuck, find_repeated,	 find_small_window,
	find_slow,	   find_lost,  find_window_note,
};

void verdict__find(struct verdict *v, const struct summary *s, const struct names *n, __u32 dev,
		   __u64 stuck_ns)
{
	const struct look l = { s, n, dev, stuck_ns };
	struct finding best = {};

	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		struct finding f = {};

		candidates[i](&l, &f);
		if (f.level > best.level || (f.level == best.level && f.score > best.score))
			best = f;
	}
	v->level = best.level;
	v->is_of_all = best.is_of_all;
	memcpy(v->text, best.text, sizeof(v->text));
}
