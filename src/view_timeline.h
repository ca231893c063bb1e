/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What happened interval by interval, as two tables: how much was done, and what was waited for.
 */
#ifndef DAXTOP_VIEW_TIMELINE_H
#define DAXTOP_VIEW_TIMELINE_H

#include <stdio.h>

#include "model.h"
#include "timeline.h"

/*
 * @s is the summary of the same: it says what was counted. Times in the tables are since @begin_ns.
 * Ends in an empty line, does not flush.
 */
void view_timeline__print(FILE *f, const struct timeline *t, const struct summary *s,
			  __u64 begin_ns);

#endif
