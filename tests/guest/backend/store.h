/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file store: a tree in memory, whose regular files are memfds so that their pages can be
 * mapped into the window. It speaks node ids; every function takes its own locks, checks the ids
 * it is given (-ENOENT or -ESTALE for one that does not exist) and returns 0 or -errno.
 */
#ifndef BACKEND_STORE_H
#define BACKEND_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/fuse.h>

struct store;

#define STORE_ROOT     FUSE_ROOT_ID
#define STORE_NAME_MAX 255
/* The backing object of a file is kept a multiple of this, the size of a DAX range. */
#define STORE_UNIT     (2ULL << 20)
#define STORE_MAX_SIZE (1ULL << 40)

/* What a reply needs about a node. @attr.ino is the node id, and neither is ever used again. */
struct store_entry {
	uint64_t generation;
	struct fuse_attr attr;
};

struct store_new {
	uint32_t mode; /* type and permissions */
	uint32_t uid;
	uint32_t gid;
	uint32_t rdev;
	const char *target; /* of a symlink */
};

struct store *store__new(bool dax_default);
void store__free(struct store *s);

/* Names. Each entry given out counts as one lookup until it is forgotten. */
int store__lookup(struct store *s, uint64_t dir, const char *name, struct store_entry *out);
int store__make(struct store *s, uint64_t dir, const char *name, const struct store_new *what,
		struct store_entry *out);
int store__link(struct store *s, uint64_t ino, uint64_t dir, const char *name,
		struct store_entry *out);
/* @ino receives what was removed. */
int store__unlink(struct store *s, uint64_t dir, const char *name, uint64_t *ino);
int store__rmdir(struct store *s, uint64_t dir, const char *name, uint64_t *ino);
/* @flags: RENAME_NOREPLACE or RENAME_EXCHANGE. */
int store__rename(struct store *s, uint64_t dir, const char *name, uint64_t new_dir,
		  const char *new_name, uint32_t flags);
void store__forget(struct store *s, uint64_t ino, uint64_t lookups);
/* The guest has forgotten everything and closed everything: it mounts anew. */
void store__forget_all(struct store *s);

/*
 * Call @emit for each entry after position @off; it returns false when it is full. It runs under
 * the store's lock and must not call back.
 */
typedef bool store_emit_fn(void *ctx, uint64_t ino, uint64_t off, uint32_t type, const char *name);
int store__readdir(struct store *s, uint64_t dir, uint64_t off, store_emit_fn *emit, void *ctx);

/* Attributes. */
int store__getattr(struct store *s, uint64_t ino, struct store_entry *out);
int store__setattr(struct store *s, uint64_t ino, const struct fuse_setattr_in *in,
		   struct store_entry *out);
/* The target's length; -EINVAL when it is no symlink, -ERANGE when @cap is too small. */
int store__readlink(struct store *s, uint64_t ino, char *buf, size_t cap);
int store__set_dax(struct store *s, uint64_t ino, bool is_on);
/* From now on for every file whose name matches when it is created or looked up. */
int store__set_dax_name(struct store *s, const char *glob, bool is_on);
/* Bytes in all files, by what their memfds occupy, and the number of nodes. */
void store__usage(struct store *s, uint64_t *bytes, uint64_t *nodes);

/* Handles. An open node outlives its names. */
int store__open(struct store *s, uint64_t ino, bool is_dir, uint64_t *fh);
int store__close(struct store *s, uint64_t ino, uint64_t fh);
/* -EBADF unless @fh is open on @ino. */
int store__check_handle(struct store *s, uint64_t ino, uint64_t fh);

/* Contents of a regular file. */
ssize_t store__read(struct store *s, uint64_t ino, uint64_t off, void *buf, size_t len);
ssize_t store__write(struct store *s, uint64_t ino, uint64_t off, const void *buf, size_t len);
int store__truncate(struct store *s, uint64_t ino, uint64_t size);
int store__fallocate(struct store *s, uint64_t ino, uint32_t mode, uint64_t off, uint64_t len);
int store__seek(struct store *s, uint64_t ino, uint64_t off, int whence, uint64_t *out);
/* A duplicate of the file's memfd, long enough for the range; the caller closes it. */
int store__backing_fd(struct store *s, uint64_t ino, uint64_t off, uint64_t len);

/* Extended attributes. With @cap 0 the two readers tell the length needed. */
int store__setxattr(struct store *s, uint64_t ino, const char *name, const void *value, size_t len,
		    uint32_t flags);
ssize_t store__getxattr(struct store *s, uint64_t ino, const char *name, void *buf, size_t cap);
ssize_t store__listxattr(struct store *s, uint64_t ino, char *buf, size_t cap);
int store__removexattr(struct store *s, uint64_t ino, const char *name);

#endif
