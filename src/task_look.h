/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What tasks that have been in an operation for long are at, by their kernel stacks and the CPU
 * time that they take: one that runs and gets nowhere is another thing than one that sleeps.
 */
#ifndef DAXTOP_TASK_LOOK_H
#define DAXTOP_TASK_LOOK_H

#include "model.h"
#include "symbols.h"
#include "task_walk.h"

struct task_look;

/* @walk and @symbols are borrowed, @symbols may be NULL. NULL with errno ENOMEM. */
struct task_look *task_look__new(struct task_walk *walk, struct symbol_names *symbols);
void task_look__free(struct task_look *look);

/*
 * Looks at the tasks of operations in flight in @s for at least @stuck_ns, and tells it what they
 * are at. What it tells is borrowed from the symbols. 0 or -errno.
 */
int task_look__run(struct task_look *look, struct summary *s, __u64 stuck_ns);

#endif
