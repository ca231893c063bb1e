/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A few events of each kind as records, in the order in which they would come: a fault behind a
 * truncate that waits for a page, hits, a setup, and a request that waits for itself.
 */
#ifndef DAXTOP_TEST_REC_EVENTS_H
#define DAXTOP_TEST_REC_EVENTS_H

#include <errno.h>
#include <string.h>

#include "../../src/rec_column.h"

#define US	 1000ULL
#define START_NS 5000000000ULL

#define READER                                           \
	{                                                \
		.tgid = 4711, .pid = 4712, .start_ms = 9 \
	}
#define WRITER                                           \
	{                                                \
		.tgid = 4800, .pid = 4800, .start_ms = 8 \
	}
#define FILE5                                           \
	{                                               \
		.nodeid = 5, .dev = 38, .generation = 1 \
	}

static const struct event_op fault = {
	.kind = EVENT_OP,
	.op = OP_FAULT_READ_PTE,
	.flags = EVENT_OP_WAITS,
	.key = FILE5,
	.task = READER,
	.start_ns = START_NS + 100 * US,
	.dur_ns = 300 * US,
	.retries = 2,
	.wait_ns = { [WAIT_I_MMAP_SEM_READ] = 200 * US, [WAIT_REQUEST_HOST] = 30 * US },
	.wait_cnt = { [WAIT_I_MMAP_SEM_READ] = 1, [WAIT_REQUEST_HOST] = 1 },
};

static const struct event_op setup = {
	.kind = EVENT_OP,
	.op = OP_SETUP,
	.depth = 1,
	.key = FILE5,
	.task = READER,
	.start_ns = START_NS + 330 * US,
	.dur_ns = 40 * US,
	.units = 1,
};

static const struct event_op truncation = {
	.kind = EVENT_OP,
	.op = OP_TRUNCATE,
	.outcome = OUTCOME_ERRNO,
	.err = ENOSPC,
	.key = FILE5,
	.task = WRITER,
	.start_ns = START_NS + 90 * US,
	.dur_ns = 240 * US,
};

static const struct event_op read_op = {
	.kind = EVENT_OP,
	.op = OP_DAX_READ,
	.key = { .nodeid = 6, .dev = 38, .generation = 2 },
	.task = { .tgid = 1, .pid = 1 },
	.start_ns = START_NS + 500 * US,
	.dur_ns = 5 * US,
	.units = 12288,
};

static const struct event_wait page_wait = {
	.kind = EVENT_WAIT,
	.wait = WAIT_BUSY_PAGE,
	.op = OP_TRUNCATE,
	.key = FILE5,
	.task = WRITER,
	.begin_ns = START_NS + 140 * US,
	.ns = 130 * US,
};

static const struct event_wait page_lock_wait = {
	.kind = EVENT_WAIT,
	.wait = WAIT_I_MMAP_SEM_WRITE,
	.op = OP_TRUNCATE,
	.key = FILE5,
	.task = WRITER,
	.begin_ns = START_NS + 190 * US,
	.ns = 20 * US,
};

static const struct event_wait lock_wait = {
	.kind = EVENT_WAIT,
	.wait = WAIT_I_MMAP_SEM_READ,
	.op = OP_FAULT_READ_PTE,
	.key = FILE5,
	.task = READER,
	.begin_ns = START_NS + 110 * US,
	.ns = 200 * US,
};

static const struct event_blame blame = {
	.kind = EVENT_BLAME,
	.edge = { .inode = FILE5,
		  .holder = WRITER,
		  .wait = WAIT_I_MMAP_SEM_READ,
		  .op = OP_FAULT_READ_PTE,
		  .holder_sort = HOLDER_OP,
		  .holder_op = OP_TRUNCATE,
		  .holder_wait = WAIT_BUSY_PAGE,
		  .holder_wait_op = OP_TRUNCATE },
	.task = READER,
	.begin_ns = START_NS + 110 * US,
	.ns = 200 * US,
	.held_ns = 220 * US,
	.waiters = 1,
};

static const struct event_blame no_holder = {
	.kind = EVENT_BLAME,
	.edge = { .inode = FILE5,
		  .wait = WAIT_I_DMAP_SEM_READ,
		  .op = OP_DAX_READ,
		  .holder_sort = HOLDER_READERS,
		  .holder_op = OP_NR,
		  .holder_wait = WAIT_NONE,
		  .holder_wait_op = OP_NR },
	.task = READER,
	.begin_ns = START_NS + 600 * US,
	.ns = 7 * US,
};

static const struct event_window window = {
	.kind = EVENT_WINDOW,
	.change = WINDOW_SETUP,
	.key = FILE5,
	.ns = START_NS + 365 * US,
	.window_offset = 4194304,
	.index = 3,
	.size_bytes = 8388608,
	.round_trip_ns = 30 * US,
	.is_writable = 1,
};

static const struct event_self_request self_request = {
	.kind = EVENT_SELF_REQUEST,
	.opcode = 49,
	.ns = START_NS + 700 * US,
	.key = FILE5,
	.task = { .tgid = 77, .pid = 77 },
	.closer = WRITER,
	.comm = "kworker/1:2",
	.closer_comm = "rm\033[2J",
};

static const struct event_hits hits = {
	.kind = EVENT_HITS,
	.op = OP_DAX_READ,
	.key = FILE5,
	.task = WRITER,
	.base_ns = START_NS + 10 * US,
	.units = 8192,
	.cnt = 2,
	.hits = { 0 << HIT_DUR_BITS | 700, 450 * US << HIT_DUR_BITS | 900 },
};

static const struct {
	enum rec_kind kind;
	const void *record;
} sample_events[] = {
	{ REC_HITS, &hits },	   { REC_WAIT, &lock_wait },
	{ REC_BLAME, &blame },	   { REC_WAIT, &page_lock_wait },
	{ REC_WAIT, &page_wait },  { REC_OP, &truncation },
	{ REC_WINDOW, &window },   { REC_OP, &setup },
	{ REC_OP, &fault },	   { REC_OP, &read_op },
	{ REC_BLAME, &no_holder }, { REC_SELF_REQUEST, &self_request },
};

#define SAMPLE_EVENTS_CNT (sizeof(sample_events) / sizeof(sample_events[0]))

static const struct rec_machine sample_machine = {
	.host = "guest",
	.wall_ns = 1700000000000000000ULL,
	.mono_ns = START_NS,
	.start_ns = START_NS,
};

static const struct rec_task sample_tasks[] = {
	{ READER, "read;er \"x\"" },
	{ WRITER, "trunc,ate" },
};

static inline struct event_inode sample_inode(void)
{
	static const char path[] = "a \"b\", \\c;d\0dir";
	struct event_inode inode = { .kind = EVENT_INODE, .key = FILE5, .path_len = sizeof(path) };

	memcpy(inode.path, path, sizeof(path));
	return inode;
}

static const struct rec_mount sample_mount = {
	.dev = 38,
	.flags = REC_MOUNT_FIGURES,
	.mountpoint = "/mnt/dax",
	.tag = "dax",
	.figures = { .fcd = 1, .total_ranges = 8, .free_ranges = 5, .busy_ranges = 3 },
};

static const struct rec_counter sample_counter = { .id = COUNTER_RECORD_FULL, .cnt = 5 };

#endif
