/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The terminal: shows a canvas, and gives keys. It works with a terminal that nobody has described
 * (no terminfo, TERM unknown or unset) and that tells no size.
 */
#ifndef DAXTOP_TERM_H
#define DAXTOP_TERM_H

#include "canvas.h"
#include "failure.h"
#include "live.h"

struct term;

/*
 * Takes over the terminal of standard output and input. -errno with @failure, and nothing is
 * changed then.
 */
int term__open(struct term **t, struct failure *failure);
/* Leaves it as it was. May be called twice; a handler of a fatal signal has term__restore(). */
void term__close(struct term *t);
void term__restore(void);

bool term__is_ascii(const struct term *t); /* it, or the locale, has no UTF-8 */
void term__size(struct term *t, unsigned int *rows, unsigned int *cols);

/* Readable when there may be a key. */
int term__fd(const struct term *t);
/*
 * The next key, 0: there is none now. With KEY_LIVE_MOUSE @mouse is filled. -EIO: the terminal has
 * gone.
 */
int term__key(struct term *t, struct live_mouse *mouse);

/* Shows it; with @is_anew, all of it, whatever is there. 0, or -errno where writing failed. */
int term__show(struct term *t, const struct canvas *c, bool is_anew);

#endif
