// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtiofs-dax-backend: waits for one QEMU, serves it until it goes away.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend.h"
#include "control.h"
#include "diag.h"
#include "options.h"
#include "vu_server.h"

/* -ECANCELED when told to quit before anybody came. */
static int accept_one(struct backend *b, int listen_fd)
{
	struct pollfd p[] = {
		{ .fd = listen_fd, .events = POLLIN },
		{ .fd = b->quit_fd, .events = POLLIN },
	};
	int fd;

	while (poll(p, 2, -1) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (p[1].revents)
		return -ECANCELED;
	fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int serve(struct backend *b, const struct backend_opts *opts)
{
	int fd, listen_fd = control__listen(opts->socket_path);

	if (listen_fd < 0) {
		diag__err("socket %s: %s", opts->socket_path, strerror(-listen_fd));
		return listen_fd;
	}
	fd = accept_one(b, listen_fd);
	close(listen_fd);
	unlink(opts->socket_path);
	if (fd == -ECANCELED)
		return 0;
	if (fd < 0) {
		diag__err("socket %s: %s", opts->socket_path, strerror(-fd));
		return fd;
	}
	return vu_server__run(b, fd);
}

int main(int argc, char **argv)
{
	struct control *control = NULL;
	struct backend_opts opts;
	struct backend *b;
	int ret = 1;

	switch (options__parse(argc, argv, &opts)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_HELP:
		options__help();
		return 0;
	case OPTIONS_BAD:
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	b = backend__new(&opts);
	if (!b)
		return 1;
	if (opts.control_path)
		control = control__new(b, opts.control_path);
	if (control || !opts.control_path)
		ret = serve(b, &opts) ? 1 : 0;
	control__free(control);
	backend__free(b);
	return ret;
}
