// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * How big the terminal is. Surprising: on a serial console the kernel does not know, but what is at
 * its other end often does: a cursor sent far out stops at the corner, and the terminal says where
 * that is.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "term_priv.h"

#define ANSWER_MS    500
#define DEFAULT_ROWS 24
#define DEFAULT_COLS 80

static unsigned int from_environment(const char *name)
{
	const char *text = getenv(name);
	int number = text ? atoi(text) : 0;

	return number > 0 ? number : 0;
}

static void by_kernel(unsigned int *rows, unsigned int *cols)
{
	struct winsize size = {};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return;
	*rows = size.ws_row;
	*cols = size.ws_col;
}

/* The first that is known. */
static unsigned int choose(unsigned int kernel, const char *name, unsigned int told,
			   unsigned int otherwise, unsigned int max)
{
	unsigned int environment = from_environment(name);
	unsigned int size = kernel ? kernel : environment ? environment : told ? told : otherwise;

	return size < max ? size : max;
}

void term_size__find(struct term *t)
{
	unsigned int rows = 0, cols = 0;

	by_kernel(&rows, &cols);
	t->rows = choose(rows, "LINES", t->told_rows, DEFAULT_ROWS, TERM_ROWS_MAX);
	t->cols = choose(cols, "COLUMNS", t->told_cols, DEFAULT_COLS, TERM_COLS_MAX);
}

/* ---- asking ---- */

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads "ESC [ rows ; columns R", whatever else there is before it. */
static void read_answer(struct term *t)
{
	long end = now_ms() + ANSWER_MS;
	char answer[64] = {};
	size_t len = 0;

	while (len < sizeof(answer) - 1) {
		struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
		long left = end - now_ms();
		const char *begin;

		if (left <= 0 || poll(&in, 1, left) <= 0 ||
		    read(STDIN_FILENO, answer + len, 1) != 1)
			return;
		if (answer[len++] != 'R')
			continue;
		begin = strrchr(answer, '\033');
		if (begin && sscanf(begin, "\033[%u;%uR", &t->told_rows, &t->told_cols) == 2)
			return;
	}
}

void term_size__ask(struct term *t)
{
	static const char question[] = "\0337\033[999;999H\033[6n\0338";
	unsigned int rows = 0, cols = 0;
	struct termios before, quiet;

	by_kernel(&rows, &cols);
	if ((rows || from_environment("LINES")) && (cols || from_environment("COLUMNS")))
		return;
	if (tcgetattr(STDIN_FILENO, &before))
		return;
	quiet = before;
	quiet.c_lflag &= ~(ICANON | ECHO);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
	if (write(STDOUT_FILENO, question, sizeof(question) - 1) == sizeof(question) - 1)
		read_answer(t);
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
