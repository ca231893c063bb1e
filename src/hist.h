/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Log-linear histograms: which bucket a time falls in, what a bucket covers, and quantiles. The BPF
 * side computes the same index from the same constants (HIST_* and COARSE_* in bpf/daxtop.h); both
 * bounds of a bucket are inclusive, and the last bucket of each kind has no upper one (UINT64_MAX).
 */
#ifndef DAXTOP_HIST_H
#define DAXTOP_HIST_H

#include "../bpf/daxtop.h"

/*
 * A quantile is reported as the upper bound of its bucket: never below the true value, and above it
 * by less than this part of it (for coarse ones: from 2^COARSE_MIN_EXP ns on). In the open
 * last bucket only the largest time bounds it.
 */
#define HIST_ERROR   (1.0 / (1 << HIST_SUB_BITS))
#define COARSE_ERROR (1.0 / (1 << COARSE_SUB_BITS))

/* Fine: operations and waits. @i < HIST_BUCKETS; times in ns. */
unsigned int hist_bucket(__u64 ns);
__u64 hist_lower(unsigned int i);
__u64 hist_upper(unsigned int i);

/* Coarse: one inode, one task. @i < COARSE_BUCKETS. */
unsigned int coarse_bucket(__u64 ns);
__u64 coarse_lower(unsigned int i);
__u64 coarse_upper(unsigned int i);

/*
 * The value that @permille of 1000 entries do not exceed, clipped to @max_ns, the largest time that
 * was seen; 0 when the histogram is empty (ask hist_total() first: an empty one has no quantile).
 */
__u64 hist_quantile(const __u64 hist[HIST_BUCKETS], unsigned int permille, __u64 max_ns);
__u64 coarse_quantile(const __u64 hist[COARSE_BUCKETS], unsigned int permille, __u64 max_ns);

/* Number of entries in the @cnt buckets of @hist. */
__u64 hist_total(const __u64 *hist, unsigned int cnt);

#endif
