// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: two looks are not enough where a lock seems leaked. Its owner may just have let go of
 * it, so the pair is repeated a moment later.
 */
#include "stuck_look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "task_walk.h"

#define AGAIN_NS 50000000 /* between two pairs of looks */

static int look_once(struct stuck_look *look, struct task_walk *walk, __u64 older_ns)
{
	struct task_wanted *wanted = calloc(TASK_WISHES_MAX, sizeof(*wanted));
	struct task_walk_opts all = {}, some = { .wanted = wanted, .wants_details = true };
	int err = wanted ? task_walk__run(walk, &all, stuck__add, &look->stuck) : -ENOMEM;

	if (!err) {
		some.wanted_cnt = stuck__wanted(&look->stuck, wanted, TASK_WISHES_MAX);
		err = task_walk__run(walk, &some, stuck__add, &look->stuck);
	}
	free(wanted);
	look->cnt = err ? 0 : stuck__judge(&look->stuck, older_ns);
	return err;
}

static int look_at_tasks(struct stuck_look *look, struct task_walk *walk, __u64 older_ns)
{
	struct timespec pause = { .tv_nsec = AGAIN_NS };
	int err = look_once(look, walk, older_ns);
	struct stuck before;

	if (err || !stuck__has_leaks(&look->stuck))
		return err;
	nanosleep(&pause, NULL);
	before = look->stuck;
	look->stuck = (struct stuck){ .symbols = look->symbols };
	err = look_once(look, walk, older_ns);
	if (!err)
		stuck__confirm_leaks(&look->stuck, &before);
	stuck__fini(&before);
	return err;
}

static int read_symbols(struct stuck_look *look, struct failure *failure)
{
	look->symbols = symbol_table__new();
	look->stuck.symbols = look->symbols;
	if (look->symbols)
		return 0;
	return failure__set(failure, -errno, EXIT_CANNOT_RUN,
			    "cannot read /proc/kallsyms: %s; stacks are told by it, which needs "
			    "CONFIG_KALLSYMS, CAP_SYSLOG and kernel.kptr_restrict below 2",
			    errno == EACCES ? "the kernel hides addresses" : strerror(errno));
}

static int read_names(struct stuck_look *look)
{
	int err = mount_list__read(&look->mounts);

	look->names = names__new();
	if (!err && !look->names)
		err = -ENOMEM;
	for (size_t i = 0; i < look->stuck.cnt && !err; i++) {
		const struct stuck_task *task = &look->stuck.tasks[i];

		if (task->is_stuck && task->details->inode.kind)
			err = names__add_inode(look->names, &task->details->inode);
	}
	return err;
}

int stuck_look__run(struct stuck_look *look, const char *btf_path, __u64 older_ns,
		    struct failure *failure)
{
	struct task_walk *walk = NULL;
	int err = task_walk__open(&walk, btf_path, failure);

	if (!err)
		err = read_symbols(look, failure);
	if (err) {
		task_walk__free(walk);
		return err;
	}
	err = look_at_tasks(look, walk, older_ns) ?: read_names(look);
	task_walk__free(walk);
	if (!err)
		return 0;
	look->cnt = 0;
	return failure__set(failure, err, EXIT_CANNOT_RUN, "cannot look at the tasks: %s",
			    strerror(-err));
}

void stuck_look__fini(struct stuck_look *look)
{
	stuck__fini(&look->stuck);
	symbol_table__free(look->symbols);
	mount_list__fini(&look->mounts);
	names__free(look->names);
}
