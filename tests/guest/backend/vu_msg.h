/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_VU_MSG_H
#define BACKEND_VU_MSG_H

#include <stddef.h>

#include "vu_proto.h"

/* One message of the front end. Descriptors that a handler keeps it replaces by -1. */
struct vu_msg {
	struct vu_header hdr;
	union vu_payload body;
	int fds[VU_MAX_FDS];
	size_t fd_cnt;
};

/*
 * Receive one message. Returns 1, 0 when the front end closed the socket between messages, or
 * -EPROTO after a message about what is wrong with it.
 */
int vu_msg__recv(int sock, struct vu_msg *msg);
/* Close the descriptors that nobody kept. */
void vu_msg__drop_fds(struct vu_msg *msg);
/* Send the first @len bytes of the body back as the answer. */
int vu_msg__reply(int sock, const struct vu_msg *msg, size_t len);

#endif
