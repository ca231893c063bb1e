// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of FUSE operations, and what the log says of each. An operation is logged when it has
 * something to do with the window, with contents or with a node's life.
 */
#define _GNU_SOURCE 1
#include "fuse_op.h"

#include <fcntl.h>
#include <string.h>

#include "jsonlog.h"
#include "request.h"

static void describe_plain(const struct request *req, struct json_line *line)
{
	(void)req;
	(void)line;
}

static void describe_init(const struct request *req, struct json_line *line)
{
	struct fuse_init_in in = { 0 };

	memcpy(&in, req->arg, req->arg_len < sizeof(in) ? req->arg_len : sizeof(in));
	json__u64(line, "major", in.major);
	json__u64(line, "minor", in.minor);
	json__bool(line, "dax", in.flags & FUSE_MAP_ALIGNMENT);
}

static void describe_forget(const struct request *req, struct json_line *line)
{
	struct fuse_forget_in in;

	memcpy(&in, req->arg, sizeof(in));
	json__u64(line, "lookups", in.nlookup);
}

static void describe_batch_forget(const struct request *req, struct json_line *line)
{
	struct fuse_batch_forget_in in;

	memcpy(&in, req->arg, sizeof(in));
	json__u64(line, "count", in.count);
}

static void describe_setattr(const struct request *req, struct json_line *line)
{
	struct fuse_setattr_in in;

	memcpy(&in, req->arg, sizeof(in));
	json__u64(line, "valid", in.valid);
	if (in.valid & FATTR_SIZE)
		json__u64(line, "size", in.size);
}

static void describe_open(const struct request *req, struct json_line *line)
{
	struct fuse_open_in in;

	memcpy(&in, req->arg, sizeof(in));
	json__u64(line, "flags", in.flags);
	json__bool(line, "trunc", in.flags & O_TRUNC);
}

static void put_name(const struct request *req, struct json_line *line, size_t pos)
{
	const char *name = request__name(req, &pos);

	json__str(line, "name", name ? name : "");
	json__u64(line, "child", req->subject_ino);
}

static void describe_create(const struct request *req, struct json_line *line)
{
	struct fuse_create_in in;

	memcpy(&in, req->arg, sizeof(in));
	put_name(req, line, sizeof(in));
	json__u64(line, "flags", in.flags);
	json__bool(line, "trunc", in.flags & O_TRUNC);
}

static void describe_mknod(const struct request *req, struct json_line *line)
{
	put_name(req, line, sizeof(struct fuse_mknod_in));
}

static void describe_name(const struct request *req, struct json_line *line)
{
	put_name(req, line, 0);
}

static void describe_read(const struct request *req, struct json_line *line)
{
	struct fuse_read_in in;

	memcpy(&in, req->arg, sizeof(in));
	json__u64(line, "offset", in.offset);
	json__u64(line, "size", in.size);
}

static void describe_write(const struct request *req, struct json_line *line)
{
	struct fuse_write_in in;

	memcpy(&in, req->arg, sizeof(in));
	json__u64(line, "offset", in.offset);
	json__u64(line, "size", in.size);
}

static void describe_fallocate(const struct request *req, struct json_line *line)
{
	struct fuse_fallocate_in in;

	memcpy(&in, req->arg, sizeof(in));
	json__u64(line, "mode", in.mode);
	json__u64(line, "offset", in.offset);
	json__u64(line, "len", in.length);
}

/* clang-format off */
#define IN(type) sizeof(struct fuse_##type##_in)
#define GEN LANE_GENERAL
#define WIN LANE_WINDOW

static const struct fuse_op ops[] = {
	/*
	 * opcode               name           handler             log                    arguments
	 * injected as       lane
	 */
	[FUSE_INIT]          = { "init",        fuse_init,          describe_init,         16,                 INJECT_NONE,      WIN },
	[FUSE_DESTROY]       = { "destroy",     fuse_destroy,       describe_plain,        0,                  INJECT_NONE,      WIN },
	[FUSE_STATFS]        = { "statfs",      fuse_statfs,        NULL,                  0,                  INJECT_NONE,      GEN },
	[FUSE_SYNCFS]        = { "syncfs",      fuse_nothing,       describe_plain,        0,                  INJECT_NONE,      GEN },
	[FUSE_ACCESS]        = { "access",      fuse_nothing,       NULL,                  0,                  INJECT_NONE,      GEN },
	[FUSE_INTERRUPT]     = { "interrupt",   fuse_nothing,       NULL,                  0,                  INJECT_NONE,      GEN },
	[FUSE_LOOKUP]        = { "lookup",      fuse_lookup,        NULL,                  0,                  INJECT_LOOKUP,    GEN },
	[FUSE_FORGET]        = { "forget",      fuse_forget,        describe_forget,       IN(forget),         INJECT_NONE,      GEN },
	[FUSE_BATCH_FORGET]  = { "batch_forget", fuse_batch_forget, describe_batch_forget, IN(batch_forget),   INJECT_NONE,      GEN },
	[FUSE_MKNOD]         = { "mknod",       fuse_mknod,         describe_mknod,        IN(mknod),          INJECT_CREATE,    GEN },
	[FUSE_MKDIR]         = { "mkdir",       fuse_mkdir,         NULL,                  IN(mkdir),          INJECT_NONE,      GEN },
	[FUSE_SYMLINK]       = { "symlink",     fuse_symlink,       NULL,                  0,                  INJECT_NONE,      GEN },
	[FUSE_READLINK]      = { "readlink",    fuse_readlink,      NULL,                  0,                  INJECT_NONE,      GEN },
	[FUSE_LINK]          = { "link",        fuse_link,          NULL,                  IN(link),           INJECT_NONE,      GEN },
	[FUSE_UNLINK]        = { "unlink",      fuse_unlink,        describe_name,         0,                  INJECT_UNLINK,    GEN },
	[FUSE_RMDIR]         = { "rmdir",       fuse_rmdir,         NULL,                  0,                  INJECT_NONE,      GEN },
	[FUSE_RENAME]        = { "rename",      fuse_rename,        NULL,                  IN(rename),         INJECT_NONE,      GEN },
	[FUSE_RENAME2]       = { "rename",      fuse_rename2,       NULL,                  IN(rename2),        INJECT_NONE,      GEN },
	[FUSE_OPENDIR]       = { "opendir",     fuse_opendir,       NULL,                  IN(open),           INJECT_NONE,      GEN },
	[FUSE_READDIR]       = { "readdir",     fuse_readdir,       NULL,                  IN(read),           INJECT_NONE,      GEN },
	[FUSE_RELEASEDIR]    = { "releasedir",  fuse_release,       NULL,                  IN(release),        INJECT_NONE,      GEN },
	[FUSE_FSYNCDIR]      = { "fsyncdir",    fuse_nothing,       NULL,                  0,                  INJECT_NONE,      GEN },
	[FUSE_GETATTR]       = { "getattr",     fuse_getattr,       NULL,                  0,                  INJECT_GETATTR,   GEN },
	[FUSE_SETATTR]       = { "setattr",     fuse_setattr,       describe_setattr,      IN(setattr),        INJECT_SETATTR,   GEN },
	[FUSE_OPEN]          = { "open",        fuse_open,          describe_open,         IN(open),           INJECT_OPEN,      GEN },
	[FUSE_CREATE]        = { "create",      fuse_create,        describe_create,       IN(create),         INJECT_CREATE,    GEN },
	[FUSE_READ]          = { "read",        fuse_read,          describe_read,         IN(read),           INJECT_READ,      GEN },
	[FUSE_WRITE]         = { "write",       fuse_write,         describe_write,        IN(write),          INJECT_WRITE,     GEN },
	[FUSE_RELEASE]       = { "release",     fuse_release,       describe_plain,        IN(release),        INJECT_RELEASE,   GEN },
	[FUSE_FLUSH]         = { "flush",       fuse_nothing,       describe_plain,        IN(flush),          INJECT_FLUSH,     GEN },
	[FUSE_FSYNC]         = { "fsync",       fuse_nothing,       describe_plain,        IN(fsync),          INJECT_FSYNC,     GEN },
	[FUSE_FALLOCATE]     = { "fallocate",   fuse_fallocate,     describe_fallocate,    IN(fallocate),      INJECT_FALLOCATE, GEN },
	[FUSE_LSEEK]         = { "lseek",       fuse_lseek,         NULL,                  IN(lseek),          INJECT_NONE,      GEN },
	[FUSE_SETXATTR]      = { "setxattr",    fuse_setxattr,      NULL,                  FUSE_COMPAT_SETXATTR_IN_SIZE, INJECT_NONE, GEN },
	[FUSE_GETXATTR]      = { "getxattr",    fuse_getxattr,      NULL,                  IN(getxattr),       INJECT_GETXATTR,  GEN },
	[FUSE_LISTXATTR]     = { "listxattr",   fuse_listxattr,     NULL,                  IN(getxattr),       INJECT_NONE,      GEN },
	[FUSE_REMOVEXATTR]   = { "removexattr", fuse_removexattr,   NULL,                  0,                  INJECT_NONE,      GEN },
	[FUSE_SETUPMAPPING]  = { "setup",       fuse_setupmapping,  describe_setup,        IN(setupmapping),   INJECT_SETUP,     WIN },
	[FUSE_REMOVEMAPPING] = { "remove",      fuse_removemapping, describe_remove,       IN(removemapping),  INJECT_REMOVE,    WIN },
};
/* clang-format on */

const struct fuse_op *fuse_op__find(uint32_t opcode)
{
	if (opcode >= sizeof(ops) / sizeof(ops[0]) || !ops[opcode].run)
		return NULL;
	return &ops[opcode];
}
