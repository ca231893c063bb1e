// SPDX-License-Identifier: GPL-2.0-only
/*
 * reuse: files that come and go, so that the kernel puts a new inode where an old one was. Each
 * task makes a file, touches some of its pages, reads it some times and removes it, and in between
 * turns from one to the other of two files that stay. How often differs from file to file and is
 * told for each, and by task: what is counted for another inode or task than it was done to shows
 * as two wrong figures.
 */
#include "workload.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#define STAYING_CNT 2
#define READ_BYTES  512
#define PATH_SUFFIX 32

/* What one task did to one file. */
struct deeds {
	uint64_t ino;
	uint64_t touches, reads;
	bool is_write;
};

struct reuse_run {
	const struct ctx *c;
	struct dfile staying[STAYING_CNT];
	uint64_t size_bytes, files, visits;
};

struct reuse_task {
	struct reuse_run *run;
	struct deeds staying[STAYING_CNT];
	struct deeds *files;
	char *maps[STAYING_CNT];
	uint64_t rng;
};

static void touch_page(char *map, uint64_t i, bool is_write)
{
	char *p = map + i * page_bytes();

	if (is_write)
		touch_write(p, i);
	else
		touch_read(p);
}

static void read_once(const struct dfile *f, struct deeds *d)
{
	char buf[READ_BYTES];

	if (pread(f->fd, buf, sizeof(buf), 0) != (ssize_t)sizeof(buf))
		die(errno, "read %s", f->path);
	d->reads++;
}

/* Between two files that stay, in an order of its own for each task. */
static void visit_staying(struct task *t, struct reuse_task *w, uint64_t cnt)
{
	for (uint64_t i = 0; i < cnt; i++) {
		uint64_t which = rng_next(&w->rng) % STAYING_CNT;
		struct deeds *d = &w->staying[which];

		touch_page(w->maps[which], 0, false);
		drop_ptes(w->maps[which], page_bytes());
		d->touches++;
		t->ops++;
		if (i % 4 == 3)
			read_once(&w->run->staying[which], d);
	}
}

/* One file's life; its ranges go with its inode, at the unlink (see release_barrier()). */
static void live_and_die(struct task *t, struct reuse_task *w, uint64_t i)
{
	const struct reuse_run *r = w->run;
	struct deeds *d = &w->files[i];
	uint64_t touches = 1 + (i + 5 * t->index) % 13, reads = (i + t->index) % 5;
	char suffix[PATH_SUFFIX], *map;
	struct dfile f;

	snprintf(suffix, sizeof(suffix), ".%u.%llu", t->index, (unsigned long long)i);
	file_open(r->c, &f, suffix, r->size_bytes);
	d->ino = f.ino;
	d->is_write = i % 4 == 3;
	map = map_file(f.fd, 0, r->size_bytes, MAP_PTE);
	for (; d->touches < touches; d->touches++, t->ops++) {
		touch_page(map, d->touches, d->is_write);
		/* Every third touch is followed by one of another inode. */
		if (d->touches % 3 == 2)
			visit_staying(t, w, 1);
	}
	while (d->reads < reads)
		read_once(&f, d);
	unmap_file(map, r->size_bytes);
	file_close(r->c, &f);
}

static void reuse_loop(struct task *t)
{
	struct reuse_task *w = t->arg;

	for (; t->rounds < w->run->files; t->rounds++) {
		live_and_die(t, w, t->rounds);
		visit_staying(t, w, w->run->visits + t->rounds % 7);
	}
}

static void stay_on_processor(struct task *t)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(t->index, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die(errno, "processor %u", t->index);
}

static void task_init(struct reuse_run *r, struct reuse_task *w, unsigned int index)
{
	w->run = r;
	w->rng = opt_u64(r->c, "seed") + index;
	w->files = calloc(r->files, sizeof(*w->files));
	if (!w->files)
		die(ENOMEM, "files");
	for (unsigned int i = 0; i < STAYING_CNT; i++) {
		w->staying[i].ino = r->staying[i].ino;
		w->maps[i] = map_file(r->staying[i].fd, 0, r->size_bytes, MAP_PTE);
	}
}

static void task_free(struct reuse_task *w)
{
	for (unsigned int i = 0; i < STAYING_CNT; i++)
		unmap_file(w->maps[i], w->run->size_bytes);
	free(w->files);
}

static void put_deeds(struct summary *s, const struct task *t, const struct deeds *d)
{
	fprintf(s->to, "%s{", s->is_first ? "" : ",");
	s->is_first = true;
	summary_u64(s, "tid", (uint64_t)t->tid);
	summary_u64(s, "ino", d->ino);
	summary_u64(s, "touches", d->touches);
	summary_u64(s, "reads", d->reads);
	summary_bool(s, "write", d->is_write);
	fputc('}', s->to);
	s->is_first = false;
}

static void summarize(const struct reuse_run *r, const struct team *team)
{
	struct summary s;

	summary_begin(&s, r->c, team, NULL);
	summary_totals(&s, team);
	summary_u64(&s, "read_bytes", READ_BYTES);
	/* The main task made these two, with a write each, as the others did theirs. */
	fprintf(s.to, ",\"staying\":[%llu,%llu],\"deeds\":[", (unsigned long long)r->staying[0].ino,
		(unsigned long long)r->staying[1].ino);
	s.is_first = true;
	for (unsigned int i = 0; i < team->cnt; i++) {
		const struct task *t = &team->task[i];
		const struct reuse_task *w = t->arg;

		for (unsigned int j = 0; j < STAYING_CNT; j++)
			put_deeds(&s, t, &w->staying[j]);
		for (uint64_t j = 0; j < r->files; j++)
			put_deeds(&s, t, &w->files[j]);
	}
	fputc(']', s.to);
	summary_end(&s, r->c);
}

static int reuse(struct ctx *c)
{
	struct reuse_run r = {
		.c = c,
		.size_bytes = opt_u64(c, "size"),
		.files = opt_u64(c, "files"),
		.visits = opt_u64(c, "visits"),
	};
	unsigned int threads = (unsigned int)opt_u64(c, "threads");
	struct team *team = team_new(threads, false);
	struct reuse_task *work = calloc(threads + 1, sizeof(*work));

	if (!work)
		die(ENOMEM, "tasks");
	if (!threads || !r.files || r.size_bytes < 16 * page_bytes())
		usage("at least one task and file, of at least 16 pages");
	for (unsigned int i = 0; i < STAYING_CNT; i++)
		file_open(c, &r.staying[i], i ? ".b" : ".a", r.size_bytes);
	for (unsigned int i = 0; i < threads; i++) {
		task_init(&r, &work[i], i);
		team_add(team, "dl-reuse", opt_flag(c, "pin") ? stay_on_processor : NULL,
			 reuse_loop, &work[i]);
	}
	team_run(c, team);
	summarize(&r, team);
	for (unsigned int i = 0; i < threads; i++)
		task_free(&work[i]);
	free(work);
	team_free(team);
	for (unsigned int i = 0; i < STAYING_CNT; i++)
		file_close(c, &r.staying[i]);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "2M", "of each file", NULL },
	{ "threads", OPT_COUNT, "4", "tasks, each with files of its own", NULL },
	{ "files", OPT_COUNT, "60", "that each task makes and removes, one after the other", NULL },
	{ "visits", OPT_COUNT, "20", "touches of the files that stay, between two others", NULL },
	{ "pin", OPT_FLAG, NULL, "each task stays on a processor of its own", NULL },
	{ "seed", OPT_COUNT, "1", "of their order; each task adds its index", NULL },
	{ 0 },
};

const struct workload wl_reuse = {
	.name = "reuse",
	.run = reuse,
	.help = "files that come and go, each with its own count of touches and reads",
	.opts = opts,
};
