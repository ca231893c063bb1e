/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Capabilities: which ones tracing needs on this machine, whether this process has them, and
 * letting go of them. Two system calls, so there is no library for it.
 */
#ifndef DAXTOP_PRIVILEGE_H
#define DAXTOP_PRIVILEGE_H

#include <stdbool.h>

#include "failure.h"
#include "model.h"

enum capability_need {
	CAPABILITY_NEEDED,
	CAPABILITY_OPTIONAL,
	CAPABILITY_UNNEEDED, /* on this machine, at this level of detail */
};

struct capability_state {
	const char *name;    /* "CAP_BPF" */
	const char *purpose; /* "to load BPF programs" */
	enum capability_need need;
	bool is_held; /* or one that includes it */
};

#define CAPABILITIES_CNT 5

/*
 * What tracing at @detail needs here, and whether it is there; a row for each that is ever needed.
 */
void privilege__look(enum dax_detail detail, struct capability_state states[CAPABILITIES_CNT]);

/* 0, or -EPERM with @failure naming what is missing. */
int privilege__check(enum dax_detail detail, struct failure *failure);

/*
 * Keeps the capabilities of this process over the next execve(), whose file may not have those that
 * this one's file has.
 */
void privilege__pass_on(void);

/*
 * Gives up all capabilities, also those that an execve() could bring back, once everything is
 * attached. Where @is_working (with @ctx) says that the rest cannot go on without, those for BPF
 * are kept: before Linux 5.19 reading a table needs them where unprivileged BPF is off. A child
 * inherits this: start one before. 0 or -errno.
 */
int privilege__drop(bool (*is_working)(void *ctx), void *ctx);

#endif
