// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Makes a recording of events that never happened, the same each time, and says on standard
 * output what is in it, as "KIND.FIGURE VALUE" lines: what readers of its exports have to come to
 * as well.
 *
 * usage: make-recording FILE [ROUNDS [HOST]]
 *
 * A round is what a few tasks do in a millisecond: runs of hits, a fault that sets up a range
 * behind a truncate that waits for a busy page, and a read. Events come as they end, as they do
 * from the kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/names.h"
#include "../../src/recfile.h"

#define US	   1000ULL
#define MS	   1000000ULL
#define START_NS   (3600 * 1000 * MS)
#define WALL_NS	   1700000000000000000ULL
#define ROUND_NS   MS
#define HITS_CNT   20
#define HIT_NS	   700
#define HIT_GAP_NS 10000
#define PAGE	   4096
#define RANGE	   2097152
#define DEV	   38
#define STATES	   10 /* a state every so many rounds */

static FILE *out;
static struct rec_writer *writer;
static unsigned char head[REC_HEAD_BYTES];

/* What was written. */
static struct {
	__u64 ops, op_ns, nested_ns, bytes, hits, hit_ns, waits, wait_ns[WAIT_NR], blames, blame_ns,
		windows;
} sums;

static void fail(int err, const char *what)
{
	fprintf(stderr, "make-recording: %s: %s\n", what, strerror(-err));
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

/* ---- who and what ---- */

static const struct task_key reader = { .tgid = 4711, .pid = 4712, .start_ms = 90 };
static const struct task_key leader = { .tgid = 4711, .pid = 4711, .start_ms = 80 };
static const struct task_key hitter = { .tgid = 4711, .pid = 4713, .start_ms = 91 };
static const struct task_key truncater = { .tgid = 4800, .pid = 4800, .start_ms = 95 };
static const struct task_key closer = { .tgid = 4900, .pid = 4900, .start_ms = 99 };

static struct inode_key file(__u64 i)
{
	return (struct inode_key){ .nodeid = 2 + i, .dev = DEV, .generation = 1 };
}

static void name_task(const struct task_key *task, const char *comm)
{
	struct rec_task name = { .task = *task };

	memcpy(name.comm, comm, strlen(comm));
	add(REC_TASK, &name);
}

/* Names that have to be quoted everywhere: as text, in CSV, in JSON. */
static void name_all(void)
{
	static const char quoted[] = "a \"b\", c;\\d\0dir";
	static const char plain[] = "data.bin\0dir";
	struct event_inode inode = { .kind = EVENT_INODE, .key = file(0), .ino = 100 };

	memcpy(inode.path, quoted, sizeof(quoted));
	inode.path_len = sizeof(quoted);
	inode.size_bytes = 64 * RANGE;
	add(REC_INODE, &inode);
	inode.key = file(1);
	memcpy(inode.path, plain, sizeof(plain));
	inode.path_len = sizeof(plain);
	add(REC_INODE, &inode);
	name_task(&leader, "leader"); /* who does nothing, but its process is called so */
	name_task(&reader, "read;er \"x\"");
	name_task(&hitter, "hitter");
	name_task(&truncater, "trunc,ate");
}

static void add_machine(const char *host)
{
	const struct rec_machine machine = {
		.host = host,
		.kernel = "6.12.0",
		.machine = "x86_64",
		.boot_id = "00000000-0000-0000-0000-000000000000",
		.tool_version = "0.1.0",
		.command = "record",
		.wall_ns = WALL_NS,
		.mono_ns = START_NS,
		.start_ns = START_NS,
		.page_bytes = PAGE,
		.cpus_cnt = 2,
		.detail = DETAIL_FULL,
		.interval_ns = STATES * ROUND_NS,
	};

	add(REC_MACHINE, &machine);
}

static void add_counter(enum dax_counter id, __u64 cnt)
{
	const struct rec_counter counter = { .id = id, .cnt = cnt };

	if (cnt)
		add(REC_COUNTER, &counter);
}

static void add_unmeasured(const char *figure)
{
	const struct rec_unmeasured unmeasured = { figure, "not here" };

	add(REC_UNMEASURED, &unmeasured);
}

static void add_state(__u64 ns, __u64 round, bool is_last)
{
	const struct rec_state state = {
		.ns = ns,
		.is_last = is_last,
		.hooks_attached = 40,
		.hooks_total = 41,
		.own_cpu_ns = round * 3 * US,
		.memory_bytes = 5 << 20,
	};
	const struct rec_mount mount = {
		.dev = DEV,
		.flags = REC_MOUNT_FIGURES,
		.mountpoint = "/mnt/dax",
		.tag = "dax",
		.fstype = "virtiofs",
		.dax_mode = "always",
		.figures = { .fcd = 1,
			     .total_ranges = 64,
			     .free_ranges = 64 - round % 64,
			     .busy_ranges = round % 64,
			     .busy_max = 63,
			     .free_min = 1,
			     .looks_cnt = 1 + round,
			     .taken_cnt = round },
	};
	const struct rec_mount other = {
		.dev = DEV + 1,
		.flags = REC_MOUNT_FIGURES,
		.mountpoint = "/mnt/\xff\"\033",
		.tag = "other",
		.figures = { .fcd = 2, .total_ranges = 8, .free_ranges = 8, .free_min = 8 },
	};

	add(REC_STATE, &state);
	add(REC_MOUNT, &mount);
	add(REC_MOUNT, &other);
	add_counter(COUNTER_FRAMES_FULL, 7);
	add_counter(COUNTER_RECORD_FULL, round);
	add_counter(COUNTER_RECORD_WAITS_FULL, 2 * round);
	add_unmeasured("host.steal_ns");
	add_unmeasured("trust.kprobe_misses");
}

/* ---- what happened ---- */

static void add_op(struct event_op *op)
{
	op->kind = EVENT_OP;
	for (int i = 0; i < WAIT_NR; i++)
		if (op->wait_cnt[i])
			op->flags |= EVENT_OP_WAITS;
	sums.ops++;
	sums.op_ns += op->dur_ns;
	sums.nested_ns += op->depth ? op->dur_ns : 0;
	if (op->op == OP_DAX_READ)
		sums.bytes += op->units;
	add(REC_OP, op);
}

static void add_wait(struct event_wait wait)
{
	wait.kind = EVENT_WAIT;
	sums.waits++;
	sums.wait_ns[wait.wait] += wait.ns;
	add(REC_WAIT, &wait);
}

static void add_hits(__u64 ns)
{
	struct event_hits hits = {
		.kind = EVENT_HITS,
		.op = OP_FAULT_READ_PTE,
		.key = file(1),
		.task = hitter,
		.base_ns = ns,
		.cnt = HITS_CNT,
	};

	for (__u64 i = 0; i < HITS_CNT; i++)
		hits.hits[i] = i * HIT_GAP_NS << HIT_DUR_BITS | HIT_NS;
	sums.hits += HITS_CNT;
	sums.hit_ns += HITS_CNT * HIT_NS;
	add(REC_HITS, &hits);
}

/* The fault's wait for the lock, as it ended before the fault itself. */
static void add_lock_wait(__u64 ns, __u64 wait_ns)
{
	struct event_blame blame = {
		.kind = EVENT_BLAME,
		.edge = { .inode = file(0),
			  .holder = truncater,
			  .wait = WAIT_I_MMAP_SEM_READ,
			  .op = OP_FAULT_READ_PTE,
			  .holder_sort = HOLDER_OP,
			  .holder_op = OP_TRUNCATE,
			  .holder_wait = WAIT_BUSY_PAGE,
			  .holder_wait_op = OP_TRUNCATE },
		.task = reader,
		.begin_ns = ns,
		.ns = wait_ns,
		.held_ns = wait_ns + 20 * US,
		.waiters = 1,
	};

	add_wait((struct event_wait){ .wait = WAIT_I_MMAP_SEM_READ,
				      .op = OP_FAULT_READ_PTE,
				      .key = file(0),
				      .task = reader,
				      .begin_ns = ns,
				      .ns = wait_ns });
	sums.blames++;
	sums.blame_ns += wait_ns;
	add(REC_BLAME, &blame);
}

static void add_setup(__u64 ns, __u64 round)
{
	struct event_op op = {
		.op = OP_SETUP,
		.depth = 1,
		.flags = EVENT_OP_NESTED_IN_INODE | EVENT_OP_NESTED_IN_TASK,
		.key = file(0),
		.task = reader,
		.start_ns = ns,
		.dur_ns = 40 * US,
		.units = 1,
	};
	struct event_window window = {
		.kind = EVENT_WINDOW,
		.change = WINDOW_SETUP,
		.key = file(0),
		.ns = ns + 39 * US,
		.window_offset = round % 64 * RANGE,
		.index = round % 64,
		.size_bytes = 64 * RANGE,
		.round_trip_ns = 30 * US,
	};

	op.wait_ns[WAIT_REQUEST_HOST] = 30 * US;
	op.wait_cnt[WAIT_REQUEST_HOST] = 1;
	add_wait((struct event_wait){ .wait = WAIT_REQUEST_HOST,
				      .op = OP_SETUP,
				      .depth = 1,
				      .key = file(0),
				      .task = reader,
				      .begin_ns = ns + 5 * US,
				      .ns = 30 * US });
	sums.windows++;
	add(REC_WINDOW, &window);
	add_op(&op);
}

/* A fault of 300 us: 200 us for the lock, and then a setup. */
static void add_fault(__u64 ns, __u64 round)
{
	struct event_op op = {
		.op = OP_FAULT_READ_PTE,
		.key = file(0),
		.task = reader,
		.start_ns = ns,
		.dur_ns = 300 * US,
		.retries = round % 3,
	};

	op.wait_ns[WAIT_I_MMAP_SEM_READ] = 200 * US;
	op.wait_cnt[WAIT_I_MMAP_SEM_READ] = 1;
	op.wait_ns[WAIT_REQUEST_HOST] = 30 * US;
	op.wait_cnt[WAIT_REQUEST_HOST] = 1;
	add_lock_wait(ns + 10 * US, 200 * US);
	add_setup(ns + 220 * US, round);
	add_op(&op);
}

/* A truncate of 240 us, 150 us of which it waits for a page, with 20 us for the lock in between. */
static void add_truncate(__u64 ns, __u64 round)
{
	struct event_op op = {
		.op = OP_TRUNCATE,
		.outcome = round % 4 ? OUTCOME_DONE : OUTCOME_ERRNO,
		.err = round % 4 ? 0 : ENOSPC,
		.key = file(0),
		.task = truncater,
		.start_ns = ns,
		.dur_ns = 240 * US,
		.retries = 1,
	};
	struct event_wait wait = {
		.op = OP_TRUNCATE,
		.key = file(0),
		.task = truncater,
		.wait = WAIT_I_MMAP_SEM_WRITE,
		.begin_ns = ns + 100 * US,
		.ns = 20 * US,
	};

	op.wait_ns[WAIT_I_MMAP_SEM_WRITE] = 20 * US;
	op.wait_cnt[WAIT_I_MMAP_SEM_WRITE] = 1;
	op.wait_ns[WAIT_BUSY_PAGE] = 130 * US;
	op.wait_cnt[WAIT_BUSY_PAGE] = 1;
	add_wait(wait);
	wait.wait = WAIT_BUSY_PAGE;
	wait.begin_ns = ns + 50 * US;
	wait.ns = 130 * US;
	add_wait(wait);
	add_op(&op);
}

static void add_read(__u64 ns)
{
	struct event_op op = {
		.op = OP_DAX_READ,
		.key = file(1),
		.task = reader,
		.start_ns = ns,
		.dur_ns = 5 * US,
		.units = 3 * PAGE,
	};

	add_op(&op);
}

static void add_round(__u64 ns, __u64 round)
{
	add_hits(ns + 3 * US);
	add_truncate(ns + 90 * US, round);
	add_fault(ns + 100 * US, round);
	add_read(ns + 600 * US);
}

/*
 * A truncate that began with the first round and ends with the last: all else began before its
 * end.
 */
static void add_long_one(__u64 rounds)
{
	struct event_op op = {
		.op = OP_PUNCH,
		.key = file(1),
		.task = closer,
		.start_ns = START_NS + US,
		.dur_ns = rounds * ROUND_NS,
	};

	add_op(&op);
	name_task(&closer, "long"); /* a name that comes after what it did */
}

static void print_sums(void)
{
	printf("op.cnt %llu\nop.ns %llu\nop.read_bytes %llu\nhits.cnt %llu\nhits.ns %llu\n",
	       sums.ops, sums.op_ns, sums.bytes, sums.hits, sums.hit_ns);
	printf("op.nested_ns %llu\nwait.cnt %llu\n", sums.nested_ns, sums.waits);
	for (int i = 0; i < WAIT_NR; i++)
		if (sums.wait_ns[i])
			printf("wait.ns.%s %llu\n", wait_table[i].name, sums.wait_ns[i]);
	printf("blame.cnt %llu\nblame.ns %llu\nwindow.cnt %llu\n", sums.blames, sums.blame_ns,
	       sums.windows);
}

static void make(const char *host, __u64 rounds)
{
	add_machine(host);
	name_all();
	for (__u64 i = 0; i < rounds; i++) {
		if (i % STATES == 0)
			add_state(START_NS + i * ROUND_NS, i, false);
		add_round(START_NS + i * ROUND_NS, i);
	}
	add_long_one(rounds);
	add_state(START_NS + rounds * ROUND_NS, rounds, true);
}

int main(int argc, char **argv)
{
	__u64 rounds = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;
	int err;

	if (argc < 2 || !rounds) {
		fprintf(stderr, "usage: make-recording FILE [ROUNDS [HOST]]\n");
		return 2;
	}
	out = fopen(argv[1], "w");
	if (!out)
		fail(-errno, argv[1]);
	writer = rec_writer__new(store, NULL);
	if (!writer)
		fail(-errno, "cannot begin");
	make(argc > 3 ? argv[3] : "guest", rounds);
	err = rec_writer__finish(writer, head);
	if (!err && (fseek(out, 0, SEEK_SET) || fwrite(head, 1, sizeof(head), out) != sizeof(head)))
		err = -errno;
	if (fclose(out) && !err)
		err = -errno;
	if (err)
		fail(err, "cannot finish");
	rec_writer__free(writer);
	print_sums();
	return 0;
}
