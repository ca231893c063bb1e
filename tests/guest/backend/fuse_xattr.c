// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extended attributes. One of them is no attribute at all: setting user.daxctl gives the backend a
 * command, so that a script in the guest steers it. On any node, not on the root alone: the kernel
 * takes the inode's lock for setxattr(2), and a LOOKUP that hangs in a directory holds that lock,
 * so the command that releases it must come by another.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "command.h"
#include "diag.h"
#include "fuse_op.h"
#include "request.h"
#include "store.h"

/* XATTR_NAME_MAX and XATTR_LIST_MAX of the kernel. */
#define NAME_MAX_LEN 255
#define LIST_MAX_LEN 65536

static int obey(struct backend *b, const uint8_t *value, size_t len)
{
	char text[COMMAND_MAX_LEN + 2];
	char why[COMMAND_WHY_LEN];
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, value, len);
	text[len] = '\0';
	err = command__run(b, text, why);
	if (err)
		diag__err("command '%s': %s", text, why);
	return err;
}

int fuse_setxattr(struct backend *b, struct request *req)
{
	size_t pos = FUSE_COMPAT_SETXATTR_IN_SIZE;
	const char *name = request__string(req, &pos, NAME_MAX_LEN);
	struct fuse_setxattr_in in = { 0 };

	memcpy(&in, req->arg, FUSE_COMPAT_SETXATTR_IN_SIZE);
	if (!name || !*name || in.size > req->arg_len - pos)
		return -EINVAL;
	if (!strcmp(name, COMMAND_XATTR))
		return obey(b, req->arg + pos, in.size);
	return store__setxattr(b->store, req->hdr.nodeid, name, req->arg + pos, in.size, in.flags);
}

/* With size 0 the guest asks how much there is; else it wants the bytes. */
static int reply_bytes(struct request *req, uint32_t size, const void *buf, ssize_t len)
{
	struct fuse_getxattr_out out = { 0 };

	if (len < 0)
		return (int)len;
	if (size)
		return request__reply(req, buf, (size_t)len);
	out.size = (uint32_t)len;
	return request__reply(req, &out, sizeof(out));
}

static int read_xattrs(struct backend *b, struct request *req, const char *name)
{
	struct fuse_getxattr_in in;
	ssize_t len;
	char *buf;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	if (in.size > LIST_MAX_LEN)
		in.size = LIST_MAX_LEN;
	buf = malloc(in.size + 1);
	if (!buf)
		return -ENOMEM;
	if (name)
		len = store__getxattr(b->store, req->hdr.nodeid, name, buf, in.size);
	else
		len = store__listxattr(b->store, req->hdr.nodeid, buf, in.size);
	err = reply_bytes(req, in.size, buf, len);
	free(buf);
	return err;
}

int fuse_getxattr(struct backend *b, struct request *req)
{
	size_t pos = sizeof(struct fuse_getxattr_in);
	const char *name = request__string(req, &pos, NAME_MAX_LEN);

	if (!name || !*name)
		return -EINVAL;
	return read_xattrs(b, req, name);
}

int fuse_listxattr(struct backend *b, struct request *req)
{
	return read_xattrs(b, req, NULL);
}

int fuse_removexattr(struct backend *b, struct request *req)
{
	size_t pos = 0;
	const char *name = request__string(req, &pos, NAME_MAX_LEN);

	if (!name || !*name)
		return -EINVAL;
	return store__removexattr(b->store, req->hdr.nodeid, name);
}
