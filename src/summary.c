// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Building a summary, and reading its parts back. Surprising: the rest row of a full kernel table
 * is an inode or task like any other here; only the sorted lists treat it apart.
 */
#include "model_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "hist.h"

#define MOUNT_STRING_BYTES 1024

struct summary *summary__new(void)
{
	struct summary *s = calloc(1, sizeof(*s));

	if (!s) {
		errno = ENOMEM;
		return NULL;
	}
	s->detail = DETAIL_FULL;
	s->page_bytes = 4096;
	return s;
}

static void mount_fini(struct mount_state *m)
{
	free((char *)m->mountpoint);
	free((char *)m->tag);
	free((char *)m->fstype);
	free((char *)m->dax_mode);
	free((char *)m->reason);
}

void summary__free(struct summary *s)
{
	size_t i;

	if (!s)
		return;
	entity_table__free(&s->inodes);
	entity_table__free(&s->tasks);
	edge_table__free(&s->edges);
	releases__free(s);
	for (i = 0; i < s->mount_cnt; i++)
		mount_fini(&s->mounts[i]);
	for (i = 0; i < s->unmeasured_cnt; i++) {
		free((char *)s->unmeasured[i].figure);
		free((char *)s->unmeasured[i].reason);
	}
	free(s->mounts);
	free(s->unmeasured);
	free(s->errnos);
	free(s->shares);
	free(s->event_rows);
	free(s);
}

void summary__set_span(struct summary *s, __u64 start_ns, __u64 end_ns)
{
	s->start_ns = start_ns;
	s->end_ns = end_ns;
}

void summary__set_unknown(struct summary *s, __u64 unknown_ns)
{
	s->unknown_ns = unknown_ns;
}

void summary__set_detail(struct summary *s, enum dax_detail detail)
{
	s->detail = detail;
}

void summary__set_page_bytes(struct summary *s, __u64 page_bytes)
{
	s->page_bytes = page_bytes;
}

int summary__add_op(struct summary *s, __u32 op, const struct op_figures *f)
{
	struct op_figures *to;

	if (op >= OP_NR)
		return -EINVAL;
	to = &s->ops[op];
	to->total_ns += f->total_ns;
	to->max_ns = max_u64(to->max_ns, f->max_ns);
	to->units += f->units;
	to->retries += f->retries;
	add_u64s(to->outcome, f->outcome, OUTCOME_NR);
	add_u64s(to->wait_ns, f->wait_ns, WAIT_NR);
	add_u64s(to->wait_cnt, f->wait_cnt, WAIT_NR);
	add_u64s(to->hist, f->hist, HIST_BUCKETS);
	return 0;
}

int summary__add_wait(struct summary *s, __u32 wait, const struct wait_figures *f)
{
	struct wait_figures *to;

	if (wait >= WAIT_NR)
		return -EINVAL;
	to = &s->waits[wait];
	to->cnt += f->cnt;
	to->total_ns += f->total_ns;
	to->max_ns = max_u64(to->max_ns, f->max_ns);
	add_u64s(to->hist, f->hist, HIST_BUCKETS);
	return 0;
}

void summary__set_phases(struct summary *s, bool has_phases)
{
	s->has_phases = has_phases;
}

int summary__add_phase(struct summary *s, __u32 op, __u32 phase, const struct phase_figures *f)
{
	struct phase_figures *to;

	if (op >= PHASE_OPS || phase >= PHASE_NR)
		return -EINVAL;
	to = &s->phases[op][phase];
	to->cnt += f->cnt;
	to->total_ns += f->total_ns;
	to->max_ns = max_u64(to->max_ns, f->max_ns);
	to->inside += f->inside;
	to->after += f->after;
	add_u64s(to->hist, f->hist, HIST_BUCKETS);
	return 0;
}

int summary__add_inode_cell(struct summary *s, const struct inode_cell_key *key,
			    const struct cell *cell)
{
	union entity_key k = { .inode = key->inode };

	return entity_table__add(&s->inodes, false, &k, key->op, cell);
}

int summary__add_task_cell(struct summary *s, const struct task_cell_key *key,
			   const struct cell *cell)
{
	union entity_key k = { .task = key->task };

	k.task.pad = 0; /* part of the hash key */
	return entity_table__add(&s->tasks, true, &k, key->op, cell);
}

/* First row whose key is not below (op, err). */
static size_t errno_place(const struct summary *s, __u32 op, __u32 err)
{
	size_t i;

	for (i = 0; i < s->errno_cnt; i++) {
		const struct errno_key *k = &s->errnos[i].key;

		if (k->op > op || (k->op == op && k->err >= err))
			break;
	}
	return i;
}

int summary__add_errno(struct summary *s, __u32 op, int err, __u64 cnt)
{
	__u32 number = err < 0 ? -(__u32)err : (__u32)err;
	struct errno_count *rows;
	size_t i;

	if (op >= OP_NR || !number)
		return -EINVAL;
	i = errno_place(s, op, number);
	if (i < s->errno_cnt && s->errnos[i].key.op == op && s->errnos[i].key.err == number) {
		s->errnos[i].cnt += cnt;
		return 0;
	}
	rows = reallocarray(s->errnos, s->errno_cnt + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	s->errnos = rows;
	memmove(&rows[i + 1], &rows[i], (s->errno_cnt - i) * sizeof(*rows));
	rows[i] = (struct errno_count){ .key = { .op = op, .err = number }, .cnt = cnt };
	s->errno_cnt++;
	return 0;
}

int summary__add_in_flight_cnt(struct summary *s, __u32 op, __u64 cnt, __u64 oldest_ns)
{
	if (op >= OP_NR)
		return -EINVAL;
	s->in_flight[op].cnt += cnt;
	s->in_flight[op].oldest_ns = max_u64(s->in_flight[op].oldest_ns, oldest_ns);
	return 0;
}

int summary__add_in_flight(struct summary *s, __u32 op, __u64 age_ns)
{
	return summary__add_in_flight_cnt(s, op, 1, age_ns);
}

int summary__add_in_flight_row(struct summary *s, const struct in_flight_row *row)
{
	struct in_flight_row *rows = s->in_flight_rows;
	int err = summary__add_in_flight(s, row->op, row->age_ns);
	size_t i = s->in_flight_row_cnt;

	if (err)
		return err;
	if ((row->op == OP_RECLAIM_RUN || row->op == OP_RECLAIM_RANGE) &&
	    s->worker_cnt < WORKER_ROWS)
		s->workers[s->worker_cnt++] = *row;
	while (i && rows[i - 1].age_ns < row->age_ns)
		i--;
	if (i == IN_FLIGHT_ROWS)
		return 0;
	if (s->in_flight_row_cnt < IN_FLIGHT_ROWS)
		s->in_flight_row_cnt++;
	memmove(&rows[i + 1], &rows[i], (s->in_flight_row_cnt - i - 1) * sizeof(*rows));
	rows[i] = *row;
	return 0;
}

size_t summary__in_flight_row_cnt(const struct summary *s)
{
	return s->in_flight_row_cnt;
}

const struct in_flight_row *summary__in_flight_row(const struct summary *s, size_t i)
{
	return &s->in_flight_rows[i];
}

size_t summary__worker_row_cnt(const struct summary *s)
{
	return s->worker_cnt;
}

const struct in_flight_row *summary__worker_row(const struct summary *s, size_t i)
{
	return &s->workers[i];
}

/* A clean copy; NULL stays NULL. False: no memory. */
static bool copy_string(const char **to, const char *from)
{
	char buf[MOUNT_STRING_BYTES];

	*to = NULL;
	if (!from)
		return true;
	*to = strdup(fmt__clean(buf, sizeof(buf), from, strlen(from)));
	return *to != NULL;
}

static int mount_copy(struct mount_state *to, const struct mount_state *from)
{
	struct mount_state m = {
		.dev = from->dev,
		.has_figures = from->has_figures,
		.may_have_window = from->may_have_window,
		.has_advice = from->has_advice,
	};

	if (!copy_string(&m.mountpoint, from->mountpoint) || !copy_string(&m.tag, from->tag) ||
	    !copy_string(&m.fstype, from->fstype) || !copy_string(&m.dax_mode, from->dax_mode) ||
	    !copy_string(&m.reason, from->reason)) {
		mount_fini(&m);
		return -ENOMEM;
	}
	if (m.has_figures)
		m.figures = from->figures;
	if (m.has_advice)
		m.advice = from->advice;
	*to = m;
	return 0;
}

int summary__set_mount(struct summary *s, const struct mount_state *m)
{
	struct mount_state copy, *mounts;
	size_t i;

	if (mount_copy(&copy, m))
		return -ENOMEM;
	for (i = 0; i < s->mount_cnt; i++) {
		if (s->mounts[i].dev == m->dev) {
			mount_fini(&s->mounts[i]);
			s->mounts[i] = copy;
			return 0;
		}
	}
	mounts = reallocarray(s->mounts, s->mount_cnt + 1, sizeof(*mounts));
	if (!mounts) {
		mount_fini(&copy);
		return -ENOMEM;
	}
	s->mounts = mounts;
	s->mounts[s->mount_cnt++] = copy;
	return 0;
}

void summary__set_host(struct summary *s, const struct host_time *host)
{
	s->host = *host;
}

const struct host_time *summary__host(const struct summary *s)
{
	return &s->host;
}

void summary__set_trust(struct summary *s, const struct trust *t)
{
	s->trust = *t;
	s->since_start = *t;
}

void summary__count(struct summary *s, enum dax_counter counter, __u64 cnt)
{
	s->trust.counters[counter] += cnt;
	s->since_start.counters[counter] += cnt;
}

void summary__count_lost(struct summary *s, __u64 cnt)
{
	s->trust.events_lost += cnt;
	s->since_start.events_lost += cnt;
}

int summary__add_unmeasured(struct summary *s, const char *figure, const char *reason)
{
	struct unmeasured *rows, row;

	if (summary__why_unmeasured(s, "", figure))
		return 0;
	rows = reallocarray(s->unmeasured, s->unmeasured_cnt + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	s->unmeasured = rows;
	if (!copy_string(&row.figure, figure))
		return -ENOMEM;
	if (!copy_string(&row.reason, reason ? reason : "not known")) {
		free((char *)row.figure);
		return -ENOMEM;
	}
	rows[s->unmeasured_cnt++] = row;
	return 0;
}

struct untold {
	struct summary *s;
	const char *reason;
};

static int on_untold(void *ctx, const char *figure)
{
	const struct untold *untold = ctx;

	return summary__add_unmeasured(untold->s, figure, untold->reason);
}

int summary__add_unmeasured_set(struct summary *s, const struct figure_set *set, const char *reason)
{
	struct untold untold = { s, reason };

	return figure_set__each(set, on_untold, &untold);
}

/* ---- reading ---- */

__u64 summary__start_ns(const struct summary *s)
{
	return s->start_ns;
}

__u64 summary__end_ns(const struct summary *s)
{
	return s->end_ns;
}

__u64 summary__duration_ns(const struct summary *s)
{
	__u64 span_ns = s->end_ns > s->start_ns ? s->end_ns - s->start_ns : 0;

	return span_ns > s->unknown_ns ? span_ns - s->unknown_ns : 0;
}

enum dax_detail summary__detail(const struct summary *s)
{
	return s->detail;
}

__u64 summary__page_bytes(const struct summary *s)
{
	return s->page_bytes;
}

enum op_measure summary__measure(const struct summary *s, unsigned int op)
{
	if (summary__why_unmeasured(s, "op.", op_table[op].name))
		return MEASURE_NONE;
	return op_measure(s->detail, op);
}

const struct op_figures *summary__op(const struct summary *s, unsigned int op)
{
	return &s->ops[op];
}

const struct wait_figures *summary__wait(const struct summary *s, unsigned int wait)
{
	return &s->waits[wait];
}

bool summary__has_phases(const struct summary *s)
{
	return s->has_phases;
}

const struct phase_figures *summary__phase(const struct summary *s, unsigned int op,
					   unsigned int phase)
{
	return &s->phases[op][phase];
}

const struct in_flight *summary__in_flight(const struct summary *s, unsigned int op)
{
	return &s->in_flight[op];
}

static __u64 sum_u64s(const __u64 *v, size_t cnt)
{
	__u64 sum = 0;

	for (size_t i = 0; i < cnt; i++)
		sum += v[i];
	return sum;
}

__u64 op_figures__count(const struct op_figures *f)
{
	return sum_u64s(f->outcome, OUTCOME_NR);
}

bool op_figures__is_empty(const struct op_figures *f)
{
	return !op_figures__count(f) && !op_figures__wait_ns(f) && !sum_u64s(f->wait_cnt, WAIT_NR);
}

__u64 op_figures__timed(const struct op_figures *f)
{
	return hist_total(f->hist, HIST_BUCKETS);
}

__u64 op_figures__wait_ns(const struct op_figures *f)
{
	return sum_u64s(f->wait_ns, WAIT_NR);
}

__u64 summary__op_span_ns(const struct summary *s, unsigned int op, __u64 total_ns,
			  const __u64 wait_ns[WAIT_NR])
{
	for (unsigned int wait = 0; wait < WAIT_NR; wait++)
		if (op_waits_before(s->detail, op, wait))
			total_ns += wait_ns[wait];
	return max_u64(total_ns, sum_u64s(wait_ns, WAIT_NR));
}

__u64 summary__op_other_ns(const struct summary *s, unsigned int op, __u64 total_ns,
			   const __u64 wait_ns[WAIT_NR])
{
	return summary__op_span_ns(s, op, total_ns, wait_ns) - sum_u64s(wait_ns, WAIT_NR);
}

__u64 summary__phase_rest_ns(const struct summary *s, unsigned int op)
{
	const struct op_figures *f = &s->ops[op];
	__u64 left = summary__op_other_ns(s, op, f->total_ns, f->wait_ns), sum = 0;

	for (unsigned int phase = 0; phase < PHASE_NR; phase++)
		sum += s->phases[op][phase].total_ns;
	return left > sum ? left - sum : 0;
}

size_t summary__errno_cnt(const struct summary *s)
{
	return s->errno_cnt;
}

const struct errno_count *summary__errno(const struct summary *s, size_t i)
{
	return &s->errnos[i];
}

size_t summary__mount_cnt(const struct summary *s)
{
	return s->mount_cnt;
}

const struct mount_state *summary__mount(const struct summary *s, size_t i)
{
	return &s->mounts[i];
}

void summary__set_advice(struct summary *s, __u32 dev, const struct window_advice *advice)
{
	for (size_t i = 0; i < s->mount_cnt; i++) {
		if (s->mounts[i].dev != dev)
			continue;
		s->mounts[i].advice = *advice;
		s->mounts[i].has_advice = true;
	}
}

const struct mount_state *summary__mount_by_dev(const struct summary *s, __u32 dev)
{
	for (size_t i = 0; i < s->mount_cnt; i++) {
		if (s->mounts[i].dev == dev)
			return &s->mounts[i];
	}
	return NULL;
}

__u64 mount_figures__in_transit(const struct mount_figures *f)
{
	__u64 at_rest = f->free_ranges + f->busy_ranges;

	return f->total_ranges > at_rest ? f->total_ranges - at_rest : 0;
}

const struct trust *summary__trust(const struct summary *s)
{
	return &s->trust;
}

const struct trust *summary__trust_since_start(const struct summary *s)
{
	return &s->since_start;
}

static __u64 sum_of_kind(const struct trust *t, enum counter_kind kind)
{
	__u64 sum = 0;

	for (int i = 0; i < COUNTER_NR; i++) {
		if (counter_table[i].kind == kind)
			sum += t->counters[i];
	}
	return sum;
}

__u64 trust__lost(const struct trust *t)
{
	return sum_of_kind(t, COUNTER_LOST) + t->recursion_misses + t->kprobe_misses;
}

__u64 trust__unmatched(const struct trust *t)
{
	return sum_of_kind(t, COUNTER_MISMATCH);
}

size_t summary__unmeasured_cnt(const struct summary *s)
{
	return s->unmeasured_cnt;
}

const struct unmeasured *summary__unmeasured(const struct summary *s, size_t i)
{
	return &s->unmeasured[i];
}

const char *summary__why_unmeasured(const struct summary *s, const char *prefix, const char *name)
{
	size_t prefix_len = strlen(prefix);

	for (size_t i = 0; i < s->unmeasured_cnt; i++) {
		const char *figure = s->unmeasured[i].figure;

		if (!strncmp(figure, prefix, prefix_len) && !strcmp(figure + prefix_len, name))
			return s->unmeasured[i].reason;
	}
	return NULL;
}
