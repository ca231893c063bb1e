// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: the last minute is kept as single events, in memory, so that it can be saved once
 * something has been seen. While the display is paused, what is shown is kept beside what goes on.
 */
#include "cmd_live.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "recent.h"
#include "recorder.h"
#include "screen.h"

#define DEFAULT_INTERVAL_S 2.0
#define KEEP_S		   60
#define KEEP_SHARE	   32 /* of memory, at most one part in so many */
#define KEEP_BYTES_MAX	   (64UL << 20)
#define TICK_S		   0.25
#define EVENTS_MAX	   200
#define SAVE_TRIES	   10

/* A summary that several frames show. */
struct shared {
	struct summary *s;
	unsigned int users;
};

/* What one drawing is of. */
struct live_frame {
	struct shared *interval, *previous, *total; /* NULL: there is none */
	struct live_event *events;
	size_t events_cnt;
	__u64 session_ns;
};

struct live_cmd {
	struct trace *trace;
	struct screen screen;
	struct recent *recent; /* NULL: there are no single events at this detail */
	struct recorder *recorder;
	struct live_frame latest, shown; /* the same but while the display is paused */
	unsigned int seq, intervals_cnt;
	int timer;
	bool is_dirty; /* what is on the screen is not what is known */
	char filter_texts[FILTERS_MAX][128];
	const char *filters[FILTERS_MAX];
};

/* ---- frames ---- */

static struct shared *share(struct summary *s)
{
	struct shared *shared = malloc(sizeof(*shared));

	if (!shared || !s) {
		free(shared);
		summary__free(s);
		return NULL;
	}
	*shared = (struct shared){ .s = s, .users = 1 };
	return shared;
}

static struct shared *hold(struct shared *shared)
{
	if (shared)
		shared->users++;
	return shared;
}

static void drop(struct shared *shared)
{
	if (!shared || --shared->users)
		return;
	summary__free(shared->s);
	free(shared);
}

static void frame_fini(struct live_frame *f)
{
	drop(f->interval);
	drop(f->previous);
	drop(f->total);
	free(f->events);
	*f = (struct live_frame){};
}

static int frame_show(struct live_frame *to, const struct live_frame *from)
{
	struct live_event *events = malloc(from->events_cnt * sizeof(*events) + 1);

	if (!events)
		return -ENOMEM;
	if (from->events_cnt)
		memcpy(events, from->events, from->events_cnt * sizeof(*events));
	frame_fini(to);
	*to = (struct live_frame){
		.interval = hold(from->interval),
		.previous = hold(from->previous),
		.total = hold(from->total),
		.events = events,
		.events_cnt = from->events_cnt,
		.session_ns = from->session_ns,
	};
	return 0;
}

static int events_find(struct live_cmd *live, struct live_frame *f)
{
	if (!live->recent)
		return 0;
	f->events = malloc(EVENTS_MAX * sizeof(*f->events));
	if (!f->events)
		return -ENOMEM;
	f->events_cnt = recent__slowest(live->recent, f->events, EVENTS_MAX);
	return 0;
}

/* The next one, of @cur, which it takes. */
static int frame_next(struct live_cmd *live, struct summary *cur)
{
	struct live_frame *old = &live->latest;
	struct live_frame f = { .session_ns = summary__end_ns(cur) - live->trace->start_ns };

	f.interval = share(summary__delta(cur, old->total ? old->total->s : NULL));
	f.total = share(cur);
	f.previous = hold(old->interval);
	if (!f.interval || !f.total || events_find(live, &f)) {
		frame_fini(&f);
		return -ENOMEM;
	}
	frame_fini(old);
	*old = f;
	return 0;
}

static struct summary *summary_of(const struct shared *shared)
{
	return shared ? shared->s : NULL;
}

static struct live_data data_of(struct live_cmd *live)
{
	const struct trace *t = live->trace;
	const struct live_frame *f = &live->shown;

	return (struct live_data){
		.interval = summary_of(f->interval),
		.previous = summary_of(f->previous),
		.total = summary_of(f->total),
		.names = t->names,
		.events = f->events,
		.events_cnt = f->events_cnt,
		.events_why_not = live->recent ? NULL
					       : "--detail counts adds operations up and tells no "
						 "single ones; begin with --detail full",
		.host = t->host.nodename,
		.kernel = t->host.release,
		.tool_version = DAXTOP_VERSION,
		.session_ns = f->session_ns,
		.interval_s = live->screen.interval_s,
		.stuck_ns = t->opts.stuck_s * NS_PER_S,
		.filters = live->filters,
		.filters_cnt = t->opts.shown_cnt,
	};
}

/* ---- what goes on ---- */

static int take_all(struct live_cmd *live)
{
	int err = live->recent ? probe__take_records(live->trace->probe) : 0;

	return err < 0 ? err : trace__take_events(live->trace);
}

static int interval_end(struct live_cmd *live)
{
	struct summary *cur;
	int err = take_all(live);

	trace__watch(live->trace, live->screen.interval_s);
	cur = err ? NULL : trace__read(live->trace, false);
	if (!cur)
		return err ?: -errno;
	if (live->recorder)
		err = recorder__state(live->recorder, cur, false);
	if (live->recent)
		recent__age(live->recent, summary__end_ns(cur));
	if (err) {
		summary__free(cur);
		return err;
	}
	err = frame_next(live, cur);
	live->seq++;
	if (!err && !live->screen.state.is_paused)
		err = frame_show(&live->shown, &live->latest);
	live->is_dirty = true;
	return err;
}

/* ---- what keys ask for ---- */

/*
 * Where a file can be made that does not hang with what is traced; NULL: nowhere. No server is
 * asked.
 */
static const char *save_folder(const struct live_cmd *live)
{
	static const char *const folders[] = { "", "/tmp/", "/run/", "/dev/shm/" };
	struct statx st;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *folder = *folders[i] ? folders[i] : ".";

		if (!statx(AT_FDCWD, folder, AT_STATX_DONT_SYNC, STATX_TYPE, &st) &&
		    !mount_list__by_dev(&live->trace->mounts,
					s_dev_of(st.stx_dev_major, st.stx_dev_minor)) &&
		    !access(folder, W_OK | X_OK))
			return folders[i];
	}
	return NULL;
}

/* Under a name that was not there. */
static int save_new(struct live_cmd *live, const char *folder, char *path, size_t bytes)
{
	__u64 interval_ns = live->screen.interval_s * NS_PER_S;
	time_t now = time(NULL);
	int err = -EEXIST;
	char when[32];
	struct tm tm;

	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", localtime_r(&now, &tm));
	for (unsigned int i = 0; i < SAVE_TRIES && err == -EEXIST; i++) {
		snprintf(path, bytes, i ? "%s" TOOL_NAME "-%s-%u.rec" : "%s" TOOL_NAME "-%s.rec",
			 folder, when, i);
		err = recorder__save(live->recorder, path, interval_ns, live->latest.total->s);
	}
	return err;
}

static void save(struct live_cmd *live)
{
	const char *folder = save_folder(live);
	char path[128];
	int err;

	if (!live->latest.total) {
		screen__say(&live->screen, true, "not saved: the first interval goes on");
		return;
	}
	if (!live->recorder) {
		screen__say(&live->screen, true, "%s", data_of(live).events_why_not);
		return;
	}
	if (!folder) {
		screen__say(&live->screen, true,
			    "not saved: no folder here, /tmp or /run that can be written and is "
			    "not traced");
		return;
	}
	err = save_new(live, folder, path, sizeof(path));
	if (err)
		screen__say(&live->screen, true, "%s: not saved: %s", path, strerror(-err));
	else
		screen__say(&live->screen, false,
			    "the last %.0f s saved to %s: see " TOOL_NAME " report, replay",
			    recorder__kept_ns(live->recorder) / 1e9, path);
}

static int serve(struct live_cmd *live)
{
	struct live_state *st = &live->screen.state;
	int err = 0;

	if (st->wants_save)
		save(live);
	if (st->wants_interval_s) {
		live->screen.interval_s = st->wants_interval_s;
		live->screen.keeps_interval = true;
		err = timer_set(live->timer, st->wants_interval_s);
	}
	if (!st->is_paused && live->latest.total && live->shown.total != live->latest.total)
		err = frame_show(&live->shown, &live->latest) ?: err;
	st->wants_save = false;
	st->wants_interval_s = 0;
	live->is_dirty = true;
	return err;
}

/* ---- the loop ---- */

static bool has_expired(const struct pollfd *fd)
{
	__u64 expired;

	return fd->revents && read(fd->fd, &expired, sizeof(expired)) == sizeof(expired);
}

/* SIGUSR1 ends the interval, all others the view. */
static void look_at_signal(struct live_cmd *live, int signals, bool *is_interval_end)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGUSR1)
		*is_interval_end = true;
	else
		live->screen.state.wants_quit = true;
}

static bool is_over(const struct live_cmd *live)
{
	return live->screen.state.wants_quit ||
	       (live->intervals_cnt && live->seq >= live->intervals_cnt);
}

static int loop(struct live_cmd *live, int tick, int signals)
{
	struct pollfd fds[] = {
		{ .fd = term__fd(live->screen.term), .events = POLLIN },
		{ .fd = live->timer, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
		{ .fd = tick, .events = POLLIN },
		{ .fd = probe__event_fd(live->trace->probe), .events = POLLIN },
		{ .fd = live->recent ? probe__record_fd(live->trace->probe) : -1,
		  .events = POLLIN },
	};
	int err = 0;

	while (!err && !is_over(live)) {
		bool is_interval_end = false;

		if (live->is_dirty) {
			struct live_data data = data_of(live);

			err = screen__draw(&live->screen, &data);
			live->is_dirty = false;
		}
		if (!err && poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0 && errno != EINTR)
			err = -errno;
		if (err)
			break;
		if (has_expired(&fds[3]) || fds[4].revents || fds[5].revents)
			err = take_all(live);
		if (fds[2].revents)
			look_at_signal(live, signals, &is_interval_end);
		if (!err && fds[0].revents)
			err = screen__keys(&live->screen, false) ?: serve(live);
		if (!err && (has_expired(&fds[1]) || is_interval_end))
			err = interval_end(live);
	}
	return err;
}

/* ---- start and end ---- */

static size_t keep_bytes(void)
{
	struct sysinfo info;
	__u64 bytes = KEEP_BYTES_MAX;

	if (!sysinfo(&info) && info.totalram * (__u64)info.mem_unit / KEEP_SHARE < bytes)
		bytes = info.totalram * (__u64)info.mem_unit / KEEP_SHARE;
	return bytes;
}

/* Single events, where this detail has them. */
static enum exit_code begin_events(struct live_cmd *live)
{
	struct recorder_opts opts = {
		.ring_ns = KEEP_S * NS_PER_S,
		.command = TOOL_NAME " top",
	};
	struct failure failure;

	if (live->trace->opts.detail == DETAIL_COUNTS)
		return EXIT_FINE;
	live->recent = recent__new(opts.ring_ns, keep_bytes());
	if (!live->recent)
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	opts.recent = live->recent;
	if (recorder__new(&live->recorder, &opts, &failure))
		return complain(failure.code, "%s", failure.text);
	return EXIT_FINE;
}

static void filters_fill(struct live_cmd *live)
{
	const struct trace_opts *opts = &live->trace->opts;

	for (size_t i = 0; i < opts->shown_cnt; i++) {
		snprintf(live->filter_texts[i], sizeof(live->filter_texts[i]), "%s %s",
			 opts->shown[i].name, opts->shown[i].value);
		live->filters[i] = live->filter_texts[i];
	}
}

/* What goes wrong meanwhile is told where it is seen. */
static struct live_cmd *complains_to;

static void say(const char *text)
{
	screen__say(&complains_to->screen, true, "%s", text);
	complains_to->is_dirty = true;
}

static enum exit_code show(struct live_cmd *live, int signals)
{
	int tick = timer_new(TICK_S), err;
	enum exit_code code = screen__open(&live->screen, DEFAULT_INTERVAL_S, true);

	if (code)
		goto out;
	live->timer = timer_new(live->screen.interval_s);
	err = tick < 0 ? tick : live->timer < 0 ? live->timer : 0;
	complains_to = live;
	complain_by(say);
	if (!err && live->recorder)
		err = recorder__begin(live->recorder, live->trace);
	live->is_dirty = true;
	if (!err)
		err = loop(live, tick, signals);
	complain_by(NULL);
	screen__close(&live->screen);
	if (err)
		code = complain(EXIT_CANNOT_RUN, "the view has ended: %s", strerror(-err));
	if (live->timer >= 0)
		close(live->timer);
out:
	if (tick >= 0)
		close(tick);
	return code;
}

enum exit_code live_run(const struct live_opts *opts, struct trace *t)
{
	struct live_cmd live = {
		.trace = t,
		.intervals_cnt = opts->intervals_cnt,
		.screen.interval_s = opts->interval_s,
	};
	int signals = signals_new(0);
	enum exit_code code = signals < 0 ? complain(EXIT_CANNOT_RUN, "no signal descriptor: %s",
						     strerror(-signals))
					  : begin_events(&live);

	filters_fill(&live);
	fputs(TOOL_NAME ": attaching\n", stderr);
	if (!code)
		code = trace__start(t, live.recorder ? recorder__events(live.recorder) : NULL, 0);
	if (!code)
		code = show(&live, signals);
	if (signals >= 0)
		close(signals);
	frame_fini(&live.latest);
	frame_fini(&live.shown);
	recorder__free(live.recorder);
	recent__free(live.recent);
	return code;
}
