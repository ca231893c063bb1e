/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Text of several lines above and below lists: phrases with commas between them, wrapped to the
 * screen, among them what the text view says as well (view_say.h).
 */
#ifndef DAXTOP_LIVE_SAY_H
#define DAXTOP_LIVE_SAY_H

#include "live_priv.h"
#include "view_say.h"

#define LIVE_SAY_LINES 32

struct live_say {
	struct say say; /* for view_say.h */
	unsigned int cols;
	unsigned int indent; /* of what does not fit in the line begun */
	size_t cnt;
	bool has_phrase; /* the line begun has one: a comma is due */
	struct live_line lines[LIVE_SAY_LINES];
};

/* No lines; they are to be @cols wide. */
void live_say__init(struct live_say *text, const struct live *l, unsigned int cols);
/* A line begins; @heading may be "". */
void live_say__line(struct live_say *text, const char *heading);
/* One phrase more for it; a line of its own where there is none. */
__attribute__((format(printf, 2, 3))) void live_say__add(struct live_say *text, const char *format,
							 ...);

/* All of it from the begin of @area on, as much as has room; returns rows taken. */
unsigned int live_say__draw(const struct live *l, struct rect area, enum style style,
			    const struct live_say *text);
/* The same at the end of @area, below a rule with a title. */
unsigned int live_say__foot(const struct live *l, struct rect area, const char *title,
			    const struct live_say *text);

#endif
