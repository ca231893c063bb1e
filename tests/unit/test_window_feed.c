// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What the kernel tells of windows, taken to the figures of the right mount: also where a mount, a
 * range or an event is one that is not known.
 */
#include <stdlib.h>

#include "../../src/window_feed.h"
#include "check.h"
#include "file_rows.h"

#define TRIP_NS 1000ULL
#define FCD	0xffff888000000000ULL
#define NOT	WINDOW_NOT_MEASURED

/* A guest: the mounts as they are told, and events one by one. */
struct guest {
	struct window_feed *feed;
	struct summary *s;
	struct names *n;
	__u64 now_ns;
};

static struct guest guest_new(void)
{
	return (struct guest){ window_feed__new(), summary__new(), names__new(), 1000 };
}

static void guest_free(struct guest *g)
{
	window_feed__free(g->feed);
	summary__free(g->s);
	names__free(g->n);
}

/* The mount as the kernel has it now. */
static void set_mount(struct guest *g, __u32 dev, const struct mount_figures *figures)
{
	struct mount_state m = { .dev = dev, .has_figures = true, .figures = *figures };

	CHECK(!summary__set_mount(g->s, &m));
}

static void look(struct guest *g)
{
	CHECK(!window_feed__look(g->feed, g->s));
}

/* A guest with one window of @ranges, looked at. */
static struct guest guest_of(__u64 ranges)
{
	struct mount_figures figures = { .fcd = FCD,
					 .total_ranges = ranges,
					 .free_ranges = ranges };
	struct guest g = guest_new();

	set_mount(&g, ROWS_DEV, &figures);
	look(&g);
	return g;
}

static const struct window_advice *advice(struct guest *g, __u32 dev)
{
	const struct mount_state *m;

	window_feed__tell(g->feed, g->s, g->n);
	m = summary__mount_by_dev(g->s, dev);
	return m && m->has_advice ? &m->advice : NULL;
}

static struct window_figures figures(struct guest *g, __u32 dev)
{
	const struct window_advice *a = advice(g, dev);

	return CHECK(a != NULL) ? a->figures : (struct window_figures){};
}

/* Range @index of a file is, or was, at place @at of the window. */
static void take(struct guest *g, __u32 change, struct inode_key inode, __u64 index, __u64 at)
{
	struct event_window event = {
		.kind = EVENT_WINDOW,
		.change = change,
		.key = inode,
		.ns = g->now_ns += TRIP_NS,
		.window_offset = at * RANGE_BYTES,
	};

	if (change == WINDOW_SETUP || change == WINDOW_UPGRADE) {
		event.index = index;
		event.size_bytes = (index + 1) * RANGE_BYTES;
		event.round_trip_ns = TRIP_NS;
		event.wait_ns = 10;
		event.is_writable = change == WINDOW_UPGRADE;
	}
	window_feed__take(g->feed, &event);
}

static struct inode_key file(__u64 nodeid)
{
	return row_key(ROWS_DEV, nodeid);
}

/* The first @cnt ranges of a file, each at the place of its number. */
static void set_up(struct guest *g, __u64 nodeid, __u64 cnt)
{
	for (__u64 i = 0; i < cnt; i++)
		take(g, WINDOW_SETUP, file(nodeid), i, i);
}

/* ---- which mount ---- */

static void several_mounts(void)
{
	struct mount_figures small = { .fcd = FCD, .total_ranges = 10 };
	struct mount_figures large = { .fcd = FCD + 64, .total_ranges = 100 };
	struct mount_figures none = { .total_ranges = 100 };
	struct guest g = guest_new();

	set_mount(&g, ROWS_DEV, &small);
	set_mount(&g, 39, &large);
	set_mount(&g, 40, &none);
	look(&g);
	for (__u64 i = 0; i < 5; i++) {
		take(&g, WINDOW_SETUP, row_key(ROWS_DEV, 2), i, i);
		take(&g, WINDOW_SETUP, row_key(39, 2), i, 90 + i);
		take(&g, WINDOW_SETUP, row_key(40, 2), i, i);
		take(&g, WINDOW_SETUP, row_key(41, 2), i, i);
	}
	take(&g, WINDOW_REMOVED, row_key(39, 2), 0, 90);
	CHECK_U64(figures(&g, ROWS_DEV).window_ranges, 10);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 5);
	CHECK_U64(figures(&g, ROWS_DEV).removals, 0);
	CHECK_U64(figures(&g, 39).window_ranges, 100);
	CHECK_U64(figures(&g, 39).setups, 5);
	CHECK_U64(figures(&g, 39).removals, 1);
	CHECK(!advice(&g, 40));
	CHECK(!advice(&g, 41));
	guest_free(&g);
}

/* What happened before the first look is kept for it. */
static void not_looked_at(void)
{
	struct mount_figures m = { .fcd = FCD, .total_ranges = 10 };
	struct guest g = guest_new();

	set_mount(&g, ROWS_DEV, &m);
	set_up(&g, 2, 3);
	CHECK(!advice(&g, ROWS_DEV));
	look(&g);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 3);
	set_up(&g, 3, 3);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 6);
	look(&g);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 6);
	guest_free(&g);
	window_feed__free(NULL);
}

/* The number of a mount that is gone is another's now. */
static void new_mount(void)
{
	struct mount_figures again = { .fcd = FCD + 64, .total_ranges = 200 };
	struct guest g = guest_of(10);
	struct window_figures f;

	set_up(&g, 2, 5);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 5);
	set_mount(&g, ROWS_DEV, &again);
	CHECK(!advice(&g, ROWS_DEV)); /* nothing of the old one is told of it */
	look(&g);
	f = figures(&g, ROWS_DEV);
	CHECK_U64(f.window_ranges, 200);
	CHECK_U64(f.setups, 0);
	CHECK_U64(advice(&g, ROWS_DEV)->range_classes[FILE_CLASSES - 2], 0);
	take(&g, WINDOW_REMOVED, file(2), 0, 0); /* of no range that is known */
	take(&g, WINDOW_SETUP, file(2), 0, 150);
	f = figures(&g, ROWS_DEV);
	CHECK_U64(f.removals, 1);
	CHECK_U64(f.setups, 1);
	CHECK_U64(f.repeats, 0);
	guest_free(&g);
}

/* ---- what happened ---- */

static void changes(void)
{
	struct guest g = guest_of(100);
	struct window_figures f;

	set_up(&g, 2, 6);
	for (__u64 i = 0; i < 4; i++)
		take(&g, WINDOW_SETUP, file(3), i, 10 + i);
	take(&g, WINDOW_UPGRADE, file(2), 5, 5);
	take(&g, WINDOW_REMOVED, file(2), 0, 0);
	take(&g, WINDOW_REMOVED, file(2), 1, 1);
	take(&g, WINDOW_REMOVED_INLINE, file(2), 2, 2);
	take(&g, WINDOW_INODE_GONE, file(3), 0, 0);
	take(&g, WINDOW_INODE_GONE, file(9), 0, 0); /* without ranges */
	f = figures(&g, ROWS_DEV);
	CHECK_U64(f.setups, 10);
	CHECK_U64(f.upgrades, 1);
	CHECK_U64(f.cost_ns, 11 * (TRIP_NS + 10));
	CHECK_U64(f.span_ns, 15 * TRIP_NS);
	CHECK_U64(f.reclaimed, 3);
	CHECK_U64(f.inline_permille, 333);
	CHECK_U64(f.removals, 7);
	CHECK_U64(f.evicted_permille, 571);
	CHECK_U64(f.repeats, 0);
	CHECK_U64(f.high_water_ranges, 10);
	CHECK(f.was_short);
	/* where a range lies in the window does not matter when it comes back */
	take(&g, WINDOW_SETUP, file(2), 0, 40);
	take(&g, WINDOW_SETUP, file(2), 2, 41);
	take(&g, WINDOW_SETUP, file(3), 0, 42);
	f = figures(&g, ROWS_DEV);
	CHECK_U64(f.setups, 13);
	CHECK_U64(f.repeats, 2);
	CHECK_U64(f.repeat_ns, 2 * (TRIP_NS + 10));
	guest_free(&g);
}

/* An event of a later kernel side. */
static void unknown_change(void)
{
	struct guest g = guest_of(10);

	take(&g, 99, file(2), 0, 0);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 0);
	CHECK_U64(figures(&g, ROWS_DEV).removals, 0);
	guest_free(&g);
}

/* A place that was filled before the first look, or by an event that was lost. */
static void unknown_places(void)
{
	struct guest g = guest_of(100);
	struct window_figures f;

	take(&g, WINDOW_REMOVED, file(2), 0, 7);
	take(&g, WINDOW_SETUP, file(2), 0, 8);
	take(&g, WINDOW_REMOVED, file(3), 0, 8); /* another's by now */
	take(&g, WINDOW_REMOVED, file(2), 0, 8); /* so that this is not known either */
	f = figures(&g, ROWS_DEV);
	CHECK_U64(f.setups, 1);
	CHECK_U64(f.removals, 3);
	CHECK_U64(f.life_p50_ns, NOT);
	/* one that is upgraded is known from then on */
	take(&g, WINDOW_UPGRADE, file(4), 3, 9);
	take(&g, WINDOW_REMOVED, file(4), 0, 9);
	take(&g, WINDOW_REMOVED, file(4), 0, 9); /* told twice */
	take(&g, WINDOW_SETUP, file(4), 3, 10);
	f = figures(&g, ROWS_DEV);
	CHECK_U64(f.removals, 5);
	CHECK_U64(f.repeats, 1);
	guest_free(&g);
}

static void beyond(void)
{
	struct guest g = guest_of(10);

	for (__u32 change = WINDOW_SETUP; change < WINDOW_INODE_GONE; change++) {
		take(&g, change, file(2), 0, 10);
		take(&g, change, file(2), 0, 1ULL << 40);
	}
	CHECK_U64(figures(&g, ROWS_DEV).setups, 0);
	CHECK_U64(figures(&g, ROWS_DEV).upgrades, 0);
	CHECK_U64(figures(&g, ROWS_DEV).span_ns, 0);
	take(&g, WINDOW_SETUP, file(2), 0, 9);
	take(&g, WINDOW_REMOVED, file(2), 0, 9);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 1);
	CHECK_U64(figures(&g, ROWS_DEV).removals, 1);
	guest_free(&g);
}

/* ---- the window itself ---- */

static void busy(void)
{
	struct mount_figures m = { .fcd = FCD, .total_ranges = 100, .busy_ranges = 30 };
	struct guest g = guest_new();

	set_mount(&g, ROWS_DEV, &m);
	look(&g);
	CHECK_U64(figures(&g, ROWS_DEV).high_water_ranges, 30);
	set_up(&g, 2, 3);
	CHECK_U64(figures(&g, ROWS_DEV).high_water_ranges, 33);
	m.busy_ranges = 20; /* evictions of what was there before are not told one by one */
	set_mount(&g, ROWS_DEV, &m);
	look(&g);
	take(&g, WINDOW_SETUP, file(3), 0, 50);
	CHECK_U64(figures(&g, ROWS_DEV).high_water_ranges, 33);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 4); /* looked at again, not begun again */
	m.busy_ranges = 60;
	set_mount(&g, ROWS_DEV, &m);
	look(&g);
	take(&g, WINDOW_SETUP, file(3), 1, 51);
	CHECK_U64(figures(&g, ROWS_DEV).high_water_ranges, 61);
	m.busy_max = 79; /* between two looks */
	set_mount(&g, ROWS_DEV, &m);
	CHECK_U64(figures(&g, ROWS_DEV).high_water_ranges, 79);
	CHECK(!figures(&g, ROWS_DEV).was_short);
	m.busy_max = 81;
	set_mount(&g, ROWS_DEV, &m);
	CHECK(figures(&g, ROWS_DEV).was_short);
	guest_free(&g);
}

static void page_sizes(void)
{
	struct mount_figures m = { .fcd = FCD, .total_ranges = 64 };

	for (__u64 page_bytes = 4096; page_bytes <= 65536; page_bytes *= 4) {
		struct guest g = guest_new();

		summary__set_page_bytes(g.s, page_bytes);
		set_mount(&g, ROWS_DEV, &m);
		look(&g);
		CHECK_U64(figures(&g, ROWS_DEV).window_memory_bytes,
			  64 * RANGE_BYTES / page_bytes * 64);
		guest_free(&g);
	}
}

/*
 * By what of the file lies behind a range: at most all of the range, and nothing where the file was
 * cut.
 */
static void range_sizes(void)
{
	static const struct {
		__u64 size_bytes, index;
		unsigned int class;
	} rows[] = {
		{ 0, 0, 0 },
		{ 1, 0, 0 },
		{ 4096, 0, 0 },
		{ 4097, 0, 1 },
		{ RANGE_BYTES - 1, 0, 9 },
		{ RANGE_BYTES, 0, 9 },
		{ RANGE_BYTES + 1, 0, 9 },
		{ RANGE_BYTES + 1, 1, 0 },
		{ RANGE_BYTES + 40000, 1, 4 },
		{ 3 * RANGE_BYTES, 2, 9 },
		{ 3 * RANGE_BYTES, 3, 0 }, /* at its end */
		{ 100, 7, 0 },		   /* cut meanwhile */
		{ 1ULL << 50, 5, 9 },
	};
	__u64 want[FILE_CLASSES] = {};
	struct guest g = guest_of(100);
	const struct window_advice *a;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct event_window event = {
			.kind = EVENT_WINDOW,
			.change = WINDOW_SETUP,
			.key = file(i + 2),
			.ns = ++g.now_ns,
			.window_offset = i * RANGE_BYTES,
			.index = rows[i].index,
			.size_bytes = rows[i].size_bytes,
		};

		window_feed__take(g.feed, &event);
		event.change = WINDOW_UPGRADE; /* which sets up nothing */
		window_feed__take(g.feed, &event);
		want[rows[i].class]++;
	}
	a = advice(&g, ROWS_DEV);
	for (unsigned int i = 0; i < FILE_CLASSES && CHECK(a != NULL); i++)
		CHECK_U64(a->range_classes[i], want[i]);
	guest_free(&g);
}

/* ---- lost races ---- */

/* @setups of which @inlines took their range from the same file, with @taken free ranges in all. */
static __u64 lost_of(__u64 taken, __u64 setups, __u64 inlines)
{
	struct mount_figures m = {
		.fcd = FCD, .total_ranges = 100, .free_ranges = 100, .taken_cnt = taken
	};
	struct guest g = guest_of(100);
	struct window_figures f;

	set_up(&g, 2, setups - inlines);
	for (__u64 i = 0; i < inlines; i++) {
		take(&g, WINDOW_REMOVED_INLINE, file(2), i, i);
		take(&g, WINDOW_SETUP, file(2), 1000 + i, i);
	}
	set_mount(&g, ROWS_DEV, &m);
	f = figures(&g, ROWS_DEV);
	CHECK_U64(f.setups, setups);
	guest_free(&g);
	return f.lost_races;
}

static void lost_races(void)
{
	CHECK_U64(lost_of(0, 0, 0), 0);
	CHECK_U64(lost_of(10, 10, 0), 0);
	CHECK_U64(lost_of(14, 10, 0), 4);
	CHECK_U64(lost_of(6, 10, 4), 0);
	CHECK_U64(lost_of(9, 10, 4), 3);
	CHECK_U64(lost_of(9, 10, 0), 0); /* never below 0 */
	CHECK_U64(lost_of(5, 10, 4), 0);
}

/* What inline reclaim took may have been there before the first look. */
static void lost_unknown(void)
{
	struct mount_figures m = {
		.fcd = FCD, .total_ranges = 100, .free_ranges = 100, .taken_cnt = 12
	};
	struct guest g = guest_of(100);
	struct window_figures f;

	set_up(&g, 2, 10);
	for (__u64 i = 0; i < 5; i++) {
		take(&g, WINDOW_REMOVED_INLINE, file(3), 0, 20 + i);
		take(&g, WINDOW_SETUP, file(3), i, 20 + i);
	}
	set_mount(&g, ROWS_DEV, &m);
	f = figures(&g, ROWS_DEV);
	CHECK_U64(f.setups, 15);
	CHECK_U64(f.removals, 5);
	CHECK_U64(f.lost_races, 2);
	guest_free(&g);
}

/* A mount that came while tracing has had setups before it was looked at. */
static void lost_late(void)
{
	struct mount_figures m = {
		.fcd = FCD, .total_ranges = 100, .free_ranges = 100, .taken_cnt = 12
	};
	struct guest g = guest_new();

	set_mount(&g, ROWS_DEV, &m);
	set_up(&g, 2, 10);
	look(&g);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, 2);
	set_up(&g, 3, 10);
	m.taken_cnt = 25;
	set_mount(&g, ROWS_DEV, &m);
	look(&g);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, 5);
	guest_free(&g);
}

/*
 * One of the same number, found by its other struct fuse_conn_dax: its first events went to the old
 * one.
 */
static void lost_renewed(void)
{
	struct mount_figures m = { .fcd = FCD + 1,
				   .total_ranges = 100,
				   .free_ranges = 90,
				   .busy_ranges = 10,
				   .taken_cnt = 10 };
	struct guest g = guest_of(100);

	set_up(&g, 2, 10);
	set_mount(&g, ROWS_DEV, &m);
	look(&g);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 0);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, 0);
	set_up(&g, 3, 5);
	m.taken_cnt = 17;
	set_mount(&g, ROWS_DEV, &m);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, 2);
	guest_free(&g);
}

/* More than are kept for a mount that nobody looks at. */
static void early_lost(void)
{
	struct mount_figures m = {
		.fcd = FCD, .total_ranges = 100, .free_ranges = 100, .taken_cnt = 1
	};
	struct guest g = guest_new();

	for (int i = 0; i < 9000; i++)
		take(&g, WINDOW_SETUP, file(2), 0, 0);
	set_mount(&g, ROWS_DEV, &m);
	look(&g);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 8192);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, NOT);
	guest_free(&g);
}

/* Unmounted, and something else mounted under that number. */
static void unmounted(void)
{
	struct mount_figures m = { .fcd = FCD, .total_ranges = 100, .free_ranges = 100 };
	struct guest g = guest_of(100);

	set_up(&g, 2, 10);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 10);
	summary__free(g.s);
	g.s = summary__new();
	look(&g);
	set_mount(&g, ROWS_DEV, &m);
	look(&g);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 0);
	guest_free(&g);
}

/* One setup that was missed would look like one. */
static void lost_events(void)
{
	struct mount_figures m = {
		.fcd = FCD, .total_ranges = 100, .free_ranges = 100, .taken_cnt = 20
	};
	struct guest g = guest_of(100);
	struct trust t = {};

	set_up(&g, 2, 10);
	set_mount(&g, ROWS_DEV, &m);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, 10);
	m.free_ranges -= 7; /* in transit: they may still be set up */
	set_mount(&g, ROWS_DEV, &m);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, 3);
	m.taken_cnt = 0; /* nothing counts them */
	set_mount(&g, ROWS_DEV, &m);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, NOT);
	m.taken_cnt = 20;
	set_mount(&g, ROWS_DEV, &m);
	t.counters[COUNTER_WINDOW_LOST] = 1;
	summary__set_trust(g.s, &t);
	CHECK_U64(figures(&g, ROWS_DEV).lost_races, NOT);
	CHECK_U64(figures(&g, ROWS_DEV).setups, 10);
	guest_free(&g);
}

/* ---- forecasts and files ---- */

/* So much more than fits that every size there is is simulated. */
static void forecasts(void)
{
	struct guest g = guest_of(4);
	const struct window_advice *a = advice(&g, ROWS_DEV);

	if (CHECK(a != NULL)) {
		CHECK_U64(a->forecasts_cnt, 1);
		CHECK_U64(a->forecasts[0].window_ranges, 4);
	}
	for (__u64 i = 0; i < 4000; i++) {
		if (i >= 3)
			take(&g, WINDOW_REMOVED, file(2), 0, (i + 1) % 4);
		take(&g, WINDOW_SETUP, file(2), i % 2000, i % 4);
	}
	a = advice(&g, ROWS_DEV);
	if (CHECK(a != NULL) && CHECK(a->forecasts_cnt > 1)) {
		const struct window_forecast *last = &a->forecasts[a->forecasts_cnt - 1];

		CHECK(a->forecasts_cnt <= WINDOW_FORECASTS_MAX);
		CHECK_U64(a->forecasts[0].window_ranges, 4);
		for (size_t i = 1; i < a->forecasts_cnt; i++)
			CHECK(a->forecasts[i].window_ranges > a->forecasts[i - 1].window_ranges);
		CHECK(last->window_ranges >= 2000); /* none was cut off: it holds all */
		CHECK_U64(last->saved_setups, 2000);
	}
	guest_free(&g);
}

/* The figures of files come from their rows, and sizes from their names. */
static void files(void)
{
	struct inode_key two = file(2), three = file(3);
	struct guest g = guest_of(100);
	const struct window_advice *a;

	set_up(&g, 2, 1);
	row_done(g.s, 2, OP_SETUP, 3, 3);
	row_done(g.s, 2, OP_REMOVAL, 2, 2);
	row_done(g.s, 2, OP_DAX_READ, 3, 6000);
	row_done(g.s, 3, OP_SETUP, 1, 1);
	row_done(g.s, 3, OP_DAX_READ, 1, 5 << 20);
	row_done(g.s, 4, OP_SETUP, 50, 50); /* without a name */
	CHECK_U64(figures(&g, ROWS_DEV).sized_setups, 0);
	row_size(g.n, &two, 1000);
	row_size(g.n, &three, 10 << 20);
	a = advice(&g, ROWS_DEV);
	if (CHECK(a != NULL)) {
		const struct window_figures *f = &a->figures;

		CHECK_U64(f->setups, 1); /* as told one by one */
		CHECK_U64(f->sized_setups, 4);
		CHECK_U64(f->small_setups, 3);
		CHECK_U64(f->small_permille, 750);
		CHECK_U64(f->small_requests, 5);
		CHECK_U64(f->read_once_permille, 250);
		CHECK_U64(f->mapping_uses_milli, 1000);
		CHECK_U64(f->mapping_used_bytes, (6000 + (5 << 20)) / 4);
		CHECK_U64(f->threshold_bytes, 4096);
		CHECK_U64(f->threshold_saved, 2);
		CHECK_U64(f->threshold_permille, 2 * 1000 / 6);
		CHECK_U64(a->file_classes[0].files, 1);
		CHECK_U64(a->file_classes[0].plain_requests, 3);
		CHECK_U64(a->file_classes[FILE_CLASSES - 1].setups, 1);
	}
	names__set_size(g.n, &two, 100 << 10); /* it has grown */
	CHECK_U64(figures(&g, ROWS_DEV).small_setups, 0);
	guest_free(&g);
}

int main(void)
{
	several_mounts();
	not_looked_at();
	new_mount();
	changes();
	unknown_change();
	unknown_places();
	beyond();
	busy();
	page_sizes();
	range_sizes();
	lost_races();
	lost_unknown();
	lost_late();
	lost_renewed();
	early_lost();
	unmounted();
	lost_events();
	forecasts();
	files();
	return check_result();
}
