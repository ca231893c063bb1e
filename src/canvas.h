/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A screen as data: cells of one character and one style each. Views draw on it, and what shows it
 * (the terminal, a test) reads it. Pure. What lies outside is left out: nothing here fails for want
 * of room.
 */
#ifndef DAXTOP_CANVAS_H
#define DAXTOP_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

/* What a piece of the screen means; what that looks like is the terminal's: see term.c. */
enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_HEADING,	/* of a list: a line of its own */
	STYLE_SELECTED, /* the row that keys are about */
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD,
	STYLE_TAB,  /* the view that is shown */
	STYLE_PART, /* parts of bars, STYLE_PARTS of them one after the other */
	STYLE_PARTS = 8,
	STYLE_NR = STYLE_PART + STYLE_PARTS,
};

/*
 * A character of two columns has two cells: the second is its tail, for which nothing is written.
 */
struct canvas_cell {
	char text[8]; /* one character; "" is a blank */
	enum style style;
	bool is_tail;
};

struct canvas {
	unsigned int rows, cols;
	bool is_ascii;		   /* no other characters are drawn */
	struct canvas_cell *cells; /* row by row */
};

/* Characters that have another form in ASCII. */
enum glyph {
	GLYPH_FULL, /* of a bar */
	GLYPH_EMPTY,
	GLYPH_RECLAIM, /* of a map: neither free nor busy */
	GLYPH_LEFT,    /* "from": an arrow to the left */
	GLYPH_DOWN,    /* sorted so, the most first */
	GLYPH_UP,
	GLYPH_RULE,
	GLYPH_VERTICAL,
	GLYPH_MORE, /* there is more than fits */
	GLYPH_NR,
};

/* All blank. -ENOMEM; with new sizes what was drawn is gone. */
int canvas__init(struct canvas *c, unsigned int rows, unsigned int cols, bool is_ascii);
void canvas__fini(struct canvas *c);
void canvas__clear(struct canvas *c);

const char *canvas__glyph(const struct canvas *c, enum glyph glyph);

/* Columns that a text takes, if there is room. */
unsigned int canvas__columns(const struct canvas *c, const char *text);

/*
 * Draws text, cut at @width columns (0: at the right end), and returns how many it took. Control
 * characters, those without a column of their own and what is not UTF-8 become '?'; with is_ascii
 * all that is not ASCII does.
 */
unsigned int canvas__text(struct canvas *c, unsigned int row, unsigned int col, unsigned int width,
			  enum style style, const char *text);
__attribute__((format(printf, 6, 7))) unsigned int
canvas__printf(struct canvas *c, unsigned int row, unsigned int col, unsigned int width,
	       enum style style, const char *format, ...);

/* The style of what is there already, @width cells of it (0: to the right end). */
void canvas__paint(struct canvas *c, unsigned int row, unsigned int col, unsigned int width,
		   enum style style);

/*
 * A bar of parts, @width columns for @all, each part filled with its own @mark (a letter tells
 * parts apart where colours do not); what they leave is GLYPH_EMPTY. A part that is not 0 gets a
 * column where there is one.
 */
#define BAR_RECLAIM '\1'
struct bar_part {
	__u64 value;
	char mark; /* 0: GLYPH_FULL; BAR_RECLAIM: GLYPH_RECLAIM */
	enum style style;
};
void canvas__bar(struct canvas *c, unsigned int row, unsigned int col, unsigned int width,
		 const struct bar_part *parts, size_t cnt, __u64 all);

/* As text, blanks at the ends of lines left out: for tests, and for a dump of the screen. */
void canvas__print(const struct canvas *c, FILE *f);

#endif
