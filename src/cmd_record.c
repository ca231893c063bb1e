// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * record: each finished operation to a file, until a command ends, a time is over, or it is told to
 * stop. Surprising: nothing of the tables is written; report makes the same summary from the
 * events.
 */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "fmt.h"
#include "rec_out.h"
#include "recorder.h"

#define DEFAULT_TARGET	   "virtiofs-daxtop.rec"
#define DEFAULT_INTERVAL_S 1.0
#define DEFAULT_KEEP	   4
#define DEFAULT_TOP_CNT	   10
#define TICK_S		   0.05 /* what waits is taken so often, and when much does */
#define EXIT_OWN_FAILURE   125	/* with a command, whose own codes are below */
#define PATH_ROOM	   4096
#define COMMAND_BYTES	   1024
#define WATCH_NS	   20000000 /* which tasks fault on one page again and again */
#define PART_BYTES_MIN	   (64 << 10)

enum {
	OPTION_DURATION = OPTION_LONG,
	OPTION_MAX_SIZE,
	OPTION_KEEP,
	OPTION_RING,
	OPTION_TRIGGER,
	OPTION_BUFFER,
};

struct record_opts {
	struct recorder_opts recorder;
	double interval_s, duration_s, ring_s;
	__u64 buffer_bytes;
	bool is_batch, is_json; /* the summary at the end, too */
	unsigned int top_cnt;	/* inodes and tasks in it, 0: all */
	bool has_keep;
	bool is_help;
	char **command; /* ends in NULL; or NULL: none */
};

struct record {
	struct record_opts opts;
	struct trace trace;
	struct recorder *recorder;
	struct child child;
	bool has_progress;
	struct trust trust;  /* as of the last state */
	struct summary *all; /* what the tables have at the end, for --batch */
};

static const struct option_row option_table[] = {
	{ { "output", required_argument, NULL, 'o' },
	  "TARGET",
	  "FILE (" DEFAULT_TARGET "), -, tcp:ADDRESS:PORT or vsock:CID:PORT" },
	{ { "duration", required_argument, NULL, OPTION_DURATION },
	  "SECONDS",
	  "end after so long" },
	{ { "delay", required_argument, NULL, 'd' },
	  "SECONDS",
	  "between two looks at the windows (1)" },
	{ { "max-size", required_argument, NULL, OPTION_MAX_SIZE },
	  "BYTES",
	  "begin a new FILE when it is so large (64K and more); the old one is FILE.1" },
	{ { "keep", required_argument, NULL, OPTION_KEEP },
	  "COUNT",
	  "old ones to keep (4): FILE.1 to FILE.COUNT" },
	{ { "ring", required_argument, NULL, OPTION_RING },
	  "SECONDS",
	  "keep the last seconds in memory; write them on SIGUSR1 and at the end" },
	{ { "trigger", required_argument, NULL, OPTION_TRIGGER },
	  "TIME",
	  "with --ring: also when an operation takes so long (200us, 1.5s)" },
	{ { "buffer", required_argument, NULL, OPTION_BUFFER },
	  "BYTES",
	  "kernel buffer for events, a power of two (1/64 of memory, 1M to 16M)" },
	{ { "batch", no_argument, NULL, 'b' }, "", "at the end, also print the summary (text)" },
	{ { "json", no_argument, NULL, 'j' }, "", "at the end, also print the summary (JSON)" },
	{ { "top", required_argument, NULL, 't' },
	  "COUNT",
	  "inodes and tasks to list in that (10), 0: all" },
	TRACE_OPTION_ROWS,
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS_CNT (sizeof(option_table) / sizeof(option_table[0]))

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " record [OPTION...] [-- COMMAND [ARGUMENT...]]\n\n"
	       "Writes each finished virtiofs DAX operation to a file, with its waits and who was\n"
	       "waited for, until COMMAND ends, --duration is over, or on SIGINT. COMMAND's exit\n"
	       "code is passed on; 125 is a failure of " TOOL_NAME " itself.\n\n");
	options__print(option_table, OPTIONS_CNT);
	return EXIT_FINE;
}

static bool take_option(void *ctx, int option, char *value)
{
	struct record *rec = ctx;
	struct record_opts *opts = &rec->opts;

	switch (option) {
	case 'o':
		opts->recorder.target = value;
		return *value;
	case 'd':
		return parse_number(value, 0.05, 1e6, &opts->interval_s);
	case 'b':
		return opts->is_batch = true;
	case 'j':
		return opts->is_json = opts->is_batch = true;
	case 't':
		return parse_count(value, 0, &opts->top_cnt);
	case 'h':
		return opts->is_help = true;
	case OPTION_DURATION:
		return parse_number(value, 0.01, 1e9, &opts->duration_s);
	case OPTION_MAX_SIZE:
		return parse_bytes(value, &opts->recorder.part_bytes) &&
		       opts->recorder.part_bytes >= PART_BYTES_MIN;
	case OPTION_KEEP:
		opts->has_keep = true;
		return parse_count(value, 0, &opts->recorder.keep);
	case OPTION_RING:
		return parse_number(value, 0.1, 1e6, &opts->ring_s);
	case OPTION_TRIGGER:
		return parse_duration(value, &opts->recorder.trigger_ns) &&
		       opts->recorder.trigger_ns;
	case OPTION_BUFFER:
		return parse_bytes(value, &opts->buffer_bytes) && opts->buffer_bytes >= 1 << 20 &&
		       opts->buffer_bytes <= 1 << 30 &&
		       !(opts->buffer_bytes & (opts->buffer_bytes - 1));
	}
	return trace_opts__take(&rec->trace.opts, option, value);
}

static enum exit_code check_options(const struct record *rec)
{
	const struct record_opts *opts = &rec->opts;

	if (rec->trace.opts.detail == DETAIL_COUNTS)
		return complain(EXIT_USAGE,
				"--detail counts adds hits up and has no single ones to record; "
				"take full, or stalls for waits alone");
	if (opts->has_keep && !opts->recorder.part_bytes && !opts->ring_s)
		return complain(EXIT_USAGE,
				"--keep is of old files: it needs --max-size or --ring");
	if (opts->recorder.trigger_ns && !opts->ring_s)
		return complain(EXIT_USAGE, "--trigger needs --ring SECONDS: what to write then");
	if (opts->ring_s && opts->recorder.part_bytes)
		return complain(EXIT_USAGE,
				"--ring keeps seconds, not bytes: leave --max-size out");
	if ((opts->ring_s || opts->recorder.part_bytes) && !rec_out__is_path(opts->recorder.target))
		return complain(EXIT_USAGE,
				"--ring and --max-size write several recordings: they need a file, "
				"not -o %s",
				opts->recorder.target);
	if (opts->is_batch && !strcmp(opts->recorder.target, "-"))
		return complain(EXIT_USAGE,
				"the recording goes to standard output, so a summary cannot; "
				"leave --batch and --json out, or write to a file");
	return trace_opts__check(&rec->trace.opts);
}

static enum exit_code parse_options(int argc, char **argv, struct record *rec)
{
	enum exit_code code;
	int operand;

	code = options__parse(argc, argv, option_table, OPTIONS_CNT, take_option, rec, &operand);
	if (code || rec->opts.is_help)
		return code;
	if (operand < argc && strcmp(argv[operand - 1], "--"))
		return complain(EXIT_USAGE,
				"'%s' is not an option; a command comes after --: see "
				"--help",
				argv[operand]);
	if (operand < argc)
		rec->opts.command = argv + operand;
	else if (operand > 1 && !strcmp(argv[operand - 1], "--"))
		return complain(EXIT_USAGE, "a command is missing after --; see --help");
	rec->opts.recorder.ring_ns = rec->opts.ring_s * NS_PER_S;
	rec->opts.recorder.interval_ns = rec->opts.interval_s * NS_PER_S;
	return check_options(rec);
}

/* ---- what is said ---- */

static void say_progress(const struct record *rec, __u64 now_ns)
{
	struct recorder_totals totals = recorder__totals(rec->recorder);
	char bytes[FMT_BYTES];

	if (!rec->has_progress)
		return;
	fprintf(stderr, "\r\033[K" TOOL_NAME ": %.1f s, %llu events, %s, %llu lost",
		(now_ns - rec->trace.start_ns) / 1e9, (unsigned long long)totals.events_cnt,
		fmt__bytes(bytes, sizeof(bytes), totals.bytes_cnt),
		(unsigned long long)trust__lost(&rec->trust));
}

static void end_progress(const struct record *rec)
{
	if (rec->has_progress)
		fprintf(stderr, "\r\033[K");
}

static bool has_overflown(const struct record *rec)
{
	return rec->trust.counters[COUNTER_RECORD_FULL] ||
	       rec->trust.counters[COUNTER_RECORD_WAITS_FULL];
}

static void say_end(const struct record *rec)
{
	struct recorder_totals totals = recorder__totals(rec->recorder);
	__u64 lost = trust__lost(&rec->trust);
	char bytes[FMT_BYTES];

	end_progress(rec);
	complain(EXIT_FINE, "%llu events in %.1f s to %s, %s in %u part%s, %llu lost%s",
		 (unsigned long long)totals.events_cnt,
		 (rec->trace.end_ns - rec->trace.start_ns) / 1e9, rec->opts.recorder.target,
		 fmt__bytes(bytes, sizeof(bytes), totals.bytes_cnt), totals.parts_cnt,
		 totals.parts_cnt == 1 ? "" : "s", (unsigned long long)lost,
		 has_overflown(rec) ? "; a larger --buffer loses fewer" : "");
	if (totals.is_short)
		complain(EXIT_FINE,
			 "less than the last %g s were kept: they take more than an "
			 "eighth of memory",
			 rec->opts.ring_s);
}

static enum exit_code cannot_write(const struct record *rec, int err)
{
	end_progress(rec);
	return complain(EXIT_CANNOT_RUN,
			"-o %s: cannot write: %s; what was written before can be "
			"read",
			rec->opts.recorder.target, strerror(-err));
}

/* ---- while it records ---- */

/* What waits, to the recorder. Errors of writing come out here. */
static int take_all(struct record *rec)
{
	int err = probe__take_records(rec->trace.probe);

	return err < 0 ? err : trace__take_events(&rec->trace);
}

/* One that fails is told, and the next may not. */
static int dump(struct record *rec, const struct summary *s, bool is_last)
{
	struct failure failure;
	int err = recorder__dump(rec->recorder, s, &failure);

	if (!err || is_last)
		return err;
	end_progress(rec);
	complain(EXIT_FINE, "%s; what is in memory is kept", failure.text);
	return 0;
}

/* Looks at the state and records it; writes a ring that is wanted (@is_wanted, or a trigger). */
static int take_state(struct record *rec, bool is_last, bool is_wanted)
{
	bool is_all = is_last && rec->opts.is_batch, is_triggered;
	struct summary *s = trace__read(&rec->trace, !is_all);
	int err;

	if (!s)
		return -errno;
	rec->trust = *summary__trust(s);
	err = take_all(rec) ?: recorder__state(rec->recorder, s, is_last);
	is_triggered = recorder__is_triggered(rec->recorder, s);
	if (!err && rec->opts.ring_s && (is_wanted || is_last || is_triggered))
		err = dump(rec, s, is_last);
	say_progress(rec, summary__end_ns(s));
	if (is_all)
		rec->all = s; /* one look for both: what is in flight may be gone with the next */
	else
		summary__free(s);
	return err;
}

/* What a signal asks for. */
struct wish {
	bool is_end;
	bool is_dump;
};

static struct wish look_at_signal(struct record *rec, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return (struct wish){};
	if (info.ssi_signo == SIGCHLD)
		return (struct wish){ .is_end = child__has_ended(&rec->child, false) };
	if (info.ssi_signo == SIGUSR1)
		return (struct wish){ .is_dump = true };
	if (rec->child.pid && info.ssi_pid) /* a terminal has sent it to both */
		kill(rec->child.pid, info.ssi_signo);
	return (struct wish){ .is_end = true };
}

static bool has_expired(const struct pollfd *fd)
{
	__u64 expired;

	return fd->revents && read(fd->fd, &expired, sizeof(expired)) == sizeof(expired);
}

/* Until something ends it. 0 or -errno. */
static int run(struct record *rec, int tick, int interval, int signals)
{
	struct pollfd fds[] = {
		{ .fd = probe__record_fd(rec->trace.probe), .events = POLLIN },
		{ .fd = probe__event_fd(rec->trace.probe), .events = POLLIN },
		{ .fd = tick, .events = POLLIN },
		{ .fd = interval, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	__u64 duration_ns = rec->opts.duration_s * NS_PER_S;
	int err = 0;

	while (!err) {
		struct wish wish = {};

		if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0 && errno != EINTR)
			return -errno;
		has_expired(&fds[2]);
		err = take_all(rec);
		if (fds[4].revents)
			wish = look_at_signal(rec, signals);
		if (!err && (has_expired(&fds[3]) || wish.is_dump)) {
			probe__watch(rec->trace.probe, WATCH_NS);
			err = take_state(rec, false, wish.is_dump);
		}
		if (wish.is_end ||
		    (duration_ns && clock_ns(CLOCK_MONOTONIC) - rec->trace.start_ns >= duration_ns))
			return err;
	}
	return err;
}

/* The summary of the tables, as top would show it. */
static int print_summary(struct record *rec)
{
	struct view_opts opts = trace__view_opts(&rec->trace, rec->all);

	opts.seq = 1;
	opts.top_cnt = rec->opts.top_cnt;
	return show_summary(rec->all, rec->trace.names, &opts, rec->opts.is_json);
}

/* Ends tracing, and takes what is left. */
static int finish(struct record *rec, int err)
{
	int more = 1;

	trace__stop(&rec->trace);
	while (!err && more > 0)
		more = probe__take_records(rec->trace.probe);
	if (!err)
		err = more ?: take_all(rec);
	if (!err)
		err = probe__take_hits(rec->trace.probe);
	if (!err)
		err = take_state(rec, true, false);
	return err ?: recorder__finish(rec->recorder);
}

static enum exit_code record(struct record *rec, int signals)
{
	int tick = timer_new(TICK_S), interval = timer_new(rec->opts.interval_s), err;
	enum exit_code code = EXIT_FINE;

	trace__say(&rec->trace);
	err = tick < 0 ? tick : interval < 0 ? interval : signals < 0 ? signals : 0;
	if (err) {
		code = complain(EXIT_CANNOT_RUN, "no timer or signal descriptor: %s",
				strerror(-err));
		goto out;
	}
	child__go(&rec->child);
	err = recorder__begin(rec->recorder, &rec->trace) ?:
	      take_state(rec, false, false) ?: run(rec, tick, interval, signals);
	err = finish(rec, err);
	if (err)
		code = cannot_write(rec, err);
	else
		say_end(rec);
	if (!code && rec->opts.is_batch && print_summary(rec))
		code = EXIT_CANNOT_RUN;
out:
	if (tick >= 0)
		close(tick);
	if (interval >= 0)
		close(interval);
	return code;
}

/* ---- start and end ---- */

static void folder_of(const char *target, char folder[PATH_ROOM])
{
	const char *slash = strrchr(target, '/');

	snprintf(folder, PATH_ROOM, "%.*s", slash ? (int)(slash - target) ?: 1 : 1,
		 slash ? target : ".");
}

/*
 * A file on a mount that is to be traced would hang with it: its folder tells, before it is made.
 */
static enum exit_code check_target(const struct record *rec)
{
	const char *target = rec->opts.recorder.target;
	char folder[PATH_ROOM];
	struct stat st;

	if (!rec_out__is_path(target))
		return EXIT_FINE;
	folder_of(target, folder);
	if (stat(folder, &st))
		return complain(EXIT_CANNOT_RUN, "-o %s: %s: %s", target, folder, strerror(errno));
	return trace__check_output(&rec->trace, target,
				   s_dev_of(major(st.st_dev), minor(st.st_dev)));
}

/* Files that come later are made with what is left of privileges by then. */
static enum exit_code check_later_files(const struct record *rec)
{
	const char *target = rec->opts.recorder.target;
	char folder[PATH_ROOM];

	if (!rec->opts.ring_s && !rec->opts.recorder.part_bytes)
		return EXIT_FINE;
	folder_of(target, folder);
	if (!faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS))
		return EXIT_FINE;
	return complain(EXIT_CANNOT_RUN,
			"-o %s: %s: %s, once capabilities are given up; --ring and --max-size make "
			"files later: choose a folder that this user owns",
			target, folder, strerror(errno));
}

static enum exit_code start(struct record *rec)
{
	struct failure failure;
	enum exit_code code = check_target(rec);
	/* What a command prints is not to be among that. */
	bool is_stdout = !strcmp(rec->opts.recorder.target, "-") || rec->opts.is_json;
	int err;

	if (code)
		return code;
	if (recorder__new(&rec->recorder, &rec->opts.recorder, &failure))
		return complain(failure.code, "%s", failure.text);
	err = rec->opts.command ? child__new(&rec->child, rec->opts.command, is_stdout) : 0;
	if (err)
		return complain(EXIT_CANNOT_RUN, "cannot make a process: %s", strerror(-err));
	return EXIT_FINE;
}

static enum exit_code run_all(struct record *rec)
{
	static const struct trace_output outputs[] = { { STDOUT_FILENO, "standard output" },
						       { STDERR_FILENO, "standard error" } };
	enum exit_code code = trace__prepare(&rec->trace, outputs, 2);
	int signals;

	if (code || rec->trace.is_ended)
		return code;
	signal(SIGPIPE, SIG_IGN); /* a write tells it */
	code = start(rec);
	if (code)
		return code;
	signals = signals_new(SIGCHLD);
	code = trace__start(&rec->trace, recorder__events(rec->recorder), rec->opts.buffer_bytes);
	if (!code)
		code = check_later_files(rec);
	if (!code)
		code = record(rec, signals);
	if (signals >= 0)
		close(signals);
	return code;
}

static void command_text(char text[COMMAND_BYTES], int argc, char **argv)
{
	size_t len = 0;

	text[0] = '\0';
	for (int i = 1; i < argc && len + 1 < COMMAND_BYTES; i++)
		len += snprintf(text + len, COMMAND_BYTES - len, "%s%s", i > 1 ? " " : "", argv[i]);
}

/* Also where the options before it could not be understood. */
static bool has_command(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], "--"))
			return true;
	return false;
}

enum exit_code cmd_record(int argc, char **argv)
{
	char command[COMMAND_BYTES];
	struct record rec = {
		.opts = { .interval_s = DEFAULT_INTERVAL_S,
			  .top_cnt = DEFAULT_TOP_CNT,
			  .recorder = { .target = DEFAULT_TARGET,
					.keep = DEFAULT_KEEP,
					.command = command } },
		.trace.opts = TRACE_OPTS_DEFAULT,
		.child.go = -1,
	};
	enum exit_code code = parse_options(argc, argv, &rec);

	if (code)
		return has_command(argc, argv) ? EXIT_OWN_FAILURE : code;
	if (rec.opts.is_help)
		return print_help();
	command_text(command, argc, argv);
	/* not into what a command prints */
	rec.has_progress = isatty(STDERR_FILENO) && !(rec.opts.command && isatty(STDOUT_FILENO));
	code = run_all(&rec);
	signals_let(); /* waiting and detaching take a while, and may be cut short */
	summary__free(rec.all);
	recorder__free(rec.recorder);
	trace__fini(&rec.trace); /* first: a command that goes on pays no longer */
	if (!code && rec.child.pid && !child__has_ended(&rec.child, false))
		complain(EXIT_FINE, "recording has ended; waiting for the command to end");
	child__fini(&rec.child);
	if (!rec.opts.command)
		return code;
	return code || !rec.child.has_ended ? EXIT_OWN_FAILURE : rec.child.code;
}
