// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Words on the screen: lists of them in a line, sentences on several, and rules with a title. What
 * does not fit is marked, never just gone.
 */
#include <stdarg.h>
#include <string.h>

#include "live_priv.h"

void live_line__add(struct live_line *line, const char *format, ...)
{
	size_t left = sizeof(line->text) - line->used, bytes;
	va_list args;
	char buf[sizeof(line->text)];

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	bytes = strlen(buf) + (line->used ? 2 : 0);
	if (bytes >= left)
		return;
	snprintf(line->text + line->used, left, "%s%s", line->used ? ", " : "", buf);
	line->used += bytes;
}

void live_line__add_waits(struct live_line *line, const __u64 wait_ns[WAIT_NR], __u64 span_ns,
			  bool has_own)
{
	unsigned int order[WAIT_NR];
	size_t cnt = live_wait_order(wait_ns, order);
	__u64 own_ns = span_ns;

	for (size_t i = 0; i < cnt; i++) {
		live_line__add(line, "%s%% %s", PERCENT(wait_ns[order[i]], span_ns),
			       wait_table[order[i]].name);
		own_ns -= wait_ns[order[i]] < own_ns ? wait_ns[order[i]] : own_ns;
	}
	if (has_own && own_ns)
		live_line__add(line, "%s%% own work", PERCENT(own_ns, span_ns));
}

const char *live_words(const struct live *l, const char *text, unsigned int columns, char *line,
		       size_t bytes)
{
	size_t end = strlen(text);
	char *space;

	snprintf(line, bytes, "%s", text);
	while (canvas__columns(l->c, line) > columns && (space = strrchr(line, ' '))) {
		*space = '\0';
		end = space - line + 1;
	}
	return text + end;
}

unsigned int live_text(const struct live *l, unsigned int row, unsigned int col, enum style style,
		       const char *text)
{
	unsigned int columns = canvas__text(l->c, row, col, 0, style, text);

	if (col < l->c->cols && canvas__columns(l->c, text) > l->c->cols - col)
		canvas__text(l->c, row, l->c->cols - 1, 1, style, canvas__glyph(l->c, GLYPH_MORE));
	return columns;
}

void live_rule(const struct live *l, struct rect area, const char *title)
{
	for (unsigned int i = 0; i < area.cols; i++)
		canvas__text(l->c, area.row, area.col + i, 1, STYLE_DIM,
			     canvas__glyph(l->c, GLYPH_RULE));
	if (area.cols > 6)
		canvas__printf(l->c, area.row, area.col + 2, area.cols - 4, STYLE_BOLD, " %s ",
			       title);
}

unsigned int live_foot(const struct live *l, struct rect area, const char *title,
		       const struct live_line *lines, size_t cnt)
{
	unsigned int rows = 1, at;

	for (size_t i = 0; i < cnt && rows < area.rows; i++)
		rows += lines[i].used != 0;
	if (rows > area.rows)
		return 0;
	at = area.row + area.rows - rows;
	area.row = at++;
	live_rule(l, area, title);
	for (size_t i = 0; i < cnt && at < area.row + rows; i++) {
		if (lines[i].used)
			live_text(l, at++, area.col + 1, STYLE_PLAIN, lines[i].text);
	}
	return rows;
}
