// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Keys and the mouse. Surprising: what a terminal sends that curses does not know is read to its
 * end and dropped, as its letters would else be taken for keys.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "term_priv.h"

#define ESCAPE	       27
#define DELETE	       127
#define SEQUENCE_MS    25 /* between its bytes, as ESCDELAY */
#define SEQUENCE_BYTES 40

#define MOUSE_MODIFIERS 0x1c /* Shift, Alt, Control */
#define MOUSE_LEFT	0
#define MOUSE_WHEEL	64 /* up; down is the next */

/* ---- what keys are called ---- */

static const struct {
	int curses;
	__u32 key;
} specials[] = {
	{ KEY_UP, KEY_LIVE_UP },
	{ KEY_DOWN, KEY_LIVE_DOWN },
	{ KEY_LEFT, KEY_LIVE_LEFT },
	{ KEY_RIGHT, KEY_LIVE_RIGHT },
	{ KEY_PPAGE, KEY_LIVE_PAGE_UP },
	{ KEY_A3, KEY_LIVE_PAGE_UP },
	{ KEY_NPAGE, KEY_LIVE_PAGE_DOWN },
	{ KEY_C3, KEY_LIVE_PAGE_DOWN },
	{ KEY_HOME, KEY_LIVE_HOME },
	{ KEY_FIND, KEY_LIVE_HOME },
	{ KEY_A1, KEY_LIVE_HOME },
	{ KEY_END, KEY_LIVE_END },
	{ KEY_SELECT, KEY_LIVE_END },
	{ KEY_C1, KEY_LIVE_END },
	{ KEY_ENTER, KEY_LIVE_ENTER },
	{ KEY_BTAB, KEY_LIVE_BACKTAB },
	{ KEY_BACKSPACE, KEY_LIVE_BACKSPACE },
};

/*
 * Serial consoles have any terminal at their other end: what most of them send, whatever TERM is.
 */
static const struct {
	const char *sequence;
	int curses;
} sequences[] = {
	{ "\033[A", KEY_UP },	  { "\033OA", KEY_UP },	    { "\033[B", KEY_DOWN },
	{ "\033OB", KEY_DOWN },	  { "\033[C", KEY_RIGHT },  { "\033OC", KEY_RIGHT },
	{ "\033[D", KEY_LEFT },	  { "\033OD", KEY_LEFT },   { "\033[5~", KEY_PPAGE },
	{ "\033[6~", KEY_NPAGE }, { "\033[1~", KEY_HOME },  { "\033[7~", KEY_HOME },
	{ "\033[H", KEY_HOME },	  { "\033OH", KEY_HOME },   { "\033[4~", KEY_END },
	{ "\033[8~", KEY_END },	  { "\033[F", KEY_END },    { "\033OF", KEY_END },
	{ "\033OM", KEY_ENTER },  { "\033[Z", KEY_BTAB },   { "\033OP", KEY_F(1) },
	{ "\033OQ", KEY_F(2) },	  { "\033OR", KEY_F(3) },   { "\033OS", KEY_F(4) },
	{ "\033[11~", KEY_F(1) }, { "\033[12~", KEY_F(2) }, { "\033[13~", KEY_F(3) },
	{ "\033[14~", KEY_F(4) }, { "\033[[A", KEY_F(1) },  { "\033[[B", KEY_F(2) },
	{ "\033[[C", KEY_F(3) },  { "\033[[D", KEY_F(4) },  { "\033[[E", KEY_F(5) },
	{ "\033[15~", KEY_F(5) }, { "\033[17~", KEY_F(6) }, { "\033[18~", KEY_F(7) },
	{ "\033[19~", KEY_F(8) }, { "\033[20~", KEY_F(9) }, { "\033[21~", KEY_F(10) },
};

void term_keys__define(void)
{
	define_key(NULL, KEY_MOUSE); /* read here: see mouse_at() */
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		int is = key_defined(sequences[i].sequence);

		if (!is ||
		    is > KEY_MAX) /* the description has a name for it, but curses has no key */
			define_key(sequences[i].sequence, sequences[i].curses);
	}
}

static int special(int curses)
{
	if (curses >= KEY_F(1) && curses <= KEY_F(10))
		return KEY_LIVE_F1 + curses - KEY_F(1);
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		if (specials[i].curses == curses)
			return specials[i].key;
	}
	return 0;
}

static int character(const struct term *t, wint_t c)
{
	if (c == '\r' || c == '\n')
		return KEY_LIVE_ENTER;
	if (c == '\t')
		return KEY_LIVE_TAB;
	if (c == '\b' || c == DELETE)
		return KEY_LIVE_BACKSPACE;
	return c < DELETE || t->is_utf8 ? (int)c : 0;
}

/* ---- reading ---- */

bool term__has_gone(int fd)
{
	struct pollfd is = { .fd = fd };

	return poll(&is, 1, 0) > 0 && is.revents & (POLLHUP | POLLERR | POLLNVAL);
}

enum got {
	GOT_NOTHING,
	GOT_CHARACTER,
	GOT_SPECIAL
};

/* enum got, or -EIO. */
static int get(struct term *t, int wait_ms, wint_t *c)
{
	int res;

	wtimeout(t->keys, wait_ms);
	errno = 0;
	res = wget_wch(t->keys, c);
	if (res == KEY_CODE_YES)
		return GOT_SPECIAL;
	if (res == OK)
		return GOT_CHARACTER;
	return errno == EIO || term__has_gone(STDIN_FILENO) ? -EIO : GOT_NOTHING;
}

/* "<button;column;row" and M, or m for a button let go. */
static int mouse_at(const struct term *t, const char *text, char end, struct live_mouse *mouse)
{
	unsigned int button, row, col;

	if (sscanf(text, "<%u;%u;%u", &button, &col, &row) != 3 || end != 'M')
		return 0;
	button &= ~MOUSE_MODIFIERS;
	if (button != MOUSE_LEFT && button != MOUSE_WHEEL && button != MOUSE_WHEEL + 1)
		return 0;
	if (!row || row > t->rows || !col || col > t->cols)
		return 0;
	*mouse = (struct live_mouse){
		.row = row - 1,
		.col = col - 1,
		.wheel = button == MOUSE_LEFT	 ? 0
			 : button == MOUSE_WHEEL ? -1
						 : 1,
	};
	return KEY_LIVE_MOUSE;
}

static void drop(struct term *t, unsigned int cnt)
{
	wint_t c;

	while (cnt-- && get(t, SEQUENCE_MS, &c) > 0)
		;
}

/* After ESC [: parameters, and a character that ends it. 0: nothing of interest. */
static int control_sequence(struct term *t, struct live_mouse *mouse)
{
	char text[SEQUENCE_BYTES] = "";
	size_t len = 0;
	wint_t c;
	int res;

	while ((res = get(t, SEQUENCE_MS, &c)) == GOT_CHARACTER) {
		if (c == '[' && !len) { /* a function key of linux */
			drop(t, 1);
			return 0;
		}
		if (c >= 0x40 && c <= 0x7e)
			break;
		if (len < sizeof(text) - 1)
			text[len++] = c;
	}
	if (res != GOT_CHARACTER)
		return res < 0 ? res : 0;
	if (c == 'M' && !len) /* the mouse, as it was told of old */
		drop(t, 3);
	return *text == '<' ? mouse_at(t, text, c, mouse) : 0;
}

/* Is it the key, or does a sequence begin, or a key with Alt, which means nothing? */
static int after_escape(struct term *t, struct live_mouse *mouse)
{
	wint_t c;
	int res = get(t, 0, &c);

	if (res == GOT_NOTHING || (res == GOT_CHARACTER && c == ESCAPE))
		return KEY_LIVE_ESCAPE;
	if (res == GOT_CHARACTER && c == '[')
		return control_sequence(t, mouse);
	if (res == GOT_CHARACTER && c == 'O')
		drop(t, 1);
	return res < 0 ? res : 0;
}

int term_keys__next(struct term *t, struct live_mouse *mouse)
{
	wint_t c;
	int res, key = 0;

	while (!key) {
		res = get(t, 0, &c);
		if (res <= 0)
			return res;
		if (res == GOT_SPECIAL)
			key = special(c);
		else if (c == ESCAPE)
			key = after_escape(t, mouse);
		else
			key = character(t, c);
	}
	return key;
}
