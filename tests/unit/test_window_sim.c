// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Forecasts for other windows against whole streams through windows of those sizes
 * (window_reference.h). With -v it prints them as a table.
 */
#include "../../src/window_sim.h"
#include "check.h"
#include "window_feed.h"

static bool is_verbose;

/* ---- workloads ---- */

#define WORKING_SET 400
#define ACCESSES    60000

/* Ranks 1.. as Zipf has them; each is given to a range by chance, so that hot ones lie anywhere. */
static void push_zipf(struct ref_stream *s, __u32 file, __u32 ranges, double skew, size_t cnt)
{
	double *upto = calloc(ranges, sizeof(*upto)), sum = 0;

	for (__u32 i = 0; i < ranges; i++)
		upto[i] = sum += pow(i + 1, -skew);
	while (cnt--) {
		double at = (double)(ref_random(s) >> 11) / (1ULL << 53) * sum;
		__u32 low = 0, high = ranges - 1;

		while (low < high) {
			__u32 mid = (low + high) / 2;

			if (upto[mid] < at)
				low = mid + 1;
			else
				high = mid;
		}
		ref_push(s, file, low * 7919U % ranges, REF_READ);
	}
	free(upto);
}

static void sequential(struct ref_stream *s)
{
	__u32 file = ref_file(s, WORKING_SET);

	for (__u32 i = 0; i < WORKING_SET; i++)
		for (int page = 0; page < 4; page++)
			ref_push(s, file, i, REF_READ);
}

static void uniform(struct ref_stream *s)
{
	push_zipf(s, ref_file(s, WORKING_SET), WORKING_SET, 0, ACCESSES);
}

static void zipf_08(struct ref_stream *s)
{
	push_zipf(s, ref_file(s, WORKING_SET), WORKING_SET, 0.8, ACCESSES);
}

static void zipf_12(struct ref_stream *s)
{
	push_zipf(s, ref_file(s, WORKING_SET), WORKING_SET, 1.2, ACCESSES);
}

/* Round and round; at a quarter of it, the smallest window, no range ever lasts a round. */
static void loop(struct ref_stream *s)
{
	__u32 file = ref_file(s, WORKING_SET);

	for (int round = 0; round < 40; round++)
		for (__u32 i = 0; i < WORKING_SET; i++)
			ref_push(s, file, i, REF_READ);
}

/*
 * A compiler of two ranges, headers that some units use more than others, and for each unit a
 * source that is read once and an object that is written, read by the linker long after, and
 * deleted.
 */
static void build(struct ref_stream *s)
{
	enum {
		HEADERS = 240,
		UNITS = 6000,
		ALIVE = 60,
		INCLUDES = 20
	};
	__u32 compiler = ref_file(s, 2), headers = s->file_cnt, units;

	for (int i = 0; i < HEADERS; i++)
		ref_file(s, 1);
	units = s->file_cnt;
	for (int i = 0; i < 2 * UNITS; i++)
		ref_file(s, 1);
	for (__u32 i = 0; i < UNITS; i++) {
		__u32 source = units + 2 * i, object = source + 1;

		ref_push(s, compiler, 0, REF_READ);
		ref_push(s, compiler, 1, REF_READ);
		ref_push(s, source, 0, REF_READ);
		for (int j = 0; j < INCLUDES; j++) {
			__u64 a = ref_random(s) % HEADERS, b = ref_random(s) % HEADERS;

			ref_push(s, headers + (a < b ? a : b), 0, REF_READ);
		}
		ref_push(s, object, 0, REF_READ);
		ref_push(s, object, 0, REF_WRITE);
		if (i < ALIVE)
			continue;
		ref_push(s, object - 2 * ALIVE, 0, REF_READ);
		ref_push(s, object - 2 * ALIVE, 0, REF_EVICT);
		ref_push(s, source - 2 * ALIVE, 0, REF_EVICT);
	}
}

/* One in four writes: ranges mapped for reading are upgraded, in each window at other times. */
static void upgrades(struct ref_stream *s)
{
	uniform(s);
	for (size_t i = 0; i < s->cnt; i++)
		if (ref_random(s) % 4 == 0)
			s->accesses[i].sort = REF_WRITE;
}

struct workload {
	const char *name;
	void (*fill)(struct ref_stream *s);
};

static const struct workload workloads[] = {
	{ "sequential", sequential }, { "uniform", uniform }, { "zipf 0.8", zipf_08 },
	{ "zipf 1.2", zipf_12 },      { "loop", loop },	      { "build", build },
	{ "upgrades", upgrades },
};

/* ---- forecasts ---- */

/* Quarters of the working set; those above 1.25 have room for everything. */
static const __u32 forecast_quarters[] = { 2, 3, 4, 5, 8, 16 };

static void check_within(const char *what, __u64 got, __u64 want, unsigned int percent)
{
	__u64 off = got > want ? got - want : want - got;

	if (!check_note(off * 100 <= want * percent, __FILE__, __LINE__, what))
		printf("#   got %llu, want %llu within %u %%\n", got, want, percent);
}

static void check_forecast(const char *name, const struct ref_stream *s,
			   const struct window_sim *sim, __u32 ranges, __u32 worker_late,
			   unsigned int percent)
{
	struct window_forecast f = forecast_at(sim, ranges);
	struct ref_window *real = ref_run(s, ranges, worker_late, NULL);
	struct window_sim_totals totals;

	window_sim__totals(sim, &totals);
	check_within(name, f.setups, real->setups, percent);
	check_within(name, f.upgrades, real->upgrades, percent);
	check_within(name, totals.round_trip_ns - f.saved_round_trip_ns,
		     (real->setups + real->upgrades) * TRIP_NS, percent);
	if (is_verbose)
		printf(" %8llu/%-8llu %.2f", f.setups, real->setups,
		       (double)f.setups / real->setups);
	free(real);
}

/* Most ranges alive at once: what an endless window would hold. */
static __u32 working_set(const struct ref_stream *s)
{
	struct ref_window *endless = ref_run(s, REF_RANGES, 0, NULL);
	__u32 ranges = endless->busy_max;

	free(endless);
	return ranges;
}

/* The stream is seen in a window of 1/@part of the working set. */
static void check_workload(const struct workload *w, __u32 part)
{
	struct ref_stream *s = ref_stream_new();
	struct window_sim_totals totals;
	struct window_sim *sim;
	__u32 ranges;

	w->fill(s);
	ranges = (working_set(s) + part - 1) / part;
	sim = observe(s, ranges, 0, 0);
	window_sim__totals(sim, &totals);
	CHECK_U64(totals.sample_one_of, 1);
	CHECK_U64(totals.working_set_ranges, working_set(s));
	CHECK_U64(totals.control_setups, totals.setups);
	CHECK(totals.has_overlap && totals.control_overlap_permille == 1000);
	if (is_verbose)
		printf("1/%u %-10s", part, w->name);
	for (size_t i = 0; i < sizeof(forecast_quarters) / sizeof(forecast_quarters[0]); i++)
		check_forecast(w->name, s, sim, ranges * part * forecast_quarters[i] / 4, 0, 5);
	if (is_verbose)
		printf("\n");
	window_sim__free(sim);
	ref_stream_free(s);
}

static void forecasts(void)
{
	for (__u32 part = 2; part <= 8; part *= 2)
		for (size_t i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++)
			check_workload(&workloads[i], part);
}

/* ---- a worker that is late, and reads that reclaim for themselves ---- */

/*
 * @half_percent: how far off half the working set may be. Tasks run ahead of the worker further
 * where they wait less, and the lowest range of a file is another one in a larger window;
 * src/window_sim.h says so.
 */
struct late_case {
	const char *name;
	void (*fill)(struct ref_stream *s);
	__u32 worker_late;
	bool by_call;
	unsigned int half_percent;
};

static const struct late_case late_cases[] = {
	{ "uniform, faults, late", uniform, 8, false, 15 },
	{ "uniform, faults, very late", uniform, 20, false, 15 },
	{ "uniform, reads, late", uniform, 8, true, 5 },
	{ "uniform, reads, very late", uniform, 20, true, 5 },
	{ "zipf 0.8, faults, late", zipf_08, 8, false, 10 },
	{ "zipf 0.8, reads, late", zipf_08, 8, true, 5 },
	{ "zipf 0.8, reads, very late", zipf_08, 30, true, 15 },
};

static void check_late(const struct late_case *c)
{
	struct ref_stream *s = ref_stream_new();
	const __u32 ranges = WORKING_SET / 4;
	struct window_sim_totals totals;
	struct window_sim *sim;

	c->fill(s);
	for (size_t i = 0; i < s->cnt; i++)
		s->accesses[i].by_call = c->by_call;
	sim = observe(s, ranges, c->worker_late, 0);
	window_sim__totals(sim, &totals);
	CHECK(c->by_call == !!totals.removals[REMOVED_INLINE]);
	check_within(c->name, totals.control_setups, totals.setups, 1);
	CHECK(totals.control_overlap_permille > 900);
	if (is_verbose)
		printf("%s, control %llu/%llu, %u permille the same\n", c->name,
		       totals.control_setups, totals.setups, totals.control_overlap_permille);
	check_forecast(c->name, s, sim, 2 * ranges, c->worker_late, c->half_percent);
	check_forecast(c->name, s, sim, 5 * ranges, c->worker_late, 10);
	if (is_verbose)
		printf("\n");
	window_sim__free(sim);
	ref_stream_free(s);
}

static void late_workers(void)
{
	for (size_t i = 0; i < sizeof(late_cases) / sizeof(late_cases[0]); i++)
		check_late(&late_cases[i]);
}

/* ---- less memory than ranges ---- */

#define LARGE_SET 24000

/* Some 700 ranges are known at a time: one of 32 or 64 is simulated. */
static void samples(void)
{
	static const double skews[] = { 0, 0.8, 1.2 };

	for (size_t i = 0; i < sizeof(skews) / sizeof(skews[0]); i++) {
		struct ref_stream *s = ref_stream_new();
		struct window_sim_totals totals;
		struct window_sim *sim;
		size_t max_bytes = 256 << 10;

		push_zipf(s, ref_file(s, LARGE_SET), LARGE_SET, skews[i], 8 * LARGE_SET);
		sim = observe(s, LARGE_SET / 4, 0, max_bytes);
		CHECK(window_sim__bytes(sim) <= max_bytes);
		window_sim__totals(sim, &totals);
		CHECK(totals.sample_one_of >= 16);
		check_within("touched", totals.touched_ranges, working_set(s), 5);
		check_within("working set", totals.working_set_ranges, working_set(s), 10);
		check_within("control", totals.control_setups, totals.setups, 10);
		if (is_verbose)
			printf("1 of %-4llu", totals.sample_one_of);
		check_forecast("half", s, sim, LARGE_SET / 2, 0, 10);
		check_forecast("whole", s, sim, LARGE_SET, 0, 10);
		check_forecast("all", s, sim, LARGE_SET / 4 * 5, 0, 10);
		if (is_verbose)
			printf("\n");
		window_sim__free(sim);
		ref_stream_free(s);
	}
}

int main(int argc, char **argv)
{
	is_verbose = argc > 1 && !strcmp(argv[1], "-v");
	forecasts();
	late_workers();
	samples();
	return check_result();
}
