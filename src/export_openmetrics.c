// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * openmetrics: what a recording comes to in all, as OpenMetrics text. Surprising: a family's
 * samples must stand together, so that the totals of all recordings are kept until the end; and a
 * histogram has a bucket for each power of two only, where ours are finer.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "hist.h"
#include "model.h"
#include "rec_feed.h"

#define PREFIX "virtiofs_daxtop_"

struct recording {
	struct rec_feed *feed;
	bool has_look;
};

struct openmetrics {
	FILE *f;
	struct recording *all;
	unsigned int cnt;
	unsigned int index; /* of the one that is written */
};

/* A figure of all recordings. Its samples' names are its own with a suffix. */
struct family {
	const char *name;
	const char *type; /* "counter", "gauge", "histogram", "info" */
	const char *unit; /* or NULL; the name ends in it */
	const char *help;
	void (*put)(struct openmetrics *om, const struct family *family, struct rec_feed *feed);
};

/* ---- samples ---- */

static void put_escaped(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '"')
			fputc('\\', f);
		fputc(*text, f);
	}
}

static void put_label(struct openmetrics *om, const char *name, const char *value)
{
	fprintf(om->f, ",%s=\"", name);
	put_escaped(om->f, value);
	fputc('"', om->f);
}

/* "NAME_SUFFIX{host="...",", to be followed by labels and a value. */
static void sample_begin(struct openmetrics *om, const struct family *family, const char *suffix)
{
	const struct rec_facts *facts = rec_feed__facts(om->all[om->index].feed);

	fprintf(om->f, PREFIX "%s%s{host=\"", family->name, suffix);
	put_escaped(om->f, facts->host);
	fputc('"', om->f);
	if (om->cnt > 1)
		fprintf(om->f, ",recording=\"%u\"", om->index);
}

static void sample_end(struct openmetrics *om, __u64 value)
{
	fprintf(om->f, "} %llu\n", value);
}

static void put_seconds(FILE *f, __u64 ns)
{
	fprintf(f, "%llu.%09llu", ns / 1000000000, ns % 1000000000);
}

static void sample_end_ns(struct openmetrics *om, __u64 ns)
{
	fputs("} ", om->f);
	put_seconds(om->f, ns);
	fputc('\n', om->f);
}

/* Up to the last bucket before a power of two: all of its bounds are ours, and inclusive, too. */
static void put_buckets(struct openmetrics *om, const struct family *family, const char *label,
			const char *value, const __u64 hist[HIST_BUCKETS])
{
	__u64 cnt = 0;

	for (unsigned int i = 0; i < HIST_BUCKETS - 1; i++) {
		cnt += hist[i];
		if ((i + 1) % (1 << HIST_SUB_BITS) || hist_upper(i) < 255)
			continue;
		sample_begin(om, family, "_bucket");
		put_label(om, label, value);
		fputs(",le=\"", om->f);
		put_seconds(om->f, hist_upper(i));
		fputc('"', om->f);
		sample_end(om, cnt);
	}
}

static void put_histogram(struct openmetrics *om, const struct family *family, const char *label,
			  const char *value, const __u64 hist[HIST_BUCKETS], __u64 total_ns)
{
	__u64 cnt = hist_total(hist, HIST_BUCKETS);

	put_buckets(om, family, label, value, hist);
	sample_begin(om, family, "_bucket");
	put_label(om, label, value);
	put_label(om, "le", "+Inf");
	sample_end(om, cnt);
	sample_begin(om, family, "_count");
	put_label(om, label, value);
	sample_end(om, cnt);
	sample_begin(om, family, "_sum");
	put_label(om, label, value);
	sample_end_ns(om, total_ns);
}

/* ---- operations and waits: those that were ---- */

static void put_op_times(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(rec_feed__summary(feed), op);

		if (op_figures__timed(f))
			put_histogram(om, family, "operation", op_table[op].name, f->hist,
				      f->total_ns);
	}
}

static void put_wait_times(struct openmetrics *om, const struct family *family,
			   struct rec_feed *feed)
{
	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		const struct wait_figures *f = summary__wait(rec_feed__summary(feed), wait);

		if (f->cnt)
			put_histogram(om, family, "wait", wait_table[wait].name, f->hist,
				      f->total_ns);
	}
}

static void put_outcomes(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(rec_feed__summary(feed), op);

		for (int i = 0; i < OUTCOME_NR; i++) {
			if (!f->outcome[i])
				continue;
			sample_begin(om, family, "_total");
			put_label(om, "operation", op_table[op].name);
			put_label(om, "outcome", outcome_table[i].name);
			sample_end(om, f->outcome[i]);
		}
	}
}

static void put_errnos(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	const struct summary *s = rec_feed__summary(feed);

	for (size_t i = 0; i < summary__errno_cnt(s); i++) {
		const struct errno_count *e = summary__errno(s, i);
		char number[16];

		snprintf(number, sizeof(number), "%u", e->key.err);
		sample_begin(om, family, "_total");
		put_label(om, "operation", op_table[e->key.op].name);
		put_label(om, "errno", errno_name(e->key.err) ?: number);
		sample_end(om, e->cnt);
	}
}

static void put_units(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(rec_feed__summary(feed), op);
		const char *unit = unit_name(op_table[op].unit);

		if (!unit || strcmp(unit, family->unit) || !f->units)
			continue;
		sample_begin(om, family, "_total");
		put_label(om, "operation", op_table[op].name);
		sample_end(om, f->units);
	}
}

static void put_retries(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(rec_feed__summary(feed), op);

		if (!f->retries)
			continue;
		sample_begin(om, family, "_total");
		put_label(om, "operation", op_table[op].name);
		sample_end(om, f->retries);
	}
}

static void put_op_waits(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		const struct op_figures *f = summary__op(rec_feed__summary(feed), op);

		for (int wait = 0; wait < WAIT_NR; wait++) {
			if (!f->wait_cnt[wait] && !f->wait_ns[wait])
				continue;
			sample_begin(om, family, "_total");
			put_label(om, "operation", op_table[op].name);
			put_label(om, "wait", wait_table[wait].name);
			sample_end_ns(om, f->wait_ns[wait]);
		}
	}
}

/* ---- windows ---- */

/* Those that the table of kinds says are ranges: as they are, and as they were at most. */
static void put_window(struct openmetrics *om, const struct family *family,
		       const struct mount_state *mount, const struct rec_field *field)
{
	const struct rec_mount record = { .figures = mount->figures };

	sample_begin(om, family, "");
	put_label(om, "mountpoint", mount->mountpoint ?: "");
	put_label(om, "tag", mount->tag ?: "");
	put_label(om, "figure", field->name);
	sample_end(om, rec_field__number(field, &record, 0));
}

static void put_windows(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	const struct rec_kind_desc *desc = rec_kind__find(REC_MOUNT);
	const struct summary *s = rec_feed__summary(feed);

	for (size_t m = 0; m < summary__mount_cnt(s); m++)
		for (size_t i = 0; i < desc->fields_cnt && summary__mount(s, m)->has_figures; i++)
			if (desc->fields[i].unit == REC_U_RANGES)
				put_window(om, family, summary__mount(s, m), &desc->fields[i]);
}

/* ---- trust ---- */

/* Without a look nothing tells of it, and a look may tell that it was not measured. */
static bool is_looked_at(const struct openmetrics *om, const char *prefix, const char *name)
{
	const struct recording *recording = &om->all[om->index];

	return recording->has_look &&
	       !summary__why_unmeasured(rec_feed__summary(recording->feed), prefix, name);
}

static void put_lost(struct openmetrics *om, const struct family *family, const char *name,
		     __u64 cnt)
{
	if (!is_looked_at(om, "trust.", name))
		return;
	sample_begin(om, family, "_total");
	put_label(om, "counter", name);
	sample_end(om, cnt);
}

static void put_trust(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	const struct trust *t = summary__trust(rec_feed__summary(feed));

	for (int i = 0; i < COUNTER_NR; i++)
		put_lost(om, family, counter_table[i].name, t->counters[i]);
	put_lost(om, family, "recursion_misses", t->recursion_misses);
	put_lost(om, family, "kprobe_misses", t->kprobe_misses);
	put_lost(om, family, "events_lost", t->events_lost);
}

static void put_hooks(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	const struct trust *t = summary__trust(rec_feed__summary(feed));

	if (!is_looked_at(om, "trust.", "hooks_attached"))
		return;
	sample_begin(om, family, "");
	put_label(om, "state", "attached");
	sample_end(om, t->hooks_attached);
	sample_begin(om, family, "");
	put_label(om, "state", "not_attached");
	sample_end(om, t->hooks_total - t->hooks_attached);
}

static void put_own_cpu(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	if (!is_looked_at(om, "trust.", "own_cpu_ns"))
		return;
	sample_begin(om, family, "_total");
	sample_end_ns(om, summary__trust(rec_feed__summary(feed))->own_cpu_ns);
}

static void put_steal(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	if (!is_looked_at(om, "host.", "steal_ns"))
		return;
	sample_begin(om, family, "_total");
	sample_end_ns(om, summary__host(rec_feed__summary(feed))->steal_ns);
}

static void put_duration(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	sample_begin(om, family, "");
	sample_end_ns(om, summary__duration_ns(rec_feed__summary(feed)));
}

static void put_info(struct openmetrics *om, const struct family *family, struct rec_feed *feed)
{
	const struct rec_facts *facts = rec_feed__facts(feed);

	sample_begin(om, family, "_info");
	put_label(om, "kernel", facts->kernel);
	put_label(om, "machine", facts->machine);
	put_label(om, "tool_version", facts->tool_version);
	sample_end(om, 1);
}

static const struct family families[] = {
	{ "recording", "info", NULL, "Where and with what it was recorded.", put_info },
	{ "recorded_seconds", "gauge", "seconds", "How long was recorded.", put_duration },
	{ "operation_seconds", "histogram", "seconds",
	  "How long operations took; those inside others are in those as well.", put_op_times },
	{ "operations", "counter", NULL, "Operations, by how they ended.", put_outcomes },
	{ "operation_errors", "counter", NULL, "Operations that ended with an error.", put_errnos },
	{ "operation_bytes", "counter", "bytes", "Bytes that operations moved.", put_units },
	{ "operation_ranges", "counter", "ranges", "Ranges that operations handled.", put_units },
	{ "operation_retries", "counter", NULL,
	  "Busy pages found, or free ranges not found, and tried again.", put_retries },
	{ "operation_wait_seconds", "counter", "seconds",
	  "How long operations waited, with the operations inside them.", put_op_waits },
	{ "wait_seconds", "histogram", "seconds", "How long each wait took, counted once.",
	  put_wait_times },
	{ "window_ranges", "gauge", "ranges", "Ranges of a mount's DAX window at the end.",
	  put_windows },
	{ "trust", "counter", NULL, "What went wrong with tracing itself.", put_trust },
	{ "hooks", "gauge", NULL, "Kernel functions that were to be hooked.", put_hooks },
	{ "own_cpu_seconds", "counter", "seconds", "CPU time of the recorder.", put_own_cpu },
	{ "steal_seconds", "counter", "seconds", "CPU time that the host took.", put_steal },
};

/* ---- begin and end ---- */

static void *openmetrics_new(FILE *f)
{
	struct openmetrics *om = calloc(1, sizeof(*om));

	if (om)
		om->f = f;
	return om;
}

static void openmetrics_free(void *ctx)
{
	struct openmetrics *om = ctx;

	for (unsigned int i = 0; i < om->cnt; i++)
		rec_feed__free(om->all[i].feed);
	free(om->all);
	free(om);
}

/*
 * Events are only those that are asked for, but looks are of all: the feed takes what of them is
 * of that time. Names it is not given, so what asks for names is left to those who gave the
 * events and mounts.
 */
static int openmetrics_begin(void *ctx, const struct export_source *source)
{
	struct rec_feed_opts opts = { .filters = *source->filters };
	struct openmetrics *om = ctx;
	struct recording *all = reallocarray(om->all, om->cnt + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	om->all = all;
	opts.filters.mount = opts.filters.path = opts.filters.comm = NULL;
	all[om->cnt] = (struct recording){ .feed = rec_feed__new(&opts) };
	if (!all[om->cnt].feed)
		return -ENOMEM;
	om->cnt++;
	return 0;
}

static struct recording *last_of(struct openmetrics *om)
{
	return &om->all[om->cnt - 1];
}

static int openmetrics_event(void *ctx, const struct rec_event *ev)
{
	enum rec_kind kind = ev->kind == REC_HITS ? REC_OP : ev->kind;

	return rec_feed__take(last_of(ctx)->feed, kind, ev->record);
}

static int openmetrics_other(void *ctx, enum rec_kind kind, const void *record)
{
	struct recording *last = last_of(ctx);

	last->has_look |= kind == REC_STATE;
	return rec_feed__take(last->feed, kind, record);
}

static int openmetrics_end(void *ctx)
{
	return rec_feed__finish(last_of(ctx)->feed);
}

static void put_family(struct openmetrics *om, const struct family *family)
{
	fprintf(om->f, "# TYPE " PREFIX "%s %s\n", family->name, family->type);
	if (family->unit)
		fprintf(om->f, "# UNIT " PREFIX "%s %s\n", family->name, family->unit);
	fprintf(om->f, "# HELP " PREFIX "%s %s\n", family->name, family->help);
	for (om->index = 0; om->index < om->cnt; om->index++)
		family->put(om, family, om->all[om->index].feed);
}

static int openmetrics_finish(void *ctx)
{
	struct openmetrics *om = ctx;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		put_family(om, &families[i]);
	fputs("# EOF\n", om->f);
	return 0;
}

const struct export_format export_openmetrics = {
	.name = "openmetrics",
	.help = "totals of all events as OpenMetrics text, for Prometheus",
	.new = openmetrics_new,
	.free = openmetrics_free,
	.begin = openmetrics_begin,
	.event = openmetrics_event,
	.other = openmetrics_other,
	.end = openmetrics_end,
	.finish = openmetrics_finish,
};
