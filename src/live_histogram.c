// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The view of how long operations and waits took: one of them as bars, beside what it was in the
 * interval before, and below it the list of all. A bar is of a power of two, or of several where
 * the screen has too few rows. The bars' own scale is logarithmic, too: the few that took long are
 * what is looked for.
 */
#include <string.h>

#include "hist.h"
#include "live_priv.h"

enum {
	COL_NAME,
	COL_COUNT,
	COL_TOTAL,
	COL_MEAN,
	COL_P50,
	COL_P99,
	COL_MAX,
	COL_HELP,
	COL_NR
};

static const struct live_column columns[COL_NR] = {
	[COL_NAME] = { .name = "operation, wait", .width = 17, .is_left = true, .is_text = true },
	[COL_COUNT] = { .name = "timed", .width = 7 },
	[COL_TOTAL] = { .name = "total", .width = 7 },
	[COL_MEAN] = { .name = "mean", .width = 7 },
	[COL_P50] = { .name = "p50", .width = 7 },
	[COL_P99] = { .name = "p99", .width = 7 },
	[COL_MAX] = { .name = "max", .width = 7 },
	[COL_HELP] = { .name = "", .is_left = true, .keeps_begin = true },
};

/* Keys: an operation, or OP_NR + a wait. */
#define KEYS (OP_NR + WAIT_NR)

/* What was timed of one. */
struct times {
	const char *name, *help;
	const __u64 *hist;
	__u64 cnt, total_ns, max_ns;
	bool is_unmeasured;
};

static struct times times_of(const struct summary *s, unsigned int key)
{
	bool is_wait = key >= OP_NR;
	unsigned int wait = key - OP_NR;
	struct times t;

	if (is_wait) {
		const struct wait_figures *f = summary__wait(s, wait);

		t = (struct times){ wait_table[wait].name,
				    wait_table[wait].help,
				    f->hist,
				    0,
				    f->total_ns,
				    f->max_ns,
				    false };
		t.is_unmeasured = summary__why_unmeasured(s, "wait.", wait_table[wait].name);
	} else {
		const struct op_figures *f = summary__op(s, key);

		t = (struct times){ op_table[key].name, op_table[key].help, f->hist, 0,
				    f->total_ns,	f->max_ns,	    false };
		t.is_unmeasured = summary__measure(s, key) <= MEASURE_WAITS;
	}
	t.cnt = hist_total(t.hist, HIST_BUCKETS);
	return t;
}

static int add_row(struct live_list *list, unsigned int i, const struct times *t)
{
	__u64 p50 = hist_quantile(t->hist, 500, t->max_ns), p99;
	const struct live_key key = { .op = i };
	int err = live_list__row(list, &key, STYLE_PLAIN);

	p99 = hist_quantile(t->hist, 990, t->max_ns);
	live_list__cell(list, COL_NAME, 0, "%s", t->name);
	live_list__cell(list, COL_HELP, 0, "%s", t->help);
	live_list__cell(list, COL_COUNT, t->cnt, "%s", COUNT(t->cnt));
	live_list__cell(list, COL_TOTAL, t->total_ns, "%s", NS(t->total_ns));
	live_list__cell(list, COL_MEAN, t->total_ns / t->cnt, "%s", NS(t->total_ns / t->cnt));
	live_list__cell(list, COL_P50, p50, "%s", NS(p50));
	live_list__cell(list, COL_P99, p99, "%s", NS(p99));
	live_list__cell(list, COL_MAX, t->max_ns, "%s", NS(t->max_ns));
	return err;
}

/* One that is known to have happened, without times. */
static int add_unmeasured(struct live_list *list, unsigned int i, const struct times *t)
{
	const struct live_key key = { .op = i };
	int err = live_list__row(list, &key, STYLE_DIM);

	live_list__cell(list, COL_NAME, 0, "%s", t->name);
	live_list__cell(list, COL_HELP, 0, "%s", t->help);
	for (unsigned int col = COL_COUNT; col <= COL_MAX; col++)
		live_list__cell(list, col, LIVE_NOT_KNOWN, "n/a");
	return err;
}

static int fill(const struct live *l, struct live_list *list)
{
	int err = 0;

	for (unsigned int i = 0; i < KEYS && !err; i++) {
		struct times t = times_of(l->s, i);

		if (t.is_unmeasured && (i >= OP_NR || !op_figures__is_empty(summary__op(l->s, i))))
			err = add_unmeasured(list, i, &t);
		else if (t.cnt)
			err = add_row(list, i, &t);
	}
	return err;
}

/* ---- above the list: the bars ---- */

#define POWERS (HIST_BUCKETS >> HIST_SUB_BITS)

/* Buckets of the finer histogram, @step powers of two each, from power @first on. */
struct bars {
	unsigned int first, cnt, step;
	__u64 now[POWERS], before[POWERS];
	__u64 most;
};

static void bars_fold(const __u64 *hist, __u64 powers[POWERS])
{
	for (unsigned int i = 0; i < POWERS; i++)
		powers[i] = hist_total(&hist[i << HIST_SUB_BITS], 1 << HIST_SUB_BITS);
}

/* Several powers in one where there are fewer rows. */
static void bars_join(struct bars *b, unsigned int last, unsigned int rows)
{
	unsigned int cnt = last - b->first + 1;

	b->step = (cnt + rows - 1) / rows;
	b->cnt = (cnt + b->step - 1) / b->step;
	for (unsigned int i = 0; i < cnt; i++) {
		__u64 now = b->now[b->first + i], before = b->before[b->first + i];
		unsigned int to = i / b->step;

		if (i % b->step == 0)
			b->now[to] = b->before[to] = 0;
		b->now[to] += now;
		b->before[to] += before;
		b->most = b->now[to] > b->most ? b->now[to] : b->most;
		b->most = b->before[to] > b->most ? b->before[to] : b->most;
	}
}

/* @rows is not 0. */
static void bars_read(struct bars *b, const __u64 *now, const __u64 *before, unsigned int rows)
{
	unsigned int last = 0;

	*b = (struct bars){ .first = POWERS };
	bars_fold(now, b->now);
	if (before)
		bars_fold(before, b->before);
	for (unsigned int i = 0; i < POWERS; i++) {
		if (!b->now[i] && !b->before[i])
			continue;
		b->first = i < b->first ? i : b->first;
		last = i;
	}
	if (b->first < POWERS)
		bars_join(b, last, rows);
}

/* In 1/16 of a doubling, so that one that happened has a bar, and twice as many a longer one. */
static __u64 log_scale(__u64 cnt)
{
	unsigned int power = 0;
	__u64 rest = cnt;

	if (!cnt)
		return 0;
	for (; rest > 1; rest /= 2)
		power++;
	return 16 * (power + 1) +
	       (power > 4 ? (cnt >> (power - 4)) & 15 : (cnt << (4 - power)) & 15);
}

#define RANGE_COLS 20 /* "  128us to  256us  " */
#define COUNT_COLS 6
#define LEAST_BAR  4

/* Nothing has no bar, one has a column at least. */
static unsigned int bar_columns(__u64 cnt, __u64 most, unsigned int width)
{
	unsigned int columns = most ? log_scale(cnt) * width / log_scale(most) : 0;

	return cnt && !columns ? 1 : columns;
}

static void draw_bar(const struct live *l, struct rect area, __u64 cnt, __u64 most,
		     enum style style)
{
	struct bar_part part = { .value = 1, .style = style };
	unsigned int columns;

	canvas__printf(l->c, area.row, area.col, COUNT_COLS, STYLE_PLAIN, "%*s", COUNT_COLS,
		       cnt ? COUNT(cnt) : "-");
	if (area.cols <= COUNT_COLS + 1)
		return;
	columns = bar_columns(cnt, most, area.cols - COUNT_COLS - 1);
	if (columns)
		canvas__bar(l->c, area.row, area.col + COUNT_COLS + 1, columns, &part, 1, 1);
}

/* @area: of both, what is left of the range. */
static struct rect half_of(struct rect area, unsigned int i)
{
	area.cols = (area.cols - 2) / 2;
	area.col += i * (area.cols + 2);
	return area;
}

static void draw_bars(const struct live *l, struct rect area, const struct bars *b, bool has_before)
{
	struct rect line = area;

	line.cols = area.cols > RANGE_COLS ? area.cols - RANGE_COLS : 0;
	line.col = area.col + RANGE_COLS;
	has_before &= line.cols >= 2 * (COUNT_COLS + LEAST_BAR);
	for (unsigned int i = 0; i < b->cnt; i++) {
		unsigned int power = b->first + i * b->step, next = power + b->step;

		line.row = area.row + i;
		canvas__printf(l->c, line.row, area.col, 0, STYLE_PLAIN, "%7s to %7s",
			       NS(hist_lower(power << HIST_SUB_BITS)),
			       next < POWERS ? NS(hist_lower(next << HIST_SUB_BITS)) : "more");
		if (!line.cols)
			continue;
		draw_bar(l, has_before ? half_of(line, 0) : line, b->now[i], b->most, STYLE_GOOD);
		if (has_before)
			draw_bar(l, half_of(line, 1), b->before[i], b->most, STYLE_DIM);
	}
}

static void draw_title(const struct live *l, struct rect area, const struct times *t,
		       bool has_before)
{
	struct rect line = area;

	if (t->is_unmeasured)
		canvas__printf(l->c, area.row, area.col, area.cols, STYLE_BOLD,
			       "%s: times n/a, they are not measured", t->name);
	else
		canvas__printf(l->c, area.row, area.col, area.cols, STYLE_BOLD,
			       "%s: %s timed, bars are logarithmic", t->name, COUNT(t->cnt));
	if (area.cols <= RANGE_COLS || !has_before)
		return;
	line.cols -= RANGE_COLS;
	line.col += RANGE_COLS;
	line = half_of(line, 1);
	canvas__text(l->c, line.row, line.col + COUNT_COLS + 1, 0, STYLE_DIM,
		     "the interval before");
}

/* What was gone into, else what is selected. */
static unsigned int key_shown(const struct live *l)
{
	const struct live_list_state *ls = &l->st->lists[TAB_HISTOGRAM];

	if (l->focus && l->focus->kind == FOCUS_OP && l->focus->key.op < KEYS)
		return l->focus->key.op;
	return ls->has_key ? ls->key.op : KEYS;
}

#define LIST_MIN 4 /* rows more than the screen leaves to the list anyway */

static unsigned int head(const struct live *l, struct rect area)
{
	const struct summary *before = l->st->is_cumulative ? NULL : l->d->previous;
	unsigned int key = key_shown(l);
	struct times t, t_before;
	struct bars b;

	if (key >= KEYS || area.rows < LIST_MIN + 4)
		return 0;
	area.rows -= LIST_MIN;
	t = times_of(l->s, key);
	if (before)
		t_before = times_of(before, key);
	bars_read(&b, t.hist, before ? t_before.hist : NULL, area.rows - 2);
	draw_title(l, area, &t, before);
	area.row++;
	draw_bars(l, area, &b, before);
	return b.cnt + 2; /* an empty one below */
}

const struct live_tab_row live_tab_histogram = {
	.name = "histogram",
	.title = "how long operations and waits took",
	.empty = "Nothing was timed.",
	.columns = columns,
	.columns_cnt = COL_NR,
	.best_sort = COL_TOTAL,
	.fill = fill,
	.head = head,
};
