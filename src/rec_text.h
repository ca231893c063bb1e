/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Events as lines for people.
 */
#ifndef DAXTOP_REC_TEXT_H
#define DAXTOP_REC_TEXT_H

#include <stdio.h>

#include "rec_column.h"

/* The headings of what follows. */
void rec_text__head(FILE *f);

/* One line. What the record says beyond the columns is name=value at its end, where it is not 0. */
void rec_text__print(FILE *f, const struct rec_event *ev);

#endif
