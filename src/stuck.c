// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: a lock's word for its owner outlives the owner. A writer's is cleared when it lets
 * go, so one that names no live task, or a task that has long left the file system, was never let
 * go of; a reader's stays after it is gone and is a hint alone, with the count of readers beside
 * it.
 */
#include "stuck.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

/* include/linux/sched.h, include/linux/falloc.h */
#define STATE_INTERRUPTIBLE   0x0001U
#define STATE_UNINTERRUPTIBLE 0x0002U
#define STATE_STOPPED	      0x0004U
#define STATE_TRACED	      0x0008U
#define STATE_NOLOAD	      0x0400U
#define CLOCK_ERROR_NS	      20000000 /* of unrun_ns: see unrun_ns() in bpf/task_walk.bpf.c */
#define PUNCH_HOLE	      0x02
#define ZERO_RANGE	      0x10

static const char *const more_waits[] = { "mmap_lock.read", "mmap_lock.write", "locked_entry",
					  "other" };

const char *stuck__wait_name(__u32 wait)
{
	return wait < WAIT_NR ? wait_table[wait].name : more_waits[wait - WAIT_NR];
}

const char *stuck__op_name(__u32 op)
{
	return op < OP_NR ? op_table[op].name : "other";
}

char stuck__state_letter(const struct task_seen *seen)
{
	static const struct {
		__u32 bits;
		char letter;
	} letters[] = {
		{ STATE_NOLOAD | STATE_UNINTERRUPTIBLE, 'I' },
		{ STATE_UNINTERRUPTIBLE, 'D' },
		{ STATE_INTERRUPTIBLE, 'S' },
		{ STATE_STOPPED, 'T' },
		{ STATE_TRACED, 't' },
	};

	if (!seen->state)
		return 'R';
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if ((seen->state & letters[i].bits) == letters[i].bits)
			return letters[i].letter;
	return '?';
}

char *stuck__frame_text(const struct stuck *stuck, __u64 ip, char *buf, size_t buf_bytes)
{
	__u64 offset = 0;
	const char *module = "", *name = symbol_table__name(stuck->symbols, ip, &offset, &module);

	if (!name)
		snprintf(buf, buf_bytes, "0x%llx", (unsigned long long)ip);
	else
		snprintf(buf, buf_bytes, "%s+0x%llx%s%s%s", name, (unsigned long long)offset,
			 *module ? " [" : "", module, *module ? "]" : "");
	return buf;
}

/* ---- the two looks ---- */

void stuck__fini(struct stuck *stuck)
{
	for (size_t i = 0; i < stuck->cnt; i++)
		free(stuck->tasks[i].details);
	free(stuck->tasks);
}

/* A return address may be the first one behind the function that called. */
static const char *name_at(const struct stuck *stuck, __u64 ip)
{
	const char *module;
	__u64 offset;

	return symbol_table__name(stuck->symbols, ip - 1, &offset, &module);
}

/*
 * The function of a lock that the task is in, which its stack leaves out: by the lock that is known
 * to have it among its waiters, or, with PREEMPT_RT, by what may be return addresses. NULL: none.
 */
static const char *lock_function(const struct stuck *stuck, const struct task_details *details)
{
	if (details->sem && !details->is_rt)
		return details->is_writer ? "rwsem_down_write_slowpath"
					  : "rwsem_down_read_slowpath";
	for (__u32 i = 0; details->is_rt && i < details->inner_cnt; i++) {
		const char *name = name_at(stuck, details->inner_ips[i]);

		if (name && stack_class__is_lock(name))
			return name;
	}
	return NULL;
}

static struct stack_class classify(const struct stuck *stuck, const struct task_seen *seen,
				   const struct task_details *details)
{
	const char *names[TASK_FRAMES_MAX + 1];
	const char *lock = details ? lock_function(stuck, details) : NULL;
	struct stack_class class;

	names[0] = lock ?: "schedule";
	for (__u32 i = 0; i < seen->ips_cnt; i++)
		names[i + 1] = name_at(stuck, seen->ips[i]);
	class = stack_class__of(names, seen->ips_cnt + 1);
	class.op_frame -= class.op_frame > 0;
	return class;
}

static int by_address(const void *a, const void *b)
{
	const struct stuck_task *one = a, *other = b;

	return (one->seen.task > other->seen.task) - (one->seen.task < other->seen.task);
}

static struct stuck_task *find(const struct stuck *stuck, __u64 address)
{
	struct stuck_task key = { .seen.task = address };

	return stuck->cnt ? bsearch(&key, stuck->tasks, stuck->cnt, sizeof(key), by_address) : NULL;
}

static int add_seen(struct stuck *stuck, const struct task_seen *seen)
{
	struct stuck_task *task;

	if (stuck->cnt == stuck->room) {
		size_t room = stuck->room ? 2 * stuck->room : 256;
		struct stuck_task *bigger = reallocarray(stuck->tasks, room, sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		stuck->tasks = bigger;
		stuck->room = room;
	}
	task = &stuck->tasks[stuck->cnt++];
	memset(task, 0, sizeof(*task));
	task->seen = *seen;
	task->class = classify(stuck, seen, NULL);
	return 0;
}

/*
 * What it does now counts, not what it did at the first look. One that is new is left for the next
 * time.
 */
static int add_details(struct stuck *stuck, const struct task_seen *seen,
		       const struct task_details *details)
{
	struct stuck_task *task = find(stuck, seen->task);

	if (!task || task->seen.start_ns != seen->start_ns)
		return 0;
	if (!task->details)
		task->details = malloc(sizeof(*details));
	if (!task->details)
		return -ENOMEM;
	*task->details = *details;
	task->seen = *seen;
	task->class = classify(stuck, seen, details);
	return 0;
}

int stuck__add(void *ctx, const struct task_seen *seen, const struct task_details *details)
{
	return details ? add_details(ctx, seen, details) : add_seen(ctx, seen);
}

static bool waits_for_lock(const struct stack_class *class)
{
	return class->wait == STACK_READ_LOCK || class->wait == STACK_WRITE_LOCK;
}

/* Behind a lock alone, the whole stack may hold the reason. */
static struct task_wish wish_for(const struct stuck *stuck, const struct stuck_task *task)
{
	const struct task_seen *seen = &task->seen;
	size_t caller = task->class.op_frame + 1;
	struct task_wish wish = {};

	if (task->class.is_ours && caller < seen->ips_cnt)
		wish.stop_ip = seen->ips[caller];
	for (__u32 i = 0; i < seen->ips_cnt && !wish.inner_ip; i++)
		if (!stack_class__is_scheduler(name_at(stuck, seen->ips[i])))
			wish.inner_ip = seen->ips[i];
	return wish;
}

size_t stuck__wanted(struct stuck *stuck, struct task_wanted *wanted, size_t max)
{
	size_t cnt = 0;

	qsort(stuck->tasks, stuck->cnt, sizeof(*stuck->tasks), by_address);
	for (size_t i = 0; i < stuck->cnt; i++) {
		const struct stuck_task *task = &stuck->tasks[i];

		/* Who waits for a lock is told by nothing else yet: the stack leaves locks out. */
		if (!task->class.is_ours && stuck__state_letter(&task->seen) != 'D')
			continue;
		if (cnt == max) {
			stuck->is_cut = true;
			break;
		}
		wanted[cnt].pid = task->seen.pid;
		wanted[cnt++].wish = wish_for(stuck, task);
	}
	return cnt;
}

/* ---- what each waits for ---- */

/*
 * Is the rwsem at @sem the mmap_lock of a process, one of whose tasks is in a fault on a DAX file?
 */
static bool is_mmap_lock_of_fault(const struct stuck *stuck, __u64 sem)
{
	for (size_t i = 0; sem && i < stuck->cnt; i++)
		if (stuck->tasks[i].seen.mmap_lock == sem && stuck->tasks[i].class.op == OP_FAULT)
			return true;
	return false;
}

static __u32 lock_wait(const struct stuck *stuck, const struct stuck_task *task)
{
	bool is_writer = task->class.wait == STACK_WRITE_LOCK;
	const struct task_details *details = task->details;

	if (details && details->lock == TASK_LOCK_INODE)
		return details->wait + is_writer;
	if (details && is_mmap_lock_of_fault(stuck, details->sem))
		return STUCK_WAIT_MMAP_READ + is_writer;
	if (task->class.lock_guess == WAIT_NONE || !task->class.is_ours)
		return STUCK_WAIT_OTHER;
	return task->class.lock_guess + is_writer;
}

static __u32 wait_of(const struct stuck *stuck, const struct stuck_task *task)
{
	switch (task->class.wait) {
	case STACK_READ_LOCK:
	case STACK_WRITE_LOCK:
		return lock_wait(stuck, task);
	case STACK_BUSY_PAGE:
		return WAIT_BUSY_PAGE;
	case STACK_FREE_RANGE:
		return WAIT_FREE_RANGE;
	case STACK_REQUEST:
		return WAIT_REQUEST_HOST;
	case STACK_LOCKED_ENTRY:
		return STUCK_WAIT_LOCKED_ENTRY;
	default:
		return STUCK_WAIT_OTHER;
	}
}

/* fallocate(fd, mode, ...): one function of fuse for all modes. */
static __u32 op_of(const struct stuck_task *task)
{
	__u64 mode;

	if (task->class.op != OP_PUNCH || !task->details ||
	    task->details->syscall == TASK_NO_SYSCALL)
		return task->class.op;
	mode = task->details->args[1];
	if (mode & PUNCH_HOLE)
		return OP_PUNCH;
	return mode & ZERO_RANGE ? OP_ZERO : OP_EXTEND;
}

/*
 * Only what is known to be on virtiofs: by a function of DAX', by an inode, or behind such a task.
 */
static bool is_about_dax(const struct stuck_task *task)
{
	bool has_inode = task->details && task->details->inode.kind;

	if (task->wait == STUCK_WAIT_MMAP_READ || task->wait == STUCK_WAIT_MMAP_WRITE ||
	    task->is_for_good)
		return true;
	if (task->class.op != OP_NR && task->class.is_ours)
		return true;
	return has_inode && task->wait != STUCK_WAIT_OTHER;
}

static bool has_not_run(const struct stuck_task *task, __u64 older_ns)
{
	if (!older_ns)
		return true;
	return task->seen.state &&
	       task->seen.unrun_ns >= older_ns; /* one that is unknown is, too */
}

/* ---- who has it ---- */

/* Could it still have a lock that it took inside the file system? */
static bool may_hold(const struct stuck_task *task)
{
	return task->class.is_ours || task->class.op != OP_NR || task->seen.is_on_cpu;
}

/*
 * Was @other made after @task had begun to wait? A rwsem goes from waiter to waiter in their order.
 */
static bool is_younger_than_wait(const struct stuck_task *task, const struct stuck_task *other)
{
	return task->seen.unrun_ns != TASK_AGE_UNKNOWN &&
	       other->seen.start_ns + task->seen.unrun_ns > task->seen.seen_ns + CLOCK_ERROR_NS;
}

/*
 * Who comes later may have the lock all the same, by taking it before those in the queue
 * (rwsem_try_write_lock_unqueued(), and readers in rwsem_down_read_slowpath()). One that
 * just runs is as likely to be a new task at an old one's address, such as this very process.
 */
static bool may_have_stolen(const struct stuck_task *task, const struct stuck_task *owner)
{
	return owner->details && owner->class.op != OP_NR &&
	       task->details->lock == TASK_LOCK_INODE &&
	       owner->details->inode_addr == task->details->inode_addr;
}

/*
 * An address of a task that is gone may be another's by now: who waits for the same lock does not
 * have it, nor does who came later, unless it is at the same inode, or is in no function that
 * would.
 */
static bool is_stale(const struct stuck_task *task, const struct stuck_task *owner)
{
	if (owner == task || (owner->details && owner->details->sem == task->details->sem))
		return true;
	if (is_younger_than_wait(task, owner) && !may_have_stolen(task, owner))
		return true;
	return task->details->lock == TASK_LOCK_INODE && !may_hold(owner);
}

/* One that is in an operation on the inode of the lock, and waits for something else. */
static bool is_reader(const struct stuck_task *task, const struct stuck_task *other)
{
	return other != task && other->details && other->class.op != OP_NR &&
	       task->details->lock == TASK_LOCK_INODE &&
	       other->details->inode_addr == task->details->inode_addr &&
	       other->details->sem != task->details->sem;
}

/* The word for the owner is but a hint: the last one to get it. */
static const struct stuck_task *find_reader(const struct stuck *stuck,
					    const struct stuck_task *task)
{
	const struct stuck_task *owner = find(stuck, task->details->holder);

	if (owner && !is_stale(task, owner) && owner->class.op != OP_NR)
		return owner;
	if (task->wait == STUCK_WAIT_MMAP_READ || task->wait == STUCK_WAIT_MMAP_WRITE)
		return stuck__ahead(stuck, task, NULL);
	for (size_t i = 0; i < stuck->cnt; i++)
		if (is_reader(task, &stuck->tasks[i]))
			return &stuck->tasks[i];
	return NULL;
}

static void tell_writer(const struct stuck *stuck, struct stuck_task *task)
{
	const struct stuck_task *owner = find(stuck, task->details->holder);

	task->holder = HOLDER_LEAKED;
	if (!owner || is_stale(task, owner))
		return;
	task->holder = owner->class.op != OP_NR ? HOLDER_OP : HOLDER_TASK;
	task->holder_task = owner;
}

static void tell_holder(const struct stuck *stuck, struct stuck_task *task)
{
	const struct task_details *details = task->details;

	task->holder = STUCK_HOLDER_UNKNOWN;
	if (!waits_for_lock(&task->class) || !details->sem)
		return;
	if (details->is_shared) {
		task->holder_task = find_reader(stuck, task);
		task->holder = task->holder_task ? HOLDER_READER : HOLDER_READERS;
	} else if (details->holder) {
		tell_writer(stuck, task);
	} else {
		task->holder = HOLDER_NONE;
	}
}

/* The completion worker of the same mount, if it is stuck: no answer is taken there any more. */
static const struct stuck_task *dead_worker(const struct stuck *stuck,
					    const struct stuck_task *task)
{
	const struct event_inode *inode = &task->details->inode;

	if (task->is_for_good || task->wait != WAIT_REQUEST_HOST || !inode->kind)
		return NULL;
	for (size_t i = 0; i < stuck->cnt; i++) {
		const struct stuck_task *other = &stuck->tasks[i];

		if (other->is_for_good && other->details->inode.key.dev == inode->key.dev)
			return other;
	}
	return NULL;
}

static void tell_dead_mounts(struct stuck *stuck)
{
	for (size_t i = 0; i < stuck->cnt; i++)
		if (stuck->tasks[i].is_stuck)
			stuck->tasks[i].dead_worker = dead_worker(stuck, &stuck->tasks[i]);
}

/*
 * Whoever holds what a stuck task waits for is told, too, however short ago it has run: a signal
 * that does not end its wait gives it a CPU for a moment. Returns how many there are more.
 */
static size_t add_holders(struct stuck *stuck)
{
	size_t cnt = 0;

	for (size_t i = 0; i < stuck->cnt; i++) {
		const struct stuck_task *task = &stuck->tasks[i];
		struct stuck_task *holder;

		if (!task->is_stuck || !task->holder_task)
			continue;
		holder = &stuck->tasks[task->holder_task - stuck->tasks];
		if (holder->is_stuck || !holder->details || !holder->seen.state ||
		    !is_about_dax(holder))
			continue;
		holder->is_stuck = true;
		tell_holder(stuck, holder);
		cnt++;
	}
	return cnt;
}

size_t stuck__judge(struct stuck *stuck, __u64 older_ns)
{
	size_t cnt = 0, more;

	for (size_t i = 0; i < stuck->cnt; i++) {
		struct stuck_task *task = &stuck->tasks[i];

		if (!task->details)
			continue;
		task->op = op_of(task);
		task->wait = wait_of(stuck, task);
		task->is_for_good = task->class.is_completion && task->class.wait == STACK_REQUEST;
		task->is_stuck = is_about_dax(task) && has_not_run(task, older_ns);
		if (!task->is_stuck)
			continue;
		tell_holder(stuck, task);
		cnt++;
	}
	while ((more = add_holders(stuck)))
		cnt += more;
	tell_dead_mounts(stuck);
	return cnt;
}

bool stuck__has_leaks(const struct stuck *stuck)
{
	for (size_t i = 0; i < stuck->cnt; i++)
		if (stuck->tasks[i].is_stuck && stuck->tasks[i].holder == HOLDER_LEAKED)
			return true;
	return false;
}

/* Has it waited on, for the same lock with the same owner, since it was seen as @before? */
static bool waits_on(const struct stuck_task *task, const struct stuck_task *before)
{
	return before && before->details && before->holder == HOLDER_LEAKED &&
	       before->seen.start_ns == task->seen.start_ns &&
	       before->seen.voluntary_cnt == task->seen.voluntary_cnt &&
	       before->details->sem == task->details->sem &&
	       before->details->holder == task->details->holder;
}

void stuck__confirm_leaks(struct stuck *stuck, const struct stuck *before)
{
	for (size_t i = 0; i < stuck->cnt; i++) {
		struct stuck_task *task = &stuck->tasks[i];

		if (task->is_stuck && task->holder == HOLDER_LEAKED &&
		    !waits_on(task, find(before, task->seen.task)))
			task->holder = STUCK_HOLDER_UNKNOWN;
	}
}

/* ---- in which order ---- */

static int rank(const struct stuck_task *task)
{
	if (task->is_for_good)
		return 0;
	if (task->wait < WAIT_NR)
		return wait_table[task->wait].is_lock ? 2 : 1;
	return task->wait == STUCK_WAIT_LOCKED_ENTRY ? 2 : 3;
}

static int by_rank(const void *a, const void *b)
{
	const struct stuck_task *one = *(const struct stuck_task *const *)a;
	const struct stuck_task *other = *(const struct stuck_task *const *)b;

	if (rank(one) != rank(other))
		return rank(one) - rank(other);
	return (one->seen.unrun_ns < other->seen.unrun_ns) -
	       (one->seen.unrun_ns > other->seen.unrun_ns);
}

const struct stuck_task **stuck__list(const struct stuck *stuck, size_t cnt)
{
	const struct stuck_task **list = calloc(cnt + 1, sizeof(*list));
	size_t used = 0;

	if (!list)
		return NULL;
	for (size_t i = 0; i < stuck->cnt && used < cnt; i++)
		if (stuck->tasks[i].is_stuck)
			list[used++] = &stuck->tasks[i];
	qsort(list, used, sizeof(*list), by_rank);
	return list;
}

const struct stuck_task *stuck__ahead(const struct stuck *stuck, const struct stuck_task *task,
				      const struct stuck_task *after)
{
	if (task->wait != STUCK_WAIT_MMAP_READ && task->wait != STUCK_WAIT_MMAP_WRITE)
		return NULL;
	for (size_t i = after ? after - stuck->tasks + 1 : 0; i < stuck->cnt; i++) {
		const struct stuck_task *other = &stuck->tasks[i];

		if (other != task && other->seen.mmap_lock == task->details->sem &&
		    other->class.op == OP_FAULT)
			return other;
	}
	return NULL;
}
