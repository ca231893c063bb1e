/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where a recording goes: a file, a pipe, or a socket.
 */
#ifndef DAXTOP_REC_OUT_H
#define DAXTOP_REC_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "failure.h"
#include "recfile.h"

struct rec_out {
	int fd;
	const char *path; /* of a file that can be begun anew; else NULL; borrowed */
	bool is_patchable;
	bool is_stream; /* somebody reads it, or does not: after half a minute that is -ETIMEDOUT */
	__u64 stored_bytes; /* of whole chunks */
	int err;	    /* the first one of writing, -errno: nothing is written after it */
};

/*
 * @target is a path, "-" (standard output), "tcp:ADDRESS:PORT" ([ADDRESS] for IPv6) or
 * "vsock:CID:PORT"; borrowed. A file is created, or cut to nothing, readable by its owner alone
 * where that is us. -errno with @failure.
 */
int rec_out__open(struct rec_out *o, const char *target, struct failure *failure);

/* A file of that name, which must not be there, not even as a link. 0 or -errno. */
int rec_out__create(struct rec_out *o, const char *path);

/* Is it that of a file? */
bool rec_out__is_path(const char *target);

/* A rec_store_fn: writes all of it. What a failed write has left of it is cut off a file again. */
int rec_out__store(void *ctx, const struct rec_chunk *chunk);

/*
 * Puts @head (NULL: none) at the front where that can be done, and closes. 0 or -errno, also of
 * writes before.
 */
int rec_out__finish(struct rec_out *o, const unsigned char *head);

/* FILE to FILE.1, that to FILE.2 and so on, at most @keep of them. 0 or -errno. */
int rec_out__rotate(struct rec_out *o, unsigned int keep);

/* A new FILE, or what there is of it cut to nothing. 0 or -errno. */
int rec_out__renew(struct rec_out *o);

#endif
