// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * doctor --stuck: which tasks hang on virtiofs-DAX now, though nothing was traced when
 * they began to.
 */
#include "cmd.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "fmt.h"
#include "model.h"
#include "stuck_look.h"
#include "stuck_words.h"

#define FRAME_BYTES 320
#define TEXT_BYTES  512
#define CLOCK	    "sched_info.last_arrival"

struct report {
	struct stuck_look look;
	const struct stuck_task **list; /* of those that are stuck */
	const struct stuck_opts *opts;
};

/* ---- in words ---- */

static void holder_text(const struct stuck_task *task, char *buf, size_t bytes)
{
	char who[TEXT_BYTES] = "";

	if (task->holder_task)
		stuck_words__task(task->holder_task, who, sizeof(who));
	switch (task->holder) {
	case HOLDER_OP:
	case HOLDER_TASK:
		snprintf(buf, bytes, "held by %s", who);
		break;
	case HOLDER_READER:
	case HOLDER_READERS:
		snprintf(buf, bytes, "held by %llu reader%s%s%s",
			 (unsigned long long)task->details->readers_cnt,
			 task->details->readers_cnt == 1 ? "" : "s",
			 *who ? ", such as " : ", none of which is known", who);
		break;
	case HOLDER_LEAKED:
		snprintf(buf, bytes,
			 "leaked or stale: this file will not come back\n"
			 "  (who locked it is gone, or has left the file system)");
		break;
	case HOLDER_NONE:
		snprintf(buf, bytes, "free by now, and not yet taken");
		break;
	default:
		snprintf(buf, bytes, "who holds it is not known");
	}
}

static void cause_text(const struct stuck_task *task, char *buf, size_t bytes)
{
	const char *request = task->class.request ?: "a request";
	char who[TEXT_BYTES];

	if (task->is_for_good)
		snprintf(buf, bytes,
			 "the worker that takes the host's answers waits for one\n"
			 "  itself (%s): this mount will not come back",
			 request);
	else if (task->dead_worker)
		snprintf(buf, bytes,
			 "the answer to %s is not taken, behind %s:\n"
			 "  this mount will not come back",
			 request, stuck_words__task(task->dead_worker, who, sizeof(who)));
	else if (task->wait == WAIT_REQUEST_HOST)
		snprintf(buf, bytes, "the host has not answered %s", request);
	else if (task->wait == WAIT_BUSY_PAGE)
		snprintf(buf, bytes, "somebody has pinned a page of the file");
	else if (task->wait == WAIT_FREE_RANGE)
		snprintf(buf, bytes, "no range of the DAX window is free");
	else if (task->wait == STUCK_WAIT_LOCKED_ENTRY)
		snprintf(buf, bytes, "another fault is at the same page");
	else if (task->wait == STUCK_WAIT_OTHER)
		snprintf(buf, bytes, "see its stack");
	else
		holder_text(task, buf, bytes);
}

static char *age_text(const struct stuck_task *task, char *buf, size_t bytes)
{
	char age[FMT_BYTES];

	if (task->seen.unrun_ns == TASK_AGE_UNKNOWN)
		snprintf(buf, bytes, "n/a");
	else
		snprintf(buf, bytes, "%s ago", fmt__ns(age, sizeof(age), task->seen.unrun_ns));
	return buf;
}

/* ---- as text ---- */

static void print_file(const struct report *r, const struct stuck_task *task)
{
	char text[STUCK_WORDS_BYTES];

	printf("  file   %s\n", stuck_words__file(&r->look, task, text, sizeof(text)));
}

static void print_ahead(const struct report *r, const struct stuck_task *task)
{
	const struct stuck_task *ahead = NULL;
	char text[TEXT_BYTES];

	while ((ahead = stuck__ahead(&r->look.stuck, task, ahead)))
		printf("  behind %s\n", stuck_words__task(ahead, text, sizeof(text)));
}

static void print_doing(const struct stuck_task *task)
{
	printf("  doing  %s", stuck__op_name(task->op));
	if (task->class.inner < OP_NR)
		printf(", and in it %s", stuck__op_name(task->class.inner));
	if (task->class.outer < OP_NR)
		printf(", inside %s", stuck__op_name(task->class.outer));
	putchar('\n');
}

static void print_stack(const struct report *r, const struct stuck_task *task)
{
	char frame[FRAME_BYTES];

	for (__u32 i = 0; i < task->seen.ips_cnt; i++)
		printf("  %s %s\n", i ? "      " : "stack ",
		       stuck__frame_text(&r->look.stuck, task->seen.ips[i], frame, sizeof(frame)));
	if (!task->seen.ips_cnt)
		printf("  stack  not known\n");
}

static void print_task(const struct report *r, const struct stuck_task *task)
{
	char cause[2 * TEXT_BYTES], comm[TASK_COMM_LEN_MAX + 1], age[2 * FMT_BYTES];

	cause_text(task, cause, sizeof(cause));
	printf("\n%s: %s\n", stuck__wait_name(task->wait), cause);
	fmt__clean(comm, sizeof(comm), task->seen.comm, sizeof(task->seen.comm));
	printf("  task   %s, pid %u, tgid %u, state %c, last got a CPU %s\n", comm, task->seen.pid,
	       task->seen.tgid, stuck__state_letter(&task->seen), age_text(task, age, sizeof(age)));
	print_doing(task);
	print_file(r, task);
	print_ahead(r, task);
	print_stack(r, task);
}

static enum exit_code print_text(const struct report *r)
{
	char older[FMT_BYTES];

	printf("%zu of %zu tasks are stuck on virtiofs DAX", r->look.cnt, r->look.stuck.cnt);
	if (r->opts->older_ns)
		printf(": without a CPU for %s or longer,\nby the scheduler's " CLOCK,
		       fmt__ns(older, sizeof(older), r->opts->older_ns));
	putchar('\n');
	if (r->look.stuck.is_cut)
		printf("(of those that sleep, %d were looked at; there are more)\n",
		       TASK_WISHES_MAX);
	for (size_t i = 0; i < r->look.cnt; i++)
		print_task(r, r->list[i]);
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_CANNOT_RUN, "cannot write: %s", strerror(errno));
	return r->look.cnt ? EXIT_NO : EXIT_FINE;
}

/* ---- as JSON ---- */

static json_t *op_json(__u32 op)
{
	return op < OP_NR ? json_string(stuck__op_name(op)) : json_null();
}

static json_t *holder_json(const struct stuck_task *task)
{
	json_t *o;

	if (task->holder == STUCK_HOLDER_UNKNOWN)
		return json_null();
	o = json_object();
	json_object_set_new(o, "kind", json_string(holder_table[task->holder].name));
	json_object_set_new(o, "readers", json_integer(task->details->readers_cnt));
	json_object_set_new(o, "task",
			    task->holder_task ? stuck_words__task_json(task->holder_task)
					      : json_null());
	return o;
}

static json_t *ahead_json(const struct report *r, const struct stuck_task *task)
{
	const struct stuck_task *ahead = NULL;
	json_t *all = json_array();

	while ((ahead = stuck__ahead(&r->look.stuck, task, ahead)))
		json_array_append_new(all, stuck_words__task_json(ahead));
	return all;
}

static json_t *stack_json(const struct report *r, const struct stuck_task *task)
{
	char frame[FRAME_BYTES];
	json_t *all = json_array();

	for (__u32 i = 0; i < task->seen.ips_cnt; i++)
		json_array_append_new(
			all, json_string(stuck__frame_text(&r->look.stuck, task->seen.ips[i], frame,
							   sizeof(frame))));
	return all;
}

static json_t *task_json(const struct report *r, const struct stuck_task *task)
{
	char cause[2 * TEXT_BYTES], state[2] = { stuck__state_letter(&task->seen) };
	json_t *o = stuck_words__task_json(task);

	cause_text(task, cause, sizeof(cause));
	for (char *at = cause; (at = strstr(at, "\n  "));)
		memmove(at, at + 2, strlen(at + 2) + 1), *at = ' ';
	json_object_set_new(o, "state", json_string(state));
	json_object_set_new(o, "unrun_ns", stuck_words__unrun_json(task));
	json_object_set_new(o, "inner", op_json(task->class.inner));
	json_object_set_new(o, "outer", op_json(task->class.outer));
	json_object_set_new(o, "wait", json_string(stuck__wait_name(task->wait)));
	json_object_set_new(o, "request", stuck_words__text_json(task->class.request));
	json_object_set_new(o, "cause", json_string(cause));
	json_object_set_new(o, "for_good",
			    json_boolean(task->is_for_good || task->dead_worker ||
					 task->holder == HOLDER_LEAKED));
	json_object_set_new(o, "inode", stuck_words__inode_json(&r->look, task));
	json_object_set_new(o, "holder", holder_json(task));
	json_object_set_new(o, "behind", ahead_json(r, task));
	json_object_set_new(o, "stack", stack_json(r, task));
	return o;
}

static enum exit_code print_json(const struct report *r, const struct failure *failure)
{
	json_t *root = json_object(), *all = json_array();
	struct utsname host = {};
	enum exit_code code;

	uname(&host);
	for (size_t i = 0; i < r->look.cnt; i++)
		json_array_append_new(all, task_json(r, r->list[i]));
	json_object_set_new(root, "schema", json_string("virtiofs-daxtop-stuck/1"));
	json_object_set_new(root, "version", json_string(DAXTOP_VERSION));
	json_object_set_new(root, "kernel", json_string(host.release));
	json_object_set_new(root, "machine", json_string(host.machine));
	json_object_set_new(root, "failure",
			    stuck_words__text_json(failure->code ? failure->text : NULL));
	json_object_set_new(root, "older_than_ns", json_integer(r->opts->older_ns));
	json_object_set_new(root, "clock", json_string(CLOCK));
	json_object_set_new(root, "tasks", json_integer(r->look.stuck.cnt));
	json_object_set_new(root, "is_cut", json_boolean(r->look.stuck.is_cut));
	json_object_set_new(root, "stuck", all);
	code = print_object(root);
	return code ?: failure->code ?: r->look.cnt ? EXIT_NO : EXIT_FINE;
}

static int examine(struct report *r, struct failure *failure)
{
	int err = stuck_look__run(&r->look, r->opts->btf_path, r->opts->older_ns, failure);

	if (err)
		return err;
	r->list = stuck__list(&r->look.stuck, r->look.cnt);
	if (r->list)
		return 0;
	r->look.cnt = 0;
	return failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN, "not enough memory");
}

enum exit_code doctor_stuck(const struct stuck_opts *opts)
{
	struct report r = { .opts = opts };
	struct failure failure = {};
	enum exit_code code;

	examine(&r, &failure);
	if (opts->is_json)
		code = print_json(&r, &failure);
	else if (failure.code)
		code = complain(failure.code, "%s", failure.text);
	else
		code = print_text(&r);
	free(r.list);
	stuck_look__fini(&r.look);
	return failure.code ?: code;
}
