// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What a setup costs in the window simulation, with the removal that goes with it: random accesses
 * to a working set of several times the window, so that each size up to that has its own queue.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../src/window_sim.h"

#define EVENTS 400000

struct bench_case {
	const char *name;
	__u64 window_ranges, set_ranges;
	size_t max_bytes; /* 0: as the tool has it */
};

static const struct bench_case cases[] = {
	{ "512 MiB window, 1 GiB of files", 256, 512, 0 },
	{ "512 MiB window, 4 GiB of files", 256, 2048, 0 },
	{ "512 MiB window, 64 GiB of files", 256, 32768, 0 },
	{ "8 GiB window, 64 GiB of files", 4096, 32768, 0 },
	{ "8 GiB window, 1 TiB of files", 4096, 524288, 0 },
	{ "8 GiB window, 64 GiB, 1 MiB of memory", 4096, 32768, 1 << 20 },
};

static __u64 clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* The real window keeps 80 % of its ranges busy; @held is the ring of them. */
static void feed(struct window_sim *sim, const struct bench_case *c, __u64 *held, __u64 cnt)
{
	const struct inode_key inode = { .nodeid = 2, .dev = 1 };
	__u64 busy = c->window_ranges * 4 / 5, random = 88172645463325252ULL;

	for (__u64 i = 0; i < cnt; i++) {
		struct window_setup setup = { .inode = inode, .now_ns = i + 1, .round_trip_ns = 1 };
		struct window_removal removal = { .inode = inode, .now_ns = i + 1 };
		__u64 *place = &held[i % busy];

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		removal.index = *place;
		*place = setup.index = random % c->set_ranges;
		if (i >= busy)
			window_sim__remove(sim, &removal);
		window_sim__setup(sim, &setup);
	}
}

static int run(const struct bench_case *c)
{
	struct window_sim_config config = {
		.window_ranges = c->window_ranges,
		.has_removals = true,
		.max_bytes = c->max_bytes,
	};
	struct window_sim *sim = window_sim__new(&config);
	__u64 *held = calloc(c->window_ranges, sizeof(*held)), start_ns;
	struct window_sim_totals totals;

	if (!sim || !held) {
		perror("window");
		return 1;
	}
	start_ns = clock_ns();
	feed(sim, c, held, EVENTS);
	start_ns = clock_ns() - start_ns;
	window_sim__totals(sim, &totals);
	printf("%-40s %6llu ns a setup, %2zu sizes, 1 of %llu, %zu KiB\n", c->name,
	       start_ns / EVENTS, window_sim__cnt(sim), totals.sample_one_of,
	       window_sim__bytes(sim) >> 10);
	window_sim__free(sim);
	free(held);
	return 0;
}

/* With a number: that case alone, for a profiler. */
int main(int argc, char **argv)
{
	int err = 0;

	if (argc > 1)
		return run(&cases[(size_t)atoi(argv[1]) % (sizeof(cases) / sizeof(cases[0]))]);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		err |= run(&cases[i]);
	return err;
}
