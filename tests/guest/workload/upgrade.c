// SPDX-License-Identifier: GPL-2.0-only
/*
 * upgrade: a range set up by a read is mapped read-only on the host, and the first write to it asks
 * for the same range again, writable (fuse_upgrade_dax_mapping): one setup and one upgrade a range.
 * It must be the range's first use: a new file has that, an existing one with --drop-caches.
 */
#include "workload.h"

#include <errno.h>
#include <unistd.h>

struct upgrade_run {
	struct dfile file;
	char *map;
	uint64_t ranges;
	bool by_fault;
	struct task setup; /* only its counters are used */
};

static void read_range(struct upgrade_run *r, uint64_t off_bytes)
{
	uint64_t word;

	if (r->by_fault)
		touch_read(r->map + off_bytes);
	else if (pread(r->file.fd, &word, sizeof(word), (off_t)off_bytes) != sizeof(word))
		die(errno, "pread");
}

static void write_range(struct upgrade_run *r, uint64_t off_bytes)
{
	if (r->by_fault)
		touch_write(r->map + off_bytes, off_bytes);
	else if (pwrite(r->file.fd, &off_bytes, sizeof(off_bytes), (off_t)off_bytes) !=
		 sizeof(off_bytes))
		die(errno, "pwrite");
}

static void read_then_write(struct task *t)
{
	struct upgrade_run *r = t->arg;

	for (uint64_t off = 0; off < r->file.size_bytes; off += RANGE_BYTES) {
		uint64_t begin = now_ns();

		read_range(r, off);
		task_op(&r->setup, begin);
	}
	for (uint64_t off = 0; off < r->file.size_bytes; off += RANGE_BYTES) {
		uint64_t begin = now_ns();

		write_range(r, off);
		task_op(t, begin);
	}
}

static void summarize(const struct ctx *c, const struct upgrade_run *r, const struct team *team)
{
	const struct task *t = &team->task[0];
	struct summary s;

	summary_begin(&s, c, team, &r->file);
	summary_str(&s, "by", opt_str(c, "by"));
	summary_u64(&s, "setups", r->setup.ops);
	summary_u64(&s, "setup_sum_ns", r->setup.ops_ns);
	summary_u64(&s, "setup_slowest_ns", r->setup.slowest_ns);
	summary_u64(&s, "upgrades", t->ops);
	summary_u64(&s, "upgrade_sum_ns", t->ops_ns);
	summary_u64(&s, "upgrade_slowest_ns", t->slowest_ns);
	summary_u64(&s, "minflt", t->minflt);
	summary_u64(&s, "majflt", t->majflt);
	summary_end(&s, c);
}

static int upgrade(struct ctx *c)
{
	struct upgrade_run r = { .by_fault = opt_is(c, "by", "fault") };
	struct team *team = team_new(1, false);

	if (!opt_u64(c, "size") || opt_u64(c, "size") % RANGE_BYTES)
		usage("--size is whole 2 MiB");
	if (opt_flag(c, "drop-caches"))
		drop_caches();
	file_open(c, &r.file, "", opt_u64(c, "size"));
	r.map = map_file(r.file.fd, 0, r.file.size_bytes, MAP_PTE);
	team_add(team, "dl-upgrade", NULL, read_then_write, &r);
	team_run(c, team);
	summarize(c, &r, team);
	team_free(team);
	unmap_file(r.map, r.file.size_bytes);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "8M", "of the file", NULL },
	{ "by", OPT_CHOICE, "fault", "touches, or read() and write()", "fault|rw" },
	{ "drop-caches", OPT_FLAG, NULL, "before opening, for an existing file", NULL },
	{ 0 },
};

const struct workload wl_upgrade = {
	.name = "upgrade",
	.run = upgrade,
	.help = "ranges set up read-only, then written",
	.opts = opts,
};
