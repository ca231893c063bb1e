// SPDX-License-Identifier: GPL-2.0-only
/*
 * Truncates against faults. truncate-race is a storm: readers of a mapping whose file shrinks and
 * grows, with the SIGBUS of every page that was gone counted. truncate-block is one pair with a
 * known wait: a truncate holds i_mmap_sem until its SETATTR is answered (fuse_do_setattr), and a
 * fault on a mapped range that stays inside the file waits for it.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

struct race_run {
	struct dfile file;
	char *map;
	uint64_t to_bytes, pause_ns, iterations, run_ns, seed;
};

static void race_read(struct task *t)
{
	struct race_run *r = t->arg;
	uint64_t state = r->seed + t->index, pages = r->file.size_bytes / page_bytes();

	while (!team_stopped(t)) {
		char *p = r->map + rng_next(&state) % pages * page_bytes();
		uint64_t begin = now_ns();

		t->sigbus += !touch_guarded(p, false);
		task_op(t, begin);
	}
}

static void race_resize(struct task *t, uint64_t size_bytes)
{
	struct race_run *r = t->arg;
	uint64_t begin = now_ns();

	if (ftruncate(r->file.fd, (off_t)size_bytes))
		die(errno, "ftruncate");
	task_op(t, begin);
}

static void race_write(struct task *t)
{
	struct race_run *r = t->arg;

	while (r->iterations ? t->rounds < r->iterations : now_ns() - t->begin_ns < r->run_ns) {
		race_resize(t, r->to_bytes);
		race_resize(t, r->file.size_bytes);
		t->rounds++;
		sleep_ns(r->pause_ns);
	}
	team_stop(t);
}

static void race_summarize(const struct ctx *c, const struct race_run *r, const struct team *team)
{
	const struct task *writer = &team->task[0];
	uint64_t reads = 0, sigbus = 0, slowest_ns = 0;
	struct summary s;

	for (unsigned int i = 1; i < team->cnt; i++) {
		reads += team->task[i].ops;
		sigbus += team->task[i].sigbus;
		if (team->task[i].slowest_ns > slowest_ns)
			slowest_ns = team->task[i].slowest_ns;
	}
	summary_begin(&s, c, team, &r->file);
	summary_u64(&s, "truncates", writer->ops);
	summary_u64(&s, "truncate_sum_ns", writer->ops_ns);
	summary_role(&s, "truncate", writer);
	summary_u64(&s, "touches", reads);
	summary_u64(&s, "sigbus", sigbus);
	summary_u64(&s, "touch_slowest_ns", slowest_ns);
	summary_tasks(&s, team);
	summary_end(&s, c);
}

static int truncate_race(struct ctx *c)
{
	unsigned int readers = (unsigned int)opt_u64(c, "threads");
	struct race_run r = {
		.to_bytes = opt_u64(c, "to"),
		.pause_ns = opt_u64(c, "pause"),
		.iterations = opt_u64(c, "iterations"),
		.run_ns = opt_u64(c, "seconds"),
		.seed = opt_u64(c, "seed"),
	};
	struct team *team = team_new(readers + 1, false);

	guard_install();
	file_open(c, &r.file, "", opt_u64(c, "size"));
	if (r.file.size_bytes < page_bytes() || r.to_bytes >= r.file.size_bytes)
		usage("--size is at least a page and more than --to");
	r.map = map_file(r.file.fd, 0, r.file.size_bytes, MAP_PTE);
	team_add(team, "dl-trunc", NULL, race_write, &r);
	for (unsigned int i = 0; i < readers; i++)
		team_add(team, "dl-fault", NULL, race_read, &r);
	team_run(c, team);
	race_summarize(c, &r, team);
	team_free(team);
	unmap_file(r.map, r.file.size_bytes);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt race_opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "4M", "of the file when it is whole", NULL },
	{ "to", OPT_SIZE, "0", "what it is cut to", NULL },
	{ "threads", OPT_COUNT, "2", "readers", NULL },
	{ "seconds", OPT_SECONDS, "1", "how long", NULL },
	{ "iterations", OPT_COUNT, "0", "cut and grow so often instead", NULL },
	{ "pause", OPT_MS, "0", "between two rounds", NULL },
	{ "seed", OPT_COUNT, "1", "of the readers' random pages", NULL },
	{ 0 },
};

const struct workload wl_truncate_race = {
	.name = "truncate-race",
	.run = truncate_race,
	.help = "readers fault while the file is truncated and grown; SIGBUS counted",
	.opts = race_opts,
};

struct block_run {
	struct dfile file;
	char *map;
	const struct ctx *c;
	uint64_t to_bytes, probe_after_ns;
};

static int block_op(const struct block_run *r)
{
	off_t size = (off_t)r->file.size_bytes, half = size / 2;

	if (opt_is(r->c, "op", "punch"))
		return fallocate(r->file.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, half,
				 size - half);
	if (opt_is(r->c, "op", "zero"))
		return fallocate(r->file.fd, FALLOC_FL_ZERO_RANGE, half, size - half);
	if (opt_is(r->c, "op", "extend"))
		return fallocate(r->file.fd, 0, size, (off_t)RANGE_BYTES);
	return ftruncate(r->file.fd, (off_t)r->to_bytes);
}

static void block_truncate(struct task *t)
{
	const struct block_run *r = t->arg;
	uint64_t begin = now_ns();

	if (block_op(r))
		die(errno, "--op %s", opt_str(r->c, "op"));
	task_op(t, begin);
}

static void block_fault(struct task *t)
{
	const struct block_run *r = t->arg;
	uint64_t begin;

	sleep_ns(r->probe_after_ns);
	begin = now_ns();
	t->sigbus = !touch_guarded(r->map, opt_flag(r->c, "write"));
	task_op(t, begin);
}

static int truncate_block(struct ctx *c)
{
	struct block_run r = { .c = c, .probe_after_ns = opt_u64(c, "probe-after") };
	struct team *team = team_new(2, false);
	struct task *truncate, *probe;
	struct summary s;

	guard_install();
	file_open(c, &r.file, "", opt_u64(c, "size"));
	if (r.file.size_bytes < 2 * RANGE_BYTES)
		usage("--size is at least two ranges");
	r.to_bytes = opt_given(c, "to") ? opt_u64(c, "to") : r.file.size_bytes / 2;
	r.map = map_file(r.file.fd, 0, r.file.size_bytes, MAP_PTE);
	touch_guarded(r.map, opt_flag(c, "write"));
	drop_ptes(r.map, r.file.size_bytes);
	truncate = team_add(team, "dl-trunc", NULL, block_truncate, &r);
	probe = team_add(team, "dl-fault", NULL, block_fault, &r);
	team_run(c, team);
	summary_begin(&s, c, team, &r.file);
	summary_str(&s, "op", opt_str(c, "op"));
	summary_role(&s, "truncate", truncate);
	summary_role(&s, "fault", probe);
	summary_end(&s, c);
	team_free(team);
	unmap_file(r.map, r.file.size_bytes);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt block_opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "4M", "of the file", NULL },
	{ "op", OPT_CHOICE, "truncate", "what blocks", "truncate|punch|zero|extend" },
	{ "to", OPT_SIZE, NULL, "what truncate cuts to (half of --size)", NULL },
	{ "probe-after", OPT_MS, "50", "when the fault on the first range begins", NULL },
	{ "write", OPT_FLAG, NULL, "a write fault", NULL },
	{ 0 },
};

const struct workload wl_truncate_block = {
	.name = "truncate-block",
	.run = truncate_block,
	.help = "a fault behind a truncate whose SETATTR takes long (i_mmap_sem)",
	.opts = block_opts,
};
