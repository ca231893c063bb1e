// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on files: attributes, handles and contents that go round the window.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backend.h"
#include "fuse_op.h"
#include "request.h"
#include "store.h"

#define TIMEOUT_S 60
#define MAX_READ  (1u << 20)

static int reply_attr(struct request *req, const struct store_entry *e)
{
	const struct fuse_attr_out out = { .attr_valid = TIMEOUT_S, .attr = e->attr };

	return request__reply(req, &out, sizeof(out));
}

int fuse_getattr(struct backend *b, struct request *req)
{
	struct store_entry e;
	int err = store__getattr(b->store, req->hdr.nodeid, &e);

	return err ? err : reply_attr(req, &e);
}

int fuse_setattr(struct backend *b, struct request *req)
{
	struct fuse_setattr_in in;
	struct store_entry e;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	err = store__setattr(b->store, req->hdr.nodeid, &in, &e);
	return err ? err : reply_attr(req, &e);
}

static int open_node(struct backend *b, uint64_t ino, uint32_t flags, struct fuse_open_out *out)
{
	int err = 0;

	/* Without FUSE_ATOMIC_O_TRUNC the kernel truncates by SETATTR and masks the flag. */
	if ((flags & O_TRUNC) && b->opts->atomic_o_trunc)
		err = store__truncate(b->store, ino, 0);
	if (err)
		return err;
	*out = (struct fuse_open_out){ .open_flags = FOPEN_KEEP_CACHE };
	return store__open(b->store, ino, false, &out->fh);
}

int fuse_open(struct backend *b, struct request *req)
{
	struct fuse_open_in in;
	struct fuse_open_out out;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	err = open_node(b, req->hdr.nodeid, in.flags, &out);
	if (err)
		return err;
	err = request__reply(req, &out, sizeof(out));
	if (err)
		store__close(b->store, req->hdr.nodeid, out.fh);
	return err;
}

static int make_or_find(struct backend *b, struct request *req, const struct fuse_create_in *in,
			const char *name, struct store_entry *e)
{
	const struct store_new what = {
		.mode = S_IFREG | (in->mode & 07777),
		.uid = req->hdr.uid,
		.gid = req->hdr.gid,
	};
	int err = store__make(b->store, req->hdr.nodeid, name, &what, e);

	if (err == -EEXIST && !(in->flags & O_EXCL))
		err = store__lookup(b->store, req->hdr.nodeid, name, e);
	return err;
}

int fuse_create(struct backend *b, struct request *req)
{
	struct fuse_create_in in;
	struct fuse_open_out out;
	size_t pos = sizeof(in);
	const char *name = request__name(req, &pos);
	struct store_entry e;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	if (!name)
		return -EINVAL;
	err = make_or_find(b, req, &in, name, &e);
	if (err)
		return err;
	err = open_node(b, e.attr.ino, in.flags, &out);
	if (err)
		goto forget;
	/* A file that was there may have been cut just now. */
	err = store__getattr(b->store, e.attr.ino, &e);
	if (!err)
		err = fuse__reply_entry(req, &e);
	if (!err)
		err = request__reply(req, &out, sizeof(out));
	if (!err)
		return 0;
	store__close(b->store, e.attr.ino, out.fh);
forget:
	store__forget(b->store, e.attr.ino, 1);
	return err;
}

int fuse_read(struct backend *b, struct request *req)
{
	struct fuse_read_in in;
	ssize_t got;
	void *buf;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	err = store__check_handle(b->store, req->hdr.nodeid, in.fh);
	if (err)
		return err;
	if (in.size > MAX_READ || in.size > request__room(req))
		return -EINVAL;
	buf = malloc(in.size + 1);
	if (!buf)
		return -ENOMEM;
	got = store__read(b->store, req->hdr.nodeid, in.offset, buf, in.size);
	err = got < 0 ? (int)got : request__reply(req, buf, (size_t)got);
	free(buf);
	return err;
}

int fuse_write(struct backend *b, struct request *req)
{
	struct fuse_write_out out = { 0 };
	struct fuse_write_in in;
	ssize_t put;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	err = store__check_handle(b->store, req->hdr.nodeid, in.fh);
	if (err)
		return err;
	if (in.size > req->arg_len - sizeof(in))
		return -EINVAL;
	put = store__write(b->store, req->hdr.nodeid, in.offset, req->arg + sizeof(in), in.size);
	if (put < 0)
		return (int)put;
	out.size = (uint32_t)put;
	return request__reply(req, &out, sizeof(out));
}

int fuse_release(struct backend *b, struct request *req)
{
	struct fuse_release_in in;

	memcpy(&in, req->arg, sizeof(in));
	return store__close(b->store, req->hdr.nodeid, in.fh);
}

int fuse_fallocate(struct backend *b, struct request *req)
{
	struct fuse_fallocate_in in;

	memcpy(&in, req->arg, sizeof(in));
	return store__fallocate(b->store, req->hdr.nodeid, in.mode, in.offset, in.length);
}

int fuse_lseek(struct backend *b, struct request *req)
{
	struct fuse_lseek_out out = { 0 };
	struct fuse_lseek_in in;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	err = store__seek(b->store, req->hdr.nodeid, in.offset, (int)in.whence, &out.offset);
	return err ? err : request__reply(req, &out, sizeof(out));
}
