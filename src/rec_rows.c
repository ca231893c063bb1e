// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Rows by hand and not by a JSON library: recordings have millions of events.
 */
#include "rec_rows.h"

#include <stdbool.h>
#include <string.h>

void rec_rows__number(FILE *f, __u64 number)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = '0' + number % 10;
		number /= 10;
	} while (number);
	fwrite_unlocked(digits + at, 1, sizeof(digits) - at, f);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

void rec_rows__json_string(FILE *f, const char *text)
{
	putc_unlocked('"', f);
	while (*text) {
		size_t cnt = 0;

		while (is_plain(text[cnt]))
			cnt++;
		fwrite_unlocked(text, 1, cnt, f);
		text += cnt;
		if (!*text)
			break;
		if ((unsigned char)*text < 0x20)
			fprintf(f, "\\u%04x", *text);
		else
			fprintf(f, "\\%c", *text);
		text++;
	}
	putc_unlocked('"', f);
}

/* ---- JSON ---- */

static void json_key(FILE *f, bool *is_first, const char *name)
{
	if (!*is_first)
		putc_unlocked(',', f);
	*is_first = false;
	putc_unlocked('"', f);
	fputs_unlocked(name, f); /* of ours: nothing to escape */
	fputs_unlocked("\":", f);
}

static void json_value(FILE *f, const struct rec_column *column, const struct rec_value *v)
{
	if (v->type == VALUE_NONE)
		fputs_unlocked("null", f);
	else if (v->type == VALUE_TEXT)
		rec_rows__json_string(f, v->text);
	else if (column->part == PART_LATE)
		fputs_unlocked(v->number ? "true" : "false", f);
	else
		rec_rows__number(f, v->number);
}

/* All elements of one array, from @column on; returns how many columns those are. */
static size_t json_array(FILE *f, const struct rec_column *column, const struct rec_event *ev)
{
	bool is_first = true;
	size_t cnt = column->field->cnt;

	putc_unlocked('{', f);
	for (size_t i = 0; i < cnt; i++) {
		struct rec_value v;

		rec_column__value(&column[i], ev, &v);
		if (!v.number)
			continue;
		json_key(f, &is_first, rec_column__element_name(&column[i]));
		rec_rows__number(f, v.number);
	}
	putc_unlocked('}', f);
	return cnt;
}

void rec_rows__json(FILE *f, const struct rec_event *ev)
{
	const struct rec_columns *columns = rec_columns__of_kind(ev->kind);
	bool is_first = true;
	struct rec_value v;

	putc_unlocked('{', f);
	for (size_t i = 0; i < columns->cnt;) {
		const struct rec_column *column = &columns->all[i];

		if (column->part == PART_ELEMENT) {
			json_key(f, &is_first, column->field->name);
			i += json_array(f, column, ev);
			continue;
		}
		rec_column__value(column, ev, &v);
		json_key(f, &is_first, column->name);
		json_value(f, column, &v);
		i++;
	}
	fputs_unlocked("}\n", f);
}

/* ---- CSV ---- */

#define CSV_COLUMNS_MAX (REC_COLUMNS_MAX * 3)

/* The names of all columns, and which of them each kind's are. Built at the first call. */
static const struct csv_columns {
	size_t cnt;
	const char *names[CSV_COLUMNS_MAX];
	const struct rec_column *of_kind[REC_SELF_REQUEST + 1][CSV_COLUMNS_MAX];
} * csv_columns(void)
{
	static struct csv_columns all;

	if (all.cnt)
		return &all;
	for (size_t k = 0; rec_event_kinds[k]; k++) {
		const struct rec_columns *columns = rec_columns__of_kind(rec_event_kinds[k]);

		for (size_t i = 0; i < columns->cnt; i++) {
			size_t at = 0;

			while (at < all.cnt && strcmp(all.names[at], columns->all[i].name))
				at++;
			if (at == CSV_COLUMNS_MAX)
				continue;
			if (at == all.cnt)
				all.names[all.cnt++] = columns->all[i].name;
			all.of_kind[rec_event_kinds[k]][at] = &columns->all[i];
		}
	}
	return &all;
}

static void csv_text(FILE *f, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs_unlocked(text, f);
		return;
	}
	putc_unlocked('"', f);
	for (; *text; text++) {
		if (*text == '"')
			putc_unlocked('"', f);
		putc_unlocked(*text, f);
	}
	putc_unlocked('"', f);
}

void rec_rows__csv_head(FILE *f)
{
	const struct csv_columns *columns = csv_columns();

	for (size_t i = 0; i < columns->cnt; i++) {
		if (i)
			putc_unlocked(',', f);
		csv_text(f, columns->names[i]);
	}
	putc_unlocked('\n', f);
}

void rec_rows__csv(FILE *f, const struct rec_event *ev)
{
	const struct csv_columns *columns = csv_columns();
	struct rec_value v;

	for (size_t i = 0; i < columns->cnt; i++) {
		const struct rec_column *column = columns->of_kind[ev->kind][i];

		if (i)
			putc_unlocked(',', f);
		if (!column)
			continue;
		rec_column__value(column, ev, &v);
		if (v.type == VALUE_TEXT)
			csv_text(f, v.text);
		else if (v.type == VALUE_NUMBER)
			rec_rows__number(f, v.number);
	}
	putc_unlocked('\n', f);
}
