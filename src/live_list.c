// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The list of a view: a tab fills in all rows that there are; which of them are shown, in what
 * order and which one is selected is found here, the same for all tabs. Surprising: nothing is kept
 * from one draw to the next but what struct live_list_state says.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "live_priv.h"

#define CELL_BYTES 2048

struct list_cell {
	bool is_set, is_bar;
	double value;
	size_t text; /* in list->text */
	/* of a bar */
	size_t parts, parts_cnt;
	__u64 all;
};

struct list_row {
	struct live_key key;
	enum style style;
	size_t nr; /* as it was added */
};

struct live_list {
	const struct live_tab_row *tab;
	struct list_row *rows; /* those that are shown are the first ones, in order */
	struct list_cell *cells;
	size_t cnt, shown_cnt, max;
	char *text;
	size_t text_bytes, text_max;
	struct bar_part *parts;
	size_t parts_cnt, parts_max;
	bool is_cut_by_filter, is_cut_by_focus;
	int err;
};

struct live_list *live_list__new(const struct live_tab_row *tab)
{
	struct live_list *list = calloc(1, sizeof(*list));

	if (list)
		list->tab = tab;
	return list;
}

void live_list__free(struct live_list *list)
{
	if (!list)
		return;
	free(list->rows);
	free(list->cells);
	free(list->text);
	free(list->parts);
	free(list);
}

/* ---- what tabs fill in ---- */

/* Room for @need of @size each. */
static bool grow(struct live_list *list, void **array, size_t *max, size_t need, size_t size)
{
	size_t want = *max ? *max : 64;
	void *p;

	if (list->err || need <= *max)
		return !list->err;
	while (want < need)
		want *= 2;
	p = realloc(*array, want * size);
	if (!p) {
		list->err = -ENOMEM;
		return false;
	}
	*array = p;
	*max = want;
	return true;
}

int live_list__row(struct live_list *list, const struct live_key *key, enum style style)
{
	size_t columns_cnt = list->tab->columns_cnt, cells_max = list->max;

	if (!grow(list, (void **)&list->cells, &cells_max, list->cnt + 1,
		  columns_cnt * sizeof(struct list_cell) + 1) ||
	    !grow(list, (void **)&list->rows, &list->max, list->cnt + 1, sizeof(struct list_row)))
		return list->err;
	memset(list->cells + list->cnt * columns_cnt, 0, columns_cnt * sizeof(struct list_cell));
	list->rows[list->cnt] = (struct list_row){ .key = *key, .style = style, .nr = list->cnt };
	list->cnt++;
	return 0;
}

/* A cell of the last row; NULL: there is none. */
static struct list_cell *new_cell(struct live_list *list, unsigned int col, double value)
{
	struct list_cell *cell;

	if (list->err || !list->cnt || col >= list->tab->columns_cnt)
		return NULL;
	cell = &list->cells[(list->cnt - 1) * list->tab->columns_cnt + col];
	cell->is_set = true;
	cell->value = value;
	return cell;
}

void live_list__cell(struct live_list *list, unsigned int col, double value, const char *format,
		     ...)
{
	struct list_cell *cell = new_cell(list, col, value);
	char buf[CELL_BYTES];
	va_list args;
	size_t bytes;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	bytes = strlen(buf) + 1;
	if (!cell)
		return;
	if (!grow(list, (void **)&list->text, &list->text_max, list->text_bytes + bytes, 1)) {
		cell->is_set = false;
		return;
	}
	cell->text = list->text_bytes;
	memcpy(list->text + list->text_bytes, buf, bytes);
	list->text_bytes += bytes;
}

void live_list__bar(struct live_list *list, unsigned int col, double value,
		    const struct bar_part *parts, size_t cnt, __u64 all)
{
	struct list_cell *cell = new_cell(list, col, value);

	if (!cell)
		return;
	cell->is_set = grow(list, (void **)&list->parts, &list->parts_max, list->parts_cnt + cnt,
			    sizeof(*parts));
	if (!cell->is_set)
		return;
	cell->is_bar = true;
	cell->parts = list->parts_cnt;
	cell->parts_cnt = cnt;
	cell->all = all;
	for (size_t i = 0; i < cnt; i++)
		list->parts[cell->parts + i] = parts[i];
	list->parts_cnt += cnt;
}

static const struct list_cell *cell_of(const struct live_list *list, const struct list_row *row,
				       size_t col)
{
	return &list->cells[row->nr * list->tab->columns_cnt + col];
}

static const char *text_of(const struct live_list *list, const struct list_cell *cell)
{
	return cell->is_set && !cell->is_bar ? list->text + cell->text : "";
}

/* ---- which rows, in what order ---- */

static bool is_name(const struct live_column *column)
{
	return column->is_left || column->is_text || !column->width;
}

static bool has_text(const struct live_list *list, const struct list_row *row, const char *what)
{
	for (size_t i = 0; i < list->tab->columns_cnt; i++) {
		if (is_name(&list->tab->columns[i]) &&
		    strcasestr(text_of(list, cell_of(list, row, i)), what))
			return true;
	}
	return false;
}

bool live_key__is_same(const struct live_key *a, const struct live_key *b)
{
	return a->op == b->op && a->nr == b->nr && inode_key__is_same(&a->inode, &b->inode) &&
	       task_key__is_same(&a->task, &b->task);
}

static bool is_about(const struct live_key *key, enum live_focus_kind kind)
{
	return kind == FOCUS_INODE ? key->inode.nodeid || key->inode.dev : key->task.pid;
}

/* Is what was gone into something that rows of this list tell apart? */
static bool does_focus_apply(const struct live_list *list, const struct live *l)
{
	const struct live_focus *focus = l->focus;

	if (!focus)
		return false;
	if (focus->kind == FOCUS_CHAIN)
		return focus->tab == l->st->tab;
	if (focus->kind != FOCUS_INODE && focus->kind != FOCUS_TASK)
		return false;
	for (size_t i = 0; i < list->cnt; i++) {
		if (is_about(&list->rows[i].key, focus->kind))
			return true;
	}
	return false;
}

static bool is_in_focus(const struct live_focus *focus, const struct live_key *key)
{
	if (focus->kind == FOCUS_INODE)
		return inode_key__is_same(&key->inode, &focus->key.inode);
	if (focus->kind == FOCUS_TASK)
		return task_key__is_same(&key->task, &focus->key.task);
	return live_key__is_same(key, &focus->key);
}

static void leave_out(struct live_list *list, const struct live *l)
{
	bool has_focus = does_focus_apply(list, l);

	for (size_t i = 0; i < list->cnt; i++) {
		const struct list_row *row = &list->rows[i];

		if (has_focus && !is_in_focus(l->focus, &row->key))
			list->is_cut_by_focus = true;
		else if (l->st->filter[0] && !has_text(list, row, l->st->filter))
			list->is_cut_by_filter = true;
		else
			list->rows[list->shown_cnt++] = *row;
	}
}

unsigned int live_list__sort_column(const struct live_tab_row *tab,
				    const struct live_list_state *ls)
{
	return ls->is_sorted && ls->sort < tab->columns_cnt ? ls->sort : tab->best_sort;
}

struct order {
	const struct live_list *list;
	unsigned int col;
	bool is_text, is_up;
};

static int compare_cells(const struct order *o, const struct list_cell *a,
			 const struct list_cell *b)
{
	if (o->is_text)
		return strcasecmp(text_of(o->list, a), text_of(o->list, b));
	return (a->value > b->value) - (a->value < b->value);
}

static bool is_known(const struct order *o, const struct list_cell *cell)
{
	return cell->is_set &&
	       (o->is_text ? text_of(o->list, cell)[0] != '\0' : !isnan(cell->value));
}

static int compare_rows(const void *a, const void *b, void *ctx)
{
	const struct list_row *x = a, *y = b;
	const struct order *o = ctx;
	const struct list_cell *cx = cell_of(o->list, x, o->col), *cy = cell_of(o->list, y, o->col);
	int order = is_known(o, cy) - is_known(o, cx);

	if (!order && is_known(o, cx)) {
		order = compare_cells(o, cx, cy);
		if (!o->is_up)
			order = -order;
	}
	return order ? order : x->nr < y->nr ? -1 : x->nr > y->nr;
}

static bool is_ascending(const struct live_tab_row *tab, const struct live_list_state *ls)
{
	return tab->columns[live_list__sort_column(tab, ls)].is_text != ls->is_reversed;
}

static void sort(struct live_list *list, const struct live_list_state *ls)
{
	struct order o = { .list = list, .col = live_list__sort_column(list->tab, ls) };

	if (!list->shown_cnt || !list->tab->columns_cnt)
		return;
	o.is_text = list->tab->columns[o.col].is_text;
	o.is_up = is_ascending(list->tab, ls);
	qsort_r(list->rows, list->shown_cnt, sizeof(*list->rows), compare_rows, &o);
}

int live_list__fill(struct live_list *list, const struct live *l)
{
	int err = list->tab->fill ? list->tab->fill(l, list) : 0;

	if (err || list->err)
		return err ? err : list->err;
	leave_out(list, l);
	sort(list, &l->st->lists[l->st->tab]);
	return 0;
}

/* ---- what is selected ---- */

static size_t find_key(const struct live_list *list, const struct live_list_state *ls)
{
	for (size_t i = 0; i < list->shown_cnt; i++) {
		if (live_key__is_same(&list->rows[i].key, &ls->key))
			return i;
	}
	return ls->selected;
}

static void search(const struct live_list *list, struct live_state *st)
{
	struct live_list_state *ls = &st->lists[st->tab];
	size_t cnt = list->shown_cnt, from = st->search_step == SEARCH_HERE ? 0 : 1;
	bool is_back = st->search_step == SEARCH_PREVIOUS;

	st->search_step = SEARCH_NONE;
	if (!st->search[0])
		return;
	for (size_t i = from; i < cnt + from; i++) {
		size_t at = (ls->selected + (is_back ? cnt - i % cnt : i)) % cnt;

		if (has_text(list, &list->rows[at], st->search)) {
			ls->selected = at;
			ls->is_following = true;
			return;
		}
	}
	snprintf(st->message, sizeof(st->message), "nothing here has \"%s\" in its name",
		 st->search);
	st->is_message_bad = true;
}

void live_list__select(const struct live_list *list, struct live_state *st)
{
	struct live_list_state *ls = &st->lists[st->tab];

	if (!ls->is_following)
		ls->selected = 0;
	else if (ls->has_key && !ls->is_moved)
		ls->selected = find_key(list, ls);
	if (ls->selected >= list->shown_cnt)
		ls->selected = list->shown_cnt ? list->shown_cnt - 1 : 0;
	if (st->search_step)
		search(list, st);
	ls->is_moved = false;
	ls->has_key = list->shown_cnt;
	if (ls->has_key)
		ls->key = list->rows[ls->selected].key;
	st->rows_cnt = list->shown_cnt;
}

/* ---- on the screen ---- */

void live_list__layout(const struct live_tab_row *tab, unsigned int cols,
		       struct live_span spans[LIVE_COLUMNS_MAX])
{
	unsigned int fixed = 0, at = 0;

	for (size_t i = 0; i < tab->columns_cnt; i++) {
		if (tab->columns[i].from_cols <= cols)
			fixed += tab->columns[i].width + 1;
	}
	for (size_t i = 0; i < tab->columns_cnt; i++) {
		const struct live_column *column = &tab->columns[i];

		spans[i] = (struct live_span){ .col = at, .width = column->width };
		if (column->from_cols > cols)
			spans[i].width = 0;
		else if (!column->width)
			spans[i].width = cols > fixed ? cols - fixed + 1 : 0;
		if (at >= cols)
			spans[i].width = 0;
		else if (spans[i].width > cols - at)
			spans[i].width = cols - at;
		if (spans[i].width)
			at += spans[i].width + 1;
	}
}

static void draw_heading(const struct live_list *list, const struct live *l, struct rect area,
			 const struct live_span *spans)
{
	const struct live_list_state *ls = &l->st->lists[l->st->tab];
	unsigned int sorted = live_list__sort_column(list->tab, ls);
	bool is_up = is_ascending(list->tab, ls);

	canvas__paint(l->c, area.row, area.col, area.cols, STYLE_HEADING);
	for (unsigned int i = 0; i < list->tab->columns_cnt; i++) {
		const struct live_column *column = &list->tab->columns[i];
		const char *mark = canvas__glyph(l->c, is_up ? GLYPH_UP : GLYPH_DOWN);
		bool is_pointed = l->st->prompt == PROMPT_SORT && l->st->prompt_sort == i;
		enum style style = is_pointed ? STYLE_SELECTED : STYLE_HEADING;
		unsigned int name = strlen(column->name), at = spans[i].col;

		if (!spans[i].width)
			continue;
		if (!column->is_left && column->width > name)
			at += column->width - name - (i == sorted);
		at += canvas__text(l->c, area.row, at, spans[i].width, style, column->name);
		if (i == sorted)
			canvas__text(l->c, area.row, at, 0, style, mark);
	}
}

/* The end of it, in so many columns of the screen: wide characters make it shorter. */
static const char *tail(const struct canvas *c, const char *text, unsigned int width, char *buf)
{
	size_t columns = width;

	do {
		fmt__tail(buf, CELL_BYTES, text, columns);
	} while (columns-- && canvas__columns(c, buf) > width);
	return buf;
}

static void draw_text(const struct live *l, unsigned int row, const struct live_column *column,
		      struct live_span span, enum style style, const char *text)
{
	unsigned int columns = canvas__columns(l->c, text), at = span.col;
	char buf[CELL_BYTES];

	if (columns > span.width && !column->width && !column->keeps_begin) {
		text = tail(l->c, text, span.width, buf);
		columns = canvas__columns(l->c, text);
	}
	if (!column->is_left && column->width && columns < span.width)
		at += span.width - columns;
	canvas__text(l->c, row, at, span.col + span.width - at, style, text);
	if (columns > span.width)
		canvas__text(l->c, row, span.col + span.width - 1, 1, style,
			     canvas__glyph(l->c, GLYPH_MORE));
}

static void draw_row(const struct live_list *list, const struct live *l, unsigned int screen_row,
		     const struct list_row *row, bool is_selected, const struct live_span *spans)
{
	enum style style = is_selected ? STYLE_SELECTED : row->style;

	canvas__paint(l->c, screen_row, 0, 0, style);
	for (size_t i = 0; i < list->tab->columns_cnt; i++) {
		const struct list_cell *cell = cell_of(list, row, i);

		if (!spans[i].width || !cell->is_set)
			continue;
		if (cell->is_bar)
			canvas__bar(l->c, screen_row, spans[i].col, spans[i].width,
				    list->parts + cell->parts, cell->parts_cnt, cell->all);
		else
			draw_text(l, screen_row, &list->tab->columns[i], spans[i], style,
				  text_of(list, cell));
	}
}

static void draw_nothing(const struct live_list *list, const struct live *l, struct rect area)
{
	if (!area.rows)
		return;
	if (list->is_cut_by_filter)
		canvas__printf(l->c, area.row, area.col, area.cols, STYLE_DIM,
			       "No name here has \"%s\": F4 changes that.", l->st->filter);
	else if (list->is_cut_by_focus)
		canvas__text(l->c, area.row, area.col, area.cols, STYLE_DIM,
			     "None of this one here: Escape goes back.");
	else if (list->tab->empty)
		canvas__text(l->c, area.row, area.col, area.cols, STYLE_DIM, list->tab->empty);
}

static void scroll(struct live_list_state *ls, size_t cnt, size_t page)
{
	if (ls->first + page > cnt)
		ls->first = cnt > page ? cnt - page : 0;
	if (ls->selected < ls->first)
		ls->first = ls->selected;
	else if (page && ls->selected >= ls->first + page)
		ls->first = ls->selected - page + 1;
}

void live_list__draw(const struct live_list *list, const struct live *l, struct rect area)
{
	struct live_list_state *ls = &l->st->lists[l->st->tab];
	struct live_span spans[LIVE_COLUMNS_MAX];

	l->st->page_rows = area.rows ? area.rows - 1 : 0;
	l->st->heading_row = area.row;
	if (!area.rows || !list->tab->columns_cnt)
		return;
	live_list__layout(list->tab, area.cols, spans);
	draw_heading(list, l, area, spans);
	scroll(ls, list->shown_cnt, l->st->page_rows);
	for (size_t i = 0; i < l->st->page_rows && ls->first + i < list->shown_cnt; i++)
		draw_row(list, l, area.row + 1 + i, &list->rows[ls->first + i],
			 ls->first + i == ls->selected, spans);
	area.row++;
	area.rows--;
	if (!list->shown_cnt)
		draw_nothing(list, l, area);
}
