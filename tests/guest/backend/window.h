/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_WINDOW_H
#define BACKEND_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct channel;
struct window;

/* fuse_init_out.map_alignment: offsets and lengths are multiples of 4096. */
#define WINDOW_ALIGN_SHIFT 12

/* One piece of a file in the window; all in bytes. */
struct window_range {
	uint64_t ino;
	uint64_t file_off;
	uint64_t window_off;
	uint64_t len;
};

/* @channel is borrowed and must outlive the window. */
struct window *window__new(uint64_t size_bytes, struct channel *channel);
void window__free(struct window *w);

/*
 * Put @want, whose bytes are in @fd, into the window. Mappings that it overlaps go first. When the
 * very same range is live already nothing is sent and *@is_upgrade is set: every mapping is
 * writable from the start, so there is no moment in which an upgrade leaves the window bare.
 * -EINVAL outside the window or not aligned; else what the channel says.
 */
int window__map(struct window *w, const struct window_range *want, int fd, bool *is_upgrade);

/*
 * Take out every mapping inside the given range. None there is no error. -EINVAL when a mapping
 * lies only partly inside: the front end can take a mapping out only as a whole.
 */
int window__unmap(struct window *w, uint64_t window_off, uint64_t len);

/* Take everything out, whatever the front end says to it: a new mount begins, or one ended. */
void window__reset(struct window *w);

#endif
