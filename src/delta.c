// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The difference of two cumulative summaries. Only a maximum cannot be subtracted: interval_max()
 * says what is known of it. What went down was begun anew by the kernel side and counts whole.
 */
#include "model_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"

static __u64 grown(__u64 cur, __u64 prev)
{
	return cur >= prev ? cur - prev : cur;
}

static void grown_u64s(__u64 *res, const __u64 *cur, const __u64 *prev, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		res[i] = grown(cur[i], prev[i]);
}

/* Cells count in 32 bits and wrap: the difference is right as long as it fits. */
static void wrapped_u32s(__u32 *res, const __u32 *cur, const __u32 *prev, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		res[i] = cur[i] - prev[i];
}

static __u64 interval_max(__u64 cur_max, __u64 prev_max, __u64 highest_upper)
{
	if (cur_max > prev_max)
		return cur_max;
	return highest_upper < cur_max ? highest_upper : cur_max;
}

/* Upper bound of the highest bucket in use, 0 if none is. */
static __u64 highest_fine(const __u64 hist[HIST_BUCKETS])
{
	for (unsigned int i = HIST_BUCKETS; i-- > 0;) {
		if (hist[i])
			return hist_upper(i);
	}
	return 0;
}

static __u64 highest_coarse(const __u32 hist[COARSE_BUCKETS])
{
	for (unsigned int i = COARSE_BUCKETS; i-- > 0;) {
		if (hist[i])
			return coarse_upper(i);
	}
	return 0;
}

static void delta_op(struct op_figures *res, const struct op_figures *cur,
		     const struct op_figures *prev)
{
	res->total_ns = grown(cur->total_ns, prev->total_ns);
	res->units = grown(cur->units, prev->units);
	res->retries = grown(cur->retries, prev->retries);
	grown_u64s(res->outcome, cur->outcome, prev->outcome, OUTCOME_NR);
	grown_u64s(res->wait_ns, cur->wait_ns, prev->wait_ns, WAIT_NR);
	grown_u64s(res->wait_cnt, cur->wait_cnt, prev->wait_cnt, WAIT_NR);
	grown_u64s(res->hist, cur->hist, prev->hist, HIST_BUCKETS);
	res->max_ns = interval_max(cur->max_ns, prev->max_ns, highest_fine(res->hist));
}

static void delta_wait(struct wait_figures *res, const struct wait_figures *cur,
		       const struct wait_figures *prev)
{
	res->cnt = grown(cur->cnt, prev->cnt);
	res->total_ns = grown(cur->total_ns, prev->total_ns);
	grown_u64s(res->hist, cur->hist, prev->hist, HIST_BUCKETS);
	res->max_ns = interval_max(cur->max_ns, prev->max_ns, highest_fine(res->hist));
}

static void delta_phase(struct phase_figures *res, const struct phase_figures *cur,
			const struct phase_figures *prev)
{
	__u64 hist[HIST_BUCKETS];

	grown_u64s(hist, cur->hist, prev->hist, HIST_BUCKETS);
	add_u64s(res->hist, hist, HIST_BUCKETS);
	res->cnt += grown(cur->cnt, prev->cnt);
	res->total_ns += grown(cur->total_ns, prev->total_ns);
	res->inside += grown(cur->inside, prev->inside);
	res->after += grown(cur->after, prev->after);
	res->max_ns =
		max_u64(res->max_ns, interval_max(cur->max_ns, prev->max_ns, highest_fine(hist)));
}

static void delta_phases(struct summary *d, const struct summary *cur, const struct summary *prev)
{
	d->has_phases |= cur->has_phases;
	for (int op = 0; op < PHASE_OPS && cur->has_phases; op++)
		for (int phase = 0; phase < PHASE_NR; phase++)
			delta_phase(&d->phases[op][phase], &cur->phases[op][phase],
				    &prev->phases[op][phase]);
}

/* By what cannot wrap: 32-bit counters may be lower for that alone. */
static bool is_begun_anew(const struct cell *cur, const struct cell *prev)
{
	for (int i = 0; i < WAIT_NR; i++) {
		if (cur->wait_ns[i] < prev->wait_ns[i])
			return true;
	}
	return cur->total_ns < prev->total_ns;
}

static void delta_cell(struct cell *res, const struct cell *cur, const struct cell *prev)
{
	if (is_begun_anew(cur, prev)) {
		*res = *cur;
		return;
	}
	memset(res, 0, sizeof(*res));
	res->total_ns = cur->total_ns - prev->total_ns;
	res->units = grown(cur->units, prev->units);
	res->retries = cur->retries - prev->retries;
	grown_u64s(res->wait_ns, cur->wait_ns, prev->wait_ns, WAIT_NR);
	wrapped_u32s(res->wait_cnt, cur->wait_cnt, prev->wait_cnt, WAIT_NR);
	wrapped_u32s(res->outcome, cur->outcome, prev->outcome, OUTCOME_NR);
	wrapped_u32s(res->hist, cur->hist, prev->hist, COARSE_BUCKETS);
	res->max_ns = interval_max(cur->max_ns, prev->max_ns, highest_coarse(res->hist));
}

/*
 * Below DETAIL_FULL there are cells that have waits and no operations, or operations and no time.
 */
static bool is_cell_empty(const struct cell *cell)
{
	__u64 sum = cell->total_ns;

	for (int i = 0; i < OUTCOME_NR; i++)
		sum |= cell->outcome[i];
	for (int i = 0; i < WAIT_NR; i++)
		sum |= cell->wait_ns[i] | cell->wait_cnt[i];
	return !sum;
}

static int delta_entity(struct entity **table, const struct entity *cur, const struct entity *prev)
{
	for (const struct op_cell *c = cur->cells; c; c = c->next) {
		const struct cell *before = prev ? entity__cell(prev, c->op) : NULL;
		struct cell cell = c->cell;
		int err;

		if (before)
			delta_cell(&cell, &c->cell, before);
		if (is_cell_empty(&cell))
			continue;
		err = entity_table__add(table, cur->is_task, &cur->key, c->op, &cell);
		if (err)
			return err;
	}
	return 0;
}

static int delta_table(struct entity **table, const struct entity *cur, struct entity *prev)
{
	for (const struct entity *e = cur; e; e = e->hh.next) {
		int err = delta_entity(table, e, prev ? entity__find(prev, &e->key) : NULL);

		if (err)
			return err;
	}
	return 0;
}

static __u64 errno_before(const struct summary *prev, const struct errno_key *key)
{
	for (size_t i = 0; i < prev->errno_cnt; i++) {
		const struct errno_count *c = &prev->errnos[i];

		if (c->key.op == key->op && c->key.err == key->err)
			return c->cnt;
	}
	return 0;
}

static int delta_errnos(struct summary *d, const struct summary *cur, const struct summary *prev)
{
	for (size_t i = 0; i < cur->errno_cnt; i++) {
		const struct errno_count *c = &cur->errnos[i];
		__u64 cnt = grown(c->cnt, errno_before(prev, &c->key));
		int err = cnt ? summary__add_errno(d, c->key.op, c->key.err, cnt) : 0;

		if (err)
			return err;
	}
	return 0;
}

static void trust_add(struct trust *to, const struct trust *cur, const struct trust *prev)
{
	for (int i = 0; i < COUNTER_NR; i++)
		to->counters[i] += grown(cur->counters[i], prev->counters[i]);
	to->recursion_misses += grown(cur->recursion_misses, prev->recursion_misses);
	to->kprobe_misses += grown(cur->kprobe_misses, prev->kprobe_misses);
	to->events_lost += grown(cur->events_lost, prev->events_lost);
	to->own_cpu_ns += grown(cur->own_cpu_ns, prev->own_cpu_ns);
	to->memory_bytes = cur->memory_bytes;
	to->hooks_attached = cur->hooks_attached;
	to->hooks_total = cur->hooks_total;
}

static void delta_trust(struct summary *d, const struct trust *cur, const struct trust *prev)
{
	static const struct trust none;

	trust_add(&d->since_start, cur, &none);
	trust_add(&d->trust, cur, prev);
}

static void delta_host(struct host_time *d, const struct host_time *cur,
		       const struct host_time *prev)
{
	d->steal_ns += grown(cur->steal_ns, prev->steal_ns);
	for (int op = 0; op < OP_NR; op++) {
		d->page_ins[op].cnt += grown(cur->page_ins[op].cnt, prev->page_ins[op].cnt);
		d->page_ins[op].total_ns +=
			grown(cur->page_ins[op].total_ns, prev->page_ins[op].total_ns);
	}
}

static void copy_self_requests(struct summary *d, const struct summary *cur)
{
	memcpy(d->self_requests, cur->self_requests, sizeof(d->self_requests));
	d->self_request_cnt = cur->self_request_cnt;
}

int summary__set_gauges(struct summary *d, const struct summary *cur)
{
	int err = 0;

	memcpy(d->in_flight, cur->in_flight, sizeof(d->in_flight));
	memcpy(d->in_flight_rows, cur->in_flight_rows, sizeof(d->in_flight_rows));
	d->in_flight_row_cnt = cur->in_flight_row_cnt;
	memcpy(d->workers, cur->workers, sizeof(d->workers));
	d->worker_cnt = cur->worker_cnt;
	memcpy(d->repeats, cur->repeats, sizeof(d->repeats));
	d->repeat_cnt = cur->repeat_cnt;
	for (size_t i = 0; i < cur->share_cnt && !err; i++)
		err = summary__add_window_share(d, &cur->shares[i].inode,
						cur->shares[i].ranges_cnt);
	for (size_t i = 0; i < cur->mount_cnt && !err; i++)
		err = summary__set_mount(d, &cur->mounts[i]);
	for (size_t i = 0; i < cur->unmeasured_cnt && !err; i++)
		err = summary__add_unmeasured(d, cur->unmeasured[i].figure,
					      cur->unmeasured[i].reason);
	return err;
}

int summary__add_growth(struct summary *s, const struct summary *cur, const struct summary *prev)
{
	delta_host(&s->host, &cur->host, &prev->host);
	delta_phases(s, cur, prev);
	delta_trust(s, &cur->since_start, &prev->since_start);
	return releases__delta(s, cur, prev);
}

void summary__drop_since_start(struct summary *s, const struct summary *cur)
{
	struct trust rest = {};

	trust_add(&rest, &s->since_start, &cur->since_start);
	s->since_start = rest;
}

static int delta_events(struct summary *d, const struct summary *cur, const struct summary *prev)
{
	int err;

	for (int op = 0; op < OP_NR; op++)
		delta_op(&d->ops[op], &cur->ops[op], &prev->ops[op]);
	for (int wait = 0; wait < WAIT_NR; wait++)
		delta_wait(&d->waits[wait], &cur->waits[wait], &prev->waits[wait]);
	copy_self_requests(d, cur);
	err = delta_table(&d->inodes, cur->inodes, prev->inodes);
	if (!err)
		err = delta_table(&d->tasks, cur->tasks, prev->tasks);
	if (!err)
		err = delta_edges(d, cur, prev);
	return err ?: delta_errnos(d, cur, prev);
}

struct summary *summary__delta(const struct summary *cur, const struct summary *prev)
{
	struct summary *d = summary__new(), *none = NULL;
	int err;

	if (!prev) {
		none = summary__new();
		prev = none;
	}
	if (!d || !prev) {
		err = -ENOMEM;
		goto out;
	}
	summary__set_span(d, none ? cur->start_ns : prev->end_ns, cur->end_ns);
	summary__set_detail(d, cur->detail);
	summary__set_page_bytes(d, cur->page_bytes);
	err = delta_events(d, cur, prev);
	if (!err)
		err = summary__add_growth(d, cur, prev);
	if (!err)
		err = summary__set_gauges(d, cur);
out:
	summary__free(none);
	if (err) {
		summary__free(d);
		errno = -err;
		return NULL;
	}
	return d;
}
