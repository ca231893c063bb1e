/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the kernel side and user space agree on: operations, waits, outcomes, and the tables that
 * carry their figures. Both sides include this file and nothing else of each other.
 *
 * Ids are numbered by hand and only ever appended, so that old recordings keep their meaning. All
 * times are CLOCK_MONOTONIC nanoseconds, all lengths bytes; only a formatter scales them.
 */
#ifndef DAXTOP_H
#define DAXTOP_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* What a task does with the window. Names, help and JSON keys: op_table[] in src/names.c. */
enum dax_op {
	OP_FAULT_READ_PTE = 0,
	OP_FAULT_READ_PMD = 1,
	OP_FAULT_WRITE_PTE = 2,
	OP_FAULT_WRITE_PMD = 3,
	OP_FAULT_MKWRITE = 4,
	OP_DAX_READ = 5,
	OP_DAX_WRITE = 6,
	OP_TRUNCATE = 7,
	OP_OPEN_TRUNC = 8,
	OP_PUNCH = 9,
	OP_ZERO = 10,
	OP_EXTEND = 11,
	OP_RECLAIM_RUN = 12,
	OP_RECLAIM_RANGE = 13,
	OP_RECLAIM_INLINE = 14,
	OP_EVICT = 15,
	OP_SETUP = 16,
	OP_UPGRADE = 17,
	OP_REMOVAL = 18,
	OP_FAULT = 19, /* a fault whose kind is not known: below DETAIL_FULL, while it waits */
	/*
	 * a FUSE_READ, a FUSE_WRITE, and a FUSE_WRITE past the end of the file, all of a DAX inode
	 */
	OP_AROUND_READ = 20,
	OP_AROUND_WRITE = 21,
	OP_AROUND_EXTEND = 22,
	OP_NR = 23,
};

/* How much is hooked, and so measured: detail_table[] in src/names.c. */
enum dax_detail {
	DETAIL_STALLS = 0, /* slow paths alone */
	DETAIL_COUNTS = 1, /* and the ends of faults, reads and writes */
	DETAIL_FULL = 2,   /* and their begins */
	DETAIL_NR = 3,
};

/* Faults by kind, and with those whose kind is not told, below DETAIL_FULL: bits of enum dax_op. */
#define OPS_FAULT_KINDS ((2U << OP_FAULT_MKWRITE) - 1)
#define OPS_FAULT	(OPS_FAULT_KINDS | 1U << OP_FAULT)

/* Bytes of DAX inodes that went round the window. */
#define OPS_AROUND (1U << OP_AROUND_READ | 1U << OP_AROUND_WRITE | 1U << OP_AROUND_EXTEND)

/* What an operation waits for; wait_table[] in src/names.c. What none of them covers is "other". */
enum dax_wait {
	WAIT_I_MMAP_SEM_READ = 0,
	WAIT_I_MMAP_SEM_WRITE = 1,
	WAIT_I_DMAP_SEM_READ = 2,
	WAIT_I_DMAP_SEM_WRITE = 3,
	WAIT_INODE_LOCK_READ = 4,
	WAIT_INODE_LOCK_WRITE = 5,
	WAIT_BUSY_PAGE = 6,
	WAIT_FREE_RANGE = 7,
	WAIT_REQUEST_HOST = 8,
	WAIT_REQUEST_GUEST = 9,
	WAIT_NR = 10,
};

/*
 * The inside of a fault, with --phases: phase_table[] in src/names.c. A fault's own time is split
 * among them, the innermost wins, and what none of them covers is the rest.
 */
enum dax_phase {
	PHASE_ENTRY_LOCK = 0,
	PHASE_DAX_LOCK = 1,
	PHASE_LOOKUP = 2,
	PHASE_INSERT = 3,
	PHASE_PAGE_TABLE = 4,
	PHASE_FALLBACK = 5,
	PHASE_NR = 6,
};
#define PHASE_OPS    5 /* OP_FAULT_READ_PTE to OP_FAULT_MKWRITE have phases */
#define PHASE_PLACES 8 /* a power of two, above PHASE_NR */

/* How an operation ended; outcome_table[] in src/names.c. Each finished one has exactly one. */
enum dax_outcome {
	OUTCOME_DONE = 0,
	OUTCOME_ERRNO = 1,
	OUTCOME_SIGBUS = 2,
	OUTCOME_FALLBACK = 3,
	OUTCOME_RETRIED = 4,
	OUTCOME_INTERRUPTED = 5,
	OUTCOME_NR = 6,
};
#define OUTCOME_UNSEEN OUTCOME_NR /* of a FRAME_IMPLIED: nothing told its end */

/* What went wrong with tracing itself; counter_table[] in src/names.c. */
enum dax_counter {
	COUNTER_TASK_SLOTS_FULL = 0, /* an operation not traced: no slot for its task */
	COUNTER_FRAMES_FULL = 1,     /* an operation not traced: nested deeper than FRAMES_MAX */
	COUNTER_UNMATCHED = 2,	     /* an end without its begin, or a begin without its end */
	COUNTER_BEGAN_BEFORE = 3,    /* an end whose begin was before tracing; not a loss */
	COUNTER_INODES_FULL = 4,     /* accounted to INODE_REST: the inode table is full */
	COUNTER_TASKS_FULL = 5,	     /* accounted to TASK_REST: the task table is full */
	COUNTER_REQUESTS_FULL = 6,   /* a request whose host part could not be told */
	COUNTER_NAMES_LOST = 7,	     /* an inode's path that found the event buffer full */
	COUNTER_ERRNOS_FULL = 8,     /* an errno not counted by number */
	COUNTER_UNKNOWN_MOUNT =
		9,		 /* an inode or window of a mount the mount table had no room for */
	COUNTER_EDGES_FULL = 10, /* a wait that is in no edge: the table of edges is full */
	COUNTER_RELEASES_FULL = 11, /* a released page not told of: the table of releases is full */
	COUNTER_STACKS_FULL = 12,   /* a releaser's stack not kept: no room for another */
	COUNTER_WINDOW_LOST = 13,   /* a change of a window that found its buffer full */
	COUNTER_RECORD_FULL = 14,   /* an operation not recorded: the buffer is full */
	COUNTER_RECORD_WAITS_FULL = 15, /* likewise a wait, or who was waited for */
	COUNTER_NR = 16,
};

/* Who held a lock that was waited for; holder_table[] in src/names.c. */
enum dax_holder {
	HOLDER_NONE = 0,    /* nobody: it had just been given up, or was being handed on */
	HOLDER_OP = 1,	    /* a task in an operation on that inode */
	HOLDER_READER = 2,  /* the same, shared, and perhaps with others */
	HOLDER_READERS = 3, /* shared, and none of those who hold it was seen */
	HOLDER_TASK = 4,    /* a task that was in no operation on that inode */
	HOLDER_LEAKED =
		5, /* a task that has ended, or is in the kernel no more, and still owns it */
	HOLDER_NR = 6,
};

/*
 * Histograms are log-linear. Fine ones (operations, waits) split each power of two in 16, so a
 * bucket is at most 1/16 of its value wide; coarse ones (one inode, one task) split it in two.
 * Values below 2^HIST_SUB_BITS ns have a bucket each; the last bucket takes all that is longer.
 */
#define HIST_SUB_BITS	4
#define HIST_MAX_EXP	40 /* 2^40 ns = 18 min */
#define HIST_BUCKETS	((HIST_MAX_EXP - HIST_SUB_BITS + 1) << HIST_SUB_BITS)
#define COARSE_SUB_BITS 1
#define COARSE_MIN_EXP	8  /* below 256 ns: bucket 0 */
#define COARSE_MAX_EXP	36 /* 2^36 ns = 69 s */
#define COARSE_BUCKETS	(((COARSE_MAX_EXP - COARSE_MIN_EXP) << COARSE_SUB_BITS) + 1)

#define TASK_COMM_LEN_MAX 16

/*
 * An inode as the server knows it: never by address, which the kernel reuses. dev is the kernel's
 * s_dev (major << 20 | minor). nodeid 0 stands for "no inode" (a reclaim run belongs to a mount).
 */
struct inode_key {
	__u64 nodeid;
	__u32 dev;
	__u32 generation;
};

/* A task: pid reuse is told apart by the start time since boot, in ms. */
struct task_key {
	__u32 tgid;
	__u32 pid;
	__u32 start_ms;
	__u32 pad;
};

/* All that did not fit in a full table is added up under these. */
#define INODE_REST_NODEID (~0ULL)
#define TASK_REST_PID	  (~0U)

/*
 * One operation kind on one CPU. Its count is the sum of outcome[]; total_ns, max_ns and hist are
 * of those that were timed, which are as many as hist adds up to (below DETAIL_FULL not all are);
 * the waits are of all, also of those that were not seen to end and are in no count.
 */
struct op_figures {
	__u64 total_ns;
	__u64 max_ns;
	__u64 units;   /* bytes or ranges: op_table[] in src/names.c */
	__u64 retries; /* busy pages found, or free ranges not found, and tried again */
	__u64 outcome[OUTCOME_NR];
	__u64 wait_ns[WAIT_NR];
	__u64 wait_cnt[WAIT_NR];
	__u64 hist[HIST_BUCKETS];
	__u64 pad[10]; /* whole cache lines: CPUs share none */
};
_Static_assert(sizeof(struct op_figures) % 64 == 0, "CPUs would share a cache line");

/* Pages that the host had to bring in, by the innermost operation. */
struct page_ins {
	__u64 cnt;
	__u64 total_ns;
};

/* One kind of wait, each counted once where it happened, not again in the operations around it. */
struct wait_figures {
	__u64 cnt;
	__u64 total_ns;
	__u64 max_ns;
	__u64 hist[HIST_BUCKETS];
};

/*
 * One phase of the faults of one kind on one CPU. A fault counts once, with all the time that it
 * was in the phase, however often it came to it.
 */
struct phase_figures {
	__u64 cnt;
	__u64 total_ns;
	__u64 max_ns;
	__u64 inside; /* PHASE_INSERT: begun in the dax lock section, and after it */
	__u64 after;
	__u64 hist[HIST_BUCKETS];
	__u64 pad[3]; /* whole cache lines */
};
_Static_assert(sizeof(struct phase_figures) % 64 == 0, "CPUs would share a cache line");

/* One operation kind of one inode, or of one task. */
struct cell {
	__u64 total_ns;
	__u64 max_ns;
	__u64 units;
	__u64 wait_ns[WAIT_NR];
	__u32 wait_cnt[WAIT_NR];
	__u32 outcome[OUTCOME_NR];
	__u32 retries;
	__u32 hist[COARSE_BUCKETS];
};

/*
 * Beside the operation in a cell's key: these ran inside another one of the same inode (in cells of
 * inodes) or of the same task (in cells of tasks), and their time is in that one's as well.
 */
#define CELL_NESTED 0x100

struct inode_cell_key {
	struct inode_key inode;
	__u32 op; /* and CELL_NESTED */
	__u32 pad;
};

struct task_cell_key {
	struct task_key task;
	__u32 op; /* and CELL_NESTED */
	__u32 pad;
};

struct errno_key {
	__u32 op;
	__u32 err; /* positive */
};

/*
 * "Waiter's operation <- holder's operation": waits of one kind in one kind of operation on one
 * inode, behind one task. What the holder itself waited for meanwhile, most of the time, is
 * holder_wait, inside its operation holder_wait_op, with the opcode of the request if it was one
 * and that is known.
 */
struct edge_key {
	struct inode_key inode;
	struct task_key holder; /* all 0: not known */
	__u8 wait;
	__u8 op;
	__u8 holder_sort;    /* enum dax_holder */
	__u8 holder_op;	     /* OP_NR: none */
	__u8 holder_wait;    /* WAIT_NONE: for nothing */
	__u8 holder_wait_op; /* OP_NR: none */
	__u16 opcode;	     /* FUSE_*, 0: none, or not known */
};

/* held_max_ns: at most so long, as a lock that was free when it was taken is not seen taken. */
struct edge {
	__u64 cnt;
	__u64 total_ns;
	__u64 max_ns;
	__u64 held_max_ns;
	__u64 holds_cnt;   /* different holds: n tasks behind one are one */
	__u64 waiters_max; /* the most behind one */
};

/* A mount's window, as the kernel's struct fuse_conn_dax has it at the last look. */
struct mount_figures {
	__u64 fcd; /* kernel address of struct fuse_conn_dax; 0: this mount has no window */
	__u64 total_ranges;
	__u64 free_ranges;
	__u64 busy_ranges;
	__u64 busy_max;	 /* most ranges busy at once since tracing began */
	__u64 free_min;	 /* fewest ranges free at once since tracing began */
	__u64 looks_cnt; /* how often the window was read */
	__u64 taken_cnt; /* free ranges that alloc_dax_mapping() gave out since tracing began */
};

/* One operation in progress. */
struct frame {
	__u64 start_ns;
	__u64 inode; /* kernel address, valid while the frame is open */
	__u64 page;  /* of the file, that a fault is for which began while pages_wanted */
	struct inode_key key;
	__u64 units;
	union {
		struct {
			__u8 op;
			__u8 flags;	 /* FRAME_* */
			__u16 has_waits; /* 0: wait_ns and wait_cnt hold nothing yet */
			__u32 retries;
		};
		__u64 plain; /* all of these: equals op where there is nothing else to tell */
	};
	__u64 wait_ns[WAIT_NR];
	__u32 wait_cnt[WAIT_NR];
};
#define FRAME_MUTED	0x01 /* filtered out: pushed to match its end, counted nowhere */
#define FRAME_TENTATIVE 0x02 /* inline reclaim or eviction not yet known to be one */
#define FRAME_BROKE	0x04 /* has passed fuse_dax_break_layouts */
#define FRAME_SETATTR	0x08 /* begun by fuse_do_setattr, not by do_truncate before it */
#define FRAME_KEYED	0x10 /* key is filled in; hits do that at their end, and seldom */
#define FRAME_IMPLIED	0x20 /* its begin is not hooked: told by the stack when it first waited */
#define FRAME_PAST	0x40 /* an implied one whose operation has ended, unseen */
#define FRAME_AROUND	0x80 /* a write that goes round the window, all of it */

#define FRAMES_MAX 8
#define WAIT_NONE  0xff

/* Who holds the lock that a task waits for, as it was when the wait began. */
struct blame {
	__u64 holder;	/* address of its task_struct; 0: not known */
	__u64 since_ns; /* it has held the lock since then, or a later time; 0: not known */
	struct task_key task;
	char comm[TASK_COMM_LEN_MAX];
	__u32 slot_index; /* of the holder; HOLDER_OP and HOLDER_READER */
	__u8 sort;	  /* enum dax_holder */
	__u8 op;	  /* its operation on that inode; OP_NR: none */
	__u8 pad[2];
};

/* A wait of a task that has ended: those behind it may still want to know. */
struct past_wait {
	__u64 begin_ns;
	__u64 end_ns;
	__u64 sem; /* address of the lock, 0: it was none */
	__u8 kind;
	__u8 op; /* the innermost operation */
	__u16 opcode;
	__u32 pad;
};
#define PAST_WAITS 4

/*
 * Hits in a row: operations of one kind on one inode that were done, waited for nothing, were not
 * nested and took RUN_MIN_NS to RUN_MAX_NS. They are added up here, where no other CPU writes, and
 * go to the tables when another inode comes; a reader adds what is still here. epoch is run_epoch
 * when the run began: while it is the same no DAX inode has left memory, so inode is still the one
 * it was.
 */
#define RUN_MIN_EXP 7
#define RUN_MAX_EXP 15
#define RUN_MIN_NS  (1ULL << RUN_MIN_EXP)
#define RUN_MAX_NS  (1ULL << RUN_MAX_EXP)
#define RUN_BUCKETS ((RUN_MAX_EXP - RUN_MIN_EXP) << HIST_SUB_BITS)
/* the fine bucket that the first one of a run is, and the first that is not in coarse bucket 0 */
#define RUN_FIRST_FINE	  ((RUN_MIN_EXP - HIST_SUB_BITS + 1) << HIST_SUB_BITS)
#define COARSE_FIRST_FINE ((COARSE_MIN_EXP - HIST_SUB_BITS + 1) << HIST_SUB_BITS)

struct run {
	__u64 inode;
	union {
		struct {
			__u32 op;
			__u32 epoch;
		};
		__u64 op_epoch;
	};
	struct inode_key key;
	__u64 total_ns;
	__u64 max_ns; /* 0: the run is empty */
	__u64 units;
	__u64 pad;
	__u32 hist[RUN_BUCKETS]; /* fine ones, from RUN_FIRST_FINE on; they add up to the hits */
};

/* The coarse bucket that fine bucket @fine lies in; those it lies across are below RUN_MIN_NS. */
static inline __u32 coarse_of_fine(__u32 fine)
{
	if (fine < COARSE_FIRST_FINE)
		return 0;
	return 1 + ((fine - COARSE_FIRST_FINE) >> (HIST_SUB_BITS - COARSE_SUB_BITS));
}

#define RUN_EPOCH_END (~0U)
#define RUNS_PER_TASK 4

/* The same of one CPU, whatever the task, without times: DETAIL_COUNTS. */
struct count_run {
	__u64 tag;   /* address of the inode, plus what tells the operation: below COUNT_TAGS */
	__u64 epoch; /* run_epoch as a whole, with nothing waiting */
	struct inode_key key;
	__u64 cnt;
	__u64 units;
	__u32 op;
	__u32 pad[3];
};

#define COUNT_CPUS   256 /* further CPUs go to the tables at once */
#define RUNS_PER_CPU 4

#define COUNT_TAGS 64 /* struct fuse_inode begins on a cache line: fuse_fs_init() */

struct count_cpu {
	__u64 inode; /* of the hit being counted: see count_hit() */
	__u64 pad[7];
	struct count_run runs[RUNS_PER_CPU];
} __attribute__((aligned(64)));

/* The programs that write such runs: a CPU never runs one of them twice at once. */
enum count_kind {
	COUNT_FAULTS = 0,
	COUNT_READS = 1,
	COUNT_WRITES = 2,
	COUNT_NR = 3,
};

/* A kernel function's code, to tell from a stack what operation it is in. */
struct code_range {
	__u64 start;
	__u64 end;
	__u32 op; /* or CODE_PMD: an attempt by PMD, which does not wait for a range */
	__u32 pad;
};
#define CODE_PMD    OP_NR
#define CODE_RANGES 8

/*
 * Where a fault is inside (--phases). Time is cut wherever a phase begins or ends, and each piece
 * goes to the phase that was innermost in it.
 */
struct phase_clock {
	__u64 fault_ns; /* start_ns of the fault that the rest tells of; another's is stale */
	__u64 cut_ns;	/* the last cut, and how long the fault had waited by then */
	__u64 cut_wait_ns;
	__u64 stack; /* a byte a phase, plus one, the innermost lowest */
	__u32 seen;  /* bits of those that it has been through */
	__u16 inserts_inside;
	__u16 inserts_after;
	__u64 ns[PHASE_PLACES]; /* by phase plus one; [0]: in none */
	__u64 pad[3];
};

/*
 * The page of a busy-page wait, and who gave up the last reference that was waited for. The waiting
 * task writes it, and while that sleeps the releaser: under the lock of the wait queue, without
 * which the sleeper cannot leave.
 */
struct busy_wait {
	__u64 page; /* address of its struct page, of its folio's first since 6.16; 0: no such wait */
	__u64 offset; /* in the file; of a folio its first byte */
	struct task_key releaser;
	char comm[TASK_COMM_LEN_MAX]; /* the releaser's */
	__s32 stack;	   /* the releaser's, by its number in release_stacks; or STACK_NONE */
	__u32 is_released; /* the wake was seen: the three above are known */
	__u32 refs_cnt;	   /* references of the page, at the last question or look */
	__u32 span_bytes;  /* of its struct page, or of all of its folio's */
};
#define STACK_NONE (-1)

/* Busy-page waits that one task ended for one kind of operation on one inode, by the same calls. */
struct release_key {
	struct inode_key inode;
	struct task_key releaser; /* also the task that an interrupt came upon */
	__u32 op;		  /* that waited */
	__s32 stack;
	__u32 is_known; /* 0: no wake was seen, and there is no releaser */
	__u32 pad;
};

struct release {
	__u64 cnt;
	__u64 total_ns;
	__u64 max_ns;
	__u64 offset_first; /* where in the file the page was, the first and the last time */
	__u64 offset_last;
	char comm[TASK_COMM_LEN_MAX];
};

#define RELEASE_STACK_DEPTH 48
#define RELEASE_STACKS	    512
#define RELEASES_MAX	    512

/*
 * What of a file its first question for busy pages covers: where pins are not looked for, none is
 * found.
 */
enum dax_scan {
	SCAN_WHOLE = 0,	   /* all that the operation is about to take away */
	SCAN_FIRST = 1,	   /* a truncate that looks at the file's first entry alone (5.10) */
	SCAN_UNMAPPED = 2, /* nothing: the file is not mapped (before 6.16) */
	SCAN_NR = 3,
};

/* A page that user space looks for in pipes, and a file of a task that holds it in one. */
#define SOUGHT_MAX 16

struct sought {
	__u64 page; /* address of its struct page */
	__u64 end;  /* of those of its folio */
};

struct page_holder {
	__u64 page;
	__u32 tgid;
	__u32 pid;
	__u32 fd;
	__u32 is_reader; /* the end that can drain the pipe */
	char comm[TASK_COMM_LEN_MAX];
};

/*
 * What is known of one task: its operations in progress, innermost last, and what it waits for.
 * Written by that task alone, but for woken_ns, which the one that ran before it writes.
 */
struct task_slot {
	__u64 owner; /* address of its task_struct, SLOT_DEAD, or 0: free */
	struct task_key task;
	union {
		struct {
			__u8 depth;
			__u8 outer_kind;    /* WAIT_BUSY_PAGE, WAIT_FREE_RANGE or WAIT_NONE */
			__u8 inner_kind;    /* a lock, WAIT_REQUEST_HOST, or WAIT_NONE */
			__u8 request_depth; /* requests nest: allocating one may evict an inode */
			__u8 is_exiting;    /* claimed after its exit: released when it rests */
			__u8 has_filter;    /* each operation must be asked whether it counts */
			__u8 is_waiter;	    /* is in run_epoch.waiters_cnt */
			__u8 zero;
		};
		__u64 progress; /* all of these: SLOT_IDLE between operations */
	};
	__u32 seen_ops; /* bit by operation: has begun one since tracing began */
	__u64 outer_start_ns;
	__u64 outer_inner_ns; /* part of the outer wait that inner waits took */
	__u64 inner_start_ns;
	__u64 inner_sem; /* address of the lock waited for */
	__u64 req;	 /* address of the request waited for */
	char comm[TASK_COMM_LEN_MAX];
	__u32 index;	     /* of this slot in its table */
	__u32 has_spilled;   /* a task that belonged here has found it taken and sits further on */
	__u32 outer_depth;   /* how deep the frame is that the outer wait belongs to */
	__u32 evicts_unseen; /* by kprobes: evictions without a frame inside one that has one */
	/*
	 * DETAIL_STALLS, of a wait for a free range: when the task last ran, and its faults before
	 */
	__u64 woken_ns;
	__u64 faults_cnt;
	__u32 past_cnt; /* of all, the last PAST_WAITS of which are in past */
	__u32 opcode;	/* of the request waited for; 0: not known */
	struct blame blame;
	struct past_wait past[PAST_WAITS];
	/*
	 * As user space last asked for, by slot_look(): who holds the lock, and the frames' inodes.
	 */
	struct blame now;
	struct inode_key seen[FRAMES_MAX];
	/* What setups of the operation that began then have told of its wait for free ranges. */
	__u64 told_start_ns;
	__u64 told_range_ns;
	__u64 page_in_ns; /* since when the host brings in a page for the task; 0: it does not */
	__u32 pad[11];
	struct run runs[RUNS_PER_TASK];
	struct frame frames[FRAMES_MAX];
	struct phase_clock phases;
	struct busy_wait busy;
};
#define SLOT_DEAD 1ULL /* its task is gone, its runs are not in the tables */
#define SLOT_IDLE ((__u64)WAIT_NONE << 8 | (__u64)WAIT_NONE << 16)
_Static_assert(sizeof(struct task_slot) % 64 == 0, "tasks would share a cache line");

/* Which argument a function's dentry is, where no BTF tells. */
#define ARG_UNKNOWN 2

/* What comes through the event buffer; kinds are only appended. */
enum dax_event_kind {
	EVENT_INODE = 1,
	EVENT_SELF_REQUEST = 2,
	EVENT_WINDOW = 3,
	EVENT_OP = 4,
	EVENT_HITS = 5,
	EVENT_WAIT = 6,
	EVENT_BLAME = 7,
};

#define PATH_BYTES 1024

/*
 * An inode seen for the first time. path holds the names from the file up to below the mount's
 * root, each NUL-terminated, path_len bytes in all; with INODE_PATH_CUT there were more.
 */
struct event_inode {
	__u32 kind;
	__u32 flags; /* INODE_* */
	struct inode_key key;
	__u64 ino;
	__u64 size_bytes;
	__u32 path_len;
	__u32 pad;
	char path[PATH_BYTES];
};
#define INODE_PATH_CUT	0x1
#define INODE_UNLINKED	0x2
#define INODE_NO_DENTRY 0x4

/*
 * A request that virtio-fs' completion worker (virtio_fs_requests_done_work) has sent to the queue
 * that it alone serves: it now waits for itself, and so will all who use the mount. The closer is
 * the task that closed the file last, all 0 where that was not seen.
 */
struct event_self_request {
	__u32 kind;
	__u32 opcode; /* FUSE_*, 0: not known */
	__u64 ns;
	struct inode_key key;
	struct task_key task;
	struct task_key closer;
	char comm[TASK_COMM_LEN_MAX];
	char closer_comm[TASK_COMM_LEN_MAX];
};

/* What becomes of a mount's window: all that changes which ranges are in it. */
enum window_change {
	WINDOW_SETUP = 0,
	WINDOW_UPGRADE = 1,	   /* of a range that is there, for writing */
	WINDOW_REMOVED = 2,	   /* by the worker */
	WINDOW_REMOVED_INLINE = 3, /* by a read or write that found none free */
	WINDOW_INODE_GONE = 4,	   /* with all its ranges, if it has any */
	WINDOW_CHANGE_NR = 5,
};

struct event_window {
	__u32 kind;
	__u32 change; /* enum window_change */
	struct inode_key key;
	__u64 ns;
	__u64 window_offset; /* of the range in the window, bytes; not of WINDOW_INODE_GONE */
	/* the following of setups and upgrades */
	__u64 index;	  /* of the range in its file */
	__u64 size_bytes; /* of that file */
	__u64 round_trip_ns;
	__u64 wait_ns; /* for a free range */
	__u32 is_writable;
	__u32 pad;
};

/* ---- what a recording is made of: by record alone, through record_events ---- */

/*
 * A finished operation, as op_finish() counts it. wait_ns and wait_cnt come with EVENT_OP_WAITS
 * alone: without it the event ends before them. outcome is OUTCOME_UNSEEN for waits of an operation
 * whose end nothing tells, and then start_ns and dur_ns say nothing of the operation.
 */
struct event_op {
	__u32 kind;
	__u8 op;
	__u8 outcome;
	__u8 depth; /* operations of the task around it */
	__u8 flags; /* EVENT_OP_* */
	struct inode_key key;
	struct task_key task;
	__u64 start_ns;
	__u64 dur_ns;
	__u64 units;
	__u32 retries;
	__u32 err; /* positive, of OUTCOME_ERRNO and OUTCOME_INTERRUPTED; 0: none */
	__u64 wait_ns[WAIT_NR];
	__u32 wait_cnt[WAIT_NR];
};
#define EVENT_OP_WAITS		 0x1
#define EVENT_OP_NESTED_IN_INODE 0x2 /* CELL_NESTED in the cell of its inode, and of its task */
#define EVENT_OP_NESTED_IN_TASK	 0x4
#define EVENT_OP_SHORT_BYTES	 __builtin_offsetof(struct event_op, wait_ns)

/*
 * Hits in a row of one task: operations of one kind on one inode that were done, waited for nothing
 * and were not nested. Each is the time since base_ns (of its begin) above HIT_DUR_BITS, and how
 * long it took below them, all ns; units is of all of them.
 */
#define HIT_DUR_BITS 16
#define HITS_MAX     56

struct event_hits {
	__u32 kind;
	__u32 op;
	struct inode_key key;
	struct task_key task;
	__u64 base_ns;
	__u64 units;
	__u32 cnt;
	__u32 pad;
	__u64 hits[HITS_MAX];
};
_Static_assert(sizeof(struct event_hits) == 512, "a power of two, to be found by a shift");

/* One of ev->hits[]. */
static inline __u64 hit_begin_ns(const struct event_hits *ev, __u64 hit)
{
	return ev->base_ns + (hit >> HIT_DUR_BITS);
}

static inline __u64 hit_dur_ns(__u64 hit)
{
	return hit & ((1ULL << HIT_DUR_BITS) - 1);
}

/* Of ev->hits[@i]: which of them had how many is not told, so each has its share of all. */
static inline __u64 hit_units(const struct event_hits *ev, __u32 i)
{
	return ev->units / ev->cnt + (i < ev->units % ev->cnt);
}

/*
 * One wait that has ended, of the innermost operation of a task. ns may be less than what has
 * passed since begin_ns: what a busy-page or free-range wait contains of others is theirs.
 */
struct event_wait {
	__u32 kind;
	__u8 wait;
	__u8 op;
	__u8 depth; /* operations of the task around that one */
	__u8 pad;
	struct inode_key key;
	struct task_key task;
	__u64 begin_ns;
	__u64 ns;
};

/* Behind whom a lock was waited for: what struct edge adds up. */
struct event_blame {
	__u32 kind;
	__u32 pad;
	struct edge_key edge;
	struct task_key task; /* that waited */
	__u64 begin_ns;
	__u64 ns;
	__u64 held_ns; /* at most so long; 0: not known */
	__u64 waiters; /* behind this hold so far, this one included; 0: not known */
};

#endif
