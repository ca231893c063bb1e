/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Uses of a range that nobody sees: a simulated window has lost it, but the real one has not. When
 * would it be used next? As long after it was lost here as it took, the last time it was gone,
 * until it was used again; and by then, if the real window still has it, that use is a setup here
 * and a hit there. (For uses that come at random, one such gap is a fair sample of the next.) Gaps
 * of WHEEL_SLOTS setups and more are let go: such a range has left a window of up to 8 GiB by then.
 *
 * Without this, windows of 1.25 to 2 times the real one come out up to 13 % too cheap.
 */
#ifndef DAXTOP_WINDOW_WHEEL_H
#define DAXTOP_WINDOW_WHEEL_H

#include "window_ranges.h"

/* @r was removed from the real window. */
void window_wheel__removed(struct window_ranges *t, struct window_range *r);

/* It was set up there again. */
void window_wheel__returned(struct window_ranges *t, struct window_range *r);

/* @r was lost from list @list, the real window still having it. */
void window_wheel__lost(struct window_ranges *t, struct window_range *r, unsigned int list);

/* It is not, or will not be, as it was expected: take it off the wheel, wherever it is. */
void window_wheel__cancel(struct window_ranges *t, struct window_range *r);

/* One setup later. */
void window_wheel__tick(struct window_ranges *t);

/* A range that is due now, and for which list: taken off the wheel. NULL: none. */
struct window_range *window_wheel__next(struct window_ranges *t, unsigned int *list);

#endif
