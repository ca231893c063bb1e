// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: an event is a line in a file of the whole machine, and stays there when its maker is
 * killed, though it hooks nothing any more. So its group names the process that made it, a child
 * cleans up after that one, and each start after those whose child was killed as well.
 */
#include "kprobe_events.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GROUP "daxtop"

/* A process that ends closes its descriptors one by one, and detaching takes a while. */
#define REMOVE_TRIES	600
#define REMOVE_PAUSE_NS 100000000

static const char *const tracefs_dirs[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

static int open_file(const struct kprobe_events *events, const char *name, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", events->dir, name);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The same as a stream, for reading; NULL with errno. */
static FILE *open_stream(const struct kprobe_events *events, const char *name)
{
	int fd = open_file(events, name, O_RDONLY);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd < 0)
		errno = -fd;
	else if (!f)
		close(fd);
	return f;
}

static int command(const struct kprobe_events *events, const char *text)
{
	return write(events->fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* The pid at the end of "r1024:daxtop/fault_end_kp_4711 fuse:__fuse_dax_fault", or 0: not ours. */
static pid_t owner_of(char *line)
{
	char *name = strstr(line, ":" GROUP "/"), *pid;

	if (!name)
		return 0;
	name[strcspn(name, " \n")] = '\0';
	pid = strrchr(name, '_');
	return pid ? atoi(pid + 1) : 0;
}

static bool is_gone(pid_t pid)
{
	return kill(pid, 0) && errno == ESRCH;
}

/* Removes the events of @owner, or (0) of all owners that are gone. 0, or the last -errno. */
static int remove_events(const struct kprobe_events *events, pid_t owner)
{
	FILE *f = open_stream(events, "kprobe_events");
	char line[512], text[544];
	int err = 0;

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		pid_t pid = owner_of(line);

		if (!pid || (owner ? pid != owner : !is_gone(pid)))
			continue;
		snprintf(text, sizeof(text), "-%s", strchr(line, ':'));
		err = command(events, text) ?: err;
	}
	fclose(f);
	return err;
}

int kprobe_events__open(struct kprobe_events *events)
{
	int err = -ENOENT;

	*events = (struct kprobe_events){ .fd = -1, .guard_pipe = -1 };
	events->owner = getpid();
	for (size_t i = 0; i < sizeof(tracefs_dirs) / sizeof(tracefs_dirs[0]); i++) {
		snprintf(events->dir, sizeof(events->dir), "%s", tracefs_dirs[i]);
		events->fd = open_file(events, "kprobe_events", O_WRONLY | O_APPEND);
		if (events->fd >= 0)
			break;
		err = events->fd;
		events->fd = -1;
	}
	if (events->fd < 0)
		return err;
	remove_events(events, 0);
	return 0;
}

static void guard_run(struct kprobe_events *events, int end)
{
	const struct timespec pause = { .tv_nsec = REMOVE_PAUSE_NS };
	char byte;

	prctl(PR_SET_NAME, "daxtop-guard");
	setsid(); /* what a terminal sends is not for it */
	dup2(end, STDIN_FILENO);
	dup2(events->fd, STDOUT_FILENO);
	syscall(SYS_close_range, STDOUT_FILENO + 1, ~0U, 0);
	events->fd = STDOUT_FILENO;
	while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR)
		;
	for (int i = 0; i < REMOVE_TRIES && remove_events(events, events->owner) == -EBUSY; i++)
		nanosleep(&pause, NULL);
	_exit(0);
}

static int guard_start(struct kprobe_events *events)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	events->guard = fork();
	if (!events->guard) {
		close(ends[1]);
		guard_run(events, ends[0]);
	}
	close(ends[0]);
	if (events->guard < 0) {
		close(ends[1]);
		events->guard = 0;
		return -errno;
	}
	events->guard_pipe = ends[1];
	return 0;
}

static int perf_event_open(int id)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int event_id(const struct kprobe_events *events, const char *name)
{
	char path[160], text[32] = "";
	ssize_t bytes;
	int fd;

	snprintf(path, sizeof(path), "events/" GROUP "/%s_%d/id", name, events->owner);
	fd = open_file(events, path, O_RDONLY);
	if (fd < 0)
		return fd;
	bytes = read(fd, text, sizeof(text) - 1);
	close(fd);
	return bytes > 0 ? atoi(text) : -EIO;
}

int kprobe_events__add(struct kprobe_events *events, const char *name, const char *function,
		       bool is_return)
{
	char text[256], maxactive[16] = "";
	int err, id;

	if (events->fd < 0)
		return -ENOENT;
	if (!events->guard) {
		err = guard_start(events);
		if (err)
			return err;
	}
	if (is_return)
		snprintf(maxactive, sizeof(maxactive), "%d", KPROBE_MAXACTIVE);
	snprintf(text, sizeof(text), "%c%s:" GROUP "/%s_%d %s", is_return ? 'r' : 'p', maxactive,
		 name, events->owner, function);
	err = command(events, text);
	if (err)
		return err;
	events->count++;
	id = event_id(events, name);
	return id < 0 ? id : perf_event_open(id);
}

int kprobe_events__misses(const struct kprobe_events *events, __u64 *misses)
{
	FILE *f = open_stream(events, "kprobe_profile");
	unsigned long long miss_cnt;
	char line[512], name[256];

	if (!f)
		return -errno;
	*misses = 0;
	while (fgets(line, sizeof(line), f)) { /* "  fault_end_kp_4711   1234   0" */
		char *pid;

		if (sscanf(line, " %255s %*u %llu", name, &miss_cnt) != 2)
			continue;
		pid = strrchr(name, '_');
		if (pid && atoi(pid + 1) == events->owner)
			*misses += miss_cnt;
	}
	fclose(f);
	return 0;
}

void kprobe_events__close(struct kprobe_events *events)
{
	if (events->count)
		remove_events(events, events->owner);
	if (events->fd >= 0)
		close(events->fd);
	if (events->guard_pipe >= 0)
		close(events->guard_pipe);
	if (events->guard)
		waitpid(events->guard, NULL, 0);
	*events = (struct kprobe_events){ .fd = -1, .guard_pipe = -1 };
}
