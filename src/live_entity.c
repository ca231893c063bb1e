// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Inodes and tasks: what their lists have in common, and the panel that tells what one of them did.
 */
#include "live_entity.h"

#include <errno.h>
#include <stdlib.h>

#define LABEL_BYTES 2048

/* Inodes or tasks: what tells the two apart. */
struct kind {
	bool is_task;
	int (*rows)(const struct summary *s, enum sort_key sort, size_t cnt, struct top_list *res);
};

static const struct kind inodes = { false, summary__top_inodes };
static const struct kind tasks = { true, summary__top_tasks };

static struct live_key key_of(const struct kind *kind, const struct entity *e)
{
	struct live_key key = {};

	if (kind->is_task)
		key.task = *entity__task(e);
	else
		key.inode = *entity__inode(e);
	return key;
}

static char *label(const struct live *l, bool is_task, const struct live_key *key, const char *comm,
		   char *buf)
{
	return is_task ? live_task_label(l, &key->task, comm, buf, LABEL_BYTES)
		       : live_inode_label(l, &key->inode, buf, LABEL_BYTES);
}

/* ---- the list ---- */

struct now {
	size_t cnt;
	__u64 oldest_ns;
};

static bool is_row_of(const struct in_flight_row *row, bool is_task, const struct live_key *key)
{
	return is_task ? task_key__is_same(&row->task, &key->task)
		       : inode_key__is_same(&row->inode, &key->inode);
}

/*
 * What it has in flight; of a task, and of an inode that one uses, one operation may be inside
 * another.
 */
static struct now find_now(const struct live *l, bool is_task, const struct live_key *key)
{
	struct now now = {};

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(l->s, i);

		if (!row->is_innermost || !is_row_of(row, is_task, key))
			continue;
		now.cnt++;
		if (row->age_ns > now.oldest_ns)
			now.oldest_ns = row->age_ns;
	}
	return now;
}

static int new_row(const struct live *l, const struct kind *kind, struct live_list *list,
		   const struct live_key *key, const char *comm)
{
	struct now now = find_now(l, kind->is_task, key);
	bool is_stuck = l->d->stuck_ns && now.cnt && now.oldest_ns >= l->d->stuck_ns;
	int err = live_list__row(list, key, is_stuck ? STYLE_BAD : STYLE_PLAIN);
	char buf[LABEL_BYTES];

	if (now.cnt)
		live_list__cell(list, ENTITY_NOW, now.cnt, "%s%s", COUNT(now.cnt),
				is_stuck ? LIVE_STUCK_MARK : "");
	live_list__cell(list, ENTITY_NAME, 0, "%s", label(l, kind->is_task, key, comm, buf));
	return err;
}

static void add_totals(const struct live *l, const struct kind *kind, struct live_list *list,
		       const struct figures *f, enum op_measure measure)
{
	bool is_counted = measure == MEASURE_ALL || measure == MEASURE_WAITED;
	bool has_all = !kind->is_task || summary__detail(l->s) == DETAIL_FULL;
	__u64 cnt = has_all ? f->cnt : figures__timed(f);

	live_list__cell(list, ENTITY_WAIT, f->all_wait_ns, "%s",
			f->all_wait_ns ? NS(f->all_wait_ns) : "-");
	if (is_counted) {
		live_list__cell(list, ENTITY_TOTAL, f->total_ns, "%s",
				figures__timed(f) ? NS(f->total_ns) : "-");
		live_list__cell(list, ENTITY_COUNT, cnt, "%s", COUNT(cnt));
		live_list__cell(list, ENTITY_RATE, cnt, "%s", RATE(cnt, l->duration_ns));
	} else {
		live_list__cell(list, ENTITY_TOTAL, LIVE_NOT_KNOWN, "n/a");
		live_list__cell(list, ENTITY_COUNT, LIVE_NOT_KNOWN, "n/a");
		live_list__cell(list, ENTITY_RATE, LIVE_NOT_KNOWN, "n/a");
	}
}

static void add_worst(const struct live *l, struct live_list *list, unsigned int op,
		      const struct figures *f)
{
	__u64 span_ns = summary__op_span_ns(l->s, op, f->total_ns, f->wait_ns);
	unsigned int order[WAIT_NR];
	struct bar_part parts[LIVE_BAR_PARTS];

	live_list__cell(list, ENTITY_WORST, 0, "%s", op_table[op].name);
	if (live_wait_order(f->wait_ns, order))
		live_list__cell(list, ENTITY_WHY, f->wait_ns[order[0]], "%3s%% %s",
				PERCENT(f->wait_ns[order[0]], span_ns), wait_table[order[0]].name);
	else
		live_list__cell(list, ENTITY_WHY, 0, "%s",
				summary__measure(l->s, op) == MEASURE_ALL ? "     own work"
									  : "     no wait");
	if (span_ns)
		live_list__bar(list, ENTITY_BAR, f->all_wait_ns, parts,
			       live_wait_parts(f->wait_ns, parts), span_ns);
}

static int add_entity(const struct live *l, const struct kind *kind, struct live_list *list,
		      const struct entity *e)
{
	unsigned int worst = entity__worst_op(e);
	struct live_key key = key_of(kind, e);
	int err = new_row(l, kind, list, &key, NULL);
	struct figures f;

	entity__figures(e, &f);
	add_totals(l, kind, list, &f, summary__entity_measure(l->s, e));
	entity__op(e, worst, &f);
	add_worst(l, list, worst, &f);
	return err;
}

static bool is_listed(const struct kind *kind, const struct top_list *top,
		      const struct live_key *key)
{
	for (size_t i = 0; i < top->cnt; i++) {
		struct live_key have = key_of(kind, top->rows[i]);

		if (live_key__is_same(&have, key))
			return true;
	}
	return false;
}

static struct live_key key_in_flight(const struct kind *kind, const struct in_flight_row *row)
{
	struct live_key key = {};

	if (kind->is_task)
		key.task = row->task;
	else
		key.inode = row->inode;
	return key;
}

/* Those that finished nothing, but are at something: they may be stuck. */
static int add_in_flight(const struct live *l, const struct kind *kind, struct live_list *list,
			 const struct top_list *top)
{
	size_t cnt = summary__in_flight_row_cnt(l->s);

	for (size_t i = 0; i < cnt; i++) {
		const struct in_flight_row *row = summary__in_flight_row(l->s, i);
		struct live_key key = key_in_flight(kind, row);
		bool is_told = !kind->is_task && !row->inode.nodeid;
		int err;

		for (size_t j = 0; j < i && !is_told; j++)
			is_told = summary__in_flight_row(l->s, j)->is_innermost &&
				  is_row_of(summary__in_flight_row(l->s, j), kind->is_task, &key);
		if (is_told || !row->is_innermost || is_listed(kind, top, &key))
			continue;
		err = new_row(l, kind, list, &key, row->comm);
		if (err)
			return err;
		live_list__cell(list, ENTITY_WORST, 0, "%s", op_table[row->op].name);
		if (row->wait < WAIT_NR)
			live_list__cell(list, ENTITY_WHY, LIVE_NOT_KNOWN, " now %s",
					wait_table[row->wait].name);
	}
	return 0;
}

/* What the kernel had no room for by itself. */
static int add_rest(const struct live *l, const struct kind *kind, struct live_list *list,
		    const struct top_list *top)
{
	struct live_key key = {};
	int err;

	if (!top->has_overflow)
		return 0;
	if (kind->is_task)
		key.task.pid = TASK_REST_PID;
	else
		key.inode.nodeid = INODE_REST_NODEID;
	err = new_row(l, kind, list, &key, NULL);
	add_totals(l, kind, list, &top->rest, top->rest_measure);
	return err;
}

static int fill(const struct live *l, const struct kind *kind, struct live_list *list)
{
	struct top_list top;
	int err = kind->rows(l->s, summary__sort_key(l->s, SORT_WAIT), 0, &top);

	if (err)
		return err;
	for (size_t i = 0; i < top.cnt && !err; i++)
		err = add_entity(l, kind, list, top.rows[i]);
	if (!err)
		err = add_in_flight(l, kind, list, &top);
	if (!err)
		err = add_rest(l, kind, list, &top);
	top_list__fini(&top);
	return err;
}

int live_entity__fill_inodes(const struct live *l, struct live_list *list)
{
	return fill(l, &inodes, list);
}

int live_entity__fill_tasks(const struct live *l, struct live_list *list)
{
	return fill(l, &tasks, list);
}

unsigned int live_entity__head(const struct live *l, struct rect area)
{
	__u64 wait_ns[WAIT_NR];
	unsigned int rows = 0;

	if (area.cols >= ENTITY_BAR_FROM && area.rows) {
		for (unsigned int i = 0; i < WAIT_NR; i++)
			wait_ns[i] = summary__wait(l->s, i)->total_ns;
		live_wait_legend(l, area.row + rows++, area.col, wait_ns);
	}
	if (summary__detail(l->s) == DETAIL_COUNTS && rows < area.rows)
		canvas__text(
			l->c, area.row + rows++, area.col, area.cols, STYLE_DIM,
			"Detail counts: of faults, reads and writes only those that waited are "
			"timed.");
	return rows;
}

/* ---- the panel of one ---- */

struct panel_op {
	unsigned int op;
	struct figures f;
};

static int compare_ops(const void *a, const void *b)
{
	const struct panel_op *x = a, *y = b;

	if (x->f.all_wait_ns != y->f.all_wait_ns)
		return x->f.all_wait_ns > y->f.all_wait_ns ? -1 : 1;
	if (x->f.total_ns != y->f.total_ns)
		return x->f.total_ns > y->f.total_ns ? -1 : 1;
	return x->op < y->op ? -1 : x->op > y->op;
}

static size_t add_ops(const struct entity *e, struct panel_op ops[OP_NR])
{
	size_t cnt = 0;

	for (unsigned int op = 0; op < OP_NR; op++) {
		ops[cnt].op = op;
		cnt += entity__op(e, op, &ops[cnt].f);
	}
	return cnt;
}

static size_t find_inode_ops(const struct live *l, const struct inode_key *key,
			     struct panel_op ops[OP_NR])
{
	const struct entity *e = NULL;

	while ((e = summary__next_inode(l->s, e))) {
		if (inode_key__is_same(entity__inode(e), key))
			return add_ops(e, ops);
	}
	return 0;
}

static size_t find_task_ops(const struct live *l, const struct task_key *key,
			    struct panel_op ops[OP_NR])
{
	struct top_list top;
	size_t cnt = 0;

	if (summary__top_tasks(l->s, SORT_WAIT, 0, &top))
		return 0;
	for (size_t i = 0; i < top.cnt && !cnt; i++) {
		if (task_key__is_same(entity__task(top.rows[i]), key))
			cnt = add_ops(top.rows[i], ops);
	}
	top_list__fini(&top);
	return cnt;
}

/* What it did, what it waited longest in first; none if it is not in this summary. */
static size_t find_ops(const struct live *l, bool is_task, const struct live_key *key,
		       struct panel_op ops[OP_NR])
{
	size_t cnt =
		is_task ? find_task_ops(l, &key->task, ops) : find_inode_ops(l, &key->inode, ops);

	qsort(ops, cnt, sizeof(ops[0]), compare_ops);
	return cnt;
}

/* What is known of it besides its name. */
static void add_facts(const struct live *l, bool is_task, const struct live_key *key,
		      struct live_line *line)
{
	const struct inode_name *name = is_task ? NULL : names__inode(l->d->names, &key->inode);
	struct now now = find_now(l, is_task, key);

	if (name && name->size_bytes)
		live_line__add(line, "%s", BYTES(name->size_bytes));
	for (size_t i = 0; !is_task && i < summary__share_cnt(l->s); i++) {
		const struct window_share *share = summary__share(l->s, i);

		if (inode_key__is_same(&share->inode, &key->inode))
			live_line__add(line, "holds %s ranges", COUNT(share->ranges_cnt));
	}
	if (now.cnt)
		live_line__add(line, "%zu in flight for up to %s", now.cnt, NS(now.oldest_ns));
}

#define RULE_COLUMNS 8 /* that a title in a rule leaves */

static void draw_title(const struct live *l, struct rect area, bool is_task,
		       const struct live_key *key)
{
	char buf[LABEL_BYTES], tail[LABEL_BYTES], title[LABEL_BYTES + 512];
	struct live_line facts = {};
	unsigned int used;

	add_facts(l, is_task, key, &facts);
	label(l, is_task, key, NULL, buf);
	used = facts.used + RULE_COLUMNS;
	snprintf(title, sizeof(title), "%s%s%s",
		 fmt__tail(tail, sizeof(tail), buf, area.cols > used + 20 ? area.cols - used : 20),
		 facts.used ? ": " : "", facts.text);
	live_rule(l, area, title);
}

#define PANEL_BAR_FROM	100 /* columns of the screen */
#define PANEL_BAR_WIDTH 24

static void draw_op(const struct live *l, struct rect area, const struct panel_op *p)
{
	enum op_measure measure = summary__measure(l->s, p->op);
	bool is_counted = measure == MEASURE_ALL || measure == MEASURE_WAITED;
	__u64 span_ns = summary__op_span_ns(l->s, p->op, p->f.total_ns, p->f.wait_ns);
	struct bar_part parts[LIVE_BAR_PARTS];
	struct live_line line = {};
	unsigned int at;

	at = 1 + canvas__printf(l->c, area.row, 1, 0, STYLE_PLAIN, "%-15s %6s %7s %7s ",
				op_table[p->op].name, is_counted ? COUNT(p->f.cnt) : "n/a",
				!is_counted		? "n/a"
				: figures__timed(&p->f) ? NS(p->f.total_ns)
							: "-",
				p->f.all_wait_ns ? NS(p->f.all_wait_ns) : "-");
	if (area.cols >= PANEL_BAR_FROM) {
		canvas__bar(l->c, area.row, at + 1, PANEL_BAR_WIDTH, parts,
			    live_wait_parts(p->f.wait_ns, parts), span_ns);
		at += PANEL_BAR_WIDTH + 2;
	}
	live_line__add_waits(&line, p->f.wait_ns, span_ns, measure > MEASURE_WAITS);
	live_text(l, area.row, at + 1, STYLE_PLAIN, line.text);
}

unsigned int live_entity__panel(const struct live *l, struct rect area, const struct live_key *key,
				bool is_task, bool is_foot)
{
	struct panel_op *ops;
	size_t cnt;

	if (area.rows < 3)
		return 0;
	ops = calloc(OP_NR, sizeof(*ops));
	if (!ops)
		return 0;
	cnt = find_ops(l, is_task, key, ops);
	if (cnt > area.rows - 2)
		cnt = area.rows - 2;
	if (is_foot)
		area.row += area.rows - 2 - cnt;
	draw_title(l, area, is_task, key);
	area.row++;
	if (cnt)
		canvas__printf(l->c, area.row, 1, 0, STYLE_DIM, "%-15s %6s %7s %7s  %s",
			       "operation", "count", "total", "waited", "of which");
	else
		canvas__text(l->c, area.row, 1, 0, STYLE_DIM,
			     "Nothing of it finished in this time.");
	for (size_t i = 0; i < cnt; i++) {
		area.row++;
		draw_op(l, area, &ops[i]);
	}
	free(ops);
	return 2 + cnt;
}
