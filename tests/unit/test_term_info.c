// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Which descriptions of terminals are tried for what TERM says. The descriptions here are only
 * names.
 */
#include "../../src/term_info.h"
#include "check.h"

const struct term_entry term_entries[] = {
	{ "linux", "L" },	    { "xterm", "X" }, { "xterm-256color", "X256" },
	{ "screen-256color", "S" }, { "vt100", "1" }, { "vt220", "2" },
	{ "tmux-256color", "T" },   { "ansi", "A" },  { "rxvt-unicode-256color", "R" },
};
const size_t term_entries_cnt = sizeof(term_entries) / sizeof(term_entries[0]);

/* "name=description name ...": what is tried, the system's own without a description. */
static char *tries_of(const char *term, bool may_read)
{
	static char buf[256];
	struct term_try tries[TERM_TRIES];
	size_t cnt = term_info__tries(term, may_read, tries), len = 0;

	for (size_t i = 0; i < cnt; i++)
		len += snprintf(buf + len, sizeof(buf) - len, "%s%s%s%s", i ? " " : "",
				tries[i].name, tries[i].terminfo ? "=" : "",
				tries[i].terminfo ?: "");
	return buf;
}

int main(void)
{
	static const struct {
		const char *term, *tries;
	} rows[] = {
		{ NULL, "vt220=2" },
		{ "", "vt220=2" },
		{ "dumb", "vt220=2" },
		{ "xterm", "xterm=X" },
		{ "xterm-256color", "xterm-256color=X256" },
		{ "vt220", "vt220=2" },
		{ "xterm-kitty", "xterm-kitty xterm-256color=X256 vt220=2" },
		{ "screen.xterm-new", "screen.xterm-new screen-256color=S vt220=2" },
		{ "tmux", "tmux tmux-256color=T vt220=2" },
		{ "rxvt", "rxvt rxvt-unicode-256color=R vt220=2" },
		{ "linux-16color", "linux-16color linux=L vt220=2" },
		{ "vt102", "vt102 vt100=1 vt220=2" },
		{ "vt320", "vt320 vt220=2" },
		{ "ansi-m", "ansi-m ansi=A vt220=2" },
		{ "alacritty", "alacritty xterm-256color=X256 vt220=2" },
		{ "nonsense", "nonsense vt220=2" },
		{ "../../xterm", "vt220=2" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_TEXT(tries_of(rows[i].term, true), rows[i].tries);
	CHECK_TEXT(tries_of("nonsense", false), "vt220=2");
	CHECK_TEXT(tries_of("xterm-kitty", false), "xterm-256color=X256 vt220=2");
	return check_result();
}
