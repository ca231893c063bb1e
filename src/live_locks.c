// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The view of locks: how long each was waited for, and behind whom, a row for each inode, lock,
 * waiting operation and holder. Surprising: who holds is known from the moment a wait began, so
 * that a lock handed on from holder to holder is blamed on the first of them.
 */
#include <errno.h>
#include <string.h>

#include "hist.h"
#include "live_say.h"

enum {
	COL_TOTAL,
	COL_WAITS,
	COL_MAX,
	COL_OP,
	COL_LOCK,
	COL_HOLDER,
	COL_TASK,
	COL_WHY,
	COL_INODE,
	COL_NR
};

static const struct live_column columns[COL_NR] = {
	[COL_TOTAL] = { .name = "total", .width = 7 },
	[COL_WAITS] = { .name = "waits", .width = 6 },
	[COL_MAX] = { .name = "max", .width = 7, .from_cols = 100 },
	[COL_OP] = { .name = "waiting", .width = 15, .is_left = true, .is_text = true },
	[COL_LOCK] = { .name = "for", .width = 10, .is_left = true, .is_text = true },
	[COL_HOLDER] = { .name = "held by", .width = 14, .is_left = true, .is_text = true },
	[COL_TASK] = { .name = "of task",
		       .width = 20,
		       .is_left = true,
		       .is_text = true,
		       .from_cols = 120 },
	[COL_WHY] = { .name = "which waited for",
		      .width = 28,
		      .is_left = true,
		      .is_text = true,
		      .from_cols = 150 },
	[COL_INODE] = { .name = "inode", .is_left = true, .is_text = true },
};

/* What an edge is told apart by, besides its inode and the holder. */
_Static_assert(sizeof(struct edge_key) == sizeof(struct inode_key) + sizeof(struct task_key) + 8,
	       "the rest of an edge's key is a number");

static struct live_key key_of(const struct edge_key *edge)
{
	struct live_key key = { .inode = edge->inode, .task = edge->holder };

	memcpy(&key.nr, &edge->wait, sizeof(key.nr));
	return key;
}

static const char *holder_name(const struct edge_key *key)
{
	switch (key->holder_sort) {
	case HOLDER_OP:
	case HOLDER_READER:
		return key->holder_op < OP_NR ? op_table[key->holder_op].name : "n/a";
	case HOLDER_READERS:
		return "readers";
	case HOLDER_TASK:
		return "no operation";
	case HOLDER_LEAKED:
		return "task gone";
	default:
		return "nobody";
	}
}

static int add_row(const struct live *l, struct live_list *list, const struct edge_row *row)
{
	const struct edge_key *edge = &row->key;
	const struct live_key key = key_of(edge);
	char buf[PATH_BYTES * 2];
	int err = live_list__row(list, &key,
				 edge->holder_sort == HOLDER_LEAKED ? STYLE_BAD : STYLE_PLAIN);

	live_list__cell(list, COL_TOTAL, row->edge.total_ns, "%s", NS(row->edge.total_ns));
	live_list__cell(list, COL_WAITS, row->edge.cnt, "%s", COUNT(row->edge.cnt));
	live_list__cell(list, COL_MAX, row->edge.max_ns, "%s", NS(row->edge.max_ns));
	live_list__cell(list, COL_OP, 0, "%s", op_table[edge->op].name);
	live_list__cell(list, COL_LOCK, 0, "%s", wait_table[edge->wait].group);
	live_list__cell(list, COL_HOLDER, 0, "%s", holder_name(edge));
	if (edge->holder.pid)
		live_list__cell(list, COL_TASK, 0, "%s",
				live_task_label(l, &edge->holder, NULL, buf, sizeof(buf)));
	if (edge->holder_wait < WAIT_NR)
		live_list__cell(list, COL_WHY, 0, "%s",
				say__wait(edge->holder_wait, edge->opcode, edge->holder_wait_op,
					  buf, sizeof(buf)));
	live_list__cell(list, COL_INODE, 0, "%s",
			live_inode_label(l, &edge->inode, buf, sizeof(buf)));
	return err;
}

static int fill(const struct live *l, struct live_list *list)
{
	struct edge_list edges;
	int err = summary__top_edges(l->s, 0, &edges);

	if (err)
		return err;
	for (size_t i = 0; !err && i < edges.cnt; i++)
		err = add_row(l, list, edges.rows[i]);
	edge_list__fini(&edges);
	return err;
}

/* ---- above the list: the locks ---- */

#define LOCK_FORMAT "%-16s %7s %7s %7s %7s %7s"

static void draw_lock(const struct live *l, struct rect area, unsigned int wait, __u64 most_ns)
{
	const struct wait_figures *f = summary__wait(l->s, wait);
	struct bar_part part = { .value = f->total_ns, .style = STYLE_WARN };
	unsigned int cols;

	if (summary__why_unmeasured(l->s, "wait.", wait_table[wait].name)) {
		canvas__printf(l->c, area.row, area.col, area.cols, STYLE_PLAIN, "%-16s %7s",
			       wait_table[wait].name, "n/a");
		return;
	}
	cols = canvas__printf(l->c, area.row, area.col, area.cols, STYLE_PLAIN, LOCK_FORMAT,
			      wait_table[wait].name, COUNT(f->cnt), NS(f->total_ns),
			      NS(f->total_ns / f->cnt), NS(hist_quantile(f->hist, 990, f->max_ns)),
			      NS(f->max_ns));
	if (area.cols > cols + 3)
		canvas__bar(l->c, area.row, area.col + cols + 2, area.cols - cols - 2, &part, 1,
			    most_ns);
}

/* Those that were waited for, most time first, and those that nobody could see. */
static size_t order_locks(const struct live *l, unsigned int order[WAIT_NR])
{
	size_t cnt = 0;

	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		const struct wait_figures *f = summary__wait(l->s, wait);
		bool is_unmeasured = summary__why_unmeasured(l->s, "wait.", wait_table[wait].name);
		size_t at;

		if (!wait_table[wait].is_lock || (!f->cnt && !is_unmeasured))
			continue;
		for (at = cnt++; at && summary__wait(l->s, order[at - 1])->total_ns < f->total_ns;
		     at--)
			order[at] = order[at - 1];
		order[at] = wait;
	}
	return cnt;
}

static unsigned int head(const struct live *l, struct rect area)
{
	unsigned int order[WAIT_NR], rows = 1;
	size_t cnt = order_locks(l, order);
	char name[48] = "lock";

	if (area.rows < 3)
		return 0;
	if (!cnt) {
		canvas__printf(l->c, area.row, area.col, area.cols, STYLE_PLAIN,
			       "No wait for a lock has ended in %s.", NS(l->duration_ns));
		return 1;
	}
	if (cnt > area.rows - 2)
		snprintf(name, sizeof(name), "lock, %u of %zu", area.rows - 2, cnt);
	canvas__printf(l->c, area.row, area.col, area.cols, STYLE_BOLD, LOCK_FORMAT, name, "waits",
		       "total", "mean", "p99", "max");
	for (size_t i = 0; i < cnt && rows + 1 < area.rows; i++) {
		struct rect line = area;

		line.row += rows++;
		draw_lock(l, line, order[i], summary__wait(l->s, order[0])->total_ns);
	}
	return rows + 1; /* an empty one below */
}

/* ---- below it: the selected edge, in words ---- */

static void say_holder(const struct live *l, struct live_say *text, const struct edge_row *row)
{
	const struct edge_key *key = &row->key;
	const struct edge *edge = &row->edge;
	char who[SAY_HOLDER], wait[SAY_LABEL];

	live_say__line(text, "");
	live_say__add(text, "held by %s",
		      say__holder(l->s, key->holder_sort, key->holder_op, &key->holder,
				  names__comm(l->d->names, &key->holder), who, sizeof(who)));
	if (key->holder_sort == HOLDER_LEAKED)
		live_say__add(text, "this file will not come back");
	if (edge->held_max_ns)
		live_say__add(text, "for at most %s", NS(edge->held_max_ns));
	if (edge->waiters_max > 1)
		live_say__add(text, "up to %s behind one hold", COUNT(edge->waiters_max));
	if (edge->holds_cnt > 1)
		live_say__add(text, "%s holds", COUNT(edge->holds_cnt));
	if (key->holder_wait < WAIT_NR)
		live_say__line(text, "which");
	if (key->holder_wait < WAIT_NR)
		live_say__add(text, "itself waited for %s meanwhile",
			      say__wait(key->holder_wait, key->opcode, key->holder_wait_op, wait,
					sizeof(wait)));
}

static void say_edge(const struct live *l, struct live_say *text, const struct edge_row *row)
{
	char label[PATH_BYTES * 2];

	live_say__add(text, "%s of %s waited %s times for %s, %s in all, %s at most",
		      op_table[row->key.op].name,
		      live_inode_label(l, &row->key.inode, label, sizeof(label)),
		      COUNT(row->edge.cnt), wait_table[row->key.wait].name, NS(row->edge.total_ns),
		      NS(row->edge.max_ns));
	say_holder(l, text, row);
}

#define ROWS_FOR_HELP 12

static void say_help(struct live_say *text, const struct wait_desc *wait)
{
	live_say__line(text, "");
	live_say__add(text, "%s: %s", wait->name, wait->help);
}

static unsigned int foot(const struct live *l, struct rect area, const struct live_key *key)
{
	struct edge_list edges;
	struct live_say text;
	char title[256] = "";

	if (!key || summary__top_edges(l->s, 0, &edges))
		return 0;
	live_say__init(&text, l, area.cols > 2 ? area.cols - 2 : area.cols);
	for (size_t i = 0; i < edges.cnt; i++) {
		const struct edge_key *edge = &edges.rows[i]->key;
		const struct live_key other = key_of(edge);

		if (!live_key__is_same(key, &other))
			continue;
		snprintf(title, sizeof(title), "%s %s %s", op_table[edge->op].name,
			 canvas__glyph(l->c, GLYPH_LEFT), holder_name(edge));
		say_edge(l, &text, edges.rows[i]);
		if (area.rows >= ROWS_FOR_HELP)
			say_help(&text, &wait_table[edge->wait]);
		break;
	}
	edge_list__fini(&edges);
	return text.cnt ? live_say__foot(l, area, title, &text) : 0;
}

const struct live_tab_row live_tab_locks = {
	.name = "locks",
	.title = "which locks were waited for, behind whom, and what that one waited for",
	.empty = "Nobody waited behind a holder of a lock.",
	.columns = columns,
	.columns_cnt = COL_NR,
	.best_sort = COL_TOTAL,
	.enter = FOCUS_INODE,
	.enter_tab = TAB_INODES,
	.fill = fill,
	.head = head,
	.foot = foot,
};
