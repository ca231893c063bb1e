// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What a command takes: appends "WALL_NS CPU_NS PEAK_KIB" to a file. CPU time is user and system
 * time of the command and of those it waited for, in whole µs, and the peak is that of the largest
 * of them.
 *
 * usage: bench-cost FILE COMMAND [ARG...]; the exit code is the command's, 127 where it cannot be
 * run
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXIT_CANNOT_RUN 127

static int fail(const char *what)
{
	fprintf(stderr, "bench-cost: %s: %s\n", what, strerror(errno));
	return EXIT_CANNOT_RUN;
}

static unsigned long long clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static unsigned long long timeval_ns(struct timeval tv)
{
	return tv.tv_sec * 1000000000ULL + tv.tv_usec * 1000ULL;
}

int main(int argc, char **argv)
{
	unsigned long long start_ns, wall_ns;
	struct rusage usage;
	int status;
	pid_t pid;
	FILE *to;

	if (argc < 3) {
		fprintf(stderr, "usage: bench-cost FILE COMMAND [ARG...]\n");
		return EXIT_CANNOT_RUN;
	}
	to = fopen(argv[1], "ae");
	if (!to)
		return fail(argv[1]);
	start_ns = clock_ns();
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		_exit(fail(argv[2]));
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return fail("cannot run");
	wall_ns = clock_ns() - start_ns;
	fprintf(to, "%llu %llu %ld\n", wall_ns,
		timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime), usage.ru_maxrss);
	if (fclose(to))
		return fail(argv[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
