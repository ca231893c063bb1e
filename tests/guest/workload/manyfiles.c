// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many files. manyfiles gives each one a range (or more), then evicts them all: one removal for
 * each inode with ranges. smallfiles reads files far smaller than a range, which cost a whole one
 * each all the same.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct many_run {
	const struct ctx *c;
	uint64_t cnt, size_bytes, passes;
	bool is_read;
	char *buf;
	uint64_t bytes, evict_ns;
};

static void many_path(const struct many_run *r, char *path, uint64_t i)
{
	char suffix[32];

	snprintf(suffix, sizeof(suffix), ".%llu", (unsigned long long)i);
	file_path(r->c, path, PATH_MAX, suffix);
}

static void create_all(const struct many_run *r)
{
	char path[PATH_MAX];

	for (uint64_t i = 0; i < r->cnt && !opt_flag(r->c, "existing"); i++) {
		many_path(r, path, i);
		file_create(path, r->size_bytes);
	}
}

static void unlink_all(const struct many_run *r)
{
	char path[PATH_MAX];

	for (uint64_t i = 0; i < r->cnt; i++) {
		many_path(r, path, i);
		if (unlink(path))
			die(errno, "unlink %s", path);
	}
}

static int open_one(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die(errno, "open %s", path);
	return fd;
}

/* One word of each range. */
static void touch_one(struct task *t, int fd)
{
	struct many_run *r = t->arg;
	char *map = map_file(fd, 0, r->size_bytes, MAP_PTE);

	for (uint64_t off = 0; off < r->size_bytes; off += RANGE_BYTES) {
		uint64_t begin = now_ns();

		touch_read(map + off);
		task_op(t, begin);
	}
	unmap_file(map, r->size_bytes);
}

static void read_at(struct task *t, int fd, uint64_t off_bytes, uint64_t len_bytes)
{
	struct many_run *r = t->arg;
	uint64_t begin = now_ns();
	ssize_t len = pread(fd, r->buf, len_bytes, (off_t)off_bytes);

	if (len <= 0)
		die(len ? errno : 0, "read");
	t->bytes += (uint64_t)len;
	task_op(t, begin);
}

static void manyfiles_run(struct task *t)
{
	struct many_run *r = t->arg;
	char path[PATH_MAX];

	for (uint64_t i = 0; i < r->cnt; i++) {
		int fd;

		many_path(r, path, i);
		fd = open_one(path);
		if (!r->is_read)
			touch_one(t, fd);
		for (uint64_t off = 0; r->is_read && off < r->size_bytes; off += RANGE_BYTES)
			read_at(t, fd, off, page_bytes());
		close(fd);
	}
}

/* Returns true when the files are gone. */
static bool evict(struct many_run *r)
{
	bool is_unlink = !opt_flag(r->c, "drop-caches") && !opt_flag(r->c, "keep") &&
			 !opt_flag(r->c, "existing");
	uint64_t begin;

	release_barrier(r->c);
	begin = now_ns();
	if (opt_flag(r->c, "drop-caches"))
		drop_caches();
	else if (is_unlink)
		unlink_all(r);
	else
		return false;
	r->evict_ns = now_ns() - begin;
	return is_unlink;
}

static const char *evict_name(const struct many_run *r, bool is_gone)
{
	return is_gone ? "unlink" : opt_flag(r->c, "drop-caches") ? "drop-caches" : "none";
}

static void many_summarize(const struct many_run *r, const struct team *team, bool is_gone)
{
	const struct task *t = &team->task[0];
	struct summary s;

	summary_begin(&s, r->c, team, NULL);
	summary_u64(&s, "files", r->cnt);
	summary_u64(&s, "file_size_bytes", r->size_bytes);
	summary_u64(&s, "ranges", r->cnt * ((r->size_bytes + RANGE_BYTES - 1) / RANGE_BYTES));
	summary_u64(&s, "read_bytes", t->bytes);
	summary_str(&s, "evict", evict_name(r, is_gone));
	summary_u64(&s, "evict_ns", r->evict_ns);
	summary_totals(&s, team);
	summary_end(&s, r->c);
}

/* The part that the two share: create, run, evict, tell, and tidy up. */
static int many(struct many_run *r, const char *comm, void (*run)(struct task *))
{
	struct team *team = team_new(1, false);
	bool is_gone;

	if (!r->cnt || !r->size_bytes)
		usage("--count and --size are at least 1");
	r->buf = calloc(1, r->size_bytes < page_bytes() ? page_bytes() : r->size_bytes);
	if (!r->buf)
		die(ENOMEM, "buffer");
	create_all(r);
	team_add(team, comm, NULL, run, r);
	team_run(r->c, team);
	is_gone = evict(r);
	many_summarize(r, team, is_gone);
	if (!is_gone && !opt_flag(r->c, "keep") && !opt_flag(r->c, "existing"))
		unlink_all(r);
	free(r->buf);
	team_free(team);
	return EXIT_FINE;
}

static int manyfiles(struct ctx *c)
{
	struct many_run r = {
		.c = c,
		.cnt = opt_u64(c, "count"),
		.size_bytes = opt_u64(c, "size"),
		.is_read = opt_is(c, "by", "read"),
	};

	return many(&r, "dl-many", manyfiles_run);
}

static const struct opt manyfiles_opts[] = {
	OPT_FILES,
	{ "count", OPT_COUNT, "16", "how many files", NULL },
	{ "size", OPT_SIZE, "2M", "of each", NULL },
	{ "by", OPT_CHOICE, "fault", "how each range is accessed, once", "fault|read" },
	{ "drop-caches", OPT_FLAG, NULL, "evict by drop_caches rather than unlink", NULL },
	{ 0 },
};

const struct workload wl_manyfiles = {
	.name = "manyfiles",
	.run = manyfiles,
	.help = "a range in each of many files, then eviction of all",
	.opts = manyfiles_opts,
};

static void smallfiles_run(struct task *t)
{
	struct many_run *r = t->arg;
	char path[PATH_MAX];

	for (; t->rounds < r->passes; t->rounds++) {
		for (uint64_t i = 0; i < r->cnt; i++) {
			int fd;

			many_path(r, path, i);
			fd = open_one(path);
			read_at(t, fd, 0, r->size_bytes);
			close(fd);
		}
	}
}

static int smallfiles(struct ctx *c)
{
	struct many_run r = {
		.c = c,
		.cnt = opt_u64(c, "count"),
		.size_bytes = opt_u64(c, "size"),
		.passes = opt_u64(c, "passes"),
		.is_read = true,
	};

	return many(&r, "dl-small", smallfiles_run);
}

static const struct opt smallfiles_opts[] = {
	OPT_FILES,
	{ "count", OPT_COUNT, "64", "how many files", NULL },
	{ "size", OPT_SIZE, "4K", "of each; read whole", NULL },
	{ "passes", OPT_COUNT, "2", "opens, reads and closes of each", NULL },
	{ "drop-caches", OPT_FLAG, NULL, "evict by drop_caches rather than unlink", NULL },
	{ 0 },
};

const struct workload wl_smallfiles = {
	.name = "smallfiles",
	.run = smallfiles,
	.help = "many small files opened, read whole and closed",
	.opts = smallfiles_opts,
};
