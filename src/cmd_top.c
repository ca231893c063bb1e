// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * top: reads the tables once an interval and prints what happened since the last time, as text or
 * JSON. The last interval is read after tracing has ended, so its tables agree to the last count.
 */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "independence.h"
#include "mount_wait.h"
#include "privilege.h"
#include "probe.h"
#include "task_look.h"
#include "view_json.h"
#include "view_text.h"

#define NS_PER_S	   1000000000ULL
#define DEFAULT_INTERVAL_S 2.0
#define DEFAULT_TOP_CNT	   10
#define DEFAULT_STUCK_S	   1.0
#define FILTERS_MAX	   5
#define PATH_DEADLINE_MS   5000
#define WATCH_NS	   100000000
#define ROWS_MIN	   128 /* the rows of what finds no row of its own are among them */

struct top_opts {
	double interval_s;
	double stuck_s;
	unsigned int intervals_cnt; /* 0: until interrupted */
	unsigned int top_cnt;	    /* 0: all */
	enum sort_key sort;
	bool is_json;
	bool is_help;
	bool is_forced;	 /* output may go to a traced mount */
	bool is_no_wait; /* a mount must be there */
	const char *mount;
	const char *path;
	enum dax_detail detail;
	bool has_phases;
	unsigned int inodes_max, tasks_max; /* 0: by memory */
	const char *btf_path;
	struct probe_filter filter;
	struct view_filter shown[FILTERS_MAX];
	size_t shown_cnt;
};

struct top {
	struct top_opts opts;
	struct probe *probe;
	struct names *names;
	struct mount_list mounts;
	struct summary *prev;
	struct utsname host;
	bool is_ended; /* before it began */
	__u64 start_ns;
	__u64 end_ns; /* when tracing ended; 0: it goes on */
	__u64 seq;
	unsigned int self_requests_told;
	struct window_feed *feed;
	struct task_walk *walk;
	struct task_look *look;
	struct failure no_look; /* why there is none */
};

/* One row is one option: parsing and help read the same. */
static const struct {
	struct option option;
	const char *value;
	const char *help;
} option_table[] = {
	{ { "batch", no_argument, NULL, 'b' }, "", "print one interval after the other (text)" },
	{ { "json", no_argument, NULL, 'j' }, "", "print one JSON object per interval and line" },
	{ { "delay", required_argument, NULL, 'd' }, "SECONDS", "length of an interval (2)" },
	{ { "count", required_argument, NULL, 'n' }, "COUNT", "end after so many intervals" },
	{ { "top", required_argument, NULL, 't' },
	  "COUNT",
	  "inodes and tasks to list (10), 0: all" },
	{ { "sort", required_argument, NULL, 's' },
	  "KEY",
	  "list those with most: wait, total, count" },
	{ { "detail", required_argument, NULL, 'D' },
	  "LEVEL",
	  "full, counts or stalls (full): see " TOOL_NAME " help detail" },
	{ { "phases", no_argument, NULL, 'P' },
	  "",
	  "also the inside of faults; see " TOOL_NAME " help phases" },
	{ { "mount", required_argument, NULL, 'm' }, "DIR", "only this mount: mount point or tag" },
	{ { "pid", required_argument, NULL, 'p' }, "PID", "only this process" },
	{ { "comm", required_argument, NULL, 'c' }, "NAME", "only tasks of this name" },
	{ { "path", required_argument, NULL, 'f' },
	  "PATH",
	  "only this file, or files below this folder" },
	{ { "inodes-max", required_argument, NULL, 'I' }, "COUNT", "rows by inode and operation" },
	{ { "tasks-max", required_argument, NULL, 'T' }, "COUNT", "rows by task and operation" },
	{ { "btf", required_argument, NULL, 'B' },
	  "FILE",
	  "kernel types, for a kernel built without" },
	{ { "stuck", required_argument, NULL, 'S' },
	  "SECONDS",
	  "tell by itself what is in flight for so long (1)" },
	{ { "no-wait", no_argument, NULL, 'W' }, "", "end if there is no such mount yet" },
	{ { "force", no_argument, NULL, 'F' }, "", "write even to a file on a traced mount" },
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS_CNT (sizeof(option_table) / sizeof(option_table[0]))

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " [top] [OPTION...]\n\n"
	       "Traces virtiofs DAX operations and prints, for each interval, where they waited.\n"
	       "Ends after COUNT intervals or on SIGINT, with what happened until then; SIGUSR1\n"
	       "prints the interval so far at once, and begins the next.\n"
	       "Where there is no virtiofs mount yet, it waits for one.\n\n");
	for (size_t i = 0; i < OPTIONS_CNT; i++)
		printf("  -%c, --%-6s %-8s %s\n", option_table[i].option.val,
		       option_table[i].option.name, option_table[i].value, option_table[i].help);
	return EXIT_FINE;
}

static bool parse_number(const char *text, double min, double max, double *res)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= min && value <= max))
		return false;
	*res = value;
	return true;
}

/* A whole number of at least @min. */
static bool parse_count(const char *text, unsigned int min, unsigned int *res)
{
	double number;

	if (!parse_number(text, min, 1e8, &number) || number != floor(number))
		return false;
	*res = number;
	return true;
}

static bool parse_sort(const char *text, enum sort_key *res)
{
	for (int i = 0; i < SORT_NR; i++) {
		if (!strcmp(text, sort_key_names[i])) {
			*res = i;
			return true;
		}
	}
	return false;
}

static bool parse_detail(const char *text, enum dax_detail *res)
{
	int detail = detail_by_name(text);

	if (detail < 0)
		return false;
	*res = detail;
	return true;
}

static void filter_show(struct top_opts *opts, const char *name, const char *value)
{
	for (size_t i = 0; i < opts->shown_cnt; i++) {
		if (!strcmp(opts->shown[i].name, name)) {
			opts->shown[i].value = value;
			return;
		}
	}
	opts->shown[opts->shown_cnt++] = (struct view_filter){ name, value };
}

/* One option with its value. False when the value is none. */
static bool take_option(struct top_opts *opts, int option, char *value)
{
	switch (option) {
	case 'b':
		return true;
	case 'j':
		return opts->is_json = true;
	case 'h':
		return opts->is_help = true;
	case 'F':
		return opts->is_forced = true;
	case 'W':
		return opts->is_no_wait = true;
	case 'P':
		return opts->has_phases = true;
	case 'd':
		return parse_number(value, 0.01, 1e6, &opts->interval_s);
	case 'S':
		return parse_number(value, 0, 1e6, &opts->stuck_s);
	case 'n':
		return parse_count(value, 1, &opts->intervals_cnt);
	case 't':
		return parse_count(value, 0, &opts->top_cnt);
	case 'D':
		return parse_detail(value, &opts->detail);
	case 'I':
		return parse_count(value, ROWS_MIN, &opts->inodes_max);
	case 'T':
		return parse_count(value, ROWS_MIN, &opts->tasks_max);
	case 's':
		return parse_sort(value, &opts->sort);
	case 'm':
		opts->mount = value;
		filter_show(opts, "mount", value);
		return *value;
	case 'p':
		filter_show(opts, "pid", value);
		return parse_count(value, 1, &opts->filter.tgid);
	case 'c':
		if (!*value || strlen(value) >= sizeof(opts->filter.comm))
			return false;
		memset(opts->filter.comm, 0, sizeof(opts->filter.comm));
		memcpy(opts->filter.comm, value, strlen(value));
		filter_show(opts, "comm", value);
		return true;
	case 'B':
		opts->btf_path = value;
		return *value;
	case 'f':
		opts->path = value;
		filter_show(opts, "path", value);
		return *value;
	}
	return false;
}

static const char *long_name(int letter)
{
	for (size_t i = 0; i < OPTIONS_CNT; i++)
		if (option_table[i].option.val == letter)
			return option_table[i].option.name;
	return "";
}

static enum exit_code parse_options(int argc, char **argv, struct top_opts *opts)
{
	struct option options[OPTIONS_CNT + 1] = {};
	char letters[OPTIONS_CNT * 2 + 2] = ":";
	int option, index;

	for (size_t i = 0; i < OPTIONS_CNT; i++) {
		const struct option *row = &option_table[i].option;

		options[i] = *row;
		snprintf(letters + strlen(letters), sizeof(letters) - strlen(letters), "%c%s",
			 row->val, row->has_arg ? ":" : "");
	}
	optind = 1;
	while ((option = getopt_long(argc, argv, letters, options, &index)) >= 0) {
		if (option == ':')
			return complain(EXIT_USAGE, "option %s needs a value; see --help",
					argv[optind - 1]);
		if (option == '?' && optopt && *long_name(optopt))
			return complain(EXIT_USAGE, "option --%s takes no value; see --help",
					long_name(optopt));
		if (option == '?' && optopt)
			return complain(EXIT_USAGE, "no option -%c; see --help", optopt);
		if (option == '?')
			return complain(EXIT_USAGE, "no option %s; see --help", argv[optind - 1]);
		if (!take_option(opts, option, optarg))
			return complain(EXIT_USAGE, "'%s' is no value for --%s; see --help", optarg,
					long_name(option));
	}
	if (optind < argc)
		return complain(EXIT_USAGE, "'%s' is not an option; see --help", argv[optind]);
	if (opts->has_phases && opts->detail != DETAIL_FULL)
		return complain(EXIT_USAGE,
				"--phases needs --detail full: below it faults have no begin "
				"to split from");
	return EXIT_FINE;
}

/* ---- what the filters name ---- */

struct path_seen {
	int err; /* 0 or errno */
	struct stat st;
};

/* Through O_PATH: the file itself is not opened. */
static int path_look(const void *path, void *result)
{
	struct path_seen *seen = result;
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &seen->st))
		seen->err = errno;
	if (fd >= 0)
		close(fd);
	return 0;
}

/* The mount that @path lies on, which is asked for it, and may not answer. */
static enum exit_code stat_path(const struct top *top, const char *option, const char *path,
				struct stat *st, const struct mount_entry **entry)
{
	struct path_seen seen = {};
	int err = deadline__run(path_look, path, &seen, sizeof(seen), PATH_DEADLINE_MS);

	if (err == -ETIMEDOUT)
		return complain(EXIT_CANNOT_RUN,
				"%s %s: its mount does not answer; leave the option out, and see "
				"'" TOOL_NAME " doctor --stuck'",
				option, path);
	if (err)
		return complain(EXIT_CANNOT_RUN, "%s %s: cannot look at it: %s", option, path,
				strerror(-err));
	if (seen.err)
		return complain(EXIT_USAGE, "%s %s: %s", option, path, strerror(seen.err));
	*st = seen.st;
	*entry = mount_list__by_dev(&top->mounts, s_dev_of(major(st->st_dev), minor(st->st_dev)));
	if (!*entry)
		return complain(EXIT_USAGE,
				"%s %s is not on a virtiofs mount; see " TOOL_NAME
				" doctor for those there are",
				option, path);
	return EXIT_FINE;
}

static enum exit_code find_mount(struct top *top)
{
	const char *name = top->opts.mount;
	const struct mount_entry *entry = mount_list__by_name(&top->mounts, name);
	enum exit_code code = EXIT_FINE;
	struct stat st;

	if (!entry)
		code = stat_path(top, "--mount", name, &st, &entry);
	if (!code)
		top->opts.filter.dev = entry->dev;
	return code;
}

static enum exit_code find_path(struct top *top)
{
	const struct mount_entry *entry;
	struct stat st;
	enum exit_code code = stat_path(top, "--path", top->opts.path, &st, &entry);

	if (code)
		return code;
	if (top->opts.filter.dev && top->opts.filter.dev != entry->dev)
		return complain(EXIT_USAGE, "--path %s is not on --mount %s", top->opts.path,
				top->opts.mount);
	top->opts.filter.dev = entry->dev;
	top->opts.filter.ino = st.st_ino;
	return EXIT_FINE;
}

static enum exit_code resolve_filters(struct top *top)
{
	enum exit_code code = EXIT_FINE;

	if (top->opts.mount)
		code = find_mount(top);
	if (!code && top->opts.path)
		code = find_path(top);
	return code;
}

/* ---- intervals ---- */

static __u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static unsigned int columns(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? size.ws_col : 0;
}

static int print_summary(struct top *top, const struct summary *s)
{
	struct view_opts opts = {
		.host = top->host.nodename,
		.kernel = top->host.release,
		.tool_version = DAXTOP_VERSION,
		.seq = ++top->seq,
		.wall_ns =
			clock_ns(CLOCK_REALTIME) - (clock_ns(CLOCK_MONOTONIC) - summary__end_ns(s)),
		.filters = top->opts.shown,
		.filter_cnt = top->opts.shown_cnt,
		.top_cnt = top->opts.top_cnt,
		.sort = top->opts.sort,
		.stuck_ns = top->opts.stuck_s * NS_PER_S,
		.width = columns(),
	};
	int err;

	if (top->opts.is_json)
		err = view_json__print(stdout, s, top->names, &opts);
	else
		err = view_text__print(stdout, s, top->names, &opts);
	if (!err && fflush(stdout))
		err = -errno;
	if (err)
		complain(EXIT_CANNOT_RUN, "cannot write the summary: %s", strerror(-err));
	return err;
}

/* A mount that will not come back is told at once, not with the interval. */
static void self_request_say(const struct top *top, const struct event_self_request *ev)
{
	const struct mount_entry *entry = mount_list__by_dev(&top->mounts, ev->key.dev);
	char path[PATH_BYTES], closer[64] = "";

	names__inode_text(top->names, &ev->key, path, sizeof(path));
	if (ev->closer.pid)
		snprintf(closer, sizeof(closer), ", closed by %.*s (%u/%u)", TASK_COMM_LEN_MAX,
			 ev->closer_comm, ev->closer.pid, ev->closer.tgid);
	complain(EXIT_FINE,
		 "%s: this mount will not come back: its completion worker %.*s (%u) waits for its "
		 "own %s of %s%s",
		 entry ? entry->mountpoint : "a virtiofs mount", TASK_COMM_LEN_MAX, ev->comm,
		 ev->task.pid, opcode_name(ev->opcode) ?: "request", path, closer);
}

static int take_events(struct top *top)
{
	const struct event_self_request *events;
	int err = probe__take_events(top->probe, top->names);
	unsigned int cnt;

	events = probe__self_requests(top->probe, &cnt);
	while (top->self_requests_told < cnt)
		self_request_say(top, &events[top->self_requests_told++]);
	return err;
}

/* At those in operations that have lasted; what cannot be looked at is told as not measured. */
static int look_at_tasks(struct top *top, struct summary *s)
{
	int err = top->look ? task_look__run(top->look, s, top->opts.stuck_s * NS_PER_S) : 0;

	if (err == -ENOMEM)
		return err;
	if (err)
		return summary__add_unmeasured(s, "in_flight.stack", strerror(-err));
	return top->look ? 0 : summary__add_unmeasured(s, "in_flight.stack", top->no_look.text);
}

/* Each mount's window, so that what happens to it is followed, and what came of that so far. */
static int look_at_windows(struct top *top, struct summary *s)
{
	int err;

	if (summary__why_unmeasured(s, "mounts.", "advice"))
		return 0;
	err = probe__take_events(top->probe, top->names); /* those since the windows were read */
	if (!err)
		err = window_feed__look(top->feed, s);
	window_feed__tell(top->feed, s, top->names);
	return err;
}

/* All since the start. NULL with errno. */
static struct summary *read_summary(struct top *top)
{
	struct summary *s = summary__new();
	struct mount_list mounts;
	int err = s ? mount_list__read(&mounts) : -ENOMEM;
	__u64 now = top->end_ns ?: clock_ns(CLOCK_MONOTONIC);

	if (!err) {
		summary__set_span(s, top->start_ns, now);
		mount_list__fini(&top->mounts);
		top->mounts = mounts;
		err = take_events(top);
	}
	if (!err)
		err = probe__read(top->probe, &top->mounts, s, top->names);
	if (!err)
		err = look_at_windows(top, s);
	if (!err)
		err = look_at_tasks(top, s);
	if (!err)
		return s;
	summary__free(s);
	errno = -err;
	return NULL;
}

static int interval_end(struct top *top)
{
	struct summary *cur = read_summary(top), *delta = NULL;
	int err;

	if (cur)
		delta = summary__delta(cur, top->prev);
	if (!delta) {
		err = -errno;
		complain(EXIT_CANNOT_RUN, "cannot read the tables: %s", strerror(errno));
		summary__free(cur);
		return err;
	}
	err = print_summary(top, delta);
	summary__free(delta);
	summary__free(top->prev);
	top->prev = cur;
	return err;
}

static void stop(struct top *top)
{
	top->end_ns = clock_ns(CLOCK_MONOTONIC);
	probe__stop(top->probe);
}

static int timer_new(double interval_s)
{
	struct itimerspec spec = {};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	spec.it_interval.tv_sec = interval_s;
	spec.it_interval.tv_nsec = (interval_s - floor(interval_s)) * NS_PER_S;
	spec.it_value = spec.it_interval;
	if (timerfd_settime(fd, 0, &spec, NULL)) {
		close(fd);
		return -errno;
	}
	return fd;
}

static sigset_t end_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

static void signals_let(void)
{
	sigset_t set = end_signals();

	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int signals_new(void)
{
	sigset_t set = end_signals();
	int fd;

	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
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

/* A part of the interval. */
static __u64 watch_ns(const struct top *top)
{
	__u64 part_ns = top->opts.interval_s * NS_PER_S / 10;

	return part_ns < WATCH_NS ? part_ns : WATCH_NS;
}

/* Waits for what comes: names to take, an interval's end, a signal. 0 or what ended it. */
static int run(struct top *top, int timer, int signals)
{
	struct pollfd fds[] = {
		{ .fd = probe__event_fd(top->probe), .events = POLLIN },
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
			err = take_events(top);
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
		probe__watch(top->probe, watch_ns(top));
		if (is_last)
			stop(top);
		if (!err)
			err = interval_end(top);
		if (is_last)
			return err;
	}
	return err;
}

/* ---- start and end ---- */

/* The first mount that the filter lets through and that has a window; else one without, or NULL. */
static const struct mount_state *find_window(const struct summary *s, __u32 dev)
{
	const struct mount_state *found = NULL;

	for (size_t i = 0; i < summary__mount_cnt(s); i++) {
		const struct mount_state *mount = summary__mount(s, i);

		if (dev && mount->dev != dev)
			continue;
		if (mount->has_figures)
			return mount;
		found = mount;
	}
	return found;
}

static enum exit_code check_windows(struct top *top)
{
	struct summary *s = read_summary(top);
	const struct mount_state *mount;
	enum exit_code code = EXIT_FINE;

	if (!s)
		return complain(EXIT_CANNOT_RUN, "cannot read the tables: %s", strerror(errno));
	mount = find_window(s, top->opts.filter.dev);
	if (mount && !mount->has_figures && !mount->may_have_window)
		code = complain(EXIT_CANNOT_RUN, "%s (virtiofs, tag %s) has no DAX: %s",
				mount->mountpoint ?: "a mount", mount->tag ?: "?", mount->reason);
	summary__free(s);
	return code;
}

static enum exit_code start(struct top *top)
{
	struct probe_opts opts = {
		.detail = top->opts.detail,
		.filter = top->opts.filter,
		.inodes_max = top->opts.inodes_max,
		.tasks_max = top->opts.tasks_max,
		.btf_path = top->opts.btf_path,
		.has_phases = top->opts.has_phases,
		.mounts = &top->mounts,
	};
	struct failure failure;
	int err;

	/* Before tracing begins, as it takes a while; without it the stacks of tasks are not measured. */
	if (task_walk__open(&top->walk, top->opts.btf_path, &top->no_look))
		top->walk = NULL;
	if (probe__begin(&top->probe, &opts, &failure))
		return complain(failure.code, "%s", failure.text);
	top->start_ns = clock_ns(CLOCK_MONOTONIC);
	top->feed = window_feed__new();
	if (!top->feed)
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	probe__feed_windows(top->probe, top->feed);
	if (top->walk)
		top->look = task_look__new(top->walk, probe__symbols(top->probe));
	err = privilege__drop(probe__can_read, top->probe);
	if (err)
		return complain(EXIT_CANNOT_RUN, "cannot give up capabilities: %s", strerror(-err));
	return EXIT_FINE;
}

static void say_tracing(const struct top *top)
{
	size_t mounts_cnt = top->opts.filter.dev ? 1 : top->mounts.cnt;
	unsigned int cnt, attached = 0, used = 0;
	const struct hook_state *hooks;

	hooks = probe__hooks(top->probe, &cnt);
	for (unsigned int i = 0; i < cnt; i++)
		attached += hooks[i].status == HOOK_ATTACHED;
	for (unsigned int i = 0; i < cnt; i++)
		used += hooks[i].status != HOOK_UNUSED;
	fprintf(stderr,
		TOOL_NAME ": tracing %zu virtiofs mount%s, hooks %u/%u; what hangs already is told "
			  "by " TOOL_NAME " doctor --stuck\n",
		mounts_cnt, mounts_cnt == 1 ? "" : "s", attached, used);
}

static enum exit_code trace(struct top *top)
{
	int signals = signals_new(), timer = -1;
	enum exit_code code = start(top);

	if (!code) {
		timer = timer_new(top->opts.interval_s);
		code = check_windows(top);
	}
	if (code)
		goto out;
	say_tracing(top);
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

/* A summary written to what it is about is traced itself, and hangs when that does. */
static enum exit_code check_outputs(const struct top *top)
{
	static const char *const names[] = {
		[STDOUT_FILENO] = "standard output",
		[STDERR_FILENO] = "standard error",
	};

	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO && !top->opts.is_forced; fd++) {
		const struct mount_entry *entry =
			output_mount(fd, &top->mounts, top->opts.filter.dev);

		if (entry)
			return complain(
				EXIT_USAGE,
				"%s is a file on %s, which is to be traced: it would hang when "
				"the mount does; write elsewhere (a tmpfs, a pipe), or insist "
				"with --force",
				names[fd], entry->mountpoint);
	}
	return EXIT_FINE;
}

/* Waits for a mount to trace where there is none; leaves is_ended set if told to end meanwhile. */
static enum exit_code await_mount(struct top *top)
{
	const char *name = top->opts.mount;
	struct failure failure;
	int signals, res;

	if (mount_is_there(&top->mounts, name) || (name && top->opts.is_no_wait))
		return EXIT_FINE; /* or --mount says what is wrong */
	if (top->opts.is_no_wait)
		return complain(EXIT_CANNOT_RUN, "no virtiofs mount in this mount namespace; mount "
						 "one: mount -t virtiofs -o dax=always TAG DIR");
	if (privilege__check(top->opts.detail, &failure)) /* now, not when it comes */
		return complain(failure.code, "%s", failure.text);
	complain(EXIT_FINE, "waiting for a virtiofs mount%s%s", name ? ": " : "", name ?: "");
	signals = signals_new();
	res = signals < 0 ? signals : mount_wait(&top->mounts, name, signals);
	if (signals >= 0)
		close(signals);
	if (res < 0)
		return complain(EXIT_CANNOT_RUN, "cannot wait for a mount: %s", strerror(-res));
	top->is_ended = !res;
	return EXIT_FINE;
}

static enum exit_code prepare(struct top *top)
{
	int err = mount_list__read(&top->mounts);
	enum exit_code code;

	if (err)
		return complain(EXIT_CANNOT_RUN, "cannot read /proc/self/mountinfo: %s%s",
				strerror(-err), err == -ENOENT ? "; is /proc mounted?" : "");
	top->names = names__new();
	if (!top->names)
		return complain(EXIT_CANNOT_RUN, "%s", strerror(errno));
	uname(&top->host);
	code = await_mount(top);
	if (!code && !top->is_ended)
		code = resolve_filters(top);
	if (!code && !top->is_ended)
		code = check_outputs(top);
	return code;
}

enum exit_code cmd_top(int argc, char **argv)
{
	struct top top = {
		.opts = { .interval_s = DEFAULT_INTERVAL_S,
			  .stuck_s = DEFAULT_STUCK_S,
			  .top_cnt = DEFAULT_TOP_CNT,
			  .detail = DETAIL_FULL },
	};
	enum exit_code code = parse_options(argc, argv, &top.opts);

	if (code)
		return code;
	if (top.opts.is_help)
		return print_help();
	code = prepare(&top);
	if (!code && !top.is_ended)
		code = trace(&top);
	signals_let(); /* detaching takes a while, and may be cut short */
	window_feed__free(top.feed);
	task_look__free(top.look);
	task_walk__free(top.walk);
	summary__free(top.prev);
	probe__free(top.probe);
	names__free(top.names);
	mount_list__fini(&top.mounts);
	return code;
}
