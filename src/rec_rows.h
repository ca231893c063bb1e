/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Events as rows for other programs: a JSON object a line, or CSV. Errors are the stream's own:
 * ask ferror().
 */
#ifndef DAXTOP_REC_ROWS_H
#define DAXTOP_REC_ROWS_H

#include <stdio.h>

#include "rec_column.h"

/*
 * One line: an object with all columns of its kind by name, but for elements of an array that are
 * 0, which is an object of the others; null is not known, or none.
 */
void rec_rows__json(FILE *f, const struct rec_event *ev);

/*
 * The columns of all kinds, each once, and one row with those of its kind filled in (RFC 4180,
 * LF).
 */
void rec_rows__csv_head(FILE *f);
void rec_rows__csv(FILE *f, const struct rec_event *ev);

/* A JSON string, quoted. @text is UTF-8. */
void rec_rows__json_string(FILE *f, const char *text);

/* Faster than printf(). */
void rec_rows__number(FILE *f, __u64 number);

#endif
