// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What stands above all views: where this is, each mount's window, what is wrong, and how far to
 * trust the figures. It takes a quarter of the screen at most: of many mounts those with most going
 * on are shown, and how many there are besides.
 */
#include <stdlib.h>
#include <string.h>

#include "live_priv.h"
#include "verdict.h"

#define LINES_MIN     3
#define LINES_MAX     14
#define VERDICT_LINES 2
#define NAME_COLUMNS  20
#define ONE_LINE_FROM 150 /* columns: a mount's rates stand beside its window */
#define BAR_MIN	      12  /* columns, with its brackets */
#define BAR_MAX	      32
#define NAME_BYTES    1024

/* ---- the first line ---- */

static void add_length(struct live_line *line, const struct live *l)
{
	const struct live_data *d = l->d;

	if (d->is_replay)
		live_line__add(line, "REPLAY %s %gx %s of %s", d->is_playing ? "playing" : "paused",
			       d->speed, NS(d->at_ns), NS(d->length_ns));
	else if (l->st->is_paused)
		live_line__add(line, "PAUSED");
	if (l->s)
		live_line__add(line, "%s %s", l->st->is_cumulative ? "since start" : "last",
			       NS(l->duration_ns));
}

/* As much of it as fits in @columns; in a replay there is more to say on the right. */
static void add_session(struct live_line *line, const struct live *l, unsigned int columns)
{
	const struct live_data *d = l->d;
	size_t first = d->is_replay ? 1 : 0, last = d->is_replay ? 3 : 4;
	char texts[4][128];

	snprintf(texts[0], sizeof(texts[0]), "virtiofs-daxtop%s%s", d->tool_version ? " " : "",
		 d->tool_version ? d->tool_version : "");
	snprintf(texts[1], sizeof(texts[1]), "%s", d->host ? d->host : "host n/a");
	snprintf(texts[2], sizeof(texts[2]), "Linux %s", d->kernel ? d->kernel : "n/a");
	snprintf(texts[3], sizeof(texts[3]), "up %s", NS(d->session_ns));
	for (size_t i = first; i < last; i++) {
		if (canvas__columns(l->c, line->text) + 2 + canvas__columns(l->c, texts[i]) <=
		    columns)
			live_line__add(line, "%s", texts[i]);
	}
}

static void draw_title(const struct live *l, struct rect area)
{
	bool is_marked = l->d->is_replay || l->st->is_paused || l->st->is_cumulative;
	struct live_line left = {}, right = {};
	unsigned int columns;

	add_length(&right, l);
	columns = canvas__columns(l->c, right.text);
	if (columns + 1 > area.cols)
		columns = area.cols - 1;
	add_session(&left, l, area.cols - columns - 1);
	canvas__text(l->c, area.row, 0, area.cols - columns - 1, STYLE_BOLD, left.text);
	canvas__text(l->c, area.row, area.cols - columns, columns,
		     is_marked ? STYLE_WARN : STYLE_PLAIN, right.text);
}

/* ---- mounts ---- */

struct mount_row {
	const struct mount_state *m;
	__u64 wait_ns, cnt; /* of all its inodes */
};

static bool has_window(const struct mount_state *m)
{
	return m->has_figures && m->figures.fcd;
}

/* With a window first, then those that are waited on most. */
static int compare_mounts(const void *a, const void *b)
{
	const struct mount_row *x = a, *y = b;

	if (x->wait_ns != y->wait_ns)
		return x->wait_ns > y->wait_ns ? -1 : 1;
	if (x->cnt != y->cnt)
		return x->cnt > y->cnt ? -1 : 1;
	if (has_window(x->m) != has_window(y->m))
		return has_window(x->m) ? -1 : 1;
	return x->m->dev < y->m->dev ? -1 : x->m->dev > y->m->dev;
}

static void add_use(const struct summary *s, struct mount_row *rows, size_t cnt)
{
	struct figures f;

	for (const struct entity *e = summary__next_inode(s, NULL); e;
	     e = summary__next_inode(s, e)) {
		for (size_t i = 0; i < cnt; i++) {
			if (rows[i].m->dev != entity__inode(e)->dev)
				continue;
			entity__figures(e, &f);
			rows[i].wait_ns += f.all_wait_ns;
			rows[i].cnt += f.cnt;
		}
	}
}

/* Those with most going on first; NULL: there are none, or no room. */
static struct mount_row *sorted_mounts(const struct summary *s, size_t *cnt)
{
	struct mount_row *rows;

	*cnt = summary__mount_cnt(s);
	rows = calloc(*cnt + 1, sizeof(*rows));
	if (!rows) {
		*cnt = 0;
		return NULL;
	}
	for (size_t i = 0; i < *cnt; i++)
		rows[i].m = summary__mount(s, i);
	if (*cnt > 1)
		add_use(s, rows, *cnt);
	qsort(rows, *cnt, sizeof(*rows), compare_mounts);
	return rows;
}

static char *mount_name(const struct mount_state *m, unsigned int columns, char *buf)
{
	char dev[FMT_BYTES], clean[NAME_BYTES];
	const char *name = m->mountpoint ? m->mountpoint : fmt__dev(dev, sizeof(dev), m->dev);

	fmt__clean(clean, sizeof(clean), name, strlen(name));
	return fmt__tail(buf, NAME_BYTES, clean, columns);
}

static enum style window_style(const struct mount_figures *f)
{
	if (!f->free_ranges)
		return STYLE_BAD;
	return f->free_ranges * 10 < f->total_ranges ? STYLE_WARN : STYLE_GOOD;
}

/* "[######~~....]"; returns columns. */
static unsigned int draw_window(const struct live *l, unsigned int row, unsigned int col,
				unsigned int width, const struct mount_figures *f)
{
	const struct bar_part parts[] = {
		{ f->busy_ranges, 0, window_style(f) },
		{ mount_figures__in_transit(f), BAR_RECLAIM, STYLE_PLAIN },
	};

	canvas__text(l->c, row, col, 1, STYLE_PLAIN, "[");
	canvas__bar(l->c, row, col + 1, width - 2, parts, sizeof(parts) / sizeof(parts[0]),
		    f->total_ranges);
	canvas__text(l->c, row, col + width - 1, 1, STYLE_PLAIN, "]");
	return width;
}

static void add_ranges(struct live_line *line, const struct mount_figures *f)
{
	live_line__add(line, "%s%% of %s busy",
		       f->busy_ranges ? PERCENT(f->busy_ranges, f->total_ranges) : "0",
		       BYTES(f->total_ranges * RANGE_BYTES));
	live_line__add(line, "%llu free", f->free_ranges);
	live_line__add(line, "%llu in transit", mount_figures__in_transit(f));
}

static void add_rates(const struct live *l, struct live_line *line, __u32 dev)
{
	static const struct {
		unsigned int op;
		const char *name;
	} rates[] = { { OP_SETUP, "set up" }, { OP_REMOVAL, "removed" } };
	struct figures *ops = calloc(OP_NR, sizeof(*ops));

	if (!ops)
		return;
	summary__mount_ops(l->s, dev, ops);
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		if (summary__why_unmeasured(l->s, "op.", op_table[rates[i].op].name))
			live_line__add(line, "%s n/a", rates[i].name);
		else
			live_line__add(line, "%s %s/s", rates[i].name,
				       RATE(ops[rates[i].op].ranges, l->duration_ns));
	}
	free(ops);
}

/*
 * Ranges that were set up again soon after they were taken back: the window is too small for them.
 */
static void add_repeats(struct live_line *line, const struct mount_state *m, bool is_whole)
{
	const struct window_figures *f = &m->advice.figures;

	if (!m->has_advice)
		live_line__add(line, "repeats n/a");
	else if (f->setups && is_whole)
		live_line__add(line, "repeats %s%% of %s since start",
			       f->repeats ? PERCENT(f->repeats, f->setups) : "0", COUNT(f->setups));
	else if (f->setups)
		live_line__add(line, "repeats %s%%",
			       f->repeats ? PERCENT(f->repeats, f->setups) : "0");
}

static void draw_no_window(const struct live *l, unsigned int row, unsigned int col,
			   const struct mount_state *m)
{
	char clean[NAME_BYTES];

	canvas__printf(l->c, row, col, 0, STYLE_DIM, "%s%s",
		       m->may_have_window ? "window " : "no window: ",
		       m->reason ? fmt__clean(clean, sizeof(clean), m->reason, strlen(m->reason))
				 : "not known");
}

/* A bar's width where @used columns are taken. */
static unsigned int bar_columns(unsigned int cols, unsigned int used)
{
	unsigned int left = cols > used ? cols - used : 0;

	return left < BAR_MIN ? BAR_MIN : left > BAR_MAX ? BAR_MAX : left;
}

/* A mount among several: one line. Repeats are left out where there is no room for them. */
static void draw_short(const struct live *l, unsigned int row, unsigned int at,
		       const struct mount_state *m)
{
	const struct mount_figures *f = &m->figures;
	bool is_wide = l->c->cols >= ONE_LINE_FROM;
	struct live_line line = {}, whole;

	if (is_wide)
		add_ranges(&line, f);
	else
		live_line__add(&line, "%3s%% of %s", PERCENT(f->busy_ranges, f->total_ranges),
			       BYTES(f->total_ranges * RANGE_BYTES));
	add_rates(l, &line, m->dev);
	whole = line;
	add_repeats(&whole, m, is_wide);
	at += draw_window(l, row, at, is_wide ? BAR_MAX : BAR_MIN, f) + 1;
	live_text(l, row, at, STYLE_PLAIN, at + whole.used <= l->c->cols ? whole.text : line.text);
}

/* The only mount: all there is to say, on one line or two. Returns how many. */
static unsigned int draw_whole(const struct live *l, struct rect area, unsigned int at,
			       const struct mount_state *m)
{
	bool is_split = area.cols < ONE_LINE_FROM && area.rows > 1;
	struct live_line first = {}, second = {}, *rest = is_split ? &second : &first;

	add_ranges(&first, &m->figures);
	at += draw_window(l, area.row, at, bar_columns(area.cols, at + 1 + first.used),
			  &m->figures);
	if (m->dax_mode)
		live_line__add(rest, "dax=%s", m->dax_mode);
	add_rates(l, rest, m->dev);
	add_repeats(rest, m, true);
	live_text(l, area.row, at + 1, STYLE_PLAIN, first.text);
	if (is_split)
		live_text(l, area.row + 1, 2, STYLE_PLAIN, second.text);
	return 1 + is_split;
}

/* Its name in @columns; returns lines taken. */
static unsigned int draw_mount(const struct live *l, struct rect area, const struct mount_state *m,
			       unsigned int columns, bool is_only)
{
	char name[NAME_BYTES];

	canvas__text(l->c, area.row, 0, 0, STYLE_BOLD, mount_name(m, NAME_COLUMNS, name));
	if (!has_window(m))
		draw_no_window(l, area.row, columns + 1, m);
	else if (is_only)
		return draw_whole(l, area, columns + 1, m);
	else
		draw_short(l, area.row, columns + 1, m);
	return 1;
}

static unsigned int name_columns(const struct live *l, const struct mount_row *rows, size_t cnt)
{
	unsigned int most = 0, columns;
	char name[NAME_BYTES];

	for (size_t i = 0; i < cnt; i++) {
		columns = canvas__columns(l->c, mount_name(rows[i].m, NAME_COLUMNS, name));
		if (columns > most)
			most = columns;
	}
	return most;
}

static unsigned int draw_mounts(const struct live *l, struct rect area,
				const struct mount_row *rows, size_t cnt)
{
	size_t shown = cnt <= area.rows ? cnt : area.rows ? area.rows - 1 : 0;
	unsigned int used = 0, columns = name_columns(l, rows, shown);

	if (!cnt && area.rows) {
		canvas__text(l->c, area.row, 0, 0, STYLE_WARN, "no virtiofs mount");
		return 1;
	}
	for (size_t i = 0; i < shown; i++) {
		unsigned int lines = draw_mount(l, area, rows[i].m, columns, cnt == 1);

		used += lines;
		area.row += lines;
	}
	if (shown < cnt && area.rows) {
		canvas__printf(l->c, area.row, 0, 0, STYLE_DIM, "+%zu more mount%s%s", cnt - shown,
			       cnt - shown > 1 ? "s" : "", shown ? ", with less going on" : "");
		used++;
	}
	return used;
}

/* ---- what is wrong ---- */

/* Of the mount where it is worst, of these the one with most going on. */
static void find_verdict(const struct live *l, const struct mount_row *rows, size_t cnt,
			 struct verdict *worst, const struct mount_state **where)
{
	struct verdict v;

	*where = NULL;
	verdict__find(worst, l->s, l->d->names, cnt ? rows[0].m->dev : 0, l->d->stuck_ns);
	for (size_t i = 0; i < cnt && cnt > 1; i++) {
		verdict__find(&v, l->s, l->d->names, rows[i].m->dev, l->d->stuck_ns);
		if (i && v.level <= worst->level)
			continue;
		*worst = v;
		*where = rows[i].m;
	}
}

static const struct {
	const char *word;
	enum style style;
} levels[] = {
	[VERDICT_FINE] = { "", STYLE_PLAIN },
	[VERDICT_NOTE] = { "note:  ", STYLE_PLAIN },
	[VERDICT_SLOW] = { "SLOW:  ", STYLE_WARN },
	[VERDICT_STUCK] = { "STUCK: ", STYLE_BAD },
};
#define LEVEL_COLUMNS 7
#define VERDICT_TEXT  (VERDICT_BYTES + NAME_BYTES)

/* With the mount in front where there are several and it is of one of them. */
static char *verdict_text(const struct verdict *v, const struct mount_state *where,
			  char text[VERDICT_TEXT])
{
	char name[NAME_BYTES];

	if (v->is_of_all || (where && where->mountpoint && strstr(v->text, where->mountpoint)))
		where = NULL; /* or it says so itself */
	snprintf(text, VERDICT_TEXT, "%s%s%s",
		 where ? mount_name(where, NAME_COLUMNS * 2, name) : "", where ? ": " : "",
		 v->text);
	return text;
}

/* Draws @text below a verdict's word, on at most @rows lines; 0 only counts. Returns lines. */
static unsigned int draw_words(const struct live *l, unsigned int row, unsigned int rows,
			       enum style style, const char *text)
{
	unsigned int columns = l->c->cols > LEVEL_COLUMNS ? l->c->cols - LEVEL_COLUMNS : 1, used;
	char line[VERDICT_TEXT];

	for (used = 0; *text && (!rows || used < rows); used++) {
		const char *rest = live_words(l, text, columns, line, sizeof(line));

		if (rows)
			live_text(l, row + used, LEVEL_COLUMNS, style,
				  used + 1 == rows ? text : line);
		text = rest;
	}
	return used;
}

/* ---- how far to trust it ---- */

static void add_count(struct live_line *line, const char *what, bool is_known, __u64 now,
		      __u64 since_start)
{
	if (!is_known)
		live_line__add(line, "%s n/a (since start %s)", what, COUNT(since_start));
	else if (since_start != now)
		live_line__add(line, "%s %s (since start %s)", what, COUNT(now),
			       COUNT(since_start));
	else
		live_line__add(line, "%s %s", what, COUNT(now));
}

static void draw_trust(const struct live *l, unsigned int row)
{
	const struct trust *now = summary__trust(l->s), *all = summary__trust_since_start(l->s);
	bool is_known = !summary__why_unmeasured(l->s, "trust.", "lost");
	/* in a recording it is that of the time between two looks */
	bool has_cpu = !summary__why_unmeasured(l->s, "trust.", "own_cpu_ns") && l->duration_ns &&
		       !l->d->is_replay;
	bool is_lossy = trust__lost(all) || all->events_lost;
	struct live_line line = {};
	unsigned int at;

	at = canvas__text(l->c, row, 0, 0, is_lossy ? STYLE_WARN : STYLE_DIM, "trust: ");
	add_count(&line, "lost", is_known, trust__lost(now), trust__lost(all));
	add_count(&line, "unmatched", is_known, trust__unmatched(now), trust__unmatched(all));
	if (all->events_lost)
		add_count(&line, "records lost", is_known, now->events_lost, all->events_lost);
	live_line__add(&line, "hooks %u/%u", now->hooks_attached, now->hooks_total);
	if (has_cpu)
		live_line__add(&line, "own cpu %.1f%%", now->own_cpu_ns * 100.0 / l->duration_ns);
	else
		live_line__add(&line, "own cpu n/a");
	if (summary__detail(l->s) != DETAIL_FULL)
		live_line__add(&line, "detail %s", detail_table[summary__detail(l->s)].name);
	live_text(l, row, at, is_lossy ? STYLE_WARN : STYLE_DIM, line.text);
}

/* ---- all of it ---- */

static unsigned int lines_max(const struct rect *area)
{
	unsigned int lines = (area->rows + 1) / 4; /* the last one of the screen is not in it */

	lines = lines < LINES_MIN ? LINES_MIN : lines > LINES_MAX ? LINES_MAX : lines;
	return lines < area->rows ? lines : area->rows;
}

/*
 * What is below the title. The verdict has its room first, as it is what matters. Returns rows
 * taken.
 */
static unsigned int draw_facts(const struct live *l, struct rect area)
{
	unsigned int verdict_rows = 0, used = 0;
	const struct mount_state *where;
	char text[VERDICT_TEXT];
	struct mount_row *rows;
	struct verdict v;
	size_t cnt;

	rows = sorted_mounts(l->s, &cnt);
	find_verdict(l, rows, cnt, &v, &where);
	verdict_text(&v, where, text);
	if (v.level != VERDICT_FINE)
		verdict_rows = draw_words(l, 0, 0, STYLE_PLAIN, text);
	if (verdict_rows > VERDICT_LINES)
		verdict_rows = VERDICT_LINES;
	if (verdict_rows > area.rows / 2)
		verdict_rows = area.rows / 2;
	if (area.rows > verdict_rows + 1)
		used = draw_mounts(
			l, (struct rect){ area.row, 0, area.rows - verdict_rows - 1, area.cols },
			rows, cnt);
	if (verdict_rows) {
		canvas__text(l->c, area.row + used, 0, 0, levels[v.level].style,
			     levels[v.level].word);
		used += draw_words(l, area.row + used, verdict_rows, levels[v.level].style, text);
	}
	if (used < area.rows)
		draw_trust(l, area.row + used++);
	free(rows);
	return used;
}

unsigned int live_header__draw(const struct live *l, struct rect area)
{
	unsigned int rows = lines_max(&area);

	if (!rows || !area.cols)
		return 0;
	draw_title(l, area);
	if (!l->s)
		return 1;
	return 1 + draw_facts(l, (struct rect){ area.row + 1, 0, rows - 1, area.cols });
}
