/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A summary as JSON for programs: one object on one line. The schema is a promise, made in
 * virtiofs-daxtop-json(5): members may be added under the same version, none change or go.
 */
#ifndef DAXTOP_VIEW_JSON_H
#define DAXTOP_VIEW_JSON_H

#include <stdio.h>

#include "view.h"

#define VIEW_JSON_SCHEMA "virtiofs-daxtop/1"

/*
 * Print one interval and a newline. @n may be NULL. Does not flush.
 * 0; -ENOMEM; what a write to @f failed by, or -EIO (ferror() stays set).
 */
int view_json__print(FILE *f, const struct summary *s, const struct names *n,
		     const struct view_opts *opts);

#endif
