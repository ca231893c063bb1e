/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Takes what becomes of each mount's window (struct event_window) to a simulation of other sizes,
 * and what comes of that to a summary. Pure.
 */
#ifndef DAXTOP_WINDOW_FEED_H
#define DAXTOP_WINDOW_FEED_H

#include "model.h"

struct window_feed;

/* NULL with errno ENOMEM. */
struct window_feed *window_feed__new(void);
void window_feed__free(struct window_feed *feed);

/*
 * The windows of all mounts of @s as they are now: what happens to one from the first time on is
 * taken in. Mounts without a known window are left out. 0 or -ENOMEM.
 */
int window_feed__look(struct window_feed *feed, const struct summary *s);

/* Of a mount that was not looked at: nothing. */
void window_feed__take(struct window_feed *feed, const struct event_window *event);

/*
 * Tells @s, which has what happened since tracing began, of each of its mounts what was found so
 * far.
 */
void window_feed__tell(const struct window_feed *feed, struct summary *s,
		       const struct names *names);

#endif
