/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_CONTROL_H
#define BACKEND_CONTROL_H

struct backend;
struct control;

/*
 * Serve commands, one a line, on a unix socket: each is answered by "ok" or "error: why". Starts a
 * thread. NULL after a message.
 */
struct control *control__new(struct backend *b, const char *path);
void control__free(struct control *c);

/* A listening unix socket in place of whatever socket was there; -errno. */
int control__listen(const char *path);

#endif
