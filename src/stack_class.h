/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What a kernel stack says that its task does with the window, and waits for: a stack of function
 * names in, operation and wait out. Pure; the table in stack_class.c is all that is known of
 * functions.
 */
#ifndef DAXTOP_STACK_CLASS_H
#define DAXTOP_STACK_CLASS_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/daxtop.h"

enum stack_wait {
	STACK_NO_WAIT,	  /* nothing known: the operation's own work, or none of ours */
	STACK_READ_LOCK,  /* a rwsem, shared */
	STACK_WRITE_LOCK, /* a rwsem, exclusive */
	STACK_BUSY_PAGE,
	STACK_FREE_RANGE,
	STACK_REQUEST,
	STACK_LOCKED_ENTRY, /* of the page cache: another fault on the same page has it */
};

/*
 * @op is the innermost of a user's or the worker's operations, @outer another one around it, @inner
 * OP_SETUP or OP_REMOVAL inside it, or OP_NR: none. @op_frame is the index of op's function, and
 * without op of the outermost function of fuse.
 *
 * @lock_guess: the lock by the function that wants it, as the wait of a reader; WAIT_NONE where
 * that has more than one, or is not known. @request: what the host has been asked for
 * ("SETUPMAPPING"), or NULL.
 *
 * @is_ours: functions are in it that only virtiofs, fuse or DAX have. Without them do_truncate() is
 * any file system's. @is_completion: it is the worker that takes the host's answers.
 */
struct stack_class {
	__u32 op;
	__u32 outer;
	__u32 inner;
	enum stack_wait wait;
	__u32 lock_guess;
	size_t op_frame;
	const char *request;
	bool is_ours;
	bool is_completion;
};

/*
 * @names are those of functions, without offset, innermost first; NULL for one that is not known.
 */
struct stack_class stack_class__of(const char *const *names, size_t cnt);

/* Is this function the scheduler's, or part of all locks that sleep? */
bool stack_class__is_scheduler(const char *name);

/* Is this function the wait for a rwsem? */
bool stack_class__is_lock(const char *name);

#endif
