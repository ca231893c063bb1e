// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Makes a recording of a storm of faults that never happened, as long as is asked for and the same
 * each time: faults that find their range, by the 56 as the kernel side sends them, of several
 * tasks that each go through a file of its own, and among them some that wait for a lock and some
 * that set up a range in place of the one that has been in the window for longest.
 *
 * usage: bench-storm FILE EVENTS; EVENTS is rounded up to whole rounds, and printed as it came out
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/recfile.h"

#define US	 1000ULL
#define MS	 1000000ULL
#define START_NS (3600 * 1000 * MS)
#define WALL_NS	 1700000000000000000ULL
#define RANGE	 2097152ULL
#define DEV	 38

/*
 * A round is 1000 events: these, 3 of each fault behind a lock, and 5 of each that sets up a range.
 */
#define HITS_CNT    952
#define LOCKED_CNT  11
#define SETUPS_CNT  3
#define TASKS_CNT   16	/* each faults on a file of its own */
#define WINDOW_CNT  512 /* ranges */
#define FILE_CNT    256 /* ranges of each file */
#define STATE_EVERY (2000 * MS)

static FILE *out;
static struct rec_writer *writer;
static unsigned char head[REC_HEAD_BYTES];
static uint64_t random_state = 88172645463325252ULL, setups_cnt;
static uint64_t now_ns[TASKS_CNT];     /* each task's */
static uint64_t next_range[TASKS_CNT]; /* of its file */
static struct {
	unsigned int file;
	uint64_t index;
} window[WINDOW_CNT]; /* by turns */

static void fail(int err, const char *what)
{
	fprintf(stderr, "bench-storm: %s: %s\n", what, strerror(-err));
	exit(1);
}

static void add(enum rec_kind kind, const void *record)
{
	int err = rec_writer__add(writer, kind, record);

	if (err)
		fail(err, "cannot write");
}

static int store(void *ctx, const struct rec_chunk *chunk)
{
	(void)ctx;
	return fwrite(chunk->bytes, 1, chunk->bytes_cnt, out) == chunk->bytes_cnt ? 0 : -EIO;
}

/* From @least to less than twice that, the same each time. */
static uint64_t about(uint64_t least)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return least + random_state % least;
}

/* ---- who and what ---- */

static struct task_key task(unsigned int i)
{
	return (struct task_key){ .tgid = 4711, .pid = 4712 + i, .start_ms = 90 };
}

static struct inode_key file(unsigned int i)
{
	return (struct inode_key){ .nodeid = 2 + i, .dev = DEV, .generation = 1 };
}

static void add_names(void)
{
	for (unsigned int i = 0; i < TASKS_CNT; i++) {
		struct event_inode inode = { .kind = EVENT_INODE, .key = file(i), .ino = 100 + i };
		struct rec_task name = { .task = task(i), .comm = "storm" };

		inode.path_len = 1 + (__u32)snprintf(inode.path, sizeof(inode.path), "data.%u", i);
		inode.size_bytes = FILE_CNT * RANGE;
		add(REC_INODE, &inode);
		add(REC_TASK, &name);
	}
}

static void add_machine(void)
{
	const struct rec_machine machine = {
		.host = "guest",
		.kernel = "6.12.0",
		.machine = "x86_64",
		.boot_id = "00000000-0000-0000-0000-000000000000",
		.tool_version = DAXTOP_VERSION,
		.command = "record",
		.wall_ns = WALL_NS,
		.mono_ns = START_NS,
		.start_ns = START_NS,
		.page_bytes = 4096,
		.cpus_cnt = TASKS_CNT,
		.detail = DETAIL_FULL,
		.interval_ns = STATE_EVERY,
	};

	add(REC_MACHINE, &machine);
}

static void add_state(uint64_t ns, bool is_last)
{
	const struct rec_state state = {
		.ns = ns, .is_last = is_last, .hooks_attached = 28, .hooks_total = 28
	};
	const struct rec_mount mount = {
		.dev = DEV,
		.flags = REC_MOUNT_FIGURES,
		.mountpoint = "/mnt/dax",
		.tag = "dax",
		.fstype = "virtiofs",
		.dax_mode = "always",
		.figures = { .fcd = 1,
			     .total_ranges = WINDOW_CNT,
			     .busy_ranges = WINDOW_CNT,
			     .busy_max = WINDOW_CNT,
			     .looks_cnt = 1,
			     .taken_cnt = setups_cnt },
	};

	add(REC_STATE, &state);
	add(REC_MOUNT, &mount);
}

/* ---- what happened ---- */

static void add_hits(unsigned int who, __u32 cnt)
{
	struct event_hits hits = {
		.kind = EVENT_HITS,
		.op = OP_FAULT_READ_PTE,
		.key = file(who),
		.task = task(who),
		.base_ns = now_ns[who],
		.cnt = cnt,
	};

	for (__u32 i = 0; i < cnt; i++) {
		uint64_t dur_ns = about(600);

		hits.hits[i] = (now_ns[who] - hits.base_ns) << HIT_DUR_BITS | dur_ns;
		now_ns[who] += dur_ns + about(200);
	}
	add(REC_HITS, &hits);
}

static void add_wait(unsigned int who, enum dax_wait wait, enum dax_op op, uint64_t begin_ns,
		     uint64_t ns)
{
	const struct event_wait event = {
		.kind = EVENT_WAIT,
		.wait = wait,
		.op = op,
		.depth = op == OP_SETUP,
		.key = file(who),
		.task = task(who),
		.begin_ns = begin_ns,
		.ns = ns,
	};

	add(REC_WAIT, &event);
}

static struct event_op fault_of(unsigned int who)
{
	return (struct event_op){
		.kind = EVENT_OP,
		.op = OP_FAULT_READ_PTE,
		.flags = EVENT_OP_WAITS,
		.key = file(who),
		.task = task(who),
		.start_ns = now_ns[who],
	};
}

static void end_fault(unsigned int who, struct event_op *op)
{
	op->dur_ns = now_ns[who] - op->start_ns;
	add(REC_OP, op);
	now_ns[who] += about(200);
}

/* Behind a truncate of another task. */
static void add_locked(unsigned int who)
{
	struct event_op op = fault_of(who);
	uint64_t wait_ns = about(50 * US);
	struct event_blame blame = {
		.kind = EVENT_BLAME,
		.edge = { .inode = op.key,
			  .holder = task((who + 1) % TASKS_CNT),
			  .wait = WAIT_I_MMAP_SEM_READ,
			  .op = OP_FAULT_READ_PTE,
			  .holder_sort = HOLDER_OP,
			  .holder_op = OP_TRUNCATE,
			  .holder_wait = WAIT_NONE,
			  .holder_wait_op = OP_NR },
		.task = op.task,
		.begin_ns = op.start_ns + 300,
		.ns = wait_ns,
		.held_ns = wait_ns + about(10 * US),
		.waiters = 1,
	};

	op.wait_ns[WAIT_I_MMAP_SEM_READ] = wait_ns;
	op.wait_cnt[WAIT_I_MMAP_SEM_READ] = 1;
	now_ns[who] += 300 + wait_ns + about(400);
	add_wait(who, WAIT_I_MMAP_SEM_READ, OP_FAULT_READ_PTE, blame.begin_ns, wait_ns);
	add(REC_BLAME, &blame);
	end_fault(who, &op);
}

static void add_change(unsigned int who, uint64_t slot, uint64_t ns, uint64_t round_trip_ns)
{
	struct event_window removal = {
		.kind = EVENT_WINDOW,
		.change = WINDOW_REMOVED,
		.key = file(window[slot].file),
		.ns = ns,
		.window_offset = slot * RANGE,
		.index = window[slot].index,
	};
	struct event_window setup = {
		.kind = EVENT_WINDOW,
		.change = WINDOW_SETUP,
		.key = file(who),
		.ns = ns + round_trip_ns,
		.window_offset = slot * RANGE,
		.index = next_range[who]++ % FILE_CNT,
		.size_bytes = FILE_CNT * RANGE,
		.round_trip_ns = round_trip_ns,
	};

	window[slot].file = who;
	window[slot].index = setup.index;
	add(REC_WINDOW, &removal);
	add(REC_WINDOW, &setup);
}

static void add_setup(unsigned int who)
{
	struct event_op op = fault_of(who), setup = op;
	uint64_t wait_ns = about(100 * US);

	setup.op = OP_SETUP;
	setup.depth = 1;
	setup.flags |= EVENT_OP_NESTED_IN_INODE | EVENT_OP_NESTED_IN_TASK;
	setup.start_ns += 500;
	setup.units = 1;
	setup.wait_ns[WAIT_REQUEST_HOST] = op.wait_ns[WAIT_REQUEST_HOST] = wait_ns;
	setup.wait_cnt[WAIT_REQUEST_HOST] = op.wait_cnt[WAIT_REQUEST_HOST] = 1;
	add_wait(who, WAIT_REQUEST_HOST, OP_SETUP, setup.start_ns + 300, wait_ns);
	add_change(who, setups_cnt++ % WINDOW_CNT, setup.start_ns + 300, wait_ns);
	setup.dur_ns = 300 + wait_ns + about(500);
	now_ns[who] = setup.start_ns + setup.dur_ns + about(400);
	add(REC_OP, &setup);
	end_fault(who, &op);
}

/* ---- all of it ---- */

/* The task that is behind the others: events come about in the order of their ends. */
static unsigned int next_task(void)
{
	unsigned int first = 0;

	for (unsigned int i = 1; i < TASKS_CNT; i++)
		if (now_ns[i] < now_ns[first])
			first = i;
	return first;
}

static void add_round(void)
{
	for (unsigned int i = 0; i < HITS_CNT / HITS_MAX; i++) {
		add_hits(next_task(), HITS_MAX);
		if (i < LOCKED_CNT)
			add_locked(next_task());
		else if (i < LOCKED_CNT + SETUPS_CNT)
			add_setup(next_task());
	}
}

static uint64_t last_ns(void)
{
	uint64_t ns = 0;

	for (unsigned int i = 0; i < TASKS_CNT; i++)
		ns = now_ns[i] > ns ? now_ns[i] : ns;
	return ns;
}

static void make(uint64_t events_cnt)
{
	uint64_t state_ns = START_NS;

	for (unsigned int i = 0; i < WINDOW_CNT; i++) {
		window[i].file = i % TASKS_CNT;
		window[i].index = next_range[i % TASKS_CNT]++;
	}
	for (unsigned int i = 0; i < TASKS_CNT; i++)
		now_ns[i] = START_NS + i * US;
	add_machine();
	add_names();
	while (rec_writer__written(writer).events_cnt < events_cnt) {
		if (now_ns[next_task()] >= state_ns) {
			add_state(state_ns, false);
			state_ns += STATE_EVERY;
		}
		add_round();
	}
	add_state(last_ns() + 1, true);
}

int main(int argc, char **argv)
{
	uint64_t events_cnt = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	int err;

	_Static_assert(HITS_CNT % HITS_MAX == 0, "whole groups");
	if (!events_cnt) {
		fprintf(stderr, "usage: bench-storm FILE EVENTS\n");
		return 2;
	}
	out = fopen(argv[1], "w");
	if (!out)
		fail(-errno, argv[1]);
	writer = rec_writer__new(store, NULL);
	if (!writer)
		fail(-errno, "cannot begin");
	make(events_cnt);
	err = rec_writer__finish(writer, head);
	if (!err && (fseek(out, 0, SEEK_SET) || fwrite(head, 1, sizeof(head), out) != sizeof(head)))
		err = -errno;
	if (fclose(out) && !err)
		err = -errno;
	if (err)
		fail(err, "cannot finish");
	printf("%llu\n", rec_writer__written(writer).events_cnt);
	rec_writer__free(writer);
	return 0;
}
