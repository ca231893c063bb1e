// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define REAP_TRIES  100 /* of a millisecond: a child that has answered ends by itself */
#define ANSWER_FD   3
#define OLD_FDS_MAX 1024 /* where there is no close_range(), before Linux 5.9 */
#define NS_PER_MS   1000000

static long now_ms(void)
{
	return clock_ns(CLOCK_MONOTONIC) / NS_PER_MS;
}

static int write_all(int fd, const void *data, size_t bytes)
{
	while (bytes) {
		ssize_t done = write(fd, data, bytes);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			data = (const char *)data + done;
			bytes -= done;
		}
	}
	return 0;
}

/* The answer's pipe becomes ANSWER_FD, the standard ones lead nowhere, all others go. */
static void keep_answer_only(int fd)
{
	int null;

	dup2(fd, ANSWER_FD); /* before it: the pipe may have taken one of the standard ones */
	null = open("/dev/null", O_RDWR);
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (null < 0 || dup2(null, i) < 0)
			close(i);
	if (!syscall(SYS_close_range, ANSWER_FD + 1, ~0U, 0))
		return;
	for (int i = ANSWER_FD + 1; i < OLD_FDS_MAX; i++)
		close(i);
}

static void __attribute__((noreturn))
child(deadline_fn *fn, const void *arg, void *result, size_t bytes, int fd)
{
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	keep_answer_only(fd);
	err = fn(arg, result);
	if (!write_all(ANSWER_FD, &err, sizeof(err)) && !err)
		write_all(ANSWER_FD, result, bytes);
	_exit(0);
}

/* 0, -ETIMEDOUT at @end_ms, -EIO at the end of the pipe. */
static int read_all(int fd, void *data, size_t bytes, long end_ms)
{
	while (bytes) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		long left_ms = end_ms - now_ms();
		ssize_t got;

		if (left_ms <= 0)
			return -ETIMEDOUT;
		if (poll(&poll_fd, 1, left_ms) <= 0)
			continue; /* late, or interrupted */
		got = read(fd, data, bytes);
		if (!got)
			return -EIO;
		if (got > 0) {
			data = (char *)data + got;
			bytes -= got;
		}
	}
	return 0;
}

/* Never waits for one that does not end: it stays a zombie until the tool ends as well. */
static void end_child(pid_t pid)
{
	const struct timespec ms = { .tv_nsec = NS_PER_MS };

	kill(pid, SIGKILL);
	for (int i = 0; i < REAP_TRIES && !waitpid(pid, NULL, WNOHANG); i++)
		nanosleep(&ms, NULL);
}

static int take_answer(int fd, void *result, void *got, size_t bytes, long end_ms)
{
	int answer, err = read_all(fd, &answer, sizeof(answer), end_ms);

	if (err || answer)
		return err ?: answer;
	err = read_all(fd, got, bytes, end_ms);
	if (!err)
		memcpy(result, got, bytes);
	return err;
}

int deadline__run(deadline_fn *fn, const void *arg, void *result, size_t bytes,
		  unsigned int timeout_ms)
{
	long end_ms = now_ms() + timeout_ms;
	void *got = calloc(1, bytes);
	int fds[2], err;
	pid_t pid;

	if (!got)
		return -ENOMEM;
	if (pipe2(fds, O_CLOEXEC)) {
		err = -errno;
		goto out;
	}
	pid = fork();
	if (!pid)
		child(fn, arg, got, bytes, fds[1]);
	err = pid < 0 ? -errno : 0;
	close(fds[1]);
	if (!err) {
		err = take_answer(fds[0], result, got, bytes, end_ms);
		end_child(pid);
	}
	close(fds[0]);
out:
	free(got);
	return err;
}
