/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_REQUEST_H
#define BACKEND_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/fuse.h>

#include "virtq.h"

struct fuse_op;
struct jsonlog;

/* One FUSE request from the queue to its answer. */
struct request {
	struct request *next; /* in whichever list holds it */
	struct virtq *vq;     /* borrowed */
	struct virtq_elem elem;
	const struct fuse_op *op;
	struct fuse_in_header hdr;
	const uint8_t *arg; /* what follows the header, inside elem.in */
	size_t arg_len;
	uint8_t *out; /* the answer's body */
	size_t out_len;
	size_t out_cap;
	uint64_t taken_ns;
	uint64_t due_ns;  /* when parked for a while */
	bool is_judged;	  /* injection has had its say */
	int injected_err; /* 0 or -errno, instead of running it */
	/* What only the handler knows and the log tells. */
	bool is_upgrade;
	uint64_t subject_ino;
};

/* Takes what @elem holds. NULL without memory; @elem is then the caller's still. */
struct request *request__new(struct virtq *vq, struct virtq_elem *elem);
void request__free(struct request *req);

/* Append to the answer's body. -ENOMEM, or -ERANGE when the guest left no room for it. */
int request__reply(struct request *req, const void *data, size_t len);

/* Room for the body, as the guest sized it. */
size_t request__room(const struct request *req);

/*
 * The NUL-terminated name at *@pos of the arguments, which moves past it. NULL when it is not
 * terminated, empty, too long, or no name of a directory entry ("." , "..", with a slash).
 */
const char *request__name(const struct request *req, size_t *pos);
/* The same for strings that may hold anything but NUL, of at most @max bytes. */
const char *request__string(const struct request *req, size_t *pos, size_t max);

/*
 * Answer with @result (0 or -errno; the body goes out only with 0), log it if @log is not NULL, and
 * free it. The line is in the log before the guest can see the answer.
 */
void request__finish(struct request *req, int result, struct jsonlog *log);

#endif
