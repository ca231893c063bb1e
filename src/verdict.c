// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A table of what can be wrong: each row looks for one thing and says how bad it is, and the worst
 * is told. Levels come first, then a score: of what is stuck how many tasks and how long, of what
 * is slow the time waited, so that neither depends on how long it was looked at.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "verdict_priv.h"

void verdict_say(struct finding *f, const char *format, ...)
{
	char part[VERDICT_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(part, sizeof(part), format, args);
	va_end(args);
	fmt__clean(f->text + f->used, sizeof(f->text) - f->used, part, sizeof(part));
	f->used += strlen(f->text + f->used);
}

const char *verdict_inode(const struct look *l, const struct inode_key *key, char *buf)
{
	char name[PATH_BYTES + 32];

	names__inode_text(l->n, key, name, sizeof(name));
	return fmt__tail(buf, VERDICT_NAME_BYTES, name, VERDICT_NAME_COLUMNS);
}

const char *verdict_task(const char *comm, const struct task_key *task, char *buf)
{
	char clean[TASK_COMM_LEN_MAX * 4 + 1];

	if (comm && *comm)
		snprintf(buf, VERDICT_TASK_BYTES, "%s (%u)",
			 fmt__clean(clean, sizeof(clean), comm, TASK_COMM_LEN_MAX), task->pid);
	else
		snprintf(buf, VERDICT_TASK_BYTES, "pid %u", task->pid);
	return buf;
}

const char *const wait_nouns[WAIT_NR] = {
	[WAIT_I_MMAP_SEM_READ] = "i_mmap_sem",
	[WAIT_I_MMAP_SEM_WRITE] = "i_mmap_sem",
	[WAIT_I_DMAP_SEM_READ] = "i_dmap_sem",
	[WAIT_I_DMAP_SEM_WRITE] = "i_dmap_sem",
	[WAIT_INODE_LOCK_READ] = "the inode lock",
	[WAIT_INODE_LOCK_WRITE] = "the inode lock",
	[WAIT_BUSY_PAGE] = "one page that is pinned",
	[WAIT_FREE_RANGE] = "a free range of the window",
	[WAIT_REQUEST_HOST] = "the host to answer",
	[WAIT_REQUEST_GUEST] = "a CPU after the host has answered",
};

/* ---- mounts that will not come back ---- */

static void find_self_request(const struct look *l, struct finding *f)
{
	for (size_t i = 0; i < summary__self_request_cnt(l->s) && !f->level; i++) {
		const struct event_self_request *ev = summary__self_request(l->s, i);
		const struct mount_state *m = summary__mount_by_dev(l->s, ev->key.dev);
		const char *where = m && m->mountpoint ? m->mountpoint : DEV(ev->key.dev);

		if (!is_of(l, ev->key.dev))
			continue;
		f->level = VERDICT_STUCK;
		f->score = ~0ULL;
		if (!l->dev && summary__mount_cnt(l->s) > 1)
			verdict_say(f, "mount %s",
				    fmt__tail((char[VERDICT_NAME_BYTES]){}, VERDICT_NAME_BYTES,
					      where, VERDICT_NAME_COLUMNS));
		else
			verdict_say(f, "this mount");
		verdict_say(f,
			    " will not come back: its completion worker waits for its own %s of %s",
			    opcode_name(ev->opcode) ?: "request", INODE(l, &ev->key));
		if (ev->closer.pid)
			verdict_say(f, ", closed by %s", TASK(ev->closer_comm, &ev->closer));
	}
}

/* ---- windows ---- */

static void say_mount(const struct look *l, struct finding *f, const struct mount_state *m)
{
	if (!l->dev && summary__mount_cnt(l->s) > 1 && m->mountpoint)
		verdict_say(f, "%s: ",
			    fmt__tail((char[VERDICT_NAME_BYTES]){}, VERDICT_NAME_BYTES,
				      m->mountpoint, VERDICT_NAME_COLUMNS));
}

/* Waits for a range, and requests of setups that were repeats. */
static __u64 small_window_ns(const struct look *l, const struct mount_state *m)
{
	__u64 free_ns = summary__wait(l->s, WAIT_FREE_RANGE)->total_ns;
	__u64 host_ns = summary__op(l->s, OP_SETUP)->wait_ns[WAIT_REQUEST_HOST];

	if (summary__mount_cnt(l->s) > 1) {
		struct figures ops[OP_NR];

		summary__mount_ops(l->s, m->dev, ops);
		host_ns = ops[OP_SETUP].wait_ns[WAIT_REQUEST_HOST];
		free_ns = 0;
		for (unsigned int op = 0; op < OP_NR; op++)
			if (op_table[op].class == CLASS_USER)
				free_ns += ops[op].wait_ns[WAIT_FREE_RANGE];
	}
	return free_ns + host_ns / 1000 * m->advice.figures.repeat_permille;
}

/*
 * Advice is since tracing began, what it costs is of the time looked at; where that is little, it
 * is a note.
 */
static void find_small_window(const struct look *l, struct finding *f)
{
	for (size_t i = 0; i < summary__mount_cnt(l->s); i++) {
		const struct mount_state *m = summary__mount(l->s, i);
		const struct window_figures *w = &m->advice.figures;
		__u64 cost_ns;

		if (!m->has_advice || !is_of(l, m->dev) ||
		    !window_verdict_table[WINDOW_TOO_SMALL].applies(w))
			continue;
		cost_ns = small_window_ns(l, m);
		if (f->level && cost_ns <= f->score)
			continue;
		*f = (struct finding){ .score = cost_ns };
		f->level = cost_ns > summary__duration_ns(l->s) / 1000 * BUSY_PERMILLE
				   ? VERDICT_SLOW
				   : VERDICT_NOTE;
		say_mount(l, f, m);
		verdict_say(f, "window too small (%s): %s would avoid %s %% of setups",
			    BYTES(w->window_ranges * RANGE_BYTES),
			    BYTES(w->best_ranges * RANGE_BYTES),
			    PERCENT(w->best_saved_permille * w->repeats / 1000, w->setups));
	}
}

/* What else is known of windows: the table's own sentences. */
static void find_window_note(const struct look *l, struct finding *f)
{
	static const enum window_verdict notes[] = { WINDOW_INLINE, WINDOW_SMALL_FILES,
						     WINDOW_NO_HELP, WINDOW_SPARE };

	for (size_t i = 0; i < summary__mount_cnt(l->s); i++) {
		const struct mount_state *m = summary__mount(l->s, i);
		const struct window_figures *w = &m->advice.figures;
		char text[WINDOW_TEXT_BYTES];

		if (!m->has_advice || !is_of(l, m->dev))
			continue;
		for (size_t j = 0; j < sizeof(notes) / sizeof(notes[0]) && !f->level; j++) {
			if (!window_verdict_table[notes[j]].applies(w))
				continue;
			f->level = VERDICT_NOTE;
			say_mount(l, f, m);
			verdict_say(f, "%s",
				    window_verdict__text(window_verdict_table[notes[j]].sentence, w,
							 text, sizeof(text)));
		}
	}
}

/* ---- figures themselves ---- */

static void find_lost(const struct look *l, struct finding *f)
{
	__u64 lost = trust__lost(summary__trust(l->s));

	if (!lost)
		return;
	f->level = VERDICT_NOTE;
	f->score = ~0ULL;
	f->is_of_all = true;
	verdict_say(f, "%s operation%s lost: figures are too low", COUNT(lost),
		    lost > 1 ? "s" : "");
}

/* Of two that are as bad the first is told. */
static void (*const candidates[])(const struct look *l, struct finding *f) = {
	find_self_request, verdict_find_stuck, verdict_find_repeated, find_small_window,
	verdict_find_slow, find_lost,	       find_window_note,
};

void verdict__find(struct verdict *v, const struct summary *s, const struct names *n, __u32 dev,
		   __u64 stuck_ns)
{
	const struct look l = { s, n, dev, stuck_ns };
	struct finding best = {};

	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		struct finding f = {};

		candidates[i](&l, &f);
		if (f.level > best.level || (f.level == best.level && f.score > best.score))
			best = f;
	}
	v->level = best.level;
	v->is_of_all = best.is_of_all;
	memcpy(v->text, best.text, sizeof(v->text));
}
