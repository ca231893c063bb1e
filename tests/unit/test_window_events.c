// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What single events come to in the window simulation, also where some of them were lost.
 */
#include <errno.h>

#include "../../src/hist.h"
#include "../../src/window_queue.h"
#include "../../src/model.h"
#include "check.h"
#include "window_feed.h"

static struct window_sim *sim_of(__u64 ranges, __u64 busy_ranges)
{
	struct window_sim_config config = {
		.window_ranges = ranges,
		.busy_ranges = busy_ranges,
		.has_removals = true,
	};

	return window_sim__new(&config);
}

/* Events one by one: a setup takes TRIP_NS, a removal no time worth a word. */
struct script {
	struct window_sim *sim;
	__u64 now_ns;
};

static void map(struct script *s, __u32 file, __u32 index, bool is_writable, bool is_upgrade)
{
	struct window_setup setup = {
		.inode = inode_of(file),
		.index = index,
		.now_ns = s->now_ns += TRIP_NS,
		.round_trip_ns = TRIP_NS,
		.is_writable = is_writable,
		.is_upgrade = is_upgrade,
	};

	window_sim__setup(s->sim, &setup);
}

static void unmap(struct script *s, __u32 file, __u32 index, enum window_removal_by by)
{
	struct window_removal removal = {
		.inode = inode_of(file), .index = index, .now_ns = ++s->now_ns, .by = by
	};

	window_sim__remove(s->sim, &removal);
}

static void evict(struct script *s, __u32 file, __u64 ranges)
{
	struct inode_key inode = inode_of(file);

	window_sim__inode_gone(s->sim, &inode, ranges, ++s->now_ns);
}

/* @first to @last of one file. */
static void set_up(struct script *s, __u32 file, __u32 first, __u32 last)
{
	for (__u32 i = first; i <= last; i++)
		map(s, file, i, false, false);
}

static void remove_all(struct script *s, __u32 file, __u32 first, __u32 last)
{
	for (__u32 i = first; i <= last; i++)
		unmap(s, file, i, REMOVED_BY_WORKER);
}

static void errors(void)
{
	struct window_sim_config config = { .window_ranges = 100, .max_bytes = 10000 };

	CHECK(!window_sim__new(&config) && errno == EINVAL);
	config.max_bytes = 0;
	config.window_ranges = 0;
	CHECK(!window_sim__new(&config) && errno == EINVAL);
	config.window_ranges = 1ULL << 40;
	CHECK(!window_sim__new(&config) && errno == EINVAL);
	window_sim__free(NULL);
}

/* 20 % of the ranges, rounded down, at least one. */
static void limits(void)
{
	static const struct {
		__u64 window, busy;
	} cases[] = { { 0, 0 },	  { 1, 0 },   { 2, 1 },	   { 9, 8 },	 { 10, 8 },
		      { 14, 12 }, { 15, 12 }, { 100, 80 }, { 256, 205 }, { 4096, 3277 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_U64(window_busy_limit(cases[i].window), cases[i].busy);
	for (__u64 busy = 1; busy < 3000; busy++) {
		__u64 ranges = window_ranges_for(busy);

		CHECK(window_busy_limit(ranges) >= busy && window_busy_limit(ranges - 1) < busy);
	}
	CHECK_U64(window_ranges_for(0), 0);
	CHECK_U64(window_memory_bytes(256 * RANGE_BYTES, 4096), 8 << 20);
}

/* Nothing has come back: there is nothing to advise, but how large the window need be. */
static void never_full(void)
{
	struct script script = { .sim = sim_of(100, 0) };
	struct window_sim_totals totals;
	struct window_forecast f;

	set_up(&script, 1, 0, 59);
	window_sim__totals(script.sim, &totals);
	CHECK_U64(totals.setups, 60);
	CHECK_U64(totals.repeats, 0);
	CHECK_U64(totals.busy_max, 60);
	CHECK_U64(totals.working_set_ranges, 60);
	CHECK_U64(totals.once_ranges, 60);
	CHECK_U64(window_sim__cnt(script.sim), 1);
	window_sim__forecast(script.sim, 0, &f);
	CHECK_U64(f.window_ranges, 100);
	CHECK_U64(f.setups, 60);
	CHECK_U64(f.saved_setups, 0);
	CHECK(window_sim__smallest(script.sim, 950, &f) == -ENOENT);
	window_sim__free(script.sim);
}

/*
 * Twice around 120 ranges in a window of 100: from 149 on the second round is free, below it
 * nothing is.
 */
static void twice_around(void)
{
	struct ref_stream *s = ref_stream_new();
	__u32 file = ref_file(s, 120);
	struct window_sim_totals totals;
	struct window_forecast f;
	struct window_sim *sim;

	for (__u32 i = 0; i < 240; i++)
		ref_push(s, file, i % 120, REF_READ);
	sim = observe(s, 100, 0, 0);
	window_sim__totals(sim, &totals);
	CHECK_U64(totals.setups, 240);
	CHECK_U64(totals.repeats, 120);
	CHECK_U64(totals.repeat_ns, 120 * TRIP_NS);
	CHECK_U64(totals.touched_ranges, 120);
	CHECK_U64(totals.once_ranges, 0);
	CHECK_U64(totals.removals[REMOVED_BY_WORKER], 160);
	if (CHECK(window_sim__smallest(sim, 950, &f) == 0)) {
		CHECK_U64(f.window_ranges, 149);
		CHECK_U64(f.saved_setups, 120);
		CHECK_U64(f.saved_round_trip_ns, 120 * TRIP_NS);
		CHECK_U64(f.memory_bytes, 149 * 32768);
	}
	f = forecast_at(sim, 125);
	CHECK_U64(f.window_ranges, 125);
	CHECK_U64(f.saved_setups, 0);
	window_sim__free(sim);
	ref_stream_free(s);
}

/* What goes with its inode would have gone from any window, and is new when it comes back. */
static void evictions(void)
{
	struct script script = { .sim = sim_of(100, 0) };
	struct window_sim_totals totals;

	for (int i = 0; i < 50; i++) {
		set_up(&script, 1, 0, 9);
		evict(&script, 1, 10);
		set_up(&script, 2, 0, 0);
		unmap(&script, 2, 0, REMOVED_BY_EVICTION);
	}
	window_sim__totals(script.sim, &totals);
	CHECK_U64(totals.setups, 550);
	CHECK_U64(totals.repeats, 0);
	CHECK_U64(totals.busy_max, 10);
	CHECK_U64(totals.working_set_ranges, 10);
	CHECK_U64(totals.touched_ranges, 550);
	CHECK_U64(totals.removals[REMOVED_BY_EVICTION], 550);
	CHECK_U64(window_sim__cnt(script.sim), 1);
	window_sim__free(script.sim);
}

static void lives(void)
{
	struct script script = { .sim = sim_of(100, 0) };
	struct window_sim_totals totals;

	set_up(&script, 1, 0, 0);
	script.now_ns += 999;
	unmap(&script, 1, 0, REMOVED_BY_WORKER);
	script.now_ns += 1000000;
	unmap(&script, 1, 0, REMOVED_BY_WORKER); /* told twice */
	set_up(&script, 1, 1, 1);
	script.now_ns += 4999;
	evict(&script, 1, 1);
	window_sim__totals(script.sim, &totals);
	CHECK_U64(hist_total(totals.life_hist, HIST_BUCKETS), 2);
	CHECK_U64(totals.life_hist[hist_bucket(1000)], 1);
	CHECK_U64(totals.life_hist[hist_bucket(5000)], 1);
	CHECK_U64(totals.life_max_ns, 5000);
	window_sim__free(script.sim);
}

/*
 * A range that was set up for reading is upgraded once more in each window that lost it, and in no
 * other.
 */
static void upgraded(void)
{
	struct script script = { .sim = sim_of(10, 0) };
	struct window_sim_totals totals;
	struct window_forecast f;

	for (int i = 0; i < 2; i++) {
		set_up(&script, 1, 0, 9);
		map(&script, 1, 9, true, true);
		remove_all(&script, 1, 0, 9);
	}
	window_sim__totals(script.sim, &totals);
	CHECK_U64(totals.setups, 20);
	CHECK_U64(totals.upgrades, 2);
	CHECK_U64(totals.round_trip_ns, 22 * TRIP_NS);
	if (CHECK(window_sim__smallest(script.sim, 1000, &f) == 0)) {
		CHECK_U64(f.saved_setups, 10);
		CHECK_U64(f.upgrades, 1);
		CHECK_U64(f.saved_round_trip_ns, 11 * TRIP_NS);
	}
	window_sim__free(script.sim);

	/* set up for writing here, found mapped for reading there: a request all the same */
	script.sim = sim_of(10, 0);
	set_up(&script, 1, 0, 9);
	remove_all(&script, 1, 0, 9);
	map(&script, 1, 0, true, false);
	if (CHECK(window_sim__smallest(script.sim, 1000, &f) == 0)) {
		CHECK_U64(f.saved_setups, 1);
		CHECK_U64(f.upgrades, 1);
		CHECK_U64(f.saved_round_trip_ns, 0);
	}
	window_sim__free(script.sim);
}

/* The worker frees one for each that is set up. */
static void exchange(struct script *s, __u32 in_file, __u32 in, __u32 out_file, __u32 out)
{
	set_up(s, in_file, in, in);
	remove_all(s, out_file, out, out);
}

/*
 * 80 ranges of another file are in the window before anything is seen. They give way to 80 new
 * ones; 21 of them come back, of which a larger window still holds those that went last; and others
 * follow.
 */
static void begun_late(void)
{
	struct script script = { .sim = sim_of(100, 80) };
	struct window_sim_totals totals;
	struct window_forecast f;

	for (__u32 i = 0; i < 80; i++)
		exchange(&script, 1, i, 2, i);
	for (__u32 i = 0; i < 21; i++)
		exchange(&script, 2, 79 - i, 1, i);
	remove_all(&script, 2, 59, 79);
	set_up(&script, 3, 0, 39);
	window_sim__totals(script.sim, &totals);
	CHECK_U64(totals.setups, 141);
	CHECK_U64(totals.repeats, 21);
	CHECK_U64(totals.control_setups, 141);
	CHECK_U64(totals.working_set_ranges, 141);
	f = forecast_at(script.sim, 125); /* up to 100 busy */
	CHECK_U64(f.window_ranges, 125);
	CHECK_U64(f.saved_setups, 20);
	f = forecast_at(script.sim, 150); /* up to 120 */
	CHECK_U64(f.window_ranges, 150);
	CHECK_U64(f.saved_setups, 21);
	window_sim__free(script.sim);
}

/*
 * All that was there before left with its inodes: what is removed next was set up unseen, and is
 * not known.
 */
static void evicted_unseen(void)
{
	struct script script = { .sim = sim_of(100, 20) };
	struct window_sim_totals totals;

	evict(&script, 2, 10);
	for (__u32 i = 0; i < 10; i++)
		unmap(&script, 3, i, REMOVED_BY_EVICTION);
	unmap(&script, 4, 0, REMOVED_BY_WORKER);
	set_up(&script, 4, 0, 0);
	window_sim__totals(script.sim, &totals);
	CHECK_U64(totals.repeats, 0);
	CHECK_U64(totals.removals[REMOVED_BY_EVICTION], 20);
	CHECK_U64(totals.busy_max, 20);
	window_sim__free(script.sim);
}

/* It must have been there before, wherever it is: no window sets it up, and all upgrade it. */
static void upgraded_unseen(void)
{
	struct script script = { .sim = sim_of(100, 80) };
	struct window_sim_totals totals;
	struct window_forecast f;

	map(&script, 2, 0, true, true);
	window_sim__totals(script.sim, &totals);
	CHECK_U64(totals.setups, 0);
	CHECK_U64(totals.upgrades, 1);
	CHECK_U64(totals.repeats, 0);
	CHECK_U64(totals.busy_max, 80);
	unmap(&script, 2, 0, REMOVED_BY_WORKER);
	set_up(&script, 2, 0, 0);
	map(&script, 2, 0, true, true);
	window_sim__totals(script.sim, &totals);
	CHECK_U64(totals.repeats, 1);
	window_sim__forecast(script.sim, 0, &f);
	CHECK_U64(f.setups, 0); /* 80 fit, and nothing else was set up */
	CHECK_U64(f.upgrades, 1);
	window_sim__free(script.sim);
}

/*
 * Windows that part later know what was mapped for writing before: at 101 ranges, that of 125 does.
 */
static void parted(void)
{
	struct script script = { .sim = sim_of(100, 0) };
	struct window_forecast f;

	for (__u32 i = 0; i < 80; i++)
		map(&script, 1, i, true, false);
	remove_all(&script, 1, 0, 79);
	set_up(&script, 2, 0, 29);
	for (__u32 i = 70; i < 80; i++)
		map(&script, 1, i, true, false);
	f = forecast_at(script.sim, 125);
	CHECK_U64(f.window_ranges, 125);
	CHECK_U64(f.saved_setups, 10);
	CHECK_U64(f.upgrades, 0);
	CHECK_U64(f.saved_round_trip_ns, 10 * TRIP_NS);
	window_sim__free(script.sim);
}

/* What events were lost for leaves counts that are wrong, and nothing that breaks. */
static void lost_events(void)
{
	struct script script = { .sim = sim_of(10, 0) };
	struct window_sim_totals totals;

	unmap(&script, 1, 0, REMOVED_NR);
	remove_all(&script, 1, 0, 99);
	evict(&script, 7, 1000);
	set_up(&script, 1, 0, 99);
	set_up(&script, 1, 0, 99);
	map(&script, 9, 0, true, true);
	window_sim__set_busy(script.sim, 1000);
	window_sim__totals(script.sim, &totals);
	CHECK_U64(totals.busy_max, 10);
	CHECK_U64(totals.setups, 200);
	CHECK_U64(totals.repeats, 100);
	window_sim__free(script.sim);
}

/*
 * Anything in any order, with as little memory as there can be: results stay within what was seen.
 */
static void check_bounds(const struct window_sim *sim)
{
	struct window_sim_totals totals;
	struct window_forecast f;
	size_t bad = 0;

	window_sim__totals(sim, &totals);
	bad += totals.repeats > totals.setups || totals.once_ranges > totals.touched_ranges;
	bad += totals.busy_max > 64 || totals.control_overlap_permille > 1000;
	for (size_t i = 0; i < window_sim__cnt(sim); i++) {
		__u64 before = i ? f.window_ranges : 0;

		window_sim__forecast(sim, i, &f);
		bad += f.window_ranges <= before || f.saved_setups > totals.setups;
		bad += f.saved_round_trip_ns > totals.round_trip_ns;
	}
	CHECK_U64(bad, 0);
}

static void anything(void)
{
	struct window_sim_config config = {
		.window_ranges = 64,
		.busy_ranges = 30,
		.has_removals = true,
		.max_bytes = 64 << 10,
	};
	struct ref_stream *s = ref_stream_new();
	struct script script = { .sim = window_sim__new(&config) };

	if (!CHECK(script.sim))
		return;
	for (int i = 0; i < 200000; i++) {
		__u32 file = ref_random(s) % 40, index = ref_random(s) % 60;
		__u64 what = ref_random(s) % 100;

		if (what < 60)
			map(&script, file, index, what < 20, what < 10);
		else if (what < 97)
			unmap(&script, file, index, what < 65 ? REMOVED_INLINE : REMOVED_BY_WORKER);
		else if (what < 99)
			evict(&script, file, ref_random(s) % 5);
		else
			window_sim__set_busy(script.sim, ref_random(s) % 70);
		if (i % 1000 == 0)
			check_bounds(script.sim);
	}
	window_sim__free(script.sim);
	ref_stream_free(s);
}

int main(void)
{
	errors();
	limits();
	never_full();
	twice_around();
	evictions();
	lives();
	upgraded();
	begun_late();
	evicted_unseen();
	upgraded_unseen();
	parted();
	lost_events();
	anything();
	return check_result();
}
