// SPDX-License-Identifier: GPL-2.0-only
/*
 * The channel on which this backend asks the front end to map and unmap the DAX window. One request
 * is under way at a time. While one waits, the front end may send memory regions on the other
 * socket and wait for those: only threads that do not serve that socket may call in here.
 */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diag.h"
#include "vu_proto.h"

/* A front end under emulation can be slow; one that takes this long has forgotten us. */
#define ANSWER_TIMEOUT_MS 60000

struct channel {
	pthread_mutex_t lock;	 /* one request at a time */
	pthread_mutex_t fd_lock; /* @fd itself, so that shutting need not wait for an answer */
	int fd;
	bool is_shut;
};

struct map_msg {
	struct vu_header hdr;
	struct vu_shmem_map body;
} __attribute__((packed));

struct ack_msg {
	struct vu_header hdr;
	uint64_t value;
} __attribute__((packed));

struct channel *channel__new(void)
{
	struct channel *ch = calloc(1, sizeof(*ch));

	if (!ch)
		return NULL;
	pthread_mutex_init(&ch->lock, NULL);
	pthread_mutex_init(&ch->fd_lock, NULL);
	ch->fd = -1;
	return ch;
}

void channel__free(struct channel *ch)
{
	if (!ch)
		return;
	if (ch->fd >= 0)
		close(ch->fd);
	pthread_mutex_destroy(&ch->lock);
	pthread_mutex_destroy(&ch->fd_lock);
	free(ch);
}

void channel__shut(struct channel *ch)
{
	pthread_mutex_lock(&ch->fd_lock);
	if (ch->fd >= 0)
		shutdown(ch->fd, SHUT_RDWR);
	ch->is_shut = true;
	pthread_mutex_unlock(&ch->fd_lock);
}

void channel__set_fd(struct channel *ch, int fd)
{
	channel__shut(ch);
	/* Whoever waits on the old socket has been woken and gives the lock up. */
	pthread_mutex_lock(&ch->lock);
	pthread_mutex_lock(&ch->fd_lock);
	if (ch->fd >= 0)
		close(ch->fd);
	ch->fd = fd;
	ch->is_shut = false;
	pthread_mutex_unlock(&ch->fd_lock);
	pthread_mutex_unlock(&ch->lock);
}

static int send_msg(int sock, const struct map_msg *msg, int fd)
{
	struct iovec iov = { .iov_base = (void *)msg, .iov_len = sizeof(*msg) };
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} ctl = { 0 };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t sent;

	if (fd >= 0) {
		struct cmsghdr *c;

		mh.msg_control = ctl.buf;
		mh.msg_controllen = sizeof(ctl.buf);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do {
		sent = sendmsg(sock, &mh, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)sizeof(*msg) ? 0 : -EIO;
}

static int recv_ack(int sock, struct ack_msg *ack)
{
	size_t got = 0;

	while (got < sizeof(*ack)) {
		struct pollfd p = { .fd = sock, .events = POLLIN };
		int ready = poll(&p, 1, ANSWER_TIMEOUT_MS);
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return ready ? -EIO : -ETIMEDOUT;
		n = recv(sock, (char *)ack + got, sizeof(*ack) - got, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EIO;
		got += (size_t)n;
	}
	return 0;
}

static int check_ack(const struct ack_msg *ack, uint32_t request)
{
	if (ack->hdr.request == request && (ack->hdr.flags & VU_FLAG_REPLY) &&
	    ack->hdr.size == sizeof(ack->value))
		return 0;
	diag__err("backend channel: answer to request %u is malformed (request %u, flags 0x%x,"
		  " size %u)",
		  request, ack->hdr.request, ack->hdr.flags, ack->hdr.size);
	return -EPROTO;
}

/* A channel on which an answer was missed or garbled cannot be used again. */
static int exchange(struct channel *ch, const struct map_msg *msg, int fd)
{
	struct ack_msg ack;
	int err = send_msg(ch->fd, msg, fd);

	if (!err)
		err = recv_ack(ch->fd, &ack);
	if (!err)
		err = check_ack(&ack, msg->hdr.request);
	if (err) {
		if (!ch->is_shut)
			diag__err("backend channel: request %u: %s; channel given up",
				  msg->hdr.request, strerror(-err));
		channel__shut(ch);
		return err == -ETIMEDOUT ? err : -EIO;
	}
	return ack.value ? -EIO : 0;
}

static int transact(struct channel *ch, uint32_t request, const struct vu_shmem_map *body, int fd)
{
	struct map_msg msg = {
		.hdr = { .request = request,
			 .flags = VU_FLAG_VERSION | VU_FLAG_NEED_REPLY,
			 .size = sizeof(*body) },
		.body = *body,
	};
	bool is_usable;
	int err;

	pthread_mutex_lock(&ch->lock);
	pthread_mutex_lock(&ch->fd_lock);
	is_usable = ch->fd >= 0 && !ch->is_shut;
	pthread_mutex_unlock(&ch->fd_lock);
	err = is_usable ? exchange(ch, &msg, fd) : -ENOTCONN;
	pthread_mutex_unlock(&ch->lock);
	return err;
}

int channel__map(struct channel *ch, int fd, uint64_t file_off, uint64_t window_off, uint64_t len)
{
	const struct vu_shmem_map body = {
		.fd_offset = file_off,
		.shm_offset = window_off,
		.len = len,
		.flags = VU_SHMEM_WRITABLE,
	};

	return transact(ch, VU_BACKEND_SHMEM_MAP, &body, fd);
}

int channel__unmap(struct channel *ch, uint64_t window_off, uint64_t len)
{
	const struct vu_shmem_map body = { .shm_offset = window_off, .len = len };

	return transact(ch, VU_BACKEND_SHMEM_UNMAP, &body, -1);
}
