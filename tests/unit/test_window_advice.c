// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Verdicts on a window: each where it belongs, at its limits, and none on a healthy guest; and what
 * is said, from whole streams of accesses.
 */
#include <stdlib.h>

#include "../../src/window_advice.h"
#include "check.h"
#include "window_feed.h"

#define BIT(verdict) (1U << (verdict))
#define SECOND_NS    1000000000ULL
#define GIB_RANGES   512ULL

/* ---- conditions ---- */

/* A window of 1 GiB that is in use and never short; what a case sets is in its place. */
#define HEALTHY                                                                                    \
	.window_ranges = GIB_RANGES, .high_water_ranges = 350, .working_set_ranges = 350,          \
	.span_ns = 60 * SECOND_NS, .setups = 2000, .new_permille = 1000, .cost_ns = SECOND_NS / 5, \
	.safe_ranges = 437, .spare_memory_bytes = 75 * 32768, .touched_ranges = 1200,              \
	.once_permille = 400, .removals = 900, .control_permille = 1000,                           \
	.overlap_permille = WINDOW_NOT_MEASURED, .sample_one_of = 1

/* One that is too small by far. */
#define THRASHING                                                                                  \
	.window_ranges = 256, .high_water_ranges = 215, .working_set_ranges = 1587,                \
	.was_short = 1, .span_ns = 60 * SECOND_NS, .setups = 10000, .repeats = 3800,               \
	.repeat_permille = 380, .new_permille = 620, .cost_ns = 3 * SECOND_NS,                     \
	.repeat_ns = SECOND_NS, .best_ranges = 1984, .best_power_ranges = 2048,                    \
	.best_memory_bytes = 1984 * 32768, .best_saved_permille = 970, .best_saved_ns = SECOND_NS, \
	.touched_ranges = 6000, .once_permille = 500, .removals = 9800, .reclaimed = 9800,         \
	.control_permille = 1000, .overlap_permille = 950, .sample_one_of = 1

/* Many files, each read once and forgotten. */
#define SMALL_FILES                                                                        \
	.window_ranges = GIB_RANGES, .high_water_ranges = 400, .working_set_ranges = 400,  \
	.span_ns = 60 * SECOND_NS, .setups = 50000, .new_permille = 1000,                  \
	.cost_ns = 6 * SECOND_NS, .safe_ranges = 499, .touched_ranges = 50000,             \
	.once_permille = 990, .removals = 49700, .evicted_permille = 1000,                 \
	.life_p50_ns = 40000000, .sized_setups = 50000, .small_setups = 35500,             \
	.small_permille = 710, .small_requests = 71000, .small_ns = 5 * SECOND_NS,         \
	.threshold_bytes = 128 << 10, .threshold_saved = 45000, .threshold_permille = 450, \
	.control_permille = 1000, .overlap_permille = WINDOW_NOT_MEASURED, .sample_one_of = 1

struct verdict_case {
	const char *name;
	struct window_figures figures;
	unsigned int verdicts;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Winitializer-overrides"
static const struct verdict_case verdict_cases[] = {
	{ "healthy", { HEALTHY }, 0 },
	{ "nothing seen", { .window_ranges = GIB_RANGES, .sample_one_of = 1 }, 0 },
	{ "a few repeats",
	  { HEALTHY, .repeats = 60, .repeat_permille = 30, .best_ranges = 600, .was_short = 1,
	    .safe_ranges = 0, .reclaimed = 45 },
	  0 },
	{ "too small", { THRASHING }, BIT(WINDOW_TOO_SMALL) },
	{ "just enough repeats", { THRASHING, .repeat_permille = 50 }, BIT(WINDOW_TOO_SMALL) },
	{ "repeats that are few", { THRASHING, .setups = 125, .repeats = 49, .reclaimed = 49 }, 0 },
	{ "repeats that cost nothing",
	  { THRASHING, .cost_ns = SECOND_NS / 30, .repeat_ns = SECOND_NS / 100 },
	  0 },
	{ "repeats of unknown cost",
	  { THRASHING, .cost_ns = 0, .repeat_ns = 0 },
	  BIT(WINDOW_TOO_SMALL) },
	{ "no window helps enough", { THRASHING, .best_ranges = 0 }, 0 },
	{ "read through once",
	  { THRASHING, .repeats = 490, .repeat_permille = 49, .new_permille = 951 },
	  BIT(WINDOW_NO_HELP) },
	{ "read through at leisure",
	  { THRASHING, .repeats = 490, .repeat_permille = 49, .cost_ns = SECOND_NS / 100 },
	  0 },
	{ "small files", { SMALL_FILES }, BIT(WINDOW_SMALL_FILES) },
	{ "small files, window full",
	  { SMALL_FILES, .was_short = 1, .reclaimed = 20000, .evicted_permille = 597 },
	  BIT(WINDOW_SMALL_FILES) },
	{ "small files, as many as matter",
	  { SMALL_FILES, .small_setups = 50, .small_permille = 300, .threshold_permille = 100 },
	  BIT(WINDOW_SMALL_FILES) },
	{ "few small files", { SMALL_FILES, .small_setups = 49 }, 0 },
	{ "small files among others", { SMALL_FILES, .small_permille = 299 }, 0 },
	{ "small files that are better off", { SMALL_FILES, .threshold_permille = 99 }, 0 },
	{ "small files at leisure", { SMALL_FILES, .small_ns = SECOND_NS / 100 }, 0 },
	{ "inline",
	  { THRASHING, .inline_permille = 100 },
	  BIT(WINDOW_TOO_SMALL) | BIT(WINDOW_INLINE) | BIT(WINDOW_ROUGH) },
	{ "hardly inline", { THRASHING, .inline_permille = 99 }, BIT(WINDOW_TOO_SMALL) },
	{ "spare",
	  { HEALTHY, .safe_ranges = 200, .spare_memory_bytes = 312 * 32768 },
	  BIT(WINDOW_SPARE) },
	{ "spare of a small window",
	  { HEALTHY, .window_ranges = 64, .safe_ranges = 10, .spare_memory_bytes = 54 * 32768 },
	  0 },
	{ "spare, soon",
	  { HEALTHY, .safe_ranges = 200, .spare_memory_bytes = 312 * 32768, .setups = 49,
	    .span_ns = 60 * SECOND_NS - 1 },
	  0 },
	{ "spare, few setups for a while",
	  { HEALTHY, .safe_ranges = 200, .spare_memory_bytes = 312 * 32768, .setups = 49 },
	  BIT(WINDOW_SPARE) },
	{ "spare that is small",
	  { HEALTHY, .window_ranges = 4096, .safe_ranges = 3200,
	    .spare_memory_bytes = 896 * 32768 },
	  0 },
	{ "control off",
	  { THRASHING, .control_permille = 899 },
	  BIT(WINDOW_TOO_SMALL) | BIT(WINDOW_ROUGH) },
	{ "other ranges",
	  { THRASHING, .overlap_permille = 799 },
	  BIT(WINDOW_TOO_SMALL) | BIT(WINDOW_ROUGH) },
	{ "removals not seen",
	  { THRASHING, .overlap_permille = WINDOW_NOT_MEASURED },
	  BIT(WINDOW_TOO_SMALL) },
	{ "control off, nothing told", { HEALTHY, .control_permille = 500 }, 0 },
	{ "sample", { THRASHING, .sample_one_of = 8 }, BIT(WINDOW_TOO_SMALL) | BIT(WINDOW_SAMPLE) },
	{ "sample, nothing told", { HEALTHY, .sample_one_of = 8 }, 0 },
};
#pragma GCC diagnostic pop

static unsigned int verdicts_of(const struct window_figures *f)
{
	unsigned int verdicts = 0;

	for (unsigned int i = 0; i < WINDOW_VERDICT_NR; i++)
		if (window_verdict_table[i].applies(f))
			verdicts |= BIT(i);
	return verdicts;
}

static void conditions(void)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < sizeof(verdict_cases) / sizeof(verdict_cases[0]); i++) {
		const struct verdict_case *c = &verdict_cases[i];
		unsigned int verdicts = verdicts_of(&c->figures);

		if (!check_note(verdicts == c->verdicts, __FILE__, __LINE__, c->name))
			printf("#   got %#x, want %#x\n", verdicts, c->verdicts);
		seen |= verdicts;
	}
	CHECK_U64(seen, BIT(WINDOW_VERDICT_NR) - 1);
}

/* ---- text ---- */

static const struct window_figures thrashing = { THRASHING };

static void sentences(void)
{
	const struct window_verdict_desc *v = &window_verdict_table[WINDOW_TOO_SMALL];
	char buf[WINDOW_TEXT_BYTES];

	CHECK_TEXT(window_verdict__text(v->sentence, &thrashing, buf, sizeof(buf)),
		   "window 512MiB, working set 3.10GiB: 38 % of setups are repeats; 3.88GiB would "
		   "avoid 97 % of them and costs 62MiB of guest memory");
	CHECK_TEXT(window_verdict__text(v->advice, &thrashing, buf, sizeof(buf)),
		   "give the device a window of 4096MiB, or 3968MiB where it need not be a power "
		   "of 2: "
		   "1.00s less of round trips and waits in 60.0s");
}

/* Each figure of each sentence is one that there is, and all of it fits. */
static void placeholders(void)
{
	struct window_figures huge;
	char buf[WINDOW_TEXT_BYTES];

	memset(&huge, 0x7f, sizeof(huge));
	for (unsigned int i = 0; i < WINDOW_VERDICT_NR; i++) {
		const struct window_verdict_desc *v = &window_verdict_table[i];

		CHECK(v->name && v->applies && v->sentence && v->advice);
		CHECK(!strpbrk(window_verdict__text(v->sentence, &huge, buf, sizeof(buf)), "{}"));
		CHECK(strlen(buf) < sizeof(buf) - 1);
		CHECK(!strpbrk(window_verdict__text(v->advice, &huge, buf, sizeof(buf)), "{}"));
		CHECK(strlen(buf) < sizeof(buf) - 1);
	}
}

static void texts(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "{window}", "512MiB" },
		{ "{best!}", "3968MiB" },
		{ "{setups!} of {setups}", "10000 of 10000" },
		{ "{once_share}, {inline_share}", "50 %, 0 %" },
		{ "{was_short}", "1" },
		{ "{windows} {windo} {", "{windows} {windo} {" },
		{ "{window", "{window" },
		{ "{window!", "{window!" },
	};
	const struct window_figures unknown = { .life_p50_ns = WINDOW_NOT_MEASURED };
	const char *all = "of {life} in {span}";
	char buf[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_TEXT(window_verdict__text(cases[i].text, &thrashing, buf, sizeof(buf)),
			   cases[i].want);
	CHECK_TEXT(window_verdict__text(all, &unknown, buf, sizeof(buf)), "of n/a in 0ns");
	for (size_t cut = 1; cut < 14; cut++) {
		char *cut_buf = malloc(cut);

		window_verdict__text(all, &unknown, cut_buf, cut);
		CHECK_U64(strlen(cut_buf), cut - 1);
		CHECK(!memcmp(cut_buf, buf, cut - 1));
		free(cut_buf);
	}
}

/* ---- from what was seen to what is said ---- */

static struct window_figures figures_of(const struct ref_stream *s, __u32 ranges)
{
	struct window_sim *sim = observe(s, ranges, 0, 0);
	struct window_figures f;

	window_figures__read(&f, sim, 0, 0);
	window_sim__free(sim);
	return f;
}

/* @rounds over one file. */
static struct window_figures figures_of_rounds(__u32 ranges, __u32 rounds, __u32 window_ranges)
{
	struct ref_stream *s = ref_stream_new();
	__u32 file = ref_file(s, ranges);
	struct window_figures f;

	for (__u32 i = 0; i < rounds * ranges; i++)
		ref_push(s, file, i % ranges, REF_READ);
	f = figures_of(s, window_ranges);
	ref_stream_free(s);
	return f;
}

static void whole_way(void)
{
	struct window_figures f = figures_of_rounds(1600, 5, 512);

	CHECK_U64(f.setups, 8000);
	CHECK_U64(f.repeats, 6400);
	CHECK_U64(f.repeat_permille, 800);
	CHECK_U64(f.new_permille, 200);
	CHECK_U64(f.was_short, 1);
	CHECK_U64(f.high_water_ranges, 411);
	CHECK_U64(f.best_ranges, 1999);
	CHECK_U64(f.best_power_ranges, 2048);
	CHECK_U64(f.best_saved_permille, 1000);
	CHECK_U64(f.best_saved_ns, 6400 * TRIP_NS);
	CHECK_U64(f.control_permille, 1000);
	CHECK_U64(f.safe_ranges, 0);
	CHECK_U64(verdicts_of(&f), BIT(WINDOW_TOO_SMALL));

	f = figures_of_rounds(1600, 1, 512);
	CHECK_U64(f.best_ranges, 0);
	CHECK_U64(verdicts_of(&f), BIT(WINDOW_NO_HELP));

	f = figures_of_rounds(400, 5, 512);
	CHECK_U64(f.was_short, 0);
	CHECK_U64(f.safe_ranges, 499);
	CHECK_U64(verdicts_of(&f), 0);

	f = figures_of_rounds(400, 5, 4096);
	CHECK_U64(f.spare_memory_bytes, (4096 - 499) * 32768ULL);
	CHECK_U64(verdicts_of(&f), BIT(WINDOW_SPARE));
}

/* Rows of the table lie in the figures, none twice, and all of these are named. */
static void table(void)
{
	char covered[sizeof(struct window_figures)] = {};

	CHECK_U64(window_figure_cnt, sizeof(covered) / sizeof(__u64));
	for (size_t i = 0; i < window_figure_cnt; i++) {
		const struct window_figure_desc *desc = &window_figure_table[i];

		CHECK(desc->name && desc->help && desc->unit < WINDOW_UNIT_NR);
		if (CHECK(desc->offset + sizeof(__u64) <= sizeof(covered)))
			CHECK(!covered[desc->offset]++);
	}
}

int main(void)
{
	conditions();
	sentences();
	placeholders();
	texts();
	whole_way();
	table();
	return check_result();
}
