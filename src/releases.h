/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The model's part on busy pages: who released those that were waited for, and what of a file was
 * searched for them at all.
 */
#ifndef DAXTOP_RELEASES_H
#define DAXTOP_RELEASES_H

#include <stddef.h>

#include "../bpf/daxtop.h"

struct summary;

enum releaser {
	RELEASER_UNKNOWN, /* the wait ended without a wake: the page was free before it slept */
	RELEASER_TASK,
	RELEASER_INTERRUPT, /* upon whatever task: that one is not told */
	RELEASER_NR,
};

extern const char *const releaser_names[RELEASER_NR]; /* "unknown", "task", "interrupt" */

/*
 * Busy-page waits of one kind of operation on one inode that ended by the same calls of the same
 * task, or of an interrupt. @task and @comm are those of RELEASER_TASK alone, else zeroes.
 */
struct page_release {
	struct inode_key inode;
	struct task_key task;
	__u32 op;
	enum releaser who;
	char comm[TASK_COMM_LEN_MAX + 1];
	const char *stack; /* functions, innermost first, a space between them; "": not known */
	__u64 cnt;
	__u64 total_ns;
	__u64 max_ns;
	__u64 offset_first; /* of the page in the file: the first since tracing began, and the last */
	__u64 offset_last;
};

/*
 * Add some; what differs in figures alone is one row. The stack is copied. -EINVAL for an unknown
 * operation, -ENOMEM.
 */
int summary__add_release(struct summary *s, const struct page_release *release);

/* Those that waited longest first. */
size_t summary__release_cnt(const struct summary *s);
const struct page_release *summary__release(const struct summary *s, size_t i);

/* How many operations searched what part of a file, by enum dax_scan. */
void summary__set_scans(struct summary *s, const __u64 scans[SCAN_NR]);
const __u64 *summary__scans(const struct summary *s);

struct scan_desc {
	const char *name;
	const char *help; /* which pins are not waited for; NULL: all are */
};

extern const struct scan_desc scan_table[SCAN_NR];

#endif
