// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What comes back from a child, and when nothing does.
 */
#include "../../src/deadline.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define LONG_MS	  20000
#define SHORT_MS  100
#define BIG_BYTES 1000000
#define MANY_FDS  40

static unsigned char big[BIG_BYTES];

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int add_one(const void *arg, void *result)
{
	*(int *)result = *(const int *)arg + 1;
	return 0;
}

static int fail(const void *arg, void *result)
{
	*(int *)result = 99;
	return *(const int *)arg;
}

static int fill(const void *arg, void *result)
{
	memset(result, *(const int *)arg, BIG_BYTES);
	return 0;
}

static int hang(const void *arg, void *result)
{
	(void)arg;
	(void)result;
	while (pause())
		;
	return 0;
}

static int die(const void *arg, void *result)
{
	(void)result;
	raise(*(const int *)arg);
	return 0;
}

/* How many descriptors from 4 on are open; 0 to 3 are the standard ones and the answer's. */
static int count_fds(const void *arg, void *result)
{
	int *cnt = result;

	(void)arg;
	for (int fd = 4; fd < 4 + 2 * MANY_FDS; fd++)
		*cnt += fcntl(fd, F_GETFD) >= 0;
	return 0;
}

static void test_answers(void)
{
	int arg = 41, result = 0;

	CHECK(deadline__run(add_one, &arg, &result, sizeof(result), LONG_MS) == 0);
	CHECK_U64(result, 42);
	arg = 7;
	CHECK(deadline__run(fill, &arg, big, sizeof(big), LONG_MS) == 0);
	CHECK(big[0] == 7 && big[BIG_BYTES / 2] == 7 && big[BIG_BYTES - 1] == 7);
}

static void test_errors(void)
{
	int arg = -ENOENT, result = 5;

	CHECK(deadline__run(fail, &arg, &result, sizeof(result), LONG_MS) == -ENOENT);
	CHECK_U64(result, 5); /* written only on success */
	arg = SIGKILL;
	CHECK(deadline__run(die, &arg, &result, sizeof(result), LONG_MS) == -EIO);
	CHECK_U64(result, 5);
}

static void test_late(void)
{
	double begin = now_s();
	int result = 5;

	CHECK(deadline__run(hang, NULL, &result, sizeof(result), SHORT_MS) == -ETIMEDOUT);
	CHECK(now_s() - begin < LONG_MS / 2e3);
	CHECK_U64(result, 5);
}

/* A reader of the tool's output must see its end though the child stays. */
static void test_holds_nothing_open(void)
{
	int fds[MANY_FDS], cnt = 0;

	for (int i = 0; i < MANY_FDS; i++)
		fds[i] = open("/dev/null", O_RDONLY);
	CHECK(deadline__run(count_fds, NULL, &cnt, sizeof(cnt), LONG_MS) == 0);
	CHECK_U64(cnt, 0);
	for (int i = 0; i < MANY_FDS; i++)
		close(fds[i]);
}

int main(void)
{
	test_answers();
	test_errors();
	test_late();
	test_holds_nothing_open();
	return check_result();
}
