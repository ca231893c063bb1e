// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Takes over the terminal, shows all styles and what it was told last, and writes keys to a log.
 * Some keys end it in ways that a program should not end.
 *
 * usage: term-show LOG [CYCLES]: opens and closes it so often beforehand
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../../src/term.h"

#define TICK_MS 100
#define FDS_MAX 64

struct show {
	FILE *log;
	struct term *term;
	unsigned int rows, cols, ticks;
	char last[64];
	bool is_anew;
};

static const struct {
	__u32 key;
	const char *name;
} names[] = {
	{ KEY_LIVE_UP, "up" },		 { KEY_LIVE_DOWN, "down" },
	{ KEY_LIVE_LEFT, "left" },	 { KEY_LIVE_RIGHT, "right" },
	{ KEY_LIVE_PAGE_UP, "page-up" }, { KEY_LIVE_PAGE_DOWN, "page-down" },
	{ KEY_LIVE_HOME, "home" },	 { KEY_LIVE_END, "end" },
	{ KEY_LIVE_ENTER, "enter" },	 { KEY_LIVE_ESCAPE, "escape" },
	{ KEY_LIVE_TAB, "tab" },	 { KEY_LIVE_BACKTAB, "backtab" },
	{ KEY_LIVE_RESIZE, "resize" },	 { KEY_LIVE_BACKSPACE, "backspace" },
};

static void name_key(__u32 key, const struct live_mouse *mouse, char *buf, size_t bytes)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].key == key) {
			snprintf(buf, bytes, "%s", names[i].name);
			return;
		}
	}
	if (key == KEY_LIVE_MOUSE)
		snprintf(buf, bytes, "mouse %u,%u %d", mouse->row, mouse->col, mouse->wheel);
	else if (key >= KEY_LIVE_F1 && key <= KEY_LIVE_F10)
		snprintf(buf, bytes, "f%u", key - KEY_LIVE_F1 + 1);
	else if (key > ' ' && key < 127)
		snprintf(buf, bytes, "%c", key);
	else
		snprintf(buf, bytes, "U+%04X", key);
}

/* ---- the screen ---- */

static void draw_styles(struct canvas *c)
{
	static const char *const styles[STYLE_PART] = { "plain",   "dim",      "bold",
							"heading", "selected", "good",
							"warn",	   "bad",      "tab" };
	struct bar_part parts[STYLE_PARTS];
	unsigned int col = 0;

	for (int i = 0; i < STYLE_PART; i++)
		col += 1 + canvas__printf(c, 2, col, 0, i, " %s ", styles[i]);
	for (int i = 0; i < STYLE_PARTS; i++)
		parts[i] = (struct bar_part){ 2, 'A' + i, STYLE_PART + i };
	canvas__bar(c, 3, 0, 40, parts, STYLE_PARTS, 20);
}

static int draw(struct show *s)
{
	struct canvas c;
	int err;

	if (canvas__init(&c, s->rows, s->cols, term__is_ascii(s->term)))
		return -ENOMEM;
	canvas__printf(&c, 0, 0, 0, STYLE_BOLD, "size %ux%u %s ticks %u", s->cols, s->rows,
		       c.is_ascii ? "ascii" : "utf8", s->ticks);
	canvas__printf(&c, 1, 0, 0, STYLE_PLAIN, "last: %s", s->last);
	draw_styles(&c);
	canvas__text(&c, 4, 0, 0, STYLE_PLAIN, "wide: 漢字|ä|");
	canvas__text(&c, 0, s->cols - 1, 0, STYLE_PLAIN, "Y");
	canvas__text(&c, s->rows - 1, 0, 0, STYLE_PLAIN, "X");
	canvas__text(&c, s->rows - 1, s->cols - 1, 0, STYLE_PLAIN, "Z");
	err = term__show(s->term, &c, s->is_anew);
	s->is_anew = false;
	canvas__fini(&c);
	return err;
}

/* ---- keys ---- */

/* Returns whether it is over. */
static bool act(struct show *s, __u32 key)
{
	/* not NULL, for which UBSan ends the program by itself */
	volatile int *volatile nowhere = (void *)64;

	if (key == 'S')
		*nowhere = 0;
	if (key == 'A')
		abort();
	if (key == 'E')
		exit(0);
	s->is_anew |= key == 'r';
	if (key == KEY_LIVE_RESIZE)
		term__size(s->term, &s->rows, &s->cols);
	return key == 'q';
}

/* 0, 1 for the end, or what ended it. */
static int take_keys(struct show *s)
{
	struct live_mouse mouse;
	int key;

	while ((key = term__key(s->term, &mouse)) > 0) {
		name_key(key, &mouse, s->last, sizeof(s->last));
		fprintf(s->log, "key %s\n", s->last);
		if (key == 't')
			fprintf(s->log, "ticks %u\n", s->ticks);
		if (act(s, key))
			return 1;
	}
	return key;
}

static int run(struct show *s, int signals)
{
	struct pollfd fds[] = { { .fd = term__fd(s->term), .events = POLLIN },
				{ .fd = signals, .events = POLLIN } };
	struct signalfd_siginfo info;
	int res = 0;

	term__size(s->term, &s->rows, &s->cols);
	fprintf(s->log, "pid %d\n", getpid());
	fprintf(s->log, "size %ux%u %s\n", s->cols, s->rows,
		term__is_ascii(s->term) ? "ascii" : "utf8");
	while (!res) {
		res = draw(s);
		if (!res && !poll(fds, 2, TICK_MS))
			s->ticks++;
		if (!res && fds[1].revents && read(signals, &info, sizeof(info)) == sizeof(info)) {
			fprintf(s->log, "signal %u\n", info.ssi_signo);
			return 1;
		}
		if (!res && fds[0].revents)
			res = take_keys(s);
	}
	return res;
}

/* ---- start and end ---- */

static int signals_new(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGHUP, SIG_IGN); /* that the terminal has gone is to be noticed without it */
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static unsigned int count_fds(void)
{
	unsigned int cnt = 0;

	for (int fd = 0; fd < FDS_MAX; fd++)
		cnt += isatty(fd) || lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF;
	return cnt;
}

static int show_once(struct show *s, int signals, bool is_short)
{
	struct failure failure;
	int err = term__open(&s->term, &failure);

	if (err) {
		fprintf(s->log, "failed: %s\n", failure.text);
		fprintf(stderr, "%s\n", failure.text);
		return err;
	}
	term__size(s->term, &s->rows, &s->cols);
	err = is_short ? draw(s) : run(s, signals);
	term__close(s->term);
	term__close(s->term);
	return err;
}

int main(int argc, char **argv)
{
	struct show show = { .log = argc > 1 ? fopen(argv[1], "a") : NULL, .last = "none" };
	int cycles = argc > 2 ? atoi(argv[2]) : 0, signals, err;
	unsigned int fds;

	if (!show.log)
		return 2;
	setvbuf(show.log, NULL, _IOLBF, 0);
	signals = signals_new();
	fds = count_fds();
	while (cycles-- > 0)
		show_once(&show, signals, true);
	err = show_once(&show, signals, false);
	fprintf(show.log, "fds %u, %u more\n", fds, count_fds() - fds);
	fprintf(show.log, "end %s\n", err < 0 ? strerror(-err) : "fine");
	fclose(show.log);
	close(signals);
	printf("ended\n");
	return err < 0;
}
