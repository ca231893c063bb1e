/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_CHANNEL_H
#define BACKEND_CHANNEL_H

#include <stdint.h>

struct channel;

struct channel *channel__new(void);
void channel__free(struct channel *ch);

/* Take over @fd, the socket that the front end gave for requests in the other direction. */
void channel__set_fd(struct channel *ch, int fd);

/* Make every waiting and future request fail; any thread may call it. */
void channel__shut(struct channel *ch);

/*
 * Ask the front end to put @len bytes of @fd (which stays the caller's) into the window, or to take
 * the whole mapping at @window_off out, and wait for its answer. -ENOTCONN without a channel, -EIO
 * when the front end refused or went away, -ETIMEDOUT when it never answered.
 */
int channel__map(struct channel *ch, int fd, uint64_t file_off, uint64_t window_off, uint64_t len);
int channel__unmap(struct channel *ch, uint64_t window_off, uint64_t len);

#endif
