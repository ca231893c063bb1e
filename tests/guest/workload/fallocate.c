// SPDX-License-Identifier: GPL-2.0-only
/*
 * fallocate: the operations that take i_mmap_sem exclusively (punch, zero, extend;
 * fuse_file_fallocate) again and again, on a file with a mapped page, so that there is something
 * for them to break.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	int mode;
	bool is_behind; /* each call begins at the end of the file */
} modes[] = {
	{ "extend", 0, true },
	{ "zero", FALLOC_FL_ZERO_RANGE, false },
	{ "punch", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, false },
};

struct fallocate_run {
	struct dfile file;
	size_t mode;
	uint64_t iterations, len_bytes;
};

static void fallocate_loop(struct task *t)
{
	struct fallocate_run *r = t->arg;
	uint64_t slots = r->file.size_bytes / r->len_bytes, begin, off;

	for (; t->rounds < r->iterations; t->rounds++) {
		off = modes[r->mode].is_behind ? r->file.size_bytes + t->rounds * r->len_bytes
					       : t->rounds % slots * r->len_bytes;
		begin = now_ns();
		if (fallocate(r->file.fd, modes[r->mode].mode, (off_t)off, (off_t)r->len_bytes))
			die(errno, "fallocate(%s) at %llu", modes[r->mode].name,
			    (unsigned long long)off);
		task_op(t, begin);
	}
}

static void summarize(const struct ctx *c, const struct fallocate_run *r, const struct team *team)
{
	struct summary s;

	summary_begin(&s, c, team, &r->file);
	summary_str(&s, "op", modes[r->mode].name);
	summary_u64(&s, "len_bytes", r->len_bytes);
	summary_totals(&s, team);
	summary_end(&s, c);
}

static int run_fallocate(struct ctx *c)
{
	struct fallocate_run r = { .iterations = opt_u64(c, "iterations"),
				   .len_bytes = opt_u64(c, "len") };
	struct team *team = team_new(1, false);
	uint64_t size = opt_u64(c, "size");
	char *map;

	if (!r.len_bytes || r.len_bytes > size)
		usage("--len is 1 to --size");
	while (strcmp(modes[r.mode].name, opt_str(c, "op")))
		r.mode++;
	file_open(c, &r.file, "", size);
	map = map_file(r.file.fd, 0, size, MAP_PTE);
	touch_read(map);
	team_add(team, "dl-falloc", NULL, fallocate_loop, &r);
	team_run(c, team);
	summarize(c, &r, team);
	team_free(team);
	unmap_file(map, size);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "4M", "of the file at first", NULL },
	{ "op", OPT_CHOICE, "punch", "what to do", "extend|zero|punch" },
	{ "len", OPT_SIZE, "64K", "of each call", NULL },
	{ "iterations", OPT_COUNT, "16", "calls", NULL },
	{ 0 },
};

const struct workload wl_fallocate = {
	.name = "fallocate",
	.run = run_fallocate,
	.help = "extend, zero or punch, one after the other",
	.opts = opts,
};
