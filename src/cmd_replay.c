// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * replay: a recording in the live view, interval by interval. Surprising: each is what report
 * --from --to would make of the file, so that any of them is as near as the next.
 */
#include "cmd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "rec_feed.h"
#include "recent.h"
#include "recfile.h"
#include "screen.h"
#include "trace.h"

#define DEFAULT_INTERVAL_S 1.0
#define STUCK_NS	   NS_PER_S
#define EVENTS_MAX	   200
#define EVENTS_BYTES_MAX   (16 << 20)
#define SPEED_MIN	   0.125
#define SPEED_MAX	   64.0

struct replay_opts {
	double interval_s; /* 0: not asked for */
	bool is_help;
};

/* What one interval, or all up to its end, comes to. */
struct part {
	struct rec_feed *feed; /* NULL: not read */
	struct live_event events[EVENTS_MAX];
	size_t events_cnt;
};

struct replay {
	struct replay_opts opts;
	const char *path;
	struct screen screen;
	struct part now, before, total;
	char host[256], kernel[128], tool_version[64];
	const char *filters[REC_FILTERS_MAX];
	char filter_texts[REC_FILTERS_MAX][128];
	size_t filters_cnt;
	__u64 start_ns, length_ns;
	__u64 skip_ns; /* from where the recorder began: a later part of a recording begins later */
	__u64 at_ns;   /* where the interval that is shown begins, from the start */
	double speed;
	bool is_playing, is_dirty;
	int timer;
	char damage[256];
	bool is_damage_told;
	__u64 now_from_ns, now_width_ns; /* what the part now is of */
};

static const struct option_row option_table[] = {
	{ { "delay", required_argument, NULL, 'd' }, "SECONDS", "length of an interval (1)" },
	{ { "speed", required_argument, NULL, 'x' },
	  "FACTOR",
	  "how fast to play (1): 0.125 to 64" },
	{ { "help", no_argument, NULL, 'h' }, "", "this text" },
};

#define OPTIONS_CNT (sizeof(option_table) / sizeof(option_table[0]))

static enum exit_code print_help(void)
{
	printf("usage: " TOOL_NAME " replay [OPTION...] FILE\n\n"
	       "Plays a recording (" TOOL_NAME
	       " record) in the live view: space plays and pauses,\n"
	       "t and T step, j and J jump, + and - change the speed, h shows all keys.\n\n");
	options__print(option_table, OPTIONS_CNT);
	return EXIT_FINE;
}

static bool take_option(void *ctx, int option, char *value)
{
	struct replay *r = ctx;

	switch (option) {
	case 'd':
		return parse_number(value, 0.01, 1e6, &r->opts.interval_s);
	case 'x':
		return parse_number(value, SPEED_MIN, SPEED_MAX, &r->speed);
	case 'h':
		return r->opts.is_help = true;
	}
	return false;
}

static enum exit_code parse_options(int argc, char **argv, struct replay *r)
{
	int operand;
	enum exit_code code =
		options__parse(argc, argv, option_table, OPTIONS_CNT, take_option, r, &operand);

	if (code || r->opts.is_help)
		return code;
	if (operand + 1 != argc)
		return complain(EXIT_USAGE, "replay takes one recording; see --help");
	r->path = argv[operand];
	if (strcmp(r->path, "-") && (rec_reader__can_reopen(r->path) || access(r->path, F_OK)))
		return EXIT_FINE; /* or opening it tells what is wrong */
	return complain(EXIT_USAGE,
			"%s is no file, and replay reads a recording more than once: save it to a "
			"file first",
			r->path);
}

/* ---- parts of the recording ---- */

static void part_fini(struct part *part)
{
	rec_feed__free(part->feed);
	part->feed = NULL;
	part->events_cnt = 0;
}

/* What tells of slow operations, and ended in the interval. */
static int events_take(struct recent *recent, enum rec_kind kind, const void *record,
		       __u64 first_ns, __u64 last_ns)
{
	const struct event_op *op = record;

	if (kind == REC_BLAME)
		return recent__add(recent, record, sizeof(struct event_blame));
	if (kind != REC_OP || op->start_ns + op->dur_ns < first_ns ||
	    op->start_ns + op->dur_ns >= last_ns)
		return 0;
	return recent__add(recent, record, sizeof(*op));
}

static int records_take(struct rec_reader *reader, struct part *part, struct recent *recent,
			__u64 first_ns, __u64 last_ns)
{
	const void *record;
	enum rec_kind kind;
	int err = 0, res = 0;

	while (!err && (res = rec_reader__next(reader, &kind, &record)) == 1)
		err = rec_feed__take(part->feed, kind, record)
			      ?: events_take(recent, kind, record, first_ns, last_ns);
	return err ?: res;
}

/*
 * From @from_ns to @to_ns (0: the end) after the start. 0 or -errno with @failure, and then there
 * is nothing; what is damaged is left out, and said.
 */
static int part_read(struct replay *r, struct part *part, __u64 from_ns, __u64 to_ns,
		     struct failure *failure)
{
	struct rec_feed_opts opts = {
		.filters = { .from_ns = from_ns ? r->skip_ns + from_ns : 0,
			     .to_ns = to_ns ? r->skip_ns + to_ns : 0 },
	};
	__u64 first_ns = r->start_ns + from_ns, last_ns = to_ns ? r->start_ns + to_ns : ~0ULL;
	struct recent *recent = recent__new(~0ULL >> 1, EVENTS_BYTES_MAX);
	struct rec_reader *reader = NULL;
	int err;

	part_fini(part);
	part->feed = rec_feed__new(&opts);
	err = rec_reader__open(&reader, r->path, failure);
	if (!err && (!recent || !part->feed))
		err = failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN, "not enough memory");
	if (!err) {
		if (from_ns || to_ns)
			rec_reader__set_range(reader, first_ns, last_ns);
		err = records_take(reader, part, recent, first_ns, last_ns)
			      ?: rec_feed__finish(part->feed);
		if (err)
			*failure = *rec_reader__failure(reader);
		if (err == -ENOMEM)
			failure__set(failure, err, EXIT_CANNOT_RUN, "not enough memory");
		part->events_cnt = recent__slowest(recent, part->events, EVENTS_MAX);
		snprintf(r->damage, sizeof(r->damage), "%s", rec_reader__damage(reader)->text);
	}
	rec_reader__free(reader);
	recent__free(recent);
	if (err)
		part_fini(part);
	return err;
}

/* Once: how long it is, and where it comes from. */
static enum exit_code recording_open(struct replay *r)
{
	const struct rec_facts *facts;
	const struct summary *s;
	struct failure failure;

	if (part_read(r, &r->total, 0, 0, &failure))
		return complain(failure.code, "%s", failure.text);
	facts = rec_feed__facts(r->total.feed);
	s = rec_feed__summary(r->total.feed);
	r->start_ns = summary__start_ns(s);
	r->length_ns = summary__duration_ns(s);
	if (facts->start_ns && facts->start_ns < r->start_ns)
		r->skip_ns = r->start_ns - facts->start_ns;
	snprintf(r->host, sizeof(r->host), "%s", facts->host);
	snprintf(r->kernel, sizeof(r->kernel), "%s", facts->kernel);
	snprintf(r->tool_version, sizeof(r->tool_version), "%s", facts->tool_version);
	for (size_t i = 0; i < facts->filters_cnt; i++) {
		snprintf(r->filter_texts[i], sizeof(r->filter_texts[i]), "%s %s",
			 facts->filters[i].name, facts->filters[i].value);
		r->filters[i] = r->filter_texts[i];
	}
	r->filters_cnt = facts->filters_cnt;
	return EXIT_FINE;
}

static __u64 interval_ns(const struct replay *r)
{
	return r->screen.interval_s * NS_PER_S;
}

/* The interval at at_ns, the one before, and all up to its end where that is looked at. */
static int frame_read(struct replay *r)
{
	__u64 from_ns = r->at_ns, to_ns = from_ns + interval_ns(r);
	struct failure failure;
	bool is_next = r->now.feed && r->now_from_ns + interval_ns(r) == from_ns &&
		       r->now_width_ns == interval_ns(r);
	int err;

	part_fini(&r->before);
	if (is_next) {
		r->before = r->now;
		r->now.feed = NULL;
	}
	err = part_read(r, &r->now, from_ns, to_ns, &failure);
	r->now_from_ns = from_ns;
	r->now_width_ns = interval_ns(r);
	if (!err && !is_next && from_ns >= interval_ns(r))
		err = part_read(r, &r->before, from_ns - interval_ns(r), from_ns, &failure);
	if (!err && r->screen.state.is_cumulative)
		err = part_read(r, &r->total, 0, to_ns, &failure);
	if (err)
		screen__say(&r->screen, true, "%s", failure.text);
	else if (*r->damage && !r->is_damage_told)
		screen__say(&r->screen, true, "%s: %s", r->path, r->damage);
	r->is_damage_told = *r->damage;
	r->is_dirty = true;
	return err == -ENOMEM ? err : 0;
}

static const struct summary *summary_of(const struct part *part)
{
	return part->feed ? rec_feed__summary(part->feed) : NULL;
}

static struct live_data data_of(const struct replay *r)
{
	const struct part *part = r->screen.state.is_cumulative ? &r->total : &r->now;

	return (struct live_data){
		.interval = summary_of(&r->now),
		.previous = summary_of(&r->before),
		.total = summary_of(&r->total),
		.names = part->feed ? rec_feed__names(part->feed) : NULL,
		.events = part->events,
		.events_cnt = part->events_cnt,
		.host = *r->host ? r->host : NULL,
		.kernel = *r->kernel ? r->kernel : NULL,
		.tool_version = *r->tool_version ? r->tool_version : NULL,
		.session_ns = r->at_ns + interval_ns(r),
		.interval_s = r->screen.interval_s,
		.stuck_ns = STUCK_NS,
		.filters = r->filters,
		.filters_cnt = r->filters_cnt,
		.is_replay = true,
		.is_playing = r->is_playing,
		.speed = r->speed,
		.at_ns = r->at_ns,
		.length_ns = r->length_ns,
	};
}

/* ---- going on, and what keys ask for ---- */

static int timer_update(struct replay *r)
{
	return timer_set(r->timer, r->is_playing ? r->screen.interval_s / r->speed : 0);
}

static __u64 last_ns(const struct replay *r)
{
	__u64 width_ns = interval_ns(r);

	return r->length_ns ? (r->length_ns - 1) / width_ns * width_ns : 0;
}

/* To an interval, numbered from the start, that may be outside. */
static int go_to(struct replay *r, double nr)
{
	double last_nr = last_ns(r) / interval_ns(r);

	if (!(nr < last_nr)) {
		nr = last_nr;
		r->is_playing = false;
	}
	r->at_ns = nr > 0 ? (__u64)nr * interval_ns(r) : 0;
	return frame_read(r);
}

static double nr_of(const struct replay *r)
{
	return r->at_ns / interval_ns(r);
}

static int set_interval(struct replay *r, double interval_s)
{
	r->screen.interval_s = interval_s;
	return go_to(r, nr_of(r));
}

static void set_speed(struct replay *r, double factor)
{
	double speed = r->speed * factor;

	r->speed = speed < SPEED_MIN ? SPEED_MIN : speed > SPEED_MAX ? SPEED_MAX : speed;
}

static int serve(struct replay *r, bool was_cumulative)
{
	struct live_state *st = &r->screen.state;
	struct live_state asked = *st;
	bool was_playing = r->is_playing;
	int err = 0;

	st->wants_toggle = st->wants_jump = false;
	st->wants_steps = st->wants_speed = st->wants_interval_s = 0;
	r->is_dirty = true;
	if (asked.wants_speed)
		set_speed(r, asked.wants_speed);
	if (asked.wants_toggle)
		r->is_playing = !r->is_playing;
	if (asked.wants_interval_s)
		err = set_interval(r, asked.wants_interval_s);
	else if (asked.wants_jump)
		err = go_to(r, asked.wants_jump_s * NS_PER_S / interval_ns(r));
	else if (asked.wants_steps)
		err = go_to(r, nr_of(r) + asked.wants_steps);
	else if (asked.is_cumulative != was_cumulative)
		err = frame_read(r);
	/* only then: each time it begins anew */
	if (!err && (r->is_playing != was_playing || asked.wants_speed || asked.wants_interval_s))
		err = timer_update(r);
	return err;
}

static int loop(struct replay *r, int signals)
{
	struct pollfd fds[] = {
		{ .fd = term__fd(r->screen.term), .events = POLLIN },
		{ .fd = r->timer, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int err = go_to(r, 0);

	while (!err && !r->screen.state.wants_quit) {
		bool was_cumulative = r->screen.state.is_cumulative;
		struct live_data data = data_of(r);
		__u64 expired;

		if (r->is_dirty)
			err = screen__draw(&r->screen, &data);
		r->is_dirty = false;
		if (!err && poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0 && errno != EINTR)
			err = -errno;
		if (err || fds[2].revents)
			break;
		if (fds[0].revents)
			err = screen__keys(&r->screen, true) ?: serve(r, was_cumulative);
		if (!err && fds[1].revents && read(r->timer, &expired, sizeof(expired)) > 0)
			err = go_to(r, nr_of(r) + 1) ?: r->is_playing ? 0 : timer_update(r);
	}
	return err;
}

static enum exit_code show(struct replay *r)
{
	int signals = signals_new(0), err;
	enum exit_code code = screen__open(&r->screen, DEFAULT_INTERVAL_S, false);

	if (!code) {
		r->timer = timer_new(0);
		err = signals < 0 ? signals : r->timer < 0 ? r->timer : loop(r, signals);
		screen__close(&r->screen);
		if (err)
			code = complain(EXIT_CANNOT_RUN, "the view has ended: %s", strerror(-err));
		if (r->timer >= 0)
			close(r->timer);
	}
	if (signals >= 0)
		close(signals);
	return code;
}

enum exit_code cmd_replay(int argc, char **argv)
{
	struct replay r = { .speed = 1, .timer = -1 };
	enum exit_code code = parse_options(argc, argv, &r);

	if (code || r.opts.is_help)
		return code ?: print_help();
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return complain(EXIT_USAGE, "replay needs a terminal; see " TOOL_NAME " report");
	r.screen.interval_s = r.opts.interval_s;
	code = recording_open(&r) ?: show(&r);
	part_fini(&r.now);
	part_fini(&r.before);
	part_fini(&r.total);
	return code;
}
