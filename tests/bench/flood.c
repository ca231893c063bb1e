// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floods a virtiofs-daxtop record that runs: RATE operations a second on each CPU, for SECONDS, by
 * the programs of flood.bpf.c. Prints one JSON line: how many, in what time, and how many found the
 * buffer full.
 *
 * usage: bench-flood RATE SECONDS
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../bpf/daxtop.h"
#include "flood.skel.h"
#include "maps.h"

#define BATCH	 50 /* as in flood.bpf.c */
#define NS_PER_S 1000000000ULL

struct producer {
	pthread_t thread;
	int cpu;
	int program;
	__u64 cnt; /* to make */
	__u64 batch_ns;
	__u64 end_ns;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "bench-flood: %s: %s\n", what, strerror(err < 0 ? -err : err));
	exit(EXIT_FAILURE);
}

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void sleep_until(__u64 ns)
{
	struct timespec ts = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static void *produce(void *arg)
{
	struct producer *p = arg;
	__u64 next_ns = now_ns(), done[1] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = done, .ctx_size_in = sizeof(done));
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(p->cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die("sched_setaffinity", errno);
	for (; done[0] < p->cnt; done[0] += BATCH) {
		int err = bpf_prog_test_run_opts(p->program, &opts);

		if (err)
			die("bpf_prog_test_run", err);
		next_ns += p->batch_ns;
		sleep_until(next_ns);
	}
	p->end_ns = now_ns();
	return NULL;
}

static struct flood_bpf *load(void)
{
	struct flood_bpf *skel = flood_bpf__open();
	int fd = map_by_name("record_events"), err;

	if (!skel)
		die("open", errno);
	if (fd < 0)
		die("no recording runs", -fd);
	err = bpf_map__reuse_fd(skel->maps.record_events, fd);
	if (!err)
		err = flood_bpf__load(skel);
	if (err)
		die("load", err);
	return skel;
}

int main(int argc, char **argv)
{
	int cpus_cnt = sysconf(_SC_NPROCESSORS_ONLN);
	__u64 rate = argc == 3 ? strtoull(argv[1], NULL, 10) : 0, start_ns, last_ns = 0, cnt;
	double seconds = argc == 3 ? strtod(argv[2], NULL) : 0;
	struct producer producers[256] = {};
	struct flood_bpf *skel;

	if (!rate || seconds <= 0 || cpus_cnt > 256) {
		fputs("usage: bench-flood RATE SECONDS\n", stderr);
		return 2;
	}
	skel = load();
	cnt = (__u64)(rate * seconds) / BATCH * BATCH;
	start_ns = now_ns();
	for (int i = 0; i < cpus_cnt; i++) {
		producers[i].cpu = i;
		producers[i].program = bpf_program__fd(skel->progs.flood);
		producers[i].cnt = cnt;
		producers[i].batch_ns = NS_PER_S * BATCH / rate;
		if (pthread_create(&producers[i].thread, NULL, produce, &producers[i]))
			die("pthread_create", errno);
	}
	for (int i = 0; i < cpus_cnt; i++) {
		pthread_join(producers[i].thread, NULL);
		if (producers[i].end_ns > last_ns)
			last_ns = producers[i].end_ns;
	}
	printf("{\"cpus\": %d, \"events\": %llu, \"ns\": %llu, \"rate_per_cpu\": %llu, \"full\": "
	       "%llu}\n",
	       cpus_cnt, (unsigned long long)cnt * cpus_cnt,
	       (unsigned long long)(last_ns - start_ns),
	       (unsigned long long)(cnt * (double)NS_PER_S / (last_ns - start_ns)),
	       (unsigned long long)skel->bss->counters[COUNTER_RECORD_FULL]);
	flood_bpf__destroy(skel);
	return 0;
}
