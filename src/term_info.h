/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Descriptions of terminals that come with the program, for machines that have none, and which one
 * is for what TERM says. Pure; the descriptions are made when it is built: see the Makefile.
 */
#ifndef DAXTOP_TERM_INFO_H
#define DAXTOP_TERM_INFO_H

#include <stdbool.h>
#include <stddef.h>

struct term_entry {
	const char *name;
	const char *compiled; /* as the environment's TERMINFO takes it: "b64:..." */
};
extern const struct term_entry term_entries[];
extern const size_t term_entries_cnt;

/*
 * A description that may do: the name to ask for, and where it is; NULL: where the system has its
 * own.
 */
struct term_try {
	const char *name;
	const char *terminfo;
};
#define TERM_TRIES 3

/*
 * What to try for @term (NULL: not set), in this order; returns how many. Terminals of which one is
 * known come first and alone, so that no file is read, which could be on a mount that hangs.
 * Without @may_read none is read whatever @term is.
 */
size_t term_info__tries(const char *term, bool may_read, struct term_try tries[TERM_TRIES]);

#endif
