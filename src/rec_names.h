/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * All names that are known, as records: what a recording that begins later, or keeps only its last
 * seconds, must be told again.
 */
#ifndef DAXTOP_REC_NAMES_H
#define DAXTOP_REC_NAMES_H

#include "model.h"
#include "recfile.h"

/* 0 or -errno. */
int rec_names__write(struct rec_writer *w, const struct names *n);

#endif
