/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A summary as text for people, on a terminal or in a log (-b).
 */
#ifndef DAXTOP_VIEW_TEXT_H
#define DAXTOP_VIEW_TEXT_H

#include <stdio.h>

#include "view.h"

/*
 * Print one interval. @n may be NULL. Ends in an empty line, does not flush.
 * 0; -ENOMEM; what a write to @f failed by, or -EIO (ferror() stays set).
 */
int view_text__print(FILE *f, const struct summary *s, const struct names *n,
		     const struct view_opts *opts);

#endif
