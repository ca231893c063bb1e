/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The probe plan: each point of the kernel that is hooked is one row, and the loader, the doctor
 * command, reports and tests read the same rows. Adding a hook is a row here and a program in bpf/.
 */
#ifndef DAXTOP_PROBE_PLAN_H
#define DAXTOP_PROBE_PLAN_H

#include <stdbool.h>

#include "../bpf/daxtop.h"

enum hook_kind {
	HOOK_FUNCTION,	 /* at its entry and return */
	HOOK_TRACEPOINT, /* begin only */
	HOOK_ITERATOR,	 /* run by user space, not attached to anything */
};

/*
 * How a row is hooked on a kernel: fentry and tp_btf where its BTF has the function, else the
 * others.
 */
enum hook_how {
	HOW_NONE,
	HOW_FENTRY, /* and fexit */
	HOW_KPROBE, /* and kretprobe: programs whose names end in _kp */
	HOW_TP_BTF,
	HOW_RAW_TP, /* likewise */
	HOW_ITERATOR,
	HOW_NR,
};

struct hook_how_desc {
	const char *name;
};

/* Why a row is not hooked. */
enum hook_cause {
	CAUSE_NONE,
	CAUSE_NO_FUNCTION,
	CAUSE_NO_SYMBOLS,
	CAUSE_NO_DAX,
	CAUSE_NO_TYPES,
	CAUSE_NO_TRACEPOINT,
	CAUSE_NO_BTF,
	CAUSE_FENTRY,
	CAUSE_KPROBE,
	CAUSE_REFUSED,
	CAUSE_NR,
};

/* @option: of the kernel, that would bring it back; NULL: there is none. */
struct hook_cause_desc {
	const char *text;
	const char *option;
};

/* Rows that others may stand in for, all together. */
enum hook_group {
	GROUP_NONE,
	GROUP_RWSEM,
	GROUP_PTE_MAP,
	GROUP_PMD_MAP,
	GROUP_NR,
};

enum hook_need {
	HOOK_REQUIRED,
	HOOK_OPTIONAL,
};

/* Whether a row is for --phases. */
enum hook_phases {
	PHASES_ANY,
	PHASES_ONLY,
	PHASES_NEVER,
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
	enum hook_group group;
	enum hook_group stands_in_for; /* used only where that group cannot be hooked */
	const char *(*why_not)(
		void);	   /* NULL: always; else what keeps this machine from it, or NULL */
	const char *types; /* a structure of fuse's that it cannot do without, or NULL */
	enum hook_phases with;
	__u32 phases;	    /* bits of enum dax_phase that need it */
	const char *figure; /* another that needs it, by its path in the JSON, or NULL */
	bool is_over_all;   /* an iterator over all tasks of the machine, not over this one */
};

extern const struct hook_how_desc hook_hows[HOW_NR];
extern const struct hook_cause_desc hook_causes[CAUSE_NR];
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
