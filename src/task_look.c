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

/*
 * It waits for a lock whose owner is in no operation, and not in fuse; since when tells its waits
 * apart. The owner itself may be another task each time, where the address of one that is gone goes
 * to others.
 */
struct suspect {
	struct task_key waiter;
	__u64 age_ns;
};

struct task_look {
	struct suspect suspects[IN_FLIGHT_ROWS];
	size_t suspects_cnt;
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

#define LOOKED_MAX (2 * IN_FLIGHT_ROWS)

/* A task as the walk met it: names are learnt for all of them at once. */
struct looked {
	struct task_key task;
	struct in_flight_task now;
	bool is_on_cpu;
	__u32 ips_cnt;
	__u64 ips[TASK_FRAMES_MAX];
};

/* One look. */
struct looking {
	struct task_look *look;
	struct summary *s;
	struct looked *looked; /* LOOKED_MAX of them */
	size_t looked_cnt;
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

static __u64 run_before_ns(const struct task_look *look, const struct task_key *task)
{
	for (size_t i = 0; i < look->before_cnt; i++) {
		const struct seen_before *before = &look->before[i];

		if (task_key__is_same(&before->task, task))
			return before->run_ns;
	}
	return ~0ULL;
}

/*
 * What tracing has put on the stack is nobody's doing: a trampoline, and the hooked function again.
 */
static bool is_of_tracing(const struct in_flight_task *now, const char *name)
{
	const char *last = now->fn_cnt ? now->fns[now->fn_cnt - 1] : NULL;

	if (!name)
		return false;
	return !strncmp(name, "bpf_trampoline_", 15) || !strncmp(name, "bpf_prog_", 9) ||
	       (last && !strcmp(name, last));
}

static void stack_read(const struct task_look *look, struct looked *looked)
{
	struct in_flight_task *now = &looked->now;

	for (__u32 i = 0; i < looked->ips_cnt && now->fn_cnt < IN_FLIGHT_FUNCTIONS; i++) {
		const char *name = symbols__name(look->symbols, looked->ips[i]);

		if (!is_of_tracing(now, name))
			now->fns[now->fn_cnt++] = name;
	}
}

/* What fails is told without a name. */
static void stacks_read(const struct looking *l)
{
	__u64 *all = calloc(l->looked_cnt * TASK_FRAMES_MAX + 1, sizeof(*all));
	size_t cnt = 0;

	for (size_t i = 0; all && i < l->looked_cnt; i++)
		for (__u32 j = 0; j < l->looked[i].ips_cnt; j++)
			all[cnt++] = l->looked[i].ips[j];
	if (all && l->look->symbols)
		symbols__learn(l->look->symbols, all, cnt);
	for (size_t i = 0; l->look->symbols && i < l->looked_cnt; i++)
		stack_read(l->look, &l->looked[i]);
	free(all);
}

/* Or may be: of one that runs the stack cannot be read, and one without names tells nothing. */
static bool is_in_fuse(const struct looked *looked)
{
	const struct in_flight_task *now = &looked->now;

	if (looked->is_on_cpu || now->fn_cnt == IN_FLIGHT_FUNCTIONS)
		return true;
	for (__u32 i = 0; i < now->fn_cnt; i++)
		if (!now->fns[i] || strstr(now->fns[i], "fuse_") ||
		    strstr(now->fns[i], "virtio_fs_"))
			return true;
	return false;
}

static void owner_note(struct looking *l, const struct looked *looked)
{
	for (size_t i = 0; i < l->owners_cnt; i++)
		if (task_key__is_same(&l->owners[i].task, &looked->task))
			l->owners[i].is_in_fuse = is_in_fuse(looked);
}

static int on_task(void *ctx, const struct task_seen *seen, const struct task_details *details)
{
	struct looking *l = ctx;
	struct looked *looked = &l->looked[l->looked_cnt];
	__u64 before_ns;

	(void)details;
	if (l->looked_cnt == LOOKED_MAX)
		return 0;
	l->looked_cnt++;
	looked->task = (struct task_key){ .tgid = seen->tgid,
					  .pid = seen->pid,
					  .start_ms = seen->start_ns / 1000000 };
	looked->is_on_cpu = seen->is_on_cpu;
	looked->now.state = stuck__state_letter(seen);
	looked->now.is_running = !seen->state || seen->is_on_cpu;
	before_ns = run_before_ns(l->look, &looked->task);
	looked->now.has_cpu = before_ns <= seen->run_ns;
	if (looked->now.has_cpu)
		looked->now.cpu_ns = seen->run_ns - before_ns;
	looked->ips_cnt = seen->ips_cnt < TASK_FRAMES_MAX ? seen->ips_cnt : TASK_FRAMES_MAX;
	memcpy(looked->ips, seen->ips, looked->ips_cnt * sizeof(looked->ips[0]));
	if (l->now_cnt < IN_FLIGHT_ROWS)
		l->now[l->now_cnt++] = (struct seen_before){ looked->task, seen->run_ns };
	return 0;
}

/* Reading or writing. */
static bool is_same_lock(__u32 a, __u32 b)
{
	return a / 2 == b / 2;
}
_Static_assert(WAIT_I_MMAP_SEM_READ == 0 && WAIT_I_MMAP_SEM_WRITE == 1 &&
		       WAIT_I_DMAP_SEM_READ == 2 && WAIT_I_DMAP_SEM_WRITE == 3,
	       "locks come in pairs");

/* Does the owner of the lock that @row waits for wait for it too? It may be the same task. */
static bool is_owner_waiting(const struct summary *s, const struct in_flight_row *row)
{
	for (size_t i = 0; i < summary__in_flight_row_cnt(s); i++) {
		const struct in_flight_row *other = summary__in_flight_row(s, i);

		if (other->is_innermost && task_key__is_same(&other->task, &row->holder.task))
			return inode_key__is_same(&other->inode, &row->inode) &&
			       is_same_lock(other->wait, row->wait);
	}
	return false;
}

/*
 * An address of a task that is gone may be another's by now: who waits for the same lock does not
 * have it, nor does who was made later, as a rwsem goes from waiter to waiter in their order.
 */
static bool is_stale(const struct summary *s, const struct in_flight_row *row)
{
	return is_owner_waiting(s, row) ||
	       (row->holder.sort == HOLDER_TASK &&
		row->holder.task.start_ms * 1000000ULL > row->wait_start_ns);
}

/*
 * Does a row wait for one of the locks that only operations of ours take, owned by none of these?
 */
static bool has_odd_owner(const struct summary *s, const struct in_flight_row *row)
{
	if (!row->is_innermost || row->wait > WAIT_I_DMAP_SEM_WRITE)
		return false;
	return row->holder.sort == HOLDER_TASK ||
	       (row->holder.sort == HOLDER_OP && is_owner_waiting(s, row));
}

/* The tasks of what has been in flight for so long, and owners of locks that are in none. */
static size_t wanted_find(struct looking *l, __u64 stuck_ns, struct task_wanted wanted[LOOKED_MAX])
{
	size_t cnt = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(l->s, i);

		if (row->age_ns < stuck_ns)
			break;
		if (row->is_outermost)
			wanted[cnt++] = (struct task_wanted){ .pid = row->task.pid };
		if (!has_odd_owner(l->s, row))
			continue;
		l->owners[l->owners_cnt++] = (struct owner){ .task = row->holder.task };
		wanted[cnt++] = (struct task_wanted){ .pid = row->holder.task.pid };
	}
	return cnt;
}

/* In the same operation. */
static bool was_suspect(const struct task_look *look, const struct suspect *suspect)
{
	for (size_t i = 0; i < look->suspects_cnt; i++)
		if (task_key__is_same(&look->suspects[i].waiter, &suspect->waiter) &&
		    look->suspects[i].age_ns <= suspect->age_ns)
			return true;
	return false;
}

/*
 * Who owns a lock and is gone, or at something else, has leaked it, or is not who did. Locks and
 * stacks are not read at the same moment: it must be so at two looks in a row. Until then nobody is
 * named.
 */
static void leaks_tell(struct looking *l, __u64 stuck_ns)
{
	struct suspect suspects[IN_FLIGHT_ROWS];
	size_t next = 0, cnt = 0;

	for (size_t i = 0; i < summary__in_flight_row_cnt(l->s); i++) {
		const struct in_flight_row *row = summary__in_flight_row(l->s, i);

		if (row->age_ns < stuck_ns || !has_odd_owner(l->s, row))
			continue;
		if (l->owners[next++].is_in_fuse && !is_stale(l->s, row))
			continue;
		suspects[cnt] = (struct suspect){ row->task, row->age_ns };
		summary__clear_in_flight_holder(
			l->s, i,
			was_suspect(l->look, &suspects[cnt++]) ? HOLDER_LEAKED : HOLDER_NONE);
	}
	memcpy(l->look->suspects, suspects, cnt * sizeof(suspects[0]));
	l->look->suspects_cnt = cnt;
}

static void tasks_tell(struct looking *l, __u64 stuck_ns)
{
	stacks_read(l);
	for (size_t i = 0; i < l->looked_cnt; i++) {
		owner_note(l, &l->looked[i]);
		summary__set_in_flight_task(l->s, &l->looked[i].task, &l->looked[i].now);
	}
	if (l->look->symbols)
		leaks_tell(l, stuck_ns);
}

int task_look__run(struct task_look *look, struct summary *s, __u64 stuck_ns)
{
	struct task_wanted wanted[LOOKED_MAX];
	struct looking l = { .look = look, .s = s };
	struct task_walk_opts opts = { .wanted = wanted };
	int err = 0;

	opts.wanted_cnt = wanted_find(&l, stuck_ns, wanted);
	if (opts.wanted_cnt) {
		l.looked = calloc(LOOKED_MAX, sizeof(*l.looked));
		err = l.looked ? task_walk__run(look->walk, &opts, on_task, &l) : -ENOMEM;
	}
	if (!err)
		tasks_tell(&l, stuck_ns);
	free(l.looked);
	memcpy(look->before, l.now, sizeof(look->before));
	look->before_cnt = l.now_cnt;
	return err;
}
