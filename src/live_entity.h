/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The columns that lists of inodes and of tasks share; only their names and from which width on
 * they are there differ.
 */
#ifndef DAXTOP_LIVE_ENTITY_H
#define DAXTOP_LIVE_ENTITY_H

#include "live_priv.h"

enum {
	ENTITY_WAIT,
	ENTITY_TOTAL,
	ENTITY_COUNT,
	ENTITY_RATE,
	ENTITY_NOW,
	ENTITY_BAR,
	ENTITY_WORST,
	ENTITY_WHY,
	ENTITY_NAME,
	ENTITY_NR
};

#define ENTITY_BAR_FROM 150

#define ENTITY_COLUMNS(worst_from, name_, keeps_begin_)                                \
	{                                                                              \
		[ENTITY_WAIT] = { .name = "waited", .width = 7 },                      \
		[ENTITY_TOTAL] = { .name = "total", .width = 7, .from_cols = 110 },    \
		[ENTITY_COUNT] = { .name = "count", .width = 6 },                      \
		[ENTITY_RATE] = { .name = "/s", .width = 6, .from_cols = 110 },        \
		[ENTITY_NOW] = { .name = "now", .width = 4 },                          \
		[ENTITY_BAR] = { .name = "worst operation's time",                     \
				 .width = 24,                                          \
				 .is_left = true,                                      \
				 .from_cols = ENTITY_BAR_FROM },                       \
		[ENTITY_WORST] = { .name = "worst in",                                 \
				   .width = 15,                                        \
				   .is_left = true,                                    \
				   .is_text = true,                                    \
				   .from_cols = worst_from },                          \
		[ENTITY_WHY] = { .name = "mostly for", .width = 21, .is_left = true }, \
		[ENTITY_NAME] = { .name = name_,                                       \
				  .is_left = true,                                     \
				  .is_text = true,                                     \
				  .keeps_begin = keeps_begin_ },                       \
	}

#endif
