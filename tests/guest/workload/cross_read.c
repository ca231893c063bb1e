// SPDX-License-Identifier: GPL-2.0-only
/*
 * cross-read: read() of file A into memory that is a mapping of DAX file B whose pages were just
 * dropped. The copy faults on B inside the read of A: one nested fault for each page of the buffer.
 */
#include "workload.h"

#include <errno.h>
#include <unistd.h>

struct cross_run {
	struct dfile a, b;
	char *map;
	uint64_t len_bytes, iterations;
};

static void read_loop(struct task *t)
{
	struct cross_run *r = t->arg;
	uint64_t slots = r->a.size_bytes / r->len_bytes, begin;

	for (; t->rounds < r->iterations; t->rounds++) {
		drop_ptes(r->map, r->b.size_bytes);
		begin = now_ns();
		if (pread(r->a.fd, r->map, r->len_bytes,
			  (off_t)(t->rounds % slots * r->len_bytes)) != (ssize_t)r->len_bytes)
			die(errno, "pread into the mapping");
		task_op(t, begin);
	}
}

static void summarize(const struct ctx *c, const struct cross_run *r, const struct team *team)
{
	uint64_t pages = (r->len_bytes + page_bytes() - 1) / page_bytes();
	const struct task *t = &team->task[0];
	struct summary s;

	summary_begin(&s, c, team, &r->a);
	summary_u64(&s, "buffer_ino", r->b.ino);
	summary_u64(&s, "reads", t->ops);
	summary_u64(&s, "len_bytes", r->len_bytes);
	summary_u64(&s, "expected_faults", t->ops * pages);
	summary_u64(&s, "faults", t->minflt + t->majflt);
	summary_totals(&s, team);
	summary_end(&s, c);
}

static int cross_read(struct ctx *c)
{
	struct cross_run r = { .len_bytes = opt_u64(c, "len"),
			       .iterations = opt_u64(c, "iterations") };
	struct team *team = team_new(1, false);
	uint64_t size = opt_u64(c, "size");

	if (!r.len_bytes || r.len_bytes > size || size % page_bytes())
		usage("--len is 1 to --size, and that whole pages");
	file_open(c, &r.a, ".a", size);
	file_open(c, &r.b, ".b", size);
	r.map = map_file(r.b.fd, 0, size, MAP_PTE);
	team_add(team, "dl-cross", NULL, read_loop, &r);
	team_run(c, team);
	summarize(c, &r, team);
	team_free(team);
	unmap_file(r.map, size);
	file_close(c, &r.a);
	file_close(c, &r.b);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "2M", "of each of the two files", NULL },
	{ "len", OPT_SIZE, "4K", "of each read", NULL },
	{ "iterations", OPT_COUNT, "16", "reads", NULL },
	{ 0 },
};

const struct workload wl_cross_read = {
	.name = "cross-read",
	.run = cross_read,
	.help = "read one file into a mapping of another: faults inside reads",
	.opts = opts,
};
