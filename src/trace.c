// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What top and record have in common. Surprising: a mount that is to be traced need not be there
 * yet.
 */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "deadline.h"
#include "independence.h"
#include "mount_wait.h"
#include "privilege.h"

#define PATH_DEADLINE_MS 5000
#define WATCH_NS	 100000000
#define ROWS_MIN	 128 /* the rows of what finds no row of its own are among them */

static void show(struct trace_opts *opts, const char *name, const char *value)
{
	filter_show(opts->shown, &opts->shown_cnt, name, value);
}

bool trace_opts__take(struct trace_opts *opts, int option, char *value)
{
	switch (option) {
	case 'F':
		return opts->is_forced = true;
	case 'W':
		return opts->is_no_wait = true;
	case 'P':
		return opts->has_phases = true;
	case 'S':
		return parse_number(value, 0, 1e6, &opts->stuck_s);
	case 'D':
		return parse_detail(value, &opts->detail);
	case 'I':
		return parse_count(value, ROWS_MIN, &opts->inodes_max);
	case 'T':
		return parse_count(value, ROWS_MIN, &opts->tasks_max);
	case 'm':
		opts->mount = value;
		show(opts, "mount", value);
		return *value;
	case 'p':
		show(opts, "pid", value);
		return parse_count(value, 1, &opts->filter.tgid);
	case 'c':
		show(opts, "comm", value);
		return parse_comm(value, opts->filter.comm);
	case 'B':
		opts->btf_path = value;
		return *value;
	case 'f':
		opts->path = value;
		show(opts, "path", value);
		return *value;
	}
	return false;
}

enum exit_code trace_opts__check(const struct trace_opts *opts)
{
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
static enum exit_code stat_path(const struct trace *t, const char *option, const char *path,
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
	*entry = mount_list__by_dev(&t->mounts, s_dev_of(major(st->st_dev), minor(st->st_dev)));
	if (!*entry)
		return complain(EXIT_USAGE,
				"%s %s is not on a virtiofs mount; see " TOOL_NAME
				" doctor for those there are",
				option, path);
	return EXIT_FINE;
}

static enum exit_code find_mount(struct trace *t)
{
	const char *name = t->opts.mount;
	const struct mount_entry *entry = mount_list__by_name(&t->mounts, name);
	enum exit_code code = EXIT_FINE;
	struct stat st;

	if (!entry)
		code = stat_path(t, "--mount", name, &st, &entry);
	if (!code)
		t->opts.filter.dev = entry->dev;
	return code;
}

static enum exit_code find_path(struct trace *t)
{
	const struct mount_entry *entry;
	struct stat st;
	enum exit_code code = stat_path(t, "--path", t->opts.path, &st, &entry);

	if (code)
		return code;
	if (t->opts.filter.dev && t->opts.filter.dev != entry->dev)
		return complain(EXIT_USAGE, "--path %s is not on --mount %s", t->opts.path,
				t->opts.mount);
	t->opts.filter.dev = entry->dev;
	t->opts.filter.ino = st.st_ino;
	return EXIT_FINE;
}

static enum exit_code resolve_filters(struct trace *t)
{
	enum exit_code code = EXIT_FINE;

	if (t->opts.mount)
		code = find_mount(t);
	if (!code && t->opts.path)
		code = find_path(t);
	return code;
}

/* ---- reading ---- */

/* A mount that will not come back is told at once, not with the interval. */
static void self_request_say(const struct trace *t, const struct event_self_request *ev)
{
	const struct mount_entry *entry = mount_list__by_dev(&t->mounts, ev->key.dev);
	char path[PATH_BYTES], closer[64] = "";

	names__inode_text(t->names, &ev->key, path, sizeof(path));
	if (ev->closer.pid)
		snprintf(closer, sizeof(closer), ", closed by %.*s (%u/%u)", TASK_COMM_LEN_MAX,
			 ev->closer_comm, ev->closer.pid, ev->closer.tgid);
	complain(EXIT_FINE,
		 "%s: this mount will not come back: its completion worker %.*s (%u) waits for its "
		 "own %s of %s%s",
		 entry ? entry->mountpoint : "a virtiofs mount", TASK_COMM_LEN_MAX, ev->comm,
		 ev->task.pid, opcode_name(ev->opcode) ?: "request", path, closer);
}

int trace__take_events(struct trace *t)
{
	const struct event_self_request *events;
	int err = probe__take_events(t->probe, t->names);
	unsigned int cnt;

	events = probe__self_requests(t->probe, &cnt);
	while (t->self_requests_told < cnt)
		self_request_say(t, &events[t->self_requests_told++]);
	return err;
}

/* At those in operations that have lasted; what cannot be looked at is told as not measured. */
static int look_at_tasks(struct trace *t, struct summary *s)
{
	int err = t->look ? task_look__run(t->look, s, t->opts.stuck_s * NS_PER_S) : 0;

	if (err == -ENOMEM)
		return err;
	if (err)
		return summary__add_unmeasured(s, "in_flight.stack", strerror(-err));
	return t->look ? 0 : summary__add_unmeasured(s, "in_flight.stack", t->no_look.text);
}

/* Each mount's window, so that what happens to it is followed, and what came of that so far. */
static int look_at_windows(struct trace *t, struct summary *s)
{
	int err;

	if (summary__why_unmeasured(s, "mounts.", "advice"))
		return 0;
	err = probe__take_events(t->probe, t->names); /* those since the windows were read */
	if (!err)
		err = window_feed__look(t->feed, s);
	window_feed__tell(t->feed, s, t->names);
	return err;
}

struct summary *trace__read(struct trace *t, bool is_state)
{
	struct summary *s = summary__new();
	struct mount_list mounts;
	int err = s ? mount_list__read(&mounts) : -ENOMEM;
	__u64 now = t->end_ns ?: clock_ns(CLOCK_MONOTONIC);

	if (!err) {
		summary__set_span(s, t->start_ns, now);
		mount_list__fini(&t->mounts);
		t->mounts = mounts;
		err = trace__take_events(t);
	}
	if (!err)
		err = is_state ? probe__read_state(t->probe, &t->mounts, s, t->names)
			       : probe__read(t->probe, &t->mounts, s, t->names);
	if (!err)
		err = look_at_windows(t, s);
	if (!err)
		err = look_at_tasks(t, s);
	if (!err)
		return s;
	summary__free(s);
	errno = -err;
	return NULL;
}

void trace__watch(struct trace *t, double interval_s)
{
	__u64 part_ns = interval_s * NS_PER_S / 10;

	probe__watch(t->probe, part_ns < WATCH_NS ? part_ns : WATCH_NS);
}

void trace__stop(struct trace *t)
{
	t->end_ns = clock_ns(CLOCK_MONOTONIC);
	probe__stop(t->probe);
}

/* ---- timers and signals ---- */

int timer_set(int timer, double interval_s)
{
	struct itimerspec spec = {};

	spec.it_interval.tv_sec = interval_s;
	spec.it_interval.tv_nsec = (interval_s - floor(interval_s)) * NS_PER_S;
	spec.it_value = spec.it_interval;
	return timerfd_settime(timer, 0, &spec, NULL) ? -errno : 0;
}

int timer_new(double interval_s)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	err = timer_set(fd, interval_s);
	if (!err)
		return fd;
	close(fd);
	return err;
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

void signals_let(void)
{
	sigset_t set = end_signals();

	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int signals_new(int more)
{
	sigset_t set = end_signals();
	int fd;

	sigaddset(&set, SIGUSR1);
	if (more)
		sigaddset(&set, more);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
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

static enum exit_code check_windows(struct trace *t)
{
	struct summary *s = trace__read(t, true);
	const struct mount_state *mount;
	enum exit_code code = EXIT_FINE;

	if (!s)
		return complain(EXIT_CANNOT_RUN, "cannot read the tables: %s", strerror(errno));
	mount = find_window(s, t->opts.filter.dev);
	if (mount && !mount->has_figures && !mount->may_have_window)
		code = complain(EXIT_CANNOT_RUN, "%s (virtiofs, tag %s) has no DAX: %s",
				mount->mountpoint ?: "a mount", mount->tag ?: "?", mount->reason);
	summary__free(s);
	return code;
}

static enum exit_code start(struct trace *t, const struct probe_recorder *recorder,
			    unsigned int buffer_bytes)
{
	struct probe_opts opts = {
		.detail = t->opts.detail,
		.filter = t->opts.filter,
		.inodes_max = t->opts.inodes_max,
		.tasks_max = t->opts.tasks_max,
		.btf_path = t->opts.btf_path,
		.has_phases = t->opts.has_phases,
		.mounts = &t->mounts,
		.recorder = recorder,
		.record_buffer_bytes = buffer_bytes,
	};
	struct failure failure;
	int err;

	/*
	 * Before tracing begins, as it takes a while; without it the stacks of tasks are not
	 * measured.
	 */
	if (task_walk__open(&t->walk, t->opts.btf_path, &t->no_look))
		t->walk = NULL;
	if (probe__begin(&t->probe, &opts, &failure))
		return complain(failure.code, "%s", failure.text);
	t->start_ns = clock_ns(CLOCK_MONOTONIC);
	t->feed = window_feed__new();
	if (!t->feed)
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	probe__feed_windows(t->probe, t->feed);
	if (t->walk)
		t->look = task_look__new(t->walk, probe__symbols(t->probe));
	err = privilege__drop(probe__can_read, t->probe);
	if (err)
		return complain(EXIT_CANNOT_RUN, "cannot give up capabilities: %s", strerror(-err));
	return EXIT_FINE;
}

enum exit_code trace__start(struct trace *t, const struct probe_recorder *recorder,
			    unsigned int buffer_bytes)
{
	return start(t, recorder, buffer_bytes) ?: check_windows(t);
}

void trace__say(const struct trace *t)
{
	size_t mounts_cnt = t->opts.filter.dev ? 1 : t->mounts.cnt;
	unsigned int cnt, attached = 0, used = 0;
	const struct hook_state *hooks;

	hooks = probe__hooks(t->probe, &cnt);
	for (unsigned int i = 0; i < cnt; i++) {
		attached += hooks[i].status == HOOK_ATTACHED;
		used += hooks[i].status != HOOK_UNUSED;
	}
	fprintf(stderr,
		TOOL_NAME ": tracing %zu virtiofs mount%s, hooks %u/%u; what hangs already is told "
			  "by " TOOL_NAME " doctor --stuck\n",
		mounts_cnt, mounts_cnt == 1 ? "" : "s", attached, used);
}

/* What is written to what it is about is traced itself, and hangs when that does. */
enum exit_code trace__check_output(const struct trace *t, const char *name, __u32 dev)
{
	const struct mount_entry *entry = mount_list__by_dev(&t->mounts, dev);

	if (!entry || t->opts.is_forced || (t->opts.filter.dev && t->opts.filter.dev != dev))
		return EXIT_FINE;
	return complain(EXIT_USAGE,
			"%s is a file on %s, which is to be traced: it would hang when the mount "
			"does; write elsewhere (a tmpfs, a pipe), or insist with --force",
			name, entry->mountpoint);
}

static enum exit_code check_outputs(const struct trace *t, const struct trace_output *outputs,
				    size_t cnt)
{
	enum exit_code code = EXIT_FINE;

	for (size_t i = 0; i < cnt && !code; i++) {
		const struct mount_entry *entry =
			output_mount(outputs[i].fd, &t->mounts, t->opts.filter.dev);

		if (entry)
			code = trace__check_output(t, outputs[i].name, entry->dev);
	}
	return code;
}

/* Waits for a mount to trace where there is none; leaves is_ended set if told to end meanwhile. */
static enum exit_code await_mount(struct trace *t)
{
	const char *name = t->opts.mount;
	struct failure failure;
	sigset_t before;
	int signals, res;

	if (mount_is_there(&t->mounts, name) || (name && t->opts.is_no_wait))
		return EXIT_FINE; /* or --mount says what is wrong */
	if (t->opts.is_no_wait)
		return complain(EXIT_CANNOT_RUN, "no virtiofs mount in this mount namespace; mount "
						 "one: mount -t virtiofs -o dax=always TAG DIR");
	if (privilege__check(t->opts.detail, &failure)) /* now, not when it comes */
		return complain(failure.code, "%s", failure.text);
	complain(EXIT_FINE, "waiting for a virtiofs mount%s%s", name ? ": " : "", name ?: "");
	sigprocmask(SIG_SETMASK, NULL, &before);
	signals = signals_new(0);
	res = signals < 0 ? signals : mount_wait(&t->mounts, name, signals);
	if (signals >= 0)
		close(signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (res < 0)
		return complain(EXIT_CANNOT_RUN, "cannot wait for a mount: %s", strerror(-res));
	t->is_ended = !res;
	return EXIT_FINE;
}

enum exit_code trace__prepare(struct trace *t, const struct trace_output *outputs, size_t cnt)
{
	int err = mount_list__read(&t->mounts);
	enum exit_code code;

	if (err)
		return complain(EXIT_CANNOT_RUN, "cannot read /proc/self/mountinfo: %s%s",
				strerror(-err), err == -ENOENT ? "; is /proc mounted?" : "");
	t->names = names__new();
	if (!t->names)
		return complain(EXIT_CANNOT_RUN, "%s", strerror(errno));
	uname(&t->host);
	code = await_mount(t);
	if (!code && !t->is_ended)
		code = resolve_filters(t);
	if (!code && !t->is_ended)
		code = check_outputs(t, outputs, cnt);
	return code;
}

struct view_opts trace__view_opts(const struct trace *t, const struct summary *s)
{
	__u64 ago_ns = clock_ns(CLOCK_MONOTONIC) - summary__end_ns(s);

	return (struct view_opts){
		.host = t->host.nodename,
		.kernel = t->host.release,
		.tool_version = DAXTOP_VERSION,
		.wall_ns = clock_ns(CLOCK_REALTIME) - ago_ns,
		.filters = t->opts.shown,
		.filter_cnt = t->opts.shown_cnt,
		.stuck_ns = t->opts.stuck_s * NS_PER_S,
	};
}

void trace__fini(struct trace *t)
{
	window_feed__free(t->feed);
	task_look__free(t->look);
	task_walk__free(t->walk);
	probe__free(t->probe);
	names__free(t->names);
	mount_list__fini(&t->mounts);
}
