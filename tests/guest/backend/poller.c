// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thread for all queues: it only copies requests out of guest memory and hands them on, so that
 * no queue waits for another.
 */
#include "poller.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "backend.h"
#include "virtq.h"

#define STOP UINT32_MAX

struct poller {
	struct backend *b;
	int epoll_fd;
	int stop_fd;
	bool has_thread;
	pthread_t thread;
};

static void *poll_queues(void *arg)
{
	struct poller *p = arg;
	struct epoll_event ev;

	for (;;) {
		int n = epoll_wait(p->epoll_fd, &ev, 1, -1);

		if (n < 0 && errno != EINTR)
			return NULL;
		if (n <= 0)
			continue;
		if (ev.data.u32 == STOP)
			return NULL;
		virtq__ack_kick(p->b->queues[ev.data.u32]);
		backend__serve_queue(p->b, ev.data.u32);
	}
}

int poller__add(struct poller *p, int fd, unsigned int index)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = index };

	return epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

void poller__remove(struct poller *p, int fd)
{
	epoll_ctl(p->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

struct poller *poller__new(struct backend *b)
{
	struct poller *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return NULL;
	p->b = b;
	p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	p->stop_fd = eventfd(0, EFD_CLOEXEC);
	err = p->epoll_fd < 0 || p->stop_fd < 0 ? -errno : poller__add(p, p->stop_fd, STOP);
	if (!err)
		err = -pthread_create(&p->thread, NULL, poll_queues, p);
	if (err) {
		poller__free(p);
		errno = -err;
		return NULL;
	}
	p->has_thread = true;
	return p;
}

void poller__free(struct poller *p)
{
	const uint64_t one = 1;

	if (!p)
		return;
	if (p->has_thread && write(p->stop_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
		pthread_join(p->thread, NULL);
	if (p->epoll_fd >= 0)
		close(p->epoll_fd);
	if (p->stop_fd >= 0)
		close(p->stop_fd);
	free(p);
}
