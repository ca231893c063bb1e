/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The kernel side: loading the BPF programs, attaching them by the probe plan, and reading their
 * tables into a summary. Only src/probe*.c know libbpf and the skeleton.
 */
#ifndef DAXTOP_PROBE_H
#define DAXTOP_PROBE_H

#include <stdbool.h>

#include "../bpf/daxtop.h"
#include "failure.h"
#include "model.h"
#include "window_feed.h"
#include "mounts.h"
#include "probe_plan.h"

struct probe;

/* What to leave out, already in the kernel; 0 or empty means no such filter. */
struct probe_filter {
	__u32 tgid;
	__u32 dev; /* s_dev */
	__u64 ino; /* st_ino of a file, or of a folder whose files are meant */
	char comm[TASK_COMM_LEN_MAX];
};

/*
 * Who takes down single events: those of bpf/daxtop.h as they come, borrowed for the call, and what
 * tasks are called. Both return 0 or -errno, which ends the reading.
 */
struct probe_recorder {
	void *ctx;
	int (*event)(void *ctx, const void *event, size_t bytes);
	int (*task)(void *ctx, const struct task_key *task, const char comm[TASK_COMM_LEN_MAX]);
};

struct probe_opts {
	enum dax_detail detail;
	struct probe_filter filter;
	unsigned int inodes_max; /* rows by inode and operation; 0: by the machine's memory */
	unsigned int tasks_max;	 /* rows by task and operation; 0: likewise */
	const char *btf_path;	 /* kernel types, for a kernel that has none; or NULL */
	bool has_phases;	 /* the inside of faults too; at DETAIL_FULL only */
	const struct mount_list *mounts;       /* known from the first moment on; or NULL */
	const struct probe_recorder *recorder; /* borrowed; NULL: nothing is recorded */
	unsigned int record_buffer_bytes;      /* 0: by the machine's memory */
};

/* How a row of hook_table fared on this kernel. */
enum hook_status {
	HOOK_UNTRIED,
	HOOK_ATTACHED,
	HOOK_MISSING, /* the kernel has no such function */
	HOOK_FAILED,  /* it has, and refused: @err */
	HOOK_UNUSED,  /* not wanted at this level of detail or for phases, or another stands in */
};

struct hook_state {
	const struct hook *hook;
	const char *name;  /* the spelling found, or the first one */
	enum hook_how how; /* HOW_NONE: not at all */
	enum hook_status status;
	enum hook_cause cause; /* of HOOK_MISSING and HOOK_FAILED */
	int err;	       /* -errno of HOOK_FAILED */
};

/* What this machine and user must have to trace at all: 0, or -errno with @failure. */
int probe__check_machine(const struct probe_opts *opts, struct failure *failure);

/*
 * Keeps libbpf from printing (DAXTOP_DEBUG=1 lets it), and forgets what it complained of before;
 * what it complains of first after that, or "".
 */
void probe__hush_libbpf(void);
const char *probe__complaint(void);

/*
 * Checks that this machine and user can trace, loads the programs, attaches what the plan has and
 * this kernel offers, and begins tracing. Where the kernel's BTF tells functions, but it cannot do
 * fentry (no CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS, arm64 before 6.0), it is all done by kprobes.
 *
 * -errno with @failure filled when that cannot be; *@p may yet be there then, for its hooks'
 * states. Freed with probe__free() in any case, which detaches all.
 */
int probe__begin(struct probe **p, const struct probe_opts *opts, struct failure *failure);
void probe__free(struct probe *p);

/*
 * Ends tracing: what ends later is not counted, and the tables are at rest. The hooks stay attached
 * until probe__free(), which takes a while: detaching waits for all tasks of the machine.
 */
void probe__stop(struct probe *p);

/* May this process still read the tables? @probe is a struct probe; see privilege__drop(). */
bool probe__can_read(void *probe);

/* One row (none, if the kernel's types could not be read) for each of hook_table, borrowed. */
const struct hook_state *probe__hooks(const struct probe *p, unsigned int *cnt);

/* The kernel's names for code, borrowed; NULL where it hides or has none. */
struct symbol_names *probe__symbols(const struct probe *p);

/* A descriptor that is readable when events wait, or -1. */
int probe__event_fd(const struct probe *p);

/* Takes events that wait (names of inodes) into @names. 0 or -errno. */
int probe__take_events(struct probe *p, struct names *names);

/*
 * Recording: a descriptor that is readable when much waits (look now and then in any case), and
 * taking what waits to the recorder. 0, 1 where there is more by then, or -errno.
 */
int probe__record_fd(const struct probe *p);
int probe__take_records(struct probe *p);

/*
 * Hits that are not in an event yet, to the recorder: after probe__stop(), when there will be no
 * more of them; before it, those of tasks that do nothing may be told again by an event. 0 or
 * -errno.
 */
int probe__take_hits(struct probe *p);

/* Changes of windows that come with events from now on go to @feed, which is borrowed. */
void probe__feed_windows(struct probe *p, struct window_feed *feed);

/* Requests that wait for themselves, met so far by probe__take_events(); borrowed. */
const struct event_self_request *probe__self_requests(const struct probe *p, unsigned int *cnt);

/*
 * Watches the tasks that have just had a fault, at most 64 in turn, a look each millisecond: which
 * of them is at the same page each time. It takes some ms where they go from page to page, and
 * @most_ns where they have no more faults. For the next probe__read(), and before tracing ends.
 */
void probe__watch(struct probe *p, __u64 most_ns);

/*
 * Looks at the windows of @mounts now, and reads all tables into @s (to which they are added) and
 * task names into @names. Cumulative since probe__start(). 0 or -errno.
 *
 * While tracing goes on, operations that end meanwhile may be in one table and not yet in another;
 * after probe__stop() all tables agree.
 */
int probe__read(struct probe *p, const struct mount_list *mounts, struct summary *s,
		struct names *names);

/* The same without what the events of a recording tell: operations, waits, inodes, tasks, edges. */
int probe__read_state(struct probe *p, const struct mount_list *mounts, struct summary *s,
		      struct names *names);

#endif
