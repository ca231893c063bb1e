// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The tables behind every name, heading and help line; rows are placed by id, so their order in the
 * file does not matter to recordings.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strerrorname_np() */
#endif
#include "names.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define USER(name_, unit_, retry_, help_)                                                \
	{                                                                                \
		.name = name_, .class = CLASS_USER, .unit = unit_, .retry_wait = retry_, \
		.help = help_                                                            \
	}
#define RECLAIM(name_, retry_, in_inode_, in_task_, help_)                                        \
	{                                                                                         \
		.name = name_, .class = CLASS_RECLAIM, .unit = UNIT_RANGES, .retry_wait = retry_, \
		.nested_in_inode = in_inode_, .nested_in_task = in_task_, .help = help_           \
	}
#define ANY_REQUEST(name_, unit_, help_)                                                       \
	{                                                                                      \
		.name = name_, .class = CLASS_REQUEST, .unit = unit_, .retry_wait = WAIT_NONE, \
		.nested_in_inode = true, .nested_in_task = true, .help = help_                 \
	}
#define REQUEST(name_, help_) ANY_REQUEST(name_, UNIT_RANGES, help_)
#define AROUND(name_, help_)  ANY_REQUEST(name_, UNIT_BYTES, help_)

/*
 * Retries: a fault, read or write tries again for a free range; what breaks layouts, for a busy
 * page. PMD faults never wait for a range (dax_iomap_pmd_fault gets no error to wait on).
 */
const struct op_desc op_table[OP_NR] = {
	[OP_FAULT_READ_PTE] = USER("fault.read.pte", UNIT_NONE, WAIT_FREE_RANGE,
				   "page fault for reading that maps one page"),
	[OP_FAULT_READ_PMD] = USER("fault.read.pmd", UNIT_NONE, WAIT_NONE,
				   "page fault for reading that maps 2 MiB at once"),
	[OP_FAULT_WRITE_PTE] = USER("fault.write.pte", UNIT_NONE, WAIT_FREE_RANGE,
				    "page fault for writing that maps one page"),
	[OP_FAULT_WRITE_PMD] = USER("fault.write.pmd", UNIT_NONE, WAIT_NONE,
				    "page fault for writing that maps 2 MiB at once"),
	[OP_FAULT_MKWRITE] = USER("fault.mkwrite", UNIT_NONE, WAIT_FREE_RANGE,
				  "first write to a page that is mapped read-only"),
	[OP_DAX_READ] = USER("read", UNIT_BYTES, WAIT_FREE_RANGE, "read() through the window"),
	[OP_DAX_WRITE] = USER("write", UNIT_BYTES, WAIT_FREE_RANGE, "write() through the window"),
	[OP_TRUNCATE] = USER("truncate", UNIT_NONE, WAIT_BUSY_PAGE,
			     "truncate() or ftruncate(), the inode lock included"),
	[OP_OPEN_TRUNC] = USER("open_trunc", UNIT_NONE, WAIT_BUSY_PAGE,
			       "open(O_TRUNC) where the server truncates in its open"),
	[OP_PUNCH] = USER("punch", UNIT_NONE, WAIT_BUSY_PAGE, "fallocate() that punches a hole"),
	[OP_ZERO] = USER("zero", UNIT_NONE, WAIT_BUSY_PAGE, "fallocate() that zeroes a part"),
	[OP_EXTEND] = USER("extend", UNIT_NONE, WAIT_BUSY_PAGE, "fallocate() that extends a file"),
	[OP_RECLAIM_RUN] = RECLAIM("reclaim.run", WAIT_NONE, false, false,
				   "one run of a mount's background reclaim worker"),
	[OP_RECLAIM_RANGE] = RECLAIM("reclaim.range", WAIT_BUSY_PAGE, false, true,
				     "one range taken back in the background"),
	[OP_RECLAIM_INLINE] = RECLAIM("reclaim.inline", WAIT_BUSY_PAGE, true, true,
				      "a read or write that takes a range back for itself"),
	[OP_EVICT] = RECLAIM("evict", WAIT_BUSY_PAGE, false, false,
			     "an inode that leaves memory and gives all its ranges back"),
	[OP_SETUP] = REQUEST("setup", "a range mapped: SETUPMAPPING and the work around it"),
	[OP_UPGRADE] = REQUEST("upgrade", "a mapped range made writable: SETUPMAPPING once more"),
	[OP_REMOVAL] = REQUEST("remove", "ranges unmapped: one REMOVEMAPPING"),
	[OP_AROUND_READ] = AROUND("around.read", "FUSE_READ of a DAX inode: round the window"),
	[OP_AROUND_WRITE] = AROUND("around.write", "FUSE_WRITE of a DAX inode inside its file: "
						   "the first part of a write that ends past it"),
	[OP_AROUND_EXTEND] = AROUND("around.extend", "the same past the end of the file, where "
						     "no range can be mapped yet"),
	[OP_FAULT] = USER("fault", UNIT_NONE, WAIT_FREE_RANGE,
			  "page fault of any kind, where the kinds are not told apart"),
};

const struct wait_desc wait_table[WAIT_NR] = {
	[WAIT_I_MMAP_SEM_READ] = { "i_mmap_sem.read", "i_mmap_sem", "read", true,
				   "i_mmap_sem (invalidate_lock) shared: a fault behind a "
				   "truncate or reclaim" },
	[WAIT_I_MMAP_SEM_WRITE] = { "i_mmap_sem.write", "i_mmap_sem", "write", true,
				    "i_mmap_sem (invalidate_lock) exclusive: a truncate or "
				    "reclaim behind faults" },
	[WAIT_I_DMAP_SEM_READ] = { "i_dmap_sem.read", "i_dmap_sem", "read", true,
				   "the inode's range tree, shared: behind a setup or removal" },
	[WAIT_I_DMAP_SEM_WRITE] = { "i_dmap_sem.write", "i_dmap_sem", "write", true,
				    "the inode's range tree, exclusive: to set up or remove" },
	[WAIT_INODE_LOCK_READ] = { "inode_lock.read", "inode_lock", "read", true,
				   "i_rwsem shared: a DAX read behind a write or truncate" },
	[WAIT_INODE_LOCK_WRITE] = { "inode_lock.write", "inode_lock", "write", true,
				    "i_rwsem exclusive: a DAX write or truncate" },
	[WAIT_BUSY_PAGE] = { "busy_page", "busy", "page", false,
			     "asleep until a pinned page is released" },
	[WAIT_FREE_RANGE] = { "free_range", "free", "range", false,
			      "asleep until a range of the window is free" },
	[WAIT_REQUEST_HOST] = { "request.host", "request", "host", false,
				"a FUSE request, from its queueing to the device's interrupt" },
	[WAIT_REQUEST_GUEST] = { "request.guest", "request", "guest", false,
				 "a FUSE request, from the interrupt until the task runs again" },
};

const struct phase_desc phase_table[PHASE_NR] = {
	[PHASE_ENTRY_LOCK] = { "entry_lock", "entry", "lock",
			       "finding or making the page cache entry, and waiting for its lock" },
	[PHASE_DAX_LOCK] = { "dax_lock", "dax", "lock",
			     "the section from dax_read_lock() to dax_read_unlock()" },
	[PHASE_LOOKUP] = { "lookup", "", "lookup",
			   "the address in the window, dax_direct_access()" },
	[PHASE_INSERT] = { "insert", "", "insert", "the entry put in place, dax_insert_entry()" },
	[PHASE_PAGE_TABLE] = { "page_table", "page", "table", "the page table written" },
	[PHASE_FALLBACK] = { "fallback", "fall-", "back",
			     "all else of an attempt by PMD that fell back: it is done again" },
};

const struct outcome_desc outcome_table[OUTCOME_NR] = {
	[OUTCOME_DONE] = { "done", "did what was asked" },
	[OUTCOME_ERRNO] = { "errno", "failed with an errno" },
	[OUTCOME_SIGBUS] = { "sigbus", "a fault that ended in SIGBUS" },
	[OUTCOME_FALLBACK] = { "fallback", "a PMD fault that is tried again as a PTE fault" },
	[OUTCOME_RETRIED] = { "retried", "gave up and is begun again by the kernel" },
	[OUTCOME_INTERRUPTED] = { "interrupted", "ended by a signal" },
};

const struct counter_desc counter_table[COUNTER_NR] = {
	[COUNTER_TASK_SLOTS_FULL] = { "task_slots_full", COUNTER_LOST,
				      "operations not counted: no slot for their task" },
	[COUNTER_FRAMES_FULL] = { "frames_full", COUNTER_LOST,
				  "operations not counted: nested too deep" },
	[COUNTER_UNMATCHED] = { "unmatched", COUNTER_MISMATCH,
				"ends without a begin, or begins without an end" },
	[COUNTER_BEGAN_BEFORE] = { "began_before", COUNTER_HARMLESS,
				   "ends of operations that began before tracing did" },
	[COUNTER_INODES_FULL] = { "inodes_full", COUNTER_ACCURACY,
				  "operations counted under the rest: inode table full" },
	[COUNTER_TASKS_FULL] = { "tasks_full", COUNTER_ACCURACY,
				 "operations counted under the rest: task table full" },
	[COUNTER_REQUESTS_FULL] = { "requests_full", COUNTER_ACCURACY,
				    "requests whose host and guest part are not told apart" },
	[COUNTER_NAMES_LOST] = { "names_lost", COUNTER_ACCURACY,
				 "inodes whose path found the event buffer full" },
	[COUNTER_ERRNOS_FULL] = { "errnos_full", COUNTER_ACCURACY,
				  "errors not counted by errno: table full" },
	[COUNTER_UNKNOWN_MOUNT] = { "unknown_mount", COUNTER_ACCURACY,
				    "inodes or windows of a mount the table had no room for" },
	[COUNTER_EDGES_FULL] = { "edges_full", COUNTER_ACCURACY,
				 "waits for locks that are in no edge: table full" },
	[COUNTER_RELEASES_FULL] = { "releases_full", COUNTER_ACCURACY,
				    "busy-page waits whose releaser is not told: table full" },
	[COUNTER_STACKS_FULL] = { "stacks_full", COUNTER_ACCURACY,
				  "releasers whose stack had no room" },
	[COUNTER_WINDOW_LOST] = { "window_lost", COUNTER_ACCURACY,
				  "changes of windows that the advice on them missed" },
	[COUNTER_RECORD_FULL] = { "record_full", COUNTER_LOST,
				  "operations not recorded: the buffer was full (record "
				  "--buffer)" },
	[COUNTER_RECORD_WAITS_FULL] = { "record_waits_full", COUNTER_ACCURACY,
					"waits not recorded by themselves: the buffer was full" },
};

const char *const window_change_names[WINDOW_CHANGE_NR] = {
	[WINDOW_SETUP] = "setup",	    [WINDOW_UPGRADE] = "upgrade",
	[WINDOW_REMOVED] = "removed",	    [WINDOW_REMOVED_INLINE] = "removed_inline",
	[WINDOW_INODE_GONE] = "inode_gone",
};

const struct holder_desc holder_table[HOLDER_NR] = {
	[HOLDER_NONE] = { "none", "nobody: just given up, or handed on" },
	[HOLDER_OP] = { "operation", "a task in an operation on that inode" },
	[HOLDER_READER] = { "reader", "the same, shared, perhaps with others" },
	[HOLDER_READERS] = { "readers", "shared, by tasks that were not seen" },
	[HOLDER_TASK] = { "task", "a task in no traced operation on that inode" },
	[HOLDER_LEAKED] = { "leaked", "a task that is gone: the file will not come back" },
};

const struct measure_desc measure_table[MEASURE_NR] = {
	[MEASURE_NONE] = { "-", "nothing, or it does not occur" },
	[MEASURE_WAITS] = { "waits", "what they waited for; no count, outcome or time" },
	[MEASURE_WAITED] = { "waited", "count, outcomes, waits of all; time of those that waited" },
	[MEASURE_ALL] = { "all", "count, outcomes, time and waits" },
};

const struct detail_desc detail_table[DETAIL_NR] = {
	[DETAIL_STALLS] = { "stalls",
			    "what is waited for; no hook on faults, reads, writes that hit" },
	[DETAIL_COUNTS] = { "counts", "also how many faults, reads and writes there are" },
	[DETAIL_FULL] = { "full", "also how long each of them takes" },
};

const char *const detail_notes[] = {
	"At stalls requests are those of mappings, truncates and fallocate alone.",
	"At counts requests of writes that extend the file are left out.",
	"Below full an inode's i_dmap_sem is known from its first setup or removal on.",
	"At stalls faults of all kinds are one operation, fault.",
	"At stalls a truncate's time begins after its wait for the inode lock.",
	"At stalls the waits of reclaim.inline are in those of the read or write.",
	"At stalls, tasks that hold a lock shared are not seen.",
	"At counts, a task's faults, reads and writes are only those that waited.",
	"At counts, faults, reads and writes in flight are only those that wait.",
	NULL,
};

#define AT(stalls, counts, full)                                                        \
	{                                                                               \
		[DETAIL_STALLS] = MEASURE_##stalls, [DETAIL_COUNTS] = MEASURE_##counts, \
		[DETAIL_FULL] = MEASURE_##full                                          \
	}

/*
 * What each level measures of each operation: all else that is said about levels follows from it.
 */
static const __u8 measures[OP_NR][DETAIL_NR] = {
	[OP_FAULT_READ_PTE] = AT(NONE, WAITED, ALL),
	[OP_FAULT_READ_PMD] = AT(NONE, WAITED, ALL),
	[OP_FAULT_WRITE_PTE] = AT(NONE, WAITED, ALL),
	[OP_FAULT_WRITE_PMD] = AT(NONE, WAITED, ALL),
	[OP_FAULT_MKWRITE] = AT(NONE, WAITED, ALL),
	[OP_DAX_READ] = AT(WAITS, WAITED, ALL),
	[OP_DAX_WRITE] = AT(WAITS, WAITED, ALL),
	[OP_TRUNCATE] = AT(ALL, ALL, ALL),
	[OP_OPEN_TRUNC] = AT(WAITS, ALL, ALL),
	[OP_PUNCH] = AT(ALL, ALL, ALL),
	[OP_ZERO] = AT(ALL, ALL, ALL),
	[OP_EXTEND] = AT(ALL, ALL, ALL),
	[OP_RECLAIM_RUN] = AT(ALL, ALL, ALL),
	[OP_RECLAIM_RANGE] = AT(ALL, ALL, ALL),
	[OP_RECLAIM_INLINE] = AT(NONE, ALL, ALL),
	[OP_EVICT] = AT(WAITS, ALL, ALL),
	[OP_SETUP] = AT(ALL, ALL, ALL),
	[OP_UPGRADE] = AT(ALL, ALL, ALL),
	[OP_REMOVAL] = AT(ALL, ALL, ALL),
	[OP_FAULT] = AT(WAITS, NONE, NONE),
	[OP_AROUND_READ] = AT(NONE, NONE, ALL),
	[OP_AROUND_WRITE] = AT(NONE, NONE, ALL),
	[OP_AROUND_EXTEND] = AT(NONE, NONE, ALL),
};

enum op_measure op_measure(enum dax_detail detail, unsigned int op)
{
	return measures[op][detail];
}

bool op_is_counted(enum dax_detail detail, unsigned int op, bool by_task)
{
	enum op_measure measure = op_measure(detail, op);

	return measure == MEASURE_ALL || (measure == MEASURE_WAITED && !by_task);
}

bool op_waits_before(enum dax_detail detail, unsigned int op, unsigned int wait)
{
	return detail == DETAIL_STALLS && op == OP_TRUNCATE &&
	       (wait == WAIT_INODE_LOCK_READ || wait == WAIT_INODE_LOCK_WRITE);
}

const char *op_unmeasured_reason(enum dax_detail detail, unsigned int op)
{
	if (op == OP_FAULT || op_measure(detail, op) != MEASURE_NONE)
		return NULL;
	if (1U << op & OPS_AROUND)
		return "only --detail full sees where reads and writes begin";
	if (op == OP_RECLAIM_INLINE)
		return "detail stalls: its waits are in those of the read or write";
	return "detail stalls: the kinds of faults are not told apart; see fault";
}

const char *unit_name(enum op_unit unit)
{
	switch (unit) {
	case UNIT_BYTES:
		return "bytes";
	case UNIT_RANGES:
		return "ranges";
	default:
		return NULL;
	}
}

/* include/uapi/linux/fuse.h: what operations on an inode send. */
static const struct {
	unsigned int opcode;
	const char *name;
} opcodes[] = {
	{ 1, "LOOKUP" }, { 2, "FORGET" },	 { 3, "GETATTR" },	  { 4, "SETATTR" },
	{ 14, "OPEN" },	 { 15, "READ" },	 { 16, "WRITE" },	  { 18, "RELEASE" },
	{ 20, "FSYNC" }, { 25, "FLUSH" },	 { 35, "CREATE" },	  { 43, "FALLOCATE" },
	{ 46, "LSEEK" }, { 48, "SETUPMAPPING" }, { 49, "REMOVEMAPPING" }, { 50, "SYNCFS" },
};

const char *opcode_name(unsigned int opcode)
{
	for (size_t i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
		if (opcodes[i].opcode == opcode)
			return opcodes[i].name;
	}
	return NULL;
}

int figure_set__each(const struct figure_set *set, int (*fn)(void *ctx, const char *figure),
		     void *ctx)
{
	char figure[64];
	int err = 0;

	for (int op = 0; op < OP_NR && !err; op++) {
		if (!(set->ops & 1U << op))
			continue;
		snprintf(figure, sizeof(figure), "op.%s", op_table[op].name);
		err = fn(ctx, figure);
	}
	for (int wait = 0; wait < WAIT_NR && !err; wait++) {
		if (!(set->waits & 1U << wait))
			continue;
		snprintf(figure, sizeof(figure), "wait.%s", wait_table[wait].name);
		err = fn(ctx, figure);
	}
	for (int phase = 0; phase < PHASE_NR && !err; phase++) {
		if (!(set->phases & 1U << phase))
			continue;
		snprintf(figure, sizeof(figure), "phase.%s", phase_table[phase].name);
		err = fn(ctx, figure);
	}
	return err;
}

int op_by_name(const char *name)
{
	for (int op = 0; op < OP_NR; op++) {
		if (!strcmp(op_table[op].name, name))
			return op;
	}
	return -ENOENT;
}

int wait_by_name(const char *name)
{
	for (int wait = 0; wait < WAIT_NR; wait++) {
		if (!strcmp(wait_table[wait].name, name))
			return wait;
	}
	return -ENOENT;
}

int detail_by_name(const char *name)
{
	for (int detail = 0; detail < DETAIL_NR; detail++) {
		if (!strcmp(detail_table[detail].name, name))
			return detail;
	}
	return -ENOENT;
}

/* include/linux/errno.h: these never reach user space, but do reach a hook. */
static const struct {
	int err;
	const char *name;
} kernel_errnos[] = {
	{ 512, "ERESTARTSYS" },
	{ 513, "ERESTARTNOINTR" },
	{ 514, "ERESTARTNOHAND" },
	{ 515, "ENOIOCTLCMD" },
	{ 516, "ERESTART_RESTARTBLOCK" },
	{ 517, "EPROBE_DEFER" },
	{ 518, "EOPENSTALE" },
	{ 524, "ENOTSUPP" },
};

const char *errno_name(int err)
{
	for (size_t i = 0; i < sizeof(kernel_errnos) / sizeof(kernel_errnos[0]); i++) {
		if (kernel_errnos[i].err == err)
			return kernel_errnos[i].name;
	}
	return err > 0 ? strerrorname_np(err) : NULL;
}
