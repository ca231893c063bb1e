// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The live view's screen: header, tabs, the view of the tab, and a line of keys. Pure: the same
 * data and state make the same screen.
 */
#include "live.h"

#include <errno.h>
#include <string.h>

#include "live_priv.h"

#define LIST_ROWS  4 /* of a list, its heading included, that head and foot leave */
#define NAME_BYTES 2048

void live_state__init(struct live_state *st)
{
	*st = (struct live_state){};
}

/* ---- tabs ---- */

void live__tab_columns(unsigned int cols, unsigned int starts[TAB_NR + 1])
{
	unsigned int all = 1, gap, at = 1;

	for (unsigned int i = 0; i < TAB_NR; i++)
		all += strlen("1 ") + strlen(live_tabs[i]->name) + 1;
	gap = all + TAB_NR <= cols ? 2 : 1;
	for (unsigned int i = 0; i < TAB_NR; i++) {
		starts[i] = at;
		at += strlen("1 ") + strlen(live_tabs[i]->name) + gap;
	}
	starts[TAB_NR] = at;
}

/* The brackets are for those who see no colours. */
static void draw_tabs(const struct live *l, unsigned int row)
{
	unsigned int starts[TAB_NR + 1], columns;

	live__tab_columns(l->c->cols, starts);
	for (unsigned int i = 0; i < TAB_NR; i++) {
		enum style style = i == l->st->tab ? STYLE_TAB : STYLE_PLAIN;

		columns = canvas__printf(l->c, row, starts[i], 0, style, "%u %s", i + 1,
					 live_tabs[i]->name);
		if (i != l->st->tab)
			continue;
		canvas__text(l->c, row, starts[i] - 1, 1, style, "[");
		canvas__text(l->c, row, starts[i] + columns, 1, style, "]");
	}
}

/* ---- what is shown of all there is ---- */

static void add_focus(const struct live *l, struct live_line *line, const struct live_focus *focus)
{
	char buf[NAME_BYTES], tail[NAME_BYTES];

	switch (focus->kind) {
	case FOCUS_OP:
		live_line__add(line, "%s", op_table[focus->key.op].name);
		break;
	case FOCUS_INODE:
		live_inode_label(l, &focus->key.inode, buf, sizeof(buf));
		live_line__add(line, "%s", fmt__tail(tail, sizeof(tail), buf, l->c->cols / 2));
		break;
	case FOCUS_TASK:
		live_task_label(l, &focus->key.task, NULL, buf, sizeof(buf));
		live_line__add(line, "%s", buf);
		break;
	case FOCUS_CHAIN:
		live_task_label(l, &focus->key.task, NULL, buf, sizeof(buf));
		live_line__add(line, "chain of %s", buf);
		break;
	default:
		break;
	}
}

/* One line, if there is anything that is not shown; returns rows taken. */
static unsigned int draw_limits(const struct live *l, struct rect area)
{
	struct live_line line = {};

	if (!area.rows)
		return 0;
	for (size_t i = 0; i < l->st->focus_cnt; i++)
		add_focus(l, &line, &l->st->focus[i]);
	if (l->st->filter[0])
		live_line__add(&line, "names with \"%s\"", l->st->filter);
	for (size_t i = 0; i < l->d->filters_cnt; i++)
		live_line__add(&line, "%s", l->d->filters[i]);
	if (!line.used)
		return 0;
	canvas__text(l->c, area.row, 0, 0, STYLE_WARN, "Only: ");
	live_text(l, area.row, strlen("Only: "), STYLE_WARN, line.text);
	return 1;
}

/* What was gone into stays in sight where rows are of it. */
static unsigned int draw_focus(const struct live *l, struct rect area)
{
	enum live_focus_kind kind = l->focus ? l->focus->kind : FOCUS_NONE;

	if ((kind != FOCUS_INODE && kind != FOCUS_TASK) || l->st->tab == l->focus->tab)
		return 0;
	area.rows /= 3;
	return live_entity__panel(l, area, &l->focus->key, kind == FOCUS_TASK, false);
}

/* ---- the view ---- */

static struct rect below(struct rect area, unsigned int rows)
{
	if (rows > area.rows)
		rows = area.rows;
	area.row += rows;
	area.rows -= rows;
	return area;
}

static void draw_parts(const struct live *l, struct rect area, const struct live_list *list)
{
	const struct live_tab_row *tab = live_tabs[l->st->tab];
	const struct live_list_state *ls = &l->st->lists[l->st->tab];
	unsigned int least = tab->columns_cnt ? LIST_ROWS : 0, rows;
	struct rect part = area;

	if (tab->foot && area.rows > least) {
		part = below(area, area.rows / 2 > least ? area.rows - area.rows / 2 : least);
		rows = tab->foot(l, part, ls->has_key ? &ls->key : NULL);
		area.rows -= rows < area.rows ? rows : area.rows;
	}
	if (tab->head && area.rows > least) {
		part = area;
		part.rows -= least;
		area = below(area, tab->head(l, part));
	}
	live_list__draw(list, l, area);
}

static int draw_view(const struct live *l, struct rect area)
{
	struct live_list *list = live_list__new(live_tabs[l->st->tab]);
	int err;

	if (!list)
		return -ENOMEM;
	err = live_list__fill(list, l);
	if (!err) {
		live_list__select(list, l->st);
		draw_parts(l, area, list);
	}
	live_list__free(list);
	return err;
}

/* ---- the line at the bottom ---- */

static void draw_brief_keys(const struct live *l, unsigned int row)
{
	unsigned int at = 0;

	for (size_t i = 0; i < live_bindings_cnt; i++) {
		const struct live_binding *b = &live_bindings[i];
		unsigned int name = strcspn(b->name, " "), columns;

		if (!b->brief || (l->d->is_replay ? b->is_live_only : b->is_replay_only))
			continue;
		columns = name + 1 + strlen(b->brief);
		if (at + columns > l->c->cols)
			continue;
		canvas__text(l->c, row, at, name, STYLE_BOLD, b->name);
		canvas__text(l->c, row, at + name + 1, 0, STYLE_DIM, b->brief);
		at += columns + 2;
	}
}

static void draw_prompt(const struct live *l, unsigned int row)
{
	static const char *const names[] = {
		[PROMPT_SEARCH] = "Search: ",
		[PROMPT_FILTER] = "Only names with: ",
		[PROMPT_DELAY] = "Interval in seconds: ",
		[PROMPT_JUMP] = "Jump to (90, 1m30s, 1:30): ",
	};
	const struct live_tab_row *tab = live_tabs[l->st->tab];
	unsigned int at;

	if (l->st->prompt == PROMPT_SORT) {
		canvas__printf(l->c, row, 0, 0, STYLE_BOLD,
			       "Sort by %s: Left and Right choose, Enter sorts, Escape leaves it",
			       l->st->prompt_sort < tab->columns_cnt
				       ? tab->columns[l->st->prompt_sort].name
				       : "nothing");
		return;
	}
	at = canvas__text(l->c, row, 0, 0, STYLE_BOLD, names[l->st->prompt]);
	at += canvas__text(l->c, row, at, 0, STYLE_PLAIN, l->st->input);
	canvas__text(l->c, row, at, 1, STYLE_SELECTED, "_");
}

static void draw_bottom(const struct live *l, unsigned int row)
{
	if (l->st->prompt != PROMPT_NONE)
		draw_prompt(l, row);
	else if (l->st->message[0])
		canvas__text(l->c, row, 0, 0, l->st->is_message_bad ? STYLE_BAD : STYLE_GOOD,
			     l->st->message);
	else
		draw_brief_keys(l, row);
}

/* ---- all of it ---- */

static int draw_middle(const struct live *l, struct rect area)
{
	area = below(area, live_header__draw(l, area));
	l->st->tabs_row = area.row;
	if (!area.rows)
		return 0;
	draw_tabs(l, area.row);
	area = below(area, 1);
	if (!l->s) {
		if (area.rows)
			canvas__printf(l->c, area.row, 0, 0, STYLE_DIM,
				       "Collecting: figures come every %gs.", l->d->interval_s);
		return 0;
	}
	area = below(area, draw_limits(l, area));
	area = below(area, draw_focus(l, area));
	return draw_view(l, area);
}

int live__draw(struct canvas *c, const struct live_data *d, struct live_state *st)
{
	struct live l = { .c = c, .d = d, .st = st };
	struct rect area = { .rows = c->rows, .cols = c->cols };
	int err = 0;

	canvas__clear(c);
	st->rows = c->rows;
	st->cols = c->cols;
	if (!c->rows || !c->cols)
		return 0;
	l.s = st->is_cumulative && d->total ? d->total : d->interval;
	l.duration_ns = l.s ? summary__duration_ns(l.s) : 0;
	if (st->focus_cnt)
		l.focus = &st->focus[st->focus_cnt - 1];
	if (c->rows > 1)
		area.rows--;
	if (st->has_help)
		live_help__draw(&l, area);
	else
		err = draw_middle(&l, area);
	if (c->rows > 1)
		draw_bottom(&l, c->rows - 1);
	return err;
}
