// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The words themselves. Where a phrase goes, and how long a line is, is the view's.
 */
#include "view_say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fmt.h"

#define NS(ns)	     fmt__ns((char[FMT_BYTES]){}, FMT_BYTES, ns)
#define COUNT(cnt)   fmt__count((char[FMT_BYTES]){}, FMT_BYTES, cnt)
#define BYTES(bytes) fmt__bytes((char[FMT_BYTES]){}, FMT_BYTES, bytes)
#define DEV(dev)     fmt__dev((char[FMT_BYTES]){}, FMT_BYTES, dev)

/* ---- labels ---- */

char *say__inode(const struct summary *s, const struct names *n, const struct inode_key *key,
		 char *buf, size_t bytes)
{
	const struct mount_state *m = summary__mount_by_dev(s, key->dev);
	const char *where = m && m->mountpoint ? m->mountpoint : NULL;
	char name[PATH_BYTES + 32];

	names__inode_text(n, key, name, sizeof(name));
	if (summary__mount_cnt(s) > 1 || !key->nodeid)
		snprintf(buf, bytes, "%s: %s", where ?: DEV(key->dev),
			 key->nodeid ? name : "background reclaim");
	else
		snprintf(buf, bytes, "%s", name);
	return buf;
}

char *say__task(const char *comm, const struct task_key *key, char *buf, size_t bytes)
{
	char clean[TASK_COMM_LEN_MAX * 4 + 1];

	snprintf(buf, bytes, "%s (%u/%u)",
		 comm ? fmt__clean(clean, sizeof(clean), comm, strlen(comm)) : "n/a", key->pid,
		 key->tgid);
	return buf;
}

char *say__holder(const struct summary *s, enum dax_holder sort, unsigned int op,
		  const struct task_key *task, const char *comm, char *buf, size_t bytes)
{
	char who[SAY_LABEL];

	say__task(comm, task, who, sizeof(who));
	switch (sort) {
	case HOLDER_OP:
	case HOLDER_READER:
		snprintf(buf, bytes, "%s of %s%s", op < OP_NR ? op_table[op].name : "n/a", who,
			 sort == HOLDER_READER ? ", shared" : "");
		break;
	case HOLDER_READERS:
		snprintf(buf, bytes, "readers that were not seen");
		break;
	case HOLDER_TASK:
		snprintf(buf, bytes, "%s, in no %s", who,
			 summary__detail(s) == DETAIL_FULL ? "operation traced" : "operation seen");
		break;
	case HOLDER_LEAKED:
		snprintf(buf, bytes, "%s, gone: leaked or stale",
			 task->pid ? who : "a task not known");
		break;
	default:
		snprintf(buf, bytes, "nobody: just given up, or handed on");
	}
	return buf;
}

char *say__wait(unsigned int wait, unsigned int opcode, unsigned int wait_op, char *buf,
		size_t bytes)
{
	const char *request = opcode_name(opcode);

	if (!request && wait_op < OP_NR && op_table[wait_op].class == CLASS_REQUEST)
		request = op_table[wait_op].name;
	if (request && (wait == WAIT_REQUEST_HOST || wait == WAIT_REQUEST_GUEST))
		snprintf(buf, bytes, "%s (%s)", wait_table[wait].name, request);
	else
		snprintf(buf, bytes, "%s", wait_table[wait].name);
	return buf;
}

const char *const say_signal[SIGNAL_NR] = {
	[SIGNAL_ANY] = "a signal ends it",
	[SIGNAL_HARMFUL] = "a signal ends it but up to Linux 7.0 may leave i_mmap_sem locked",
	[SIGNAL_FATAL] = "only a signal that kills ends it",
	[SIGNAL_NONE] = "no signal ends it",
};

void say__phrase(const struct say *say, const char *format, ...)
{
	char text[SAY_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say->phrase(say->ctx, text);
}

/* ---- chains ---- */

#define READERS_SHOWN 4

/* Who may have the lock beside the reader named. */
static void say_readers(const struct say *say, const struct chain_step *step)
{
	const struct in_flight_row *rows[READERS_SHOWN];
	size_t cnt = summary__chain_readers(say->s, step, rows, READERS_SHOWN);
	char who[SAY_LABEL];

	for (size_t i = 0; i < cnt && i < READERS_SHOWN; i++)
		say__phrase(say, "%s%s of %s",
			    i ? "" : "in flight there: ", op_table[rows[i]->op].name,
			    say__task(rows[i]->comm, &rows[i]->task, who, sizeof(who)));
	if (cnt > READERS_SHOWN)
		say__phrase(say, "and %zu more", cnt - READERS_SHOWN);
}

static void say_holder_of(const struct say *say, const struct chain_step *step)
{
	const struct lock_holder *holder = &step->holder;
	char who[SAY_HOLDER];

	say__phrase(say, "held by %s",
		    say__holder(say->s, holder->sort, holder->op, &holder->task, holder->comm, who,
				sizeof(who)));
	if (holder->sort == HOLDER_LEAKED)
		say__phrase(say, "this file will not come back");
	else if (holder->held_ns)
		say__phrase(say, "for at most %s", NS(holder->held_ns));
	say_readers(say, step);
}

static void say_in_the_way(const struct say *say, const struct chain_step *step)
{
	char who[SAY_LABEL];

	switch (step->sort) {
	case CHAIN_HOLDER:
		say_holder_of(say, step);
		break;
	case CHAIN_WORKER:
		say__phrase(say, "behind the reclaim worker %s",
			    say__task(step->holder.comm, &step->holder.task, who, sizeof(who)));
		break;
	case CHAIN_NO_WORKER:
		say__phrase(say, "and the reclaim worker does not run");
		break;
	case CHAIN_PAGE:
		say__page(say, step->page);
		break;
	default:
		break;
	}
}

void say__chain(const struct say *say, const struct in_flight_row *row)
{
	struct chain_step steps[CHAIN_STEPS];
	bool is_loop;
	size_t cnt = summary__chain(say->s, row, steps, &is_loop);
	char label[SAY_BYTES - 256], wait[SAY_LABEL];

	for (size_t i = 0; i < cnt; i++) {
		const struct chain_step *step = &steps[i];

		say->line(say->ctx, i ? SAY_WHICH : "");
		say__phrase(say, "waits %s for %s", NS(step->wait_ns),
			    say__wait(step->wait, step->opcode, step->op, wait, sizeof(wait)));
		if (i && step->inode.nodeid)
			say__phrase(say, "%s",
				    say__inode(say->s, say->n, &step->inode, label, sizeof(label)));
		if (say_signal[step->signal])
			say__phrase(say, "%s", say_signal[step->signal]);
		say_in_the_way(say, step);
	}
	if (!is_loop)
		return;
	say->line(say->ctx, "");
	say__phrase(say, "(which waits for one of these: a deadlock)");
}

void say__page(const struct say *say, const struct in_flight_page *page)
{
	char label[SAY_LABEL];

	say__phrase(say, "page at %s, %u references", BYTES(page->offset), page->refs_cnt);
	for (__u32 i = 0; i < page->holder_cnt && i < PAGE_HOLDERS; i++) {
		const struct page_holder *h = &page->holders[i];
		struct task_key key = { .tgid = h->tgid, .pid = h->pid };

		say__phrase(say, "in a pipe of %s, fd %u (%s)",
			    say__task(h->comm, &key, label, sizeof(label)), h->fd,
			    h->is_reader ? "reads" : "writes");
	}
	if (!page->is_searched)
		say__phrase(say, "who holds it: not looked for yet");
	else if (page->is_cut)
		say__phrase(say, "perhaps in other pipes, too: the list was full");
	else if (!page->holder_cnt)
		say__phrase(say, "who holds it: unknown until released");
}

/* ---- tasks ---- */

void say__task_now(const struct say *say, const struct in_flight_row *row, __u32 functions)
{
	const struct in_flight_task *now = &row->now;

	if (!now->state)
		return;
	say->line(say->ctx, "");
	if (now->is_running && row->wait >= WAIT_NR)
		say__phrase(say, "runs, and waits for nothing");
	else
		say__phrase(say, "state %c", now->state);
	if (now->has_cpu)
		say__phrase(say, "%s of CPU since the last look", NS(now->cpu_ns));
	for (__u32 i = 0; i < now->fn_cnt && i < functions; i++)
		say__phrase(say, "%s%s", i ? "" : "in ", now->fns[i] ? now->fns[i] : "?");
}

void say__self_request(const struct say *say, const struct event_self_request *ev)
{
	const struct mount_state *m = summary__mount_by_dev(say->s, ev->key.dev);
	char label[SAY_BYTES - 64], task[SAY_LABEL];

	say->line(say->ctx, "DEADLOCK");
	say__phrase(say, "mount %s will not come back",
		    m && m->mountpoint ? m->mountpoint : DEV(ev->key.dev));
	say__phrase(say, "its completion worker %s waits for itself",
		    say__task(ev->comm, &ev->task, task, sizeof(task)));
	say__phrase(say, "%s", opcode_name(ev->opcode) ?: "of what kind is not known");
	say__phrase(say, "of %s", names__inode_text(say->n, &ev->key, label, sizeof(label)));
	if (ev->closer.pid)
		say__phrase(say, "closed by %s",
			    say__task(ev->closer_comm, &ev->closer, task, sizeof(task)));
}

void say__repeated_fault(const struct say *say, const struct repeated_fault *fault)
{
	char label[SAY_BYTES - 64], task[SAY_LABEL];

	say->line(say->ctx, "repeated");
	say__phrase(say, "%s of %s", op_table[fault->op].name,
		    say__task(fault->comm, &fault->task, task, sizeof(task)));
	say__phrase(say, "%s", say__inode(say->s, say->n, &fault->inode, label, sizeof(label)));
	say__phrase(say, "at %s again and again", BYTES(fault->offset));
	say__phrase(say, "%s looked at in %s", COUNT(fault->seen_cnt), NS(fault->span_ns));
	say__phrase(say, "it gets no further or the page is unmapped each time");
}

void say__worker(const struct say *say, __u32 dev, __u64 stuck_ns)
{
	const struct in_flight_row *row = summary__reclaim_worker(say->s, dev);
	char label[SAY_BYTES - 64];

	say->line(say->ctx, "  reclaim");
	if (!row) {
		say__phrase(say, "the worker does not run");
		return;
	}
	if (row->wait >= WAIT_NR) {
		say__phrase(say, "the worker runs");
		return;
	}
	say__phrase(say, "the worker waits %s for %s", NS(row->wait_ns),
		    wait_table[row->wait].name);
	if (row->inode.nodeid)
		say__phrase(say, "%s",
			    names__inode_text(say->n, &row->inode, label, sizeof(label)));
	if (row->wait == WAIT_BUSY_PAGE && row->wait_ns >= stuck_ns)
		say__phrase(say, "this one page stops reclaim for the whole mount");
}
