// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A recording gives the summary that the kernel's tables give of the same run; what it is asked for
 * alone, and nothing else, is left out; and nothing in it is trusted.
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/releases.h"
#include "../../src/view_json.h"
#include "check.h"
#include "rec_chance.h"

static const struct rec_feed_opts all;

/* To be freed by the caller. */
static char *json_of(const struct summary *s, const struct names *n)
{
	struct view_opts opts = { .host = "guest1", .kernel = "6.12.107", .seq = 1 };
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	CHECK(!view_json__print(f, s, n, &opts));
	fclose(f);
	return text;
}

/* Where they differ is shown. */
static void check_same(const struct summary *got, const struct summary *want, const struct names *n)
{
	char *a = json_of(got, n), *b = json_of(want, n);
	size_t i = 0;

	if (!CHECK(!strcmp(a, b))) {
		while (a[i] && a[i] == b[i])
			i++;
		i -= i < 60 ? i : 60;
		printf("#  got %.160s\n# want %.160s\n", a + i, b + i);
	}
	free(a);
	free(b);
}

static void check_same_hists(const struct summary *got, const struct summary *want)
{
	for (unsigned int op = 0; op < OP_NR; op++)
		CHECK(!memcmp(summary__op(got, op), summary__op(want, op),
			      sizeof(struct op_figures)));
	for (unsigned int wait = 0; wait < WAIT_NR; wait++)
		CHECK(!memcmp(summary__wait(got, wait), summary__wait(want, wait),
			      sizeof(struct wait_figures)));
}

/* ---- events and tables ---- */

/* One event of each kind, to both. */
static void both_add(struct chance *c, struct rec_writer *w, struct summary *tables)
{
	struct event_op op = chance_op(c);
	struct event_hits hits = chance_hits(c);
	struct event_wait wait = chance_wait(c);
	struct event_blame blame = chance_blame(c);

	CHECK(!rec_writer__add(w, REC_OP, &op));
	CHECK(!rec_writer__add(w, REC_HITS, &hits));
	CHECK(!rec_writer__add(w, REC_WAIT, &wait));
	CHECK(!rec_writer__add(w, REC_BLAME, &blame));
	tables_add_op(tables, &op);
	tables_add_hits(tables, &hits);
	tables_add_wait(tables, &wait);
	tables_add_blame(tables, &blame);
}

static void test_events_and_tables(void)
{
	struct summary *tables = summary__new(), *state = summary__new();
	struct trust trust = { .own_cpu_ns = 2 * MS, .hooks_attached = 20, .hooks_total = 20 };
	struct chance c = { 1 };
	struct rec_buffer b;
	struct rec_feed *feed;

	rec_buffer_begin(&b, &rec_sample_machine);
	for (int i = 0; i < 2000; i++)
		both_add(&c, b.w, tables);
	summary__set_span(state, REC_START, REC_END);
	summary__set_trust(state, &trust);
	sample_add_mounts(state);
	summary__add_unmeasured(state, "mounts.advice", "not followed");
	CHECK(!rec_state__write(b.w, state, true));
	rec_buffer_end(&b);
	summary__add_unmeasured(tables, "mounts.advice", "not followed");
	summary__set_span(tables, REC_START, REC_END);
	summary__set_trust(tables, &trust);
	sample_add_mounts(tables);
	feed = rec_buffer_report(&b, &all);
	CHECK_U64(rec_feed__facts(feed)->unknown_cnt, 0);
	check_same_hists(rec_feed__summary(feed), tables);
	check_same(rec_feed__summary(feed), tables, rec_feed__names(feed));
	rec_feed__free(feed);
	free(b.rec.bytes);
	summary__free(state);
	summary__free(tables);
}

/* ---- a summary's state, there and back ---- */

static void add_busy_row(struct summary *s)
{
	struct in_flight_row row = {
		.op = OP_PUNCH,
		.age_ns = 20 * SEC,
		.wait = WAIT_BUSY_PAGE,
		.wait_ns = 19 * SEC,
		.wait_start_ns = 90 * SEC,
		.task = { .pid = 4950, .tgid = 4950, .start_ms = 3 },
		.inode = SAMPLE_INODE5,
		.comm = "punch",
		SAMPLE_WHOLE,
		.page = { .offset = 8192, .refs_cnt = 3, .is_searched = true, .holder_cnt = 9 },
		.now = { .state = 'D',
			 .has_cpu = true,
			 .cpu_ns = 5,
			 .fn_cnt = 3,
			 .fns = { "schedule", NULL, "fuse_dax_break_layouts" } },
	};

	for (int i = 0; i < PAGE_HOLDERS; i++)
		row.page.holders[i] =
			(struct page_holder){ .tgid = 7, .pid = 7, .fd = i, .comm = "h" };
	CHECK(!summary__add_in_flight_row(s, &row));
}

static void add_releases(struct summary *s)
{
	struct page_release release = {
		.inode = SAMPLE_INODE5,
		.task = { .pid = 7, .tgid = 7, .start_ms = 9 },
		.op = OP_TRUNCATE,
		.who = RELEASER_TASK,
		.comm = "vmsplice",
		.stack = "put_page pipe_release",
		.cnt = 3,
		.total_ns = 9 * MS,
		.max_ns = 5 * MS,
		.offset_first = 4096,
		.offset_last = 4096,
	};

	CHECK(!summary__add_release(s, &release));
	release = (struct page_release){
		.op = OP_PUNCH, .stack = "", .cnt = 1, .total_ns = MS, .max_ns = MS
	};
	CHECK(!summary__add_release(s, &release));
}

static struct summary *state_sample(void)
{
	struct phase_figures phase = { .cnt = 3, .total_ns = 3000, .max_ns = 1200, .after = 3 };
	struct host_time host = { .steal_ns = 5 * MS };
	struct trust trust = { .recursion_misses = 2,
			       .kprobe_misses = 1,
			       .events_lost = 4,
			       .own_cpu_ns = 12 * MS,
			       .memory_bytes = 9 << 20,
			       .hooks_attached = 30,
			       .hooks_total = 31 };
	struct summary *s = summary__new();

	trust.counters[COUNTER_BEGAN_BEFORE] = 5;
	trust.counters[COUNTER_WINDOW_LOST] = 1;
	host.page_ins[OP_DAX_READ] = (struct page_ins){ 3, 2 * MS };
	phase.hist[hist_bucket(1000)] = 3;
	summary__set_span(s, REC_START, REC_END);
	sample_add_mounts(s);
	sample_add_in_flight(s);
	add_busy_row(s);
	add_releases(s);
	for (__u64 nodeid = 5; nodeid < 9; nodeid++)
		summary__add_window_share(
			s, &(struct inode_key){ .nodeid = nodeid, .dev = SAMPLE_DEV }, nodeid);
	summary__set_scans(s, (__u64[SCAN_NR]){ 4, 0, 2 });
	summary__set_trust(s, &trust);
	summary__set_host(s, &host);
	summary__set_phases(s, true);
	summary__add_phase(s, OP_FAULT_READ_PTE, PHASE_INSERT, &phase);
	summary__add_unmeasured(s, "wait.request.guest", "no such function");
	summary__add_unmeasured(s, "mounts.advice", "only --detail full follows single ranges");
	return s;
}

static void test_round_trip(void)
{
	struct rec_machine machine = rec_sample_machine;
	struct summary *s = state_sample();
	struct rec_buffer b;
	struct rec_feed *feed;

	machine.has_phases = true;
	rec_buffer_begin(&b, &machine);
	CHECK(!rec_state__write(b.w, s, true));
	rec_buffer_end(&b);
	feed = rec_buffer_report(&b, &all);
	check_same(rec_feed__summary(feed), s, rec_feed__names(feed));
	CHECK_U64(rec_feed__facts(feed)->unknown_cnt, 0);
	CHECK_TEXT(rec_feed__facts(feed)->host, "guest1");
	CHECK_U64(rec_feed__facts(feed)->wall_ns, (1795243200ULL + 10) * SEC);
	rec_feed__free(feed);
	free(b.rec.bytes);
	summary__free(s);
}

/* More in flight than there are rows: how many there are is not lost. */
static void test_many_in_flight(void)
{
	struct summary *s = summary__new();
	struct rec_buffer b;
	struct rec_feed *feed;

	summary__set_span(s, REC_START, REC_END);
	for (int i = 0; i < 1000; i++) {
		struct in_flight_row row = {
			.op = OP_DAX_READ, .age_ns = i * MS + 1, .wait = WAIT_NONE, SAMPLE_WHOLE
		};

		summary__add_in_flight_row(s, &row);
	}
	sample_add_in_flight(s); /* its worker is younger than some */
	rec_buffer_begin(&b, &rec_sample_machine);
	CHECK(!rec_state__write(b.w, s, false));
	rec_buffer_end(&b);
	feed = rec_buffer_report(&b, &all);
	CHECK_U64(summary__in_flight(rec_feed__summary(feed), OP_DAX_READ)->cnt, 1001);
	check_same(rec_feed__summary(feed), s, rec_feed__names(feed));
	rec_feed__free(feed);
	free(b.rec.bytes);
	summary__free(s);
}

/* ---- what is asked for ---- */

static void write_names(struct rec_writer *w)
{
	struct event_inode inode = { .kind = EVENT_INODE };

	for (__u64 i = 0; i < 50; i++) {
		inode.key =
			(struct inode_key){ .nodeid = 2 + i, .dev = SAMPLE_DEV, .generation = 1 };
		inode.path_len = 1 + snprintf(inode.path, sizeof(inode.path), "f%llu%clib", i, 0);
		CHECK(!rec_writer__add(w, REC_INODE, &inode));
	}
	for (__u32 pid = 100; pid < 120; pid++) {
		struct rec_task task = { .task = { pid / 4 * 4, pid, 7, 0 } };

		snprintf(task.comm, sizeof(task.comm), "t%u", pid % 3);
		CHECK(!rec_writer__add(w, REC_TASK, &task));
	}
}

/* Names come last, as they may. */
static void filter_sample(struct rec_buffer *b, struct event_op *ops, size_t cnt)
{
	struct summary *state = summary__new();
	struct chance c = { 7 };

	rec_buffer_begin(b, &rec_sample_machine);
	for (size_t i = 0; i < cnt; i++) {
		ops[i] = chance_op(&c);
		CHECK(!rec_writer__add(b->w, REC_OP, &ops[i]));
	}
	summary__set_span(state, REC_START, REC_END);
	sample_add_mounts(state);
	CHECK(!rec_state__write(b->w, state, true));
	write_names(b->w);
	rec_buffer_end(b);
	summary__free(state);
}

/* What was not seen to end took as long as it waited. */
static __u64 latency_of(const struct event_op *ev)
{
	__u64 ns = 0;

	for (int wait = 0; ev->outcome == OUTCOME_UNSEEN && wait < WAIT_NR; wait++)
		ns += ev->wait_ns[wait];
	return ev->outcome == OUTCOME_UNSEEN ? ns : ev->dur_ns;
}

static bool passes(const struct rec_filters *f, const struct event_op *ev)
{
	char text[32];
	bool has_waited = !f->waits;

	for (int wait = 0; wait < WAIT_NR; wait++)
		has_waited |= f->waits & 1U << wait && ev->wait_cnt[wait];
	if (f->path) {
		snprintf(text, sizeof(text), "/mnt/dax/lib/f%llu", ev->key.nodeid - 2);
		if (strcmp(text, f->path) && strcmp("lib", f->path))
			return false;
	}
	snprintf(text, sizeof(text), "t%u", ev->task.pid % 3);
	if ((f->comm && strcmp(text, f->comm)) || (f->mount && !strcmp(f->mount, "plain")))
		return false;
	return has_waited && (!f->ops || f->ops & 1U << ev->op) &&
	       (!f->tgid || ev->task.tgid == f->tgid) && latency_of(ev) >= f->min_ns &&
	       ev->start_ns >= REC_START + f->from_ns &&
	       (!f->to_ns || ev->start_ns < REC_START + f->to_ns);
}

static void test_filters(void)
{
	static const struct rec_filters rows[] = {
		{},
		{ .from_ns = 2 * SEC, .to_ns = 5 * SEC },
		{ .ops = 1U << OP_TRUNCATE | OPS_FAULT },
		{ .waits = 1U << WAIT_BUSY_PAGE },
		{ .tgid = 104 },
		{ .min_ns = 10 * MS },
		{ .mount = "dax" },
		{ .mount = "/mnt/dax", .tgid = 100 },
		{ .mount = "plain" },
		{ .path = "/mnt/dax/lib/f7" },
		{ .path = "lib" },
		{ .comm = "t1", .path = "lib" },
	};
	static struct event_op ops[3000];
	struct rec_buffer b;

	filter_sample(&b, ops, 3000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_feed_opts opts = { .filters = rows[i] };
		struct rec_feed *feed = rec_buffer_report(&b, &opts);
		struct summary *want = summary__new();

		for (size_t j = 0; j < 3000; j++)
			if (passes(&rows[i], &ops[j]))
				tables_add_op(want, &ops[j]);
		check_same_hists(rec_feed__summary(feed), want);
		summary__free(want);
		rec_feed__free(feed);
	}
	free(b.rec.bytes);
}

static void test_no_such_mount(void)
{
	struct rec_feed_opts opts = { .filters = { .mount = "/mnt/other" } };
	struct rec_feed *feed = rec_feed__new(&opts);
	static struct event_op ops[1];
	struct rec_buffer b;

	filter_sample(&b, ops, 1);
	rec_buffer_read(&b, feed, rec_feed__take_name);
	CHECK(rec_feed__names_end(feed) == -ENOENT);
	CHECK_U64(summary__mount_cnt(rec_feed__mounts(feed)), 2);
	rec_feed__free(feed);
	free(b.rec.bytes);
}

/* Some of the hits of one record, and their share of its units. */
static void test_hits_in_part(void)
{
	struct rec_feed_opts opts = { .filters = { .min_ns = 500 } };
	struct event_hits hits = { .kind = EVENT_HITS,
				   .op = OP_DAX_READ,
				   .base_ns = REC_START,
				   .units = 4 * 4096,
				   .cnt = 4,
				   .hits = { 200, 600, 400, 900 } };
	struct rec_feed *feed = rec_feed__new(&opts);
	const struct op_figures *f;

	CHECK(!rec_feed__take(feed, REC_MACHINE, &rec_sample_machine));
	CHECK(!rec_feed__take(feed, REC_HITS, &hits));
	CHECK(!rec_feed__finish(feed));
	f = summary__op(rec_feed__summary(feed), OP_DAX_READ);
	CHECK_U64(op_figures__count(f), 2);
	CHECK_U64(f->total_ns, 1500);
	CHECK_U64(f->units, 2 * 4096);
	rec_feed__free(feed);
}

/* What is counted by looks is of the time that is asked for, as far as looks tell. */
static void test_looks_in_time(void)
{
	struct rec_feed_opts opts = { .filters = { .from_ns = 2 * SEC, .to_ns = 4 * SEC } };
	struct rec_feed *feed = rec_feed__new(&opts);
	const struct trust *trust;

	rec_feed__take(feed, REC_MACHINE, &rec_sample_machine);
	for (__u64 i = 0; i <= 10; i++) {
		struct rec_state state = { .ns = REC_START + i * SEC,
					   .own_cpu_ns = i * 100,
					   .is_last = i == 10 };

		CHECK(!rec_feed__take(feed, REC_STATE, &state));
	}
	CHECK(!rec_feed__finish(feed));
	trust = summary__trust(rec_feed__summary(feed));
	CHECK_U64(trust->own_cpu_ns, 200);
	CHECK_U64(summary__trust_since_start(rec_feed__summary(feed))->own_cpu_ns, 400);
	CHECK_U64(summary__duration_ns(rec_feed__summary(feed)), 2 * SEC);
	rec_feed__free(feed);
}

/* ---- parts, and several recordings ---- */

static void take_look(struct rec_feed *feed, __u64 ns, __u64 own_cpu_ns)
{
	struct rec_state state = { .ns = ns, .own_cpu_ns = own_cpu_ns };

	CHECK(!rec_feed__take(feed, REC_STATE, &state));
}

/* The last two seconds before @ns, but for the first one. */
static void take_part(struct rec_feed *feed, __u64 start_ns, __u32 part, __u64 ns)
{
	struct rec_machine machine = rec_sample_machine;
	struct event_op ev = { .op = OP_TRUNCATE, .start_ns = ns - SEC, .dur_ns = MS };
	struct rec_state state = { .ns = ns, .own_cpu_ns = ns - start_ns };

	machine.start_ns = start_ns;
	machine.mono_ns = part ? ns - 2 * SEC : start_ns;
	machine.part = part;
	CHECK(!rec_feed__take(feed, REC_MACHINE, &machine));
	CHECK(!rec_feed__take(feed, REC_OP, &ev));
	CHECK(!rec_feed__take(feed, REC_STATE, &state));
}

static void test_parts(void)
{
	struct rec_feed *feed = rec_feed__new(&all);

	take_part(feed, REC_START, 0, REC_START + 2 * SEC);
	take_part(feed, REC_START, 1, REC_START + 4 * SEC);
	CHECK(!rec_feed__finish(feed));
	CHECK_U64(rec_feed__facts(feed)->recordings_cnt, 1);
	CHECK_U64(op_figures__count(summary__op(rec_feed__summary(feed), OP_TRUNCATE)), 2);
	CHECK_U64(summary__trust(rec_feed__summary(feed))->own_cpu_ns, 4 * SEC);
	CHECK_U64(summary__duration_ns(rec_feed__summary(feed)), 4 * SEC);
	rec_feed__free(feed);
}

static void test_recordings(void)
{
	struct rec_feed *feed = rec_feed__new(&all);

	take_part(feed, REC_START, 0, REC_START + 2 * SEC);
	take_part(feed, REC_START + 5 * SEC, 0, REC_START + 7 * SEC);
	CHECK(!rec_feed__finish(feed));
	CHECK_U64(rec_feed__facts(feed)->recordings_cnt, 2);
	CHECK(!rec_feed__facts(feed)->is_overlapping);
	CHECK_U64(op_figures__count(summary__op(rec_feed__summary(feed), OP_TRUNCATE)), 2);
	CHECK_U64(summary__trust(rec_feed__summary(feed))->own_cpu_ns, 4 * SEC);
	CHECK(summary__why_unmeasured(rec_feed__summary(feed), "mounts.", "advice"));
	rec_feed__free(feed);
}

/* Its first parts are gone: rates are of the time that is there. */
static void test_late_part(void)
{
	struct rec_feed_opts opts = { .has_timeline = true };
	struct rec_feed *feed = rec_feed__new(&opts);

	take_part(feed, REC_START, 3, REC_START + 9 * SEC);
	take_part(feed, REC_START, 4, REC_START + 11 * SEC);
	CHECK(!rec_feed__finish(feed));
	CHECK_U64(summary__duration_ns(rec_feed__summary(feed)), 4 * SEC);
	CHECK_U64(timeline__start_ns(rec_feed__timeline(feed)), REC_START + 7 * SEC);
	CHECK_U64(timeline__start_ns(rec_feed__timeline(feed)),
		  summary__start_ns(rec_feed__summary(feed)));
	CHECK_U64(summary__trust(rec_feed__summary(feed))->own_cpu_ns, 2 * SEC);
	CHECK(rec_feed__facts(feed)->is_late);
	rec_feed__free(feed);
}

/* Part 1 is gone: its time does not count, nor what went wrong in it. */
static void test_missing_part(void)
{
	struct rec_feed_opts opts = { .has_timeline = true, .interval_ns = 100 * SEC };
	struct rec_feed *feed = rec_feed__new(&opts);
	const struct summary *s;
	const struct timeline *t;

	take_part(feed, REC_START, 0, REC_START + 2 * SEC);
	take_part(feed, REC_START, 2, REC_START + 902 * SEC);
	take_look(feed, REC_START + 903 * SEC, 903 * SEC);
	take_part(feed, REC_START, 3, REC_START + 905 * SEC);
	CHECK(!rec_feed__finish(feed));
	s = rec_feed__summary(feed);
	t = rec_feed__timeline(feed);
	CHECK_U64(rec_feed__facts(feed)->recordings_cnt, 2);
	CHECK_U64(rec_feed__facts(feed)->gaps_ns, 898 * SEC);
	CHECK(!rec_feed__facts(feed)->is_overlapping);
	CHECK(!rec_feed__facts(feed)->is_late);
	CHECK_U64(summary__duration_ns(s), 7 * SEC);
	CHECK_U64(summary__end_ns(s) - summary__start_ns(s), 905 * SEC);
	CHECK_U64(op_figures__count(summary__op(s, OP_TRUNCATE)), 3);
	CHECK_U64(summary__trust(s)->own_cpu_ns, (2 + 3) * SEC);
	CHECK_U64(summary__trust_since_start(s)->own_cpu_ns, 905 * SEC);
	CHECK(summary__why_unmeasured(s, "mounts.", "advice"));
	CHECK_U64(timeline__row(t, 0)->unknown_ns, 98 * SEC);
	CHECK_U64(timeline__row(t, 5)->unknown_ns, 100 * SEC);
	CHECK_U64(timeline__row(t, 9)->unknown_ns, 95 * SEC); /* after its end */
	rec_feed__free(feed);
}

/* Of what is asked for, the part of it that nothing is known of. */
static void test_missing_part_in_time(void)
{
	struct rec_feed_opts opts = { .filters = { .from_ns = SEC, .to_ns = 500 * SEC } };
	struct rec_feed *feed = rec_feed__new(&opts);

	take_part(feed, REC_START, 0, REC_START + 2 * SEC);
	take_part(feed, REC_START, 2, REC_START + 902 * SEC);
	CHECK(!rec_feed__finish(feed));
	CHECK_U64(rec_feed__facts(feed)->gaps_ns, 498 * SEC);
	CHECK_U64(summary__duration_ns(rec_feed__summary(feed)), SEC);
	rec_feed__free(feed);
}

static void take_dump(struct rec_feed *feed, __u32 part, __u64 ns)
{
	struct rec_machine machine = rec_sample_machine;
	struct event_op ev = { .op = OP_TRUNCATE, .start_ns = ns - SEC, .dur_ns = MS };

	machine.mono_ns = ns;
	machine.ring_ns = 2 * SEC;
	machine.part = part;
	CHECK(!rec_feed__take(feed, REC_MACHINE, &machine));
	take_look(feed, ns - 3 * SEC, ns - REC_START - 3 * SEC);
	CHECK(!rec_feed__take(feed, REC_OP, &ev));
	take_look(feed, ns - MS, ns - REC_START);
}

/*
 * What lies between two times that a ring was written does not count; where nothing does, it is
 * one.
 */
static void test_ring_dumps(void)
{
	struct rec_feed_opts opts = { .has_timeline = true };
	struct rec_feed *feed = rec_feed__new(&opts);

	take_dump(feed, 0, REC_START + 10 * SEC);
	take_dump(feed, 1, REC_START + 12 * SEC);
	CHECK_U64(rec_feed__facts(feed)->recordings_cnt, 1);
	take_dump(feed, 2, REC_START + 912 * SEC);
	CHECK(!rec_feed__finish(feed));
	CHECK_U64(rec_feed__facts(feed)->recordings_cnt, 2);
	CHECK_U64(rec_feed__facts(feed)->gaps_ns, 898 * SEC);
	CHECK(!rec_feed__facts(feed)->is_overlapping);
	CHECK(rec_feed__facts(feed)->is_late);
	CHECK_U64(summary__start_ns(rec_feed__summary(feed)), REC_START + 8 * SEC);
	CHECK_U64(timeline__start_ns(rec_feed__timeline(feed)), REC_START + 8 * SEC);
	CHECK_U64(summary__duration_ns(rec_feed__summary(feed)), 6 * SEC - MS);
	CHECK_U64(summary__trust(rec_feed__summary(feed))->own_cpu_ns, (5 + 3) * SEC);
	rec_feed__free(feed);
}

/* A ring that had room for all there was. */
static void test_ring_of_all(void)
{
	struct rec_machine machine = rec_sample_machine;
	struct rec_feed *feed = rec_feed__new(&all);

	machine.mono_ns = REC_START + 5 * SEC;
	machine.ring_ns = 10 * SEC;
	CHECK(!rec_feed__take(feed, REC_MACHINE, &machine));
	take_look(feed, REC_START + SEC, 7);
	CHECK(!rec_feed__finish(feed));
	CHECK(!rec_feed__facts(feed)->is_late);
	CHECK_U64(summary__trust(rec_feed__summary(feed))->own_cpu_ns, 7);
	CHECK_U64(summary__start_ns(rec_feed__summary(feed)), REC_START);
	rec_feed__free(feed);
}

/* What looks count is the difference of two: with one, it is not known, and not nothing. */
static void test_lone_look(void)
{
	struct rec_machine machine = rec_sample_machine;
	struct rec_feed *feed = rec_feed__new(&all);
	char *json;

	machine.mono_ns = REC_START + 900 * SEC;
	machine.ring_ns = SEC;
	machine.has_phases = true;
	CHECK(!rec_feed__take(feed, REC_MACHINE, &machine));
	take_look(feed, REC_START + 900 * SEC, 7);
	CHECK(!rec_feed__finish(feed));
	CHECK(summary__why_unmeasured(rec_feed__summary(feed), "host.", "page_ins"));
	CHECK(summary__why_unmeasured(rec_feed__summary(feed), "", "releases"));
	CHECK(summary__why_unmeasured(rec_feed__summary(feed), "phase.", "insert"));
	json = json_of(rec_feed__summary(feed), rec_feed__names(feed));
	CHECK(strstr(json, "\"trust\":{\"lost\":null,\"unmatched\":null"));
	CHECK(strstr(json, "\"since_start\":{\"lost\":0,"));
	CHECK(strstr(json, "\"busy_page_scans\":null"));
	free(json);
	rec_feed__free(feed);
}

/* Two are enough; and where nothing is asked of a piece, it needs none. */
static void test_two_looks(void)
{
	struct rec_feed_opts opts = { .filters = { .from_ns = 900 * SEC } };
	struct rec_feed *feed = rec_feed__new(&opts);

	take_part(feed, REC_START, 1, REC_START + 102 * SEC);
	take_part(feed, REC_START, 5, REC_START + 902 * SEC);
	take_look(feed, REC_START + 903 * SEC, 903 * SEC);
	CHECK(!rec_feed__finish(feed));
	CHECK(!summary__why_unmeasured(rec_feed__summary(feed), "trust.", "lost"));
	CHECK_U64(summary__trust(rec_feed__summary(feed))->own_cpu_ns, SEC);
	rec_feed__free(feed);
}

/* ---- windows ---- */

static int take_mount_state(struct rec_feed *feed, __u64 ns, __u64 busy_ranges)
{
	struct rec_state state = { .ns = ns };
	struct rec_mount mount = { .dev = SAMPLE_DEV,
				   .flags = REC_MOUNT_FIGURES,
				   .mountpoint = "/mnt/dax",
				   .figures = { .fcd = 1,
						.total_ranges = 16,
						.free_ranges = 16 - busy_ranges,
						.busy_ranges = busy_ranges,
						.busy_max = busy_ranges,
						.looks_cnt = 1,
						.taken_cnt = busy_ranges } };

	return rec_feed__take(feed, REC_STATE, &state) ?: rec_feed__take(feed, REC_MOUNT, &mount);
}

static int take_setup(struct rec_feed *feed, __u64 ns, __u64 at)
{
	struct event_window ev = { .kind = EVENT_WINDOW,
				   .change = WINDOW_SETUP,
				   .key = { .nodeid = 5, .dev = SAMPLE_DEV },
				   .ns = ns,
				   .window_offset = at * RANGE_BYTES,
				   .index = at,
				   .size_bytes = 16 * RANGE_BYTES };

	return rec_feed__take(feed, REC_WINDOW, &ev);
}

/* A look stands before the events that happened until then, and those count once. */
static void test_window_order(void)
{
	struct rec_feed *feed = rec_feed__new(&all);
	const struct mount_state *m;

	CHECK(!rec_feed__take(feed, REC_MACHINE, &rec_sample_machine));
	for (__u64 i = 1; i <= 4; i++) {
		CHECK(!take_mount_state(feed, REC_START + i * SEC, i));
		CHECK(!take_setup(feed, REC_START + i * SEC - MS, i));
	}
	CHECK(!rec_feed__finish(feed));
	m = summary__mount(rec_feed__summary(feed), 0);
	if (CHECK(m->has_advice)) {
		CHECK_U64(m->advice.figures.setups, 4);
		CHECK_U64(m->advice.figures.repeats, 0);
		CHECK_U64(m->advice.figures.lost_races, 0);
	}
	rec_feed__free(feed);
}

/* ---- hostile ---- */

/* Bytes of chance as each kind of record; pointers alone are what they must be. */
static void take_garbage(struct rec_feed *feed, struct chance *c, const struct rec_kind_desc *kind)
{
	char record[REC_BYTES_MAX] __attribute__((aligned(8)));

	for (size_t i = 0; i < kind->bytes; i++)
		record[i] = chance(c, 4) ? 0xff : chance(c, 256);
	for (size_t i = 0; i < kind->fields_cnt; i++) {
		const struct rec_field *f = &kind->fields[i];
		const char *text = chance(c, 2) ? "x\033[31m \xff y" : NULL;

		if (f->type == REC_T_TEXT)
			memcpy(record + f->offset, &text, sizeof(text));
		if (f->type == REC_T_BYTES) /* the reader sees to it */
			memset(record + f->len_offset, 0, sizeof(__u32));
		if (f->type == REC_T_BYTES || f->type == REC_T_CHARS)
			record[f->offset + f->cnt - 1] = '\0';
		if (f->width == 1 && f->cnt == 1 && chance(c, 2))
			record[f->offset] = chance(c, 300);
	}
	CHECK(!rec_feed__take(feed, kind->id, record));
}

static void test_hostile(void)
{
	struct rec_feed_opts opts = { .has_timeline = true };
	struct rec_feed *feed = rec_feed__new(&opts);
	struct chance c = { 3 };
	char *json;

	for (int i = 0; i < 20000; i++)
		take_garbage(feed, &c, &rec_kinds[chance(&c, rec_kinds_cnt)]);
	CHECK(!rec_feed__take(feed, 0, &c));
	CHECK(!rec_feed__take(feed, REC_KINDS_END, &c));
	CHECK(!rec_feed__take(feed, 1U << 31, &c));
	CHECK(!rec_feed__finish(feed));
	CHECK(rec_feed__facts(feed)->unknown_cnt > 100);
	CHECK(summary__why_unmeasured(rec_feed__summary(feed), "recording.", "unknown"));
	json = json_of(rec_feed__summary(feed), rec_feed__names(feed));
	CHECK(!strchr(json, '\033'));
	free(json);
	rec_feed__free(feed);
}

/* More than is kept is not what a newer version would know. */
static void test_full(void)
{
	struct rec_feed *feed = rec_feed__new(&all);

	CHECK(!rec_feed__take(feed, REC_MACHINE, &rec_sample_machine));
	take_look(feed, REC_START, 0);
	for (__u32 i = 0; i < REC_MOUNTS_MAX + 3; i++) {
		struct rec_mount mount = { .dev = i + 1 };

		CHECK(!rec_feed__take(feed, REC_MOUNT, &mount));
	}
	for (int i = 0; i < REC_FILTERS_MAX + 2; i++) {
		char value[16];
		struct rec_filter filter = { "pid", value };

		snprintf(value, sizeof(value), "%d", i);
		CHECK(!rec_feed__take(feed, REC_FILTER, &filter));
	}
	for (int i = 0; i < REPEATS_MAX + 1; i++) {
		struct rec_repeat repeat = { .op = OP_FAULT_READ_PTE, .offset = i };

		CHECK(!rec_feed__take(feed, REC_REPEAT, &repeat));
	}
	CHECK(!rec_feed__finish(feed));
	CHECK_U64(rec_feed__facts(feed)->unknown_cnt, 0);
	CHECK_U64(rec_feed__facts(feed)->full_cnt, 3 + 2 + 1);
	CHECK(!summary__why_unmeasured(rec_feed__summary(feed), "recording.", "unknown"));
	CHECK(summary__why_unmeasured(rec_feed__summary(feed), "recording.", "full"));
	rec_feed__free(feed);
}

static void test_bounded_rows(void)
{
	struct rec_feed_opts opts = { .cells_max = 100 };
	struct rec_feed *feed = rec_feed__new(&opts);
	const struct entity *e = NULL;
	size_t rows = 0;

	rec_feed__take(feed, REC_MACHINE, &rec_sample_machine);
	for (__u32 i = 0; i < 10000; i++) {
		struct event_op ev = { .op = OP_DAX_READ,
				       .key = { .nodeid = i + 2, .dev = 38 },
				       .task = { .pid = i + 1 },
				       .start_ns = REC_START + i };

		CHECK(!rec_feed__take(feed, REC_OP, &ev));
		ev.err = 1 + i;
		ev.key.dev = 1000 + i; /* rest rows by mount are bounded, too */
		CHECK(!rec_feed__take(feed, REC_OP, &ev));
	}
	CHECK(!rec_feed__finish(feed));
	while ((e = summary__next_inode(rec_feed__summary(feed), e)))
		rows++;
	CHECK(rows > 100 && rows < 5000);
	CHECK_U64(summary__errno_cnt(rec_feed__summary(feed)), 1024);
	CHECK_U64(op_figures__count(summary__op(rec_feed__summary(feed), OP_DAX_READ)), 20000);
	CHECK_U64(summary__trust(rec_feed__summary(feed))->counters[COUNTER_INODES_FULL],
		  20000 - 100);
	CHECK_U64(summary__trust(rec_feed__summary(feed))->counters[COUNTER_TASKS_FULL],
		  2 * (10000 - 100));
	rec_feed__free(feed);
}

/* ---- interval by interval ---- */

static void test_timeline(void)
{
	struct rec_feed_opts opts = { .has_timeline = true, .interval_ns = SEC };
	struct event_wait wait = { .wait = WAIT_BUSY_PAGE,
				   .op = OP_TRUNCATE,
				   .begin_ns = REC_START + 2 * SEC + SEC / 2,
				   .ns = 3 * SEC };
	struct event_op ev = { .op = OP_TRUNCATE,
			       .start_ns = REC_START + 2 * SEC,
			       .dur_ns = 4 * SEC };
	struct rec_feed *feed = rec_feed__new(&opts);
	const struct timeline *t;

	rec_feed__take(feed, REC_MACHINE, &rec_sample_machine);
	rec_feed__take(feed, REC_WAIT, &wait);
	rec_feed__take(feed, REC_OP, &ev);
	CHECK(!rec_feed__finish(feed));
	t = rec_feed__timeline(feed);
	CHECK_U64(timeline__width_ns(t), SEC);
	CHECK_U64(timeline__cnt(t), 6);
	CHECK_U64(timeline__row(t, 2)->ops[OP_TRUNCATE], 1);
	CHECK_U64(timeline__row(t, 2)->wait_ns[WAIT_BUSY_PAGE], SEC / 2);
	CHECK_U64(timeline__row(t, 3)->wait_ns[WAIT_BUSY_PAGE], SEC);
	CHECK_U64(timeline__row(t, 5)->wait_ns[WAIT_BUSY_PAGE], SEC / 2);
	rec_feed__free(feed);
}

static void test_timeline_widens(void)
{
	struct timeline *t = timeline__new(REC_START, SEC, 8);
	__u64 ops = 0, wait_ns = 0;

	for (__u64 i = 0; i < 100; i++)
		timeline__add_op(t, OP_DAX_READ, REC_START + i * SEC);
	timeline__add_wait(t, WAIT_BUSY_PAGE, REC_START + SEC / 3, 77 * SEC);
	CHECK_U64(timeline__width_ns(t), 16 * SEC);
	CHECK_U64(timeline__cnt(t), 7);
	for (size_t i = 0; i < timeline__cnt(t); i++) {
		ops += timeline__row(t, i)->ops[OP_DAX_READ];
		wait_ns += timeline__row(t, i)->wait_ns[WAIT_BUSY_PAGE];
	}
	CHECK_U64(ops, 100);
	CHECK_U64(wait_ns, 77 * SEC);
	timeline__add_op(t, OP_DAX_READ, 0);
	timeline__add_op(t, OP_DAX_READ, ~0ULL);
	timeline__add_wait(t, WAIT_BUSY_PAGE, 5, ~0ULL);
	CHECK(timeline__cnt(t) <= 8);
	timeline__free(t);
}

/* ---- how fast ---- */

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void take_all(struct rec_feed *feed, enum rec_kind kind, const char *records, size_t bytes,
		     size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		rec_feed__take(feed, kind, records + i * bytes);
}

static void speed(const char *what, enum rec_kind kind, const void *records, size_t bytes,
		  size_t cnt, __u64 each)
{
	struct rec_feed_opts opts = { .has_timeline = true };
	struct rec_feed *feed = rec_feed__new(&opts);
	size_t rounds = 100, memory, grown;
	double took;

	rec_feed__take(feed, REC_MACHINE, &rec_sample_machine);
	take_all(feed, kind, records, bytes, cnt);
	memory = mallinfo2().uordblks;
	took = seconds();
	for (size_t round = 0; round < rounds; round++)
		take_all(feed, kind, records, bytes, cnt);
	took = seconds() - took;
	grown = mallinfo2().uordblks - memory;
	CHECK_U64(grown, 0); /* with the number of events */
	printf("# %s: %.1f ns each, %.2f million a second\n", what,
	       took * 1e9 / (rounds * cnt * each), rounds * cnt * each / took / 1e6);
	CHECK(!rec_feed__finish(feed));
	rec_feed__free(feed);
}

static void test_speed(void)
{
	static struct event_op ops[3000];
	static struct event_hits hits[300];
	static struct event_wait waits[3000];
	static struct event_blame blames[3000];
	struct chance c = { 9 };

	for (int i = 0; i < 3000; i++) {
		ops[i] = chance_op(&c);
		waits[i] = chance_wait(&c);
		blames[i] = chance_blame(&c);
	}
	for (int i = 0; i < 300; i++) {
		hits[i] = chance_hits(&c);
		hits[i].cnt = HITS_MAX;
	}
	speed("hits", REC_HITS, hits, sizeof(hits[0]), 300, HITS_MAX);
	speed("operations", REC_OP, ops, sizeof(ops[0]), 3000, 1);
	for (int i = 0; i < 3000; i++) {
		ops[i].op = ops[i].op % 2 ? OP_SETUP : OP_FAULT_READ_PTE;
		ops[i].key.nodeid %= 8;
		ops[i].task.pid %= 8;
	}
	speed("operations on few files", REC_OP, ops, sizeof(ops[0]), 3000, 1);
	speed("waits", REC_WAIT, waits, sizeof(waits[0]), 3000, 1);
	speed("blame", REC_BLAME, blames, sizeof(blames[0]), 3000, 1);
}

int main(void)
{
	test_events_and_tables();
	test_round_trip();
	test_many_in_flight();
	test_filters();
	test_no_such_mount();
	test_hits_in_part();
	test_looks_in_time();
	test_parts();
	test_recordings();
	test_late_part();
	test_missing_part();
	test_missing_part_in_time();
	test_ring_dumps();
	test_ring_of_all();
	test_lone_look();
	test_two_looks();
	test_window_order();
	test_hostile();
	test_full();
	test_bounded_rows();
	test_timeline();
	test_timeline_widens();
	test_speed();
	return check_result();
}
