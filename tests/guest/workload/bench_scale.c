// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults where a tracer has much to tell apart: bench-storm from several processors at once,
 * bench-rotate on another inode each time.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SAMPLES_MAX 64

static void numbered(const struct ctx *c, char path[PATH_MAX], uint64_t number)
{
	char suffix[32];

	snprintf(suffix, sizeof(suffix), ".%llu", (unsigned long long)number);
	file_path(c, path, PATH_MAX, suffix);
}

static int open_numbered(const struct ctx *c, uint64_t number, uint64_t size_bytes)
{
	char path[PATH_MAX];
	int fd;

	numbered(c, path, number);
	file_create(path, size_bytes);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die(errno, "open %s", path);
	return fd;
}

static void unlink_numbered(const struct ctx *c, uint64_t cnt)
{
	char path[PATH_MAX];

	for (uint64_t i = 0; i < cnt; i++) {
		numbered(c, path, i);
		if (unlink(path))
			die(errno, "unlink %s", path);
	}
}

static uint64_t sample_cnt(const struct ctx *c)
{
	uint64_t cnt = opt_u64(c, "samples");

	if (!cnt || cnt > SAMPLES_MAX)
		usage("--samples is 1 to %d", SAMPLES_MAX);
	return cnt;
}

static void summarize(const struct ctx *c, uint64_t cnt, const uint64_t *samples_ns)
{
	struct summary s;

	summary_begin(&s, c, NULL, NULL);
	summary_u64(&s, "count", cnt);
	summary_u64s(&s, "samples_ns", samples_ns, sample_cnt(c));
	summary_end(&s, c);
}

/* ---- bench-storm ---- */

struct storm {
	uint64_t rounds, file_cnt;
	int *fd;
};

/* A process has a mapping of its own. */
static char *storm_map;

static void touch_pages(char *map)
{
	for (uint64_t off = 0; off < RANGE_BYTES; off += page_bytes())
		touch_read(map + off);
}

static void storm_prepare(struct task *t)
{
	const struct storm *r = t->arg;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(t->index, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die(errno, "processor %u", t->index);
	storm_map = map_file(r->fd[t->index % r->file_cnt], 0, RANGE_BYTES, MAP_PTE);
	touch_pages(storm_map);
}

static void storm_run(struct task *t)
{
	const struct storm *r = t->arg;

	for (uint64_t i = 0; i < r->rounds; i++) {
		drop_ptes(storm_map, RANGE_BYTES);
		touch_pages(storm_map);
	}
}

/* From when the first began to when the last ended: what all processors did in that time. */
static uint64_t storm_sample(struct storm *r, unsigned int tasks)
{
	struct team *team = team_new(tasks, true);
	uint64_t begin_ns = UINT64_MAX, end_ns = 0;

	for (unsigned int i = 0; i < tasks; i++)
		team_add(team, "dl-storm", storm_prepare, storm_run, r);
	team_run_again(team);
	for (unsigned int i = 0; i < tasks; i++) {
		if (team->task[i].begin_ns < begin_ns)
			begin_ns = team->task[i].begin_ns;
		if (team->task[i].end_ns > end_ns)
			end_ns = team->task[i].end_ns;
	}
	team_free(team);
	return end_ns - begin_ns;
}

static int bench_storm(struct ctx *c)
{
	struct storm r = { .rounds = opt_u64(c, "rounds"), .file_cnt = opt_u64(c, "files") };
	unsigned int tasks = (unsigned int)opt_u64(c, "tasks");
	uint64_t samples[SAMPLES_MAX], cnt = sample_cnt(c);

	if (!tasks || !r.file_cnt || !r.rounds)
		usage("at least one task, file and round");
	r.fd = calloc(r.file_cnt, sizeof(*r.fd));
	if (!r.fd)
		die(ENOMEM, "files");
	for (uint64_t i = 0; i < r.file_cnt; i++)
		r.fd[i] = open_numbered(c, i, RANGE_BYTES);
	for (uint64_t i = 0; i < cnt; i++)
		samples[i] = storm_sample(&r, tasks);
	summarize(c, tasks * r.rounds * (RANGE_BYTES / page_bytes()), samples);
	free(r.fd);
	return EXIT_FINE;
}

static const struct opt storm_opts[] = {
	OPT_FILES,
	{ "tasks", OPT_COUNT, "8", "processes, each on a processor of its own", NULL },
	{ "files", OPT_COUNT, "1", "how many they share", NULL },
	{ "rounds", OPT_COUNT, "4", "over 2 MiB, in a sample", NULL },
	{ "samples", OPT_COUNT, "5", "how many", NULL },
	{ 0 },
};

const struct workload wl_bench_storm = {
	.name = "bench-storm",
	.run = bench_storm,
	.help = "what a fault costs from several processors at once",
	.opts = storm_opts,
};

/* ---- bench-rotate ---- */

/* One page of each file, side by side. */
static char *map_first_pages(const struct ctx *c, uint64_t cnt)
{
	char *map = mmap(NULL, cnt * page_bytes(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		die(errno, "mmap");
	for (uint64_t i = 0; i < cnt; i++) {
		int fd = open_numbered(c, i, page_bytes());

		if (mmap(map + i * page_bytes(), page_bytes(), PROT_READ, MAP_SHARED | MAP_FIXED,
			 fd, 0) == MAP_FAILED)
			die(errno, "mmap of file %llu", (unsigned long long)i);
		close(fd);
	}
	return map;
}

static uint64_t rotate_sample(char *map, uint64_t inodes)
{
	uint64_t begin;

	drop_ptes(map, inodes * page_bytes());
	begin = now_ns();
	for (uint64_t i = 0; i < inodes; i++)
		touch_read(map + i * page_bytes());
	return now_ns() - begin;
}

static int bench_rotate(struct ctx *c)
{
	uint64_t samples[SAMPLES_MAX], cnt = sample_cnt(c), inodes = opt_u64(c, "inodes");
	char *map = map_first_pages(c, inodes);

	run_begin(c);
	rotate_sample(map, inodes);
	for (uint64_t i = 0; i < cnt; i++)
		samples[i] = rotate_sample(map, inodes);
	run_end(c);
	summarize(c, inodes, samples);
	if (munmap(map, inodes * page_bytes()))
		die(errno, "munmap");
	release_barrier(c);
	unlink_numbered(c, inodes);
	return EXIT_FINE;
}

static const struct opt rotate_opts[] = {
	OPT_FILES,
	{ "inodes", OPT_COUNT, "1000", "each costs a range of the window", NULL },
	{ "samples", OPT_COUNT, "5", "how many; each faults once on each", NULL },
	{ 0 },
};

const struct workload wl_bench_rotate = {
	.name = "bench-rotate",
	.run = bench_rotate,
	.help = "what a fault costs, each on another inode than the one before",
	.opts = rotate_opts,
};
