/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is wrong, in one sentence: who waits, for what, behind whom. Pure.
 */
#ifndef DAXTOP_VERDICT_H
#define DAXTOP_VERDICT_H

#include "model.h"

enum verdict_level {
	VERDICT_FINE,  /* nothing is wrong: no text */
	VERDICT_NOTE,  /* worth knowing */
	VERDICT_SLOW,  /* much of the time goes there */
	VERDICT_STUCK, /* something does not go on */
};

#define VERDICT_BYTES 400
struct verdict {
	enum verdict_level level;
	bool is_of_all;		  /* true of no mount alone: losses are of the whole machine */
	char text[VERDICT_BYTES]; /* clean UTF-8, one line */
};

/*
 * What is worst on mount @dev (0: on any) in @s. What is in flight for @stuck_ns is stuck; with 0
 * nothing ever is. Says nothing that the figures do not: what was not measured is in no sentence.
 */
void verdict__find(struct verdict *v, const struct summary *s, const struct names *n, __u32 dev,
		   __u64 stuck_ns);

#endif
