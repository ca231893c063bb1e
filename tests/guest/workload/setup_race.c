// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup-race: i_dmap_sem is held exclusively while SETUPMAPPING is on its way
 * (fuse_setup_new_dax_mapping), so one task's setup makes another task's access to a range that is
 * mapped already wait as long as the host takes. The slower the setup (--inject), the plainer.
 */
#include "workload.h"

#include <errno.h>
#include <unistd.h>

struct setup_run {
	struct dfile file;
	char *setter_map, *prober_map;
	uint64_t warm_ranges, setups, pause_ns;
	bool setter_reads, prober_reads;
};

static void access_page(const struct setup_run *r, char *map, uint64_t off_bytes, bool is_read)
{
	char buf[8];

	if (!is_read)
		touch_read(map + off_bytes);
	else if (pread(r->file.fd, buf, sizeof(buf), (off_t)off_bytes) != sizeof(buf))
		die(errno, "pread");
}

/* The ranges behind the warm ones were never used. */
static void set_up(struct task *t)
{
	struct setup_run *r = t->arg;

	for (uint64_t i = 0; i < r->setups; i++) {
		uint64_t begin;

		sleep_ns(r->pause_ns);
		begin = now_ns();
		access_page(r, r->setter_map, (r->warm_ranges + i) * RANGE_BYTES, r->setter_reads);
		task_op(t, begin);
	}
	team_stop(t);
}

static void probe(struct task *t)
{
	struct setup_run *r = t->arg;

	while (!team_stopped(t)) {
		uint64_t off = t->ops % r->warm_ranges * RANGE_BYTES, begin = now_ns();

		access_page(r, r->prober_map, off, r->prober_reads);
		task_op(t, begin);
		if (!r->prober_reads)
			drop_ptes(r->prober_map + off, page_bytes());
	}
}

static void prepare_maps(struct setup_run *r)
{
	r->setter_map = map_file(r->file.fd, 0, r->file.size_bytes, MAP_PTE);
	r->prober_map = map_file(r->file.fd, 0, r->file.size_bytes, MAP_PTE);
	for (uint64_t i = 0; i < r->warm_ranges; i++)
		touch_read(r->prober_map + i * RANGE_BYTES);
	drop_ptes(r->prober_map, r->file.size_bytes);
}

static int setup_race(struct ctx *c)
{
	struct setup_run r = {
		.setups = opt_u64(c, "setups"),
		.pause_ns = opt_u64(c, "pause"),
		.setter_reads = opt_is(c, "setter", "read"),
		.prober_reads = opt_is(c, "by", "read"),
	};
	struct team *team = team_new(2, false);
	struct task *setter, *prober;
	struct summary s;

	if (opt_u64(c, "size") / RANGE_BYTES <= r.setups || !r.setups)
		usage("--size has a range for each of --setups and at least one more");
	file_open(c, &r.file, "", opt_u64(c, "size"));
	r.warm_ranges = r.file.size_bytes / RANGE_BYTES - r.setups;
	prepare_maps(&r);
	setter = team_add(team, "dl-setup", NULL, set_up, &r);
	prober = team_add(team, r.prober_reads ? "dl-read" : "dl-fault", NULL, probe, &r);
	team_run(c, team);
	summary_begin(&s, c, team, &r.file);
	summary_u64(&s, "warm_ranges", r.warm_ranges);
	summary_u64(&s, "setups", r.setups);
	summary_role(&s, "setup", setter);
	summary_str(&s, "probe_by", opt_str(c, "by"));
	summary_role(&s, "probe", prober);
	summary_end(&s, c);
	team_free(team);
	unmap_file(r.setter_map, r.file.size_bytes);
	unmap_file(r.prober_map, r.file.size_bytes);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "8M", "of the file", NULL },
	{ "setups", OPT_COUNT, "1", "of its last ranges, left alone until the start", NULL },
	{ "setter", OPT_CHOICE, "fault", "how those are accessed", "fault|read" },
	{ "pause", OPT_MS, "50", "before each of them", NULL },
	{ "by", OPT_CHOICE, "fault", "how the others are, all the while", "fault|read" },
	{ 0 },
};

const struct workload wl_setup_race = {
	.name = "setup-race",
	.run = setup_race,
	.help = "accesses to mapped ranges beside a slow setup (i_dmap_sem)",
	.opts = opts,
};
