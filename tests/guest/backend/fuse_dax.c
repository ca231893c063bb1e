// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two operations this backend exists for: a piece of a file put into the window and taken out
 * of it. The log lines of these are what every figure of the tool is held against.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "fuse_op.h"
#include "jsonlog.h"
#include "request.h"
#include "store.h"
#include "window.h"

static bool is_aligned(const struct fuse_setupmapping_in *in)
{
	return !((in->foffset | in->moffset | in->len) & ((1ULL << WINDOW_ALIGN_SHIFT) - 1));
}

int fuse_setupmapping(struct backend *b, struct request *req)
{
	struct fuse_setupmapping_in in;
	struct window_range want;
	int fd, err;

	if (b->opts->no_map_alignment)
		return -ENOSYS;
	memcpy(&in, req->arg, sizeof(in));
	if (!in.len || !is_aligned(&in))
		return -EINVAL;
	/* The handle is not looked at: the kernel sends none it could name (it says -1). */
	fd = store__backing_fd(b->store, req->hdr.nodeid, in.foffset, in.len);
	if (fd < 0)
		return fd;
	want = (struct window_range){
		.ino = req->hdr.nodeid,
		.file_off = in.foffset,
		.window_off = in.moffset,
		.len = in.len,
	};
	err = window__map(b->window, &want, fd, &req->is_upgrade);
	close(fd);
	return err;
}

static uint32_t range_count(const struct request *req)
{
	struct fuse_removemapping_in in;

	memcpy(&in, req->arg, sizeof(in));
	return in.count;
}

/* The ranges follow a header of four bytes, so that they are not aligned in memory. */
static struct fuse_removemapping_one range_at(const struct request *req, uint32_t i)
{
	struct fuse_removemapping_one one;

	memcpy(&one, req->arg + sizeof(struct fuse_removemapping_in) + i * sizeof(one),
	       sizeof(one));
	return one;
}

static bool has_ranges(const struct request *req, uint32_t cnt)
{
	return cnt <= (req->arg_len - sizeof(struct fuse_removemapping_in)) /
			      sizeof(struct fuse_removemapping_one);
}

/* A range that fails does not keep the others in: the kernel frees them all whatever we answer. */
int fuse_removemapping(struct backend *b, struct request *req)
{
	uint32_t cnt = range_count(req);
	int first_err = 0;

	if (!cnt || !has_ranges(req, cnt))
		return -EINVAL;
	for (uint32_t i = 0; i < cnt; i++) {
		struct fuse_removemapping_one one = range_at(req, i);
		int err = window__unmap(b->window, one.moffset, one.len);

		if (!first_err)
			first_err = err;
	}
	return first_err;
}

void describe_setup(const struct request *req, struct json_line *line)
{
	struct fuse_setupmapping_in in;

	memcpy(&in, req->arg, sizeof(in));
	json__u64(line, "foffset", in.foffset);
	json__u64(line, "moffset", in.moffset);
	json__u64(line, "len", in.len);
	json__u64(line, "flags", in.flags);
	json__bool(line, "writable", in.flags & FUSE_SETUPMAPPING_FLAG_WRITE);
	json__bool(line, "upgrade", req->is_upgrade);
}

void describe_remove(const struct request *req, struct json_line *line)
{
	uint32_t cnt = range_count(req);

	json__u64(line, "count", cnt);
	json__open(line, "ranges", '[');
	for (uint32_t i = 0; i < cnt && has_ranges(req, cnt); i++) {
		struct fuse_removemapping_one one = range_at(req, i);

		json__open(line, NULL, '{');
		json__u64(line, "moffset", one.moffset);
		json__u64(line, "len", one.len);
		json__close(line, '}');
	}
	json__close(line, ']');
}
