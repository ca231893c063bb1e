// SPDX-License-Identifier: GPL-2.0-only
/*
 * Framing of vhost-user: a header with descriptors beside it, then a payload of the size it names.
 * After a bad frame there is no way to find the next one, so every error here is final.
 */
#define _GNU_SOURCE 1
#include "vu_msg.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "diag.h"

static void take_fds(struct vu_msg *msg, struct msghdr *mh)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		size_t bytes = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		if (bytes > sizeof(msg->fds))
			bytes = sizeof(msg->fds);
		memcpy(msg->fds, CMSG_DATA(c), bytes);
		msg->fd_cnt = bytes / sizeof(int);
	}
}

static int recv_header(int sock, struct vu_msg *msg)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int) * VU_MAX_FDS)];
	} ctl;
	struct iovec iov = { .iov_base = &msg->hdr, .iov_len = sizeof(msg->hdr) };
	struct msghdr mh = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = ctl.buf,
		.msg_controllen = sizeof(ctl.buf),
	};
	ssize_t got;

	do {
		got = recvmsg(sock, &mh, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	} while (got < 0 && errno == EINTR);
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return 0;
	if (got > 0)
		take_fds(msg, &mh);
	if (got == (ssize_t)sizeof(msg->hdr) && !(mh.msg_flags & MSG_CTRUNC))
		return 1;
	if (got < 0)
		diag__err("vhost-user: receive: %s", strerror(errno));
	else if (mh.msg_flags & MSG_CTRUNC)
		diag__err("vhost-user: more than %d descriptors with one message", VU_MAX_FDS);
	else
		diag__err("vhost-user: message cut off inside its header");
	return -EPROTO;
}

static int recv_body(int sock, struct vu_msg *msg)
{
	size_t done = 0;

	while (done < msg->hdr.size) {
		ssize_t got = recv(sock, (char *)&msg->body + done, msg->hdr.size - done, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			diag__err("vhost-user: request %u cut off after %zu of %u bytes",
				  msg->hdr.request, done, msg->hdr.size);
			return -EPROTO;
		}
		done += (size_t)got;
	}
	return 1;
}

static int check_header(const struct vu_msg *msg)
{
	const struct vu_header *h = &msg->hdr;

	if ((h->flags & VU_FLAG_VERSION_MASK) != VU_FLAG_VERSION) {
		diag__err("vhost-user: request %u has version %u", h->request,
			  h->flags & VU_FLAG_VERSION_MASK);
		return -EPROTO;
	}
	if (h->flags & VU_FLAG_REPLY) {
		diag__err("vhost-user: request %u is marked as a reply", h->request);
		return -EPROTO;
	}
	if (h->size > sizeof(msg->body)) {
		diag__err("vhost-user: request %u of %u bytes, longer than any", h->request,
			  h->size);
		return -EPROTO;
	}
	return 0;
}

int vu_msg__recv(int sock, struct vu_msg *msg)
{
	int ret;

	memset(msg, 0, sizeof(*msg));
	ret = recv_header(sock, msg);
	if (ret > 0 && check_header(msg))
		ret = -EPROTO;
	if (ret > 0)
		ret = recv_body(sock, msg);
	if (ret < 0)
		vu_msg__drop_fds(msg);
	return ret;
}

void vu_msg__drop_fds(struct vu_msg *msg)
{
	for (size_t i = 0; i < msg->fd_cnt; i++) {
		if (msg->fds[i] >= 0)
			close(msg->fds[i]);
	}
	msg->fd_cnt = 0;
}

int vu_msg__reply(int sock, const struct vu_msg *msg, size_t len)
{
	struct vu_header head = {
		.request = msg->hdr.request,
		.flags = VU_FLAG_VERSION | VU_FLAG_REPLY,
		.size = (uint32_t)len,
	};
	struct iovec iov[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = (void *)&msg->body, .iov_len = len },
	};
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t sent;

	do {
		sent = sendmsg(sock, &mh, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent == (ssize_t)(sizeof(head) + len))
		return 0;
	diag__err("vhost-user: answer to request %u: %s", msg->hdr.request,
		  sent < 0 ? strerror(errno) : "cut off");
	return -EPROTO;
}
