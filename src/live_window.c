// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The view of windows: a map of each mount's, what size it should have, and who holds how much of
 * it. The map is of shares: where in the window a range lies is not known. Surprising: a row may
 * hold nothing, where all that was set up for it has been taken back again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "live_say.h"

enum {
	COL_MARK,
	COL_RANGES,
	COL_BYTES,
	COL_PERCENT,
	COL_SETUPS,
	COL_SETUPS_S,
	COL_REMOVED_S,
	COL_INODE,
	COL_NR
};

static const struct live_column columns[COL_NR] = {
	[COL_MARK] = { .name = "", .width = 1, .is_left = true },
	[COL_RANGES] = { .name = "ranges", .width = 7 },
	[COL_BYTES] = { .name = "size", .width = 7 },
	[COL_PERCENT] = { .name = "%", .width = 4 },
	[COL_SETUPS] = { .name = "setups", .width = 7, .from_cols = 100 },
	[COL_SETUPS_S] = { .name = "setup/s", .width = 8 },
	[COL_REMOVED_S] = { .name = "remov/s", .width = 8 },
	[COL_INODE] = { .name = "inode", .is_left = true, .is_text = true },
};

/* The largest holders have a letter and a style each, the same in map and list. */
#define LETTERS STYLE_PARTS
#define OTHERS	'o'

static char letter_of(size_t i)
{
	return 'A' + i;
}

/* ---- the list ---- */

struct holder {
	struct inode_key inode;
	__u64 ranges, setups, removals;
	bool has_letter;
	unsigned int rank; /* which */
};

static int compare_holders(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct inode_key));
}

/* A table of those that hold ranges, with room for @more. NULL: no memory. */
static struct holder *read_shares(const struct summary *s, size_t more)
{
	size_t cnt = summary__share_cnt(s);
	struct holder *holders = calloc(cnt + more + 1, sizeof(*holders));

	for (size_t i = 0; holders && i < cnt; i++)
		holders[i] = (struct holder){ .inode = summary__share(s, i)->inode,
					      .ranges = summary__share(s, i)->ranges_cnt };
	if (holders)
		qsort(holders, cnt, sizeof(*holders), compare_holders);
	return holders;
}

/*
 * What inodes did with ranges meanwhile, also those that hold none any more; returns how many
 * there are.
 */
static size_t add_changes(const struct summary *s, struct holder *holders)
{
	size_t sorted = summary__share_cnt(s), cnt = sorted;

	for (const struct entity *e = NULL; (e = summary__next_inode(s, e));) {
		const struct inode_key *key = entity__inode(e);
		struct figures setups = {}, removals = {};
		bool has_setups = entity__op(e, OP_SETUP, &setups);
		struct holder *h;

		if (!entity__op(e, OP_REMOVAL, &removals) && !has_setups)
			continue;
		h = bsearch(key, holders, sorted, sizeof(*holders), compare_holders);
		if (!h) {
			h = &holders[cnt++];
			h->inode = *key;
		}
		h->setups = setups.ranges;
		h->removals = removals.ranges;
	}
	return cnt;
}

static size_t inodes_cnt(const struct summary *s)
{
	size_t cnt = 0;

	for (const struct entity *e = NULL; (e = summary__next_inode(s, e));)
		cnt++;
	return cnt;
}

/* The first ones of each mount have the letters of the map. */
static void add_letters(const struct summary *s, struct holder *holders)
{
	struct window_share top[LETTERS];

	for (size_t i = 0; i < summary__mount_cnt(s); i++) {
		size_t cnt = summary__window_shares(s, summary__mount(s, i)->dev, top, LETTERS);

		for (size_t rank = 0; rank < cnt; rank++) {
			struct holder *h = bsearch(&top[rank].inode, holders, summary__share_cnt(s),
						   sizeof(*holders), compare_holders);

			h->has_letter = true;
			h->rank = rank;
		}
	}
}

static void add_rate(const struct live *l, struct live_list *list, unsigned int col,
		     unsigned int op, __u64 cnt)
{
	if (summary__why_unmeasured(l->s, "op.", op_table[op].name))
		live_list__cell(list, col, LIVE_NOT_KNOWN, "n/a");
	else
		live_list__cell(list, col, cnt, "%s", RATE(cnt, l->duration_ns));
}

static int add_row(const struct live *l, struct live_list *list, const struct holder *h)
{
	const struct mount_state *m = summary__mount_by_dev(l->s, h->inode.dev);
	__u64 total = m && m->has_figures ? m->figures.total_ranges : 0;
	const struct live_key key = { .inode = h->inode };
	char label[PATH_BYTES * 2];
	int err = live_list__row(list, &key, STYLE_PLAIN);

	if (h->has_letter)
		live_list__bar(list, COL_MARK, LETTERS - h->rank,
			       &(struct bar_part){ 1, letter_of(h->rank), STYLE_PART + h->rank }, 1,
			       1);
	live_list__cell(list, COL_RANGES, h->ranges, "%s", COUNT(h->ranges));
	live_list__cell(list, COL_BYTES, h->ranges, "%s", BYTES(h->ranges * RANGE_BYTES));
	if (total)
		live_list__cell(list, COL_PERCENT, (double)h->ranges / total, "%s",
				PERCENT(h->ranges, total));
	if (summary__why_unmeasured(l->s, "op.", op_table[OP_SETUP].name))
		live_list__cell(list, COL_SETUPS, LIVE_NOT_KNOWN, "n/a");
	else
		live_list__cell(list, COL_SETUPS, h->setups, "%s", COUNT(h->setups));
	add_rate(l, list, COL_SETUPS_S, OP_SETUP, h->setups);
	add_rate(l, list, COL_REMOVED_S, OP_REMOVAL, h->removals);
	live_list__cell(list, COL_INODE, 0, "%s",
			live_inode_label(l, &h->inode, label, sizeof(label)));
	return err;
}

static int fill(const struct live *l, struct live_list *list)
{
	struct holder *holders = read_shares(l->s, inodes_cnt(l->s));
	size_t cnt = holders ? add_changes(l->s, holders) : 0;
	int err = holders ? 0 : -ENOMEM;

	if (holders)
		add_letters(l->s, holders);
	for (size_t i = 0; i < cnt && !err; i++)
		err = add_row(l, list, &holders[i]);
	free(holders);
	return err;
}

/* ---- above the list: the map ---- */

#define MAP_ROWS  4
#define MAP_PARTS (LETTERS + 2)

/* The largest holders, all others, and what is in transit; free is what they leave. */
static size_t map_parts(const struct live *l, const struct mount_state *m,
			struct bar_part parts[MAP_PARTS])
{
	struct window_share top[LETTERS];
	size_t cnt = summary__window_shares(l->s, m->dev, top, LETTERS), used = 0;
	__u64 rest = m->figures.busy_ranges;

	for (size_t i = 0; i < cnt; i++) {
		__u64 ranges = top[i].ranges_cnt < rest ? top[i].ranges_cnt : rest;

		parts[used++] = (struct bar_part){ ranges, letter_of(i), STYLE_PART + i };
		rest -= ranges;
	}
	parts[used++] = (struct bar_part){ rest, OTHERS, STYLE_DIM };
	parts[used++] = (struct bar_part){ mount_figures__in_transit(&m->figures), BAR_RECLAIM,
					   STYLE_WARN };
	return used;
}

/* One long bar, cut in rows: a cell is a range, or as many as it takes to have room. */
static unsigned int draw_map(const struct live *l, struct rect area, const struct mount_state *m)
{
	__u64 total = m->figures.total_ranges, each;
	struct bar_part parts[MAP_PARTS];
	struct canvas bar;
	unsigned int cells, rows;

	if (!area.cols || !area.rows || !total)
		return 0;
	each = (total + area.cols * area.rows - 1) / (area.cols * area.rows);
	cells = (total + each - 1) / each;
	rows = (cells + area.cols - 1) / area.cols;
	if (canvas__init(&bar, 1, cells, l->c->is_ascii))
		return 0;
	canvas__bar(&bar, 0, 0, cells, parts, map_parts(l, m, parts), total);
	for (unsigned int i = 0; i < cells; i++)
		canvas__text(l->c, area.row + i / area.cols, area.col + i % area.cols, 1,
			     bar.cells[i].style, bar.cells[i].text);
	canvas__fini(&bar);
	return rows;
}

static void say_figures(const struct live *l, struct live_line *line, const struct mount_state *m)
{
	const struct mount_figures *f = &m->figures;

	live_line__add(line, "%s: window %s",
		       m->mountpoint ?: fmt__dev((char[FMT_BYTES]){}, FMT_BYTES, m->dev),
		       BYTES(f->total_ranges * RANGE_BYTES));
	live_line__add(line, "%llu of %llu ranges busy (%s%%)", f->busy_ranges, f->total_ranges,
		       f->busy_ranges ? PERCENT(f->busy_ranges, f->total_ranges) : "0");
	live_line__add(line, "%llu free", f->free_ranges);
	if (mount_figures__in_transit(f))
		live_line__add(line, "%s %llu in transit", canvas__glyph(l->c, GLYPH_RECLAIM),
			       mount_figures__in_transit(f));
	if (f->busy_ranges && summary__share_cnt(l->s) > LETTERS)
		live_line__add(line, "%c others", OTHERS);
	if (f->looks_cnt)
		live_line__add(line, "fewest free %llu", f->free_min);
	live_line__add(line, "%s of guest memory",
		       BYTES(window_memory_bytes(f->total_ranges * RANGE_BYTES,
						 summary__page_bytes(l->s))));
}

/* ---- above the list: what size it should have ---- */

#define FORECASTS	       8
#define FORECAST_STEP_PERMILLE 50 /* of repeats: what is worth a column more */

/* The present size, and those that save noticeably more than the one before. */
static size_t pick_forecasts(const struct window_advice *a, const struct window_forecast **res)
{
	size_t cnt = 0;
	__u64 told = 0;

	for (size_t i = 0; i < a->forecasts_cnt && cnt < FORECASTS; i++) {
		const struct window_forecast *f = &a->forecasts[i];

		if (i &&
		    (f->saved_setups < told ||
		     (f->saved_setups - told) * 1000 < a->figures.repeats * FORECAST_STEP_PERMILLE))
			continue;
		res[cnt++] = f;
		told = i ? f->saved_setups : 0;
	}
	return cnt;
}

#define FORECAST_HEAD 14
#define FORECAST_COLS 9

/* A column a size; @area has three rows. */
static void draw_forecast(const struct live *l, struct rect area, const struct window_forecast *f,
			  size_t i, __u64 setups)
{
	unsigned int col = area.col + FORECAST_HEAD + i * FORECAST_COLS;

	if (FORECAST_HEAD + (i + 1) * FORECAST_COLS > area.cols)
		return;
	canvas__printf(l->c, area.row, col, 0, i ? STYLE_BOLD : STYLE_PLAIN, "%*s", FORECAST_COLS,
		       BYTES(f->window_ranges * RANGE_BYTES));
	if (i)
		canvas__printf(l->c, area.row + 1, col, 0, STYLE_PLAIN, "%*s%%", FORECAST_COLS - 1,
			       PERCENT(f->saved_setups, setups));
	else
		canvas__printf(l->c, area.row + 1, col, 0, STYLE_PLAIN, "%*s", FORECAST_COLS,
			       "now");
	canvas__printf(l->c, area.row + 2, col, 0, STYLE_PLAIN, "%*s", FORECAST_COLS,
		       BYTES(f->memory_bytes));
}

static unsigned int draw_forecasts(const struct live *l, struct rect area,
				   const struct mount_state *m)
{
	static const char *const names[] = { "window", "setups avoided", "guest memory" };
	const struct window_forecast *forecasts[FORECASTS];
	size_t cnt;

	if (!m->has_advice || area.rows < 3)
		return 0;
	cnt = pick_forecasts(&m->advice, forecasts);
	if (cnt < 2 || !m->advice.figures.setups)
		return 0;
	for (unsigned int i = 0; i < 3; i++)
		canvas__text(l->c, area.row + i, area.col, area.cols, STYLE_DIM, names[i]);
	for (size_t i = 0; i < cnt; i++)
		draw_forecast(l, area, forecasts[i], i, m->advice.figures.setups);
	return 3;
}

static void say_advice(struct live_say *text, const struct mount_state *m)
{
	const struct window_figures *f = &m->advice.figures;
	char buf[WINDOW_TEXT_BYTES];

	for (size_t i = 0; m->has_advice && i < WINDOW_VERDICT_NR; i++) {
		const struct window_verdict_desc *verdict = &window_verdict_table[i];

		if (!verdict->applies(f))
			continue;
		live_say__line(text, "Advice:");
		live_say__add(text, "%s",
			      window_verdict__text(verdict->advice, f, buf, sizeof(buf)));
		live_say__line(text, "");
		live_say__add(text, "(%s)",
			      window_verdict__text(verdict->sentence, f, buf, sizeof(buf)));
	}
}

/* ---- above the list: all of a mount ---- */

static void skip(struct rect *area, unsigned int rows)
{
	rows = rows < area->rows ? rows : area->rows;
	area->row += rows;
	area->rows -= rows;
}

static void draw_why_none(const struct live *l, struct rect *area, const struct mount_state *m)
{
	struct live_say text;

	live_say__init(&text, l, area->cols);
	live_say__add(
		&text, "%s: %s%s",
		m->mountpoint ?: fmt__dev((char[FMT_BYTES]){}, FMT_BYTES, m->dev),
		m->may_have_window ? "window n/a: " : "no window: ", m->reason ?: "not known why");
	skip(area, live_say__draw(l, *area, STYLE_DIM, &text));
}

/* What matters most comes first, and stays where there is little room. */
static void draw_mount(const struct live *l, struct rect *area, const struct mount_state *m)
{
	struct live_line line = {};
	struct live_say text;
	struct rect map = *area;

	if (!m->has_figures || !m->figures.fcd) {
		draw_why_none(l, area, m);
		return;
	}
	say_figures(l, &line, m);
	canvas__text(l->c, area->row, area->col, area->cols, STYLE_BOLD, line.text);
	skip(area, 1);
	map = *area;
	map.rows = area->rows / 3 < MAP_ROWS ? area->rows / 3 : MAP_ROWS;
	skip(area, draw_map(l, map, m));
	live_say__init(&text, l, area->cols);
	say__worker(&text.say, m->dev, l->d->stuck_ns);
	skip(area, live_say__draw(l, *area, STYLE_PLAIN, &text));
	skip(area, draw_forecasts(l, *area, m));
	live_say__init(&text, l, area->cols);
	say_advice(&text, m);
	skip(area, live_say__draw(l, *area, STYLE_PLAIN, &text));
}

#define LIST_MIN 4 /* rows more than the screen leaves to the list anyway */

static unsigned int head(const struct live *l, struct rect area)
{
	unsigned int first = area.row;

	if (area.rows <= LIST_MIN)
		return 0;
	area.rows -= LIST_MIN;
	for (size_t i = 0; i < summary__mount_cnt(l->s) && area.rows; i++)
		draw_mount(l, &area, summary__mount(l->s, i));
	return area.row - first;
}

const struct live_tab_row live_tab_window = {
	.name = "window",
	.title = "who holds the ranges of the window, and what size it should have",
	.empty = "Nobody holds a range that was set up since tracing began.",
	.columns = columns,
	.columns_cnt = COL_NR,
	.best_sort = COL_RANGES,
	.enter = FOCUS_INODE,
	.enter_tab = TAB_INODES,
	.fill = fill,
	.head = head,
};
