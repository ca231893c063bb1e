/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What each id of bpf/daxtop.h is called, and what it means. One row is one operation, wait,
 * outcome or counter: JSON keys, column headings, help and manual lines all come from that row, so
 * that a new id is one row here and no change in any view.
 */
#ifndef DAXTOP_NAMES_H
#define DAXTOP_NAMES_H

#include <stdbool.h>

#include "../bpf/daxtop.h"

/* What op_figures.units counts. */
enum op_unit {
	UNIT_NONE,
	UNIT_BYTES,
	UNIT_RANGES,
};

enum op_class {
	CLASS_USER,    /* a system call or fault of a task */
	CLASS_RECLAIM, /* ranges taken back from inodes */
	CLASS_REQUEST, /* mapping requests, with the work around them in the guest */
	CLASS_NR,
};

/*
 * @nested_in_inode and @nested_in_task: such an operation always runs inside another one of the
 * same inode, or of the same task. Its time is in that one's already, so the totals of an inode or
 * task leave it out.
 *
 * @retry_wait is what the retries of this operation were for: WAIT_BUSY_PAGE, WAIT_FREE_RANGE, or
 * WAIT_NONE where it never retries.
 */
struct op_desc {
	const char *name;
	enum op_class class;
	enum op_unit unit;
	__u8 retry_wait;
	bool nested_in_inode;
	bool nested_in_task;
	const char *help;
};

/* How much of an operation a level of detail measures; measure_table[] says it in words. */
enum op_measure {
	MEASURE_NONE,	/* nothing, or it does not occur */
	MEASURE_WAITS,	/* what it waited for, and no more */
	MEASURE_WAITED, /* count, outcomes and waits of all, the time of those that waited */
	MEASURE_ALL,
	MEASURE_NR,
};

struct measure_desc {
	const char *name;
	const char *help;
};

struct detail_desc {
	const char *name;
	const char *help;
};

/* @group and @column are the two lines of a narrow column heading ("i_mmap_sem" over "read"). */
struct wait_desc {
	const char *name;
	const char *group;
	const char *column;
	bool is_lock;
	const char *help;
};

/* Likewise: "dax" over "lock". */
struct phase_desc {
	const char *name;
	const char *group;
	const char *column;
	const char *help;
};

struct outcome_desc {
	const char *name;
	const char *help;
};

enum counter_kind {
	COUNTER_LOST,	  /* operations that no figure counts */
	COUNTER_MISMATCH, /* begins and ends that did not pair */
	COUNTER_ACCURACY, /* counted, but not under its own inode, task, name or errno */
	COUNTER_HARMLESS, /* to be expected, nothing is lost */
};

struct counter_desc {
	const char *name;
	enum counter_kind kind;
	const char *help;
};

/* Who held a lock: JSON value and what it means. */
struct holder_desc {
	const char *name;
	const char *help;
};

extern const char *const window_change_names[WINDOW_CHANGE_NR];
extern const struct holder_desc holder_table[HOLDER_NR];
extern const struct op_desc op_table[OP_NR];
extern const struct wait_desc wait_table[WAIT_NR];
extern const struct phase_desc phase_table[PHASE_NR];
extern const struct outcome_desc outcome_table[OUTCOME_NR];
extern const struct counter_desc counter_table[COUNTER_NR];
extern const struct measure_desc measure_table[MEASURE_NR];
extern const struct detail_desc detail_table[DETAIL_NR];

/* What the table of operations and levels cannot say, one fact a string; ends in NULL. */
extern const char *const detail_notes[];

/* JSON key of a unit ("bytes", "ranges"), or NULL for UNIT_NONE. */
const char *unit_name(enum op_unit unit);

/* Sets of figures: bits of enum dax_op, dax_wait and dax_phase. */
struct figure_set {
	__u32 ops;
	__u32 waits;
	__u32 phases;
};

/*
 * Calls @fn with the name of each ("op.truncate", "wait.busy_page", "phase.insert"), which is
 * borrowed for the call. Ends early when it returns other than 0, and returns that.
 */
int figure_set__each(const struct figure_set *set, int (*fn)(void *ctx, const char *figure),
		     void *ctx);

/* "SETATTR" for 4; NULL for a FUSE opcode that has no name here. Static storage. */
const char *opcode_name(unsigned int opcode);

/* The ids of these names, or -ENOENT. */
int op_by_name(const char *name);
int wait_by_name(const char *name);
int detail_by_name(const char *name);

enum op_measure op_measure(enum dax_detail detail, unsigned int op);

/*
 * Is each operation of this kind counted? Where only those that waited are timed, a task has no
 * others in its cells (@by_task), while inodes and the operation's own figures have them all.
 */
bool op_is_counted(enum dax_detail detail, unsigned int op, bool by_task);

/*
 * The waits of an operation are parts of its time. At DETAIL_STALLS one is not: a truncate's time
 * begins at fuse_do_setattr(), after its wait for the inode lock in do_truncate().
 */
bool op_waits_before(enum dax_detail detail, unsigned int op, unsigned int wait);

/*
 * Why a level does not measure an operation at all, to be told as not measured: NULL where it does,
 * and for OP_FAULT where the kinds of faults are told apart, so that it does not occur.
 */
const char *op_unmeasured_reason(enum dax_detail detail, unsigned int op);

/*
 * "ENOSPC" for 28, also for the kernel's own errnos that user space has no name for
 * ("ERESTARTSYS"); NULL for one that has no name. Static storage.
 */
const char *errno_name(int err);

#endif
