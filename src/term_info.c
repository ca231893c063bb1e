// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: the program's own description is preferred where TERM names it exactly.
 */
#include "term_info.h"

#include <string.h>

/* Nearly all terminals, and what emulates them, understand this much; it has no colours. */
#define LEAST "vt220"

/* What begins so, and is not known itself, is like one of ours. */
static const struct {
	const char *begin, *name;
} families[] = {
	{ "xterm", "xterm-256color" },
	{ "screen", "screen-256color" },
	{ "tmux", "tmux-256color" },
	{ "rxvt", "rxvt-unicode-256color" },
	{ "linux", "linux" },
	{ "vt1", "vt100" },
	{ "vt", "vt220" },
	{ "ansi", "ansi" },
	/* those that call themselves by their own name */
	{ "alacritty", "xterm-256color" },
	{ "contour", "xterm-256color" },
	{ "foot", "xterm-256color" },
	{ "ghostty", "xterm-256color" },
	{ "gnome", "xterm-256color" },
	{ "iterm", "xterm-256color" },
	{ "kitty", "xterm-256color" },
	{ "konsole", "xterm-256color" },
	{ "putty", "xterm-256color" },
	{ "st-", "xterm-256color" },
	{ "vte", "xterm-256color" },
	{ "wezterm", "xterm-256color" },
};

static struct term_try own(const char *name)
{
	for (size_t i = 0; i < term_entries_cnt; i++) {
		if (!strcmp(term_entries[i].name, name))
			return (struct term_try){ term_entries[i].name, term_entries[i].compiled };
	}
	return (struct term_try){};
}

static const char *family(const char *term)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (!strncmp(term, families[i].begin, strlen(families[i].begin)))
			return families[i].name;
	}
	return LEAST;
}

size_t term_info__tries(const char *term, bool may_read, struct term_try tries[TERM_TRIES])
{
	bool is_named = term && *term && strcmp(term, "dumb");
	size_t cnt = 0;

	if (is_named)
		tries[cnt] = own(term);
	if (is_named && tries[cnt].name)
		return ++cnt;
	if (is_named && may_read && !strchr(term, '/'))
		tries[cnt++] = (struct term_try){ .name = term };
	tries[cnt++] = own(is_named ? family(term) : LEAST);
	if (strcmp(tries[cnt - 1].name, LEAST))
		tries[cnt++] = own(LEAST);
	return cnt;
}
