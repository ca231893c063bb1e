// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "task_look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stuck.h"

/* How much CPU time a task had taken when it was last looked at. */
struct seen_before {
	struct task_key task;
	__u64 run_ns;
};

struct task_look {
	struct task_walk *walk;
	struct symbol_names *symbols;
	struct seen_before before[IN_FLIGHT_ROWS];
	size_t before_cnt;
};

/* A task that owns a lock and is in no operation that was seen. */
struct owner {
	struct task_key task;
	bool is_in_fuse;
};

/* One look. */
struct looking {
	struct task_look *look;
	struct summary *s;
	struct owner owners[IN_FLIGHT_ROWS];
	size_t owners_cnt;
	struct seen_before now[IN_FLIGHT_ROWS];
	size_t now_cnt;
};

struct task_look *task_look__new(struct task_walk *walk, struct symbol_names *symbols)
{
	struct task_look *look = calloc(1, sizeof(*look));

	if (!look)
		return NULL;
	look->walk = walk;
	look->symbols = symbols;
	return look;
}

void task_look__free(struct task_look *look)
{
	free(look);
}

static bool is_same(const struct task_key *a, const struct task_key *b)
{
	return a->pid == b->pid && a->start_ms == b->start_ms;
}

static __u64 run_before_ns(const struct task_look *look, const struct task_key *task)
{
	for (size_t i = 0; i < look->before_cnt; i++) {
		const struct seen_before *before = &look->before[i];

		if (is_same(&before->task, task))
			return before->run_ns;
	}
	return ~0ULL;
}

/* What tracing has put on the stack is nobody's doing: a trampoline, and the hooked function again. */
static bool is_of_tracing(const struct in_flight_task *now, const char *name)
{
	const char *last = now->fn_cnt ? now->fns[now->fn_cnt - 1] : NULL;

	if (!name)
		return false;
	return !strncmp(name, "bpf_trampoline_", 15) || !strncmp(name, "bpf_prog_", 9) ||
	       (last && !strcmp(name, last));
}

static void stack_read(const struct task_look *look, struct in_flight_task *now,
		       const struct task_seen *seen)
{
	__u32 cnt = seen->ips_cnt < TASK_FRAMES_MAX ? seen->ips_cnt : TASK_FRAMES_MAX;

	if (!look->symbols)
		return;
	symbols__learn(look->symbols, seen->ips, cnt); /* what fails is told without a name */
	for (__u32 i = 0; i < cnt && now->fn_cnt < IN_FLIGHT_FUNCTIONS; i++) {
		const char *name = symbols__name(look->symbols, seen->ips[i]);

		if (!is_of_tracing(now, name))
			now->fns[now->fn_cnt++] = name;
	}
}

static bool is_in_fuse(const struct in_flight_task *now)
{
	for (__u32 i = 0; i < now->fn_cnt; i++)
		if (now->fns[i] &&
		    (strstr(now->fns[i], "fuse_") || strstr(now->fns[i], "virtio_fs_")))
			return true;
	return false;
}

static void owner_note(struct looking *l, const struct task_key *task,
		       const struct in_flight_task *now)
{
	for (size_t i = 0; i < l->owners_cnt; i++)
		if (is_same(&l->owners[i].task, task))
			l->owners[i].is_in_fuse = is_in_fuse(now);
}

static int on_task(void *ctx, const struct task_seen *seen, const struct task_details *details)
{
	struct looking *l = ctx;
	struct in_flight_task now = { .state = stuck__state_letter(seen),
				      .is_running = !seen->state || seen->is_on_cpu };
	struct task_key key = { .tgid = seen->tgid,
				.pid = seen->pid,
				.start_ms = seen->start_ns / 1000000 };
	__u64 before_ns = run_before_ns(l->look, &key);

	(void)details;
	now.has_cpu = before_ns <= seen->run_ns;
	if (now.has_cpu)
		now.cpu_ns = seen->run_ns - before_ns;
	stack_read(l->look, &now, seen);
	owner_note(l, &key, &now);
	summary__set_in_flight_task(l->s, &key, &now);
	if (l->now_cnt < IN_FLIGHT_ROWS)
		l->now[l->now_cnt++] = (struct seen_before){ key, seen->run_ns };
	return 0;
}

/* Does a row wait for one of the locks that only operations of ours take, owned by none of these? */
static bool has_odd_owner(const struct in_flight_row *row)
{
	return row->is_innermost && row->wait <= WAIT_I_DMAP_SEM_WRITE &&
	       row->holder.sort == HOLDER_TASK;
}

/* The tasks of what has been in flight for so long, and owners of locks that are in none. */
static size_t wanted_find(struct looking *l, __u64 stuck_ns,
			  struct task_wanted wanted[2 * IN_FLIGHT_ROWS])
{
	size_t cnt = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(l->s, i);

		if (row->age_ns < stuck_ns)
			break;
		if (row->is_outermost)
			wanted[cnt++] = (struct task_wanted){ .pid = row->task.pid };
		if (!has_odd_owner(row))
			continue;
		l->owners[l->owners_cnt++] = (struct owner){ .task = row->holder.task };
		wanted[cnt++] = (struct task_wanted){ .pid = row->holder.task.pid };
	}
	return cnt;
}

/* Who owns a lock and is gone, or at something else, has leaked it, or is not who did. */
static void leaks_tell(const struct looking *l, __u64 stuck_ns)
{
	size_t next = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(l->s, i);

		if (row->age_ns >= stuck_ns && has_odd_owner(row) && !l->owners[next++].is_in_fuse)
			summary__set_in_flight_leaked(l->s, i);
	}
}

int task_look__run(struct task_look *look, struct summary *s, __u64 stuck_ns)
{
	struct task_wanted wanted[2 * IN_FLIGHT_ROWS];
	struct looking l = { .look = look, .s = s };
	struct task_walk_opts opts = { .wanted = wanted };
	int err = 0;

	opts.wanted_cnt = wanted_find(&l, stuck_ns, wanted);
	if (opts.wanted_cnt)
		err = task_walk__run(look->walk, &opts, on_task, &l);
	if (!err && look->symbols)
		leaks_tell(&l, stuck_ns);
	memcpy(look->before, l.now, sizeof(look->before));
	look->before_cnt = l.now_cnt;
	return err;
}
