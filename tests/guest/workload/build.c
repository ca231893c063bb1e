// SPDX-License-Identifier: GPL-2.0-only
/*
 * build: what a compiler does to a tree, in an order that the seed fixes. Each unit is compiled
 * from its source and some headers, few of which are in most units, to an object; then all objects
 * are read. A file is far smaller than the range that it takes.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define HEADERS_EACH 6

struct build_run {
	const struct ctx *c;
	uint64_t headers, units, iterations, rng, len_bytes;
	char *buf;
};

enum build_file {
	SOURCE,
	HEADER,
	OBJECT,
	BUILD_FILES
};

static const char *const kinds[BUILD_FILES] = { "c", "h", "o" };

static void build_path(const struct build_run *r, char *path, enum build_file kind, uint64_t i)
{
	char suffix[32];

	snprintf(suffix, sizeof(suffix), ".%llu.%s", (unsigned long long)i, kinds[kind]);
	file_path(r->c, path, PATH_MAX, suffix);
}

static uint64_t files_cnt(const struct build_run *r, enum build_file kind)
{
	return kind == HEADER ? r->headers : r->units;
}

static void access_file(struct task *t, enum build_file kind, uint64_t i, bool is_write)
{
	const struct build_run *r = t->arg;
	uint64_t begin = now_ns();
	char path[PATH_MAX];
	ssize_t len;
	int fd;

	build_path(r, path, kind, i);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die(errno, "open %s", path);
	len = is_write ? pwrite(fd, r->buf, r->len_bytes, 0) : pread(fd, r->buf, r->len_bytes, 0);
	if (len != (ssize_t)r->len_bytes)
		die(len < 0 ? errno : 0, "%s %s", is_write ? "write" : "read", path);
	close(fd);
	task_op(t, begin);
}

/* Skewed: the lesser of two draws. */
static uint64_t draw_header(struct build_run *r)
{
	uint64_t a = rng_next(&r->rng) % r->headers, b = rng_next(&r->rng) % r->headers;

	return a < b ? a : b;
}

static void build_all(struct task *t)
{
	struct build_run *r = t->arg;

	for (; t->rounds < r->iterations; t->rounds++) {
		for (uint64_t i = 0; i < r->units; i++) {
			access_file(t, SOURCE, i, false);
			for (int n = 0; n < HEADERS_EACH; n++)
				access_file(t, HEADER, draw_header(r), false);
			access_file(t, OBJECT, i, true);
		}
		for (uint64_t i = 0; i < r->units; i++)
			access_file(t, OBJECT, i, false);
	}
}

static void each_file(const struct build_run *r, void (*fn)(const struct build_run *, const char *))
{
	char path[PATH_MAX];

	for (unsigned int kind = 0; kind < BUILD_FILES; kind++) {
		for (uint64_t i = 0; i < files_cnt(r, kind); i++) {
			build_path(r, path, kind, i);
			fn(r, path);
		}
	}
}

static void make_one(const struct build_run *r, const char *path)
{
	file_create(path, r->len_bytes);
}

static void remove_one(const struct build_run *r, const char *path)
{
	(void)r;
	if (unlink(path))
		die(errno, "unlink %s", path);
}

static void build_configure(const struct ctx *c, struct build_run *r)
{
	uint64_t ranges = opt_u64(c, "size") / RANGE_BYTES;

	r->c = c;
	r->headers = ranges * 3 / 8;
	r->units = (ranges - r->headers) / 2;
	r->iterations = opt_u64(c, "iterations");
	r->rng = opt_u64(c, "seed");
	r->len_bytes = opt_u64(c, "len");
	if (!r->headers || !r->len_bytes || r->len_bytes > RANGE_BYTES)
		usage("--size is at least 6M, and --len 1 to 2M");
	r->buf = calloc(1, r->len_bytes);
	if (!r->buf)
		die(ENOMEM, "buffer");
}

static int build(struct ctx *c)
{
	struct team *team = team_new(1, false);
	struct build_run r = { 0 };
	struct summary s;

	build_configure(c, &r);
	each_file(&r, make_one);
	team_add(team, "dl-build", NULL, build_all, &r);
	team_run(c, team);
	summary_begin(&s, c, team, NULL);
	summary_u64(&s, "ranges", r.headers + 2 * r.units);
	summary_u64(&s, "iterations", r.iterations);
	summary_totals(&s, team);
	summary_end(&s, c);
	release_barrier(c);
	if (!opt_flag(c, "keep"))
		each_file(&r, remove_one);
	free(r.buf);
	team_free(team);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "64M", "the working set: sources, headers and objects take 2M each",
	  NULL },
	{ "len", OPT_SIZE, "32K", "of each file", NULL },
	{ "iterations", OPT_COUNT, "1", "builds", NULL },
	{ "seed", OPT_COUNT, "1", "of the choice of headers", NULL },
	{ 0 },
};

const struct workload wl_build = {
	.name = "build",
	.run = build,
	.help = "what a compiler does to many small files",
	.opts = opts,
};
