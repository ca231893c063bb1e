// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: the one state of the program that is global, as a signal handler and exit() are. What
 * is to be written is composed beforehand, in the one of two buffers that the handler does not look
 * at.
 */
#include "term_restore.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "term.h"
#include "term_priv.h"

#define STACK_BYTES 32768

/* Those that end the program without asking: faults, and what people or it itself sends. */
static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT };
#define FATAL_NR (sizeof(fatal) / sizeof(fatal[0]))

struct leaving {
	char bytes[256];
	size_t len;
};

static struct {
	volatile sig_atomic_t is_taken;
	struct termios modes;
	struct leaving buffers[2];
	const struct leaving *volatile leaving; /* NULL: nothing was written yet */
	struct sigaction before[FATAL_NR];
	stack_t stack_before;
	bool has_handlers, is_at_exit;
} state;

bool term_restore__is_others(void)
{
	pid_t owner = tcgetpgrp(STDIN_FILENO);

	return owner > 0 && owner != getpgrp();
}

/* Async-signal-safe. */
void term__restore(void)
{
	const struct leaving *leaving = state.leaving;
	int err = errno;

	if (state.is_taken && !term_restore__is_others()) {
		if (leaving && write(STDOUT_FILENO, leaving->bytes, leaving->len) < 0)
			err = errno; /* it has gone: nothing is left to do */
		tcsetattr(STDIN_FILENO, TCSANOW, &state.modes);
	}
	state.is_taken = false;
	errno = err;
}

static void hand_over(int signo, siginfo_t *info, void *context)
{
	(void)context;
	term__restore();
	for (size_t i = 0; i < FATAL_NR; i++) {
		if (fatal[i] == signo)
			sigaction(signo, &state.before[i], NULL);
	}
	/* A fault comes again by itself, with all that is known of it. */
	if (info->si_code <= 0 || signo == SIGABRT || signo == SIGQUIT)
		raise(signo);
}

static void take_signals(void)
{
	static char stack[STACK_BYTES]; /* the other one may be what is full */
	const stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_sigaction = hand_over,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigaltstack(&own, &state.stack_before);
	for (size_t i = 0; i < FATAL_NR; i++)
		sigaction(fatal[i], &action, &state.before[i]);
	state.has_handlers = true;
}

int term_restore__begin(void)
{
	if (tcgetattr(STDIN_FILENO, &state.modes))
		return -errno;
	state.leaving = NULL;
	state.is_taken = true;
	take_signals();
	if (!state.is_at_exit)
		state.is_at_exit = !atexit(term__restore);
	return 0;
}

void term_restore__forget(void)
{
	state.leaving = NULL;
}

void term_restore__end(void)
{
	term__restore();
	for (size_t i = 0; state.has_handlers && i < FATAL_NR; i++)
		sigaction(fatal[i], &state.before[i], NULL);
	if (state.has_handlers)
		sigaltstack(&state.stack_before, NULL);
	state.has_handlers = false;
}

/* ---- what is to be written ---- */

/* Without the delays in it ("$<5>"), which a terminal that needs them has to do without once. */
static void add(struct leaving *l, const char *text)
{
	while (text && text != (const char *)-1 && *text && l->len < sizeof(l->bytes)) {
		const char *end = strncmp(text, "$<", 2) ? NULL : strchr(text, '>');

		if (end)
			text = end + 1;
		else
			l->bytes[l->len++] = *text++;
	}
}

void term_restore__learn(unsigned int rows, bool has_mouse)
{
	struct leaving *l = &state.buffers[state.leaving == &state.buffers[0]];
	const char *place = tigetstr("cup");

	l->len = 0;
	if (has_mouse)
		add(l, TERM_MOUSE_OFF);
	add(l, tigetstr("sgr0"));
	add(l, tigetstr("op"));
	if (place && place != (const char *)-1)
		add(l, tiparm(place, (int)rows - 1, 0));
	add(l, tigetstr("el"));
	add(l, tigetstr("cnorm"));
	add(l, tigetstr("rmkx"));
	add(l, tigetstr("rmcup"));
	state.leaving = l;
}
