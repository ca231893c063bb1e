/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The terminal as it was before, whatever ends the program: term__restore() of term.h, and what it
 * needs to know beforehand, as a handler of a fatal signal can ask nobody.
 */
#ifndef DAXTOP_TERM_RESTORE_H
#define DAXTOP_TERM_RESTORE_H

#include <stdbool.h>

/*
 * Keeps the modes of the terminal, and from now on restores them at exit and fatal signals. 0 or
 * -errno.
 */
int term_restore__begin(void);

/* What else leaving takes, as the terminal of curses says it: again after each change of @rows. */
void term_restore__learn(unsigned int rows, bool has_mouse);

/* That was done: its modes alone are to be restored, until the next learn. */
void term_restore__forget(void);

/* Restores, and leaves fatal signals to whom they were before. May be called twice. */
void term_restore__end(void);

/* Does it belong to other processes now? Then it must be left alone. */
bool term_restore__is_others(void);

#endif
