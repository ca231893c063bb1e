/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_VU_SERVER_H
#define BACKEND_VU_SERVER_H

struct backend;

/*
 * Serve one front end on the connected socket @fd, which it closes. Returns 0 when the front end
 * went away or somebody said quit, -errno after a message when it broke the protocol.
 */
int vu_server__run(struct backend *b, int fd);

#endif
