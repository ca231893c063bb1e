/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Known defects of kernels, told by what tasks do now and not by version: judged tasks in, who
 * shows a defect out. Pure. One that shows is there; one that does not show may be there all the
 * same.
 */
#ifndef DAXTOP_DEFECTS_H
#define DAXTOP_DEFECTS_H

#include "stuck.h"

/* For how long a task that shows one has waited at least; stuck__judge() gets it. */
#define DEFECT_AGE_NS 1000000000ULL

enum defect_role {
	DEFECT_CAUSE,  /* is in the way of others */
	DEFECT_BEHIND, /* waits for that */
	DEFECT_ROLES_NR
};

struct defect {
	const char *name; /* for programs */
	const char *text; /* what it is, in a sentence */
	const char *advice;
	const char *seen_on; /* which kernels */
	bool needs_ages;     /* without how long tasks wait it cannot be told from what passes */
	/* Does this one show it, in that role? NULL: there is nobody in it. */
	bool (*is_shown_by[DEFECT_ROLES_NR])(const struct stuck *stuck,
					     const struct stuck_task *task);
};

extern const struct defect defects[];
extern const size_t defects_cnt;

enum defect_state {
	DEFECT_SHOWN,
	DEFECT_NOT_SHOWN, /* now */
	DEFECT_NOT_LOOKED /* it could not be looked for */
};

extern const char *const defect_states[];
extern const char *const defect_roles[];

/* @reason: why it could not be looked for, or not everywhere; NULL: none. Static storage. */
enum defect_state defect__state(const struct defect *defect, const struct stuck *stuck,
				const char **reason);

/* A task that shows it in this role; begin with @after NULL. */
const struct stuck_task *defect__evidence(const struct defect *defect, const struct stuck *stuck,
					  enum defect_role role, const struct stuck_task *after);

#endif
