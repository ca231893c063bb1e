// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The view of single operations that took long of late: who, on what, waiting for what, behind
 * whom.
 */
#include <string.h>

#include "live_say.h"

enum {
	COL_TOOK,
	COL_AGO,
	COL_OP,
	COL_OUTCOME,
	COL_RETRIES,
	COL_WAIT,
	COL_BAR,
	COL_TASK,
	COL_INODE,
	COL_NR
};

static const struct live_column columns[COL_NR] = {
	[COL_TOOK] = { .name = "took", .width = 7 },
	[COL_AGO] = { .name = "ago", .width = 6 },
	[COL_OP] = { .name = "operation", .width = 15, .is_left = true, .is_text = true },
	[COL_OUTCOME] = { .name = "ended",
			  .width = 11,
			  .is_left = true,
			  .is_text = true,
			  .from_cols = 100 },
	[COL_RETRIES] = { .name = "retries", .width = 8, .from_cols = 130 },
	[COL_WAIT] = { .name = "mostly for", .width = 16, .is_left = true, .is_text = true },
	[COL_BAR] = { .name = "what it waited for",
		      .width = 20,
		      .is_left = true,
		      .from_cols = 120 },
	[COL_TASK] = { .name = "task", .width = 16, .is_left = true, .is_text = true },
	[COL_INODE] = { .name = "inode", .is_left = true, .is_text = true },
};

static struct live_key key_of(const struct live_event *e)
{
	return (struct live_key){
		.op = e->op, .inode = e->inode, .task = e->task, .nr = e->end_ns
	};
}

/* "EINTR", "errno 600", "sigbus", "done" */
static const char *outcome_text(const struct live_event *e, char *buf, size_t bytes)
{
	if (e->err && errno_name(e->err))
		return errno_name(e->err);
	snprintf(buf, bytes, "errno %u", e->err);
	if (e->err)
		return buf;
	return e->outcome < OUTCOME_NR ? outcome_table[e->outcome].name : "n/a";
}

static __u64 ago_ns(const struct live *l, const struct live_event *e)
{
	__u64 now_ns = summary__end_ns(l->s);

	return now_ns > e->end_ns ? now_ns - e->end_ns : 0;
}

static bool is_bad(const struct live_event *e)
{
	return e->outcome == OUTCOME_ERRNO || e->outcome == OUTCOME_SIGBUS;
}

static void add_waits(struct live_list *list, const struct live_event *e)
{
	struct bar_part parts[LIVE_BAR_PARTS];
	unsigned int order[WAIT_NR];

	if (live_wait_order(e->wait_ns, order))
		live_list__cell(list, COL_WAIT, 0, "%s", wait_table[order[0]].name);
	else
		live_list__cell(list, COL_WAIT, 0, "own work");
	live_list__bar(list, COL_BAR, 0, parts, live_wait_parts(e->wait_ns, parts), e->dur_ns);
}

static int add_row(const struct live *l, struct live_list *list, const struct live_event *e)
{
	const struct live_key key = key_of(e);
	char buf[PATH_BYTES * 2];
	int err = live_list__row(list, &key, is_bad(e) ? STYLE_WARN : STYLE_PLAIN);

	live_list__cell(list, COL_TOOK, e->dur_ns, "%s", NS(e->dur_ns));
	live_list__cell(list, COL_AGO, ago_ns(l, e), "%s", NS(ago_ns(l, e)));
	live_list__cell(list, COL_OP, 0, "%s", op_table[e->op].name);
	live_list__cell(list, COL_OUTCOME, 0, "%s", outcome_text(e, buf, sizeof(buf)));
	if (e->retries)
		live_list__cell(list, COL_RETRIES, e->retries, "%s", COUNT(e->retries));
	add_waits(list, e);
	live_list__cell(list, COL_TASK, 0, "%s",
			live_task_label(l, &e->task, NULL, buf, sizeof(buf)));
	live_list__cell(list, COL_INODE, 0, "%s", live_inode_label(l, &e->inode, buf, sizeof(buf)));
	return err;
}

static int fill(const struct live *l, struct live_list *list)
{
	int err = 0;

	for (size_t i = 0; i < l->d->events_cnt && !err; i++)
		err = add_row(l, list, &l->d->events[i]);
	return err;
}

static unsigned int head(const struct live *l, struct rect area)
{
	__u64 wait_ns[WAIT_NR] = {};
	struct live_say text;

	if (area.rows < 2)
		return 0;
	if (l->d->events_why_not) {
		live_say__init(&text, l, area.cols);
		live_say__add(&text, "Single operations n/a: %s", l->d->events_why_not);
		return live_say__draw(l, area, STYLE_WARN, &text);
	}
	for (size_t i = 0; i < l->d->events_cnt; i++)
		for (unsigned int wait = 0; wait < WAIT_NR; wait++)
			wait_ns[wait] += l->d->events[i].wait_ns[wait];
	if (!l->d->events_cnt || area.cols < 120)
		return 0; /* no bars, so nothing to explain */
	live_wait_legend(l, area.row, area.col, wait_ns);
	return 1;
}

/* ---- below it: what it waited for, and behind whom ---- */

static void say_blame(const struct live *l, struct live_say *text, const struct edge_key *key)
{
	char who[SAY_HOLDER], wait[SAY_LABEL];

	live_say__line(text, "");
	live_say__add(text, "longest for a lock: %s", wait_table[key->wait].name);
	live_say__add(text, "held by %s",
		      say__holder(l->s, key->holder_sort, key->holder_op, &key->holder,
				  names__comm(l->d->names, &key->holder), who, sizeof(who)));
	if (key->holder_wait >= WAIT_NR)
		return;
	live_say__line(text, "which");
	live_say__add(
		text, "itself waited for %s meanwhile",
		say__wait(key->holder_wait, key->opcode, key->holder_wait_op, wait, sizeof(wait)));
}

static void say_waits(struct live_say *text, const struct live_event *e)
{
	unsigned int order[WAIT_NR];
	size_t cnt = live_wait_order(e->wait_ns, order);
	__u64 own_ns = e->dur_ns;

	for (size_t i = 0; i < cnt; i++) {
		__u64 ns = e->wait_ns[order[i]];

		live_say__add(text, "%s%s (%s%%) for %s", i ? "" : "waited ", NS(ns),
			      PERCENT(ns, e->dur_ns), wait_table[order[i]].name);
		own_ns -= ns < own_ns ? ns : own_ns;
	}
	if (own_ns)
		live_say__add(text, "%s of own work", NS(own_ns));
	if (e->retries && op_table[e->op].retry_wait < WAIT_NR)
		live_say__add(text, "tried %s times again (%s)", COUNT(e->retries),
			      wait_table[op_table[e->op].retry_wait].name);
}

static unsigned int foot(const struct live *l, struct rect area, const struct live_key *key)
{
	const struct live_event *e = NULL;
	char title[256], task[SAY_LABEL], outcome[32];
	char label[PATH_BYTES * 2];
	struct live_say text;

	for (size_t i = 0; key && i < l->d->events_cnt && !e; i++) {
		const struct live_key other = key_of(&l->d->events[i]);

		if (live_key__is_same(key, &other))
			e = &l->d->events[i];
	}
	if (!e)
		return 0;
	snprintf(title, sizeof(title), "%s of %s took %s: %s", op_table[e->op].name,
		 live_task_label(l, &e->task, NULL, task, sizeof(task)), NS(e->dur_ns),
		 outcome_text(e, outcome, sizeof(outcome)));
	live_say__init(&text, l, area.cols > 2 ? area.cols - 2 : area.cols);
	live_say__add(&text, "%s", live_inode_label(l, &e->inode, label, sizeof(label)));
	live_say__add(&text, "ended %s ago", NS(ago_ns(l, e)));
	live_say__line(&text, "");
	say_waits(&text, e);
	if (e->has_blame)
		say_blame(l, &text, &e->blame);
	return live_say__foot(l, area, title, &text);
}

const struct live_tab_row live_tab_events = {
	.name = "events",
	.title = "the slowest single operations of late",
	.empty = "No operation is among the slowest yet.",
	.columns = columns,
	.columns_cnt = COL_NR,
	.best_sort = COL_TOOK,
	.enter = FOCUS_CHAIN,
	.enter_tab = TAB_EVENTS,
	.fill = fill,
	.head = head,
	.foot = foot,
};
