// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The terminal, by curses. Surprising: the signals that curses would handle are taken from it, so
 * that they come one after the other with the keys, and a screen that cannot be written at once
 * (Ctrl-S, a slow line) is left out, as tracing must not wait for a terminal.
 */
#include "term.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "term_info.h"
#include "term_priv.h"
#include "term_restore.h"

#define ESCAPE_MS 25 /* after which an ESC was the key */

/* ---- locale ---- */

static bool has_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* Does the environment name UTF-8, whether or not there is such a locale? */
static bool asks_for_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
	}
	return false;
}

static bool choose_utf8(void)
{
	setlocale(LC_CTYPE, "");
	if (!has_utf8() && asks_for_utf8())
		setlocale(LC_CTYPE, "C.UTF-8");
	return has_utf8();
}

/* ---- signals ---- */

static sigset_t own_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCONT);
	return set;
}

static int watch(struct term *t, int fd, __u32 events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(t->events, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int watch_all(struct term *t)
{
	sigset_t set = own_signals();
	int err;

	if (sigprocmask(SIG_BLOCK, &set, &t->mask_before))
		return -errno;
	t->has_mask = true;
	t->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	t->events = epoll_create1(EPOLL_CLOEXEC);
	if (t->signals < 0 || t->events < 0)
		return -errno;
	err = watch(t, t->signals, EPOLLIN);
	return err ?: watch(t, STDIN_FILENO, EPOLLIN);
}

/* ---- the screen of curses ---- */

/* Curses takes these over where nobody has, and would keep them after its end. */
static const int taken_by_curses[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
#define TAKEN_NR (sizeof(taken_by_curses) / sizeof(taken_by_curses[0]))

/* Sets a variable, or with NULL takes it away; returns a copy of what it was. */
static char *exchange(const char *name, const char *value)
{
	const char *before = getenv(name);
	char *copy = before ? strdup(before) : NULL;

	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
	return copy;
}

static void put_back(const char *name, char *value)
{
	free(exchange(name, value));
	free(value);
}

/* In the environment curses finds what it is to know. */
static const char *const names[] = { "LINES", "COLUMNS", "TERMINFO" };
#define NAMES_NR (sizeof(names) / sizeof(names[0]))

static SCREEN *new_screen(const struct term *t, const struct term_try *try)
{
	char rows[16], cols[16], *before[NAMES_NR];
	const char *const values[NAMES_NR] = { rows, cols, try->terminfo ?: getenv("TERMINFO") };
	SCREEN *screen;

	snprintf(rows, sizeof(rows), "%u", t->rows);
	snprintf(cols, sizeof(cols), "%u", t->cols);
	for (size_t i = 0; i < NAMES_NR; i++)
		before[i] = exchange(names[i], values[i]);
	screen = newterm(try->name, stdout, stdin);
	for (size_t i = 0; i < NAMES_NR; i++)
		put_back(names[i], before[i]);
	return screen;
}

static bool has_capability(const char *name)
{
	const char *text = tigetstr(name);

	return text && text != (const char *)-1;
}

/* NULL when there is no such description, or it cannot place the cursor. */
static SCREEN *try_screen(const struct term *t, const struct term_try *try)
{
	SCREEN *screen = new_screen(t, try);

	if (!screen || has_capability("cup"))
		return screen;
	endwin();
	delscreen(screen);
	return NULL;
}

static SCREEN *open_screen(const struct term *t)
{
	struct sigaction before[TAKEN_NR];
	struct term_try tries[TERM_TRIES];
	/* With privilege of the file's, what the user has described is not for us to read. */
	size_t cnt = term_info__tries(getenv("TERM"), !getauxval(AT_SECURE), tries);
	SCREEN *screen = NULL;

	for (size_t i = 0; i < TAKEN_NR; i++)
		sigaction(taken_by_curses[i], NULL, &before[i]);
	for (size_t i = 0; i < cnt && !screen; i++)
		screen = try_screen(t, &tries[i]);
	for (size_t i = 0; i < TAKEN_NR; i++)
		sigaction(taken_by_curses[i], &before[i], NULL);
	return screen;
}

static int set_modes(struct term *t)
{
	cbreak();
	noecho();
	nonl(); /* Enter is '\r', and is not turned into '\n' */
	curs_set(0);
	set_escdelay(ESCAPE_MS);
	t->keys = newpad(1, 1);
	if (!t->keys)
		return -ENOMEM;
	keypad(t->keys, TRUE);
	term_keys__define();
	term_look__choose(t);
	t->has_mouse = has_capability("kmous");
	return 0;
}

static void write_text(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		return; /* the next screen tells */
}

static void set_mouse(const struct term *t, bool is_on)
{
	if (t->has_mouse)
		write_text(is_on ? TERM_MOUSE_ON : TERM_MOUSE_OFF);
}

static void set_size(struct term *t)
{
	term_size__find(t);
	resize_term(t->rows, t->cols);
	term_restore__learn(t->rows, t->has_mouse);
	t->must_anew = true;
}

/*
 * Where lines scroll is set by curses only when it starts, and on a bigger screen the cursor cannot
 * leave that.
 */
static void change_size(struct term *t)
{
	set_size(t);
	if (has_capability("csr"))
		write_text(tiparm(tigetstr("csr"), 0, (int)t->rows - 1));
}

static void leave_screen(struct term *t)
{
	set_mouse(t, false);
	endwin();
	term_restore__forget();
}

/* After this somebody else may have used the terminal. */
static void enter_screen(struct term *t)
{
	set_size(t);
	doupdate();
	set_mouse(t, true);
}

/* ---- open and close ---- */

static int fail(struct term *t, struct failure *failure, int err, const char *what)
{
	term__close(t);
	return failure__set(failure, err, EXIT_CANNOT_RUN, "cannot take over the terminal: %s: %s",
			    what, strerror(-err));
}

int term__open(struct term **res, struct failure *failure)
{
	static struct term only; /* there is one terminal, and closing it twice does no harm */
	struct term *t = &only;
	int err;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return failure__set(failure, -ENOTTY, EXIT_CANNOT_RUN, "standard %s is no terminal",
				    isatty(STDIN_FILENO) ? "output" : "input");
	*t = (struct term){ .events = -1, .signals = -1 };
	t->is_utf8 = choose_utf8();
	fflush(stdout);
	err = term_restore__begin();
	if (err)
		return fail(t, failure, err, "its modes");
	err = watch_all(t);
	if (err)
		return fail(t, failure, err, "descriptors");
	term_size__ask(t);
	term_size__find(t);
	t->screen = open_screen(t);
	if (!t->screen)
		return fail(t, failure, -ENOMEM, "curses");
	err = set_modes(t);
	if (err)
		return fail(t, failure, err, "curses");
	set_size(t);
	set_mouse(t, true);
	t->must_anew = true;
	*res = t;
	return 0;
}

static void close_screen(struct term *t)
{
	if (t->keys)
		delwin(t->keys);
	if (!t->screen)
		return;
	if (!term_restore__is_others())
		leave_screen(t);
	delscreen(t->screen);
}

void term__close(struct term *t)
{
	if (!t)
		return;
	close_screen(t);
	term_restore__end();
	if (t->events >= 0)
		close(t->events);
	if (t->signals >= 0)
		close(t->signals);
	if (t->has_mask)
		sigprocmask(SIG_SETMASK, &t->mask_before, NULL);
	*t = (struct term){ .events = -1, .signals = -1 };
}

bool term__is_ascii(const struct term *t)
{
	return !t->is_utf8;
}

void term__size(struct term *t, unsigned int *rows, unsigned int *cols)
{
	*rows = t->rows;
	*cols = t->cols;
}

/* ---- what happens ---- */

int term__fd(const struct term *t)
{
	return t->events;
}

/* Ctrl-Z: stops here as it would have without us, and goes on when it is continued. */
static void stop(struct term *t)
{
	const struct timespec now = {};
	sigset_t set;

	leave_screen(t);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCONT);
	sigtimedwait(&set, NULL, &now); /* known by now */
	enter_screen(t);
}

/* Has anything happened after which all is to be drawn? */
static bool take_signals(struct term *t)
{
	struct signalfd_siginfo info;
	bool is_any = false;

	while (read(t->signals, &info, sizeof(info)) == sizeof(info)) {
		is_any = true;
		if (info.ssi_signo == SIGTSTP) {
			stop(t);
		} else if (info.ssi_signo == SIGCONT) {
			leave_screen(t);
			enter_screen(t);
		} else {
			change_size(t);
		}
	}
	return is_any;
}

/* Can a screen be shown now that could not before? */
static bool take_output(struct term *t)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (!t->is_output_awaited || poll(&out, 1, 0) <= 0)
		return false;
	t->is_output_awaited = false;
	epoll_ctl(t->events, EPOLL_CTL_DEL, STDOUT_FILENO, NULL);
	return true;
}

int term__key(struct term *t, struct live_mouse *mouse)
{
	struct live_mouse nowhere;

	if (take_signals(t) || take_output(t))
		return KEY_LIVE_RESIZE;
	return term_keys__next(t, mouse ?: &nowhere);
}

/* ---- drawing ---- */

/* The one character of a cell, at most @columns of them; what cannot be shown is a '?'. */
static wchar_t character_of(const struct term *t, const struct canvas_cell *cell, int columns)
{
	wchar_t c = L' ';
	mbstate_t state = {};
	int width;

	if (!cell->text[0])
		return c;
	if (!t->is_utf8 && cell->text[0] & 0x80)
		return L'?';
	if (mbrtowc(&c, cell->text, sizeof(cell->text), &state) > sizeof(cell->text))
		return L'?';
	width = wcwidth(c);
	return width > 0 && width <= columns ? c : L'?';
}

static unsigned int draw_cell(const struct term *t, const struct canvas *c, unsigned int row,
			      unsigned int col)
{
	const struct canvas_cell *cell = &c->cells[(size_t)row * c->cols + col];
	const struct term_look *look = &t->looks[cell->style];
	bool is_wide = col + 1 < c->cols && col + 1 < t->cols && cell[1].is_tail;
	wchar_t text[2] = { character_of(t, cell, is_wide ? 2 : 1) };
	cchar_t one;

	if (setcchar(&one, text, look->attrs, look->pair, NULL) == OK)
		mvadd_wch(row, col, &one); /* fails at the last column of the last row, and draws */
	return is_wide && wcwidth(text[0]) == 2 ? 2 : 1;
}

static void draw(struct term *t, const struct canvas *c)
{
	unsigned int rows = c->rows < t->rows ? c->rows : t->rows;
	unsigned int cols = c->cols < t->cols ? c->cols : t->cols;

	werase(stdscr);
	for (unsigned int row = 0; row < rows; row++) {
		for (unsigned int col = 0; col < cols;)
			col += draw_cell(t, c, row, col);
	}
}

/* Not now: term__key() tells when. */
static int await_output(struct term *t)
{
	int err = t->is_output_awaited ? 0 : watch(t, STDOUT_FILENO, EPOLLOUT);

	if (!err)
		t->is_output_awaited = true;
	return err;
}

int term__show(struct term *t, const struct canvas *c, bool is_anew)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	int ready = poll(&out, 1, 0);

	if (ready > 0 && out.revents & (POLLHUP | POLLERR | POLLNVAL))
		return -EIO;
	t->must_anew |= is_anew;
	if (ready <= 0)
		return await_output(t);
	draw(t, c);
	clearok(stdscr, t->must_anew);
	t->must_anew = false;
	errno = 0;
	wrefresh(stdscr);
	return errno == EIO || term__has_gone(STDOUT_FILENO) ? -EIO : 0;
}
