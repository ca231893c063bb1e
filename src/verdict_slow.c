// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Where the time of operations goes: what most of a kind of them wait for, and behind whom.
 * Surprising: figures of a mount are summed from its inodes, those of all mounts are kept as such.
 */
#include <stdio.h>
#include <string.h>

#include "releases.h"
#include "verdict_priv.h"

#define SLOW_PERMILLE 200 /* of the time of a kind of operation: what is worth a sentence */

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
		verdict_say(f, " %s of %s",
			    op.cnt == held->cnt ? op_table[key->holder_op].name : kind->name,
			    TASK(names__comm(l->n, &key->holder), &key->holder));
		return op.cnt < held->cnt;
	}
	if (!kind) {
		verdict_say(f, " %s",
			    key->holder_op < OP_NR ? op_table[key->holder_op].name : "something");
		return false;
	}
	verdict_say(f, " %s", kind->name);
	if (kind->has_tasks && key->holder_sort == HOLDER_OP && tasks_cnt > 1)
		verdict_say(f, " of %s tasks", COUNT(tasks_cnt));
	return !kind->is_one;
}

/* Returns whether the holders are many. */
static bool say_culprit_holder(const struct look *l, struct finding *f, const struct edges *held,
			       bool is_mostly)
{
	const struct edge_key *key = &held->rows[0]->key;

	if (key->holder_sort == HOLDER_LEAKED) {
		verdict_say(f,
			    "%s that a task which is gone still owns: this file will not come back",
			    is_mostly ? " mostly one" : "");
		return false;
	}
	verdict_say(f, "%s held by", is_mostly ? " mostly" : "");
	if (key->holder_sort == HOLDER_TASK)
		verdict_say(f, " %s", TASK(names__comm(l->n, &key->holder), &key->holder));
	else if (key->holder_sort == HOLDER_READERS)
		verdict_say(f, " readers that were not seen");
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
		verdict_say(f, ", which %s for %s%s", verb, wait_nouns[wait],
			    wait == WAIT_REQUEST_HOST ? " a request" : "");
	else if (cnt && op_table[op].class == CLASS_REQUEST)
		verdict_say(f, ", which %s %s for each %s", verb, NS(sums->wait_ns[op][wait] / cnt),
			    request);
	else
		verdict_say(f, ", which %s for the host to answer %s", verb, request);
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
		verdict_say(f, "%s of %s", inode_portion == PORTION_MOST ? ", mostly" : "",
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
		verdict_say(f, ",");
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
		verdict_say(f, ": %s for each %s", NS(best_ns / cnt), requests[best].name);
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
		verdict_say(f, ", mostly until %s releases them", TASK(r->comm, &r->task));
	else if (r->who == RELEASER_INTERRUPT)
		verdict_say(f, ", mostly until an interrupt releases them");
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

	verdict_say(f, "%s %% %s %s", PERCENT(share->wait_ns, share->span_ns),
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

void verdict_find_slow(const struct look *l, struct finding *f)
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
