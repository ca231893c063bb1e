/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What a kernel stack tells by the names of its functions: whose work it was, a task's or that of
 * an interrupt which came upon one. Pure.
 */
#ifndef DAXTOP_KSTACK_H
#define DAXTOP_KSTACK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Of @names from @first on, @cnt tell what was done: without what wakes the sleeper and traces
 * that.
 */
struct kstack {
	size_t first;
	size_t cnt;
	bool in_interrupt;
};

/*
 * @names, innermost first, are those of functions ("pipe_read", "common_interrupt"), with or
 * without what a compiler adds (".isra.0"); NULL where one is not known. In an interrupt what it
 * came upon is left out: the last one is the function by which it came.
 */
struct kstack kstack__read(const char *const *names, size_t cnt);

#endif
