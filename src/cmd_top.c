// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * top: reads the tables once an interval and prints what happened since the last time, as text or
 * JSON. The last interval is read after tracing has ended, so its tables agree to the last count.
 */
#include "cmd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cmd_live.h"
#include "trace.h"

#define DEFAULT_INTERVAL_S 2.0
#define DEFAULT_TOP_CNT	   10

struct top_opts {
	double interval_s;	    /* 0: not asked for */
	unsigned int intervals_cnt; /* 0: until interrupted */
	unsigned int top_cnt;	    /* 0: all */
	enum sort_key sort;
	bool is_batch;
	bool is_json;
	bool is_help;
};

struct top {
	struct top_opts opts;
	struct trace trace;
	struct summary *prev;
	__u64 seq;
};

static const struct option_row option_table[] = {
	{ { "batch", no_argument, NULL, 'b' },
	  "",
	  "print intervals, as where there is no terminal" },
	{ { "json", no_argument, NULL, 'j' }, "", "print one JSON object per interval and line" },
	{ { "delay", required_argument, NULL, 'd' }, "SECONDS", "length of an interval (2)" },
	{ { "count", required_argument, NULL, 'n' }, "COUNT", "end after so many intervals" },
	LIST_OPTION_ROWS,
	TRACE_OPTION_ROWS,
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS_CNT (sizeof(option_table) / sizeof(option_table[0]))

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " [top] [OPTION...]\n\n"
	       "Traces virtiofs DAX operations and shows, for each interval, where they waited:\n"
	       "on a terminal as a live view (h shows its keys), else as text, one after another.\n"
	       "Ends after COUNT intervals or on SIGINT, with what happened until then; SIGUSR1\n"
	       "prints the interval so far at once, and begins the next.\n"
	       "Where there is no virtiofs mount yet, it waits for one.\n\n");
	options__print(option_table, OPTIONS_CNT);
	return EXIT_FINE;
}

static bool take_option(void *ctx, int option, char *value)
{
	struct top *top = ctx;

	switch (option) {
	case 'b':
		return top->opts.is_batch = true;
	case 'j':
		return top->opts.is_json = top->opts.is_batch = true;
	case 'h':
		return top->opts.is_help = true;
	case 'd':
		return parse_number(value, 0.01, 1e6, &top->opts.interval_s);
	case 'n':
		return parse_count(value, 1, &top->opts.intervals_cnt);
	case 't':
		return parse_count(value, 0, &top->opts.top_cnt);
	case 's':
		return parse_sort(value, &top->opts.sort);
	}
	return trace_opts__take(&top->trace.opts, option, value);
}

static enum exit_code parse_options(int argc, char **argv, struct top *top)
{
	enum exit_code code;
	int operand;

	code = options__parse(argc, argv, option_table, OPTIONS_CNT, take_option, top, &operand);
	if (!code && operand < argc)
		code = complain(EXIT_USAGE, "'%s' is not an option; see --help", argv[operand]);
	return code ?: trace_opts__check(&top->trace.opts);
}

/* ---- intervals ---- */

static int interval_print(struct top *top, const struct summary *s)
{
	struct view_opts opts = trace__view_opts(&top->trace, s);

	opts.seq = ++top->seq;
	opts.top_cnt = top->opts.top_cnt;
	opts.sort = top->opts.sort;
	return show_summary(s, top->trace.names, &opts, top->opts.is_json);
}

static int interval_end(struct top *top)
{
	struct summary *cur = trace__read(&top->trace, false), *delta = NULL;
	int err;

	if (cur)
		delta = summary__delta(cur, top->prev);
	if (!delta) {
		err = -errno;
		complain(EXIT_CANNOT_RUN, "cannot read the tables: %s", strerror(errno));
		summary__free(cur);
		return err;
	}
	err = interval_print(top, delta);
	summary__free(delta);
	summary__free(top->prev);
	top->prev = cur;
	return err;
}

/* Does what came end the interval, or tracing with it? */
static void look_at_signals(int signals, bool *is_interval_end, bool *is_last)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	*is_interval_end = true;
	*is_last = info.ssi_signo != SIGUSR1;
}

/* Waits for what comes: names to take, an interval's end, a signal. 0 or what ended it. */
static int run(struct top *top, int timer, int signals)
{
	struct pollfd fds[] = {
		{ .fd = probe__event_fd(top->trace.probe), .events = POLLIN },
		{ .fd = timer, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* told without being asked: nobody reads it any more */
	};
	int err = 0;

	while (!err) {
		bool is_interval_end = false, is_last = false;
		__u64 expired;

		if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (fds[0].revents)
			err = trace__take_events(&top->trace);
		if (fds[2].revents)
			look_at_signals(signals, &is_interval_end, &is_last);
		if (fds[1].revents && read(timer, &expired, sizeof(expired)) == sizeof(expired))
			is_interval_end = true;
		if (fds[3].revents) /* the next write tells why, by SIGPIPE as a rule */
			is_interval_end = is_last = true;
		is_last |= is_interval_end && top->opts.intervals_cnt &&
			   top->seq + 1 >= top->opts.intervals_cnt;
		if (!is_interval_end)
			continue;
		trace__watch(&top->trace, top->opts.interval_s);
		if (is_last)
			trace__stop(&top->trace);
		if (!err)
			err = interval_end(top);
		if (is_last)
			return err;
	}
	return err;
}

/* ---- start and end ---- */

static enum exit_code trace(struct top *top)
{
	int signals = signals_new(0), timer = -1;
	enum exit_code code = trace__start(&top->trace, NULL, 0);

	if (code)
		goto out;
	if (!top->opts.interval_s)
		top->opts.interval_s = DEFAULT_INTERVAL_S;
	timer = timer_new(top->opts.interval_s);
	trace__say(&top->trace);
	if (signals < 0 || timer < 0)
		code = complain(EXIT_CANNOT_RUN, "no timer or signal descriptor: %s",
				strerror(signals < 0 ? -signals : -timer));
	else if (run(top, timer, signals))
		code = EXIT_CANNOT_RUN;
out:
	if (timer >= 0)
		close(timer);
	if (signals >= 0)
		close(signals);
	return code;
}

static bool is_live(const struct top *top)
{
	return !top->opts.is_batch && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static enum exit_code show(struct top *top)
{
	struct live_opts opts = {
		.interval_s = top->opts.interval_s,
		.intervals_cnt = top->opts.intervals_cnt,
	};

	return live_run(&opts, &top->trace);
}

enum exit_code cmd_top(int argc, char **argv)
{
	static const struct trace_output outputs[] = { { STDOUT_FILENO, "standard output" },
						       { STDERR_FILENO, "standard error" } };
	struct top top = {
		.opts = { .top_cnt = DEFAULT_TOP_CNT },
		.trace.opts = TRACE_OPTS_DEFAULT,
	};
	enum exit_code code = parse_options(argc, argv, &top);

	if (code)
		return code;
	if (top.opts.is_help)
		return print_help();
	code = trace__prepare(&top.trace, outputs, 2);
	if (!code && !top.trace.is_ended)
		code = is_live(&top) ? show(&top) : trace(&top);
	signals_let(); /* detaching takes a while, and may be cut short */
	summary__free(top.prev);
	trace__fini(&top.trace);
	return code;
}
