// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: it is made before tracing begins, as what it is to have (capabilities, signals) is
 * given up or blocked by then.
 */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"

#define NOT_FOUND      127
#define NOT_EXECUTABLE 126
#define BY_SIGNAL      128

static void run(char **argv, int wait_fd)
{
	char byte;
	int err;

	signal(SIGPIPE, SIG_DFL); /* ignored here by now */
	if (read(wait_fd, &byte, 1) != 1)
		_exit(0);
	close(wait_fd);
	execvp(argv[0], argv);
	err = errno;
	complain(EXIT_CANNOT_RUN, "cannot run %s: %s", argv[0], strerror(err));
	_exit(err == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

int child__new(struct child *c, char **argv, bool keeps_stdout)
{
	int fds[2];

	if (pipe(fds))
		return -errno;
	signal(SIGCHLD, SIG_DFL); /* ignored, it would leave no exit code */
	fflush(NULL);
	c->pid = fork();
	if (c->pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return -errno;
	}
	if (!c->pid) {
		close(fds[1]);
		if (keeps_stdout)
			dup2(STDERR_FILENO, STDOUT_FILENO);
		run(argv, fds[0]);
	}
	close(fds[0]);
	c->go = fds[1];
	return 0;
}

void child__go(struct child *c)
{
	if (!c->pid || write(c->go, "", 1) != 1)
		return;
	close(c->go);
	c->go = -1;
}

bool child__has_ended(struct child *c, bool may_wait)
{
	int status;

	if (!c->pid || c->has_ended)
		return c->has_ended;
	if (waitpid(c->pid, &status, may_wait ? 0 : WNOHANG) != c->pid)
		return false;
	c->has_ended = true;
	c->code = WIFEXITED(status) ? WEXITSTATUS(status) : BY_SIGNAL + WTERMSIG(status);
	return true;
}

void child__fini(struct child *c)
{
	if (!c->pid)
		return;
	if (c->go >= 0)
		close(c->go);
	child__has_ended(c, true);
}
