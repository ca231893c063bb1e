/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A command that is started once tracing has begun, with all that this process then gives up.
 */
#ifndef DAXTOP_CHILD_H
#define DAXTOP_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid; /* 0: there is none */
	int go;	   /* a byte here lets it begin; closed without one, it ends */
	bool has_ended;
	int code; /* as a shell has it: 127 not found, 126 not to be executed, 128 and a signal */
};

/*
 * Makes the process, which waits. With @keeps_stdout its standard output is our standard error:
 * ours is for something else. 0 or -errno.
 */
int child__new(struct child *c, char **argv, bool keeps_stdout);

/* Lets it execute the command. */
void child__go(struct child *c);

/* Whether it has ended, by now or (@may_wait) when it does. */
bool child__has_ended(struct child *c, bool may_wait);

/* Ends one that was not let go. */
void child__fini(struct child *c);

#endif
