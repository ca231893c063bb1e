// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view's section BLAME: behind whom the locks were waited for, a block of lines an edge.
 */
#include "view_text_priv.h"

#include <string.h>

const char *text__holder_label(const struct text *t, enum dax_holder sort, unsigned int op,
			       const struct task_key *task, const char *comm, char *buf,
			       size_t bytes)
{
	char who[NAME_BYTES * 2];

	text__task_label(comm, task, who, sizeof(who));
	switch (sort) {
	case HOLDER_OP:
	case HOLDER_READER:
		snprintf(buf, bytes, "%s of %s%s", op < OP_NR ? op_table[op].name : "n/a", who,
			 sort == HOLDER_READER ? ", shared" : "");
		break;
	case HOLDER_READERS:
		snprintf(buf, bytes, "readers that were not seen");
		break;
	case HOLDER_TASK:
		snprintf(buf, bytes, "%s, in no %s", who,
			 t->detail == DETAIL_FULL ? "operation traced" : "operation seen");
		break;
	case HOLDER_LEAKED:
		snprintf(buf, bytes, "%s, gone: leaked or stale",
			 task->pid ? who : "a task not known");
		break;
	default:
		snprintf(buf, bytes, "nobody: just given up, or handed on");
	}
	return buf;
}

const char *text__wait_label(unsigned int wait, unsigned int opcode, unsigned int wait_op,
			     char *buf, size_t bytes)
{
	const char *request = opcode_name(opcode);

	if (!request && wait_op < OP_NR && op_table[wait_op].class == CLASS_REQUEST)
		request = op_table[wait_op].name;
	if (request && (wait == WAIT_REQUEST_HOST || wait == WAIT_REQUEST_GUEST))
		snprintf(buf, bytes, "%s (%s)", wait_table[wait].name, request);
	else
		snprintf(buf, bytes, "%s", wait_table[wait].name);
	return buf;
}

#define EDGE_INDENT 26

static void print_edge(const struct text *t, const struct edge_row *row)
{
	const struct edge_key *key = &row->key;
	const struct edge *edge = &row->edge;
	struct words w = { .t = t, .heading = "" };
	char label[LINE_BYTES], who[LINE_BYTES], wait[NAME_BYTES * 2];
	bool is_wide;

	text__inode_label(t, &key->inode, label, sizeof(label));
	text__holder_label(t, key->holder_sort, key->holder_op, &key->holder,
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
		     text__wait_label(key->holder_wait, key->opcode, key->holder_wait_op, wait,
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

/* What the worker is at, when those who need a range have waited for it. */
static void print_worker(const struct text *t, const struct mount_state *m)
{
	const struct in_flight_row *row = summary__reclaim_worker(t->s, m->dev);
	struct words w = { .t = t, .heading = "  reclaim" };
	char label[LINE_BYTES];

	if (!row) {
		word(&w, "the worker does not run");
	} else if (row->wait >= WAIT_NR) {
		word(&w, "the worker runs");
	} else {
		word(&w, "the worker waits %s for %s", NS(row->wait_ns),
		     wait_table[row->wait].name);
		if (row->inode.nodeid)
			word(&w, "%s", names__inode_text(t->n, &row->inode, label, sizeof(label)));
	}
	if (row && row->wait == WAIT_BUSY_PAGE && row->wait_ns >= t->opts->stuck_ns)
		word(&w, "this one page stops reclaim for the whole mount");
	words_end(&w);
}

void text__print_window_blame(const struct text *t, const struct mount_state *m)
{
	if (!is_range_waited_for(t))
		return;
	print_held_by(t, m);
	print_worker(t, m);
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
