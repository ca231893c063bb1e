// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The JSON view, as virtiofs-daxtop-json(5) promises it. Surprising: nothing checks each member for
 * lack of memory; put() notes the first failure in the context, and the print asks once at the end.
 */
#include "view_json.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "hist.h"
#include "view_json_priv.h"

void put(struct ctx *c, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		c->has_failed = true;
}

void append(struct ctx *c, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		c->has_failed = true;
}

json_t *num(__u64 value)
{
	return json_integer(value < INT64_MAX ? (json_int_t)value : INT64_MAX);
}

json_t *num_or_null(bool is_known, __u64 value)
{
	return is_known ? num(value) : json_null();
}

json_t *text_or_null(const char *s)
{
	char clean[PATH_BYTES + 64];

	return s ? json_string(fmt__clean(clean, sizeof(clean), s, strlen(s))) : json_null();
}

json_t *measured(const struct ctx *c, const char *prefix, const char *name, __u64 value)
{
	return num_or_null(!summary__why_unmeasured(c->s, prefix, name), value);
}

void put_inode(struct ctx *c, json_t *o, const struct inode_key *key)
{
	const struct mount_state *m = summary__mount_by_dev(c->s, key->dev);
	const struct inode_name *name = names__inode(c->n, key);
	bool is_known = key->dev || key->nodeid;
	char dev[FMT_BYTES];

	put(c, o, "dev", text_or_null(is_known ? fmt__dev(dev, sizeof(dev), key->dev) : NULL));
	put(c, o, "mountpoint", text_or_null(m ? m->mountpoint : NULL));
	put(c, o, "nodeid", is_known ? measured(c, "inode.", "nodeid", key->nodeid) : json_null());
	put(c, o, "generation", num_or_null(is_known, key->generation));
	put(c, o, "path", text_or_null(name ? name->path : NULL));
}

static json_t *outcomes(struct ctx *c, const __u64 outcome[OUTCOME_NR])
{
	json_t *o = json_object();

	for (int i = 0; i < OUTCOME_NR; i++)
		put(c, o, outcome_table[i].name, num(outcome[i]));
	return o;
}

/* What was waited for: those that happened, and null for those that cannot be measured. */
static json_t *waits(struct ctx *c, const __u64 ns[WAIT_NR], const __u64 cnt[WAIT_NR])
{
	json_t *o = json_object();

	for (int i = 0; i < WAIT_NR; i++) {
		json_t *w;

		if (summary__why_unmeasured(c->s, "wait.", wait_table[i].name)) {
			put(c, o, wait_table[i].name, json_null());
			continue;
		}
		if (!ns[i] && !cnt[i])
			continue;
		w = json_object();
		put(c, w, "count", num(cnt[i]));
		put(c, w, "total_ns", num(ns[i]));
		put(c, o, wait_table[i].name, w);
	}
	return o;
}

static json_t *histogram(struct ctx *c, const __u64 hist[HIST_BUCKETS])
{
	json_t *rows = json_array();

	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		json_t *row;

		if (!hist[i])
			continue;
		row = json_array();
		append(c, row, num(hist_lower(i)));
		append(c, row, num_or_null(i < HIST_BUCKETS - 1, hist_upper(i)));
		append(c, row, num(hist[i]));
		append(c, rows, row);
	}
	return rows;
}

static const struct {
	const char *key;
	unsigned int permille;
} quantiles[] = { { "p50_ns", 500 }, { "p90_ns", 900 }, { "p99_ns", 990 }, { "p999_ns", 999 } };

#define QUANTILE_CNT (sizeof(quantiles) / sizeof(quantiles[0]))

void put_fine(struct ctx *c, json_t *o, bool is_timed, __u64 cnt, __u64 total_ns, __u64 max_ns,
	      const __u64 hist[HIST_BUCKETS])
{
	bool has_hist = is_timed && hist_total(hist, HIST_BUCKETS);

	cnt = is_timed ? cnt : 0;
	put(c, o, "total_ns", num_or_null(is_timed, total_ns));
	put(c, o, "mean_ns", num_or_null(cnt, cnt ? total_ns / cnt : 0));
	for (size_t i = 0; i < QUANTILE_CNT; i++)
		put(c, o, quantiles[i].key,
		    num_or_null(has_hist, hist_quantile(hist, quantiles[i].permille, max_ns)));
	put(c, o, "max_ns", num_or_null(cnt, max_ns));
}

static void put_coarse(struct ctx *c, json_t *o, bool is_timed, const struct figures *f,
		       __u64 other_ns)
{
	__u64 cnt = is_timed ? figures__timed(f) : 0;

	put(c, o, "timed", num_or_null(is_timed, cnt));
	put(c, o, "total_ns", num_or_null(is_timed, f->total_ns));
	put(c, o, "wait_ns", num(f->all_wait_ns));
	put(c, o, "other_ns", num_or_null(is_timed, other_ns));
	put(c, o, "mean_ns", num_or_null(cnt, cnt ? f->total_ns / cnt : 0));
	for (size_t i = 0; i < QUANTILE_CNT; i++)
		put(c, o, quantiles[i].key,
		    num_or_null(cnt, coarse_quantile(f->hist, quantiles[i].permille, f->max_ns)));
	put(c, o, "max_ns", num_or_null(cnt, f->max_ns));
	put(c, o, "quantile_error", json_real(COARSE_ERROR));
}

/* ---- operations and waits ---- */

static json_t *errnos(struct ctx *c, unsigned int op)
{
	json_t *o = json_object();
	char number[16];

	for (size_t i = 0; i < summary__errno_cnt(c->s); i++) {
		const struct errno_count *e = summary__errno(c->s, i);
		const char *name = errno_name(e->key.err);

		if (e->key.op != op)
			continue;
		snprintf(number, sizeof(number), "%u", e->key.err);
		put(c, o, name ? name : number, num(e->cnt));
	}
	return o;
}

static json_t *operation(struct ctx *c, unsigned int op)
{
	const struct op_figures *f = summary__op(c->s, op);
	const struct in_flight *now = summary__in_flight(c->s, op);
	const char *unit = unit_name(op_table[op].unit);
	enum op_measure measure = summary__measure(c->s, op);
	bool is_more = measure > MEASURE_WAITS; /* than waits alone */
	__u64 timed = op_figures__timed(f);
	json_t *o;

	if (measure == MEASURE_NONE && !now->cnt) /* else a fault that waits: DETAIL_COUNTS */
		return json_null();
	o = json_object();
	put(c, o, "count", num_or_null(is_more, op_figures__count(f)));
	put(c, o, "in_flight", num(now->cnt));
	put(c, o, "oldest_in_flight_ns", num_or_null(now->cnt, now->oldest_ns));
	put(c, o, "outcomes", is_more ? outcomes(c, f->outcome) : json_null());
	put(c, o, "errnos", is_more ? errnos(c, op) : json_null());
	put(c, o, "timed", num_or_null(is_more, timed));
	put_fine(c, o, is_more, timed, f->total_ns, f->max_ns, f->hist);
	if (unit)
		put(c, o, unit, num_or_null(is_more, f->units));
	put(c, o, "retries", num_or_null(is_more, f->retries));
	put(c, o, "waits", waits(c, f->wait_ns, f->wait_cnt));
	put(c, o, "other_ns",
	    num_or_null(is_more, summary__op_other_ns(c->s, op, f->total_ns, f->wait_ns)));
	put(c, o, "histogram", is_more ? histogram(c, f->hist) : json_null());
	return o;
}

static json_t *operations(struct ctx *c)
{
	json_t *o = json_object();

	for (unsigned int op = 0; op < OP_NR; op++)
		put(c, o, op_table[op].name, operation(c, op));
	return o;
}

static json_t *wait_of_all(struct ctx *c, unsigned int wait)
{
	const struct wait_figures *f = summary__wait(c->s, wait);
	json_t *o;

	if (summary__why_unmeasured(c->s, "wait.", wait_table[wait].name))
		return json_null();
	o = json_object();
	put(c, o, "count", num(f->cnt));
	put_fine(c, o, true, f->cnt, f->total_ns, f->max_ns, f->hist);
	put(c, o, "histogram", histogram(c, f->hist));
	return o;
}

static json_t *waits_of_all(struct ctx *c)
{
	json_t *o = json_object();

	for (unsigned int wait = 0; wait < WAIT_NR; wait++)
		put(c, o, wait_table[wait].name, wait_of_all(c, wait));
	return o;
}

/* ---- mounts ---- */

static json_t *mount_ranges(struct ctx *c, const struct mount_figures *f)
{
	json_t *o = json_object();

	put(c, o, "total", num(f->total_ranges));
	put(c, o, "free", num(f->free_ranges));
	put(c, o, "busy", num(f->busy_ranges));
	put(c, o, "in_transit", num(mount_figures__in_transit(f)));
	put(c, o, "busy_max", num_or_null(f->looks_cnt, f->busy_max));
	put(c, o, "free_min", num_or_null(f->looks_cnt, f->free_min));
	return o;
}

static void put_units(struct ctx *c, json_t *o, unsigned int op, bool is_counted,
		      const struct figures *f)
{
	const char *unit = unit_name(op_table[op].unit);
	__u64 units = op_table[op].unit == UNIT_BYTES ? f->bytes : f->ranges;

	if (unit)
		put(c, o, unit, num_or_null(is_counted, units));
}

static json_t *mount_ops(struct ctx *c, const struct figures ops[OP_NR])
{
	json_t *res = json_object();

	for (unsigned int op = 0; op < OP_NR; op++) {
		enum op_measure measure = summary__measure(c->s, op);
		bool is_more = measure != MEASURE_WAITS;
		const struct figures *f = &ops[op];
		json_t *o;

		if (measure == MEASURE_NONE) {
			put(c, res, op_table[op].name, json_null());
			continue;
		}
		if (figures__is_empty(f))
			continue;
		o = json_object();
		put(c, o, "count", num_or_null(is_more, f->cnt));
		put(c, o, "timed", num_or_null(is_more, figures__timed(f)));
		put(c, o, "total_ns", num_or_null(is_more, f->total_ns));
		put_units(c, o, op, is_more, f);
		put(c, o, "waits", waits(c, f->wait_ns, f->wait_cnt));
		put(c, res, op_table[op].name, o);
	}
	return res;
}

static void put_mount_ops(struct ctx *c, json_t *o, const struct mount_state *m)
{
	struct figures *ops = calloc(OP_NR, sizeof(*ops));
	struct dax_io io;

	if (!ops) {
		c->has_failed = true;
		return;
	}
	summary__mount_ops(c->s, m->dev, ops);
	dax_io__read(&io, c->s, ops);
	put(c, o, "io", json__dax_io(c, &io));
	put(c, o, "ops", mount_ops(c, ops));
	free(ops);
}

static json_t *mount(struct ctx *c, const struct mount_state *m)
{
	bool has_window = m->has_figures && m->figures.fcd;
	char dev[FMT_BYTES];
	json_t *o = json_object();

	put(c, o, "dev", json_string(fmt__dev(dev, sizeof(dev), m->dev)));
	put(c, o, "mountpoint", text_or_null(m->mountpoint));
	put(c, o, "tag", text_or_null(m->tag));
	put(c, o, "fstype", text_or_null(m->fstype));
	put(c, o, "dax_mode", text_or_null(m->dax_mode));
	put(c, o, "window_bytes", num_or_null(has_window, m->figures.total_ranges * RANGE_BYTES));
	put(c, o, "range_bytes", num(RANGE_BYTES));
	put(c, o, "ranges", has_window ? mount_ranges(c, &m->figures) : json_null());
	put(c, o, "reason", text_or_null(m->reason));
	json__put_window(c, o, m);
	put(c, o, "advice", json__advice(c, m));
	put_mount_ops(c, o, m);
	return o;
}

static json_t *mounts(struct ctx *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < summary__mount_cnt(c->s); i++)
		append(c, a, mount(c, summary__mount(c->s, i)));
	return a;
}

/* ---- inodes and tasks ---- */

static json_t *entity_op(struct ctx *c, unsigned int op, bool is_task, const struct figures *f)
{
	enum op_measure measure = summary__measure(c->s, op);
	bool is_counted = op_is_counted(summary__detail(c->s), op, is_task);
	bool is_more = measure != MEASURE_WAITS;
	json_t *o;

	if (measure == MEASURE_NONE)
		return json_null();
	o = json_object();
	put(c, o, "count", num_or_null(is_counted, f->cnt));
	put(c, o, "outcomes", is_counted ? outcomes(c, f->outcome) : json_null());
	put_coarse(c, o, is_more, f, summary__op_other_ns(c->s, op, f->total_ns, f->wait_ns));
	put_units(c, o, op, is_counted, f);
	put(c, o, "retries", num_or_null(is_more, f->retries));
	put(c, o, "waits", waits(c, f->wait_ns, f->wait_cnt));
	return o;
}

/* @measure: the least of what is summed. */
static void put_sums(struct ctx *c, json_t *o, enum op_measure measure, bool is_task,
		     const struct figures *f)
{
	bool is_more = measure == MEASURE_WAITED || measure == MEASURE_ALL;
	bool is_counted = measure == MEASURE_ALL || (is_more && !is_task);

	put(c, o, "count", num_or_null(is_counted, f->cnt));
	put_coarse(c, o, is_more, f, figures__other_ns(f));
	put(c, o, "retries", num_or_null(is_more, f->retries));
	put(c, o, "waits", waits(c, f->wait_ns, f->wait_cnt));
}

static void put_entity(struct ctx *c, json_t *o, bool is_task, const struct entity *e)
{
	json_t *ops = json_object();
	struct figures f;

	entity__figures(e, &f);
	put_sums(c, o, summary__entity_measure(c->s, e), is_task, &f);
	for (unsigned int op = 0; op < OP_NR; op++) {
		if (entity__op(e, op, &f))
			put(c, ops, op_table[op].name, entity_op(c, op, is_task, &f));
	}
	put(c, o, "ops", ops);
}

static json_t *inode(struct ctx *c, const struct entity *e)
{
	const struct inode_name *name = names__inode(c->n, entity__inode(e));
	json_t *o = json_object();
	struct dax_io io;

	dax_io__of_inode(&io, c->s, e);
	put_inode(c, o, entity__inode(e));
	put(c, o, "ino", num_or_null(name, name ? name->ino : 0));
	put(c, o, "deleted", name ? json_boolean(name->is_deleted) : json_null());
	put(c, o, "size_bytes", num_or_null(name, name ? name->size_bytes : 0));
	put(c, o, "io", json__dax_io(c, &io));
	put_entity(c, o, false, e);
	return o;
}

static json_t *task(struct ctx *c, const struct entity *e)
{
	const struct task_key *key = entity__task(e);
	json_t *o = json_object();

	put(c, o, "pid", num(key->pid));
	put(c, o, "tgid", num(key->tgid));
	put(c, o, "comm", text_or_null(names__comm(c->n, key)));
	put(c, o, "start_ms", num(key->start_ms));
	put_entity(c, o, true, e);
	return o;
}

static json_t *rest(struct ctx *c, const struct top_list *list, bool is_task)
{
	json_t *o, *ops;

	if (!list->rest_cnt && !list->has_overflow)
		return json_null();
	o = json_object();
	ops = json_object();
	put(c, o, "rest", json_true());
	put(c, o, "rows", num(list->rest_cnt));
	put(c, o, "table_full", json_boolean(list->has_overflow));
	put_sums(c, o, list->rest_measure, is_task, &list->rest);
	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct figures *f = &list->rest_ops[op];

		if (!figures__is_empty(f))
			put(c, ops, op_table[op].name, entity_op(c, op, is_task, f));
	}
	put(c, o, "ops", ops);
	return o;
}

/* A sorted list and what belongs to it: "inodes", "inodes_total", "inodes_rest". */
static void put_list(struct ctx *c, json_t *root, const char *key, struct top_list *list,
		     bool is_task)
{
	json_t *a = json_array();
	char buf[32];

	for (size_t i = 0; i < list->cnt; i++)
		append(c, a, is_task ? task(c, list->rows[i]) : inode(c, list->rows[i]));
	put(c, root, key, a);
	snprintf(buf, sizeof(buf), "%s_total", key);
	put(c, root, buf, num(list->total_cnt));
	snprintf(buf, sizeof(buf), "%s_rest", key);
	put(c, root, buf, rest(c, list, is_task));
	top_list__fini(list);
}

static int put_lists(struct ctx *c, json_t *root)
{
	struct top_list list;
	int err = summary__top_inodes(c->s, c->opts->sort, c->opts->top_cnt, &list);

	if (err)
		return err;
	put_list(c, root, "inodes", &list, false);
	err = summary__top_tasks(c->s, c->opts->sort, c->opts->top_cnt, &list);
	if (err)
		return err;
	put_list(c, root, "tasks", &list, true);
	return 0;
}

/* ---- trust ---- */

static json_t *counters(struct ctx *c, const struct trust *t)
{
	json_t *o = json_object();

	for (int i = 0; i < COUNTER_NR; i++)
		put(c, o, counter_table[i].name, num(t->counters[i]));
	return o;
}

static void put_counts(struct ctx *c, json_t *o, const struct trust *t, bool is_counted)
{
	put(c, o, "lost", num_or_null(is_counted, trust__lost(t)));
	put(c, o, "unmatched", num_or_null(is_counted, trust__unmatched(t)));
	put(c, o, "began_before", num_or_null(is_counted, t->counters[COUNTER_BEGAN_BEFORE]));
	put(c, o, "recursion_misses",
	    measured(c, "trust.", "recursion_misses", t->recursion_misses));
	put(c, o, "kprobe_misses", measured(c, "trust.", "kprobe_misses", t->kprobe_misses));
	put(c, o, "events_lost", measured(c, "trust.", "events_lost", t->events_lost));
	put(c, o, "own_cpu_ns", measured(c, "trust.", "own_cpu_ns", t->own_cpu_ns));
	put(c, o, "counters", is_counted ? counters(c, t) : json_null());
}

static json_t *trust(struct ctx *c)
{
	const struct trust *t = summary__trust(c->s);
	json_t *o = json_object(), *all = json_object();

	put_counts(c, o, t, !summary__why_unmeasured(c->s, "trust.", "lost"));
	put(c, o, "hooks_attached", num(t->hooks_attached));
	put(c, o, "hooks_total", num(t->hooks_total));
	put(c, o, "memory_bytes", measured(c, "trust.", "memory_bytes", t->memory_bytes));
	put_counts(c, all, summary__trust_since_start(c->s), true);
	put(c, o, "since_start", all);
	return o;
}

static json_t *not_measured(struct ctx *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < summary__unmeasured_cnt(c->s); i++) {
		const struct unmeasured *u = summary__unmeasured(c->s, i);
		json_t *o = json_object();

		put(c, o, "figure", text_or_null(u->figure));
		put(c, o, "reason", text_or_null(u->reason));
		append(c, a, o);
	}
	return a;
}

/* ---- the whole ---- */

/* One list a filter name: an option may be given more than once. */
static json_t *filters(struct ctx *c)
{
	json_t *o = json_object();

	for (size_t i = 0; i < c->opts->filter_cnt; i++) {
		const struct view_filter *f = &c->opts->filters[i];

		if (!json_object_get(o, f->name))
			put(c, o, f->name, json_array());
		append(c, json_object_get(o, f->name), text_or_null(f->value));
	}
	return o;
}

static json_t *notes(struct ctx *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < c->opts->note_cnt; i++)
		append(c, a, json_string(c->opts->notes[i]));
	return a;
}

static void put_head(struct ctx *c, json_t *root)
{
	const struct view_opts *opts = c->opts;

	put(c, root, "schema", json_string(VIEW_JSON_SCHEMA));
	put(c, root, "tool_version", text_or_null(opts->tool_version));
	put(c, root, "host", text_or_null(opts->host));
	put(c, root, "kernel", text_or_null(opts->kernel));
	put(c, root, "seq", num(opts->seq));
	put(c, root, "start_ns", num(summary__start_ns(c->s)));
	put(c, root, "end_ns", num(summary__end_ns(c->s)));
	put(c, root, "duration_ns", num(summary__duration_ns(c->s)));
	put(c, root, "end_realtime_ns", num_or_null(opts->wall_ns, opts->wall_ns));
	put(c, root, "detail", json_string(detail_table[summary__detail(c->s)].name));
	put(c, root, "sort", json_string(sort_key_names[summary__sort_key(c->s, opts->sort)]));
	put(c, root, "filters", filters(c));
	if (c->opts->note_cnt)
		put(c, root, "notes", notes(c));
}

static int build(struct ctx *c, json_t *root)
{
	int err;

	put_head(c, root);
	put(c, root, "mounts", mounts(c));
	put(c, root, "ops", operations(c));
	put(c, root, "waits", waits_of_all(c));
	put(c, root, "phases", json__phases(c));
	put(c, root, "in_flight", json__in_flight(c));
	put(c, root, "releases", releases_json(c));
	put(c, root, "busy_page_scans", scans_json(c));
	put(c, root, "self_requests",
	    summary__why_unmeasured(c->s, "", "self_requests") ? json_null()
							       : json__self_requests(c));
	put(c, root, "repeated_faults",
	    summary__why_unmeasured(c->s, "", "repeated_faults") ? json_null()
								 : json__repeated_faults(c));
	err = json__put_edges(c, root) ?: put_lists(c, root);
	if (err)
		return err;
	put(c, root, "host_time", json__host(c));
	if (c->opts->timeline)
		put(c, root, "timeline", json__timeline(c));
	put(c, root, "not_measured", not_measured(c));
	put(c, root, "trust", trust(c));
	return c->has_failed ? -ENOMEM : 0;
}

int view_json__print(FILE *f, const struct summary *s, const struct names *n,
		     const struct view_opts *opts)
{
	struct ctx c = { .s = s, .n = n, .opts = opts };
	json_t *root = json_object();
	int err = root ? build(&c, root) : -ENOMEM;

	errno = 0;
	if (!err &&
	    (json_dumpf(root, f, JSON_COMPACT | JSON_REAL_PRECISION(6)) || fputc('\n', f) == EOF))
		err = -(errno ?: EIO);
	json_decref(root);
	return err;
}
