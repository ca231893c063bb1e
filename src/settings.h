/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the live view keeps from one run to the next, in a file of "key = value" lines that people
 * may edit. Reading text and printing it are pure.
 */
#ifndef DAXTOP_SETTINGS_H
#define DAXTOP_SETTINGS_H

#include <stdio.h>

#include "live.h"

struct live_tab_row;

struct settings_list {
	bool is_sorted; /* else as is best for it */
	bool is_reversed;
	unsigned int sort; /* column */
};

struct settings {
	double delay_s; /* 0: not set */
	enum live_tab tab;
	bool is_cumulative;
	struct settings_list lists[TAB_NR];
};

/* What a file has that cannot be understood: a line each, the first ones. */
#define SETTINGS_NOTES_MAX 4
struct settings_notes {
	size_t cnt; /* of all, also those that there is no room for */
	char text[SETTINGS_NOTES_MAX][120];
};

/*
 * @text's lines into @s, which keeps what they do not set, as it does where one cannot be
 * understood. Names of tabs and columns are those of @tabs, TAB_NR of them.
 */
void settings__parse(struct settings *s, const char *text, const struct live_tab_row *const *tabs,
		     struct settings_notes *notes);
void settings__print(FILE *f, const struct settings *s, const struct live_tab_row *const *tabs);
bool settings__is_same(const struct settings *a, const struct settings *b);

/* Into a view that begins, and out of one that ends. */
void settings__apply(const struct settings *s, struct live_state *st);
void settings__take(struct settings *s, const struct live_state *st, double delay_s);

/*
 * Where they are kept: below XDG_CONFIG_HOME, else HOME. -ENOENT where neither is set to an
 * absolute path, -ENAMETOOLONG. Nothing is looked at: that it is not on a mount that may hang is
 * the caller's to find out.
 */
int settings__path(char *buf, size_t bytes);

/*
 * 0, or -errno: -ENOENT when there is no file; -ELOOP when it is a symbolic link, which is not
 * followed to wherever it leads; -EFBIG.
 */
int settings__read(struct settings *s, const char *path, const struct live_tab_row *const *tabs,
		   struct settings_notes *notes);

/*
 * All of the file or nothing, with the folders it needs. What is at @path is replaced, also a
 * symbolic link. 0 or -errno.
 */
int settings__write(const struct settings *s, const char *path,
		    const struct live_tab_row *const *tabs);

#endif
