/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The few checks that the unit tests need: each says what it saw, counts, and goes on. A test
 * program is a list of functions and ends in "N passed, N failed".
 */
#ifndef DAXTOP_CHECK_H
#define DAXTOP_CHECK_H

#include <stdio.h>
#include <string.h>

#include <linux/types.h>

static unsigned int check_passed, check_failed;

static inline int check_note(int ok, const char *file, int line, const char *what)
{
	if (ok) {
		check_passed++;
	} else {
		check_failed++;
		printf("not ok - %s:%d: %s\n", file, line, what);
	}
	return ok;
}

static inline void check_u64(__u64 got, __u64 want, const char *file, int line, const char *what)
{
	if (!check_note(got == want, file, line, what))
		printf("#   got %llu, want %llu\n", got, want);
}

static inline void check_text(const char *got, const char *want, const char *file, int line,
			      const char *what)
{
	int ok = got == want || (got && want && !strcmp(got, want));

	if (!check_note(ok, file, line, what))
		printf("#   got \"%s\", want \"%s\"\n", got ? got : "NULL", want ? want : "NULL");
}

#define CHECK(cond)	      check_note(!!(cond), __FILE__, __LINE__, #cond)
#define CHECK_U64(got, want)  check_u64(got, want, __FILE__, __LINE__, #got)
#define CHECK_TEXT(got, want) check_text(got, want, __FILE__, __LINE__, #got)

static inline int check_result(void)
{
	printf("%u passed, %u failed\n", check_passed, check_failed);
	return check_failed != 0;
}

#endif
