/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Screens of the live view as text, of the sample summaries.
 */
#ifndef DAXTOP_TEST_LIVE_H
#define DAXTOP_TEST_LIVE_H

#include "../../src/live.h"
#include "check.h"
#include "sample.h"

/* What is drawn at that size; to be freed. */
static inline char *live_screen(const struct live_data *d, struct live_state *st, unsigned int rows,
				unsigned int cols, bool is_ascii)
{
	struct canvas c = {};
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	CHECK(!canvas__init(&c, rows, cols, is_ascii));
	CHECK(!live__draw(&c, d, st));
	canvas__print(&c, f);
	fclose(f);
	canvas__fini(&c);
	return text;
}

static inline struct live_data sample_live(const struct summary *s, const struct names *n)
{
	return (struct live_data){ .interval = s,
				   .total = s,
				   .names = n,
				   .host = "guest1",
				   .kernel = "6.12.107",
				   .tool_version = "0.1.0",
				   .session_ns = 100 * SEC,
				   .interval_s = 1,
				   .stuck_ns = SEC,
				   .events_why_not = "nothing ended yet" };
}

#endif
