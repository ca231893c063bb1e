/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What a recording consists of: records, each of a kind that rec_kinds[] describes field by field.
 * The writer, the reader, script, the exports and virtiofs-daxtop-recording(5) all go by that
 * table; a file carries it, so that a reader of another version knows what it meets.
 *
 * Ids of kinds and of fields are only ever appended, and a type never changes its meaning: a reader
 * leaves out what it does not know, and finds what the file does not have as zero.
 */
#ifndef DAXTOP_REC_KINDS_H
#define DAXTOP_REC_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/daxtop.h"

enum rec_kind {
	/* what happened, one record each */
	REC_OP = 1,	      /* struct event_op */
	REC_HITS = 2,	      /* struct event_hits */
	REC_WAIT = 3,	      /* struct event_wait */
	REC_BLAME = 4,	      /* struct event_blame */
	REC_WINDOW = 5,	      /* struct event_window */
	REC_SELF_REQUEST = 6, /* struct event_self_request */
	/* what inodes and tasks are called; a later one replaces an earlier one */
	REC_INODE = 7, /* struct event_inode */
	REC_TASK = 8,  /* struct rec_task */
	/* where and how it was recorded: before all else */
	REC_MACHINE = 16, /* struct rec_machine */
	REC_HOOK = 17,	  /* struct rec_hook */
	REC_FILTER = 18,  /* struct rec_filter */
	/* a look at all that events do not tell: those up to the next REC_STATE belong to it */
	REC_STATE = 32,	      /* struct rec_state */
	REC_MOUNT = 33,	      /* struct rec_mount */
	REC_COUNTER = 34,     /* struct rec_counter */
	REC_UNMEASURED = 35,  /* struct rec_unmeasured */
	REC_PAGE_INS = 36,    /* struct rec_page_ins */
	REC_SHARE = 37,	      /* struct rec_share */
	REC_IN_FLIGHT = 38,   /* struct rec_in_flight */
	REC_REPEAT = 39,      /* struct rec_repeat */
	REC_RELEASE = 40,     /* struct rec_release */
	REC_PHASE = 41,	      /* struct rec_phase */
	REC_PAGE_HOLDER = 42, /* struct rec_page_holder */
	REC_FLIGHTS = 43,     /* struct rec_flights */
	REC_KINDS_END = 44,
};

/* Strings of records are NUL-terminated and may be NULL: not known. */

struct rec_task {
	struct task_key task;
	char comm[TASK_COMM_LEN_MAX];
};

struct rec_machine {
	const char *host;
	const char *kernel;  /* uname release */
	const char *machine; /* uname machine */
	const char *boot_id;
	const char *tool_version;
	const char *command; /* record's own arguments, a space between them */
	__u64 wall_ns;	     /* CLOCK_REALTIME when CLOCK_MONOTONIC was mono_ns */
	__u64 mono_ns;
	__u64 start_ns; /* tracing began */
	__u64 page_bytes;
	__u32 cpus_cnt;
	__u32 detail; /* enum dax_detail */
	__u32 has_phases;
	__u32 part;	   /* of a rotated recording, from 0 */
	__u64 interval_ns; /* between two REC_STATE */
	__u64 ring_ns; /* --ring: what happened before the last so many is not there; 0: all is */
};

/* A row of the probe plan: as doctor prints it. */
struct rec_hook {
	const char *name;
	const char *how;    /* "fentry", ...; NULL: not hooked */
	const char *status; /* "attached", "missing", "failed", "unused" */
	const char *reason; /* NULL where attached */
};

struct rec_filter {
	const char *name;
	const char *value;
};

/* Cumulative since tracing began, but for what struct trust calls gauges. */
struct rec_state {
	__u64 ns;
	__u32 is_last; /* tracing has ended */
	__u32 hooks_attached;
	__u32 hooks_total;
	__u32 pad;
	__u64 recursion_misses;
	__u64 kprobe_misses;
	__u64 names_lost;
	__u64 own_cpu_ns;
	__u64 memory_bytes;
	__u64 steal_ns;
	__u64 scans[SCAN_NR];
};

struct rec_mount {
	__u32 dev;
	__u32 flags; /* REC_MOUNT_* */
	const char *mountpoint;
	const char *tag;
	const char *fstype;
	const char *dax_mode;
	const char *reason;
	struct mount_figures figures;
};
#define REC_MOUNT_FIGURES	  0x1
#define REC_MOUNT_MAY_HAVE_WINDOW 0x2

/* By id: a reader that does not know it leaves it out. 0 ones are not written. */
struct rec_counter {
	__u32 id; /* enum dax_counter */
	__u32 pad;
	__u64 cnt;
};

struct rec_unmeasured {
	const char *figure;
	const char *reason;
};

struct rec_page_ins {
	__u32 op;
	__u32 pad;
	__u64 cnt;
	__u64 total_ns;
};

struct rec_share {
	struct inode_key inode;
	__u64 ranges_cnt;
};

/* struct in_flight_row, flat. */
struct rec_in_flight {
	__u64 age_ns;
	__u64 wait_ns;
	__u64 wait_start_ns;
	struct task_key task;
	struct inode_key inode;
	char comm[TASK_COMM_LEN_MAX];
	__u32 op;
	__u32 wait;
	__u32 flags; /* REC_FLIGHT_* */
	__u32 opcode;
	/* struct lock_holder */
	__u32 holder_sort;
	__u32 holder_op;
	__u64 holder_held_ns;
	struct task_key holder;
	char holder_comm[TASK_COMM_LEN_MAX];
	/* struct in_flight_page */
	__u64 page_offset;
	__u32 page_refs_cnt;
	__u32 page_holder_cnt;
	/* struct in_flight_task */
	__u32 state; /* a letter, as ps has it; 0: nobody looked */
	__u32 pad;
	__u64 cpu_ns;
	const char
		*stack; /* functions, innermost first, a space between them, "?" without a name */
};
#define REC_FLIGHT_OUTERMOST	 0x01
#define REC_FLIGHT_INNERMOST	 0x02
#define REC_FLIGHT_PAGE_SEARCHED 0x04
#define REC_FLIGHT_PAGE_CUT	 0x08
#define REC_FLIGHT_RUNNING	 0x10
#define REC_FLIGHT_HAS_CPU	 0x20

/* struct page_holder, of the REC_IN_FLIGHT before it. */
struct rec_page_holder {
	__u32 tgid;
	__u32 pid;
	__u32 fd;
	__u32 is_reader;
	char comm[TASK_COMM_LEN_MAX];
};

/* Operations in flight beside those that REC_IN_FLIGHT tells one by one. */
struct rec_flights {
	__u32 op;
	__u32 pad;
	__u64 cnt;
	__u64 oldest_ns;
};

/* struct repeated_fault. */
struct rec_repeat {
	struct task_key task;
	struct inode_key inode;
	char comm[TASK_COMM_LEN_MAX];
	__u32 op;
	__u32 seen_cnt;
	__u64 offset;
	__u64 span_ns;
};

/* struct page_release. */
struct rec_release {
	struct inode_key inode;
	struct task_key task;
	__u32 op;
	__u32 who; /* enum releaser */
	char comm[TASK_COMM_LEN_MAX];
	const char *stack;
	__u64 cnt;
	__u64 total_ns;
	__u64 max_ns;
	__u64 offset_first;
	__u64 offset_last;
};

struct rec_phase {
	__u32 op;
	__u32 phase;
	struct phase_figures figures;
};

/* How a field is written; virtiofs-daxtop-recording(5) says it in bytes. Only appended. */
enum rec_type {
	REC_T_UINT = 1, /* a number: 1, 2, 4 or 8 bytes in memory */
	REC_T_TIME =
		2, /* CLOCK_MONOTONIC ns: 8 bytes in memory; the difference to the one before */
	REC_T_TEXT = 3,	  /* const char *, or NULL */
	REC_T_CHARS = 4,  /* char[cnt], ends with a NUL or the array */
	REC_T_BYTES = 5,  /* char[cnt], so many of them as the field at len_offset says */
	REC_T_INODE = 6,  /* struct inode_key: once a block, then by number */
	REC_T_TASK = 7,	  /* struct task_key: likewise */
	REC_T_SPARSE = 8, /* numbers of width bytes, cnt of them, most of which are 0 */
	REC_T_HITS =
		9, /* __u64[cnt] as in struct event_hits, so many as the field at len_offset says */
	REC_T_NR,
};

/* What its value says, for those who show it. */
enum rec_unit {
	REC_U_NONE = 0, /* a plain number */
	REC_U_NS = 1,
	REC_U_BYTES = 2,
	REC_U_OP = 3, /* an id: op_table[] and so on */
	REC_U_WAIT = 4,
	REC_U_OUTCOME = 5,
	REC_U_ERRNO = 6,
	REC_U_HOLDER = 7,
	REC_U_OPCODE = 8,
	REC_U_DEV = 9,
	REC_U_FLAGS = 10,
	REC_U_RANGES = 11,
	REC_U_WINDOW_CHANGE = 12,
	REC_U_COUNTER = 13,
	REC_U_PHASE = 14,
	REC_U_RELEASER = 15,
	REC_U_NR,
};

struct rec_field {
	__u16 id; /* of the field in its kind, from 1 */
	__u8 type;
	__u8 unit;
	const char *name;
	__u32 offset;	  /* in the struct in memory */
	__u32 width;	  /* bytes of it, of one element of an array */
	__u32 cnt;	  /* of an array; else 1 */
	__u32 len_offset; /* REC_T_BYTES, REC_T_HITS: of a __u32 that says how many are there */
};

struct rec_kind_desc {
	__u16 id;    /* enum rec_kind */
	__u16 event; /* enum dax_event_kind that begins the struct, or 0: it begins with no kind */
	const char *name;
	size_t bytes; /* of the struct in memory */
	const struct rec_field *fields;
	size_t fields_cnt;
};

extern const struct rec_kind_desc rec_kinds[];
extern const size_t rec_kinds_cnt;

/* NULL where there is none. */
const struct rec_kind_desc *rec_kind__find(__u32 id);

/* The longest struct of all kinds: room for any record. */
#define REC_BYTES_MAX 8192

#endif
