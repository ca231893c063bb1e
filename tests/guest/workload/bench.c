// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench: what one operation costs, for a guest whose time counts instructions (tests/guest/boot
 * --icount). What is surprising: elapsed time is no measure where an operation waits for the host,
 * since idle time is then anything at all. So soak, started beforehand at the lowest priority,
 * takes all time that nobody wants, and says how much: time less what it took is work, be it of a
 * task, a kworker or an interrupt.
 *
 * Samples of what does not wait are kept to a few million instructions, so that the least of
 * several has no timer tick in it. What waits is best sampled one by one: its median is steady,
 * while the least is of an odd case, such as a host that answered at once.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Soak's loop takes less than this, and whatever interrupts it takes more. */
#define SOAK_GAP_NS 400
#define PMD_RANGES  32
#define SAMPLES_MAX 256

struct bench {
	const struct ctx *c;
	const struct op *op;
	struct dfile file;
	char *map;
	uint64_t cnt, rep_cnt, rep;
	uint64_t waits, work_cnt; /* sleeps of the task that waits, in how many operations */
};

/* One kind of operation; a sample is @cnt of them, and returns the time that they took. */
struct op {
	const char *name;
	uint64_t cnt;
	enum map_page page;
	uint64_t (*size_bytes)(const struct bench *b);
	void (*prepare)(struct bench *b);
	uint64_t (*sample)(struct bench *b);
};

/* ---- time without idle time ---- */

static volatile uint64_t *map_counter(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	void *counter;

	if (fd < 0 || ftruncate(fd, (off_t)page_bytes()))
		die(errno, "%s", path);
	counter =
		mmap(NULL, page_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (counter == MAP_FAILED)
		die(errno, "mmap of %s", path);
	close(fd);
	return counter;
}

static uint64_t times_put_aside(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage))
		die(errno, "getrusage");
	return (uint64_t)usage.ru_nivcsw;
}

/*
 * An interrupt after which no other task ran is a timer tick, and counts as idle too. Only what
 * lies between two readings of how often we were put aside can be called that: hence the clock is
 * read anew after each.
 */
static void soak_up(volatile uint64_t *counter)
{
	uint64_t aside = times_put_aside(), last_ns = now_ns();

	for (;;) {
		uint64_t ns = now_ns(), before = aside;

		if (ns - last_ns < SOAK_GAP_NS) {
			*counter += ns - last_ns;
			last_ns = ns;
			continue;
		}
		aside = times_put_aside();
		if (aside == before)
			*counter += ns - last_ns;
		last_ns = now_ns();
	}
}

static int soak(struct ctx *c)
{
	struct sched_param param = { 0 };

	if (c->argc != 1)
		usage("which file?");
	if (sched_setscheduler(0, SCHED_IDLE, &param))
		die(errno, "SCHED_IDLE");
	soak_up(map_counter(c->argv[0]));
	return EXIT_FINE;
}

const struct workload wl_soak = {
	.name = "soak",
	.run = soak,
	.help = "take all idle time, and count it in a file for bench; until killed",
	.positional = "FILE",
};

static volatile uint64_t *soaked_ns;

static uint64_t work_ns(void)
{
	static const uint64_t none;
	const volatile uint64_t *soaked = soaked_ns ? soaked_ns : &none;

	return now_ns() - *soaked;
}

/* ---- operations of one task ---- */

static uint64_t one_range(const struct bench *b)
{
	(void)b;
	return RANGE_BYTES;
}

static uint64_t two_ranges(const struct bench *b)
{
	(void)b;
	return 2 * RANGE_BYTES;
}

static uint64_t pmd_ranges(const struct bench *b)
{
	(void)b;
	return PMD_RANGES * RANGE_BYTES;
}

/* A new range for each fault of each sample. */
static uint64_t all_ranges(const struct bench *b)
{
	return b->cnt * b->rep_cnt * RANGE_BYTES;
}

static void touch_steps(char *base, uint64_t cnt, uint64_t step_bytes)
{
	for (uint64_t i = 0; i < cnt; i++)
		touch_read(base + i * step_bytes);
}

static uint64_t time_touches(char *base, uint64_t cnt, uint64_t step_bytes)
{
	uint64_t begin = work_ns();

	touch_steps(base, cnt, step_bytes);
	return work_ns() - begin;
}

/* Rounds over a mapping whose page tables are dropped in between, untimed. */
static uint64_t sample_rounds(struct bench *b, uint64_t step_bytes)
{
	uint64_t slots = b->file.size_bytes / step_bytes, ns = 0;

	for (uint64_t left = b->cnt; left;) {
		uint64_t cnt = left < slots ? left : slots;

		drop_ptes(b->map, b->file.size_bytes);
		ns += time_touches(b->map, cnt, step_bytes);
		left -= cnt;
	}
	return ns;
}

static uint64_t sample_pte(struct bench *b)
{
	return sample_rounds(b, page_bytes());
}

static uint64_t sample_pmd(struct bench *b)
{
	return sample_rounds(b, RANGE_BYTES);
}

static void warm_pte(struct bench *b)
{
	touch_steps(b->map, b->file.size_bytes / page_bytes(), page_bytes());
}

static void warm_pmd(struct bench *b)
{
	touch_steps(b->map, PMD_RANGES, RANGE_BYTES);
	/* The first fault on a range falls back to a PTE and leaves a page table: start without. */
	unmap_file(b->map, b->file.size_bytes);
	b->map = map_file(b->file.fd, 0, b->file.size_bytes, MAP_PMD);
}

static uint64_t sample_setup(struct bench *b)
{
	return time_touches(b->map + b->rep * b->cnt * RANGE_BYTES, b->cnt, RANGE_BYTES);
}

static uint64_t sample_read(struct bench *b)
{
	static char buf[4096];
	uint64_t slots = b->file.size_bytes / sizeof(buf), begin = work_ns();

	for (uint64_t i = 0; i < b->cnt; i++)
		if (pread(b->file.fd, buf, sizeof(buf), (off_t)(i % slots * sizeof(buf))) !=
		    sizeof(buf))
			die(errno, "read");
	return work_ns() - begin;
}

/* To one range and back to two. */
static void resize(const struct bench *b, uint64_t i)
{
	if (ftruncate(b->file.fd, (off_t)(i % 2 ? b->file.size_bytes : RANGE_BYTES)))
		die(errno, "ftruncate");
}

static uint64_t sample_truncate(struct bench *b)
{
	uint64_t begin = work_ns();

	for (uint64_t i = 0; i < b->cnt; i++)
		resize(b, b->rep + i);
	return work_ns() - begin;
}

static uint64_t sleeps(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_THREAD, &usage))
		die(errno, "getrusage");
	return (uint64_t)usage.ru_nvcsw;
}

/* With a window of one range every fault on another range finds no free one, and waits. */
static uint64_t sample_free_range(struct bench *b)
{
	uint64_t before = sleeps(), begin = work_ns();

	for (uint64_t i = 0; i < b->cnt; i++)
		touch_read(b->map + (b->rep + i) % 2 * RANGE_BYTES);
	b->waits += sleeps() - before;
	b->work_cnt += b->cnt;
	return work_ns() - begin;
}

/* What others do meanwhile: nothing, once all has come to rest. */
static uint64_t sample_idle(struct bench *b)
{
	uint64_t begin = work_ns();

	sleep_ns(b->cnt * NSEC_PER_MSEC);
	return work_ns() - begin;
}

/* ---- operations of two tasks ---- */

struct pair {
	sem_t go, done;
	uint64_t waits;
	struct bench *b;
};

static struct pair pair;

/* Real-time, so that they run in this order, and before soak, whatever the scheduler thinks. */
enum {
	PRIO_FAULT = 1,
	PRIO_PUNCH = 2
};

static void set_priority(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die(errno, "SCHED_FIFO");
}

/* Faults once for each punch: when that sleeps for its FALLOCATE, holding i_mmap_sem. */
static void *fault_when_told(void *arg)
{
	(void)arg;
	set_priority(PRIO_FAULT);
	for (;;) {
		uint64_t before;

		while (sem_wait(&pair.go))
			;
		before = sleeps();
		touch_read(pair.b->map);
		pair.waits += sleeps() - before;
		sem_post(&pair.done);
	}
	return NULL;
}

static void prepare_lock(struct bench *b)
{
	pthread_t thread;
	int err;

	touch_read(b->map);
	set_priority(PRIO_PUNCH);
	pair.b = b;
	sem_init(&pair.go, 0, 0);
	sem_init(&pair.done, 0, 0);
	err = pthread_create(&thread, NULL, fault_when_told, NULL);
	if (err)
		die(err, "thread");
}

/* Not a truncate: that asks the server for an extended attribute before it takes the lock. */
static void punch(const struct bench *b)
{
	if (fallocate(b->file.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)RANGE_BYTES,
		      (off_t)page_bytes()))
		die(errno, "fallocate");
}

static uint64_t sample_lock(struct bench *b)
{
	uint64_t begin = work_ns(), waits = pair.waits;

	for (uint64_t i = 0; i < b->cnt; i++) {
		drop_ptes(b->map, page_bytes());
		sem_post(&pair.go);
		punch(b);
		while (sem_wait(&pair.done))
			;
	}
	b->waits += pair.waits - waits;
	b->work_cnt += b->cnt;
	return work_ns() - begin;
}

static void pass_byte(int from, int to)
{
	char byte = 0;

	if (read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1)
		return;
	die(errno, "pipe");
}

static int to_echo, from_echo;

static void prepare_switch(struct bench *b)
{
	int there[2], back[2];
	pid_t pid;

	(void)b;
	if (pipe2(there, O_CLOEXEC) || pipe2(back, O_CLOEXEC))
		die(errno, "pipe");
	pid = fork();
	if (pid < 0)
		die(errno, "fork");
	if (!pid) {
		char byte;

		close(there[1]);
		while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
			;
		_exit(EXIT_FINE);
	}
	close(there[0]);
	to_echo = there[1];
	from_echo = back[0];
	if (write(to_echo, "", 1) != 1)
		die(errno, "pipe");
}

/* A byte goes to another process and comes back: two switches. */
static uint64_t sample_switch(struct bench *b)
{
	uint64_t begin = work_ns();

	for (uint64_t i = 0; i < b->cnt; i += 2)
		pass_byte(from_echo, to_echo);
	return work_ns() - begin;
}

/* ---- the run ---- */

static const struct op ops[] = {
	{ "pte", 512, MAP_PTE, one_range, warm_pte, sample_pte },
	{ "pmd", 256, MAP_PMD, pmd_ranges, warm_pmd, sample_pmd },
	{ "setup", 1, MAP_PTE, all_ranges, NULL, sample_setup },
	{ "read", 512, MAP_PTE, one_range, warm_pte, sample_read },
	{ "truncate", 1, MAP_PTE, two_ranges, NULL, sample_truncate },
	{ "lock", 1, MAP_PTE, two_ranges, prepare_lock, sample_lock },
	{ "free-range", 1, MAP_PTE, two_ranges, NULL, sample_free_range },
	{ "idle", 10, MAP_PTE, one_range, NULL, sample_idle },
	{ "switch", 512, MAP_PTE, one_range, prepare_switch, sample_switch },
};

static const struct op *find_op(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (!strcmp(ops[i].name, name))
			return &ops[i];
	usage("no operation is called '%s'", name);
}

/* At least one sleep of every operation that was to wait, or it was not what it says. */
static void check_waits(const struct bench *b)
{
	if (b->waits < b->work_cnt)
		die(0, "%s: only %llu of %llu operations waited", b->op->name,
		    (unsigned long long)b->waits, (unsigned long long)b->work_cnt);
}

static void summarize(const struct bench *b, const uint64_t *samples)
{
	struct summary s;

	summary_begin(&s, b->c, NULL, &b->file);
	summary_str(&s, "op", b->op->name);
	summary_u64(&s, "count", b->cnt);
	summary_u64(&s, "waits", b->waits);
	summary_u64s(&s, "samples_ns", samples, b->rep_cnt);
	summary_end(&s, b->c);
}

static int bench(struct ctx *c)
{
	uint64_t samples[SAMPLES_MAX];
	struct bench b = { .c = c, .op = find_op(opt_str(c, "op")) };

	b.rep_cnt = opt_u64(c, "samples");
	b.cnt = opt_u64(c, "count") ? opt_u64(c, "count") : b.op->cnt;
	if (!b.rep_cnt || b.rep_cnt > SAMPLES_MAX)
		usage("--samples is 1 to %d", SAMPLES_MAX);
	if (opt_str(c, "soak"))
		soaked_ns = map_counter(opt_str(c, "soak"));
	file_open(c, &b.file, "", b.op->size_bytes(&b));
	b.map = map_file(b.file.fd, 0, b.file.size_bytes, b.op->page);
	run_begin(c);
	if (b.op->prepare)
		b.op->prepare(&b);
	for (; b.rep < b.rep_cnt; b.rep++)
		samples[b.rep] = b.op->sample(&b);
	run_end(c);
	check_waits(&b);
	summarize(&b, samples);
	unmap_file(b.map, b.file.size_bytes);
	file_close(c, &b.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "op", OPT_CHOICE, "pte", "what is measured",
	  "pte|pmd|setup|read|truncate|lock|free-range|switch|idle" },
	{ "samples", OPT_COUNT, "9", "how many", NULL },
	{ "count", OPT_COUNT, "0", "operations in a sample; 0: what suits it", NULL },
	{ "soak", OPT_STR, NULL, "where soak counts idle time", NULL },
	{ 0 },
};

const struct workload wl_bench = {
	.name = "bench",
	.run = bench,
	.help = "what one operation costs, where time counts instructions",
	.opts = opts,
};
