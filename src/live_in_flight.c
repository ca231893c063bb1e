// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The view of what is in progress: an operation a row, the oldest first, and below it all that is
 * in the way of the selected one. Surprising: the kernel side tells the oldest ones only
 * (IN_FLIGHT_ROWS), the line above counts all.
 */
#include <string.h>

#include "live_say.h"

enum {
	COL_AGE,
	COL_OP,
	COL_WAIT,
	COL_FOR,
	COL_STATE,
	COL_CPU,
	COL_TASK,
	COL_BEHIND,
	COL_INODE,
	COL_NR
};

static const struct live_column columns[COL_NR] = {
	[COL_AGE] = { .name = "age", .width = 7 },
	[COL_OP] = { .name = "operation", .width = 15, .is_left = true, .is_text = true },
	[COL_WAIT] = { .name = "waits for", .width = 16, .is_left = true, .is_text = true },
	[COL_FOR] = { .name = "for", .width = 7, .from_cols = 90 },
	[COL_STATE] = { .name = "S", .width = 1, .is_text = true, .from_cols = 90 },
	[COL_CPU] = { .name = "CPU", .width = 6, .from_cols = 100 },
	[COL_TASK] = { .name = "task", .width = 18, .is_left = true, .is_text = true },
	[COL_BEHIND] = { .name = "at last behind",
			 .width = 30,
			 .is_left = true,
			 .is_text = true,
			 .from_cols = 130 },
	[COL_INODE] = { .name = "inode", .is_left = true, .is_text = true },
};

/* Of those that have all else alike, which one: they are in the same order at each look. */
static __u64 ordinal(const struct live *l, size_t i)
{
	const struct in_flight_row *row = summary__in_flight_row(l->s, i);
	__u64 cnt = 0;

	for (size_t j = 0; j < i; j++) {
		const struct in_flight_row *other = summary__in_flight_row(l->s, j);

		cnt += other->op == row->op && task_key__is_same(&other->task, &row->task) &&
		       inode_key__is_same(&other->inode, &row->inode);
	}
	return cnt;
}

static struct live_key key_of(const struct live *l, size_t i)
{
	const struct in_flight_row *row = summary__in_flight_row(l->s, i);

	return (struct live_key){
		.op = row->op, .inode = row->inode, .task = row->task, .nr = ordinal(l, i)
	};
}

static bool is_stuck(const struct live *l, const struct in_flight_row *row)
{
	return l->d->stuck_ns && row->age_ns >= l->d->stuck_ns;
}

/* What nobody holds: the page, the host, or the worker that should be there. */
static const char *end_text(const struct chain_step *end, char *buf, size_t bytes)
{
	const char *request = opcode_name(end->opcode);

	if (end->sort == CHAIN_PAGE)
		return "a pinned page";
	if (end->sort == CHAIN_NO_WORKER)
		return "no reclaim worker";
	snprintf(buf, bytes, "%s%s%s", end->wait == WAIT_REQUEST_HOST ? "the host" : "the guest",
		 request ? ", " : "", request ?: "");
	return buf;
}

/* The last one that is named in a chain; NULL: none is. */
static const struct chain_step *last_named(const struct chain_step *steps, size_t cnt)
{
	while (cnt--)
		if (steps[cnt].sort == CHAIN_HOLDER || steps[cnt].sort == CHAIN_WORKER)
			return &steps[cnt];
	return NULL;
}

/* Where to begin. */
static void add_behind(const struct live *l, struct live_list *list,
		       const struct in_flight_row *row)
{
	struct chain_step steps[CHAIN_STEPS];
	bool is_loop;
	size_t cnt = summary__chain(l->s, row, steps, &is_loop);
	const struct chain_step *named = last_named(steps, cnt);
	char buf[SAY_HOLDER];

	if (is_loop)
		live_list__cell(list, COL_BEHIND, 0, "itself: a deadlock");
	else if (named && named->sort == CHAIN_WORKER)
		live_list__cell(list, COL_BEHIND, 0, "the reclaim worker");
	else if (named)
		live_list__cell(list, COL_BEHIND, 0, "%s",
				say__holder(l->s, named->holder.sort, named->holder.op,
					    &named->holder.task, named->holder.comm, buf,
					    sizeof(buf)));
	else if (cnt)
		live_list__cell(list, COL_BEHIND, 0, "%s",
				end_text(&steps[cnt - 1], buf, sizeof(buf)));
}

static void add_now(struct live_list *list, const struct in_flight_row *row)
{
	const struct in_flight_task *now = &row->now;

	if (now->state)
		live_list__cell(list, COL_STATE, 0, "%c", now->state);
	if (now->has_cpu)
		live_list__cell(list, COL_CPU, now->cpu_ns, "%s", NS(now->cpu_ns));
}

static int add_row(const struct live *l, struct live_list *list, size_t i)
{
	const struct in_flight_row *row = summary__in_flight_row(l->s, i);
	enum style style = is_stuck(l, row)    ? STYLE_BAD
			   : row->is_outermost ? STYLE_PLAIN
					       : STYLE_DIM;
	const struct live_key key = key_of(l, i);
	char buf[PATH_BYTES * 2];
	int err = live_list__row(list, &key, style);

	live_list__cell(list, COL_AGE, row->age_ns, "%s", NS(row->age_ns));
	live_list__cell(list, COL_OP, 0, "%s", op_table[row->op].name);
	if (row->wait < WAIT_NR) {
		live_list__cell(list, COL_WAIT, 0, "%s", wait_table[row->wait].name);
		live_list__cell(list, COL_FOR, row->wait_ns, "%s", NS(row->wait_ns));
	}
	add_now(list, row);
	add_behind(l, list, row);
	live_list__cell(list, COL_TASK, 0, "%s",
			live_task_label(l, &row->task, row->comm, buf, sizeof(buf)));
	live_list__cell(list, COL_INODE, 0, "%s",
			live_inode_label(l, &row->inode, buf, sizeof(buf)));
	return err;
}

static int fill(const struct live *l, struct live_list *list)
{
	int err = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s) && !err; i++)
		err = add_row(l, list, i);
	return err;
}

/* ---- above the list: what is wrong with mounts and faults, and how many there are ---- */

static unsigned int oldest_kind(const struct live *l, __u32 told)
{
	unsigned int best = OP_NR;

	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct in_flight *i = summary__in_flight(l->s, op);

		if (i->cnt && !(told & 1U << op) &&
		    (best == OP_NR || i->oldest_ns > summary__in_flight(l->s, best)->oldest_ns))
			best = op;
	}
	return best;
}

/* One line: all kinds may be many. */
static void say_counts(const struct live *l, struct live_line *line)
{
	unsigned int op;
	__u32 told = 0;

	for (; (op = oldest_kind(l, told)) < OP_NR; told |= 1U << op)
		live_line__add(line, "%s%s of %s %s",
			       told ? "" : "Oldest: ", NS(summary__in_flight(l->s, op)->oldest_ns),
			       COUNT(summary__in_flight(l->s, op)->cnt), op_table[op].name);
	if (summary__why_unmeasured(l->s, "in_flight.", "hits"))
		live_line__add(line, "hits n/a");
}

#define PART 7 /* of the rows there are for each: the list counts for more */

static unsigned int head(const struct live *l, struct rect area)
{
	struct live_line counts = {};
	struct live_say text;
	struct rect part = area;
	unsigned int rows;

	if (area.rows < 2)
		return 0;
	part.rows = (area.rows + PART - 1) / PART;
	live_say__init(&text, l, area.cols);
	for (size_t i = 0; i < summary__self_request_cnt(l->s); i++)
		say__self_request(&text.say, summary__self_request(l->s, i));
	rows = live_say__draw(l, part, STYLE_BAD, &text);
	live_say__init(&text, l, area.cols);
	for (size_t i = 0; i < summary__repeated_fault_cnt(l->s); i++)
		say__repeated_fault(&text.say, summary__repeated_fault(l->s, i));
	part.row += rows;
	rows += live_say__draw(l, part, STYLE_WARN, &text);
	say_counts(l, &counts);
	canvas__text(l->c, area.row + rows, area.col, area.cols, STYLE_PLAIN, counts.text);
	return rows + !!counts.used;
}

/* ---- below it: the chain of the selected one ---- */

static unsigned int foot(const struct live *l, struct rect area, const struct live_key *key)
{
	const struct in_flight_row *row = NULL;
	char title[256], task[SAY_LABEL];
	struct live_say text;

	for (size_t i = 0; key && i < summary__in_flight_row_cnt(l->s) && !row; i++) {
		const struct live_key other = key_of(l, i);

		if (live_key__is_same(key, &other))
			row = summary__in_flight_row(l->s, i);
	}
	if (!row)
		return 0;
	snprintf(title, sizeof(title), "%s of %s for %s", op_table[row->op].name,
		 live_task_label(l, &row->task, row->comm, task, sizeof(task)), NS(row->age_ns));
	live_say__init(&text, l, area.cols > 2 ? area.cols - 2 : area.cols);
	say__chain(&text.say, row);
	if (!text.cnt)
		live_say__add(&text, "waits for nothing that is known");
	say__task_now(&text.say, row, IN_FLIGHT_FUNCTIONS);
	return live_say__foot(l, area, title, &text);
}

const struct live_tab_row live_tab_in_flight = {
	.name = "in flight",
	.title = "what is in progress now, what it waits for, and who is in the way",
	.empty = "No operation is in flight.",
	.columns = columns,
	.columns_cnt = COL_NR,
	.best_sort = COL_AGE,
	.enter = FOCUS_CHAIN,
	.enter_tab = TAB_IN_FLIGHT,
	.fill = fill,
	.head = head,
	.foot = foot,
};
