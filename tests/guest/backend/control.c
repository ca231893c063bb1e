// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands from the host. Several clients may be connected; each line is obeyed whole before the
 * next, whoever sent it.
 */
#define _GNU_SOURCE 1
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "command.h"
#include "diag.h"

#define MAX_CLIENTS 16
#define LINE_CAP    (COMMAND_MAX_LEN + 2)

struct client {
	int fd;
	size_t len;
	char line[LINE_CAP];
};

struct control {
	struct backend *b;
	char *path;
	int listen_fd;
	int stop_fd;
	bool has_thread;
	pthread_t thread;
	struct client clients[MAX_CLIENTS];
	unsigned int client_cnt;
};

int control__listen(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	/* Left over from a run that was killed; anything that is no socket stays. */
	if (!lstat(path, &st) && S_ISSOCK(st.st_mode))
		unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!bind(fd, (struct sockaddr *)&addr, sizeof(addr)) && !listen(fd, MAX_CLIENTS))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static void answer(struct client *cl, int err, const char *why)
{
	char text[COMMAND_WHY_LEN + 16];

	if (err)
		snprintf(text, sizeof(text), "error: %s\n", why);
	else
		snprintf(text, sizeof(text), "ok\n");
	/* A client that does not read its answer, or left, has only itself to blame. */
	if (send(cl->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

/* Obey the whole lines that have come; the rest stays for later. */
static void obey_lines(struct control *c, struct client *cl)
{
	char why[COMMAND_WHY_LEN];
	char *nl;

	while ((nl = memchr(cl->line, '\n', cl->len))) {
		size_t used = (size_t)(nl - cl->line) + 1;

		*nl = '\0';
		if (nl > cl->line && nl[-1] == '\r')
			nl[-1] = '\0';
		answer(cl, command__run(c->b, cl->line, why), why);
		cl->len -= used;
		memmove(cl->line, cl->line + used, cl->len);
	}
}

/* False when the client is done. */
static bool serve_client(struct control *c, struct client *cl)
{
	ssize_t got = recv(cl->fd, cl->line + cl->len, LINE_CAP - cl->len, MSG_DONTWAIT);

	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	if (!got)
		return false;
	cl->len += (size_t)got;
	obey_lines(c, cl);
	if (cl->len < LINE_CAP)
		return true;
	answer(cl, -EINVAL, "line too long");
	return false;
}

static void accept_client(struct control *c)
{
	int fd = accept4(c->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (c->client_cnt == MAX_CLIENTS) {
		close(fd);
		return;
	}
	c->clients[c->client_cnt].fd = fd;
	c->clients[c->client_cnt++].len = 0;
}

static void drop_client(struct control *c, unsigned int i)
{
	close(c->clients[i].fd);
	c->clients[i] = c->clients[--c->client_cnt];
}

static void *serve(void *arg)
{
	struct control *c = arg;

	for (;;) {
		struct pollfd p[MAX_CLIENTS + 2] = {
			{ .fd = c->stop_fd, .events = POLLIN },
			{ .fd = c->listen_fd, .events = POLLIN },
		};

		for (unsigned int i = 0; i < c->client_cnt; i++)
			p[i + 2] = (struct pollfd){ .fd = c->clients[i].fd, .events = POLLIN };
		if (poll(p, c->client_cnt + 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (p[0].revents)
			return NULL;
		/* From the end, since a client that leaves is replaced by the last. */
		for (unsigned int i = c->client_cnt; i-- > 0;) {
			if (p[i + 2].revents && !serve_client(c, &c->clients[i]))
				drop_client(c, i);
		}
		if (p[1].revents)
			accept_client(c);
	}
}

struct control *control__new(struct backend *b, const char *path)
{
	struct control *c = calloc(1, sizeof(*c));
	int err = -ENOMEM;

	if (!c)
		goto fail;
	c->b = b;
	c->listen_fd = c->stop_fd = -1;
	err = control__listen(path);
	if (err < 0)
		goto fail;
	c->listen_fd = err;
	c->path = strdup(path);
	c->stop_fd = eventfd(0, EFD_CLOEXEC);
	err = c->path && c->stop_fd >= 0 ? 0 : -ENOMEM;
	if (!err)
		err = -pthread_create(&c->thread, NULL, serve, c);
	if (err)
		goto fail;
	c->has_thread = true;
	return c;
fail:
	diag__err("control socket %s: %s", path, strerror(-err));
	control__free(c);
	return NULL;
}

void control__free(struct control *c)
{
	const uint64_t one = 1;

	if (!c)
		return;
	if (c->has_thread && write(c->stop_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
		pthread_join(c->thread, NULL);
	while (c->client_cnt)
		drop_client(c, c->client_cnt - 1);
	if (c->listen_fd >= 0)
		close(c->listen_fd);
	if (c->stop_fd >= 0)
		close(c->stop_fd);
	if (c->path)
		unlink(c->path);
	free(c->path);
	free(c);
}
