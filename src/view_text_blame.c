// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view's section BLAME: behind whom the locks were waited for, a block of lines an edge.
 */
#include "view_text_priv.h"

#include <string.h>

#define EDGE_INDENT 26

static void print_edge(const struct text *t, const struct edge_row *row)
{
	const struct edge_key *key = &row->key;
	const struct edge *edge = &row->edge;
	struct words w = { .t = t, .heading = "" };
	char label[LINE_BYTES], who[LINE_BYTES], wait[NAME_BYTES * 2];
	bool is_wide;

	say__inode(t->s, t->n, &key->inode, label, sizeof(label));
	say__holder(t->s, key->holder_sort, key->holder_op, &key->holder,
		    names__comm(t->n, &key->holder), who, sizeof(who));
	is_wide = EDGE_INDENT + strlen(op_table[key->op].name) + 4 + fmt__columns(who) > t->width;
	fprintf(t->f, "  %6s %7s %7s  %s <- %s\n", COUNT(edge->cnt), NS(edge->total_ns),
		NS(edge->max_ns), op_table[key->op].name, is_wide ? "" : who);
	if (is_wide)
		word(&w, "%s", who);
	word(&w, "%s", wait_table[key->wait].name);
	word(&w, "%s", label);
	if (edge->held_max_ns)
		word(&w, "held for at most %s", NS(edge->held_max_ns));
	if (key->holder_wait < WAIT_NR)
		word(&w, "which waited for %s",
		     say__wait(key->holder_wait, key->opcode, key->holder_wait_op, wait,
			       sizeof(wait)));
	if (edge->waiters_max > 1)
		word(&w, "up to %s behind one hold", COUNT(edge->waiters_max));
	words_end(&w);
}

int text__print_blame(const struct text *t)
{
	struct edge_list list;
	int err = summary__top_edges(t->s, t->opts->top_cnt, &list);

	if (err)
		return err;
	if (list.cnt)
		fprintf(t->f,
			"\nBLAME: who held the locks, %zu of %zu\n"
			"  %6s %7s %7s  %s\n",
			list.cnt, list.total_cnt, "waits", "total", "max",
			"waiting operation <- what held the lock");
	for (size_t i = 0; i < list.cnt; i++)
		print_edge(t, list.rows[i]);
	if (list.rest.cnt)
		fprintf(t->f, "  %6s %7s %7s  (%zu more)\n", COUNT(list.rest.cnt),
			NS(list.rest.total_ns), NS(list.rest.max_ns), list.total_cnt - list.cnt);
	edge_list__fini(&list);
	return 0;
}

/* ---- windows ---- */

#define HELD_BY_ROWS 5

static bool is_range_waited_for(const struct text *t)
{
	if (summary__wait(t->s, WAIT_FREE_RANGE)->cnt)
		return true;
	for (size_t i = 0; i < summary__in_flight_row_cnt(t->s); i++)
		if (summary__in_flight_row(t->s, i)->wait == WAIT_FREE_RANGE)
			return true;
	return false;
}

/* Which inodes have the ranges, those with most first. */
static void print_held_by(const struct text *t, const struct mount_state *m)
{
	struct window_share shares[HELD_BY_ROWS];
	size_t cnt = summary__window_shares(t->s, m->dev, shares, HELD_BY_ROWS);
	struct words w = { .t = t, .heading = "  held by" };
	__u64 rest = m->figures.busy_ranges;
	char label[LINE_BYTES];

	for (size_t i = 0; i < cnt; i++) {
		word(&w, "%llu of %s", shares[i].ranges_cnt,
		     names__inode_text(t->n, &shares[i].inode, label, sizeof(label)));
		rest -= shares[i].ranges_cnt < rest ? shares[i].ranges_cnt : rest;
	}
	if (cnt && rest)
		word(&w, "%llu of others", rest);
	words_end(&w);
}

void text__print_window_blame(const struct text *t, const struct mount_state *m)
{
	struct text_say said;

	if (!is_range_waited_for(t))
		return;
	print_held_by(t, m);
	text__say_begin(&said, t);
	say__worker(&said.say, m->dev, t->opts->stuck_ns);
	text__say_end(&said);
}

/* ---- the host's part ---- */

void text__print_host(const struct text *t)
{
	const struct host_time *host = summary__host(t->s);
	struct words w = { .t = t, .heading = "host" };

	if (host->steal_ns)
		word(&w, "took %s of the CPUs' time (steal)", NS(host->steal_ns));
	for (unsigned int op = 0; op < OP_NR; op++)
		if (host->page_ins[op].cnt)
			word(&w, "brought in pages for %s %s times, %s", op_table[op].name,
			     COUNT(host->page_ins[op].cnt), NS(host->page_ins[op].total_ns));
	words_end(&w);
}
