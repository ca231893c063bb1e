// SPDX-License-Identifier: GPL-2.0-only
/*
 * slow: one operation, once, with its time. What makes it slow is up to the caller (--inject).
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct slow_run;

struct slow_op {
	const char *name;
	/* Returns bytes moved, or a negative errno. */
	ssize_t (*run)(struct slow_run *r, struct task *t);
};

struct slow_run {
	struct dfile file;
	const struct slow_op *op;
	char *map, *buf;
	uint64_t off_bytes, len_bytes;
};

static ssize_t result(ssize_t ret)
{
	return ret < 0 ? -errno : ret;
}

static ssize_t op_read(struct slow_run *r, struct task *t)
{
	(void)t;
	return result(pread(r->file.fd, r->buf, r->len_bytes, (off_t)r->off_bytes));
}

static ssize_t op_write(struct slow_run *r, struct task *t)
{
	(void)t;
	return result(pwrite(r->file.fd, r->buf, r->len_bytes, (off_t)r->off_bytes));
}

static ssize_t op_fault(struct slow_run *r, struct task *t)
{
	t->sigbus = !touch_guarded(r->map + r->off_bytes, false);
	return 0;
}

static ssize_t op_fault_write(struct slow_run *r, struct task *t)
{
	t->sigbus = !touch_guarded(r->map + r->off_bytes, true);
	return 0;
}

static ssize_t op_truncate(struct slow_run *r, struct task *t)
{
	(void)t;
	return result(ftruncate(r->file.fd, (off_t)r->off_bytes));
}

static ssize_t op_fallocate(struct slow_run *r, struct task *t)
{
	(void)t;
	return result(fallocate(r->file.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				(off_t)r->off_bytes, (off_t)r->len_bytes));
}

static ssize_t op_open_trunc(struct slow_run *r, struct task *t)
{
	int fd = open(r->file.path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	(void)t;
	return fd < 0 ? -errno : result(close(fd));
}

static const struct slow_op ops[] = {
	{ "read", op_read },
	{ "write", op_write },
	{ "fault", op_fault },
	{ "fault-write", op_fault_write },
	{ "truncate", op_truncate },
	{ "fallocate", op_fallocate },
	{ "open-trunc", op_open_trunc },
};

static const struct slow_op *find_op(const char *name)
{
	const struct slow_op *op = ops;

	while (strcmp(op->name, name))
		op++;
	return op;
}

static void run_once(struct task *t)
{
	struct slow_run *r = t->arg;
	uint64_t begin = now_ns();
	ssize_t ret = r->op->run(r, t);

	task_op(t, begin);
	if (ret < 0)
		die((int)-ret, "--op %s", r->op->name);
	t->bytes = (uint64_t)ret;
}

static void summarize(const struct ctx *c, const struct slow_run *r, const struct team *team)
{
	const struct task *t = &team->task[0];
	struct summary s;

	summary_begin(&s, c, team, &r->file);
	summary_str(&s, "op", r->op->name);
	summary_u64(&s, "off_bytes", r->off_bytes);
	summary_u64(&s, "op_begin_ns", t->slowest_begin_ns);
	summary_u64(&s, "op_ns", t->slowest_ns);
	summary_u64(&s, "moved_bytes", t->bytes);
	summary_u64(&s, "sigbus", t->sigbus);
	summary_end(&s, c);
}

static int slow(struct ctx *c)
{
	struct slow_run r = { .op = find_op(opt_str(c, "op")),
			      .off_bytes = opt_u64(c, "offset"),
			      .len_bytes = opt_u64(c, "len") };
	struct team *team = team_new(1, false);
	uint64_t size = opt_u64(c, "size");

	if (!size || r.off_bytes >= size || !r.len_bytes)
		usage("--offset lies inside --size, and --len is at least 1");
	r.buf = calloc(1, r.len_bytes);
	if (!r.buf)
		die(ENOMEM, "buffer");
	guard_install();
	file_open(c, &r.file, "", size);
	r.map = map_file(r.file.fd, 0, size, MAP_PTE);
	if (opt_flag(c, "warm") && !touch_guarded(r.map + r.off_bytes, false))
		die(0, "no page at the offset");
	drop_ptes(r.map, size);
	team_add(team, "dl-slow", NULL, run_once, &r);
	team_run(c, team);
	summarize(c, &r, team);
	team_free(team);
	free(r.buf);
	unmap_file(r.map, size);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "4M", "of the file", NULL },
	{ "op", OPT_CHOICE, "read", "fallocate punches a hole; truncate cuts to --offset",
	  "read|write|fault|fault-write|truncate|fallocate|open-trunc" },
	{ "offset", OPT_SIZE, "0", "where", NULL },
	{ "len", OPT_SIZE, "4K", "how much, for read, write and fallocate", NULL },
	{ "warm", OPT_FLAG, NULL, "set the range up before the start", NULL },
	{ 0 },
};

const struct workload wl_slow = {
	.name = "slow",
	.run = slow,
	.help = "one operation, timed",
	.opts = opts,
};
