/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the files of the terminal share, and the only ones that know curses.
 */
#ifndef DAXTOP_TERM_PRIV_H
#define DAXTOP_TERM_PRIV_H

#include <signal.h>
#include <stdbool.h>

#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>

#include "term.h"

/*
 * Clicks and the wheel, told as ESC [ < button ; column ; row M. Not by curses: for it XM has to be
 * known.
 */
#define TERM_MOUSE_ON  "\033[?1000h\033[?1006h"
#define TERM_MOUSE_OFF "\033[?1006l\033[?1000l"

#define TERM_ROWS_MAX 500
#define TERM_COLS_MAX 1000

struct term_look {
	attr_t attrs;
	short pair;
};

struct term {
	SCREEN *screen;
	WINDOW *keys; /* a pad, as reading keys from a window would write it */
	int events;   /* epoll: of standard input, of @signals, of output that may go on */
	int signals;  /* signalfd: another size, stop, continue */
	sigset_t mask_before;
	bool has_mask;
	unsigned int rows, cols;
	unsigned int told_rows, told_cols; /* by the terminal, as the kernel does not know; 0 */
	bool is_utf8, has_mouse;
	bool is_output_awaited; /* a screen was not shown, as it cannot be written yet */
	bool must_anew;
	struct term_look looks[STYLE_NR];
};

/* ---- src/term_size.c ---- */

/* Asks the terminal itself for its size, if nobody else knows it; takes up to half a second. */
void term_size__ask(struct term *t);
/*
 * Sets rows and cols: as the kernel has them, else the environment, else as the terminal said, else
 * 24 by 80.
 */
void term_size__find(struct term *t);

/* ---- src/term_look.c ---- */

/* What the styles look like on this terminal. */
void term_look__choose(struct term *t);

/* ---- src/term_keys.c ---- */

/* Has what @fd was for hung up? */
bool term__has_gone(int fd);
/* Sequences that terminals send whatever TERM says. */
void term_keys__define(void);
/* The next key, 0: none, -EIO. */
int term_keys__next(struct term *t, struct live_mouse *mouse);

#endif
