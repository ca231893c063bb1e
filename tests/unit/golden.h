/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Golden files: what a view is to print, kept in golden/. To accept what it prints now, run with
 * UPDATE_GOLDEN=1 and look at the difference before committing.
 */
#ifndef DAXTOP_GOLDEN_H
#define DAXTOP_GOLDEN_H

#include <stdlib.h>
#include <string.h>

#include "../../src/fmt.h"
#include "check.h"

#define GOLDEN_BYTES 131072

static inline void golden_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!CHECK(f != NULL))
		return;
	fputs(text, f);
	fclose(f);
}

static inline void golden_compare(const char *path, const char *text)
{
	static char want[GOLDEN_BYTES];
	FILE *f = fopen(path, "r");
	size_t len;

	if (!CHECK(f != NULL))
		return;
	len = fread(want, 1, sizeof(want) - 1, f);
	want[len] = '\0';
	fclose(f);
	if (!CHECK(!strcmp(text, want)))
		printf("# %s differs; now:\n%s", path, text);
}

/* Takes @text. */
static inline void golden(const char *path, char *text)
{
	if (getenv("UPDATE_GOLDEN"))
		golden_write(path, text);
	else
		golden_compare(path, text);
	free(text);
}

/* No line of a text view is wider. */
static inline void check_lines_fit(const char *text, size_t width)
{
	char line[1024];

	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - text), text);
		if (!CHECK(fmt__columns(line) <= width))
			printf("# too wide: %s\n", line);
	}
}

#endif
