/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The probe plan: each point of the kernel that is hooked is one row, and the loader, the doctor
 * command, reports and tests read the same rows. Adding a hook is a row here and a program in bpf/.
 */
#ifndef DAXTOP_PROBE_PLAN_H
#define DAXTOP_PROBE_PLAN_H

#include "../bpf/daxtop.h"

enum hook_kind {
	HOOK_FUNCTION,	 /* fentry and fexit */
	HOOK_TRACEPOINT, /* tp_btf; begin only */
	HOOK_ITERATOR,	 /* run by user space, not attached to anything */
};

enum hook_need {
	HOOK_REQUIRED,
	HOOK_OPTIONAL,
};

#define HOOK_NAMES 2

struct hook {
	const char *names[HOOK_NAMES]; /* kernel function, and another spelling */
	const char *source;	       /* where it is in the kernel */
	const char *begin;	       /* program at its entry, or NULL */
	const char *end;	       /* program at its return, or NULL */
	__u32 ops;		       /* bits of enum dax_op that need it */
	__u32 waits;		       /* bits of enum dax_wait that need it */
	enum hook_kind kind;
	enum hook_need need;
	__u32 details; /* bits of enum dax_detail that use it */
};

extern const struct hook hook_table[];
extern const unsigned int hook_table_cnt;

/*
 * Functions that are on the stack of an operation whose begin is not hooked, below DETAIL_FULL, and
 * the operation, or CODE_PMD. The code of the first one must be found.
 */
struct code_function {
	const char *name;
	__u32 op;
};

extern const struct code_function code_table[];
extern const unsigned int code_table_cnt; /* at most CODE_RANGES */

#endif
