/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FUSE operations, one row each. A new operation is a row in fuse_ops.c and a handler.
 */
#ifndef BACKEND_FUSE_OP_H
#define BACKEND_FUSE_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inject.h"
#include "pool.h"

struct backend;
struct json_line;
struct request;

/* Returns 0 or -errno, the body having been appended to @req. */
typedef int fuse_handler_fn(struct backend *b, struct request *req);
/* Append what the log tells of this operation; the fixed arguments are known to be there. */
typedef void fuse_describe_fn(const struct request *req, struct json_line *line);

struct fuse_op {
	const char *name;
	fuse_handler_fn *run;
	fuse_describe_fn *describe; /* NULL: not logged */
	size_t in_size;		    /* of the fixed arguments */
	enum inject_op inject;
	enum pool_lane lane;
};

/* NULL for an opcode that is answered with ENOSYS. */
const struct fuse_op *fuse_op__find(uint32_t opcode);

/* fuse_mount.c */
fuse_handler_fn fuse_init, fuse_destroy, fuse_statfs, fuse_nothing;
/* fuse_names.c */
fuse_handler_fn fuse_lookup, fuse_forget, fuse_batch_forget, fuse_mknod, fuse_mkdir, fuse_symlink,
	fuse_readlink, fuse_link, fuse_unlink, fuse_rmdir, fuse_rename, fuse_rename2, fuse_opendir,
	fuse_readdir;
/* fuse_file.c */
fuse_handler_fn fuse_getattr, fuse_setattr, fuse_open, fuse_create, fuse_read, fuse_write,
	fuse_release, fuse_fallocate, fuse_lseek;
/* fuse_dax.c */
fuse_handler_fn fuse_setupmapping, fuse_removemapping;
fuse_describe_fn describe_setup, describe_remove;
/* fuse_xattr.c */
fuse_handler_fn fuse_setxattr, fuse_getxattr, fuse_listxattr, fuse_removexattr;

/* Shared by the handlers that give out nodes. */
struct store_entry;
int fuse__reply_entry(struct request *req, const struct store_entry *e);

#endif
