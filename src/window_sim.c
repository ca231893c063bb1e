// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Replays what was seen into windows of other sizes. Surprising: a size is simulated only from the
 * moment on at which it would first have run full. Until then all such windows hold the same, which
 * is what the one without end holds; it is forked when they part.
 */
#include "window_sim.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "hist.h"
#include "model.h"
#include "window_queue.h"
#include "window_wheel.h"

#define UNLIMITED  (WINDOW_LISTS - 1) /* the list of the window without end */
#define CANDIDATES UNLIMITED
#define ENDLESS	   (UINT64_MAX / 4)

/* Sizes to simulate, in quarters of the present one; the first is the control. */
static const __u16 size_quarters[CANDIDATES] = {
	4,  5,	6,  7,	 8,   10,  12,	14,  16,  20,  24,  28,	 32,  40,  48,	 56,
	64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 768, 1024,
};

/* Sums over setups: of all, and of those in the sample, each multiplied by what it stands for. */
struct sums {
	__u64 setups;
	__u64 upgrades;
	__u64 round_trip_ns;
	__u64 wait_ns;
};

struct window_sim {
	__u64 window_ranges;
	__u64 page_bytes;
	bool has_removals;
	struct window_ranges ranges;
	struct window_queue queues[WINDOW_LISTS];
	unsigned int active_cnt; /* candidates that have a queue of their own */
	struct window_scale scale;
	__u64 busy_ranges, busy_max; /* of the real window */
	__u64 start_ns, end_ns;
	struct sums seen, sampled;
	__u64 level_seen, level_sampled; /* setups since the sample was halved */
	__u64 removals[REMOVED_NR];
	/* of the sample, as @sampled */
	__u64 repeats;
	__u64 repeat_ns;
	__u64 touched_ranges;
	__u64 repeated_ranges;
	__u64 live_ranges; /* touched and not gone; not multiplied */
	__u64 working_set_ranges;
	__u64 life_hist[HIST_BUCKETS];
	__u64 life_max_ns;
};

static __u64 min_u64(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static __u64 max_u64(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

/* What @sampled of @sampled_all in the sample comes to, of @all. */
static __u64 scale_up(__u64 sampled, __u64 sampled_all, __u64 all)
{
	return sampled_all ? (__u64)((unsigned __int128)sampled * all / sampled_all) : 0;
}

/* ---- its life ---- */

static void init_queues(struct window_sim *sim, __u64 busy_ranges)
{
	for (unsigned int i = 0; i < CANDIDATES; i++)
		window_queue__init(&sim->queues[i], i,
				   (sim->window_ranges * size_quarters[i] + 3) / 4, busy_ranges);
	/*
	 * the control is to show what was seen; without removals it is not known what the real one
	 * has
	 */
	for (unsigned int i = 1; i < CANDIDATES; i++)
		sim->queues[i].expects_uses = sim->has_removals;
	window_queue__init(&sim->queues[UNLIMITED], UNLIMITED, ENDLESS, busy_ranges);
}

struct window_sim *window_sim__new(const struct window_sim_config *config)
{
	size_t max_bytes = config->max_bytes ? config->max_bytes : WINDOW_SIM_BYTES;
	struct window_sim *sim;
	int err;

	if (!config->window_ranges || config->window_ranges > UINT32_MAX ||
	    max_bytes < sizeof(*sim)) {
		errno = EINVAL;
		return NULL;
	}
	sim = calloc(1, sizeof(*sim));
	if (!sim)
		return NULL;
	err = window_ranges__init(&sim->ranges, max_bytes - sizeof(*sim));
	if (err) {
		free(sim);
		errno = -err;
		return NULL;
	}
	sim->window_ranges = config->window_ranges;
	sim->has_removals = config->has_removals;
	sim->page_bytes = config->page_bytes ? config->page_bytes : 4096;
	sim->scale = (struct window_scale){ .weight = 1, .stands_for = STANDS_FOR_ONE };
	window_sim__set_busy(sim, config->busy_ranges);
	init_queues(sim, sim->busy_ranges);
	return sim;
}

void window_sim__free(struct window_sim *sim)
{
	if (!sim)
		return;
	window_ranges__fini(&sim->ranges);
	free(sim);
}

size_t window_sim__bytes(const struct window_sim *sim)
{
	return sizeof(*sim) + window_ranges__bytes(&sim->ranges);
}

/* ---- the real window ---- */

void window_sim__set_busy(struct window_sim *sim, __u64 busy_ranges)
{
	sim->busy_ranges = min_u64(busy_ranges, sim->window_ranges);
	sim->busy_max = max_u64(sim->busy_max, sim->busy_ranges);
}

static void busy_sub(struct window_sim *sim, __u64 ranges)
{
	sim->busy_ranges -= min_u64(ranges, sim->busy_ranges);
}

/* Has it more to free than it had the time to? */
static bool is_worker_late(const struct window_sim *sim)
{
	return sim->has_removals && sim->busy_ranges > window_busy_limit(sim->window_ranges);
}

static void begin_event(struct window_sim *sim, __u64 now_ns)
{
	if (!sim->start_ns)
		sim->start_ns = now_ns;
	sim->end_ns = max_u64(sim->end_ns, now_ns);
	sim->scale.is_worker_late = is_worker_late(sim);
}

/* ---- ranges, and which of them are simulated ---- */

/* The windows simulated now: those that have run full, and the one without end. NULL: no more. */
static struct window_queue *first_queue(struct window_sim *sim)
{
	return &sim->queues[sim->active_cnt ? 0 : UNLIMITED];
}

static struct window_queue *queue_after(struct window_sim *sim, const struct window_queue *q)
{
	unsigned int next = q->list + 1;

	if (next < sim->active_cnt)
		return &sim->queues[next];
	return next <= UNLIMITED ? &sim->queues[UNLIMITED] : NULL;
}

static bool is_in_sample(const struct window_sim *sim, __u64 hash)
{
	return !(hash & (sim->scale.weight - 1));
}

static void drop_range(struct window_sim *sim, struct window_range *r)
{
	for (struct window_queue *q = first_queue(sim); q; q = queue_after(sim, q))
		if (window_queue__has(q, r))
			window_queue__remove(q, &sim->ranges, r);
	window_wheel__cancel(&sim->ranges, r);
	sim->live_ranges -= r->is_touched;
	window_ranges__drop(&sim->ranges, r);
}

/*
 * A sample of one in 64 by hash may hold one in 60 of the ranges in use; in windows cut to a 64th
 * they would be short of room. So those windows are cut by what part of the setups falls into the
 * sample. With few of them, chance is larger there than what it corrects: that many are taken to
 * have fallen as chosen.
 */
#define SAMPLE_PRIOR 256
static void adjust_scale(struct window_sim *sim)
{
	struct window_scale *scale = &sim->scale;

	if (scale->weight > 1)
		scale->stands_for = (sim->level_seen + SAMPLE_PRIOR * scale->weight) *
				    STANDS_FOR_ONE / (sim->level_sampled + SAMPLE_PRIOR);
}

/* Half of the ranges go, and those that stay stand for twice as many. */
static void halve_sample(struct window_sim *sim)
{
	sim->scale.weight *= 2;
	sim->level_seen = sim->level_sampled = 0;
	adjust_scale(sim);
	for (__u32 id = 1; id < sim->ranges.range_end; id++) {
		struct window_range *r = window_ranges__at(&sim->ranges, id);

		if (window_range__is_used(r) && !is_in_sample(sim, r->hash))
			drop_range(sim, r);
	}
}

/* NULL: it is not in the sample, or not any more. */
static struct window_range *add_range(struct window_sim *sim, const struct inode_key *inode,
				      __u64 index, __u64 hash)
{
	struct window_range *r = NULL;

	while (is_in_sample(sim, hash) && !r) {
		r = window_ranges__add(&sim->ranges, inode, index, hash);
		if (!r)
			halve_sample(sim);
	}
	return r;
}

/* A range that was in the real window before the first event. */
static void reveal_range(struct window_sim *sim, struct window_range *r)
{
	for (struct window_queue *q = first_queue(sim); q; q = queue_after(sim, q))
		window_queue__reveal(q, &sim->ranges, r, &sim->scale);
	r->is_busy = true;
}

static void forget_unseen(struct window_sim *sim, __u64 ranges)
{
	for (unsigned int i = 0; i < WINDOW_LISTS; i++)
		window_queue__forget_unseen(&sim->queues[i], ranges);
}

/* ---- setups ---- */

static void count_setup(struct sums *sums, const struct window_setup *s, __u64 weight)
{
	*(s->is_upgrade ? &sums->upgrades : &sums->setups) += weight;
	sums->round_trip_ns += s->round_trip_ns * weight;
	sums->wait_ns += s->wait_ns * weight;
}

static void note_touched(struct window_sim *sim, struct window_range *r)
{
	if (r->is_touched)
		return;
	r->is_touched = true;
	sim->live_ranges++;
	sim->touched_ranges += sim->scale.weight;
	sim->working_set_ranges = max_u64(sim->working_set_ranges,
					  window_scale__ranges(&sim->scale, sim->live_ranges));
}

static void note_repeat(struct window_sim *sim, struct window_range *r,
			const struct window_setup *s)
{
	if (!r->is_busy)
		window_wheel__returned(&sim->ranges, r);
	sim->repeats += sim->scale.weight;
	sim->repeat_ns += (s->round_trip_ns + s->wait_ns) * sim->scale.weight;
	if (!r->is_repeated)
		sim->repeated_ranges += sim->scale.weight;
	r->is_repeated = true;
}

/* Sizes that the coming append would fill for the first time get a queue of their own. */
static void activate_queues(struct window_sim *sim, const struct window_range *r)
{
	struct window_queue *unlimited = &sim->queues[UNLIMITED], *q;
	__u64 busy =
		window_queue__busy(unlimited, &sim->scale) + window_scale__ranges(&sim->scale, 1);

	if (window_queue__has(unlimited, r))
		return;
	for (; sim->active_cnt < CANDIDATES; sim->active_cnt++) {
		q = &sim->queues[sim->active_cnt];
		if (busy <= q->busy_limit)
			return;
		window_queue__fork(q, unlimited, &sim->ranges);
	}
}

/* What is used meanwhile, and not seen as the real window has it. */
static void replay_unseen(struct window_sim *sim)
{
	const struct sums *all = &sim->sampled;
	__u64 requests = all->setups + all->upgrades;
	__u64 request_ns = requests ? all->round_trip_ns / requests : 0;
	struct window_range *r;
	unsigned int list;

	window_wheel__tick(&sim->ranges);
	while ((r = window_wheel__next(&sim->ranges, &list)))
		window_queue__use_unseen(&sim->queues[list], &sim->ranges, r, request_ns,
					 &sim->scale);
}

static void replay_setup(struct window_sim *sim, struct window_range *r,
			 const struct window_setup *s)
{
	struct window_access access = {
		.round_trip_ns = s->round_trip_ns,
		.wait_ns = s->wait_ns,
		.is_writable = s->is_writable || s->is_upgrade,
	};

	window_wheel__cancel(&sim->ranges, r); /* it is used now */
	activate_queues(sim, r);
	for (struct window_queue *q = first_queue(sim); q; q = queue_after(sim, q))
		window_queue__access(q, &sim->ranges, r, &access, &sim->scale);
}

void window_sim__setup(struct window_sim *sim, const struct window_setup *s)
{
	__u64 hash = window_range_hash(&s->inode, s->index);
	struct window_range *r;

	begin_event(sim, s->now_ns);
	count_setup(&sim->seen, s, 1);
	sim->level_seen++;
	adjust_scale(sim);
	replay_unseen(sim);
	if (!s->is_upgrade)
		window_sim__set_busy(sim, sim->busy_ranges + 1);
	r = window_ranges__find(&sim->ranges, &s->inode, s->index, hash);
	if (r && !s->is_upgrade) {
		note_repeat(sim, r, s);
	} else if (!r) {
		r = add_range(sim, &s->inode, s->index, hash);
		if (!r)
			return;
		if (s->is_upgrade)
			reveal_range(sim, r);
	}
	count_setup(&sim->sampled, s, sim->scale.weight);
	sim->level_sampled++;
	note_touched(sim, r);
	replay_setup(sim, r, s);
	r->is_busy = true;
	if (!s->is_upgrade)
		r->setup_ns = s->now_ns;
}

/* ---- removals ---- */

static void note_life(struct window_sim *sim, const struct window_range *r, __u64 now_ns)
{
	__u64 life_ns = now_ns - r->setup_ns;

	if (!r->is_busy || !r->setup_ns || now_ns < r->setup_ns)
		return;
	sim->life_hist[hist_bucket(life_ns)] += sim->scale.weight;
	sim->life_max_ns = max_u64(sim->life_max_ns, life_ns);
}

/*
 * A window that has just room for one more would have done the same at its next setup, which may
 * come later than that of the real one: it is one range short until then.
 */
static void replay_inline(struct window_sim *sim, struct window_range *r)
{
	for (struct window_queue *q = first_queue(sim); q; q = queue_after(sim, q))
		if (window_queue__has(q, r) && window_queue__is_full(q, &sim->scale))
			window_queue__remove(q, &sim->ranges, r);
}

/*
 * What of the time seen the same work would have taken in that window. Where requests take more
 * than all the time, as many are under way at once, and saving all saves all the time, no more.
 */
static __u64 time_parts(const struct window_sim *sim, const struct window_queue *q)
{
	__u64 saved_ns = q->saved_round_trip_ns + q->saved_wait_ns;
	__u64 all_ns = max_u64(sim->end_ns - sim->start_ns,
			       sim->sampled.round_trip_ns + sim->sampled.wait_ns);

	return all_ns > saved_ns ? FREED_ONE - scale_up(saved_ns, all_ns, FREED_ONE) : 0;
}

static void replay_worker(struct window_sim *sim)
{
	for (struct window_queue *q = first_queue(sim); q; q = queue_after(sim, q))
		if (window_queue__is_worker_busy(q, &sim->scale))
			window_queue__worker_freed(q, &sim->ranges, time_parts(sim, q),
						   &sim->scale);
}

static void remove_unknown(struct window_sim *sim, const struct window_removal *rm, __u64 hash)
{
	struct window_range *r;

	/* where all that was there before is known, its setup was lost, and it is none of those */
	if (!is_in_sample(sim, hash) || !sim->queues[UNLIMITED].unseen_ranges)
		return;
	if (rm->by == REMOVED_BY_EVICTION || rm->is_unnamed) {
		forget_unseen(sim, sim->scale.weight);
		return;
	}
	r = add_range(sim, &rm->inode, rm->index, hash);
	if (!r)
		return;
	reveal_range(sim, r);
	r->is_busy = false;
	window_wheel__removed(&sim->ranges, r);
}

void window_sim__remove(struct window_sim *sim, const struct window_removal *rm)
{
	__u64 hash = window_range_hash(&rm->inode, rm->index);
	struct window_range *r = NULL;

	if (!rm->is_unnamed)
		r = window_ranges__find(&sim->ranges, &rm->inode, rm->index, hash);
	if (rm->by >= REMOVED_NR)
		return;
	begin_event(sim, rm->now_ns);
	sim->removals[rm->by]++;
	busy_sub(sim, 1);
	if (rm->by == REMOVED_BY_WORKER)
		replay_worker(sim);
	if (!r) {
		remove_unknown(sim, rm, hash);
		return;
	}
	note_life(sim, r, rm->now_ns);
	r->is_busy = false;
	window_wheel__cancel(&sim->ranges, r);
	window_wheel__removed(&sim->ranges, r);
	if (rm->by == REMOVED_INLINE)
		replay_inline(sim, r);
	else if (rm->by == REMOVED_BY_EVICTION)
		drop_range(sim, r);
}

void window_sim__inode_gone(struct window_sim *sim, const struct inode_key *inode,
			    __u64 freed_ranges, __u64 now_ns)
{
	__u64 known = 0;
	__u32 next;

	begin_event(sim, now_ns);
	for (__u32 id = window_ranges__of_inode(&sim->ranges, inode); id; id = next) {
		struct window_range *r = window_ranges__at(&sim->ranges, id);

		next = r->in_inode.next;
		known += r->is_busy;
		note_life(sim, r, now_ns);
		drop_range(sim, r);
	}
	if (sim->scale.weight == 1 && freed_ranges > known)
		forget_unseen(sim, freed_ranges - known);
	if (!freed_ranges)
		freed_ranges = window_scale__ranges(&sim->scale, known);
	sim->removals[REMOVED_BY_EVICTION] += freed_ranges;
	busy_sub(sim, freed_ranges);
}

/* ---- results ---- */

/* Of ranges in the real window or in the control, those in both. */
static bool control_overlap(const struct window_sim *sim, __u32 *permille)
{
	const struct window_queue *control = &sim->queues[sim->active_cnt ? 0 : UNLIMITED];
	__u64 both = 0, either = 0;

	for (__u32 id = 1; id < sim->ranges.range_end; id++) {
		const struct window_range *r = window_ranges__at(&sim->ranges, id);
		bool is_in_control = window_queue__has(control, r);

		if (!window_range__is_used(r))
			continue;
		both += r->is_busy && is_in_control;
		either += r->is_busy || is_in_control;
	}
	/* the worker may have emptied the window since: that tells nothing */
	if (!either || !sim->has_removals || sim->busy_ranges < sim->window_ranges / 2)
		return false;
	*permille = both * 1000 / either;
	return true;
}

void window_sim__totals(const struct window_sim *sim, struct window_sim_totals *res)
{
	const struct sums *seen = &sim->seen, *sampled = &sim->sampled;
	__u64 once = sim->touched_ranges - min_u64(sim->repeated_ranges, sim->touched_ranges);
	struct window_forecast control;

	window_sim__forecast(sim, 0, &control);
	*res = (struct window_sim_totals){
		.window_ranges = sim->window_ranges,
		.start_ns = sim->start_ns,
		.end_ns = sim->end_ns,
		.setups = seen->setups,
		.upgrades = seen->upgrades,
		.repeats = scale_up(sim->repeats, sampled->setups, seen->setups),
		.round_trip_ns = seen->round_trip_ns,
		.wait_ns = seen->wait_ns,
		.repeat_ns = scale_up(sim->repeat_ns, sampled->round_trip_ns + sampled->wait_ns,
				      seen->round_trip_ns + seen->wait_ns),
		.busy_max = sim->busy_max,
		.touched_ranges = scale_up(sim->touched_ranges, sampled->setups, seen->setups),
		.once_ranges = scale_up(once, sampled->setups, seen->setups),
		.working_set_ranges = sim->working_set_ranges,
		.life_max_ns = sim->life_max_ns,
		.sample_one_of = sim->scale.weight,
		.control_setups = control.setups,
	};
	res->has_overlap = control_overlap(sim, &res->control_overlap_permille);
	for (int i = 0; i < REMOVED_NR; i++)
		res->removals[i] = sim->removals[i];
	for (int i = 0; i < HIST_BUCKETS; i++)
		res->life_hist[i] = sim->life_hist[i];
}

__u64 window_sim__memory_bytes(const struct window_sim *sim, __u64 window_ranges)
{
	return window_memory_bytes(window_ranges * RANGE_BYTES, sim->page_bytes);
}

/* The smallest window that would have lost nothing. */
static __u64 whole_ranges(const struct window_sim *sim)
{
	return window_ranges_for(sim->working_set_ranges);
}

/* Sizes below it that ran full, the control always, and that one itself. */
static size_t smaller_cnt(const struct window_sim *sim)
{
	size_t cnt = 1;

	while (cnt < sim->active_cnt && sim->queues[cnt].window_ranges < whole_ranges(sim))
		cnt++;
	return cnt;
}

size_t window_sim__cnt(const struct window_sim *sim)
{
	return smaller_cnt(sim) + (whole_ranges(sim) > sim->window_ranges);
}

void window_sim__forecast(const struct window_sim *sim, size_t i, struct window_forecast *res)
{
	bool is_whole = i >= smaller_cnt(sim);
	const struct window_queue *q = &sim->queues[is_whole || !sim->active_cnt ? UNLIMITED : i];
	const struct sums *seen = &sim->seen, *sampled = &sim->sampled;
	__u64 setups = scale_up(q->setups, sampled->setups, seen->setups);

	*res = (struct window_forecast){
		.window_ranges = is_whole ? whole_ranges(sim) : sim->queues[i].window_ranges,
		.setups = setups,
		.upgrades = scale_up(q->upgrades, sampled->setups, seen->setups),
		.saved_setups = seen->setups - min_u64(setups, seen->setups),
		.saved_round_trip_ns = scale_up(q->saved_round_trip_ns, sampled->round_trip_ns,
						seen->round_trip_ns),
		.saved_wait_ns = scale_up(q->saved_wait_ns, sampled->wait_ns, seen->wait_ns),
	};
	res->memory_bytes = window_sim__memory_bytes(sim, res->window_ranges);
}

int window_sim__smallest(const struct window_sim *sim, unsigned int permille,
			 struct window_forecast *res)
{
	__u64 repeats = scale_up(sim->repeats, sim->sampled.setups, sim->seen.setups);
	struct window_forecast forecast;

	for (size_t i = 0; repeats && i < window_sim__cnt(sim); i++) {
		window_sim__forecast(sim, i, &forecast);
		if (forecast.saved_setups * 1000 >= repeats * permille) {
			*res = forecast;
			return 0;
		}
	}
	return -ENOENT;
}
