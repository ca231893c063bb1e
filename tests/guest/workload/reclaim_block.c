// SPDX-License-Identifier: GPL-2.0-only
/*
 * reclaim-block: reclaim of a range of file X holds X's i_mmap_sem and i_dmap_sem until
 * REMOVEMAPPING is answered, and a fault on another, mapped range of X waits behind it.
 *
 * In the background: X's ranges are set up first and so are at the head of the busy list, which
 * reclaim takes in that order; then another file is touched range by range until less than a fifth
 * of the window is free, which starts the worker. Inline: one task reads X, which is larger than
 * the window, faster than the worker frees ranges, and must take one of X's own.
 */
#include "workload.h"

#include <errno.h>
#include <unistd.h>

struct reclaim_run {
	struct dfile x, filler;
	char *x_map, *filler_map;
	bool is_inline, fills_by_read;
	uint64_t run_ns, slow_ns;
	uint64_t slow_cnt;
	atomic_ullong newest_off; /* in X: the range that FIFO reclaim takes last */
};

static void fill_one(struct reclaim_run *r, uint64_t off_bytes)
{
	struct dfile *f = r->is_inline ? &r->x : &r->filler;
	char buf[8];

	if (!r->is_inline && !r->fills_by_read)
		touch_read(r->filler_map + off_bytes);
	else if (pread(f->fd, buf, sizeof(buf), (off_t)off_bytes) != sizeof(buf))
		die(errno, "pread");
	if (r->is_inline)
		atomic_store(&r->newest_off, off_bytes);
}

static void fill(struct task *t)
{
	struct reclaim_run *r = t->arg;
	uint64_t size = r->is_inline ? r->x.size_bytes : r->filler.size_bytes, spent_ns;

	for (uint64_t off = 0; off < size; off += RANGE_BYTES) {
		uint64_t begin = now_ns();

		fill_one(r, off);
		task_op(t, begin);
	}
	/* The worker may be at it still. */
	spent_ns = now_ns() - t->begin_ns;
	if (spent_ns < r->run_ns)
		sleep_ns(r->run_ns - spent_ns);
	team_stop(t);
}

static void probe(struct task *t)
{
	struct reclaim_run *r = t->arg;

	while (!team_stopped(t)) {
		char *p = r->x_map + atomic_load(&r->newest_off);
		uint64_t begin = now_ns();

		touch_read(p);
		if (task_op(t, begin) >= r->slow_ns)
			r->slow_cnt++;
		drop_ptes(p, page_bytes());
	}
}

static void prepare_files(const struct ctx *c, struct reclaim_run *r)
{
	uint64_t x_ranges;

	if (opt_flag(c, "drop-caches"))
		drop_caches();
	file_open(c, &r->x, ".x", opt_u64(c, "size"));
	if (!r->is_inline) {
		file_open(c, &r->filler, ".fill", opt_u64(c, "fill"));
		r->filler_map = map_file(r->filler.fd, 0, r->filler.size_bytes, MAP_PTE);
	}
	r->x_map = map_file(r->x.fd, 0, r->x.size_bytes, MAP_PTE);
	/* Inline, X comes to the window by the reads; the probe starts on its first range. */
	x_ranges = r->is_inline ? 1 : r->x.size_bytes / RANGE_BYTES;
	for (uint64_t i = 0; i < x_ranges; i++)
		touch_read(r->x_map + i * RANGE_BYTES);
	drop_ptes(r->x_map, r->x.size_bytes);
	atomic_store(&r->newest_off, (x_ranges - 1) * RANGE_BYTES);
}

static void summarize(const struct ctx *c, const struct reclaim_run *r, const struct team *team)
{
	struct summary s;

	summary_begin(&s, c, team, &r->x);
	summary_str(&s, "mode", opt_str(c, "mode"));
	if (!r->is_inline) {
		summary_u64(&s, "fill_ino", r->filler.ino);
		summary_u64(&s, "fill_size_bytes", r->filler.size_bytes);
	}
	summary_role(&s, "fill", &team->task[0]);
	summary_role(&s, "fault", &team->task[1]);
	summary_u64(&s, "fault_sum_ns", team->task[1].ops_ns);
	summary_u64(&s, "slow_faults", r->slow_cnt);
	summary_u64(&s, "slow_threshold_ns", r->slow_ns);
	summary_end(&s, c);
}

static int reclaim_block(struct ctx *c)
{
	struct reclaim_run r = {
		.is_inline = opt_is(c, "mode", "inline"),
		.fills_by_read = opt_is(c, "fill-by", "read"),
		.run_ns = opt_u64(c, "seconds"),
		.slow_ns = opt_u64(c, "slow"),
	};
	struct team *team = team_new(2, false);

	if (opt_u64(c, "size") < 2 * RANGE_BYTES || opt_u64(c, "size") % RANGE_BYTES ||
	    opt_u64(c, "fill") % RANGE_BYTES)
		usage("--size is whole 2 MiB, at least two; --fill whole 2 MiB");
	prepare_files(c, &r);
	team_add(team, r.is_inline ? "dl-read" : "dl-fill", NULL, fill, &r);
	team_add(team, "dl-fault", NULL, probe, &r);
	team_run(c, team);
	summarize(c, &r, team);
	team_free(team);
	unmap_file(r.x_map, r.x.size_bytes);
	file_close(c, &r.x);
	if (!r.is_inline) {
		unmap_file(r.filler_map, r.filler.size_bytes);
		file_close(c, &r.filler);
	}
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "mode", OPT_CHOICE, "background", "which reclaim", "background|inline" },
	{ "size", OPT_SIZE, "16M", "of X; inline: larger than the window", NULL },
	{ "fill", OPT_SIZE, "64M", "of the other file; with X, over 80 % of the window", NULL },
	{ "fill-by", OPT_CHOICE, "fault", "how it is touched", "fault|read" },
	{ "seconds", OPT_SECONDS, "2", "probe at least so long", NULL },
	{ "slow", OPT_MS, "10", "count the faults that took so long", NULL },
	{ "drop-caches", OPT_FLAG, NULL, "first, so that X heads the busy list", NULL },
	{ 0 },
};

const struct workload wl_reclaim_block = {
	.name = "reclaim-block",
	.run = reclaim_block,
	.help = "faults on a file whose ranges are reclaimed slowly",
	.opts = opts,
};
