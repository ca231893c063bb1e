/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Looks at tasks as they are now: state, CPU time, kernel stack, and for those that are asked for
 * the lock and inode found on it. One BPF iterator, which only reads and waits for no lock of any
 * task, so it can be used beside tasks that hang, and as often as wanted while it is open.
 */
#ifndef DAXTOP_SRC_TASK_WALK_H
#define DAXTOP_SRC_TASK_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/task_walk.h"
#include "failure.h"

struct task_walk;

/* A task asked for. */
struct task_wanted {
	__u32 pid;
	struct task_wish wish; /* for details */
};

/*
 * @wanted NULL: all tasks of this process' pid namespace; else those alone, at most
 * TASK_WISHES_MAX, of which those that are gone are left out. Details are for those in @wanted.
 */
struct task_walk_opts {
	const struct task_wanted *wanted;
	size_t wanted_cnt;
	bool wants_details;
};

/*
 * @btf_path: kernel types in the place of the kernel's own, or NULL; the kernel needs its own all
 * the same, as iterators do. 0, or -errno with @failure. Free with task_walk__free().
 */
int task_walk__open(struct task_walk **walk, const char *btf_path, struct failure *failure);
void task_walk__free(struct task_walk *walk);

/*
 * Calls @fn for each task; both pointers are borrowed for the call, @details is NULL where there
 * are none. Ends early when it returns other than 0, and returns that. 0, or -errno; -E2BIG when
 * too many are wanted.
 */
int task_walk__run(struct task_walk *walk, const struct task_walk_opts *opts,
		   int (*fn)(void *ctx, const struct task_seen *seen,
			     const struct task_details *details),
		   void *ctx);

#endif
