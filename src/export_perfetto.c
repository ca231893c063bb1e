// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * perfetto: the JSON of Chrome's trace events. A task is a track; operations and waits are slices
 * that nest in it, blame is an arrow to the holder, windows and losses are counters. Surprising:
 * what cannot be placed among the slices of its task (it came late, or nothing told its end) is
 * an instant, as readers drop slices that overlap.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "fmt.h"
#include "names.h"
#include "rec_rows.h"
#include "rec_tracks.h"

/* Above any pid: each recording has its own pids, and one more for what is of no task. */
#define PID_SHIFT      23
#define PID_NONE       (1ULL << 22)
#define RECORDINGS_MAX 255
#define PROCESSES_MAX  65536 /* further ones are called as each of their threads */

/* A process: what it is called is told once, and once more when its first thread is met. */
struct process {
	__u32 tgid;
	bool is_named, is_leaders;
	char leader[TASK_COMM_LEN_MAX]; /* name of its first thread; "": not known */
	UT_hash_handle hh;
};

struct perfetto {
	FILE *f;
	struct export_source source;
	struct rec_tracks *tracks;
	struct process *processes;
	bool has_events;
	__u64 flow_id;
	__u64 state_ns; /* of the REC_STATE that records belong to; 0: none that is asked for */
	__u64 lost_cnt;
};

/* ---- members ---- */

static __u64 pid_of(const struct perfetto *p, __u64 pid)
{
	return (__u64)p->source.index << PID_SHIFT | pid;
}

/* Microseconds with three digits of fraction. */
static void print_us(FILE *f, __u64 ns)
{
	rec_rows__number(f, ns / 1000);
	fprintf(f, ".%03llu", ns % 1000);
}

static __u64 since_start(const struct perfetto *p, __u64 ns)
{
	__u64 start_ns = p->source.origin->start_ns;

	return (ns > start_ns ? ns - start_ns : 0) + p->source.shift_ns;
}

/* Begins an event, with what each has. */
static void event_begin(struct perfetto *p, const char *ph, __u64 pid, __u64 tid, const char *name)
{
	fputs_unlocked(p->has_events ? ",\n{\"ph\":\"" : "\n{\"ph\":\"", p->f);
	p->has_events = true;
	fputs_unlocked(ph, p->f);
	fputs_unlocked("\",\"pid\":", p->f);
	rec_rows__number(p->f, pid_of(p, pid));
	fputs_unlocked(",\"tid\":", p->f);
	rec_rows__number(p->f, pid_of(p, tid));
	fputs_unlocked(",\"name\":", p->f);
	rec_rows__json_string(p->f, name);
}

static void put_time(struct perfetto *p, __u64 ns)
{
	fputs_unlocked(",\"ts\":", p->f);
	print_us(p->f, since_start(p, ns));
}

/* What began before tracing is drawn from its start on; args have all of it. */
static void put_span(struct perfetto *p, __u64 begin_ns, __u64 end_ns)
{
	put_time(p, begin_ns);
	fputs_unlocked(",\"dur\":", p->f);
	print_us(p->f, since_start(p, end_ns) - since_start(p, begin_ns));
}

static bool is_arg(const struct rec_column *column, const struct rec_value *v)
{
	if (column->part != PART_VALUE && column->part != PART_ELEMENT &&
	    column->part != PART_PATH && column->part != PART_MOUNTPOINT)
		return false;
	if (column->field->type == REC_T_TIME)
		return false;
	return v->type == VALUE_TEXT || (v->type == VALUE_NUMBER && v->number);
}

static void put_args(struct perfetto *p, const struct rec_event *ev)
{
	const struct rec_columns *columns = rec_columns__of_kind(ev->kind);
	const char *separator = "";

	fputs_unlocked(",\"args\":{", p->f);
	for (size_t i = 0; i < columns->cnt; i++) {
		struct rec_value v;

		rec_column__value(&columns->all[i], ev, &v);
		if (!is_arg(&columns->all[i], &v))
			continue;
		fputs_unlocked(separator, p->f);
		rec_rows__json_string(p->f, columns->all[i].name);
		putc_unlocked(':', p->f);
		if (v.type == VALUE_TEXT)
			rec_rows__json_string(p->f, v.text);
		else
			rec_rows__number(p->f, v.number);
		separator = ",";
	}
	putc_unlocked('}', p->f);
}

static void event_end(struct perfetto *p)
{
	putc_unlocked('}', p->f);
}

/* ---- tracks ---- */

/* @name and the host are clean, and fit. */
static void put_name(struct perfetto *p, const char *what, __u64 pid, __u64 tid, const char *name)
{
	const char *host = p->source.cnt > 1 ? p->source.origin->host : "";
	char text[sizeof(p->source.origin->host) + 64];

	snprintf(text, sizeof(text), "%s%s%s", host, *host ? ": " : "", name);
	event_begin(p, "M", pid, tid, what);
	fputs_unlocked(",\"args\":{\"name\":", p->f);
	rec_rows__json_string(p->f, text);
	putc_unlocked('}', p->f);
	event_end(p);
}

/* NULL when there are too many, or no memory: names are not worth to fail for. */
static struct process *process_get(struct perfetto *p, __u32 tgid)
{
	struct process *process;

	HASH_FIND(hh, p->processes, &tgid, sizeof(tgid), process);
	if (process || HASH_COUNT(p->processes) >= PROCESSES_MAX)
		return process;
	process = calloc(1, sizeof(*process));
	if (!process)
		return NULL;
	process->tgid = tgid;
	HASH_ADD(hh, p->processes, tgid, sizeof(process->tgid), process);
	if (process->hh.tbl)
		return process;
	free(process);
	return NULL;
}

static void processes_drop(struct perfetto *p)
{
	struct process *process, *next;

	HASH_ITER(hh, p->processes, process, next)
	{
		HASH_DEL(p->processes, process);
		free(process);
	}
}

static int skip_inode(void *ctx, const struct inode_key *key, const struct inode_name *name)
{
	(void)ctx, (void)key, (void)name;
	return 0;
}

/* Another thread cannot ask for the name of the first one: when that began is not known of it. */
static int take_leader(void *ctx, const struct task_key *key, const char *comm)
{
	struct process *process = key->pid == key->tgid ? process_get(ctx, key->tgid) : NULL;

	if (process)
		fmt__clean(process->leader, sizeof(process->leader), comm, strlen(comm));
	return 0;
}

/* As its first thread where that is known, else as the one that is met first. */
static void name_process(struct perfetto *p, const struct task_key *task, const char *comm)
{
	struct process *process = process_get(p, task->tgid);
	bool is_leader = task->pid == task->tgid;
	bool is_known = process && *process->leader;

	if (process && (process->is_leaders || (process->is_named && !is_leader)))
		return;
	put_name(p, "process_name", task->tgid, task->pid,
		 is_known && !is_leader ? process->leader : comm);
	if (!process)
		return;
	process->is_named = true;
	process->is_leaders = is_leader || is_known;
}

static void name_track(struct perfetto *p, struct rec_track *track)
{
	const struct task_key *task = &track->task;
	const char *comm = names__comm(p->source.origin->names, task) ?: "?";

	if (track->is_known)
		return;
	track->is_known = true;
	name_process(p, task, comm);
	put_name(p, "thread_name", task->tgid, task->pid, comm);
}

static struct rec_track *track_of(struct perfetto *p, const struct task_key *task)
{
	struct rec_track *track = rec_tracks__get(p->tracks, task);

	if (track)
		name_track(p, track);
	return track;
}

/* ---- events ---- */

static const char *name_of(const struct rec_event *ev, struct rec_value *v)
{
	static const char *const names[] = { "op", "wait", "change", "opcode" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct rec_column *column = rec_columns__find(ev->kind, names[i]);

		if (ev->kind == REC_WAIT && i == 0)
			continue;
		if (!column)
			continue;
		rec_column__value(column, ev, v);
		if (v->type == VALUE_TEXT)
			return v->text;
	}
	return "?";
}

static void put_category(struct perfetto *p, enum rec_kind kind)
{
	fprintf(p->f, ",\"cat\":\"%s\"", rec_kind__find(kind)->name);
}

static void put_slice(struct perfetto *p, const struct task_key *task, const struct rec_event *ev,
		      __u64 begin_ns, __u64 end_ns)
{
	struct rec_value v;

	event_begin(p, "X", task->tgid, task->pid, name_of(ev, &v));
	put_category(p, ev->kind);
	put_span(p, begin_ns, end_ns);
	put_args(p, ev);
	event_end(p);
}

static void put_instant(struct perfetto *p, const struct task_key *task, const struct rec_event *ev)
{
	__u64 pid = task->pid ? task->tgid : PID_NONE, tid = task->pid ? task->pid : PID_NONE;
	struct rec_value v;

	event_begin(p, "i", pid, tid, name_of(ev, &v));
	put_category(p, ev->kind);
	put_time(p, ev->begin_ns);
	fprintf(p->f, ",\"s\":\"%c\"", ev->kind == REC_SELF_REQUEST ? 'g' : 't');
	put_args(p, ev);
	event_end(p);
}

/* A wait that may contain others is drawn when it has ended, and where it did. */
static void track_ended(void *ctx, const struct rec_track *track, const struct rec_open *open)
{
	struct perfetto *p = ctx;
	struct rec_event ev = {
		.kind = REC_WAIT,
		.begin_ns = open->begin_ns,
		.record = &open->wait,
		.origin = p->source.origin,
	};

	if (rec_open__may_contain_waits(open))
		put_slice(p, &track->task, &ev, open->begin_ns, open->end_ns);
}

static int take_slice(struct perfetto *p, const struct rec_event *ev)
{
	struct task_key task = rec_event__task(ev);
	struct rec_track *track = track_of(p, &task);
	const struct rec_open *open;

	if (!track)
		return -ENOMEM;
	open = rec_tracks__begin(p->tracks, track, ev);
	if (!open)
		put_instant(p, &task, ev);
	else if (!rec_open__may_contain_waits(open))
		put_slice(p, &task, ev, open->begin_ns, open->end_ns);
	return 0;
}

static void put_flow_end(struct perfetto *p, const struct rec_event *ev,
			 const struct task_key *task, const char *ph)
{
	struct rec_value v;

	event_begin(p, ph, task->tgid, task->pid, name_of(ev, &v));
	put_category(p, ev->kind);
	put_time(p, ev->begin_ns + 1); /* inside what begins then */
	fputs_unlocked(",\"id\":", p->f);
	rec_rows__number(p->f, p->flow_id);
	fputs_unlocked(*ph == 'f' ? ",\"bp\":\"e\"" : "", p->f);
	if (*ph == 's')
		put_args(p, ev);
	event_end(p);
}

static bool is_in_slice(const struct rec_track *track, __u64 ns)
{
	for (unsigned int i = 0; i < track->depth; i++)
		if (track->open[i].begin_ns <= ns && ns < track->open[i].end_ns)
			return true;
	return false;
}

/*
 * Whom an arrow can lead to: a holder that is in an operation then, as far as told. NULL with 0
 * or -ENOMEM.
 */
static const struct task_key *find_holder(struct perfetto *p, const struct event_blame *blame,
					  int *err)
{
	const struct task_key *holder = &blame->edge.holder;
	const struct rec_track *waiter = track_of(p, &blame->task), *track;

	*err = waiter ? 0 : -ENOMEM;
	if (!waiter || !holder->pid || blame->edge.holder_op == OP_NR ||
	    !is_in_slice(waiter, blame->begin_ns + 1))
		return NULL;
	track = track_of(p, holder);
	*err = track ? 0 : -ENOMEM;
	return track && is_in_slice(track, blame->begin_ns + 1) ? holder : NULL;
}

/* An arrow needs a slice at both ends. */
static int take_blame(struct perfetto *p, const struct rec_event *ev)
{
	const struct event_blame *blame = ev->record;
	int err;
	const struct task_key *holder = find_holder(p, blame, &err);

	if (err)
		return err;
	if (!holder || ev->is_late) {
		put_instant(p, &blame->task, ev);
		return 0;
	}
	p->flow_id++;
	put_flow_end(p, ev, &blame->task, "s");
	put_flow_end(p, ev, holder, "f");
	return 0;
}

static int perfetto_event(void *ctx, const struct rec_event *ev)
{
	struct perfetto *p = ctx;
	struct task_key task;

	switch (ev->kind) {
	case REC_OP:
	case REC_HITS:
	case REC_WAIT:
		return take_slice(p, ev);
	case REC_BLAME:
		return take_blame(p, ev);
	default:
		task = rec_event__task(ev);
		if (task.pid && !track_of(p, &task))
			return -ENOMEM;
		put_instant(p, &task, ev);
		return 0;
	}
}

/* ---- counters ---- */

static void put_window(struct perfetto *p, const struct rec_mount *mount)
{
	const struct rec_kind_desc *desc = rec_kind__find(REC_MOUNT);
	const char *separator = "";
	const char *where = mount->mountpoint ?: mount->tag ?: "?";
	char clean[PATH_BYTES], name[sizeof(clean) + sizeof("window ")];

	if (!p->state_ns || !(mount->flags & REC_MOUNT_FIGURES))
		return;
	snprintf(name, sizeof(name), "window %s",
		 fmt__clean(clean, sizeof(clean), where, strlen(where)));
	event_begin(p, "C", PID_NONE, PID_NONE, name);
	put_time(p, p->state_ns);
	fputs_unlocked(",\"args\":{", p->f);
	for (size_t i = 0; i < desc->fields_cnt; i++) {
		const struct rec_field *field = &desc->fields[i];

		if (strcmp(field->name, "free_ranges") && strcmp(field->name, "busy_ranges"))
			continue;
		fprintf(p->f, "%s\"%s\":%llu", separator, field->name,
			rec_field__number(field, mount, 0));
		separator = ",";
	}
	putc_unlocked('}', p->f);
	event_end(p);
}

/* Those of one state are added up until the next one comes. */
static void put_lost(struct perfetto *p)
{
	if (!p->state_ns)
		return;
	event_begin(p, "C", PID_NONE, PID_NONE, "operations lost");
	put_time(p, p->state_ns);
	fprintf(p->f, ",\"args\":{\"lost\":%llu}", p->lost_cnt);
	event_end(p);
}

static bool is_asked(const struct perfetto *p, __u64 ns)
{
	const struct rec_filters *f = p->source.filters;
	__u64 start_ns = p->source.origin->start_ns;
	__u64 since_ns = ns > start_ns ? ns - start_ns : 0;

	return since_ns >= f->from_ns && (!f->to_ns || since_ns < f->to_ns);
}

static int perfetto_other(void *ctx, enum rec_kind kind, const void *record)
{
	struct perfetto *p = ctx;
	const struct rec_state *state = record;
	const struct rec_counter *counter = record;

	if (kind == REC_STATE) {
		put_lost(p);
		p->state_ns = is_asked(p, state->ns) ? state->ns : 0;
		p->lost_cnt = state->recursion_misses + state->kprobe_misses;
	} else if (kind == REC_MOUNT) {
		put_window(p, record);
	} else if (kind == REC_COUNTER && counter->id < COUNTER_NR &&
		   counter_table[counter->id].kind == COUNTER_LOST) {
		p->lost_cnt += counter->cnt;
	}
	return 0;
}

/* ---- begin and end ---- */

static void *perfetto_new(FILE *f)
{
	struct perfetto *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->f = f;
	fputs("{\"traceEvents\":[",
	      f); /* without displayTimeUnit: Perfetto takes it for the unit of ts */
	return p;
}

static void perfetto_free(void *ctx)
{
	struct perfetto *p = ctx;

	rec_tracks__free(p->tracks);
	processes_drop(p);
	free(p);
}

static int perfetto_begin(void *ctx, const struct export_source *source)
{
	static const struct names_fns fns = { skip_inode, take_leader };
	struct perfetto *p = ctx;

	if (source->index >= RECORDINGS_MAX)
		return -E2BIG;
	p->source = *source;
	p->state_ns = 0;
	p->tracks = rec_tracks__new(track_ended, p);
	if (!p->tracks)
		return -ENOMEM;
	names__each(source->origin->names, &fns, p);
	put_name(p, "process_name", PID_NONE, PID_NONE, "virtiofs windows");
	return 0;
}

static int perfetto_end(void *ctx)
{
	struct perfetto *p = ctx;

	rec_tracks__end_all(p->tracks);
	put_lost(p);
	rec_tracks__free(p->tracks);
	p->tracks = NULL;
	processes_drop(p);
	return 0;
}

static int perfetto_finish(void *ctx)
{
	struct perfetto *p = ctx;

	fputs("\n]}\n", p->f);
	return 0;
}

const struct export_format export_perfetto = {
	.name = "perfetto",
	.help = "JSON for ui.perfetto.dev, also for chrome://tracing",
	.new = perfetto_new,
	.free = perfetto_free,
	.begin = perfetto_begin,
	.event = perfetto_event,
	.other = perfetto_other,
	.end = perfetto_end,
	.finish = perfetto_finish,
};
