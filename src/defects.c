// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * One row is one defect. Surprising: nothing here looks at the kernel's version. Distributions
 * carry fixes back and defects along, so a version proves neither.
 */
#include "defects.h"

static bool has_waited(const struct stuck_task *task)
{
	return task->is_stuck && task->seen.unrun_ns >= DEFECT_AGE_NS;
}

/* ---- completion_self_wait ---- */

static bool is_dead_worker(const struct stuck *stuck, const struct stuck_task *task)
{
	(void)stuck;
	return task->is_for_good && has_waited(task);
}

static bool is_behind_dead_worker(const struct stuck *stuck, const struct stuck_task *task)
{
	return task->dead_worker && has_waited(task) && is_dead_worker(stuck, task->dead_worker);
}

/* ---- i_mmap_sem_leaked ---- */

static bool is_behind_leak(const struct stuck *stuck, const struct stuck_task *task)
{
	(void)stuck;
	return has_waited(task) && task->holder == HOLDER_LEAKED &&
	       (task->wait == WAIT_I_MMAP_SEM_READ || task->wait == WAIT_I_MMAP_SEM_WRITE);
}

/* ---- reclaim_behind_pin ---- */

static bool is_pinned_worker(const struct stuck_task *task)
{
	return has_waited(task) && task->op == OP_RECLAIM_RANGE && task->wait == WAIT_BUSY_PAGE;
}

static bool waits_for_range(const struct stuck_task *task)
{
	return has_waited(task) && task->wait == WAIT_FREE_RANGE;
}

static bool are_on_one_mount(const struct stuck_task *one, const struct stuck_task *other)
{
	const struct event_inode *a = &one->details->inode, *b = &other->details->inode;

	return a->kind && b->kind && a->key.dev == b->key.dev;
}

/* A worker asleep harms nobody before ranges run out. */
static bool is_worker_awaited(const struct stuck *stuck, const struct stuck_task *task)
{
	for (size_t i = 0; is_pinned_worker(task) && i < stuck->cnt; i++)
		if (waits_for_range(&stuck->tasks[i]) && are_on_one_mount(task, &stuck->tasks[i]))
			return true;
	return false;
}

static bool is_behind_worker(const struct stuck *stuck, const struct stuck_task *task)
{
	for (size_t i = 0; waits_for_range(task) && i < stuck->cnt; i++)
		if (is_pinned_worker(&stuck->tasks[i]) && are_on_one_mount(task, &stuck->tasks[i]))
			return true;
	return false;
}

/* ---- mmap_lock_in_fault ---- */

static bool is_behind_fault(const struct stuck *stuck, const struct stuck_task *task)
{
	(void)stuck;
	return has_waited(task) && task->holder == HOLDER_READER &&
	       (task->wait == STUCK_WAIT_MMAP_READ || task->wait == STUCK_WAIT_MMAP_WRITE) &&
	       task->holder_task->class.op == OP_FAULT && has_waited(task->holder_task);
}

static bool is_fault_awaited(const struct stuck *stuck, const struct stuck_task *task)
{
	for (size_t i = 0; task->class.op == OP_FAULT && i < stuck->cnt; i++)
		if (stuck->tasks[i].holder_task == task && is_behind_fault(stuck, &stuck->tasks[i]))
			return true;
	return false;
}

/* Gravest first: the first two last until the guest is started anew. */
const struct defect defects[] = {
	{ "completion_self_wait",
	  "the worker that takes the host's answers waits for an answer itself: the mount hangs "
	  "for good",
	  "restart the guest; to avoid it, close and unmap files before they are unlinked, or "
	  "mount with dax=never",
	  "Debian's 6.1, 6.18, 6.19 and 7.0, when the last user of an unlinked file goes; not "
	  "5.10, 6.12, 6.16, 7.2 and 7.3",
	  false,
	  { is_dead_worker, is_behind_dead_worker } },
	{ "i_mmap_sem_leaked",
	  "a task that is gone, or has left the file system, has left a file's i_mmap_sem locked: "
	  "who needs it hangs for good",
	  "restart the guest; to avoid it, kill no task in open(O_TRUNC), or let the server not "
	  "truncate at open (FUSE_ATOMIC_O_TRUNC)",
	  "5.10 to 7.0, when a task is killed in open(O_TRUNC) while a page is pinned; not 7.2",
	  false,
	  { NULL, is_behind_leak } },
	{ "reclaim_behind_pin",
	  "the worker that frees ranges sleeps for one pinned page, and tasks wait for a range of "
	  "that mount",
	  "end who has pinned the page, as by a pipe or direct I/O; top looks for it in pipes, and "
	  "tells who released it",
	  "all kernels so far: there is one worker for a mount",
	  true,
	  { is_worker_awaited, is_behind_worker } },
	{ "mmap_lock_in_fault",
	  "a fault that waits keeps its process' mmap_lock: mmap() there hangs, and so does who "
	  "looks at it in /proc, such as ps",
	  "see what the fault waits for; until it goes on leave ps and the like alone",
	  "all kernels so far; since 7.2 /proc/PID/maps can be read",
	  true,
	  { is_fault_awaited, is_behind_fault } },
};
const size_t defects_cnt = sizeof(defects) / sizeof(defects[0]);

const char *const defect_states[] = {
	[DEFECT_SHOWN] = "shown",
	[DEFECT_NOT_SHOWN] = "not shown now",
	[DEFECT_NOT_LOOKED] = "not looked for",
};

const char *const defect_roles[] = {
	[DEFECT_CAUSE] = "cause",
	[DEFECT_BEHIND] = "behind",
};

const struct stuck_task *defect__evidence(const struct defect *defect, const struct stuck *stuck,
					  enum defect_role role, const struct stuck_task *after)
{
	if (!defect->is_shown_by[role])
		return NULL;
	for (size_t i = after ? after - stuck->tasks + 1 : 0; i < stuck->cnt; i++)
		if (defect->is_shown_by[role](stuck, &stuck->tasks[i]))
			return &stuck->tasks[i];
	return NULL;
}

static bool has_ages(const struct stuck *stuck)
{
	for (size_t i = 0; i < stuck->cnt; i++)
		if (stuck->tasks[i].seen.unrun_ns != TASK_AGE_UNKNOWN)
			return true;
	return false;
}

enum defect_state defect__state(const struct defect *defect, const struct stuck *stuck,
				const char **reason)
{
	*reason = NULL;
	if (defect->needs_ages && !has_ages(stuck)) {
		*reason = "this kernel does not note when a task last ran (CONFIG_SCHED_INFO)";
		return DEFECT_NOT_LOOKED;
	}
	for (int role = 0; role < DEFECT_ROLES_NR; role++)
		if (defect__evidence(defect, stuck, role, NULL))
			return DEFECT_SHOWN;
	if (stuck->is_cut)
		*reason = "more tasks sleep than were looked at closer";
	return DEFECT_NOT_SHOWN;
}
