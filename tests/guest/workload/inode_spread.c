// SPDX-License-Identifier: GPL-2.0-only
/*
 * inode-spread: many inodes from many tasks, to fill tables that are kept by inode and by task.
 * File i is touched by task i modulo the tasks, once a visit, and each generation of tasks is gone
 * before the next one begins; with processes that makes for many short-lived ones. A touch is a
 * fault, or the write that makes the file: that one takes no range of the window, each of which
 * costs an emulated guest some 20 ms.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct spread_run {
	const struct ctx *c;
	uint64_t cnt, size_bytes, rounds;
	unsigned int tasks;
	bool by_write;
};

static void spread_path(const struct spread_run *r, char *path, uint64_t i)
{
	char suffix[32];

	snprintf(suffix, sizeof(suffix), ".%llu", (unsigned long long)i);
	file_path(r->c, path, PATH_MAX, suffix);
}

static void visit_by_write(struct task *t, const char *path, uint64_t size_bytes)
{
	uint64_t begin = now_ns();

	file_create(path, size_bytes);
	task_op(t, begin);
}

static void visit_by_fault(struct task *t, const char *path, uint64_t size_bytes)
{
	uint64_t begin;
	char *map;
	int fd;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die(errno, "open %s", path);
	map = map_file(fd, 0, size_bytes, MAP_PTE);
	close(fd);
	begin = now_ns();
	touch_read(map);
	task_op(t, begin);
	unmap_file(map, size_bytes);
}

static void visit(struct task *t, uint64_t i)
{
	const struct spread_run *r = t->arg;
	char path[PATH_MAX];

	spread_path(r, path, i);
	(r->by_write ? visit_by_write : visit_by_fault)(t, path, r->size_bytes);
}

static void spread(struct task *t)
{
	const struct spread_run *r = t->arg;

	for (; t->rounds < r->rounds; t->rounds++)
		for (uint64_t i = t->index; i < r->cnt; i += r->tasks)
			visit(t, i);
}

static struct team *generation_new(struct spread_run *r)
{
	struct team *team = team_new(r->tasks, opt_is(r->c, "as", "processes"));

	for (unsigned int i = 0; i < r->tasks; i++)
		team_add(team, "dl-spread", NULL, spread, r);
	return team;
}

/* Only the last generation's tasks are told one by one: there may be thousands. */
static void summarize(const struct spread_run *r, const struct team *team, uint64_t touches)
{
	struct summary s;

	summary_begin(&s, r->c, team, NULL);
	summary_u64(&s, "files", r->cnt);
	summary_u64(&s, "tasks_total", (uint64_t)r->tasks * opt_u64(r->c, "generations"));
	summary_str(&s, "as", opt_str(r->c, "as"));
	summary_str(&s, "by", opt_str(r->c, "by"));
	summary_u64(&s, "touches", touches);
	summary_end(&s, r->c);
}

static void cleanup(const struct spread_run *r)
{
	char path[PATH_MAX];

	if (opt_flag(r->c, "keep") || opt_flag(r->c, "existing"))
		return;
	release_barrier(r->c);
	for (uint64_t i = 0; i < r->cnt; i++) {
		spread_path(r, path, i);
		if (unlink(path))
			die(errno, "unlink %s", path);
	}
}

static int inode_spread(struct ctx *c)
{
	struct spread_run r = {
		.c = c,
		.cnt = opt_u64(c, "count"),
		.size_bytes = opt_u64(c, "size"),
		.rounds = opt_u64(c, "rounds"),
		.tasks = (unsigned int)opt_u64(c, "tasks"),
		.by_write = opt_is(c, "by", "write"),
	};
	uint64_t generations = opt_u64(c, "generations"), touches = 0, begin_ns = 0;
	char path[PATH_MAX];
	struct team *team = NULL;

	if (!r.cnt || !r.size_bytes || !r.tasks || !generations)
		usage("all counts and the size are at least 1");
	for (uint64_t i = 0; i < r.cnt && !opt_flag(c, "existing") && !r.by_write; i++) {
		spread_path(&r, path, i);
		file_create(path, r.size_bytes);
	}
	for (uint64_t g = 0; g < generations; g++) {
		if (team)
			team_free(team);
		team = generation_new(&r);
		if (g)
			team_run_again(team);
		else
			team_run(c, team);
		begin_ns = g ? begin_ns : team->begin_ns;
		for (unsigned int i = 0; i < team->cnt; i++)
			touches += team->task[i].ops;
	}
	team->begin_ns = begin_ns;
	summarize(&r, team, touches);
	team_free(team);
	cleanup(&r);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "count", OPT_COUNT, "64", "how many files", NULL },
	{ "size", OPT_SIZE, "4K", "of each", NULL },
	{ "tasks", OPT_COUNT, "4", "how many at a time", NULL },
	{ "as", OPT_CHOICE, "threads", "what a task is", "threads|processes" },
	{ "generations", OPT_COUNT, "1", "sets of tasks, one after the other", NULL },
	{ "by", OPT_CHOICE, "fault", "what a touch is", "fault|write" },
	{ "rounds", OPT_COUNT, "1", "visits of a task to each of its files", NULL },
	{ 0 },
};

const struct workload wl_inode_spread = {
	.name = "inode-spread",
	.run = inode_spread,
	.help = "one touch in each of many files, from many tasks",
	.opts = opts,
};
