// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view: what hangs now and what was waited for come first, the rest goes from the general
 * to the particular, and how far to trust it comes last. Surprising: an operation that could not be
 * measured has no row, a wait shows n/a; a zero that was not counted is never printed. Below
 * DETAIL_FULL the tables have a column more, and a line that says what is not in the others.
 */
#include "view_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hist.h"
#include "view_text_priv.h"

#define MIN_WIDTH  80
#define OP_COLUMNS 15
#define WIDE_SPLIT 140 /* from here on the split by wait stands beside the figures */
#define MARK	   "*" /* behind what is not of all operations */

void word(struct words *w, const char *format, ...)
{
	char buf[LINE_BYTES];
	size_t columns;
	va_list args;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	columns = fmt__columns(buf);
	if (!w->column) {
		fprintf(w->t->f, "%-*s", WORDS_INDENT, w->heading);
		w->column = WORDS_INDENT;
	} else if (w->column + 2 + columns > w->t->width - 1) {
		fprintf(w->t->f, ",\n%*s", WORDS_INDENT, "");
		w->column = WORDS_INDENT;
	} else {
		fputs(", ", w->t->f);
		w->column += 2;
	}
	fputs(buf, w->t->f);
	w->column += columns;
}

void words_end(struct words *w)
{
	if (w->column)
		fputc('\n', w->t->f);
}

static void say_line(void *ctx, const char *heading)
{
	struct text_say *said = ctx;

	words_end(&said->w);
	snprintf(said->heading, sizeof(said->heading), "%s", heading);
	said->w.column = 0;
}

static void say_phrase(void *ctx, const char *text)
{
	struct text_say *said = ctx;

	word(&said->w, "%s", text);
}

void text__say_begin(struct text_say *said, const struct text *t)
{
	*said = (struct text_say){
		.say = { t->s, t->n, said, say_line, say_phrase },
		.w = { .t = t, .heading = said->heading },
	};
}

void text__say_end(struct text_say *said)
{
	words_end(&said->w);
}

/* ---- head ---- */

static void print_title(const struct text *t)
{
	const struct view_opts *o = t->opts;
	time_t sec = o->wall_ns / 1000000000;
	struct words w = { .t = t, .heading = "daxtop" };
	struct tm tm;
	char when[32];

	if (o->wall_ns && localtime_r(&sec, &tm) && strftime(when, sizeof(when), "%F %T %z", &tm))
		word(&w, "%s", when);
	if (o->host)
		word(&w, "%s", o->host);
	word(&w, "Linux %s", o->kernel ? o->kernel : "n/a");
	if (o->tool_version)
		word(&w, "version %s", o->tool_version);
	if (t->detail != DETAIL_FULL)
		word(&w, "detail %s", detail_table[t->detail].name);
	word(&w, "#%llu: %s", o->seq, NS(t->duration_ns));
	words_end(&w);
}

static void print_filters(const struct text *t)
{
	struct words w = { .t = t, .heading = "only" };
	char value[256];

	for (size_t i = 0; i < t->opts->filter_cnt; i++) {
		const struct view_filter *f = &t->opts->filters[i];

		word(&w, "%s %s", f->name,
		     fmt__clean(value, sizeof(value), f->value, strlen(f->value)));
	}
	words_end(&w);
}

static void print_notes(const struct text *t)
{
	for (size_t i = 0; i < t->opts->note_cnt; i++)
		text__print_wrapped(t, "note", t->opts->notes[i]);
}

/* ---- windows ---- */

static void print_window_rates(const struct text *t, const struct figures ops[OP_NR])
{
	static const struct {
		unsigned int op;
		const char *name;
	} rates[] = {
		{ OP_SETUP, "set up" },
		{ OP_UPGRADE, "upgraded" },
		{ OP_REMOVAL, "removed" },
	};
	struct words w = { .t = t, .heading = "  ranges/s" };

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		if (summary__why_unmeasured(t->s, "op.", op_table[rates[i].op].name))
			word(&w, "%s n/a", rates[i].name);
		else
			word(&w, "%s %s", rates[i].name,
			     RATE(ops[rates[i].op].ranges, t->duration_ns));
	}
	words_end(&w);
}

static void print_window(const struct text *t, const struct mount_state *m)
{
	const struct mount_figures *f = &m->figures;
	struct words w = { .t = t, .heading = "  ranges" };

	fprintf(t->f, "  window     %s %s%% busy of %s\n", BAR(f->busy_ranges, f->total_ranges),
		f->busy_ranges ? PERCENT(f->busy_ranges, f->total_ranges) : "0",
		BYTES(f->total_ranges * RANGE_BYTES));
	word(&w, "%llu", f->total_ranges);
	word(&w, "%llu free", f->free_ranges);
	word(&w, "%llu busy", f->busy_ranges);
	word(&w, "%llu in transit", mount_figures__in_transit(f));
	if (f->looks_cnt) {
		word(&w, "most busy %llu", f->busy_max);
		word(&w, "fewest free %llu", f->free_min);
	}
	words_end(&w);
}

/* @ops: room for what its inodes did. */
static void print_mount_window(const struct text *t, const struct mount_state *m,
			       struct figures ops[OP_NR])
{
	bool has_window = m->has_figures && m->figures.fcd;
	char why[LINE_BYTES];

	if (has_window || m->may_have_window)
		summary__mount_ops(t->s, m->dev, ops);
	if (has_window) {
		print_window(t, m);
		print_window_rates(t, ops);
		text__print_dax_io(t, ops);
		text__print_window_blame(t, m);
		text__print_advice(t, m);
		return;
	}
	snprintf(why, sizeof(why), "%s%s",
		 m->may_have_window ? "" : "none: ", m->reason ? m->reason : "not known");
	text__print_wrapped(t, "  window", why);
	if (m->may_have_window)
		text__print_dax_io(t, ops);
}

static int print_mounts(const struct text *t)
{
	struct figures *ops = calloc(OP_NR, sizeof(*ops));

	if (!ops)
		return -ENOMEM;
	for (size_t i = 0; i < summary__mount_cnt(t->s); i++) {
		const struct mount_state *m = summary__mount(t->s, i);
		struct words w = { .t = t, .heading = "mount" };

		word(&w, "%s", m->mountpoint ? m->mountpoint : DEV(m->dev));
		if (m->tag)
			word(&w, "tag %s", m->tag);
		if (m->dax_mode)
			word(&w, "dax=%s", m->dax_mode);
		words_end(&w);
		print_mount_window(t, m, ops);
	}
	free(ops);
	return 0;
}

/* ---- waits ---- */

struct ordered {
	unsigned int id;
	unsigned int group;
	__u64 ns;
};

static int compare_ordered(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void print_wait(const struct text *t, unsigned int wait, __u64 all_ns)
{
	const struct wait_figures *f = summary__wait(t->s, wait);

	if (summary__why_unmeasured(t->s, "wait.", wait_table[wait].name)) {
		fprintf(t->f, "  %-16s %7s\n", wait_table[wait].name, "n/a");
		return;
	}
	if (!f->cnt)
		return;
	fprintf(t->f, "  %-16s %7s %7s %4s %7s %7s %7s %7s\n", wait_table[wait].name, COUNT(f->cnt),
		NS(f->total_ns), PERCENT(f->total_ns, all_ns), NS(f->total_ns / f->cnt),
		NS(hist_quantile(f->hist, 500, f->max_ns)),
		NS(hist_quantile(f->hist, 990, f->max_ns)), NS(f->max_ns));
}

/* Waits count when they end: of the operations in flight, those that wait for something. */
static size_t waiting_cnt(const struct text *t)
{
	size_t cnt = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(t->s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(t->s, i);

		cnt += row->is_innermost && row->wait < WAIT_NR;
	}
	return cnt;
}

/* One row a wait, the longest first; each wait counts once, whatever it delayed. */
static void print_waits(const struct text *t)
{
	size_t waiting = waiting_cnt(t);
	struct ordered order[WAIT_NR];
	__u64 all_ns = 0, cnt = 0;
	bool is_partial = false;

	for (unsigned int i = 0; i < WAIT_NR; i++) {
		const struct wait_figures *f = summary__wait(t->s, i);

		order[i] = (struct ordered){ .id = i, .ns = f->total_ns };
		all_ns += f->total_ns;
		cnt += f->cnt;
		is_partial |= summary__why_unmeasured(t->s, "wait.", wait_table[i].name) != NULL;
	}
	if (!cnt && !is_partial) {
		fprintf(t->f, "\nLOCKS AND WAITS: none%s\n",
			waiting ? " that ended; see what is in flight" : "");
		return;
	}
	qsort(order, WAIT_NR, sizeof(order[0]), compare_ordered);
	fprintf(t->f, "\nLOCKS AND WAITS: %s in %s", NS(all_ns), NS(t->duration_ns));
	if (t->duration_ns)
		fprintf(t->f, ", %.1f tasks on average", (double)all_ns / t->duration_ns);
	if (waiting)
		fprintf(t->f, ", %s%s now", COUNT(waiting),
			summary__in_flight_row_cnt(t->s) == IN_FLIGHT_ROWS ? " or more" : "");
	if (is_partial)
		fprintf(t->f, ", partly measured");
	fprintf(t->f, "\n  %-16s %7s %7s %4s %7s %7s %7s %7s\n", "wait", "count", "total", "%",
		"mean", "p50", "p99", "max");
	for (unsigned int i = 0; i < WAIT_NR; i++)
		print_wait(t, order[i].id, all_ns);
}

/* ---- operations ---- */

static bool is_op_unmeasured(const struct text *t, unsigned int op)
{
	return summary__measure(t->s, op) == MEASURE_NONE;
}

static __u64 op_span_ns(const struct text *t, unsigned int op)
{
	const struct op_figures *f = summary__op(t->s, op);

	return summary__op_span_ns(t->s, op, f->total_ns, f->wait_ns);
}

/* Operations that happened: user operations, reclaim, requests, the longest of each first. */
static unsigned int order_ops(const struct text *t, struct ordered order[OP_NR])
{
	unsigned int cnt = 0;

	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(t->s, op);

		if (!op_figures__is_empty(f) && !is_op_unmeasured(t, op))
			order[cnt++] =
				(struct ordered){ op, op_table[op].class, op_span_ns(t, op) };
	}
	qsort(order, cnt, sizeof(order[0]), compare_ordered);
	return cnt;
}

static bool is_any_wait(const struct text *t, unsigned int wait)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		if (summary__op(t->s, op)->wait_ns[wait])
			return true;
	}
	return false;
}

/* A percentage or its heading, and the space before. */
static unsigned int wait_columns(unsigned int wait)
{
	return strlen(wait_table[wait].column) + 1;
}

/*
 * What the heading of the waits from @first on that share a group takes, 0 if none of them
 * happened; *@last is the last of them that did, *@end the first wait of another group.
 */
static unsigned int group_columns(const struct text *t, unsigned int first, unsigned int *last,
				  unsigned int *end)
{
	const char *group = wait_table[first].group;
	unsigned int columns = 0, wait;

	for (wait = first; wait < WAIT_NR && !strcmp(wait_table[wait].group, group); wait++) {
		if (is_any_wait(t, wait)) {
			columns += wait_columns(wait);
			*last = wait;
		}
	}
	*end = wait;
	if (columns && columns < strlen(group) + 1)
		columns = strlen(group) + 1;
	return columns;
}

static void print_split_groups(const struct text *t)
{
	unsigned int last, end;

	for (unsigned int wait = 0; wait < WAIT_NR; wait = end) {
		unsigned int columns = group_columns(t, wait, &last, &end);

		if (columns)
			fprintf(t->f, "%*s", (int)columns, wait_table[wait].group);
	}
}

/* One row of the split, or its heading where @op is OP_NR. */
static void print_split(const struct text *t, unsigned int op)
{
	const struct op_figures *f = op < OP_NR ? summary__op(t->s, op) : NULL;
	__u64 span_ns = f ? op_span_ns(t, op) : 0;
	unsigned int last, end;

	for (unsigned int wait = 0; wait < WAIT_NR; wait = end) {
		unsigned int left = group_columns(t, wait, &last, &end);

		for (unsigned int i = wait; i < end && left; i++) {
			unsigned int columns = i == last ? left : wait_columns(i);

			if (!is_any_wait(t, i))
				continue;
			fprintf(t->f, "%*s", (int)columns,
				f ? PERCENT(f->wait_ns[i], span_ns) : wait_table[i].column);
			left -= columns;
		}
	}
	if (!f)
		fprintf(t->f, "%6s", "other");
	else if (summary__measure(t->s, op) == MEASURE_WAITS)
		fprintf(t->f, "%6s", "n/a");
	else
		fprintf(t->f, "%6s", PERCENT(span_ns - op_figures__wait_ns(f), span_ns));
}

/* The name of an operation, marked where only those that waited are timed. */
static const char *marked_name(const struct text *t, unsigned int op, char buf[NAME_BYTES])
{
	bool is_marked = summary__measure(t->s, op) == MEASURE_WAITED;

	snprintf(buf, NAME_BYTES, "%s%s", op_table[op].name, is_marked ? MARK : "");
	return buf;
}

#define MARKED(t, op) marked_name(t, op, (char[NAME_BYTES]){})

static void print_op_times(const struct text *t, const struct op_figures *f)
{
	__u64 timed = op_figures__timed(f);

	if (timed)
		fprintf(t->f, " %7s %7s %7s %7s %7s", NS(f->total_ns), NS(f->total_ns / timed),
			NS(hist_quantile(f->hist, 500, f->max_ns)),
			NS(hist_quantile(f->hist, 990, f->max_ns)), NS(f->max_ns));
	else
		fprintf(t->f, " %7s %7s %7s %7s %7s", "-", "-", "-", "-", "-");
}

/* The mark stands in what else is a space, so that no column is wider for it. */
static void print_op(const struct text *t, unsigned int op)
{
	const struct op_figures *f = summary__op(t->s, op);
	__u64 cnt = op_figures__count(f);
	bool has_waits_only = summary__measure(t->s, op) == MEASURE_WAITS;

	fprintf(t->f, "  %-*s", OP_COLUMNS + 1, MARKED(t, op));
	fprintf(t->f, "%6s %6s", has_waits_only ? "n/a" : COUNT(cnt),
		has_waits_only ? "n/a" : RATE(cnt, t->duration_ns));
	if (t->detail == DETAIL_COUNTS)
		fprintf(t->f, " %7s", COUNT(op_figures__timed(f)));
	else if (t->detail == DETAIL_STALLS)
		fprintf(t->f, " %7s", NS(op_figures__wait_ns(f)));
	if (has_waits_only)
		fprintf(t->f, " %7s %7s %7s %7s %7s", "n/a", "n/a", "n/a", "n/a", "n/a");
	else
		print_op_times(t, f);
}

/* What there is besides, where not all are timed: how many are, or how long they waited. */
static const char *const op_extra_column[DETAIL_NR] = {
	[DETAIL_STALLS] = "waited",
	[DETAIL_COUNTS] = "timed",
};

#define OP_EXTRA_COLUMNS 8

static int op_heading_columns(const struct text *t)
{
	return 2 + OP_COLUMNS + 2 * 7 + 5 * 8 + (op_extra_column[t->detail] ? OP_EXTRA_COLUMNS : 0);
}

static void print_op_heading(const struct text *t)
{
	const char *extra = op_extra_column[t->detail];

	fprintf(t->f, "  %-*s %6s %6s", OP_COLUMNS, "operation", "count", "/s");
	if (extra)
		fprintf(t->f, " %7s", extra);
	fprintf(t->f, " %7s %7s %7s %7s %7s", "total", "mean", "p50", "p99", "max");
}

static bool is_any_measured(const struct text *t, enum op_measure measure)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		if (summary__measure(t->s, op) == measure)
			return true;
	}
	return false;
}

static bool has_waits_before(const struct text *t, unsigned int op)
{
	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		if (op_waits_before(t->detail, op, wait) && summary__op(t->s, op)->wait_ns[wait])
			return true;
	}
	return false;
}

/* What the figures of this detail are not. */
static void print_op_legend(const struct text *t)
{
	struct words w = { .t = t, .heading = "  waits only" };

	for (unsigned int op = 0; op < OP_NR; op++) {
		if (summary__measure(t->s, op) == MEASURE_WAITS)
			word(&w, "%s", op_table[op].name);
	}
	words_end(&w);
	if (w.column)
		fprintf(t->f, "%*s(not counted; the %% are of what they waited)\n", WORDS_INDENT,
			"");
	for (unsigned int op = 0; op < OP_NR; op++) {
		if (has_waits_before(t, op))
			fprintf(t->f,
				"  %s: waited for the inode lock before its time; the %% are of "
				"both\n",
				op_table[op].name);
	}
	if (is_any_measured(t, MEASURE_WAITED))
		fprintf(t->f, "  " MARK " only those that waited are timed, from their first wait "
			      "to their end\n");
}

static void print_ops_wide(const struct text *t, const struct ordered *order, unsigned int cnt)
{
	fprintf(t->f, "\nOPERATIONS (the time of one inside another counts in both), and the %% of "
		      "their time by what they waited for\n");
	print_op_legend(t);
	fprintf(t->f, "%*s", op_heading_columns(t), "");
	print_split_groups(t);
	fputc('\n', t->f);
	print_op_heading(t);
	print_split(t, OP_NR);
	for (unsigned int i = 0; i < cnt; i++) {
		fputc('\n', t->f);
		print_op(t, order[i].id);
		print_split(t, order[i].id);
	}
	fputc('\n', t->f);
}

static void print_ops_narrow(const struct text *t, const struct ordered *order, unsigned int cnt)
{
	int columns = OP_COLUMNS + (t->detail == DETAIL_COUNTS ? strlen(MARK) : 0);

	fprintf(t->f, "\nOPERATIONS (the time of one inside another counts in both)\n");
	print_op_legend(t);
	print_op_heading(t);
	for (unsigned int i = 0; i < cnt; i++) {
		fputc('\n', t->f);
		print_op(t, order[i].id);
	}
	fprintf(t->f, "\n\nWHERE THEIR TIME WENT, in %% of each operation's\n");
	fprintf(t->f, "  %-*s", columns, "");
	print_split_groups(t);
	fprintf(t->f, "\n  %-*s", columns, "operation");
	print_split(t, OP_NR);
	for (unsigned int i = 0; i < cnt; i++) {
		fprintf(t->f, "\n  %-*s", columns, MARKED(t, order[i].id));
		print_split(t, order[i].id);
	}
	fputc('\n', t->f);
}

static void print_ops(const struct text *t)
{
	bool has_waits_only = is_any_measured(t, MEASURE_WAITS);
	struct ordered order[OP_NR];
	unsigned int cnt = order_ops(t, order);

	if (!cnt) {
		fprintf(t->f, "\nOPERATIONS: none finished%s\n",
			has_waits_only ? ", none waited" : "");
		print_op_legend(t);
	} else if (t->width >= WIDE_SPLIT) {
		print_ops_wide(t, order, cnt);
	} else {
		print_ops_narrow(t, order, cnt);
	}
}

/* ---- inodes and tasks ---- */

/* Inodes or tasks: what tells the two lists apart. */
struct top_table {
	const char *heading;
	const char *column;
	bool is_task;
	int (*rows)(const struct summary *s, enum sort_key sort, size_t cnt, struct top_list *res);
	void (*label)(const struct text *t, const struct entity *e, char *buf, size_t bytes);
};

#define WORST_INDENT 27

/* The two longest waits of @f, the longer first. */
static void find_longest(const struct figures *f, unsigned int *first, unsigned int *second)
{
	*first = 0;
	for (unsigned int i = 1; i < WAIT_NR; i++) {
		if (f->wait_ns[i] > f->wait_ns[*first])
			*first = i;
	}
	*second = *first == 0;
	for (unsigned int i = 0; i < WAIT_NR; i++) {
		if (i != *first && f->wait_ns[i] > f->wait_ns[*second])
			*second = i;
	}
}

/*
 * "read: request.host 61%, free_range 20%" of the time of its worst operation, from its two longest
 * waits; "read waits: ..." where only those are known.
 */
static void print_worst(const struct text *t, const struct entity *e)
{
	unsigned int op = entity__worst_op(e), first, second;
	enum op_measure measure = summary__measure(t->s, op);
	char head[128], tail[64] = "";
	struct figures f;
	__u64 span_ns;

	entity__op(e, op, &f);
	find_longest(&f, &first, &second);
	span_ns = summary__op_span_ns(t->s, op, f.total_ns, f.wait_ns);
	if (f.all_wait_ns)
		snprintf(head, sizeof(head), "%s%s: %s %s%%", MARKED(t, op),
			 measure == MEASURE_WAITS ? " waits" : "", wait_table[first].name,
			 PERCENT(f.wait_ns[first], span_ns));
	else
		snprintf(head, sizeof(head), "%s: %s", MARKED(t, op),
			 measure == MEASURE_ALL ? "own work" : "no wait");
	if (f.wait_ns[second])
		snprintf(tail, sizeof(tail), "%s %s%%", wait_table[second].name,
			 PERCENT(f.wait_ns[second], span_ns));
	fprintf(t->f, "%*s%s", WORST_INDENT, "", head);
	if (*tail && WORST_INDENT + strlen(head) + 2 + strlen(tail) > t->width)
		fprintf(t->f, ",\n%*s%s", WORST_INDENT, "", tail);
	else if (*tail)
		fprintf(t->f, ", %s", tail);
	fputc('\n', t->f);
}

/* What is known of it only for those that were timed has a mark in the heading. */
static void print_figures(const struct text *t, const struct figures *f, enum op_measure measure,
			  bool is_task, const char *name)
{
	bool is_counted = measure == MEASURE_ALL || measure == MEASURE_WAITED;
	bool has_all = !is_task || t->detail == DETAIL_FULL;
	char tail[LINE_BYTES];

	fprintf(t->f, "  %7s %7s %7s  %s\n", NS(f->all_wait_ns),
		is_counted ? NS(f->total_ns) : "n/a",
		is_counted ? COUNT(has_all ? f->cnt : figures__timed(f)) : "n/a",
		fmt__tail(tail, sizeof(tail), name, t->width - 29));
}

static void print_rest(const struct text *t, const struct top_list *list, bool is_task)
{
	char text[96];

	if (!list->rest_cnt && !list->has_overflow)
		return;
	if (!list->rest_cnt)
		snprintf(text, sizeof(text), "(what the full table had no row for)");
	else
		snprintf(text, sizeof(text), "(%zu more%s)", list->rest_cnt,
			 list->has_overflow ? ", and what the full table left out" : "");
	print_figures(t, &list->rest, list->rest_measure, is_task, text);
}

static void print_top_heading(const struct text *t, const struct top_list *list,
			      const struct top_table *table)
{
	enum sort_key sort = summary__sort_key(t->s, t->opts->sort);
	bool is_partial = t->detail == DETAIL_COUNTS;
	const char *total = is_partial ? "total" MARK : "total";
	const char *count = is_partial && table->is_task ? "timed" MARK : "count";

	fprintf(t->f, "\nTOP %s by %s, %zu of %zu\n", table->heading,
		sort == SORT_COUNT ? count : sort_key_names[sort], list->cnt, list->total_cnt);
	if (is_partial)
		fprintf(t->f, "  " MARK " of faults, reads and writes only those that waited\n");
	if (sort != t->opts->sort)
		fprintf(t->f, "  (not by %s, which is not measured at this detail)\n",
			sort_key_names[t->opts->sort]);
	fprintf(t->f, "  %7s %7s %7s  %s\n", "wait", total, count, table->column);
}

/* The mount's place in front of the path, where there is more than one mount to tell apart. */
static void inode_label(const struct text *t, const struct entity *e, char *buf, size_t bytes)
{
	say__inode(t->s, t->n, entity__inode(e), buf, bytes);
}

static void task_label(const struct text *t, const struct entity *e, char *buf, size_t bytes)
{
	const struct task_key *key = entity__task(e);

	say__task(names__comm(t->n, key), key, buf, bytes);
}

static const struct top_table inode_table = { "INODES", "path", false, summary__top_inodes,
					      inode_label };
static const struct top_table task_table = { "TASKS", "task (pid/tgid)", true, summary__top_tasks,
					     task_label };

static int print_top(const struct text *t, const struct top_table *table)
{
	char label[LINE_BYTES];
	struct top_list list;
	struct figures f;
	int err = table->rows(t->s, t->opts->sort, t->opts->top_cnt, &list);

	if (err)
		return err;
	if (list.cnt || list.has_overflow)
		print_top_heading(t, &list, table);
	for (size_t i = 0; i < list.cnt; i++) {
		table->label(t, list.rows[i], label, sizeof(label));
		entity__figures(list.rows[i], &f);
		print_figures(t, &f, summary__entity_measure(t->s, list.rows[i]), table->is_task,
			      label);
		print_worst(t, list.rows[i]);
		if (!table->is_task)
			text__print_around(t, list.rows[i], WORST_INDENT);
	}
	print_rest(t, &list, table->is_task);
	top_list__fini(&list);
	return 0;
}

/* ---- what went otherwise ---- */

/* How often an operation tried again, and for what. */
static void print_retries(const struct text *t)
{
	struct words w = { .t = t, .heading = "retries" };

	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(t->s, op);
		__u8 wait = op_table[op].retry_wait;

		if (!f->retries || wait >= WAIT_NR || is_op_unmeasured(t, op))
			continue;
		word(&w, "%s %s (%s %s)", op_table[op].name, COUNT(f->retries),
		     wait_table[wait].group, wait_table[wait].column);
	}
	words_end(&w);
}

/* " (ENOSPC 2, EIO 1)" */
static void errno_list(const struct text *t, unsigned int op, char *buf, size_t bytes)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < summary__errno_cnt(t->s); i++) {
		const struct errno_count *c = summary__errno(t->s, i);
		const char *name = errno_name(c->key.err);
		char number[16];

		if (c->key.op != op || used >= bytes)
			continue;
		snprintf(number, sizeof(number), "%u", c->key.err);
		used += snprintf(buf + used, bytes - used, "%s%s %s", used ? ", " : " (",
				 name ? name : number, COUNT(c->cnt));
	}
	if (used && used < bytes)
		snprintf(buf + used, bytes - used, ")");
}

static void print_outcomes(const struct text *t)
{
	struct words w = { .t = t, .heading = "not done" };
	char errnos[512];

	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(t->s, op);

		for (int i = 0; i < OUTCOME_NR; i++) {
			if (i == OUTCOME_DONE || !f->outcome[i] || is_op_unmeasured(t, op))
				continue;
			errnos[0] = '\0';
			if (i == OUTCOME_ERRNO)
				errno_list(t, op, errnos, sizeof(errnos));
			word(&w, "%s %s %s%s", op_table[op].name, outcome_table[i].name,
			     COUNT(f->outcome[i]), errnos);
		}
	}
	words_end(&w);
}

/* Figures with the same reason, which are those of one missing hook, share a line. */
static void print_unmeasured(const struct text *t)
{
	size_t cnt = summary__unmeasured_cnt(t->s);

	for (size_t i = 0; i < cnt; i++) {
		const char *reason = summary__unmeasured(t->s, i)->reason;
		struct words w = { .t = t, .heading = "not measured" };
		bool is_told = false;

		for (size_t j = 0; j < i; j++)
			is_told |= !strcmp(summary__unmeasured(t->s, j)->reason, reason);
		for (size_t j = i; j < cnt && !is_told; j++) {
			const struct unmeasured *u = summary__unmeasured(t->s, j);

			if (!strcmp(u->reason, reason))
				word(&w, "%s", u->figure);
		}
		words_end(&w);
		if (!is_told)
			fprintf(t->f, "%*s(%s)\n", WORDS_INDENT, "", reason);
	}
}

/* What is worth a word only when it happened: counts under the wrong or no name. */
static void print_accuracy(const struct text *t, const struct trust *now)
{
	struct words w = { .t = t, .heading = "less exact" };

	for (int i = 0; i < COUNTER_NR; i++) {
		if (now->counters[i] && counter_table[i].kind == COUNTER_ACCURACY)
			word(&w, "%s %s", counter_table[i].name, COUNT(now->counters[i]));
	}
	words_end(&w);
}

/* "lost 0", or "lost 0 (since start 4)" where earlier intervals had some, or it alone is known. */
static void print_trust_count(const struct text *t, const char *what, __u64 now, __u64 since_start)
{
	bool is_counted = !summary__why_unmeasured(t->s, "trust.", "lost");

	if (is_counted)
		fprintf(t->f, "%s %llu", what, now);
	else
		fprintf(t->f, "%s n/a", what);
	if (since_start != now || !is_counted)
		fprintf(t->f, " (since start %llu)", since_start);
}

static void print_trust(const struct text *t)
{
	const struct trust *now = summary__trust(t->s), *all = summary__trust_since_start(t->s);
	bool has_cpu = !summary__why_unmeasured(t->s, "trust.", "own_cpu_ns") && t->duration_ns;

	print_trust_count(t, "trust: lost", trust__lost(now), trust__lost(all));
	print_trust_count(t, ", unmatched", trust__unmatched(now), trust__unmatched(all));
	if (all->events_lost)
		print_trust_count(t, ", records lost", now->events_lost, all->events_lost);
	fprintf(t->f, ", hooks %u/%u, own cpu ", now->hooks_attached, now->hooks_total);
	if (has_cpu)
		fprintf(t->f, "%.1f %%\n\n", now->own_cpu_ns * 100.0 / t->duration_ns);
	else
		fprintf(t->f, "n/a\n\n");
}

static int print_all(const struct text *t)
{
	int err;

	print_title(t);
	print_filters(t);
	print_notes(t);
	err = print_mounts(t);
	if (err)
		return err;
	text__print_in_flight(t);
	print_waits(t);
	err = text__print_blame(t);
	if (err)
		return err;
	print_ops(t);
	text__print_phases(t);
	err = print_top(t, &inode_table);
	if (!err)
		err = print_top(t, &task_table);
	if (err)
		return err;
	text__print_releases(t);
	fputc('\n', t->f);
	print_retries(t);
	print_outcomes(t);
	text__print_host(t);
	text__print_scans(t);
	print_unmeasured(t);
	print_accuracy(t, summary__trust(t->s));
	print_trust(t);
	return 0;
}

int view_text__print(FILE *f, const struct summary *s, const struct names *n,
		     const struct view_opts *opts)
{
	struct text t = {
		.f = f,
		.s = s,
		.n = n,
		.opts = opts,
		.detail = summary__detail(s),
		.width = opts->width > MIN_WIDTH ? opts->width : MIN_WIDTH,
		.duration_ns = summary__duration_ns(s),
	};
	int err;

	errno = 0;
	err = print_all(&t);
	if (!err && ferror(f))
		err = -(errno ?: EIO);
	return err;
}
