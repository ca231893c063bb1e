/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Who is stuck, on what, behind whom: tasks as a walk has seen them, put together. No libbpf, no
 * output.
 *
 * Two looks: the first at all tasks, which tells whom to look at closer (stuck__wanted()), the
 * second at those, for their locks and inodes. stuck__judge() then says which of them are stuck.
 */
#ifndef DAXTOP_STUCK_H
#define DAXTOP_STUCK_H

#include "../bpf/task_walk.h"
#include "stack_class.h"
#include "symbol_table.h"
#include "task_walk.h"

/* Beyond enum dax_wait. */
#define STUCK_WAIT_MMAP_READ	WAIT_NR
#define STUCK_WAIT_MMAP_WRITE	(WAIT_NR + 1)
#define STUCK_WAIT_LOCKED_ENTRY (WAIT_NR + 2)
#define STUCK_WAIT_OTHER	(WAIT_NR + 3)

#define STUCK_HOLDER_UNKNOWN HOLDER_NR /* it waits for no lock, or for one that is not known */

struct stuck_task {
	struct task_seen seen;
	struct task_details *details; /* NULL: none asked for */
	struct stack_class class;
	/* what follows is of those that are stuck */
	bool is_stuck;
	__u32 op;			      /* enum dax_op; OP_NR: something else */
	__u32 wait;			      /* enum dax_wait or STUCK_WAIT_* */
	__u32 holder;			      /* enum dax_holder, or STUCK_HOLDER_UNKNOWN */
	const struct stuck_task *holder_task; /* with HOLDER_OP, _READER and _TASK */
	const struct stuck_task *dead_worker; /* of its mount, behind which its request is */
	bool is_for_good; /* the completion worker waits for a request: the mount will not come back */
};

struct stuck {
	struct stuck_task *tasks; /* by address of the task, after stuck__sort() */
	size_t cnt;
	size_t room;
	bool is_cut; /* more were to be looked at closer than there was room for */
	const struct symbol_table *symbols; /* borrowed */
};

void stuck__fini(struct stuck *stuck);

/* A task of the first or of the second look: for task_walk__run(), with a struct stuck as @ctx. */
int stuck__add(void *ctx, const struct task_seen *seen, const struct task_details *details);

/* Between the two: whom to look at closer. At most @max; returns how many. */
size_t stuck__wanted(struct stuck *stuck, struct task_wanted *wanted, size_t max);

/*
 * After both. @older_ns: for how long it must not have run; holders count anyway. Returns how many
 * are stuck.
 */
size_t stuck__judge(struct stuck *stuck, __u64 older_ns);

/*
 * The owner of a lock is read at another moment than what its task does, and may let go in between:
 * what seems leaked is so if it was at an earlier pair of looks, too (@before, judged), and its
 * waiter has not run since; else who holds it is not known.
 */
bool stuck__has_leaks(const struct stuck *stuck);
void stuck__confirm_leaks(struct stuck *stuck, const struct stuck *before);

/*
 * The stuck ones, causes first: those that wait for something outside, then behind locks; by age.
 */
const struct stuck_task **stuck__list(const struct stuck *stuck, size_t cnt);

/* Another stuck task that has the mmap_lock that this one waits for; begin with @after NULL. */
const struct stuck_task *stuck__ahead(const struct stuck *stuck, const struct stuck_task *task,
				      const struct stuck_task *after);

/* "i_mmap_sem.read", "mmap_lock.write", "other". */
const char *stuck__wait_name(__u32 wait);

/* "fault"; "other" for OP_NR. */
const char *stuck__op_name(__u32 op);

/* R, S, D, T, Z, I ... as ps has it. */
char stuck__state_letter(const struct task_seen *seen);

/* One frame: "fuse_dax_fault+0x12 [fuse]", or the address. */
char *stuck__frame_text(const struct stuck *stuck, __u64 ip, char *buf, size_t buf_bytes);

#endif
