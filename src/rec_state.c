// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A summary's untold part as records. What is zero or absent is left out, so that an idle mount
 * costs a few bytes a look.
 */
#include "rec_state.h"

#include <string.h>

#include "releases.h"

#define STACK_BYTES 2048

static int write_head(struct rec_writer *w, const struct summary *s, bool is_last)
{
	const struct trust *t = summary__trust_since_start(s);
	struct rec_state state = {
		.ns = summary__end_ns(s),
		.is_last = is_last,
		.hooks_attached = t->hooks_attached,
		.hooks_total = t->hooks_total,
		.recursion_misses = t->recursion_misses,
		.kprobe_misses = t->kprobe_misses,
		.names_lost = t->events_lost,
		.own_cpu_ns = t->own_cpu_ns,
		.memory_bytes = t->memory_bytes,
		.steal_ns = summary__host(s)->steal_ns,
	};

	memcpy(state.scans, summary__scans(s), sizeof(state.scans));
	return rec_writer__add(w, REC_STATE, &state);
}

static int write_mounts(struct rec_writer *w, const struct summary *s)
{
	int err = 0;

	for (size_t i = 0; i < summary__mount_cnt(s) && !err; i++) {
		const struct mount_state *m = summary__mount(s, i);
		struct rec_mount mount = {
			.dev = m->dev,
			.flags = (m->has_figures ? REC_MOUNT_FIGURES : 0) |
				 (m->may_have_window ? REC_MOUNT_MAY_HAVE_WINDOW : 0),
			.mountpoint = m->mountpoint,
			.tag = m->tag,
			.fstype = m->fstype,
			.dax_mode = m->dax_mode,
			.reason = m->reason,
			.figures = m->figures,
		};

		err = rec_writer__add(w, REC_MOUNT, &mount);
	}
	return err;
}

static int write_counters(struct rec_writer *w, const struct summary *s)
{
	const struct trust *t = summary__trust_since_start(s);
	int err = 0;

	for (__u32 i = 0; i < COUNTER_NR && !err; i++) {
		struct rec_counter counter = { .id = i, .cnt = t->counters[i] };

		if (counter.cnt)
			err = rec_writer__add(w, REC_COUNTER, &counter);
	}
	return err;
}

static int write_unmeasured(struct rec_writer *w, const struct summary *s)
{
	int err = 0;

	for (size_t i = 0; i < summary__unmeasured_cnt(s) && !err; i++) {
		const struct unmeasured *u = summary__unmeasured(s, i);
		struct rec_unmeasured unmeasured = { u->figure, u->reason };

		err = rec_writer__add(w, REC_UNMEASURED, &unmeasured);
	}
	return err;
}

static int write_page_ins(struct rec_writer *w, const struct summary *s)
{
	int err = 0;

	for (__u32 op = 0; op < OP_NR && !err; op++) {
		const struct page_ins *p = &summary__host(s)->page_ins[op];
		struct rec_page_ins page_ins = { .op = op, .cnt = p->cnt, .total_ns = p->total_ns };

		if (p->cnt)
			err = rec_writer__add(w, REC_PAGE_INS, &page_ins);
	}
	return err;
}

static int write_shares(struct rec_writer *w, const struct summary *s)
{
	int err = 0;

	for (size_t i = 0; i < summary__share_cnt(s) && !err; i++) {
		const struct window_share *share = summary__share(s, i);
		struct rec_share record = { share->inode, share->ranges_cnt };

		err = rec_writer__add(w, REC_SHARE, &record);
	}
	return err;
}

/* ---- in flight ---- */

/* The functions of a stack, innermost first, a space between them. NULL for none. */
static const char *stack_text(const struct in_flight_task *task, char buf[STACK_BYTES])
{
	size_t used = 0;

	for (__u32 i = 0; i < task->fn_cnt && i < IN_FLIGHT_FUNCTIONS; i++) {
		const char *fn = task->fns[i] ?: "?";
		size_t len = strlen(fn);

		if (used + len + 2 > STACK_BYTES)
			break;
		if (used)
			buf[used++] = ' ';
		memcpy(buf + used, fn, len);
		used += len;
	}
	buf[used] = '\0';
	return used ? buf : NULL;
}

static __u32 row_flags(const struct in_flight_row *row)
{
	return (row->is_outermost ? REC_FLIGHT_OUTERMOST : 0) |
	       (row->is_innermost ? REC_FLIGHT_INNERMOST : 0) |
	       (row->page.is_searched ? REC_FLIGHT_PAGE_SEARCHED : 0) |
	       (row->page.is_cut ? REC_FLIGHT_PAGE_CUT : 0) |
	       (row->now.is_running ? REC_FLIGHT_RUNNING : 0) |
	       (row->now.has_cpu ? REC_FLIGHT_HAS_CPU : 0);
}

static int write_page_holders(struct rec_writer *w, const struct in_flight_page *page)
{
	int err = 0;

	for (__u32 i = 0; i < page->holder_cnt && i < PAGE_HOLDERS && !err; i++) {
		const struct page_holder *h = &page->holders[i];
		struct rec_page_holder holder = {
			.tgid = h->tgid, .pid = h->pid, .fd = h->fd, .is_reader = h->is_reader
		};

		memcpy(holder.comm, h->comm, sizeof(holder.comm));
		err = rec_writer__add(w, REC_PAGE_HOLDER, &holder);
	}
	return err;
}

static int write_row(struct rec_writer *w, const struct in_flight_row *row)
{
	char stack[STACK_BYTES];
	struct rec_in_flight record = {
		.age_ns = row->age_ns,
		.wait_ns = row->wait_ns,
		.wait_start_ns = row->wait_start_ns,
		.task = row->task,
		.inode = row->inode,
		.op = row->op,
		.wait = row->wait,
		.flags = row_flags(row),
		.opcode = row->opcode,
		.holder_sort = row->holder.sort,
		.holder_op = row->holder.op,
		.holder_held_ns = row->holder.held_ns,
		.holder = row->holder.task,
		.page_offset = row->page.offset,
		.page_refs_cnt = row->page.refs_cnt,
		.page_holder_cnt = row->page.holder_cnt,
		.state = (unsigned char)row->now.state,
		.cpu_ns = row->now.cpu_ns,
		.stack = stack_text(&row->now, stack),
	};
	int err;

	memcpy(record.comm, row->comm, sizeof(record.comm));
	memcpy(record.holder_comm, row->holder.comm, sizeof(record.holder_comm));
	err = rec_writer__add(w, REC_IN_FLIGHT, &record);
	return err ?: write_page_holders(w, &row->page);
}

static bool is_among_oldest(const struct summary *s, const struct in_flight_row *worker)
{
	for (size_t i = 0; i < summary__in_flight_row_cnt(s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(s, i);

		if (row->op == worker->op && row->age_ns == worker->age_ns &&
		    task_key__is_same(&row->task, &worker->task))
			return true;
	}
	return false;
}

/* How many there are of each operation beside the rows: @told are those that rows tell. */
static int write_flights(struct rec_writer *w, const struct summary *s, const __u64 told[OP_NR])
{
	int err = 0;

	for (__u32 op = 0; op < OP_NR && !err; op++) {
		const struct in_flight *f = summary__in_flight(s, op);
		struct rec_flights more = { .op = op, .oldest_ns = f->oldest_ns };

		if (f->cnt <= told[op])
			continue;
		more.cnt = f->cnt - told[op];
		err = rec_writer__add(w, REC_FLIGHTS, &more);
	}
	return err;
}

static int write_in_flight(struct rec_writer *w, const struct summary *s)
{
	__u64 told[OP_NR] = {};
	int err = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(s) && !err; i++) {
		told[summary__in_flight_row(s, i)->op]++;
		err = write_row(w, summary__in_flight_row(s, i));
	}
	for (size_t i = 0; i < summary__worker_row_cnt(s) && !err; i++) {
		const struct in_flight_row *worker = summary__worker_row(s, i);

		if (is_among_oldest(s, worker))
			continue;
		told[worker->op]++;
		err = write_row(w, worker);
	}
	return err ?: write_flights(w, s, told);
}

/* ---- what was seen again and again, and who let go ---- */

static int write_repeats(struct rec_writer *w, const struct summary *s)
{
	int err = 0;

	for (size_t i = 0; i < summary__repeated_fault_cnt(s) && !err; i++) {
		const struct repeated_fault *f = summary__repeated_fault(s, i);
		struct rec_repeat repeat = {
			.task = f->task,
			.inode = f->inode,
			.op = f->op,
			.seen_cnt = f->seen_cnt,
			.offset = f->offset,
			.span_ns = f->span_ns,
		};

		memcpy(repeat.comm, f->comm, sizeof(repeat.comm));
		err = rec_writer__add(w, REC_REPEAT, &repeat);
	}
	return err;
}

static int write_releases(struct rec_writer *w, const struct summary *s)
{
	int err = 0;

	for (size_t i = 0; i < summary__release_cnt(s) && !err; i++) {
		const struct page_release *r = summary__release(s, i);
		struct rec_release release = {
			.inode = r->inode,
			.task = r->task,
			.op = r->op,
			.who = r->who,
			.stack = *r->stack ? r->stack : NULL,
			.cnt = r->cnt,
			.total_ns = r->total_ns,
			.max_ns = r->max_ns,
			.offset_first = r->offset_first,
			.offset_last = r->offset_last,
		};

		memcpy(release.comm, r->comm, sizeof(release.comm));
		err = rec_writer__add(w, REC_RELEASE, &release);
	}
	return err;
}

static int write_phases(struct rec_writer *w, const struct summary *s)
{
	int err = 0;

	for (__u32 i = 0; i < PHASE_OPS * PHASE_NR && !err; i++) {
		struct rec_phase phase = { .op = i / PHASE_NR, .phase = i % PHASE_NR };

		phase.figures = *summary__phase(s, phase.op, phase.phase);
		if (phase.figures.cnt)
			err = rec_writer__add(w, REC_PHASE, &phase);
	}
	return err;
}

int rec_state__write(struct rec_writer *w, const struct summary *s, bool is_last)
{
	static int (*const parts[])(struct rec_writer * w, const struct summary *s) = {
		write_mounts,	 write_counters, write_unmeasured, write_page_ins, write_shares,
		write_in_flight, write_repeats,	 write_releases,   write_phases,
	};
	int err = write_head(w, s, is_last);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !err; i++)
		err = parts[i](w, s);
	return err;
}
