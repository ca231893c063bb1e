// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap-block: a fault whose range is set up slowly holds its process' mmap_lock shared, so another
 * thread that maps anything waits for it, and so does whoever reads /proc/PID/maps after that.
 */
#include "workload.h"

#include <errno.h>
#include <sys/mman.h>

struct mmap_run {
	struct dfile file;
	char *map;
	uint64_t probe_after_ns;
};

static void fault(struct task *t)
{
	struct mmap_run *r = t->arg;
	uint64_t begin = now_ns();

	touch_read(r->map);
	task_op(t, begin);
}

static void map_a_page(struct task *t)
{
	struct mmap_run *r = t->arg;
	uint64_t begin;
	void *page;

	sleep_ns(r->probe_after_ns);
	begin = now_ns();
	page = mmap(NULL, page_bytes(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	task_op(t, begin);
	if (page == MAP_FAILED)
		die(errno, "mmap");
}

static int mmap_block(struct ctx *c)
{
	struct mmap_run r = { .probe_after_ns = opt_u64(c, "probe-after") };
	struct team *team = team_new(2, false);
	struct task *faults, *maps;
	struct summary s;

	file_open(c, &r.file, "", RANGE_BYTES);
	r.map = map_file(r.file.fd, 0, r.file.size_bytes, MAP_PTE);
	faults = team_add(team, "dl-fault", NULL, fault, &r);
	maps = team_add(team, "dl-mmap", NULL, map_a_page, &r);
	team_run(c, team);
	summary_begin(&s, c, team, &r.file);
	summary_role(&s, "fault", faults);
	summary_role(&s, "mmap", maps);
	summary_end(&s, c);
	team_free(team);
	unmap_file(r.map, r.file.size_bytes);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "probe-after", OPT_MS, "300", "when the mmap() begins", NULL },
	{ 0 },
};

const struct workload wl_mmap_block = {
	.name = "mmap-block",
	.run = mmap_block,
	.help = "an mmap() behind a fault that is set up slowly (mmap_lock)",
	.opts = opts,
};
