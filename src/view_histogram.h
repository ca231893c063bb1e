/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * How long operations and waits took, as bars: a row for each power of two.
 */
#ifndef DAXTOP_VIEW_HISTOGRAM_H
#define DAXTOP_VIEW_HISTOGRAM_H

#include <stdio.h>

#include "view.h"

/* All that were timed. Ends in an empty line, does not flush. */
void view_histogram__print(FILE *f, const struct summary *s, const struct view_opts *opts);

#endif
