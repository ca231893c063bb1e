/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Exit codes, and what a lower layer tells the command when it cannot go on: the one line to print,
 * and the code to exit with. Lower layers print nothing themselves.
 */
#ifndef DAXTOP_FAILURE_H
#define DAXTOP_FAILURE_H

enum exit_code {
	EXIT_FINE = 0,
	EXIT_NO = 1,	     /* gate: failed; doctor PATH: DAX is off */
	EXIT_USAGE = 2,	     /* the command line */
	EXIT_CANNOT_RUN = 3, /* privilege, kernel, machine */
	EXIT_BAD_INPUT = 4,
	EXIT_INCONCLUSIVE = 5,
	EXIT_INVALID = 6,
};

struct failure {
	enum exit_code code;
	char text[768]; /* what failed, on what, why, what to try; no newline */
};

/* Fills @failure and returns @err, so that a caller can `return failure__set(...)`. */
int failure__set(struct failure *failure, int err, enum exit_code code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
