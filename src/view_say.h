/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the text view and the live view say in the same words: holders, waits, chains, busy pages.
 * Labels go to a buffer; what takes more is a line of phrases, which the view puts where it has
 * room for them.
 */
#ifndef DAXTOP_VIEW_SAY_H
#define DAXTOP_VIEW_SAY_H

#include "model.h"

#define SAY_BYTES  4096 /* for any label or phrase */
#define SAY_LABEL  64	/* for those without the name of an inode or holder */
#define SAY_HOLDER 128

/* ---- labels: written to @buf, which is returned ---- */

/* An inode, with its mount in front where there are several. */
char *say__inode(const struct summary *s, const struct names *n, const struct inode_key *key,
		 char *buf, size_t bytes);
/* "comm (pid/tgid)", without control characters; @comm NULL: not known. */
char *say__task(const char *comm, const struct task_key *key, char *buf, size_t bytes);
/* Who holds a lock; @op and @task where that kind of holder has them. */
char *say__holder(const struct summary *s, enum dax_holder sort, unsigned int op,
		  const struct task_key *task, const char *comm, char *buf, size_t bytes);
/* "request.host (SETATTR)": with @opcode 0 the request is that of @wait_op, if it has one. */
char *say__wait(unsigned int wait, unsigned int opcode, unsigned int wait_op, char *buf,
		size_t bytes);

/* What ends a wait; NULL where that is not known. */
extern const char *const say_signal[SIGNAL_NR];

/* ---- phrases ---- */

/*
 * @line begins one, with a heading that may be "", or SAY_WHICH where it goes on with the one
 * before; @phrase has one more for it. Both are borrowed.
 */
#define SAY_WHICH "    which"
struct say {
	const struct summary *s;
	const struct names *n;
	void *ctx;
	void (*line)(void *ctx, const char *heading);
	void (*phrase)(void *ctx, const char *text);
};

__attribute__((format(printf, 2, 3))) void say__phrase(const struct say *say, const char *format,
						       ...);

/* A line for each step: what @row waits for, whom that waits for, and so on. */
void say__chain(const struct say *say, const struct in_flight_row *row);
/* Of the line begun: a busy page's place, and who may hold it. */
void say__page(const struct say *say, const struct in_flight_page *page);
/*
 * A line on what a task is at, with its innermost functions, at most @functions; none if nobody
 * looked.
 */
void say__task_now(const struct say *say, const struct in_flight_row *row, __u32 functions);
/* A line each. */
void say__self_request(const struct say *say, const struct event_self_request *ev);
void say__repeated_fault(const struct say *say, const struct repeated_fault *fault);
/* A line on what a mount's reclaim worker is at; what takes @stuck_ns is stuck. */
void say__worker(const struct say *say, __u32 dev, __u64 stuck_ns);

#endif
