// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Help, made of the tables that it tells of: keys, views, and what the letters in bars mean.
 */
#include "live_priv.h"

#define NAME_COLUMNS 20
#define LINE_BYTES   512

/* Lines are numbered from the first of the text on; those outside of @area are not drawn. */
struct page {
	const struct live *l;
	struct rect area;
	size_t first, line;
};

static void draw_line(struct page *p, enum style style, const char *name, unsigned int col,
		      const char *text)
{
	unsigned int row = p->area.row + (p->line - p->first);
	bool is_seen = p->line >= p->first && p->line - p->first < p->area.rows;

	p->line++;
	if (!is_seen)
		return;
	canvas__text(p->l->c, row, 1, NAME_COLUMNS - 1, STYLE_BOLD, name);
	canvas__text(p->l->c, row, col, 0, style, text);
}

/* A name and what it means, on as many lines as that takes. */
static void draw_entry(struct page *p, const char *name, const char *text)
{
	unsigned int columns =
		p->area.cols > NAME_COLUMNS * 2 ? p->area.cols - NAME_COLUMNS : NAME_COLUMNS;
	char line[LINE_BYTES];

	do {
		text = live_words(p->l, text, columns, line, sizeof(line));
		draw_line(p, STYLE_PLAIN, name, NAME_COLUMNS, line);
		name = "";
	} while (*text);
}

static void draw_title(struct page *p, const char *title)
{
	if (p->line)
		draw_line(p, STYLE_PLAIN, "", 0, "");
	draw_line(p, STYLE_HEADING, "", 1, title);
}

static void draw_keys(struct page *p)
{
	draw_title(p, "Keys (any other key leaves this help)");
	for (size_t i = 0; i < live_bindings_cnt; i++) {
		const struct live_binding *b = &live_bindings[i];

		if (p->l->d->is_replay ? b->is_live_only : b->is_replay_only)
			continue;
		draw_entry(p, b->name, b->text);
	}
	draw_entry(p, "mouse", "a tab, a heading or a row; the wheel moves");
}

static void draw_views(struct page *p)
{
	draw_title(p, "Views");
	for (unsigned int i = 0; i < TAB_NR; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%u %s", i + 1, live_tabs[i]->name);
		draw_entry(p, name, live_tabs[i]->title);
	}
}

static void draw_letters(struct page *p)
{
	draw_title(p, "Letters in bars");
	for (unsigned int i = 0; i < WAIT_NR; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%c %s", live_wait_letter(i), wait_table[i].name);
		draw_entry(p, name, wait_table[i].help);
	}
	draw_entry(p, canvas__glyph(p->l->c, GLYPH_EMPTY),
		   "in bars of time: own work; in bars of a window: free ranges");
}

unsigned int live_help__draw(const struct live *l, struct rect area)
{
	struct page p = { .l = l, .area = { .cols = area.cols } };
	size_t lines;

	/* Nothing is drawn the first time: that tells how long it is. */
	draw_keys(&p);
	draw_views(&p);
	draw_letters(&p);
	lines = p.line;
	if (l->st->help_first + area.rows > lines)
		l->st->help_first = lines > area.rows ? lines - area.rows : 0;
	p = (struct page){ .l = l, .area = area, .first = l->st->help_first };
	draw_keys(&p);
	draw_views(&p);
	draw_letters(&p);
	if (l->st->help_first + area.rows < lines && area.rows)
		canvas__printf(l->c, area.row + area.rows - 1, area.cols > 12 ? area.cols - 12 : 0,
			       0, STYLE_DIM, " more: PgDn ");
	return area.rows;
}
