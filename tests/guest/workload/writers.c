// SPDX-License-Identifier: GPL-2.0-only
/*
 * writers: several tasks write to one file inside its size, so by DAX; each such write holds the
 * inode lock exclusively (fuse_dax_write_iter), and what a task waited shows in its slowest one.
 */
#include "workload.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct writers_run {
	struct dfile file;
	uint64_t len_bytes, iterations, run_ns, seed;
	char *buf; /* shared, only read */
};

static void write_loop(struct task *t)
{
	struct writers_run *r = t->arg;
	uint64_t state = r->seed + t->index, slots = r->file.size_bytes / r->len_bytes;

	while (r->run_ns ? now_ns() - t->begin_ns < r->run_ns : t->ops < r->iterations) {
		off_t off = (off_t)(rng_next(&state) % slots * r->len_bytes);
		uint64_t begin = now_ns();

		if (pwrite(r->file.fd, r->buf, r->len_bytes, off) != (ssize_t)r->len_bytes)
			die(errno, "pwrite at %lld", (long long)off);
		task_op(t, begin);
		t->bytes += r->len_bytes;
	}
}

static void summarize(const struct ctx *c, const struct writers_run *r, const struct team *team)
{
	struct summary s;

	summary_begin(&s, c, team, &r->file);
	summary_u64(&s, "len_bytes", r->len_bytes);
	summary_totals(&s, team);
	summary_tasks(&s, team);
	summary_end(&s, c);
}

static int writers(struct ctx *c)
{
	unsigned int threads = (unsigned int)opt_u64(c, "threads");
	struct writers_run r = {
		.len_bytes = opt_u64(c, "len"),
		.iterations = opt_u64(c, "iterations"),
		.run_ns = opt_u64(c, "seconds"),
		.seed = opt_u64(c, "seed"),
	};
	struct team *team = team_new(threads, false);

	if (!threads || !r.len_bytes || r.len_bytes > opt_u64(c, "size"))
		usage("at least one thread, and a --len of 1 to --size");
	r.buf = calloc(1, r.len_bytes);
	if (!r.buf)
		die(ENOMEM, "buffer");
	file_open(c, &r.file, "", opt_u64(c, "size"));
	for (unsigned int i = 0; i < threads; i++)
		team_add(team, "dl-write", NULL, write_loop, &r);
	team_run(c, team);
	summarize(c, &r, team);
	free(r.buf);
	team_free(team);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "8M", "of the file", NULL },
	{ "len", OPT_SIZE, "64K", "of each write", NULL },
	{ "threads", OPT_COUNT, "4", "writers", NULL },
	{ "iterations", OPT_COUNT, "100", "writes of each", NULL },
	{ "seconds", OPT_SECONDS, "0", "write for so long instead", NULL },
	{ "seed", OPT_COUNT, "1", "of the random offsets; each task adds its index", NULL },
	{ 0 },
};

const struct workload wl_writers = {
	.name = "writers",
	.run = writers,
	.help = "several writers to one file (inode lock)",
	.opts = opts,
};
