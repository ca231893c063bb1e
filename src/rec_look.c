// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Nothing in a record is trusted: ids are looked at, strings cleaned, and of what may come again
 * and again no more is kept than a live summary has. Surprising: who holds a page comes after the
 * row that waits for it, so a row is added when the next record shows that it is complete.
 */
#include "rec_look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "releases.h"

#define ROWS_MAX       (2 * IN_FLIGHT_ROWS)
#define UNMEASURED_MAX 256
#define SHARES_MAX     262144
#define RANGES_MAX     (1 << 22) /* of 2 MiB: a window of 8 TiB */
#define STACK_BYTES    2048

struct rec_look {
	struct rec_match *match;
	struct summary *s;
	struct trust trust;
	struct host_time host;
	__u64 ns;
	bool is_last;
	bool has_row; /* @row waits for the holders of its page */
	struct in_flight_row row;
	__u32 holders_cnt;	/* of its page, those without a record of their own too */
	char *stacks[ROWS_MAX]; /* what rows borrow from */
	size_t stacks_cnt;
	size_t rows_cnt;
};

struct rec_look *rec_look__new(const struct rec_state *state, struct rec_match *match)
{
	struct rec_look *look = calloc(1, sizeof(*look));

	if (look)
		look->s = summary__new();
	if (!look || !look->s) {
		free(look);
		errno = ENOMEM;
		return NULL;
	}
	look->match = match;
	look->ns = state->ns;
	look->is_last = state->is_last;
	look->trust = (struct trust){
		.recursion_misses = state->recursion_misses,
		.kprobe_misses = state->kprobe_misses,
		.events_lost = state->names_lost,
		.own_cpu_ns = state->own_cpu_ns,
		.memory_bytes = state->memory_bytes,
		.hooks_attached = state->hooks_attached,
		.hooks_total = state->hooks_total,
	};
	look->host.steal_ns = state->steal_ns;
	summary__set_scans(look->s, state->scans);
	return look;
}

void rec_look__free(struct rec_look *look)
{
	if (!look)
		return;
	for (size_t i = 0; i < look->stacks_cnt; i++)
		free(look->stacks[i]);
	summary__free(look->s);
	free(look);
}

struct summary *rec_look__summary(const struct rec_look *look)
{
	return look->s;
}

__u64 rec_look__ns(const struct rec_look *look)
{
	return look->ns;
}

bool rec_look__is_last(const struct rec_look *look)
{
	return look->is_last;
}

/* ---- mounts, and how far to trust it all ---- */

static int take_mount(struct rec_look *look, const void *record)
{
	const struct rec_mount *m = record;
	struct mount_state state = {
		.dev = m->dev,
		.mountpoint = m->mountpoint,
		.tag = m->tag,
		.fstype = m->fstype,
		.dax_mode = m->dax_mode,
		.reason = m->reason,
		.has_figures = m->flags & REC_MOUNT_FIGURES,
		.may_have_window = m->flags & REC_MOUNT_MAY_HAVE_WINDOW,
		.figures = m->figures,
	};

	if (m->figures.total_ranges > RANGES_MAX)
		return -EINVAL;
	if (!rec_match__mount(look->match, m->dev))
		return 0;
	return summary__set_mount(look->s, &state);
}

static int take_counter(struct rec_look *look, const void *record)
{
	const struct rec_counter *c = record;

	if (c->id >= COUNTER_NR)
		return -EINVAL;
	look->trust.counters[c->id] = c->cnt;
	return 0;
}

static int take_unmeasured(struct rec_look *look, const void *record)
{
	const struct rec_unmeasured *u = record;

	if (!u->figure || summary__unmeasured_cnt(look->s) >= UNMEASURED_MAX)
		return u->figure ? -ENOSPC : -EINVAL;
	return summary__add_unmeasured(look->s, u->figure, u->reason);
}

static int take_page_ins(struct rec_look *look, const void *record)
{
	const struct rec_page_ins *p = record;

	if (p->op >= OP_NR)
		return -EINVAL;
	look->host.page_ins[p->op] = (struct page_ins){ p->cnt, p->total_ns };
	return 0;
}

static int take_share(struct rec_look *look, const void *record)
{
	const struct rec_share *share = record;

	if (summary__share_cnt(look->s) >= SHARES_MAX)
		return -ENOSPC;
	return summary__add_window_share(look->s, &share->inode, share->ranges_cnt);
}

/* ---- in flight ---- */

static int row_end(struct rec_look *look)
{
	bool passes = look->has_row && rec_match__row(look->match, &look->row);
	struct in_flight_page *page = &look->row.page;

	if (page->holder_cnt == PAGE_HOLDERS && look->holders_cnt > PAGE_HOLDERS)
		page->holder_cnt = look->holders_cnt;
	look->has_row = false;
	return passes ? summary__add_in_flight_row(look->s, &look->row) : 0;
}

/* Cuts @text into functions; it becomes the look's. */
static void take_stack(struct rec_look *look, struct in_flight_task *now, char *text)
{
	char *save, *fn = strtok_r(text, " ", &save);

	look->stacks[look->stacks_cnt++] = text;
	for (; fn && now->fn_cnt < IN_FLIGHT_FUNCTIONS; fn = strtok_r(NULL, " ", &save))
		now->fns[now->fn_cnt++] = strcmp(fn, "?") ? fn : NULL;
}

static int take_task(struct rec_look *look, struct in_flight_task *now,
		     const struct rec_in_flight *r)
{
	char clean[STACK_BYTES], *text;

	if (r->state > ' ' && r->state < 127)
		now->state = r->state;
	now->is_running = r->flags & REC_FLIGHT_RUNNING;
	now->has_cpu = r->flags & REC_FLIGHT_HAS_CPU;
	now->cpu_ns = r->cpu_ns;
	if (!r->stack)
		return 0;
	text = strdup(fmt__clean(clean, sizeof(clean), r->stack, strlen(r->stack)));
	if (!text)
		return -ENOMEM;
	take_stack(look, now, text);
	return 0;
}

static struct lock_holder holder_of(const struct rec_in_flight *r)
{
	struct lock_holder holder = {
		.sort = r->holder_sort < HOLDER_NR ? r->holder_sort : HOLDER_NONE,
		.op = r->holder_op < OP_NR ? r->holder_op : OP_NR,
		.held_ns = r->holder_held_ns,
		.task = r->holder,
	};

	memcpy(holder.comm, r->holder_comm, TASK_COMM_LEN_MAX);
	return holder;
}

static int take_in_flight(struct rec_look *look, const void *record)
{
	const struct rec_in_flight *r = record;

	if (r->op >= OP_NR)
		return -EINVAL;
	if (look->rows_cnt == ROWS_MAX)
		return -ENOSPC;
	look->rows_cnt++;
	look->has_row = true;
	look->holders_cnt = r->page_holder_cnt;
	look->row = (struct in_flight_row){
		.age_ns = r->age_ns,
		.wait_ns = r->wait_ns,
		.wait_start_ns = r->wait_start_ns,
		.task = r->task,
		.inode = r->inode,
		.op = r->op,
		.wait = r->wait < WAIT_NR ? r->wait : WAIT_NONE,
		.is_outermost = r->flags & REC_FLIGHT_OUTERMOST,
		.is_innermost = r->flags & REC_FLIGHT_INNERMOST,
		.opcode = r->opcode,
		.holder = holder_of(r),
		.page = { .offset = r->page_offset,
			  .refs_cnt = r->page_refs_cnt,
			  .is_searched = r->flags & REC_FLIGHT_PAGE_SEARCHED,
			  .is_cut = r->flags & REC_FLIGHT_PAGE_CUT },
	};
	memcpy(look->row.comm, r->comm, TASK_COMM_LEN_MAX);
	return take_task(look, &look->row.now, r);
}

static int take_page_holder(struct rec_look *look, const void *record)
{
	const struct rec_page_holder *h = record;
	struct in_flight_page *page = &look->row.page;
	struct page_holder *to;

	if (!look->has_row)
		return -EINVAL;
	if (page->holder_cnt >= PAGE_HOLDERS)
		return -ENOSPC;
	to = &page->holders[page->holder_cnt++];
	*to = (struct page_holder){
		.tgid = h->tgid, .pid = h->pid, .fd = h->fd, .is_reader = h->is_reader
	};
	memcpy(to->comm, h->comm, sizeof(to->comm));
	return 0;
}

/* Those who are not told one by one cannot be asked whether they pass. */
static int take_flights(struct rec_look *look, const void *record)
{
	const struct rec_flights *f = record;

	if (f->op >= OP_NR)
		return -EINVAL;
	if (rec_match__is_narrow(look->match) || !rec_match__kind(look->match, f->op))
		return 0;
	return summary__add_in_flight_cnt(look->s, f->op, f->cnt, f->oldest_ns);
}

/* ---- faults that repeat, releases, phases ---- */

static int take_repeat(struct rec_look *look, const void *record)
{
	const struct rec_repeat *r = record;
	struct repeated_fault fault = {
		.task = r->task,
		.inode = r->inode,
		.op = r->op,
		.seen_cnt = r->seen_cnt,
		.offset = r->offset,
		.span_ns = r->span_ns,
	};

	if (r->op >= OP_NR)
		return -EINVAL;
	memcpy(fault.comm, r->comm, TASK_COMM_LEN_MAX);
	if (!rec_match__kind(look->match, r->op) || !rec_match__inode(look->match, &r->inode) ||
	    !rec_match__task(look->match, &r->task))
		return 0;
	return summary__add_repeated_fault(look->s, &fault);
}

/* Who waited is not told, nor how long each: see filters_tell() in rec_feed.c. */
static int take_release(struct rec_look *look, const void *record)
{
	const struct rec_release *r = record;
	char stack[STACK_BYTES] = "";
	struct page_release release = {
		.inode = r->inode,
		.task = r->task,
		.op = r->op,
		.who = r->who,
		.stack = stack,
		.cnt = r->cnt,
		.total_ns = r->total_ns,
		.max_ns = r->max_ns,
		.offset_first = r->offset_first,
		.offset_last = r->offset_last,
	};

	if (r->op >= OP_NR || r->who >= RELEASER_NR)
		return -EINVAL;
	if (summary__release_cnt(look->s) == RELEASES_MAX)
		return -ENOSPC;
	memcpy(release.comm, r->comm, TASK_COMM_LEN_MAX);
	if (r->stack)
		fmt__clean(stack, sizeof(stack), r->stack, strlen(r->stack));
	if (!rec_match__kind(look->match, r->op) || !rec_match__inode(look->match, &r->inode))
		return 0;
	return summary__add_release(look->s, &release);
}

static int take_phase(struct rec_look *look, const void *record)
{
	const struct rec_phase *p = record;

	if (p->op < OP_NR && !rec_match__kind(look->match, p->op))
		return 0;
	return summary__add_phase(look->s, p->op, p->phase, &p->figures);
}

static int (*const takers[])(struct rec_look *look, const void *record) = {
	[REC_MOUNT] = take_mount,	    [REC_COUNTER] = take_counter,
	[REC_UNMEASURED] = take_unmeasured, [REC_PAGE_INS] = take_page_ins,
	[REC_SHARE] = take_share,	    [REC_IN_FLIGHT] = take_in_flight,
	[REC_REPEAT] = take_repeat,	    [REC_RELEASE] = take_release,
	[REC_PHASE] = take_phase,	    [REC_PAGE_HOLDER] = take_page_holder,
	[REC_FLIGHTS] = take_flights,
};

int rec_look__take(struct rec_look *look, enum rec_kind kind, const void *record)
{
	int err = kind == REC_PAGE_HOLDER ? 0 : row_end(look);

	if (err || kind >= sizeof(takers) / sizeof(takers[0]) || !takers[kind])
		return err;
	return takers[kind](look, record);
}

int rec_look__end(struct rec_look *look)
{
	int err = row_end(look);

	summary__set_trust(look->s, &look->trust);
	summary__set_host(look->s, &look->host);
	return err;
}
