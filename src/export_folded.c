// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * folded: where time went, as stacks for flame graphs. Each moment counts once: what an
 * operation's waits and the operations in it take is theirs, and taken from its own, which may
 * therefore be below zero until all of it has come: sums are modulo 2^64.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "names.h"
#include "rec_tracks.h"

#define STACKS_MAX  65536
#define STACK_BYTES 1024

struct stack {
	__u64 ns;
	UT_hash_handle hh;
	char text[];
};

struct folded {
	FILE *f;
	const char *root; /* in front of all stacks; "" */
	const struct rec_origin *origin;
	struct rec_tracks *tracks;
	struct stack *stacks;
};

/* ---- sums ---- */

static struct stack *stack_get(struct folded *fo, const char *text)
{
	struct stack *stack;

	HASH_FIND_STR(fo->stacks, text, stack);
	if (stack)
		return stack;
	if (HASH_COUNT(fo->stacks) >= STACKS_MAX && strcmp(text, "(rest)"))
		return stack_get(fo, "(rest)");
	stack = calloc(1, sizeof(*stack) + strlen(text) + 1);
	if (!stack)
		return NULL;
	strcpy(stack->text, text);
	HASH_ADD_STR(fo->stacks, text, stack);
	if (stack->hh.tbl)
		return stack;
	free(stack);
	return NULL;
}

static int stack_add(struct folded *fo, const char *text, __u64 ns)
{
	struct stack *stack = stack_get(fo, text);

	if (!stack)
		return -ENOMEM;
	stack->ns += ns;
	return 0;
}

/* ---- their names ---- */

/* One more frame; a name with what separates frames gets another sign there. */
static void push(char text[STACK_BYTES], const char *name)
{
	size_t len = strlen(text);

	snprintf(text + len, STACK_BYTES - len, "%s%s", len ? ";" : "", name);
	for (char *at = text + len + !!len; (at = strchr(at, ';'));)
		*at = ':';
}

static const char *wait_name(unsigned int wait)
{
	return wait < WAIT_NR ? wait_table[wait].name : "?";
}

static const char *frame_name(const struct rec_open *open)
{
	if (open->kind == REC_WAIT)
		return wait_name(open->id);
	return open->id < OP_NR ? op_table[open->id].name : "?";
}

/* The outermost @cnt of what a task is in. */
static void stack_of(const struct folded *fo, const struct rec_track *track, unsigned int cnt,
		     char text[STACK_BYTES])
{
	*text = '\0';
	if (*fo->root)
		push(text, fo->root);
	for (unsigned int i = 0; i < cnt; i++)
		push(text, frame_name(&track->open[i]));
}

/* From the own time of the innermost operation among the outermost @cnt, if there is one. */
static int take_from_around(struct folded *fo, const struct rec_track *track, unsigned int cnt,
			    __u64 ns)
{
	char text[STACK_BYTES];

	while (cnt && track->open[cnt - 1].kind == REC_WAIT)
		cnt--;
	if (!cnt)
		return 0;
	stack_of(fo, track, cnt, text);
	push(text, "own");
	return stack_add(fo, text, -ns);
}

/* ---- events ---- */

/* What has no place in its task's stack begins one of its own. */
static void flat_stack(const struct folded *fo, unsigned int op, const char *what,
		       char text[STACK_BYTES])
{
	*text = '\0';
	if (*fo->root)
		push(text, fo->root);
	push(text, op < OP_NR ? op_table[op].name : "?");
	push(text, what);
}

static int take_op(struct folded *fo, const struct rec_event *ev, struct rec_track *track)
{
	const struct rec_open *open = rec_tracks__begin(fo->tracks, track, ev);
	const struct event_op *op = ev->record;
	char text[STACK_BYTES];
	int err;

	if (!open && op->outcome == OUTCOME_UNSEEN)
		return 0;
	if (!open) {
		flat_stack(fo, op->op, "own", text);
		return stack_add(fo, text, op->dur_ns);
	}
	stack_of(fo, track, track->depth, text);
	push(text, "own");
	err = stack_add(fo, text, open->end_ns - open->begin_ns);
	return err ?: take_from_around(fo, track, track->depth - 1, open->end_ns - open->begin_ns);
}

static int take_wait(struct folded *fo, const struct rec_event *ev, struct rec_track *track)
{
	const struct rec_open *open = rec_tracks__begin(fo->tracks, track, ev);
	const struct event_wait *wait = ev->record;
	char text[STACK_BYTES];
	int err;

	track->last_wait = *wait;
	if (!open || track->depth == 1) {
		flat_stack(fo, wait->op, wait_name(wait->wait), text);
		return stack_add(fo, text, wait->ns);
	}
	stack_of(fo, track, track->depth, text);
	err = stack_add(fo, text, wait->ns);
	return err ?: take_from_around(fo, track, track->depth - 1, wait->ns);
}

/* "by truncate", or by the task's name where it was in no operation. */
static void push_holder(const struct folded *fo, const struct edge_key *edge,
			char text[STACK_BYTES])
{
	const char *comm = names__comm(fo->origin->names, &edge->holder);
	char frame[128];

	if (edge->holder_op < OP_NR)
		snprintf(frame, sizeof(frame), "by %s", op_table[edge->holder_op].name);
	else if (comm)
		snprintf(frame, sizeof(frame), "by %s", comm);
	else
		snprintf(frame, sizeof(frame), "by %s",
			 edge->holder_sort < HOLDER_NR ? holder_table[edge->holder_sort].name
						       : "?");
	push(text, frame);
}

/* Where its wait was put; @has_place: among what is open. */
static bool is_wait_of(const struct event_blame *blame, const struct rec_track *track,
		       bool *has_place)
{
	const struct rec_open *open = track->depth ? &track->open[track->depth - 1] : NULL;
	const struct event_wait *wait = &track->last_wait;

	*has_place =
		track->depth > 1 && open->kind == REC_WAIT && open->begin_ns == blame->begin_ns;
	return wait->kind && wait->begin_ns == blame->begin_ns && wait->wait == blame->edge.wait;
}

/* Its wait was left out: its time is still with the operation that it was in. */
static int take_lone_blame(struct folded *fo, const struct rec_event *ev, struct rec_track *track)
{
	const struct event_blame *blame = ev->record;
	char text[STACK_BYTES];
	int err = 0;

	rec_tracks__end_until(fo->tracks, track, ev->begin_ns);
	if (track->depth && !ev->is_late) {
		err = take_from_around(fo, track, track->depth, blame->ns);
		stack_of(fo, track, track->depth, text);
		push(text, wait_name(blame->edge.wait));
	} else {
		flat_stack(fo, blame->edge.op, wait_name(blame->edge.wait), text);
	}
	push_holder(fo, &blame->edge, text);
	return err ?: stack_add(fo, text, blame->ns);
}

/* A wait whose holder is told goes under it. It came just before, as it began at once with this. */
static int take_blame(struct folded *fo, const struct rec_event *ev, struct rec_track *track)
{
	const struct event_blame *blame = ev->record;
	char text[STACK_BYTES];
	bool has_place;
	int err;

	if (!is_wait_of(blame, track, &has_place))
		return take_lone_blame(fo, ev, track);
	if (has_place)
		stack_of(fo, track, track->depth, text);
	else
		flat_stack(fo, blame->edge.op, wait_name(blame->edge.wait), text);
	err = stack_add(fo, text, -blame->ns);
	push_holder(fo, &blame->edge, text);
	return err ?: stack_add(fo, text, blame->ns);
}

static int folded_event(void *ctx, const struct rec_event *ev)
{
	struct task_key task = rec_event__task(ev);
	struct folded *fo = ctx;
	struct rec_track *track;

	if (ev->kind == REC_WINDOW || ev->kind == REC_SELF_REQUEST)
		return 0;
	track = rec_tracks__get(fo->tracks, &task);
	if (!track)
		return -ENOMEM;
	if (ev->kind == REC_WAIT)
		return take_wait(fo, ev, track);
	return ev->kind == REC_BLAME ? take_blame(fo, ev, track) : take_op(fo, ev, track);
}

/* ---- begin and end ---- */

static void *folded_new(FILE *f)
{
	struct folded *fo = calloc(1, sizeof(*fo));

	if (fo)
		fo->f = f;
	return fo;
}

static void folded_free(void *ctx)
{
	struct folded *fo = ctx;
	struct stack *stack, *next;

	rec_tracks__free(fo->tracks);
	HASH_ITER(hh, fo->stacks, stack, next)
	{
		HASH_DEL(fo->stacks, stack);
		free(stack);
	}
	free(fo);
}

static int folded_begin(void *ctx, const struct export_source *source)
{
	struct folded *fo = ctx;

	fo->origin = source->origin;
	fo->root = source->cnt > 1 ? source->origin->host : "";
	fo->tracks = rec_tracks__new(NULL, NULL);
	return fo->tracks ? 0 : -ENOMEM;
}

static int folded_end(void *ctx)
{
	struct folded *fo = ctx;

	rec_tracks__free(fo->tracks);
	fo->tracks = NULL;
	return 0;
}

static int by_text(const struct stack *a, const struct stack *b)
{
	return strcmp(a->text, b->text);
}

static int folded_finish(void *ctx)
{
	struct folded *fo = ctx;

	HASH_SORT(fo->stacks, by_text);
	for (const struct stack *stack = fo->stacks; stack; stack = stack->hh.next)
		if ((__s64)stack->ns > 0)
			fprintf(fo->f, "%s %llu\n", stack->text, stack->ns);
	return 0;
}

const struct export_format export_folded = {
	.name = "folded",
	.help = "stacks and ns in them, for flame graphs: operation;wait;holder",
	.new = folded_new,
	.free = folded_free,
	.begin = folded_begin,
	.event = folded_event,
	.end = folded_end,
	.finish = folded_finish,
};
