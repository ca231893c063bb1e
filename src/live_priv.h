/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the files that draw the live view share. A view is a row of live_tabs: a list, what stands
 * above it and what is told of its selected row below it.
 */
#ifndef DAXTOP_LIVE_PRIV_H
#define DAXTOP_LIVE_PRIV_H

#include "fmt.h"
#include "live.h"

/* What is drawn, and on what. */
struct live {
	struct canvas *c;
	const struct live_data *d;
	struct live_state *st;
	const struct summary *s;	/* that is shown: the last interval, or all */
	const struct live_focus *focus; /* the innermost, NULL: none */
	__u64 duration_ns;		/* of it */
};

struct rect {
	unsigned int row, col, rows, cols;
};

/* ---- lists: src/live_list.c ---- */

struct live_column {
	const char *name;
	unsigned int width; /* 0: what the others leave; one of a list */
	bool is_left;
	bool is_text;		/* sorts by its text, else by the value */
	unsigned int from_cols; /* only on screens at least so wide; 0: always */
	/*
	 * What is too long for the column of width 0 loses its front, as of a path; with this its
	 * end.
	 */
	bool keeps_begin;
};
#define LIVE_COLUMNS_MAX 24
/* What cells of columns are sorted by that are not known: these are last, whatever the order. */
#define LIVE_NOT_KNOWN __builtin_nan("")

struct live_list;

/* A new row, which the following calls are about. -ENOMEM, and those do nothing then. */
int live_list__row(struct live_list *list, const struct live_key *key, enum style style);
/*
 * What its column @col shows, and what it is sorted by. Columns that are not set are blank and sort
 * last.
 */
__attribute__((format(printf, 4, 5))) void live_list__cell(struct live_list *list, unsigned int col,
							   double value, const char *format, ...);
/* A bar in it, as wide as the column. */
#define LIVE_BAR_PARTS (WAIT_NR + 1)
void live_list__bar(struct live_list *list, unsigned int col, double value,
		    const struct bar_part *parts, size_t cnt, __u64 all);

/* ---- views ---- */

struct live_tab_row {
	const char *name;  /* among the tabs */
	const char *title; /* help: what it shows */
	const char *empty; /* what to say when the list has no rows at all */
	const struct live_column *columns;
	size_t columns_cnt;
	unsigned int best_sort;	    /* column, the most first */
	enum live_focus_kind enter; /* what Enter goes into; FOCUS_NONE: nothing */
	enum live_tab enter_tab;    /* and where that is shown */
	/* All rows, also those that the filter leaves out. 0 or -ENOMEM. */
	int (*fill)(const struct live *l, struct live_list *list);
	/* Draws above the list, at most in @area; returns rows taken. NULL: nothing. */
	unsigned int (*head)(const struct live *l, struct rect area);
	/*
	 * Draws about the selected row (@key NULL: there is none) at the end of @area; returns rows
	 * taken. NULL.
	 */
	unsigned int (*foot)(const struct live *l, struct rect area, const struct live_key *key);
};
extern const struct live_tab_row live_tab_ops, live_tab_inodes, live_tab_tasks;
extern const struct live_tab_row live_tab_locks, live_tab_in_flight, live_tab_window,
	live_tab_histogram, live_tab_events;
extern const struct live_tab_row *const live_tabs[TAB_NR]; /* src/live_tabs.c */

/* ---- of the list, for live.c and keys ---- */

/* Empty. NULL with errno ENOMEM. */
struct live_list *live_list__new(const struct live_tab_row *tab);
void live_list__free(struct live_list *list);

/* What the tab has, without what filter and focus leave out, sorted. 0 or -ENOMEM. */
int live_list__fill(struct live_list *list, const struct live *l);
/* Finds what is selected, and searches, if that is asked for. */
void live_list__select(const struct live_list *list, struct live_state *st);
/* Heading and rows; scrolls so that the selected one is there. */
void live_list__draw(const struct live_list *list, const struct live *l, struct rect area);

/* Where columns are on a screen @cols wide; width 0: not there. */
struct live_span {
	unsigned int col, width;
};
void live_list__layout(const struct live_tab_row *tab, unsigned int cols,
		       struct live_span spans[LIVE_COLUMNS_MAX]);
/* What it is sorted by, and the other way than usual? */
unsigned int live_list__sort_column(const struct live_tab_row *tab,
				    const struct live_list_state *ls);

/* Where tabs are on a screen @cols wide; for their last one, where it ends. */
void live__tab_columns(unsigned int cols, unsigned int starts[TAB_NR + 1]);

bool live_key__is_same(const struct live_key *a, const struct live_key *b);

/* ---- of an inode or a task: src/live_entity.c ---- */

/* Lists of them share their columns. */
int live_entity__fill_inodes(const struct live *l, struct live_list *list);
int live_entity__fill_tasks(const struct live *l, struct live_list *list);
/* What one did, operation by operation, at the begin of @area or at its end; returns rows taken. */
unsigned int live_entity__panel(const struct live *l, struct rect area, const struct live_key *key,
				bool is_task, bool is_foot);
unsigned int live_entity__head(const struct live *l, struct rect area);

/* ---- above all views: src/live_header.c; return rows taken ---- */

unsigned int live_header__draw(const struct live *l, struct rect area);
unsigned int live_help__draw(const struct live *l, struct rect area);

/*
 * Columns of lists of waits, and the letter and style each wait has in bars: src/live_waits.c.
 * @value by wait, in ns; returns how many parts.
 */
size_t live_wait_parts(const __u64 wait_ns[WAIT_NR], struct bar_part parts[LIVE_BAR_PARTS]);
char live_wait_letter(unsigned int wait);
/* Those that are not 0, the longest first; returns how many. */
size_t live_wait_order(const __u64 wait_ns[WAIT_NR], unsigned int order[WAIT_NR]);
/* What the letters of the waits that @wait_ns has mean, in a line; returns columns taken. */
unsigned int live_wait_legend(const struct live *l, unsigned int row, unsigned int col,
			      const __u64 wait_ns[WAIT_NR]);

/* Behind figures of what is stuck, for those who see no colours. */
#define LIVE_STUCK_MARK "!"

/*
 * Names as the lists show them: "comm (pid/tgid)", where @comm may be NULL and is found then; a
 * path, with its mount in front where there are several. Both return @buf.
 */
char *live_task_label(const struct live *l, const struct task_key *key, const char *comm, char *buf,
		      size_t bytes);
char *live_inode_label(const struct live *l, const struct inode_key *key, char *buf, size_t bytes);

/* ---- words: src/live_text.c ---- */

/* Words with commas between them, in a line; what does not fit is left out. */
struct live_line {
	char text[512];
	size_t used;
};
__attribute__((format(printf, 2, 3))) void live_line__add(struct live_line *line,
							  const char *format, ...);
/*
 * "63% free_range, 9% request.host, 28% own work" of @span_ns, the longest first; own only with
 * @has_own.
 */
void live_line__add_waits(struct live_line *line, const __u64 wait_ns[WAIT_NR], __u64 span_ns,
			  bool has_own);

/* Text to the right end of the screen; GLYPH_MORE where it does not fit. Returns columns taken. */
unsigned int live_text(const struct live *l, unsigned int row, unsigned int col, enum style style,
		       const char *text);
/*
 * Copies to @line as many whole words as fit in @columns, at least one; returns what is left of
 * @text.
 */
const char *live_words(const struct live *l, const char *text, unsigned int columns, char *line,
		       size_t bytes);
/* A line across with a title in it. */
void live_rule(const struct live *l, struct rect area, const char *title);
/* @title in a rule and lines that are not empty, at the end of @area; returns rows taken. */
unsigned int live_foot(const struct live *l, struct rect area, const char *title,
		       const struct live_line *lines, size_t cnt);

/* Buffers for one printf each, so that the formatters nest in it. */
#define NS(ns)		   fmt__ns((char[FMT_BYTES]){}, FMT_BYTES, ns)
#define COUNT(cnt)	   fmt__count((char[FMT_BYTES]){}, FMT_BYTES, cnt)
#define BYTES(bytes)	   fmt__bytes((char[FMT_BYTES]){}, FMT_BYTES, bytes)
#define RATE(cnt, ns)	   fmt__rate((char[FMT_BYTES]){}, FMT_BYTES, cnt, ns)
#define PERCENT(part, all) fmt__percent((char[FMT_BYTES]){}, FMT_BYTES, part, all)

#endif
