// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Edges: who waited for a lock behind whom. Kept by their whole key, so that what is shown as one
 * line was one and the same holder, doing the same thing.
 */
#include "model_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct edge_entry *edge_table__find(struct edge_entry *table, const struct edge_key *key)
{
	struct edge_entry *e;

	HASH_FIND(hh, table, key, sizeof(*key), e);
	return e;
}

static bool edge_key_is_valid(const struct edge_key *key)
{
	return key->wait < WAIT_NR && key->op < OP_NR && key->holder_sort < HOLDER_NR &&
	       key->holder_op <= OP_NR && key->holder_wait_op <= OP_NR &&
	       (key->holder_wait < WAIT_NR || key->holder_wait == WAIT_NONE);
}

static void edge_add(struct edge *to, const struct edge *from)
{
	to->cnt += from->cnt;
	to->total_ns += from->total_ns;
	to->holds_cnt += from->holds_cnt;
	to->max_ns = max_u64(to->max_ns, from->max_ns);
	to->held_max_ns = max_u64(to->held_max_ns, from->held_max_ns);
	to->waiters_max = max_u64(to->waiters_max, from->waiters_max);
}

int summary__add_edge(struct summary *s, const struct edge_key *key, const struct edge *edge)
{
	struct edge_entry *e = edge_table__find(s->edges, key);

	if (!edge_key_is_valid(key))
		return -EINVAL;
	if (!e) {
		e = calloc(1, sizeof(*e));
		if (!e)
			return -ENOMEM;
		e->row.key = *key;
		HASH_ADD(hh, s->edges, row.key, sizeof(*key), e);
		if (!e->hh.tbl) { /* uthash could not grow and left it out */
			free(e);
			return -ENOMEM;
		}
	}
	edge_add(&e->row.edge, edge);
	return 0;
}

void edge_table__free(struct edge_entry **table)
{
	struct edge_entry *e = *table, *next;

	HASH_CLEAR(hh, *table);
	for (; e; e = next) {
		next = e->hh.next;
		free(e);
	}
}

/*
 * Maxima that did not grow are those of an earlier interval: of this one it is known that none is
 * longer than all of it together.
 */
static struct edge edge_since(const struct edge *cur, const struct edge *prev)
{
	struct edge d = *cur;

	if (cur->cnt < prev->cnt)
		return d;
	d.cnt -= prev->cnt;
	d.total_ns -= prev->total_ns;
	d.holds_cnt -= prev->holds_cnt;
	if (d.max_ns == prev->max_ns && d.max_ns > d.total_ns)
		d.max_ns = d.total_ns;
	if (d.waiters_max == prev->waiters_max && d.waiters_max > d.cnt)
		d.waiters_max = d.cnt;
	return d;
}

int delta_edges(struct summary *d, const struct summary *cur, const struct summary *prev)
{
	for (const struct edge_entry *e = cur->edges; e; e = e->hh.next) {
		const struct edge_entry *before = edge_table__find(prev->edges, &e->row.key);
		struct edge edge =
			before ? edge_since(&e->row.edge, &before->row.edge) : e->row.edge;
		int err = edge.cnt ? summary__add_edge(d, &e->row.key, &edge) : 0;

		if (err)
			return err;
	}
	return 0;
}

/* Most time first; the rest of the order is only there to be the same every time. */
static int compare_edges(const void *a, const void *b)
{
	const struct edge_row *x = *(const struct edge_row *const *)a;
	const struct edge_row *y = *(const struct edge_row *const *)b;

	if (x->edge.total_ns != y->edge.total_ns)
		return x->edge.total_ns > y->edge.total_ns ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

int summary__top_edges(const struct summary *s, size_t cnt, struct edge_list *res)
{
	struct edge_list list = { .total_cnt = HASH_COUNT(s->edges) };
	size_t i = 0;

	list.rows = calloc(list.total_cnt + 1, sizeof(*list.rows));
	if (!list.rows)
		return -ENOMEM;
	for (const struct edge_entry *e = s->edges; e; e = e->hh.next)
		list.rows[i++] = &e->row;
	qsort(list.rows, list.total_cnt, sizeof(*list.rows), compare_edges);
	list.cnt = cnt && cnt < list.total_cnt ? cnt : list.total_cnt;
	for (i = list.cnt; i < list.total_cnt; i++)
		edge_add(&list.rest, &list.rows[i]->edge);
	*res = list;
	return 0;
}

void edge_list__fini(struct edge_list *list)
{
	free(list->rows);
	list->rows = NULL;
	list->cnt = 0;
}
