// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Events go to the summary at once; looks are kept two at most, the last one before the time that
 * is asked for and the first one that has all of it: what is counted between the two is of that
 * time.
 */
#include "rec_feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "rec_look.h"
#include "window_feed.h"

/* Where the time between two looks is none that makes sense. */
#define TIMELINE_BASE_NS 125000000ULL
#define TIMELINE_MIN_NS	 1000000ULL
#define TIMELINE_MAX_NS	 60000000000ULL

struct rec_feed {
	struct rec_feed_opts opts;
	struct rec_facts facts;
	struct rec_match *match;
	bool has_match; /* anything is asked for */
	struct names *names;
	struct summary *s;	/* what events have told; at the end the whole */
	struct summary *mounts; /* all that were met */
	struct window_feed *windows;
	struct timeline *timeline;
	bool has_machine;
	struct rec_machine machine; /* of this recording; its strings are not kept */
	__u64 begin_ns;		    /* of the first recording: what --from and --to are since */
	__u64 start_ns;		    /* what is there of that is since then */
	__u64 since_ns;		    /* and of this recording, or piece of one, since then */
	bool is_late;		    /* which is not since it began */
	bool is_uncounted;	    /* what looks count is not known of all the time */
	__u64 first_ns, last_ns;    /* of all records with a time */
	__u64 end_ns;		    /* of tracing; 0: not told */
	struct rec_look *look;	    /* that is being told, NULL: none */
	bool is_looked;		    /* its windows were taken */
	struct rec_look *before, *after;
	__u64 names_lost;
};

struct rec_feed *rec_feed__new(const struct rec_feed_opts *opts)
{
	struct rec_feed *feed = calloc(1, sizeof(*feed));
	size_t cells_max = opts->cells_max ?: REC_CELLS_MAX;

	if (!feed)
		return NULL;
	feed->opts = *opts;
	feed->names = names__new();
	feed->s = summary__new();
	feed->mounts = summary__new();
	feed->windows = window_feed__new();
	feed->match = rec_match__new(&opts->filters, feed->names);
	if (!feed->names || !feed->s || !feed->mounts || !feed->windows || !feed->match ||
	    summary__limit_rows(feed->s, cells_max, REC_EDGES_MAX)) {
		rec_feed__free(feed);
		errno = ENOMEM;
		return NULL;
	}
	feed->has_match = rec_match__is_any(feed->match);
	return feed;
}

void rec_feed__free(struct rec_feed *feed)
{
	if (!feed)
		return;
	for (size_t i = 0; i < feed->facts.filters_cnt; i++) {
		free((char *)feed->facts.filters[i].name);
		free((char *)feed->facts.filters[i].value);
	}
	rec_look__free(feed->look);
	rec_look__free(feed->before);
	rec_look__free(feed->after);
	timeline__free(feed->timeline);
	window_feed__free(feed->windows);
	rec_match__free(feed->match);
	summary__free(feed->mounts);
	summary__free(feed->s);
	names__free(feed->names);
	free(feed);
}

/* What is not known is told, and else left out. */
static int known(struct rec_feed *feed, int err)
{
	feed->facts.unknown_cnt += err == -EINVAL;
	feed->facts.full_cnt += err == -ENOSPC;
	return err == -EINVAL || err == -ENOSPC ? 0 : err;
}

static void note_time(struct rec_feed *feed, __u64 ns)
{
	if (!feed->first_ns || ns < feed->first_ns)
		feed->first_ns = ns;
	if (ns > feed->last_ns)
		feed->last_ns = ns;
}

/* ---- names ---- */

static int name_kept(struct rec_feed *feed, int err)
{
	feed->names_lost += err == -ENOSPC;
	return err == -ENOSPC ? 0 : known(feed, err);
}

static int take_inode(struct rec_feed *feed, const void *record)
{
	return name_kept(feed, names__add_inode(feed->names, record));
}

static int take_task(struct rec_feed *feed, const void *record)
{
	const struct rec_task *task = record;

	return name_kept(feed, names__add_task(feed->names, &task->task, task->comm));
}

/* Under the name that it has had last. */
static int mount_remember(struct rec_feed *feed, const struct rec_mount *m)
{
	struct mount_state state = {
		.dev = m->dev,
		.mountpoint = m->mountpoint,
		.tag = m->tag,
		.fstype = m->fstype,
		.dax_mode = m->dax_mode,
		.reason = "unmounted",
	};

	if (summary__mount_cnt(feed->mounts) >= REC_MOUNTS_MAX &&
	    !summary__mount_by_dev(feed->mounts, m->dev))
		return -ENOSPC;
	return summary__set_mount(feed->mounts, &state);
}

bool rec_feed__wants_names(const struct rec_feed *feed)
{
	return rec_match__wants_names(feed->match);
}

int rec_feed__take_name(struct rec_feed *feed, enum rec_kind kind, const void *record)
{
	switch (kind) {
	case REC_INODE:
		return take_inode(feed, record);
	case REC_TASK:
		return take_task(feed, record);
	case REC_MOUNT:
		return known(feed, mount_remember(feed, record));
	default:
		return 0;
	}
}

int rec_feed__names_end(struct rec_feed *feed)
{
	feed->names_lost = 0; /* they come once more */
	feed->facts.unknown_cnt = feed->facts.full_cnt = 0;
	return rec_match__resolve(feed->match, feed->mounts);
}

/* ---- machine ---- */

static void copy_text(char *to, size_t bytes, const char *from)
{
	fmt__clean(to, bytes, from ?: "", from ? strlen(from) : 0);
}

static void facts_fill(struct rec_facts *f, const struct rec_machine *m)
{
	copy_text(f->host, sizeof(f->host), m->host);
	copy_text(f->kernel, sizeof(f->kernel), m->kernel);
	copy_text(f->machine, sizeof(f->machine), m->machine);
	copy_text(f->boot_id, sizeof(f->boot_id), m->boot_id);
	copy_text(f->tool_version, sizeof(f->tool_version), m->tool_version);
	copy_text(f->command, sizeof(f->command), m->command);
}

/*
 * All is there of a recording since then: a ring was too small for the rest, or parts are missing.
 */
static __u64 known_since(const struct rec_machine *m)
{
	__u64 ns = m->part ? m->mono_ns : m->start_ns;

	if (m->ring_ns)
		ns = m->mono_ns > m->ring_ns ? m->mono_ns - m->ring_ns : 0;
	return ns > m->start_ns ? ns : m->start_ns;
}

/*
 * And up to then, of what was given so far. What was in a ring is known up to when it was written.
 */
static __u64 known_until(const struct rec_feed *feed)
{
	__u64 dumped_ns = feed->machine.ring_ns ? feed->machine.mono_ns : 0;

	return feed->end_ns ?: feed->last_ns > dumped_ns ? feed->last_ns : dumped_ns;
}

/* The time that is asked for. */
static __u64 asked_first_ns(const struct rec_feed *feed)
{
	return feed->begin_ns + feed->opts.filters.from_ns;
}

static __u64 asked_last_ns(const struct rec_feed *feed)
{
	__u64 to_ns = feed->opts.filters.to_ns;

	return to_ns ? feed->begin_ns + to_ns : ~0ULL;
}

static __u64 span_start(const struct rec_feed *feed)
{
	__u64 start_ns = feed->has_machine ? feed->start_ns : feed->first_ns;

	return start_ns > asked_first_ns(feed) ? start_ns : asked_first_ns(feed);
}

/* So that there is a look in each interval, if nothing else is asked for. */
static int timeline_begin(struct rec_feed *feed, __u64 looks_ns)
{
	bool is_sane = looks_ns >= TIMELINE_MIN_NS && looks_ns <= TIMELINE_MAX_NS;
	__u64 asked_ns = feed->opts.interval_ns;

	if (!feed->opts.has_timeline || feed->timeline)
		return 0;
	feed->timeline = timeline__new(span_start(feed),
				       asked_ns
					       ?: is_sane ? looks_ns
							  : TIMELINE_BASE_NS,
				       asked_ns ? TIMELINE_ASKED_ROWS : TIMELINE_ROWS);
	return feed->timeline ? 0 : -ENOMEM;
}

/* Nothing is known between what was given so far and what comes now. */
static void gap_add(struct rec_feed *feed)
{
	__u64 begin_ns = known_until(feed), end_ns = feed->since_ns;

	if (begin_ns < asked_first_ns(feed))
		begin_ns = asked_first_ns(feed);
	if (end_ns > asked_last_ns(feed))
		end_ns = asked_last_ns(feed);
	if (begin_ns >= end_ns)
		return;
	feed->facts.gaps_ns += end_ns - begin_ns;
	if (feed->timeline)
		timeline__add_unknown(feed->timeline, begin_ns, end_ns);
}

static void first_begin(struct rec_feed *feed, const struct rec_machine *m)
{
	feed->begin_ns = m->start_ns;
	feed->start_ns = feed->since_ns;
	feed->facts.start_ns = m->start_ns;
	feed->facts.is_late = feed->is_late;
	rec_match__begin(feed->match, m->start_ns);
}

static int recording_begin(struct rec_feed *feed, const struct rec_machine *m)
{
	bool is_sane = m->page_bytes && !(m->page_bytes & (m->page_bytes - 1));

	feed->facts.recordings_cnt++;
	feed->since_ns = known_since(m);
	feed->is_late = feed->since_ns > m->start_ns;
	if (feed->has_machine)
		gap_add(feed);
	else
		first_begin(feed, m);
	feed->has_machine = true;
	feed->end_ns = 0;
	if (m->detail < DETAIL_NR)
		summary__set_detail(feed->s, m->detail);
	if (is_sane)
		summary__set_page_bytes(feed->s, m->page_bytes);
	if (m->has_phases)
		summary__set_phases(feed->s, true);
	return timeline_begin(feed, m->interval_ns);
}

static int recording_end(struct rec_feed *feed, bool goes_on);

/* Is there nothing between what was given so far and this part of the same? */
static bool follows(const struct rec_feed *feed, const struct rec_machine *m)
{
	return m->ring_ns ? known_since(m) <= known_until(feed) : m->part == feed->machine.part + 1;
}

/* A ring that was written twice, or another recording. */
static bool overlaps(const struct rec_feed *feed, const struct rec_machine *m, bool is_part)
{
	if (!is_part)
		return m->start_ns < feed->last_ns;
	return m->ring_ns > m->mono_ns - feed->machine.mono_ns;
}

/*
 * Parts of one recording began at the same time; the first that is given may not be the first there
 * is, and some may be missing.
 */
static int take_machine(struct rec_feed *feed, const void *record)
{
	const struct rec_machine *m = record;
	bool is_part = feed->has_machine && feed->machine.start_ns == m->start_ns;
	bool is_next = is_part && follows(feed, m);
	int err = 0;

	if (feed->has_machine)
		feed->facts.is_overlapping |= overlaps(feed, m, is_part);
	else
		facts_fill(&feed->facts, m);
	if (feed->has_machine && !is_next)
		err = recording_end(feed, is_part);
	if (!err && !is_next)
		err = recording_begin(feed, m);
	feed->machine = *m;
	return err;
}

static int take_filter(struct rec_feed *feed, const void *record)
{
	const struct rec_filter *f = record;
	struct rec_facts *facts = &feed->facts;
	char name[64], value[1024];
	struct view_filter filter;

	copy_text(name, sizeof(name), f->name);
	copy_text(value, sizeof(value), f->value);
	for (size_t i = 0; i < facts->filters_cnt; i++)
		if (!strcmp(facts->filters[i].name, name) &&
		    !strcmp(facts->filters[i].value, value))
			return 0;
	if (facts->filters_cnt == REC_FILTERS_MAX)
		return -ENOSPC;
	filter = (struct view_filter){ strdup(name), strdup(value) };
	if (!filter.name || !filter.value) {
		free((char *)filter.name);
		free((char *)filter.value);
		return -ENOMEM;
	}
	facts->filters[facts->filters_cnt++] = filter;
	return 0;
}

/* ---- events ---- */

static int take_op(struct rec_feed *feed, const void *record)
{
	const struct event_op *ev = record;
	int err;

	if (ev->op >= OP_NR)
		return -EINVAL;
	if (ev->outcome < OUTCOME_NR) {
		note_time(feed, ev->start_ns);
		note_time(feed, ev->start_ns + ev->dur_ns);
	}
	if (feed->has_match && !rec_match__op(feed->match, ev))
		return 0;
	err = summary__add_event_op(feed->s, ev);
	if (!err && feed->timeline && ev->outcome < OUTCOME_NR)
		timeline__add_op(feed->timeline, ev->op, ev->start_ns);
	return err;
}

static int take_hits(struct rec_feed *feed, const void *record)
{
	const struct event_hits *ev = record;
	struct event_hits passing;
	int err;

	if (ev->op >= OP_NR || ev->cnt > HITS_MAX)
		return -EINVAL;
	note_time(feed, ev->base_ns);
	if (feed->has_match) {
		passing = *ev;
		ev = &passing;
		if (!rec_match__hits(feed->match, &passing))
			return 0;
	}
	err = summary__add_event_hits(feed->s, ev);
	if (!err && feed->timeline)
		timeline__add_hits(feed->timeline, ev);
	return err;
}

static int take_wait(struct rec_feed *feed, const void *record)
{
	const struct event_wait *ev = record;

	if (ev->op >= OP_NR || ev->wait >= WAIT_NR)
		return -EINVAL;
	note_time(feed, ev->begin_ns);
	if (feed->has_match && !rec_match__wait(feed->match, ev))
		return 0;
	if (feed->timeline)
		timeline__add_wait(feed->timeline, ev->wait, ev->begin_ns, ev->ns);
	return summary__add_event_wait(feed->s, ev);
}

static int take_blame(struct rec_feed *feed, const void *record)
{
	const struct event_blame *ev = record;

	if (ev->edge.op >= OP_NR)
		return -EINVAL;
	if (feed->has_match && !rec_match__blame(feed->match, ev))
		return 0;
	return summary__add_event_blame(feed->s, ev);
}

static int windows_look(struct rec_feed *feed);

/*
 * A look stands in the file before the events that happened until then: they come in blocks of
 * their own.
 */
static bool is_after_look(const struct rec_feed *feed, __u64 ns)
{
	return feed->look && ns > rec_look__ns(feed->look);
}

/* What becomes of windows is of all tasks and files, whatever is asked for, as it is live. */
static int take_window(struct rec_feed *feed, const void *record)
{
	const struct event_window *ev = record;
	int err = is_after_look(feed, ev->ns) ? windows_look(feed) : 0;

	note_time(feed, ev->ns);
	if (!rec_match__mount(feed->match, ev->key.dev))
		return err; /* its window is not followed */
	if (ev->change == WINDOW_SETUP || ev->change == WINDOW_UPGRADE)
		names__set_size(feed->names, &ev->key, ev->size_bytes);
	window_feed__take(feed->windows, ev);
	if (feed->timeline && rec_match__time(feed->match, ev->ns))
		timeline__add_window(feed->timeline, ev);
	return err;
}

/* It ends its mount, which is told whoever is asked for. */
static int take_self_request(struct rec_feed *feed, const void *record)
{
	const struct event_self_request *ev = record;
	int err = 0;

	if (rec_match__time(feed->match, ev->ns) && rec_match__mount(feed->match, ev->key.dev))
		err = summary__add_self_request(feed->s, ev);
	return err == -ENOSPC ? 0 : err;
}

/* ---- looks ---- */

/*
 * Before the first change after it, and after all changes before it: else window_feed would count
 * those twice.
 */
static int windows_look(struct rec_feed *feed)
{
	struct summary *s = feed->look ? rec_look__summary(feed->look) : NULL;

	if (!s || feed->is_looked)
		return 0;
	feed->is_looked = true;
	if (summary__why_unmeasured(s, "mounts.", "advice"))
		return 0;
	return window_feed__look(feed->windows, s);
}

static void busy_add(struct rec_feed *feed, const struct summary *s, __u64 ns)
{
	__u64 busy = 0, total = 0;

	for (size_t i = 0; i < summary__mount_cnt(s); i++) {
		const struct mount_state *m = summary__mount(s, i);

		busy += m->has_figures ? m->figures.busy_ranges : 0;
		total += m->has_figures ? m->figures.total_ranges : 0;
	}
	if (total)
		timeline__set_busy(feed->timeline, ns, busy, total);
}

/*
 * With what was before it: up to the time that is asked for, or that there is something of; the
 * first one there is, at least, where it does not count from the begin of tracing.
 */
static bool is_before(const struct rec_feed *feed, __u64 ns)
{
	if (feed->is_late && (ns <= feed->since_ns || (!feed->before && !feed->after)))
		return true;
	return feed->opts.filters.from_ns && ns <= asked_first_ns(feed);
}

/* Where it belongs: before what is asked for, the first after it, or neither. */
static void look_keep(struct rec_feed *feed, struct rec_look *look)
{
	__u64 ns = rec_look__ns(look), to_ns = feed->opts.filters.to_ns;
	bool has_all = feed->after && to_ns && rec_look__ns(feed->after) >= feed->begin_ns + to_ns;

	if (is_before(feed, ns)) {
		rec_look__free(feed->before);
		feed->before = look;
	} else if (has_all) {
		rec_look__free(look);
	} else {
		rec_look__free(feed->after);
		feed->after = look;
	}
}

static int look_end(struct rec_feed *feed)
{
	struct rec_look *look = feed->look;
	int err;

	if (!look)
		return 0;
	err = rec_look__end(look) ?: windows_look(feed);
	feed->look = NULL;
	if (rec_look__is_last(look))
		feed->end_ns = rec_look__ns(look);
	if (feed->timeline && rec_match__time(feed->match, rec_look__ns(look)))
		busy_add(feed, rec_look__summary(look), rec_look__ns(look));
	look_keep(feed, look);
	return err;
}

static int take_state(struct rec_feed *feed, const void *record)
{
	const struct rec_state *state = record;
	int err = look_end(feed);

	if (err)
		return err;
	note_time(feed, state->ns);
	feed->look = rec_look__new(state, feed->match);
	feed->is_looked = false;
	if (!feed->look)
		return -ENOMEM;
	summary__set_page_bytes(rec_look__summary(feed->look), summary__page_bytes(feed->s));
	summary__set_detail(rec_look__summary(feed->look), summary__detail(feed->s));
	summary__set_phases(rec_look__summary(feed->look), feed->machine.has_phases);
	return 0;
}

static int take_of_look(struct rec_feed *feed, enum rec_kind kind, const void *record)
{
	int err = kind == REC_MOUNT ? mount_remember(feed, record) : 0;

	/* A part that is cut off may begin inside of one: what belongs to none has no use. */
	return err || !feed->look ? err : rec_look__take(feed->look, kind, record);
}

static int (*const takers[])(struct rec_feed *feed, const void *record) = {
	[REC_OP] = take_op,	      [REC_HITS] = take_hits,
	[REC_WAIT] = take_wait,	      [REC_BLAME] = take_blame,
	[REC_WINDOW] = take_window,   [REC_SELF_REQUEST] = take_self_request,
	[REC_INODE] = take_inode,     [REC_TASK] = take_task,
	[REC_MACHINE] = take_machine, [REC_FILTER] = take_filter,
	[REC_STATE] = take_state,
};

int rec_feed__take(struct rec_feed *feed, enum rec_kind kind, const void *record)
{
	if (kind > REC_STATE && kind < REC_KINDS_END)
		return known(feed, take_of_look(feed, kind, record));
	if (kind >= sizeof(takers) / sizeof(takers[0]) || !takers[kind])
		return 0;
	return known(feed, takers[kind](feed, record));
}

/* ---- the end ---- */

/* Of this recording, or piece of one. */
static bool is_asked_for(const struct rec_feed *feed)
{
	return known_until(feed) > asked_first_ns(feed) && feed->since_ns < asked_last_ns(feed);
}

/*
 * What a recording's looks have counted in the time that is asked for. With no look after that,
 * what was as it is at the last one before is all there is.
 */
static int growth_add(struct rec_feed *feed)
{
	struct summary *none = summary__new();
	int err = none ? 0 : -ENOMEM;

	feed->is_uncounted |= !feed->after && is_asked_for(feed);
	if (!feed->after) {
		feed->after = feed->before;
		feed->before = NULL;
		if (!err && feed->after)
			err = summary__add_growth(feed->s, rec_look__summary(feed->after),
						  rec_look__summary(feed->after));
	} else if (!err) {
		err = summary__add_growth(feed->s, rec_look__summary(feed->after),
					  feed->before ? rec_look__summary(feed->before) : none);
	}
	summary__free(none);
	return err;
}

/*
 * One recording is over, and another begins, or another piece of it (@goes_on): its last look was
 * not the last one.
 */
static int recording_end(struct rec_feed *feed, bool goes_on)
{
	int err = look_end(feed) ?: growth_add(feed);

	if (!err && goes_on && feed->after)
		summary__drop_since_start(feed->s, rec_look__summary(feed->after));
	rec_look__free(feed->before);
	rec_look__free(feed->after);
	feed->before = feed->after = NULL;
	window_feed__free(feed->windows);
	feed->windows = window_feed__new();
	return err ?: feed->windows ? 0 : -ENOMEM;
}

/* What figures of looks cannot be asked for is told as not measured, not shown for all. */
static int filters_tell(struct rec_feed *feed)
{
	static const char *const why = "a recording does not tell it by task, file or time taken";
	const struct rec_filters *f = &feed->opts.filters;
	struct figure_set phases = { .phases = (1U << PHASE_NR) - 1 };
	bool by_task = f->tgid || f->comm || f->min_ns;
	int err = 0;

	if (!rec_match__is_narrow(feed->match))
		return 0;
	if (by_task)
		err = summary__add_unmeasured(feed->s, "releases", why);
	if (!err)
		err = summary__add_unmeasured(feed->s, "host.page_ins", why);
	if (!err && summary__has_phases(feed->s))
		err = summary__add_unmeasured_set(feed->s, &phases, why);
	return err;
}

/* What looks count is the difference of two. */
static int uncounted_tell(struct rec_feed *feed)
{
	static const char *const figures[] = {
		"releases",
		"busy_page_scans",
		"host.page_ins",
		"host.steal_ns",
		"trust.lost",
		"trust.unmatched",
		"trust.recursion_misses",
		"trust.kprobe_misses",
		"trust.events_lost",
		"trust.own_cpu_ns",
	};
	static const char *const why =
		"a recording tells it by two looks, and this one has not so many of its time";
	struct figure_set phases = { .phases = (1U << PHASE_NR) - 1 };
	int err = 0;

	if (!feed->is_uncounted)
		return 0;
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]) && !err; i++)
		err = summary__add_unmeasured(feed->s, figures[i], why);
	if (!err && summary__has_phases(feed->s))
		err = summary__add_unmeasured_set(feed->s, &phases, why);
	return err;
}

/* What windows were followed from needs to be all since tracing began. */
static const char *why_no_advice(const struct rec_feed *feed)
{
	if (feed->opts.filters.from_ns || feed->opts.filters.to_ns)
		return "it is of all since tracing began: leave --from and --to out";
	if (feed->facts.is_late)
		return "the recording does not have all since tracing began";
	if (feed->facts.recordings_cnt > 1)
		return "these are several recordings: report on each of them";
	return NULL;
}

static int advice_tell(struct rec_feed *feed)
{
	const char *why = why_no_advice(feed);

	if (why)
		return summary__add_unmeasured(feed->s, "mounts.advice", why);
	if (!summary__why_unmeasured(feed->s, "mounts.", "advice"))
		window_feed__tell(feed->windows, feed->s, feed->names);
	return 0;
}

/* Those that were unmounted meanwhile: what they did until then has their name. */
static int mounts_add(struct rec_feed *feed)
{
	int err = 0;

	for (size_t i = 0; i < summary__mount_cnt(feed->mounts) && !err; i++) {
		const struct mount_state *m = summary__mount(feed->mounts, i);

		if (!summary__mount_by_dev(feed->s, m->dev) &&
		    rec_match__mount(feed->match, m->dev))
			err = summary__set_mount(feed->s, m);
	}
	return err;
}

static int left_out_tell(struct rec_feed *feed, const char *figure, __u64 cnt, const char *why)
{
	char reason[160];

	if (!cnt)
		return 0;
	snprintf(reason, sizeof(reason), "%llu records are %s", cnt, why);
	return summary__add_unmeasured(feed->s, figure, reason);
}

static int unknown_tell(struct rec_feed *feed)
{
	int err = left_out_tell(feed, "recording.unknown", feed->facts.unknown_cnt,
				"of a newer version, or damaged: this one knows no such ids");

	if (!err)
		err = left_out_tell(
			feed, "recording.full", feed->facts.full_cnt,
			"left out: more mounts, filters or rows of a look than are kept");
	return err;
}

static void span_set(struct rec_feed *feed)
{
	__u64 start_ns = span_start(feed), end_ns = feed->end_ns ?: feed->last_ns;

	if (asked_last_ns(feed) < end_ns)
		end_ns = asked_last_ns(feed);
	summary__set_span(feed->s, start_ns, end_ns > start_ns ? end_ns : start_ns);
	summary__set_unknown(feed->s, feed->facts.gaps_ns);
	if (feed->machine.wall_ns)
		feed->facts.wall_ns = feed->machine.wall_ns + (end_ns - feed->machine.mono_ns);
	if (feed->timeline)
		timeline__end(feed->timeline, end_ns);
}

int rec_feed__finish(struct rec_feed *feed)
{
	int err = look_end(feed) ?: growth_add(feed);

	if (!err && feed->after)
		err = summary__set_gauges(feed->s, rec_look__summary(feed->after));
	summary__count_lost(feed->s, feed->names_lost);
	span_set(feed);
	if (!err)
		err = mounts_add(feed);
	if (!err)
		err = filters_tell(feed);
	if (!err)
		err = uncounted_tell(feed);
	if (!err)
		err = unknown_tell(feed);
	return err ?: advice_tell(feed);
}

const struct summary *rec_feed__summary(const struct rec_feed *feed)
{
	return feed->s;
}

const struct names *rec_feed__names(const struct rec_feed *feed)
{
	return feed->names;
}

const struct rec_facts *rec_feed__facts(const struct rec_feed *feed)
{
	return &feed->facts;
}

const struct timeline *rec_feed__timeline(const struct rec_feed *feed)
{
	return feed->timeline;
}

const struct summary *rec_feed__mounts(const struct rec_feed *feed)
{
	return feed->mounts;
}
