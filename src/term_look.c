// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What styles look like. Nobody knows the ground that the terminal has: text keeps its own colour
 * or gets one that can be read on light and dark, and what gets a ground gets the colour on it too.
 */
#include <stdlib.h>

#include "term_priv.h"

struct look {
	short text, ground; /* -1: the terminal's own */
	attr_t attrs;
};

#define OWN -1

/* Contrast with black and white alike: at least 3 for text; for parts, of their text, 5. */
static const struct look looks_256[STYLE_NR] = {
	[STYLE_PLAIN] = { OWN, OWN, A_NORMAL },
	[STYLE_DIM] = { 244, OWN, A_NORMAL },
	[STYLE_BOLD] = { OWN, OWN, A_BOLD },
	[STYLE_HEADING] = { OWN, OWN, A_REVERSE },
	[STYLE_SELECTED] = { 16, 80, A_NORMAL },
	[STYLE_GOOD] = { 28, OWN, A_NORMAL },
	[STYLE_WARN] = { 166, OWN, A_BOLD },
	[STYLE_BAD] = { 196, OWN, A_BOLD },
	[STYLE_TAB] = { OWN, OWN, A_REVERSE | A_BOLD },
	[STYLE_PART + 0] = { 16, 75, A_NORMAL },
	[STYLE_PART + 1] = { 16, 208, A_NORMAL },
	[STYLE_PART + 2] = { 16, 71, A_NORMAL },
	[STYLE_PART + 3] = { 16, 203, A_NORMAL },
	[STYLE_PART + 4] = { 16, 140, A_NORMAL },
	[STYLE_PART + 5] = { 16, 178, A_NORMAL },
	[STYLE_PART + 6] = { 16, 73, A_NORMAL },
	[STYLE_PART + 7] = { 16, 246, A_NORMAL },
};

static const struct look looks_8[STYLE_NR] = {
	[STYLE_PLAIN] = { OWN, OWN, A_NORMAL },
	[STYLE_DIM] = { OWN, OWN,
			A_NORMAL }, /* gray is not to be had, and dim is invisible on some */
	[STYLE_BOLD] = { OWN, OWN, A_BOLD },
	[STYLE_HEADING] = { OWN, OWN, A_REVERSE },
	[STYLE_SELECTED] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL },
	[STYLE_GOOD] = { COLOR_GREEN, OWN, A_NORMAL },
	[STYLE_WARN] = { COLOR_MAGENTA, OWN, A_BOLD }, /* yellow is not seen on white */
	[STYLE_BAD] = { COLOR_RED, OWN, A_BOLD },
	[STYLE_TAB] = { OWN, OWN, A_REVERSE | A_BOLD },
	[STYLE_PART + 0] = { COLOR_WHITE, COLOR_BLUE, A_NORMAL },
	[STYLE_PART + 1] = { COLOR_BLACK, COLOR_YELLOW, A_NORMAL },
	[STYLE_PART + 2] = { COLOR_BLACK, COLOR_GREEN, A_NORMAL },
	[STYLE_PART + 3] = { COLOR_WHITE, COLOR_RED, A_NORMAL },
	[STYLE_PART + 4] = { COLOR_WHITE, COLOR_MAGENTA, A_NORMAL },
	[STYLE_PART + 5] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL },
	[STYLE_PART + 6] = { COLOR_BLACK, COLOR_WHITE, A_NORMAL },
	[STYLE_PART + 7] = { OWN, OWN, A_REVERSE },
};

/* Neighbours in a bar differ; its letters do the rest. */
static const struct look looks_mono[STYLE_NR] = {
	[STYLE_PLAIN] = { OWN, OWN, A_NORMAL },
	[STYLE_DIM] = { OWN, OWN, A_NORMAL },
	[STYLE_BOLD] = { OWN, OWN, A_BOLD },
	[STYLE_HEADING] = { OWN, OWN, A_REVERSE },
	[STYLE_SELECTED] = { OWN, OWN, A_REVERSE | A_BOLD },
	[STYLE_GOOD] = { OWN, OWN, A_NORMAL },
	[STYLE_WARN] = { OWN, OWN, A_BOLD },
	[STYLE_BAD] = { OWN, OWN, A_BOLD | A_UNDERLINE },
	[STYLE_TAB] = { OWN, OWN, A_REVERSE | A_BOLD },
	[STYLE_PART + 0] = { OWN, OWN, A_REVERSE },
	[STYLE_PART + 1] = { OWN, OWN, A_BOLD },
	[STYLE_PART + 2] = { OWN, OWN, A_REVERSE },
	[STYLE_PART + 3] = { OWN, OWN, A_BOLD },
	[STYLE_PART + 4] = { OWN, OWN, A_REVERSE },
	[STYLE_PART + 5] = { OWN, OWN, A_BOLD },
	[STYLE_PART + 6] = { OWN, OWN, A_REVERSE },
	[STYLE_PART + 7] = { OWN, OWN, A_BOLD },
};

static const struct look *table(void)
{
	const char *no_color = getenv("NO_COLOR");

	if ((no_color && *no_color) || !has_colors())
		return looks_mono;
	if (start_color() || use_default_colors() || COLORS < 8 || COLOR_PAIRS <= STYLE_NR)
		return looks_mono;
	return COLORS >= 256 ? looks_256 : looks_8;
}

void term_look__choose(struct term *t)
{
	const struct look *looks = table();

	for (int i = 0; i < STYLE_NR; i++) {
		const struct look *look = &looks[i];

		t->looks[i] = (struct term_look){ .attrs = look->attrs };
		if (look->text == OWN && look->ground == OWN)
			continue;
		if (init_pair(i + 1, look->text, look->ground) == OK)
			t->looks[i].pair = i + 1;
	}
}
