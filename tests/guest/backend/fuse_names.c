// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on names and directories: arguments checked, then handed to the store. Timeouts are
 * long, so that the guest caches as it does under cache=always; nobody else changes the tree.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backend.h"
#include "fuse_op.h"
#include "request.h"
#include "store.h"

#define TIMEOUT_S 60

int fuse__reply_entry(struct request *req, const struct store_entry *e)
{
	const struct fuse_entry_out out = {
		.nodeid = e->attr.ino,
		.generation = e->generation,
		.entry_valid = TIMEOUT_S,
		.attr_valid = TIMEOUT_S,
		.attr = e->attr,
	};

	req->subject_ino = e->attr.ino;
	return request__reply(req, &out, sizeof(out));
}

/* An entry that never reached the guest must not count as looked up. */
static int give_entry(struct backend *b, struct request *req, const struct store_entry *e)
{
	int err = fuse__reply_entry(req, e);

	if (err)
		store__forget(b->store, e->attr.ino, 1);
	return err;
}

int fuse_lookup(struct backend *b, struct request *req)
{
	struct store_entry e;
	size_t pos = 0;
	const char *name = request__name(req, &pos);
	int err;

	if (!name)
		return -EINVAL;
	err = store__lookup(b->store, req->hdr.nodeid, name, &e);
	return err ? err : give_entry(b, req, &e);
}

int fuse_forget(struct backend *b, struct request *req)
{
	struct fuse_forget_in in;

	memcpy(&in, req->arg, sizeof(in));
	store__forget(b->store, req->hdr.nodeid, in.nlookup);
	return 0;
}

int fuse_batch_forget(struct backend *b, struct request *req)
{
	struct fuse_batch_forget_in in;
	struct fuse_forget_one one;

	memcpy(&in, req->arg, sizeof(in));
	if (in.count > (req->arg_len - sizeof(in)) / sizeof(one))
		return -EINVAL;
	for (uint32_t i = 0; i < in.count; i++) {
		memcpy(&one, req->arg + sizeof(in) + i * sizeof(one), sizeof(one));
		store__forget(b->store, one.nodeid, one.nlookup);
	}
	return 0;
}

static int make(struct backend *b, struct request *req, const char *name, struct store_new *what)
{
	struct store_entry e;
	int err;

	what->uid = req->hdr.uid;
	what->gid = req->hdr.gid;
	err = store__make(b->store, req->hdr.nodeid, name, what, &e);
	return err ? err : give_entry(b, req, &e);
}

static bool is_node_type(uint32_t mode)
{
	return S_ISREG(mode) || S_ISFIFO(mode) || S_ISSOCK(mode) || S_ISCHR(mode) || S_ISBLK(mode);
}

int fuse_mknod(struct backend *b, struct request *req)
{
	struct fuse_mknod_in in;
	size_t pos = sizeof(in);
	const char *name = request__name(req, &pos);
	struct store_new what;

	memcpy(&in, req->arg, sizeof(in));
	if (!name || !is_node_type(in.mode))
		return -EINVAL;
	what = (struct store_new){ .mode = in.mode & (S_IFMT | 07777), .rdev = in.rdev };
	return make(b, req, name, &what);
}

int fuse_mkdir(struct backend *b, struct request *req)
{
	struct fuse_mkdir_in in;
	size_t pos = sizeof(in);
	const char *name = request__name(req, &pos);
	struct store_new what;

	memcpy(&in, req->arg, sizeof(in));
	if (!name)
		return -EINVAL;
	what = (struct store_new){ .mode = S_IFDIR | (in.mode & 07777) };
	return make(b, req, name, &what);
}

int fuse_symlink(struct backend *b, struct request *req)
{
	size_t pos = 0;
	const char *name = request__name(req, &pos);
	const char *target = name ? request__string(req, &pos, PATH_MAX - 1) : NULL;
	struct store_new what = { .mode = S_IFLNK | 0777, .target = target };

	if (!target || !*target)
		return -EINVAL;
	return make(b, req, name, &what);
}

int fuse_readlink(struct backend *b, struct request *req)
{
	char target[PATH_MAX];
	int len = store__readlink(b->store, req->hdr.nodeid, target, sizeof(target));

	return len < 0 ? len : request__reply(req, target, (size_t)len);
}

int fuse_link(struct backend *b, struct request *req)
{
	struct fuse_link_in in;
	size_t pos = sizeof(in);
	const char *name = request__name(req, &pos);
	struct store_entry e;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	if (!name)
		return -EINVAL;
	err = store__link(b->store, in.oldnodeid, req->hdr.nodeid, name, &e);
	return err ? err : give_entry(b, req, &e);
}

int fuse_unlink(struct backend *b, struct request *req)
{
	size_t pos = 0;
	const char *name = request__name(req, &pos);

	if (!name)
		return -EINVAL;
	return store__unlink(b->store, req->hdr.nodeid, name, &req->subject_ino);
}

int fuse_rmdir(struct backend *b, struct request *req)
{
	size_t pos = 0;
	const char *name = request__name(req, &pos);

	if (!name)
		return -EINVAL;
	return store__rmdir(b->store, req->hdr.nodeid, name, &req->subject_ino);
}

static int do_rename(struct backend *b, struct request *req, size_t pos, uint64_t new_dir,
		     uint32_t flags)
{
	const char *name = request__name(req, &pos);
	const char *new_name = name ? request__name(req, &pos) : NULL;

	if (!new_name)
		return -EINVAL;
	return store__rename(b->store, req->hdr.nodeid, name, new_dir, new_name, flags);
}

int fuse_rename(struct backend *b, struct request *req)
{
	struct fuse_rename_in in;

	memcpy(&in, req->arg, sizeof(in));
	return do_rename(b, req, sizeof(in), in.newdir, 0);
}

int fuse_rename2(struct backend *b, struct request *req)
{
	struct fuse_rename2_in in;

	memcpy(&in, req->arg, sizeof(in));
	return do_rename(b, req, sizeof(in), in.newdir, in.flags);
}

int fuse_opendir(struct backend *b, struct request *req)
{
	struct fuse_open_out out = { 0 };
	int err = store__open(b->store, req->hdr.nodeid, true, &out.fh);

	if (err)
		return err;
	err = request__reply(req, &out, sizeof(out));
	if (err)
		store__close(b->store, req->hdr.nodeid, out.fh);
	return err;
}

struct listing {
	struct request *req;
	size_t max;
	int err;
};

static bool emit(void *ctx, uint64_t ino, uint64_t off, uint32_t type, const char *name)
{
	struct listing *l = ctx;
	struct fuse_dirent d = {
		.ino = ino,
		.off = off,
		.namelen = (uint32_t)strlen(name),
		.type = type,
	};
	static const char zeros[8];
	size_t pad = FUSE_DIRENT_SIZE(&d) - FUSE_NAME_OFFSET - d.namelen;

	if (l->req->out_len + FUSE_DIRENT_SIZE(&d) > l->max)
		return false;
	l->err = request__reply(l->req, &d, FUSE_NAME_OFFSET);
	if (!l->err)
		l->err = request__reply(l->req, name, d.namelen);
	if (!l->err)
		l->err = request__reply(l->req, zeros, pad);
	return !l->err;
}

int fuse_readdir(struct backend *b, struct request *req)
{
	struct listing l = { .req = req };
	struct fuse_read_in in;
	int err;

	memcpy(&in, req->arg, sizeof(in));
	err = store__check_handle(b->store, req->hdr.nodeid, in.fh);
	if (err)
		return err;
	l.max = in.size < request__room(req) ? in.size : request__room(req);
	err = store__readdir(b->store, req->hdr.nodeid, in.offset, emit, &l);
	return err ? err : l.err;
}
