/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the sections of the text view share; only files that print one include it. A section is a
 * function that is given the struct text, and prints nothing where there is nothing to tell.
 */
#ifndef DAXTOP_VIEW_TEXT_PRIV_H
#define DAXTOP_VIEW_TEXT_PRIV_H

#include <stdio.h>

#include "dax_io.h"
#include "fmt.h"
#include "model.h"
#include "view.h"
#include "view_say.h"

#define LINE_BYTES   4096
#define BAR_COLUMNS  22
#define WORDS_INDENT 13
#define NAME_BYTES   32

struct text {
	FILE *f;
	const struct summary *s;
	const struct names *n;
	const struct view_opts *opts;
	enum dax_detail detail;
	unsigned int width; /* columns, at least 80 */
	__u64 duration_ns;
};

/* Buffers for one printf each, so that the formatters nest in it. */
#define NS(ns)		   fmt__ns((char[FMT_BYTES]){}, FMT_BYTES, ns)
#define COUNT(cnt)	   fmt__count((char[FMT_BYTES]){}, FMT_BYTES, cnt)
#define BYTES(bytes)	   fmt__bytes((char[FMT_BYTES]){}, FMT_BYTES, bytes)
#define RATE(cnt, ns)	   fmt__rate((char[FMT_BYTES]){}, FMT_BYTES, cnt, ns)
#define PERCENT(part, all) fmt__percent((char[FMT_BYTES]){}, FMT_BYTES, part, all)
#define DEV(dev)	   fmt__dev((char[FMT_BYTES]){}, FMT_BYTES, dev)
#define BAR(part, all)	   fmt__bar((char[BAR_COLUMNS + 1]){}, BAR_COLUMNS + 1, BAR_COLUMNS, part, all)

/* ---- lists of words that are wrapped under a heading ---- */

struct words {
	const struct text *t;
	const char *heading;
	unsigned int column; /* 0: nothing printed yet */
};

/* Print one word of a list, with the heading before the first, on a new line where it is full. */
__attribute__((format(printf, 2, 3))) void word(struct words *w, const char *format, ...);
void words_end(struct words *w);

/* What others say (view_say.h), each line of theirs as such a list. */
struct text_say {
	struct say say;
	struct words w;
	char heading[NAME_BYTES];
};
void text__say_begin(struct text_say *said, const struct text *t);
void text__say_end(struct text_say *said);

/* ---- sections ---- */

/* As many words of @text a line as fit, @heading before the first: view_text_window.c. */
void text__print_wrapped(const struct text *t, const char *heading, const char *text);
/* Bytes through the window and round it: there, too. */
void text__print_dax_io(const struct text *t, const struct figures ops[OP_NR]);
/* Of one inode, a line for what went round it. */
void text__print_around(const struct text *t, const struct entity *inode, int indent);
/* On the size of a mount's window, if there is anything to say: view_text_window.c. */
void text__print_advice(const struct text *t, const struct mount_state *m);

/* What is in progress: view_in_flight.c. */
void text__print_in_flight(const struct text *t);
/* Who held locks: view_text_blame.c. -ENOMEM. */
int text__print_blame(const struct text *t);
/* What the host had its part in, if anything. */
void text__print_host(const struct text *t);
/* Who holds a mount's window and what reclaim is at, if somebody waits for a range of it. */
void text__print_window_blame(const struct text *t, const struct mount_state *m);

/* The inside of faults: view_text_phases.c. */
void text__print_phases(const struct text *t);
/* Busy pages: view_pins.c. Who released them; and, as a note, what was not searched for them. */
void text__print_releases(const struct text *t);
void text__print_scans(const struct text *t);

#endif
