// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: a removal tells the range's place in the window alone, and no longer the file's. What
 * was last set up there is kept for that, a place for each range of the window.
 */
#include "window_feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What lies in a range of the window; nodeid 0: not known. */
struct place {
	struct inode_key inode;
	__u64 index;
};

struct window {
	__u32 dev;
	__u64 fcd; /* tells a mount from a later one of the same number */
	__u64 ranges_cnt;
	struct place *places;
	struct window_sim *sim;
	__u64 inline_cnt;   /* removals, also of places that are not known */
	__u64 taken_before; /* free ranges, before the first look: their setups were not told */
	__u64 range_classes[FILE_CLASSES];
};

/* Of mounts that were not looked at yet: kept until they are. */
#define EARLY_MAX 8192

struct window_feed {
	struct window *windows;
	size_t cnt;
	struct event_window *early; /* in order; room for EARLY_MAX, once there is one */
	size_t early_cnt;
	bool has_lost_early;
};

struct window_feed *window_feed__new(void)
{
	return calloc(1, sizeof(struct window_feed));
}

static void window_fini(struct window *w)
{
	window_sim__free(w->sim);
	free(w->places);
}

void window_feed__free(struct window_feed *feed)
{
	if (!feed)
		return;
	for (size_t i = 0; i < feed->cnt; i++)
		window_fini(&feed->windows[i]);
	free(feed->windows);
	free(feed->early);
	free(feed);
}

static struct window *find(const struct window_feed *feed, __u32 dev)
{
	for (size_t i = 0; i < feed->cnt; i++)
		if (feed->windows[i].dev == dev)
			return &feed->windows[i];
	return NULL;
}

static int window_init(struct window *w, const struct mount_state *m, __u64 busy_before,
		       __u64 page_bytes)
{
	struct window_sim_config config = {
		.page_bytes = page_bytes,
		.window_ranges = m->figures.total_ranges,
		.busy_ranges = busy_before,
		.has_removals = true,
	};

	*w = (struct window){ .dev = m->dev,
			      .fcd = m->figures.fcd,
			      .ranges_cnt = m->figures.total_ranges };
	w->places = calloc(w->ranges_cnt, sizeof(*w->places));
	w->sim = w->places ? window_sim__new(&config) : NULL;
	if (w->sim)
		return 0;
	window_fini(w);
	return -ENOMEM;
}

/* A new mount may have an old one's number; its first events were taken for that one's. */
static int window_renew(struct window *w, const struct mount_state *m, __u64 page_bytes)
{
	__u64 transit = mount_figures__in_transit(&m->figures);
	struct window fresh;

	if (w->fcd == m->figures.fcd && w->ranges_cnt == m->figures.total_ranges) {
		window_sim__set_busy(w->sim, m->figures.busy_ranges);
		return 0;
	}
	if (window_init(&fresh, m, m->figures.busy_ranges, page_bytes))
		return -ENOMEM;
	if (m->figures.taken_cnt > transit)
		fresh.taken_before = m->figures.taken_cnt - transit; /* those are set up later */
	window_fini(w);
	*w = fresh;
	return 0;
}

/* Of the file, what lies in that range. */
static __u64 bytes_behind(__u64 size_bytes, __u64 index)
{
	__u64 start = index * RANGE_BYTES;

	if (size_bytes <= start)
		return 0; /* it has been cut meanwhile */
	return size_bytes - start < RANGE_BYTES ? size_bytes - start : RANGE_BYTES;
}

static void take_setup(struct window *w, struct place *place, const struct event_window *event)
{
	const struct window_setup setup = {
		.inode = event->key,
		.index = event->index,
		.now_ns = event->ns,
		.round_trip_ns = event->round_trip_ns,
		.wait_ns = event->wait_ns,
		.is_writable = event->is_writable,
		.is_upgrade = event->change == WINDOW_UPGRADE,
	};

	if (!setup.is_upgrade)
		w->range_classes[file_class__of(bytes_behind(event->size_bytes, event->index))]++;
	*place = (struct place){ event->key, event->index };
	window_sim__setup(w->sim, &setup);
}

static void take_removal(struct window *w, struct place *place, const struct event_window *event)
{
	const struct window_removal removal = {
		.inode = event->key,
		.index = place->index,
		/* what was there before the first look has no name */
		.is_unnamed = !inode_key__is_same(&place->inode, &event->key),
		.now_ns = event->ns,
		.by = event->change == WINDOW_REMOVED ? REMOVED_BY_WORKER : REMOVED_INLINE,
	};

	w->inline_cnt += removal.by == REMOVED_INLINE;
	window_sim__remove(w->sim, &removal);
	*place = (struct place){};
}

static void window_take(struct window *w, const struct event_window *event)
{
	__u64 at = event->window_offset / RANGE_BYTES;

	if (at >= w->ranges_cnt)
		return;
	switch (event->change) {
	case WINDOW_SETUP:
	case WINDOW_UPGRADE:
		take_setup(w, &w->places[at], event);
		break;
	case WINDOW_REMOVED:
	case WINDOW_REMOVED_INLINE:
		take_removal(w, &w->places[at], event);
		break;
	case WINDOW_INODE_GONE:
		window_sim__inode_gone(w->sim, &event->key, 0, event->ns);
		break;
	}
}

static void early_add(struct window_feed *feed, const struct event_window *event)
{
	if (!feed->early)
		feed->early = calloc(EARLY_MAX, sizeof(*feed->early));
	if (feed->early && feed->early_cnt < EARLY_MAX)
		feed->early[feed->early_cnt++] = *event;
	else
		feed->has_lost_early = true;
}

void window_feed__take(struct window_feed *feed, const struct event_window *event)
{
	struct window *w = find(feed, event->key.dev);

	if (w)
		window_take(w, event);
	else
		early_add(feed, event);
}

/* ---- mounts ---- */

/* Ranges that a window held before the events that are kept of it. */
static __u64 busy_before(const struct window_feed *feed, const struct mount_state *m)
{
	__u64 left = m->figures.busy_ranges, come = 0;

	for (size_t i = 0; i < feed->early_cnt; i++) {
		const struct event_window *event = &feed->early[i];

		if (event->key.dev != m->dev)
			continue;
		come += event->change == WINDOW_SETUP;
		left += event->change == WINDOW_REMOVED || event->change == WINDOW_REMOVED_INLINE;
	}
	return left > come ? left - come : 0;
}

/* What was kept of @w goes there. */
static void replay_early(struct window_feed *feed, struct window *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < feed->early_cnt; i++) {
		if (feed->early[i].key.dev == w->dev)
			window_take(w, &feed->early[i]);
		else
			feed->early[kept++] = feed->early[i];
	}
	feed->early_cnt = kept;
}

static int look(struct window_feed *feed, const struct mount_state *m, __u64 page_bytes)
{
	struct window *w, *bigger;

	if (!m->has_figures || !m->figures.fcd || !m->figures.total_ranges)
		return 0;
	w = find(feed, m->dev);
	if (w)
		return window_renew(w, m, page_bytes);
	bigger = reallocarray(feed->windows, feed->cnt + 1, sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	feed->windows = bigger;
	w = &bigger[feed->cnt];
	if (window_init(w, m, busy_before(feed, m), page_bytes))
		return -ENOMEM;
	feed->cnt++;
	replay_early(feed, w);
	window_sim__set_busy(w->sim, m->figures.busy_ranges);
	return 0;
}

/* So that the next mount of that number begins anew. */
static void drop_unmounted(struct window_feed *feed, const struct summary *s)
{
	for (size_t i = feed->cnt; i-- > 0;) {
		if (summary__mount_by_dev(s, feed->windows[i].dev))
			continue;
		window_fini(&feed->windows[i]);
		feed->windows[i] = feed->windows[--feed->cnt];
	}
}

int window_feed__look(struct window_feed *feed, const struct summary *s)
{
	int err = 0;

	drop_unmounted(feed, s);
	for (size_t i = 0; i < summary__mount_cnt(s) && !err; i++)
		err = look(feed, summary__mount(s, i), summary__page_bytes(s));
	return err;
}

/* Whether all that lost_races() is told from was seen. */
static bool knows_races(const struct window_feed *feed, const struct mount_state *m,
			const struct summary *s)
{
	static const enum dax_counter must_be_0[] = { COUNTER_WINDOW_LOST, COUNTER_TASK_SLOTS_FULL,
						      COUNTER_FRAMES_FULL };

	for (size_t i = 0; i < sizeof(must_be_0) / sizeof(must_be_0[0]); i++)
		if (summary__trust_since_start(s)->counters[must_be_0[i]])
			return false;
	return !feed->has_lost_early &&
	       m->figures.taken_cnt; /* 0: its hook is missing, or there is nothing to tell */
}

/*
 * Each free range that was taken was set up, is in transit, or went back to the free ones as its
 * part of the file was mapped already; a range from inline reclaim is set up without.
 */
static __u64 lost_races(const struct window_feed *feed, const struct window *w,
			const struct mount_state *m, const struct summary *s)
{
	__u64 known = w->taken_before + mount_figures__in_transit(&m->figures);
	struct window_sim_totals t;

	window_sim__totals(w->sim, &t);
	if (!knows_races(feed, m, s))
		return t.setups > w->inline_cnt ? WINDOW_NOT_MEASURED : 0;
	if (t.setups > w->inline_cnt)
		known += t.setups - w->inline_cnt;
	return m->figures.taken_cnt > known ? m->figures.taken_cnt - known : 0;
}

static void window_tell(const struct window_feed *feed, const struct window *w, struct summary *s,
			const struct names *names)
{
	const struct mount_state *m = summary__mount_by_dev(s, w->dev);
	struct window_advice advice = {};
	struct file_sizes sizes;

	if (!m || m->figures.fcd != w->fcd)
		return;
	window_figures__read(&advice.figures, w->sim, m->figures.busy_max, summary__duration_ns(s));
	advice.figures.lost_races = lost_races(feed, w, m, s);
	file_sizes__read(&sizes, s, names, w->dev);
	window_figures__add_files(&advice.figures, &sizes);
	memcpy(advice.file_classes, sizes.classes, sizeof(sizes.classes));
	memcpy(advice.range_classes, w->range_classes, sizeof(w->range_classes));
	advice.forecasts_cnt = window_sim__cnt(w->sim);
	if (advice.forecasts_cnt > WINDOW_FORECASTS_MAX)
		advice.forecasts_cnt = WINDOW_FORECASTS_MAX;
	for (size_t i = 0; i < advice.forecasts_cnt; i++)
		window_sim__forecast(w->sim, i, &advice.forecasts[i]);
	summary__set_advice(s, w->dev, &advice);
}

void window_feed__tell(const struct window_feed *feed, struct summary *s, const struct names *names)
{
	for (size_t i = 0; i < feed->cnt; i++)
		window_tell(feed, &feed->windows[i], s, names);
}
