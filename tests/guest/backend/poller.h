/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_POLLER_H
#define BACKEND_POLLER_H

struct backend;
struct poller;

/* Starts the thread that takes requests off the queues when the guest kicks. NULL with errno. */
struct poller *poller__new(struct backend *b);
void poller__free(struct poller *p);

/* Watch a kick descriptor for queue @index, or stop watching it (before it is closed). */
int poller__add(struct poller *p, int fd, unsigned int index);
void poller__remove(struct poller *p, int fd);

#endif
