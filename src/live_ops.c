// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The view of operations: how often, how long, and what their time went to. Rows are operations
 * that happened or are in flight. Surprising: what is in flight waits for something too, but its
 * wait is in no figure before it ends, so that such a row is marked instead.
 */
#include <string.h>

#include "hist.h"
#include "live_priv.h"

#define NAME_BYTES 32
#define MARK	   "*"

enum {
	COL_NAME,
	COL_NOW,
	COL_COUNT,
	COL_RATE,
	COL_WAITED,
	COL_PERCENT,
	COL_TOTAL,
	COL_MEAN,
	COL_P50,
	COL_P99,
	COL_MAX,
	COL_BAR,
	COL_NR
};

static const struct live_column columns[COL_NR] = {
	[COL_NAME] = { .name = "operation", .width = 16, .is_left = true, .is_text = true },
	[COL_NOW] = { .name = "now", .width = 4 },
	[COL_COUNT] = { .name = "count", .width = 6 },
	[COL_RATE] = { .name = "/s", .width = 6, .from_cols = 100 },
	[COL_WAITED] = { .name = "waited", .width = 7 },
	[COL_PERCENT] = { .name = "wait%", .width = 6 },
	[COL_TOTAL] = { .name = "total", .width = 7, .from_cols = 100 },
	[COL_MEAN] = { .name = "mean", .width = 7, .from_cols = 120 },
	[COL_P50] = { .name = "p50", .width = 7, .from_cols = 120 },
	[COL_P99] = { .name = "p99", .width = 7 },
	[COL_MAX] = { .name = "max", .width = 7 },
	[COL_BAR] = { .name = "where time went", .is_left = true },
};

static const char *marked_name(const struct live *l, unsigned int op, char buf[NAME_BYTES])
{
	bool is_marked = summary__measure(l->s, op) == MEASURE_WAITED;

	snprintf(buf, NAME_BYTES, "%s%s", op_table[op].name, is_marked ? MARK : "");
	return buf;
}

static __u64 span_ns(const struct live *l, unsigned int op)
{
	const struct op_figures *f = summary__op(l->s, op);

	return summary__op_span_ns(l->s, op, f->total_ns, f->wait_ns);
}

/* What cannot be known of it, at this detail or without its hook. */
static void add_unknown(struct live_list *list, unsigned int first, unsigned int last)
{
	for (unsigned int col = first; col <= last; col++)
		live_list__cell(list, col, LIVE_NOT_KNOWN, "n/a");
}

static void add_counts(const struct live *l, struct live_list *list, const struct op_figures *f)
{
	__u64 cnt = op_figures__count(f);

	live_list__cell(list, COL_COUNT, cnt, "%s", COUNT(cnt));
	live_list__cell(list, COL_RATE, cnt, "%s", RATE(cnt, l->duration_ns));
}

static void add_times(struct live_list *list, const struct op_figures *f)
{
	__u64 timed = op_figures__timed(f), p50, p99;

	if (!timed)
		return;
	p50 = hist_quantile(f->hist, 500, f->max_ns);
	p99 = hist_quantile(f->hist, 990, f->max_ns);
	live_list__cell(list, COL_TOTAL, f->total_ns, "%s", NS(f->total_ns));
	live_list__cell(list, COL_MEAN, f->total_ns / timed, "%s", NS(f->total_ns / timed));
	live_list__cell(list, COL_P50, p50, "%s", NS(p50));
	live_list__cell(list, COL_P99, p99, "%s", NS(p99));
	live_list__cell(list, COL_MAX, f->max_ns, "%s", NS(f->max_ns));
}

static void add_waits(const struct live *l, struct live_list *list, unsigned int op)
{
	const struct op_figures *f = summary__op(l->s, op);
	__u64 wait_ns = op_figures__wait_ns(f), span = span_ns(l, op);
	struct bar_part parts[LIVE_BAR_PARTS];

	live_list__cell(list, COL_WAITED, wait_ns, "%s", wait_ns ? NS(wait_ns) : "-");
	if (!span)
		return;
	if (summary__measure(l->s, op) == MEASURE_WAITS)
		live_list__cell(list, COL_PERCENT, LIVE_NOT_KNOWN, "n/a");
	else
		live_list__cell(list, COL_PERCENT, (double)wait_ns / span, "%s",
				PERCENT(wait_ns, span));
	live_list__bar(list, COL_BAR, wait_ns, parts, live_wait_parts(f->wait_ns, parts), span);
}

static int add_row(const struct live *l, struct live_list *list, unsigned int op)
{
	const struct in_flight *now = summary__in_flight(l->s, op);
	enum op_measure measure = summary__measure(l->s, op);
	bool is_stuck = l->d->stuck_ns && now->cnt && now->oldest_ns >= l->d->stuck_ns;
	const struct live_key key = { .op = op };
	char name[NAME_BYTES];
	int err = live_list__row(list, &key, is_stuck ? STYLE_BAD : STYLE_PLAIN);

	live_list__cell(list, COL_NAME, 0, "%s", marked_name(l, op, name));
	if (now->cnt)
		live_list__cell(list, COL_NOW, now->cnt, "%s%s", COUNT(now->cnt),
				is_stuck ? LIVE_STUCK_MARK : "");
	if (measure == MEASURE_NONE) {
		add_unknown(list, COL_COUNT, COL_MAX);
		return err;
	}
	add_waits(l, list, op);
	if (measure == MEASURE_WAITS) {
		add_unknown(list, COL_COUNT, COL_RATE);
		add_unknown(list, COL_TOTAL, COL_MAX);
		return err;
	}
	add_counts(l, list, summary__op(l->s, op));
	add_times(list, summary__op(l->s, op));
	return err;
}

static int fill(const struct live *l, struct live_list *list)
{
	int err = 0;

	for (unsigned int op = 0; op < OP_NR && !err; op++) {
		if (!op_figures__is_empty(summary__op(l->s, op)) ||
		    summary__in_flight(l->s, op)->cnt)
			err = add_row(l, list, op);
	}
	return err;
}

/* ---- above the list: all waits together ---- */

/* Waits count when they end: of the operations in flight, those that wait for something. */
static size_t waiting_cnt(const struct live *l)
{
	size_t cnt = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(l->s, i);

		cnt += row->is_innermost && row->wait < WAIT_NR;
	}
	return cnt;
}

static __u64 all_waits(const struct live *l, __u64 wait_ns[WAIT_NR], bool *is_partial)
{
	__u64 all_ns = 0;

	*is_partial = false;
	for (unsigned int i = 0; i < WAIT_NR; i++) {
		wait_ns[i] = summary__wait(l->s, i)->total_ns;
		all_ns += wait_ns[i];
		*is_partial |= summary__why_unmeasured(l->s, "wait.", wait_table[i].name) != NULL;
	}
	return all_ns;
}

static unsigned int head(const struct live *l, struct rect area)
{
	struct live_line line = {};
	__u64 wait_ns[WAIT_NR], all_ns;
	bool is_partial;
	size_t waiting = waiting_cnt(l);

	if (area.rows < 2)
		return 0;
	all_ns = all_waits(l, wait_ns, &is_partial);
	live_line__add(&line, "Waited %s in %s", all_ns ? NS(all_ns) : "for nothing",
		       NS(l->duration_ns));
	if (all_ns && l->duration_ns)
		live_line__add(&line, "%.1f tasks on average", (double)all_ns / l->duration_ns);
	if (waiting)
		live_line__add(&line, "%s%s waiting now", COUNT(waiting),
			       summary__in_flight_row_cnt(l->s) == IN_FLIGHT_ROWS ? " or more"
										  : "");
	if (is_partial)
		live_line__add(&line, "partly measured");
	live_text(l, area.row, area.col, STYLE_PLAIN, line.text);
	if (!all_ns)
		return 1;
	live_wait_legend(l, area.row + 1, area.col, wait_ns);
	return 2;
}

/* ---- below it: the selected operation ---- */

static void add_errnos(const struct live *l, struct live_line *line, unsigned int op)
{
	for (size_t i = 0; i < summary__errno_cnt(l->s); i++) {
		const struct errno_count *c = summary__errno(l->s, i);
		const char *name = errno_name(c->key.err);

		if (c->key.op != op)
			continue;
		if (name)
			live_line__add(line, "%s %s", name, COUNT(c->cnt));
		else
			live_line__add(line, "errno %u %s", c->key.err, COUNT(c->cnt));
	}
}

/* What has not ended, and what became of it otherwise than done. */
static void add_outcomes(const struct live *l, struct live_line *line, unsigned int op)
{
	const struct op_figures *f = summary__op(l->s, op);
	const struct in_flight *now = summary__in_flight(l->s, op);
	__u8 wait = op_table[op].retry_wait;

	if (now->cnt)
		live_line__add(line, "%s in flight for up to %s", COUNT(now->cnt),
			       NS(now->oldest_ns));
	for (unsigned int i = 0; i < OUTCOME_NR; i++) {
		if (i == OUTCOME_ERRNO)
			add_errnos(l, line, op);
		else if (i != OUTCOME_DONE && f->outcome[i])
			live_line__add(line, "%s %s", outcome_table[i].name, COUNT(f->outcome[i]));
	}
	if (f->retries && wait < WAIT_NR)
		live_line__add(line, "tried %s times again (%s)", COUNT(f->retries),
			       wait_table[wait].name);
}

static void add_split(const struct live *l, struct live_line *line, unsigned int op)
{
	const struct op_figures *f = summary__op(l->s, op);
	enum op_measure measure = summary__measure(l->s, op);

	if (measure == MEASURE_NONE)
		live_line__add(line, "not measured");
	else if (measure == MEASURE_WAITS)
		live_line__add(line, "only waits are measured");
	live_line__add_waits(line, f->wait_ns, span_ns(l, op), measure > MEASURE_WAITS);
}

static void add_unmeasured(const struct live *l, struct live_line *line)
{
	for (size_t i = 0; i < summary__unmeasured_cnt(l->s); i++)
		live_line__add(line, "%s%s",
			       i ? "" : "Not measured: ", summary__unmeasured(l->s, i)->figure);
}

static unsigned int foot(const struct live *l, struct rect area, const struct live_key *key)
{
	struct live_line lines[4] = {};
	char title[256];

	if (!key)
		return 0;
	snprintf(title, sizeof(title), "%s: %s", op_table[key->op].name, op_table[key->op].help);
	add_split(l, &lines[0], key->op);
	add_outcomes(l, &lines[1], key->op);
	if (summary__measure(l->s, key->op) == MEASURE_WAITED)
		live_line__add(&lines[2],
			       MARK " only those that waited are timed, from their first "
				    "wait to their end");
	add_unmeasured(l, &lines[3]);
	return live_foot(l, area, title, lines, sizeof(lines) / sizeof(lines[0]));
}

const struct live_tab_row live_tab_ops = {
	.name = "operations",
	.title = "what there was to do, how long it took, and what it waited for",
	.empty = "No operation finished, none is in flight.",
	.columns = columns,
	.columns_cnt = COL_NR,
	.best_sort = COL_WAITED,
	.enter = FOCUS_OP,
	.enter_tab = TAB_HISTOGRAM,
	.fill = fill,
	.head = head,
	.foot = foot,
};
