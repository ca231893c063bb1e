/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

#include <linux/types.h>

/* Nanoseconds of @clock; CLOCK_MONOTONIC is what bpf_ktime_get_ns() of the kernel side tells. */
static inline __u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

#endif
