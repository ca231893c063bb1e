// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A screen as data. Surprising: a character may take two cells, and drawing over one of them must
 * not leave the other half.
 */
#include "canvas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"

#define LINE_BYTES 4096

int canvas__init(struct canvas *c, unsigned int rows, unsigned int cols, bool is_ascii)
{
	struct canvas_cell *cells = calloc((size_t)rows * cols + 1, sizeof(*cells));

	if (!cells)
		return -ENOMEM;
	*c = (struct canvas){ .rows = rows, .cols = cols, .is_ascii = is_ascii, .cells = cells };
	return 0;
}

void canvas__fini(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas){};
}

void canvas__clear(struct canvas *c)
{
	memset(c->cells, 0, (size_t)c->rows * c->cols * sizeof(*c->cells));
}

const char *canvas__glyph(const struct canvas *c, enum glyph glyph)
{
	static const struct {
		const char *utf8, *ascii;
	} glyphs[GLYPH_NR] = {
		[GLYPH_FULL] = { "█", "#" },	[GLYPH_EMPTY] = { "·", "." },
		[GLYPH_RECLAIM] = { "▒", "~" }, [GLYPH_LEFT] = { "←", "<-" },
		[GLYPH_DOWN] = { "▼", "v" },	[GLYPH_UP] = { "▲", "^" },
		[GLYPH_RULE] = { "─", "-" },	[GLYPH_VERTICAL] = { "│", "|" },
		[GLYPH_MORE] = { "…", ">" },
	};

	return c->is_ascii ? glyphs[glyph].ascii : glyphs[glyph].utf8;
}

/* ---- characters ---- */

struct span {
	__u32 first, last;
};

static bool is_in(__u32 code, const struct span *spans, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		if (code >= spans[i].first && code <= spans[i].last)
			return true;
	}
	return false;
}

/*
 * Columns as terminals have them (Unicode's East Asian width, and its marks and controls), by
 * blocks. Marks have no column, and what turns the direction of text must not reach a terminal:
 * they get a '?'.
 */
static unsigned int columns_of(__u32 code)
{
	static const struct span none[] = {
		{ 0xad, 0xad },	    { 0x300, 0x36f },	{ 0x483, 0x489 },      { 0x591, 0x5bd },
		{ 0x610, 0x61a },   { 0x64b, 0x65f },	{ 0x1ab0, 0x1aff },    { 0x1dc0, 0x1dff },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },    { 0x20d0, 0x20ff },
		{ 0x302a, 0x302f }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },    { 0xfeff, 0xfeff },
		{ 0xfff0, 0xfffb }, { 0xe000, 0xf8ff }, { 0xe0000, 0x10ffff },
	};
	static const struct span wide[] = {
		{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x23e9, 0x23ec },
		{ 0x25fd, 0x25fe },   { 0x2614, 0x2615 },   { 0x26a1, 0x26a1 },
		{ 0x2705, 0x2705 },   { 0x274c, 0x274c },   { 0x2e80, 0x303e },
		{ 0x3041, 0xa4cf },   { 0xa960, 0xa97c },   { 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },   { 0x16fe0, 0x18aff }, { 0x1b000, 0x1b2ff },
		{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1faff },
		{ 0x20000, 0x3fffd },
	};

	if (code < 0xad)
		return 1;
	if (is_in(code, none, sizeof(none) / sizeof(none[0])))
		return 0;
	return is_in(code, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}

/* What is drawn for the character at @text, and how many columns of it; returns its bytes. */
static size_t next_char(const struct canvas *c, const char *text, char res[8],
			unsigned int *columns)
{
	__u32 code = 0;
	size_t len = fmt__char(text, strnlen(text, 4), &code);

	*columns = len ? columns_of(code) : 0;
	if (!*columns || (c->is_ascii && len > 1)) {
		*columns = 1;
		strcpy(res, "?");
	} else {
		memcpy(res, text, len);
		res[len] = '\0';
	}
	return len ? len : 1;
}

unsigned int canvas__columns(const struct canvas *c, const char *text)
{
	unsigned int all = 0, columns;
	char one[8];

	while (*text) {
		text += next_char(c, text, one, &columns);
		all += columns;
	}
	return all;
}

/* ---- drawing ---- */

static struct canvas_cell *cell_at(struct canvas *c, unsigned int row, unsigned int col)
{
	return &c->cells[(size_t)row * c->cols + col];
}

/* What is left of a wide character that a cell was part of. */
static void break_wide(struct canvas *c, unsigned int row, unsigned int col)
{
	struct canvas_cell *cell = cell_at(c, row, col);

	if (cell->is_tail && col)
		cell[-1].text[0] = '\0';
	if (col + 1 < c->cols && cell[1].is_tail)
		cell[1].is_tail = false;
}

static void put(struct canvas *c, unsigned int row, unsigned int col, enum style style,
		const char *one, unsigned int columns)
{
	for (unsigned int i = 0; i < columns; i++) {
		struct canvas_cell *cell = cell_at(c, row, col + i);

		break_wide(c, row, col + i);
		*cell = (struct canvas_cell){ .style = style, .is_tail = i };
		if (!i && strcmp(one, " "))
			strcpy(cell->text, one);
	}
}

/* Columns there are from @col on, at most @width if that is not 0. */
static unsigned int room(const struct canvas *c, unsigned int row, unsigned int col,
			 unsigned int width)
{
	if (row >= c->rows || col >= c->cols)
		return 0;
	return width && width < c->cols - col ? width : c->cols - col;
}

unsigned int canvas__text(struct canvas *c, unsigned int row, unsigned int col, unsigned int width,
			  enum style style, const char *text)
{
	unsigned int left = room(c, row, col, width), at = col, columns;
	char one[8];

	while (*text) {
		text += next_char(c, text, one, &columns);
		if (columns > left)
			break;
		put(c, row, at, style, one, columns);
		at += columns;
		left -= columns;
	}
	return at - col;
}

unsigned int canvas__printf(struct canvas *c, unsigned int row, unsigned int col,
			    unsigned int width, enum style style, const char *format, ...)
{
	char buf[LINE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	return canvas__text(c, row, col, width, style, buf);
}

void canvas__paint(struct canvas *c, unsigned int row, unsigned int col, unsigned int width,
		   enum style style)
{
	unsigned int cnt = room(c, row, col, width);

	for (unsigned int i = 0; i < cnt; i++)
		cell_at(c, row, col + i)->style = style;
}

/* ---- bars ---- */

/* The part with most columns to lose; @cnt: none has more than @least. */
static size_t widest(const unsigned int *columns, size_t cnt, unsigned int least)
{
	size_t best = cnt;

	for (size_t i = 0; i < cnt; i++) {
		if (columns[i] > least && (best == cnt || columns[i] > columns[best]))
			best = i;
	}
	return best;
}

/*
 * Parts end where their sum does, rounded; what that leaves without a column takes one from the
 * widest.
 */
static void split_columns(const struct bar_part *parts, size_t cnt, double all, unsigned int width,
			  unsigned int *columns)
{
	unsigned int end = 0, used = 0;
	double sum = 0;

	for (size_t i = 0; i < cnt; i++) {
		unsigned int begin = end;

		sum += parts[i].value;
		end = sum < all ? sum / all * width + 0.5 : width;
		columns[i] = end - begin;
		if (!columns[i] && parts[i].value)
			columns[i] = 1;
		used += columns[i];
	}
	while (used > width) {
		size_t i = widest(columns, cnt, 1);

		columns[i < cnt ? i : widest(columns, cnt, 0)]--;
		used--;
	}
}

#define PARTS_MAX 32

void canvas__bar(struct canvas *c, unsigned int row, unsigned int col, unsigned int width,
		 const struct bar_part *parts, size_t cnt, __u64 all)
{
	unsigned int columns[PARTS_MAX] = {}, at = col, end;
	double sum = 0; /* that of a recording may be beyond 64 bits */

	width = room(c, row, col, width);
	end = col + width;
	if (cnt > PARTS_MAX)
		cnt = PARTS_MAX;
	for (size_t i = 0; i < cnt; i++)
		sum += parts[i].value;
	if (sum)
		split_columns(parts, cnt, all < sum ? sum : all, width, columns);
	for (size_t i = 0; i < cnt; i++) {
		char mark[2] = { parts[i].mark };
		const char *text = !mark[0]		    ? canvas__glyph(c, GLYPH_FULL)
				   : mark[0] == BAR_RECLAIM ? canvas__glyph(c, GLYPH_RECLAIM)
							    : mark;

		for (unsigned int j = 0; j < columns[i]; j++)
			put(c, row, at++, parts[i].style, text, 1);
	}
	while (at < end)
		put(c, row, at++, STYLE_DIM, canvas__glyph(c, GLYPH_EMPTY), 1);
}

/* ---- as text ---- */

void canvas__print(const struct canvas *c, FILE *f)
{
	for (unsigned int row = 0; row < c->rows; row++) {
		const struct canvas_cell *cells = &c->cells[(size_t)row * c->cols];
		unsigned int end = c->cols;

		while (end && !cells[end - 1].text[0] && !cells[end - 1].is_tail)
			end--;
		for (unsigned int col = 0; col < end; col++) {
			if (!cells[col].is_tail)
				fputs(cells[col].text[0] ? cells[col].text : " ", f);
		}
		fputc('\n', f);
	}
}
