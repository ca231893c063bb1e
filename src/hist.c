// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The bucket arithmetic, in both directions. Surprising: fine buckets below 2^HIST_SUB_BITS are one
 * value wide, so the first power of two that is split has the same width again.
 */
#include "hist.h"

#include <stdint.h>

static unsigned int log2_floor(__u64 v)
{
	return 63 - __builtin_clzll(v);
}

unsigned int hist_bucket(__u64 ns)
{
	unsigned int exp, i;

	if (ns < 1 << HIST_SUB_BITS)
		return ns;
	exp = log2_floor(ns);
	i = ((exp - HIST_SUB_BITS + 1) << HIST_SUB_BITS) +
	    ((ns >> (exp - HIST_SUB_BITS)) & ((1 << HIST_SUB_BITS) - 1));
	return i < HIST_BUCKETS ? i : HIST_BUCKETS - 1;
}

__u64 hist_lower(unsigned int i)
{
	unsigned int shift;
	__u64 sub;

	if (i < 1 << HIST_SUB_BITS)
		return i;
	shift = (i >> HIST_SUB_BITS) - 1;
	sub = i & ((1 << HIST_SUB_BITS) - 1);
	return ((1ULL << HIST_SUB_BITS) + sub) << shift;
}

__u64 hist_upper(unsigned int i)
{
	return i < HIST_BUCKETS - 1 ? hist_lower(i + 1) - 1 : UINT64_MAX;
}

unsigned int coarse_bucket(__u64 ns)
{
	unsigned int exp, i;

	if (ns < 1 << COARSE_MIN_EXP)
		return 0;
	exp = log2_floor(ns);
	i = 1 + ((exp - COARSE_MIN_EXP) << COARSE_SUB_BITS) +
	    ((ns >> (exp - COARSE_SUB_BITS)) & ((1 << COARSE_SUB_BITS) - 1));
	return i < COARSE_BUCKETS ? i : COARSE_BUCKETS - 1;
}

__u64 coarse_lower(unsigned int i)
{
	unsigned int exp;
	__u64 sub;

	if (i == 0)
		return 0;
	exp = COARSE_MIN_EXP + ((i - 1) >> COARSE_SUB_BITS);
	sub = (i - 1) & ((1 << COARSE_SUB_BITS) - 1);
	return ((1ULL << COARSE_SUB_BITS) + sub) << (exp - COARSE_SUB_BITS);
}

__u64 coarse_upper(unsigned int i)
{
	return i < COARSE_BUCKETS - 1 ? coarse_lower(i + 1) - 1 : UINT64_MAX;
}

__u64 hist_total(const __u64 *hist, unsigned int cnt)
{
	__u64 sum = 0;

	for (unsigned int i = 0; i < cnt; i++)
		sum += hist[i];
	return sum;
}

/* ceil(total * permille / 1000), at least 1, without overflow. */
static __u64 rank_of(__u64 total, unsigned int permille)
{
	__u64 rank = total / 1000 * permille + (total % 1000 * permille + 999) / 1000;

	return rank ? rank : 1;
}

/* The bucket that holds the entry of that rank; @cnt when there are none. */
static unsigned int quantile_bucket(const __u64 *hist, unsigned int cnt, unsigned int permille)
{
	__u64 total = hist_total(hist, cnt), seen = 0, rank = rank_of(total, permille);
	unsigned int i;

	for (i = 0; i < cnt; i++) {
		seen += hist[i];
		if (seen >= rank)
			break;
	}
	return i;
}

__u64 hist_quantile(const __u64 hist[HIST_BUCKETS], unsigned int permille, __u64 max_ns)
{
	unsigned int i = quantile_bucket(hist, HIST_BUCKETS, permille);
	__u64 ns;

	if (i == HIST_BUCKETS)
		return 0;
	ns = hist_upper(i);
	return ns < max_ns ? ns : max_ns;
}

__u64 coarse_quantile(const __u64 hist[COARSE_BUCKETS], unsigned int permille, __u64 max_ns)
{
	unsigned int i = quantile_bucket(hist, COARSE_BUCKETS, permille);
	__u64 ns;

	if (i == COARSE_BUCKETS)
		return 0;
	ns = coarse_upper(i);
	return ns < max_ns ? ns : max_ns;
}
