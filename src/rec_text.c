// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A line begins with columns that every event has (when, who, how long, what, which file), taken
 * from the fields that shapes[] names; all other fields follow by name, so that a new one is
 * shown at once.
 */
#include "rec_text.h"

#include <stdio.h>
#include <string.h>

#include "fmt.h"
#include "names.h"
#include "rec_rows.h"

#define COMM_COLUMNS 15
#define TASK_COLUMNS 15
#define WHAT_COLUMNS 26

/*
 * Which fields the first columns are: what happened, with a word before it, and for how long.
 * What is said otherwise, or to programs alone, is in @hidden, a space around each.
 */
static const struct shape {
	enum rec_kind kind;
	const char *word;
	const char *what;
	const char *ns;
	bool has_depth;
	const char *hidden;
} shapes[] = {
	{ REC_OP, "", "op", "dur_ns", true, " depth flags start_ns units outcome err wait_cnt " },
	{ REC_HITS, "", "op", "dur_ns", true, " depth flags start_ns units outcome err wait_cnt " },
	{ REC_WAIT, "wait ", "wait", "ns", true, " op depth begin_ns " },
	{ REC_BLAME, "blame ", "wait", "ns", false,
	  " op begin_ns holder holder_sort holder_op holder_wait holder_wait_op opcode held_ns " },
	{ REC_WINDOW, "window ", "change", "round_trip_ns", false, " at_ns " },
	{ REC_SELF_REQUEST, "self_request ", "opcode", NULL, false,
	  " at_ns closer closer_comm comm " },
};

static const struct shape *shape_of(enum rec_kind kind)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].kind == kind)
			return &shapes[i];
	return &shapes[0];
}

static __u64 number_of(const struct rec_event *ev, const char *name)
{
	const struct rec_column *column = name ? rec_columns__find(ev->kind, name) : NULL;
	struct rec_value v;

	if (!column)
		return 0;
	rec_column__value(column, ev, &v);
	return v.number;
}

/* The text of a column, "?" where it is not known, "-" where the event has no such column. */
static const char *text_of(const struct rec_event *ev, const char *name, struct rec_value *v)
{
	const struct rec_column *column = rec_columns__find(ev->kind, name);

	if (!column)
		return "-";
	rec_column__value(column, ev, v);
	return v->type == VALUE_TEXT ? v->text : "?";
}

void rec_text__head(FILE *f)
{
	fprintf(f, "%14s %-*s %*s %7s %-*s %s\n", "TIME", COMM_COLUMNS, "COMM", TASK_COLUMNS,
		"PID/TID", "TAKES", WHAT_COLUMNS, "EVENT", "FILE AND DETAILS");
}

static void print_task(FILE *f, const struct rec_event *ev)
{
	__u64 tgid = number_of(ev, "tgid"), pid = number_of(ev, "pid");
	char text[FMT_BYTES * 2] = "-";
	struct rec_value v;

	if (pid)
		snprintf(text, sizeof(text), "%llu/%llu", tgid, pid);
	fprintf(f, "%-*s %*s ", COMM_COLUMNS, text_of(ev, "comm", &v), TASK_COLUMNS, text);
}

static void print_what(FILE *f, const struct rec_event *ev, const struct shape *shape)
{
	__u64 depth = shape->has_depth ? number_of(ev, "depth") : 0;
	char ns[FMT_BYTES] = "", text[128];
	struct rec_value v;

	if (rec_event__ns(ev))
		fmt__ns(ns, sizeof(ns), rec_event__ns(ev));
	if (ev->kind == REC_WAIT)
		depth++;
	snprintf(text, sizeof(text), "%*s%s%s", (int)(2 * depth), "", shape->word,
		 text_of(ev, shape->what, &v));
	fprintf(f, "%7s %-*s ", ns, WHAT_COLUMNS, text);
}

static void print_path(FILE *f, const struct rec_event *ev)
{
	const struct rec_column *column = rec_columns__find(ev->kind, "path");
	const struct inode_key *key =
		(const void *)((const char *)ev->record + column->field->offset);
	char path[PATH_BYTES + 64];

	fputs_unlocked(names__inode_text(ev->origin->names, key, path, sizeof(path)), f);
}

/* ---- what each kind has to say by itself ---- */

static void print_op(FILE *f, const struct rec_event *ev)
{
	const struct event_op *op = ev->record;
	const char *unit = op->op < OP_NR ? unit_name(op_table[op->op].unit) : NULL;
	struct rec_value v;
	char text[FMT_BYTES];

	if (ev->kind != REC_HITS)
		fprintf(f, "  %s", text_of(ev, "outcome", &v));
	if (op->err)
		fprintf(f, " %s", text_of(ev, "err", &v));
	if (op->units && unit)
		fprintf(f, " %s=%s", unit,
			op_table[op->op].unit == UNIT_BYTES
				? fmt__bytes(text, sizeof(text), op->units)
				: fmt__count(text, sizeof(text), op->units));
}

static void print_wait(FILE *f, const struct rec_event *ev)
{
	struct rec_value v;

	fprintf(f, "  in %s", text_of(ev, "op", &v));
}

static void print_holder_wait(FILE *f, const struct rec_event *ev, const struct edge_key *edge)
{
	struct rec_value v;

	if (edge->holder_wait == WAIT_NONE)
		return;
	fprintf(f, ", waiting for %s", text_of(ev, "holder_wait", &v));
	if (edge->holder_wait_op != OP_NR)
		fprintf(f, " in %s", text_of(ev, "holder_wait_op", &v));
	if (edge->opcode)
		fprintf(f, " (%s)", text_of(ev, "opcode", &v));
}

/* "fault.read.pte <- truncate, ftrunc 4711/4711 ..." */
static void print_blame(FILE *f, const struct rec_event *ev)
{
	const struct event_blame *blame = ev->record;
	const struct edge_key *edge = &blame->edge;
	char text[FMT_BYTES];
	struct rec_value v;

	fprintf(f, "  %s <- ", text_of(ev, "op", &v));
	fputs_unlocked(text_of(ev, edge->holder_op == OP_NR ? "holder_sort" : "holder_op", &v), f);
	if (edge->holder.pid)
		fprintf(f, ", %s %u/%u", text_of(ev, "holder_comm", &v), edge->holder.tgid,
			edge->holder.pid);
	if (blame->held_ns)
		fprintf(f, ", held for at most %s", fmt__ns(text, sizeof(text), blame->held_ns));
	print_holder_wait(f, ev, edge);
}

static void print_self_request(FILE *f, const struct rec_event *ev)
{
	const struct event_self_request *request = ev->record;
	struct rec_value v;

	fputs("  waits for itself", f);
	if (request->closer.pid)
		fprintf(f, ", closed by %s %u/%u", text_of(ev, "closer_comm", &v),
			request->closer.tgid, request->closer.pid);
}

static void print_own(FILE *f, const struct rec_event *ev)
{
	if (ev->kind == REC_OP || ev->kind == REC_HITS)
		print_op(f, ev);
	else if (ev->kind == REC_WAIT)
		print_wait(f, ev);
	else if (ev->kind == REC_BLAME)
		print_blame(f, ev);
	else if (ev->kind == REC_SELF_REQUEST)
		print_self_request(f, ev);
}

/* ---- the rest ---- */

/* Columns that follow by name. */
struct details {
	bool is_built;
	size_t cnt;
	const struct rec_column *all[REC_COLUMNS_MAX];
};

static bool is_hidden(const struct shape *shape, const char *name)
{
	char word[64];

	snprintf(word, sizeof(word), " %s ", name);
	return !strcmp(name, shape->what) || (shape->ns && !strcmp(name, shape->ns)) ||
	       strstr(shape->hidden, word);
}

static void details_build(struct details *d, enum rec_kind kind, const struct shape *shape)
{
	const struct rec_columns *columns = rec_columns__of_kind(kind);

	for (size_t i = 0; i < columns->cnt; i++) {
		const struct rec_column *column = &columns->all[i];

		if ((column->part == PART_VALUE || column->part == PART_ELEMENT) &&
		    !is_hidden(shape, column->field->name))
			d->all[d->cnt++] = column;
	}
	d->is_built = true;
}

/* Those of @kind: found once, not for each event, of which there are millions. */
static const struct details *details_of(enum rec_kind kind, const struct shape *shape)
{
	static struct details all[REC_SELF_REQUEST + 1];
	struct details *d = &all[kind];

	if (!d->is_built)
		details_build(d, kind, shape);
	return d;
}

static const char *detail_name(const struct rec_column *column)
{
	return column->part == PART_ELEMENT ? rec_column__element_name(column) : column->name;
}

static void print_detail(FILE *f, const struct rec_event *ev, const struct rec_column *column)
{
	struct rec_value v;
	char text[FMT_BYTES];

	rec_column__value(column, ev, &v);
	if (v.type == VALUE_NONE || (v.type == VALUE_NUMBER && !v.number))
		return;
	fprintf(f, " %s=", detail_name(column));
	if (v.type == VALUE_TEXT)
		fputs_unlocked(v.text, f);
	else if (column->field->unit == REC_U_NS)
		fputs_unlocked(fmt__ns(text, sizeof(text), v.number), f);
	else if (column->field->unit == REC_U_BYTES)
		fputs_unlocked(fmt__bytes(text, sizeof(text), v.number), f);
	else
		rec_rows__number(f, v.number);
}

static void print_details(FILE *f, const struct rec_event *ev, const struct shape *shape)
{
	const struct details *details = details_of(ev->kind, shape);

	for (size_t i = 0; i < details->cnt; i++)
		print_detail(f, ev, details->all[i]);
}

void rec_text__print(FILE *f, const struct rec_event *ev)
{
	const struct shape *shape = shape_of(ev->kind);
	__u64 start_ns = ev->origin->start_ns;
	__u64 ns = ev->begin_ns > start_ns ? ev->begin_ns - start_ns : 0;

	fprintf(f, "%4llu.%09llu ", ns / 1000000000, ns % 1000000000);
	print_task(f, ev);
	print_what(f, ev, shape);
	print_path(f, ev);
	print_own(f, ev);
	print_details(f, ev, shape);
	fputs_unlocked(ev->is_late ? " (late)\n" : "\n", f);
}
