/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What happened interval by interval, as two tables: how much was done, and what was waited for.
 */
#ifndef DAXTOP_VIEW_TIMELINE_H
#define DAXTOP_VIEW_TIMELINE_H

#include <stdio.h>

#include "timeline.h"

/* @from_ns is what times in the table are since, as it began. Ends in an empty line, does not flush. */
void view_timeline__print(FILE *f, const struct timeline *t, __u64 from_ns);

#endif
