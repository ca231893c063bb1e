// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Buckets cover every time once, without gaps, as narrow as promised; quantiles keep to the error.
 */
#include <stdint.h>

#include "../../src/hist.h"
#include "check.h"

static void known_buckets(void)
{
	static const struct {
		__u64 ns;
		unsigned int fine, coarse;
	} rows[] = {
		{ 0, 0, 0 },
		{ 15, 15, 0 },
		{ 16, 16, 0 },
		{ 17, 17, 0 },
		{ 31, 31, 0 },
		{ 32, 32, 0 },
		{ 33, 32, 0 },
		{ 34, 33, 0 },
		{ 255, 79, 0 },
		{ 256, 80, 1 },
		{ 383, 87, 1 },
		{ 384, 88, 2 },
		{ 511, 95, 2 },
		{ 512, 96, 3 },
		{ (1ULL << 40) - 1, 591, 56 },
		{ 1ULL << 40, 591, 56 },
		{ UINT64_MAX, 591, 56 },
		{ (1ULL << 36) - 1, 527, 56 },
		{ (3ULL << 34) - 1, 519, 55 },
	};

	CHECK_U64(HIST_BUCKETS, 592);
	CHECK_U64(COARSE_BUCKETS, 57);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_U64(hist_bucket(rows[i].ns), rows[i].fine);
		CHECK_U64(coarse_bucket(rows[i].ns), rows[i].coarse);
	}
}

static void round_trip(void)
{
	CHECK_U64(hist_lower(0), 0);
	CHECK_U64(coarse_lower(0), 0);
	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		CHECK_U64(hist_bucket(hist_lower(i)), i);
		CHECK_U64(hist_bucket(hist_upper(i)), i);
		if (i + 1 < HIST_BUCKETS)
			CHECK_U64(hist_upper(i) + 1, hist_lower(i + 1));
	}
	for (unsigned int i = 0; i < COARSE_BUCKETS; i++) {
		CHECK_U64(coarse_bucket(coarse_lower(i)), i);
		CHECK_U64(coarse_bucket(coarse_upper(i)), i);
		if (i + 1 < COARSE_BUCKETS)
			CHECK_U64(coarse_upper(i) + 1, coarse_lower(i + 1));
	}
	CHECK(hist_upper(HIST_BUCKETS - 1) == UINT64_MAX);
	CHECK(coarse_upper(COARSE_BUCKETS - 1) == UINT64_MAX);
}

/* Values spread over all magnitudes, the same in every run; the last bucket is open. */
static void error_bound(void)
{
	__u64 x = 88172645463325252ULL;

	for (int i = 0; i < 20000; i++) {
		__u64 v, upper;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		v = x >> (24 + i % 40);
		if (v >= hist_lower(HIST_BUCKETS - 1))
			continue;
		upper = hist_upper(hist_bucket(v));
		CHECK(hist_lower(hist_bucket(v)) <= v && v <= upper);
		CHECK(upper - v <= v * HIST_ERROR);
		if (v < 1 << COARSE_MIN_EXP || v >= coarse_lower(COARSE_BUCKETS - 1))
			continue;
		upper = coarse_upper(coarse_bucket(v));
		CHECK(coarse_lower(coarse_bucket(v)) <= v && v <= upper);
		CHECK(upper - v <= v * COARSE_ERROR);
	}
}

static void quantiles(void)
{
	static __u64 hist[HIST_BUCKETS], coarse[COARSE_BUCKETS];

	CHECK_U64(hist_quantile(hist, 500, 7), 0);
	CHECK_U64(coarse_quantile(coarse, 500, 7), 0);
	for (int i = 1; i <= 10; i++)
		hist[hist_bucket(i)]++;
	CHECK_U64(hist_total(hist, HIST_BUCKETS), 10);
	CHECK_U64(hist_quantile(hist, 0, 10), 1);
	CHECK_U64(hist_quantile(hist, 100, 10), 1);
	CHECK_U64(hist_quantile(hist, 101, 10), 2);
	CHECK_U64(hist_quantile(hist, 500, 10), 5);
	CHECK_U64(hist_quantile(hist, 900, 10), 9);
	CHECK_U64(hist_quantile(hist, 990, 10), 10);
	CHECK_U64(hist_quantile(hist, 1000, 10), 10);
	hist[hist_bucket(1000)] += 1000000;
	CHECK_U64(hist_quantile(hist, 500, 1001), 1001); /* clipped: the bucket goes to 1023 */
	CHECK_U64(hist_quantile(hist, 500, 5000), 1023);
	coarse[coarse_bucket(1000)] = 99;
	coarse[coarse_bucket(90000)] = 1;
	CHECK_U64(coarse_quantile(coarse, 990, 90000), 1023);
	CHECK_U64(coarse_quantile(coarse, 991, 90000), 90000);
	hist[hist_bucket(UINT64_MAX)] = UINT64_MAX / 2;
	CHECK_U64(hist_quantile(hist, 999, 1ULL << 50), 1ULL << 50);
}

int main(void)
{
	known_buckets();
	round_trip();
	error_bound();
	quantiles();
	return check_result();
}
