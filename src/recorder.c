// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: each part of a recording stands alone, so what the machine is, and all names so far,
 * are told again at its beginning.
 */
#include "recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "clock.h"
#include "rec_names.h"
#include "rec_out.h"
#include "rec_ring.h"
#include "rec_state.h"

#define RING_SHARE	 8 /* of the machine's memory, at most one part in so many */
#define BESIDE_BYTES_MAX (16 << 20)

struct recorder {
	struct recorder_opts opts;
	struct probe_recorder events;
	struct rec_writer *writer; /* to the output, or to the ring */
	struct rec_out out;
	struct rec_ring *ring;
	const struct trace *trace;     /* once it has begun */
	struct recorder_totals before; /* of the parts that are closed */
	unsigned int part;
	bool has_dump; /* the file is one that was written whole: it gets a number, and stays */
	bool is_triggered;
	bool is_saving; /* events go to the writer, not to what keeps the last ones */
	__u64 told_ns;	/* begin of the operation in flight that has triggered last */
};

/* ---- events ---- */

static __u32 kind_of(const void *event, size_t bytes)
{
	return bytes < sizeof(__u32) ? 0 : *(const __u32 *)event;
}

static int write_event(void *ctx, const void *event, size_t bytes)
{
	struct rec_writer *w = ctx;
	__u32 kind = kind_of(event, bytes);

	for (size_t i = 0; i < rec_kinds_cnt; i++)
		if (rec_kinds[i].event == kind)
			return rec_writer__add(w, rec_kinds[i].id, event);
	return 0;
}

static int on_event(void *ctx, const void *event, size_t bytes)
{
	struct recorder *r = ctx;
	const struct event_op *op = event;

	if (kind_of(event, bytes) == EVENT_OP && r->opts.trigger_ns && op->outcome < OUTCOME_NR &&
	    op->dur_ns >= r->opts.trigger_ns)
		r->is_triggered = true;
	if (r->opts.recent && !r->is_saving && recent__keeps(kind_of(event, bytes)))
		return recent__add(r->opts.recent, event, bytes);
	return write_event(r->writer, event, bytes);
}

static int on_task(void *ctx, const struct task_key *task, const char comm[TASK_COMM_LEN_MAX])
{
	struct recorder *r = ctx;
	struct rec_task record = { .task = *task };

	memcpy(record.comm, comm, sizeof(record.comm));
	return rec_writer__add(r->writer, REC_TASK, &record);
}

const struct probe_recorder *recorder__events(struct recorder *r)
{
	return &r->events;
}

/* ---- new and free ---- */

/* Beside what keeps most events it has looks, windows and names. */
static size_t ring_bytes(bool has_recent)
{
	struct sysinfo info;
	__u64 bytes = sysinfo(&info) ? 64 << 20 : info.totalram * (__u64)info.mem_unit / RING_SHARE;

	return has_recent && bytes > BESIDE_BYTES_MAX ? BESIDE_BYTES_MAX : bytes;
}

static int no_memory(struct failure *failure)
{
	return failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN, "not enough memory to record");
}

static int writer_open(struct recorder *r)
{
	r->writer = r->ring ? rec_writer__new(rec_ring__store, r->ring)
			    : rec_writer__new(rec_out__store, &r->out);
	if (!r->writer)
		return -errno;
	if (r->ring)
		rec_ring__keep_all(r->ring);
	return 0;
}

/* The ring, or the output; and what writes to it. */
static int target_open(struct recorder *r, struct failure *failure)
{
	const struct recorder_opts *opts = &r->opts;
	int err = 0;

	if (opts->ring_ns) {
		r->ring = rec_ring__new(opts->ring_ns, ring_bytes(opts->recent));
		if (!r->ring)
			return no_memory(failure);
	} else {
		err = rec_out__open(&r->out, opts->target, failure);
	}
	if (!err && opts->part_bytes && !r->out.path)
		err = failure__set(failure, -EINVAL, EXIT_USAGE,
				   "-o %s: --max-size needs a file, of which there can be several",
				   opts->target);
	if (err)
		return err;
	err = writer_open(r);
	return err ? failure__set(failure, err, EXIT_CANNOT_RUN, "-o %s: %s", opts->target,
				  strerror(-err))
		   : 0;
}

int recorder__new(struct recorder **res, const struct recorder_opts *opts, struct failure *failure)
{
	struct recorder *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return no_memory(failure);
	r->opts = *opts;
	r->events = (struct probe_recorder){ .ctx = r, .event = on_event, .task = on_task };
	r->out.fd = -1;
	err = target_open(r, failure);
	if (err)
		recorder__free(r);
	else
		*res = r;
	return err;
}

void recorder__free(struct recorder *r)
{
	if (!r)
		return;
	rec_writer__free(r->writer);
	rec_out__finish(&r->out, NULL);
	rec_ring__free(r->ring);
	free(r);
}

/* ---- what a part begins with ---- */

static void read_line(const char *path, char *line, size_t bytes)
{
	FILE *f = fopen(path, "re");

	line[0] = '\0';
	if (f && fgets(line, bytes, f))
		line[strcspn(line, "\n")] = '\0';
	if (f)
		fclose(f);
}

/* What is there of a ring at @now_ns: less than was asked for where memory was too little. */
static __u64 ring_ns(const struct recorder *r, __u64 now_ns)
{
	__u64 since_ns = r->ring ? rec_ring__since_ns(r->ring) : now_ns;

	if (r->opts.recent && recent__since_ns(r->opts.recent) > since_ns)
		since_ns = recent__since_ns(r->opts.recent);
	return now_ns > since_ns ? now_ns - since_ns : 0;
}

__u64 recorder__kept_ns(const struct recorder *r)
{
	return ring_ns(r, clock_ns(CLOCK_MONOTONIC));
}

static int machine_write(const struct recorder *r, struct rec_writer *w)
{
	__u64 now_ns = clock_ns(CLOCK_MONOTONIC);
	const struct trace *t = r->trace;
	char boot_id[64];
	struct rec_machine machine = {
		.host = t->host.nodename,
		.kernel = t->host.release,
		.machine = t->host.machine,
		.boot_id = boot_id,
		.tool_version = DAXTOP_VERSION,
		.command = r->opts.command,
		.wall_ns = clock_ns(CLOCK_REALTIME),
		.mono_ns = now_ns,
		.start_ns = t->start_ns,
		.page_bytes = sysconf(_SC_PAGESIZE),
		.cpus_cnt = sysconf(_SC_NPROCESSORS_ONLN),
		.detail = t->opts.detail,
		.has_phases = t->opts.has_phases,
		.part = r->part,
		.interval_ns = r->opts.interval_ns,
		.ring_ns = ring_ns(r, now_ns),
	};

	read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id));
	return rec_writer__add(w, REC_MACHINE, &machine);
}

static const char *const statuses[] = {
	[HOOK_UNTRIED] = "untried", [HOOK_ATTACHED] = "attached", [HOOK_MISSING] = "missing",
	[HOOK_FAILED] = "failed",   [HOOK_UNUSED] = "unused",
};

static int hooks_write(const struct recorder *r, struct rec_writer *w)
{
	const struct hook_state *hooks;
	unsigned int cnt;
	int err = 0;

	hooks = probe__hooks(r->trace->probe, &cnt);
	for (unsigned int i = 0; i < cnt && !err; i++) {
		bool is_attached = hooks[i].status == HOOK_ATTACHED;
		bool is_lost = hooks[i].status == HOOK_MISSING || hooks[i].status == HOOK_FAILED;
		struct rec_hook hook = {
			.name = hooks[i].name,
			.how = is_attached ? hook_hows[hooks[i].how].name : NULL,
			.status = statuses[hooks[i].status],
			.reason = is_lost ? hook_causes[hooks[i].cause].text : NULL,
		};

		err = rec_writer__add(w, REC_HOOK, &hook);
	}
	return err;
}

static int filters_write(const struct recorder *r, struct rec_writer *w)
{
	int err = 0;

	for (size_t i = 0; i < r->trace->opts.shown_cnt && !err; i++) {
		const struct view_filter *shown = &r->trace->opts.shown[i];
		struct rec_filter filter = { shown->name, shown->value };

		err = rec_writer__add(w, REC_FILTER, &filter);
	}
	return err;
}

static int begin_write(const struct recorder *r, struct rec_writer *w)
{
	int err = machine_write(r, w);

	if (!err)
		err = hooks_write(r, w);
	if (!err)
		err = filters_write(r, w);
	return err ?: rec_names__write(w, r->trace->names);
}

int recorder__begin(struct recorder *r, const struct trace *t)
{
	r->trace = t;
	return r->ring ? 0 : begin_write(r, r->writer); /* of a ring when it is written */
}

/* ---- parts ---- */

static void totals_add(struct recorder_totals *to, const struct rec_writer *w)
{
	struct rec_written written = rec_writer__written(w);

	to->events_cnt += written.events_cnt;
	to->bytes_cnt += written.bytes_cnt;
	to->parts_cnt++;
}

/* Ends what @w has written to the output. */
static int part_close(struct recorder *r, struct rec_writer *w)
{
	unsigned char head[REC_HEAD_BYTES];
	int err = rec_writer__finish(w, head);

	totals_add(&r->before, w);
	return rec_out__finish(&r->out, err ? NULL : head) ?: err;
}

static int part_renew(struct recorder *r, const struct summary *s)
{
	int err = part_close(r, r->writer);

	rec_writer__free(r->writer);
	r->writer = NULL;
	if (!err)
		err = rec_out__rotate(&r->out, r->opts.keep);
	if (!err)
		err = rec_out__renew(&r->out);
	if (!err)
		err = writer_open(r);
	if (err)
		return err;
	r->part++;
	err = begin_write(r, r->writer);
	return err ?: rec_state__write(r->writer, s, false);
}

int recorder__state(struct recorder *r, const struct summary *s, bool is_last)
{
	int err = rec_state__write(r->writer, s, is_last);

	if (!err)
		err = rec_writer__flush(r->writer);
	if (err)
		return err;
	if (r->ring)
		rec_ring__age(r->ring, summary__end_ns(s));
	if (r->opts.part_bytes && !is_last && r->out.stored_bytes >= r->opts.part_bytes)
		return part_renew(r, s);
	return 0;
}

int recorder__finish(struct recorder *r)
{
	return r->ring ? 0 : part_close(r, r->writer);
}

struct recorder_totals recorder__totals(const struct recorder *r)
{
	struct recorder_totals totals = r->before;

	totals.is_short = r->ring && rec_ring__was_short(r->ring);

	if (!r->ring && r->writer && r->out.fd >= 0)
		totals_add(&totals, r->writer);
	return totals;
}

/* ---- the last seconds ---- */

bool recorder__is_triggered(struct recorder *r, const struct summary *s)
{
	bool is_triggered = r->is_triggered;

	r->is_triggered = false;
	for (size_t i = 0; r->opts.trigger_ns && i < summary__in_flight_row_cnt(s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(s, i);
		__u64 start_ns = summary__end_ns(s) - row->age_ns;

		if (row->age_ns < r->opts.trigger_ns || start_ns <= r->told_ns)
			continue;
		r->told_ns = start_ns;
		is_triggered = true;
	}
	return is_triggered;
}

/* What comes while the ring is copied goes on into it. */
static int take_between(void *ctx)
{
	const struct recorder *r = ctx;
	int err = probe__take_records(r->trace->probe);

	return err < 0 ? err : 0;
}

/* Hits that are in no event yet, to @w alone: their events come later. */
static int hits_to(struct recorder *r, struct rec_writer *w)
{
	struct rec_writer *ring = r->writer;
	int err;

	r->writer = w;
	r->is_saving = true;
	err = probe__take_hits(r->trace->probe);
	r->is_saving = false;
	r->writer = ring;
	return err;
}

static int dump_to(struct recorder *r, struct rec_writer *w, const struct summary *s)
{
	int err = begin_write(r, w);

	if (!err)
		err = rec_ring__copy(r->ring, w, take_between, r);
	if (!err && r->opts.recent)
		err = recent__each(r->opts.recent, write_event, w);
	if (!err)
		err = hits_to(r, w);
	return err ?: rec_state__write(w, s, false);
}

static int cannot_dump(const struct recorder *r, int err, struct failure *failure)
{
	return failure__set(failure, err, EXIT_CANNOT_RUN, "-o %s: cannot write: %s",
			    r->opts.target, strerror(-err));
}

/* A dump that was written whole gets a number; what is left of one that was not is overwritten. */
static int dump_open(struct recorder *r, struct failure *failure)
{
	int err = r->has_dump && r->out.path ? rec_out__rotate(&r->out, r->opts.keep) : 0;

	if (err)
		return cannot_dump(r, err, failure);
	r->has_dump = false;
	return rec_out__open(&r->out, r->opts.target, failure);
}

static int dump_write(struct recorder *r, const struct summary *s)
{
	struct rec_writer *w = rec_writer__new(rec_out__store, &r->out);
	int err;

	if (!w) {
		err = -errno;
		rec_out__finish(&r->out, NULL);
		return err;
	}
	err = dump_to(r, w, s);
	err = part_close(r, w) ?: err;
	rec_writer__free(w);
	r->part++;
	return err;
}

int recorder__dump(struct recorder *r, const struct summary *s, struct failure *failure)
{
	int err = rec_writer__flush(r->writer);

	if (err)
		return cannot_dump(r, err, failure);
	err = dump_open(r, failure);
	if (err)
		return err;
	err = dump_write(r, s);
	r->has_dump = !err;
	return err ? cannot_dump(r, err, failure) : 0;
}

int recorder__save(struct recorder *r, const char *path, __u64 interval_ns, const struct summary *s)
{
	int err = rec_writer__flush(r->writer);

	r->opts.interval_ns = interval_ns;
	if (!err)
		err = rec_out__create(&r->out, path);
	if (err)
		return err;
	err = dump_write(r, s);
	r->out.path = NULL;
	if (err)
		unlink(path);
	return err;
}
