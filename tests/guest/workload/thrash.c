// SPDX-License-Identifier: GPL-2.0-only
/*
 * thrash: a working set larger than the window. Every access goes to the start of a 2 MiB range, in
 * an order that the seed fixes, so a simulation can be fed the same accesses. By fault, the page
 * tables of the range are dropped after each access: each access is one fault, whether or not the
 * range was reclaimed in between. By map they stay, and any page of the range is touched.
 */
#include "workload.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum access_by {
	BY_FAULT,
	BY_MAP,
	BY_READ,
	BY_WRITE
};
enum order {
	ORDER_SEQ,
	ORDER_SHUFFLE,
	ORDER_RANDOM,
	ORDER_ZIPF
};

struct thrash_run {
	struct dfile file;
	enum access_by by;
	enum order order;
	bool is_write;
	uint64_t ranges, iterations, seed, len_bytes;
	double *weight_sum; /* zipf: weights of ranks 0..i added up */
};

/* What one task works with; allocated before the start. */
struct thrash_task {
	struct thrash_run *run;
	char *map, *buf;
	uint64_t *rank;
	uint64_t rng;
};

/* x to the power of y >= 0 without libm, which a static build need not link: y bit by bit. */
static double power(double x, double y)
{
	double result = 1, root = x;

	for (; y >= 1; y -= 1)
		result *= x;
	for (int bit = 0; bit < 24; bit++) {
		double guess = root > 1 ? root : 1;

		for (int i = 0; i < 60; i++)
			guess = (guess + root / guess) / 2;
		root = guess;
		y *= 2;
		if (y >= 1) {
			result *= root;
			y -= 1;
		}
	}
	return result;
}

static void weigh(struct thrash_run *r, double theta)
{
	double sum = 0;

	r->weight_sum = calloc(r->ranges, sizeof(*r->weight_sum));
	if (!r->weight_sum)
		die(ENOMEM, "weights");
	for (uint64_t i = 0; i < r->ranges; i++) {
		sum += 1 / power((double)(i + 1), theta);
		r->weight_sum[i] = sum;
	}
}

static uint64_t draw_zipf(struct thrash_task *w)
{
	const double *sum = w->run->weight_sum;
	uint64_t low = 0, high = w->run->ranges - 1;
	double x = (double)(rng_next(&w->rng) >> 11) / (double)(1ULL << 53) * sum[high];

	while (low < high) {
		uint64_t mid = (low + high) / 2;

		if (sum[mid] < x)
			low = mid + 1;
		else
			high = mid;
	}
	return w->rank[low];
}

static void shuffle(struct thrash_task *w)
{
	for (uint64_t i = w->run->ranges - 1; i > 0; i--) {
		uint64_t j = rng_next(&w->rng) % (i + 1), tmp = w->rank[i];

		w->rank[i] = w->rank[j];
		w->rank[j] = tmp;
	}
}

static uint64_t next_range(struct thrash_task *w, uint64_t i)
{
	switch (w->run->order) {
	case ORDER_SEQ:
		return i;
	case ORDER_SHUFFLE:
		return w->rank[i];
	case ORDER_RANDOM:
		return rng_next(&w->rng) % w->run->ranges;
	case ORDER_ZIPF:
		return draw_zipf(w);
	}
	return 0;
}

static bool is_mapped(const struct thrash_run *r)
{
	return r->by == BY_FAULT || r->by == BY_MAP;
}

static void access_range(struct task *t, struct thrash_task *w, uint64_t range)
{
	const struct thrash_run *r = w->run;
	uint64_t page = r->by == BY_MAP ? rng_next(&w->rng) % (RANGE_BYTES / page_bytes()) : 0;
	off_t off = (off_t)(range * RANGE_BYTES + page * page_bytes());
	char *p = w->map + off;
	uint64_t begin = now_ns();
	ssize_t len = (ssize_t)r->len_bytes;

	if (is_mapped(r) && r->is_write)
		touch_write(p, range);
	else if (is_mapped(r))
		touch_read(p);
	else if (r->by == BY_READ)
		len = pread(r->file.fd, w->buf, r->len_bytes, off);
	else
		len = pwrite(r->file.fd, w->buf, r->len_bytes, off);
	if (len != (ssize_t)r->len_bytes)
		die(len < 0 ? errno : 0, "access at %lld", (long long)off);
	task_op(t, begin);
	if (r->by == BY_FAULT)
		drop_ptes(p, page_bytes());
}

static void thrash_loop(struct task *t)
{
	struct thrash_task *w = t->arg;

	for (; t->rounds < w->run->iterations; t->rounds++) {
		if (w->run->order == ORDER_SHUFFLE)
			shuffle(w);
		for (uint64_t i = 0; i < w->run->ranges; i++)
			access_range(t, w, next_range(w, i));
	}
}

static void worker_init(struct thrash_run *r, struct thrash_task *w, unsigned int index)
{
	w->run = r;
	w->rng = r->seed;
	w->buf = calloc(1, r->len_bytes);
	w->rank = calloc(r->ranges, sizeof(*w->rank));
	if (!w->buf || !w->rank)
		die(ENOMEM, "buffers");
	for (uint64_t i = 0; i < r->ranges; i++)
		w->rank[i] = i;
	/*
	 * Before the seeds part: all tasks agree on which ranges are hot, and not the first ones.
	 */
	if (r->order == ORDER_ZIPF)
		shuffle(w);
	w->rng += index;
	if (is_mapped(r))
		w->map = map_file(r->file.fd, 0, r->file.size_bytes, MAP_PTE);
}

static void worker_free(struct thrash_task *w)
{
	if (w->map)
		unmap_file(w->map, w->run->file.size_bytes);
	free(w->buf);
	free(w->rank);
}

static void configure(const struct ctx *c, struct thrash_run *r)
{
	r->by = opt_is(c, "by", "read")	   ? BY_READ
		: opt_is(c, "by", "write") ? BY_WRITE
		: opt_is(c, "by", "map")   ? BY_MAP
					   : BY_FAULT;
	r->order = opt_is(c, "order", "zipf")	   ? ORDER_ZIPF
		   : opt_is(c, "order", "random")  ? ORDER_RANDOM
		   : opt_is(c, "order", "shuffle") ? ORDER_SHUFFLE
						   : ORDER_SEQ;
	r->is_write = opt_flag(c, "write");
	r->iterations = opt_u64(c, "iterations");
	r->seed = opt_u64(c, "seed");
	r->len_bytes = opt_u64(c, "len");
	r->ranges = opt_u64(c, "size") / RANGE_BYTES;
	if (!r->ranges || opt_u64(c, "size") % RANGE_BYTES)
		usage("--size is whole 2 MiB");
	if (!r->len_bytes || r->len_bytes > RANGE_BYTES)
		usage("--len is 1 to 2M");
	if (r->order == ORDER_ZIPF)
		weigh(r, opt_real(c, "theta"));
}

static void summarize(const struct ctx *c, const struct thrash_run *r, const struct team *team)
{
	struct summary s;

	summary_begin(&s, c, team, &r->file);
	summary_str(&s, "by", opt_str(c, "by"));
	summary_str(&s, "order", opt_str(c, "order"));
	summary_u64(&s, "seed", r->seed);
	summary_u64(&s, "ranges", r->ranges);
	summary_u64(&s, "iterations", r->iterations);
	summary_totals(&s, team);
	summary_tasks(&s, team);
	summary_end(&s, c);
}

static int thrash(struct ctx *c)
{
	unsigned int threads = (unsigned int)opt_u64(c, "threads");
	struct team *team = team_new(threads, false);
	struct thrash_run r = { 0 };
	struct thrash_task *work = calloc(threads + 1, sizeof(*work));

	if (!work)
		die(ENOMEM, "tasks");
	configure(c, &r);
	file_open(c, &r.file, "", opt_u64(c, "size"));
	for (unsigned int i = 0; i < threads; i++) {
		worker_init(&r, &work[i], i);
		team_add(team, "dl-thrash", NULL, thrash_loop, &work[i]);
	}
	team_run(c, team);
	summarize(c, &r, team);
	for (unsigned int i = 0; i < threads; i++)
		worker_free(&work[i]);
	free(work);
	free(r.weight_sum);
	team_free(team);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "64M", "the working set", NULL },
	{ "by", OPT_CHOICE, "fault", "how a range is accessed", "fault|map|read|write" },
	{ "write", OPT_FLAG, NULL, "faults that write", NULL },
	{ "len", OPT_SIZE, "4K", "of each read or write", NULL },
	{ "threads", OPT_COUNT, "1", "tasks, each doing all iterations", NULL },
	{ "order", OPT_CHOICE, "seq", "shuffle visits each range once, random and zipf draw",
	  "seq|shuffle|random|zipf" },
	{ "theta", OPT_STR, "0.8", "how uneven zipf is", NULL },
	{ "seed", OPT_COUNT, "1", "of the order; each task adds its index", NULL },
	{ "iterations", OPT_COUNT, "2", "times as many accesses as there are ranges", NULL },
	{ 0 },
};

const struct workload wl_thrash = {
	.name = "thrash",
	.run = thrash,
	.help = "a working set larger than the window",
	.opts = opts,
};
