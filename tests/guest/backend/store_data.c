// SPDX-License-Identifier: GPL-2.0-only
/*
 * File contents. The backing memfd is a multiple of 2 MiB, because the kernel maps whole ranges and
 * the front end refuses to map past the end of the object. It never shrinks either: a page that
 * goes away under a guest that still touches it would be a SIGBUS in the front end. Truncation
 * punches a hole to the end instead, and the logical size is kept beside.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node.h"

static struct node *get_file(struct store *s, uint64_t ino, int *err)
{
	struct node *n = node__get(s, ino);

	*err = -ENOENT;
	if (!n)
		return NULL;
	if (S_ISREG(n->mode)) {
		*err = 0;
		return n;
	}
	*err = S_ISDIR(n->mode) ? -EISDIR : -EINVAL;
	node__put(s, n);
	return NULL;
}

static int reserve(struct node *n, uint64_t end)
{
	uint64_t want = (end + STORE_UNIT - 1) / STORE_UNIT * STORE_UNIT;

	if (end > STORE_MAX_SIZE)
		return -EFBIG;
	if (want <= n->backing_len)
		return 0;
	if (ftruncate(n->fd, (off_t)want))
		return -errno;
	n->backing_len = want;
	return 0;
}

static int zero(struct node *n, uint64_t from, uint64_t to)
{
	if (to > n->backing_len)
		to = n->backing_len;
	if (from >= to)
		return 0;
	if (fallocate(n->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from,
		      (off_t)(to - from)))
		return -errno;
	return 0;
}

/*
 * What lies beyond the old end can have been written through a mapping of the last page, so that
 * it is zeroed when the file grows over it, too.
 */
int node__set_size(struct node *n, uint64_t size)
{
	int err;

	if (!S_ISREG(n->mode))
		return S_ISDIR(n->mode) ? -EISDIR : -EINVAL;
	err = reserve(n, size);
	if (!err && size < n->size)
		err = zero(n, size, n->backing_len);
	else if (!err)
		err = zero(n, n->size, size);
	if (!err)
		n->size = size;
	return err;
}

int store__truncate(struct store *s, uint64_t ino, uint64_t size)
{
	const struct fuse_setattr_in in = { .valid = FATTR_SIZE, .size = size };
	struct store_entry ignored;

	return store__setattr(s, ino, &in, &ignored);
}

static ssize_t read_locked(struct node *n, uint64_t off, uint8_t *buf, size_t len)
{
	size_t done = 0;

	if (off >= n->size)
		return 0;
	if (len > n->size - off)
		len = n->size - off;
	while (done < len) {
		ssize_t got = pread(n->fd, buf + done, len - done, (off_t)(off + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

ssize_t store__read(struct store *s, uint64_t ino, uint64_t off, void *buf, size_t len)
{
	int err;
	struct node *n = get_file(s, ino, &err);
	ssize_t ret;

	if (!n)
		return err;
	pthread_mutex_lock(&n->lock);
	ret = read_locked(n, off, buf, len);
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return ret;
}

static int write_all(int fd, const uint8_t *buf, size_t len, uint64_t off)
{
	while (len) {
		ssize_t put = pwrite(fd, buf, len, (off_t)off);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put < 0 ? -errno : -EIO;
		buf += put;
		off += (uint64_t)put;
		len -= (size_t)put;
	}
	return 0;
}

static int write_locked(struct node *n, uint64_t off, const uint8_t *buf, size_t len)
{
	int err = off > STORE_MAX_SIZE ? -EFBIG : reserve(n, off + len);

	if (!err && off > n->size)
		err = zero(n, n->size, off);
	if (!err)
		err = write_all(n->fd, buf, len, off);
	if (err)
		return err;
	if (len && off + len > n->size)
		n->size = off + len;
	node__touch(n, true);
	return 0;
}

ssize_t store__write(struct store *s, uint64_t ino, uint64_t off, const void *buf, size_t len)
{
	int err;
	struct node *n = get_file(s, ino, &err);

	if (!n)
		return err;
	pthread_mutex_lock(&n->lock);
	err = write_locked(n, off, buf, len);
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return err ? err : (ssize_t)len;
}

static int fallocate_locked(struct node *n, uint32_t mode, uint64_t off, uint64_t len)
{
	bool keeps_size = mode & FALLOC_FL_KEEP_SIZE;
	uint64_t end = off + len;
	int err = 0;

	if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
		err = zero(n, off, end);
	if (!err && !keeps_size && end > n->size)
		err = node__set_size(n, end);
	if (!err)
		node__touch(n, true);
	return err;
}

static int check_fallocate(uint32_t mode, uint64_t off, uint64_t len)
{
	const uint32_t known = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE;

	if (mode & ~known)
		return -EOPNOTSUPP;
	if ((mode & FALLOC_FL_PUNCH_HOLE) && mode != (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE))
		return -EOPNOTSUPP;
	if (!len)
		return -EINVAL;
	if (off > STORE_MAX_SIZE || len > STORE_MAX_SIZE - off)
		return -EFBIG;
	return 0;
}

int store__fallocate(struct store *s, uint64_t ino, uint32_t mode, uint64_t off, uint64_t len)
{
	int err = check_fallocate(mode, off, len);
	struct node *n;

	if (err)
		return err;
	n = get_file(s, ino, &err);
	if (!n)
		return err;
	pthread_mutex_lock(&n->lock);
	err = fallocate_locked(n, mode, off, len);
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return err;
}

static int seek_locked(struct node *n, uint64_t off, int whence, uint64_t *out)
{
	off_t at;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return -EINVAL;
	if (off >= n->size)
		return -ENXIO;
	at = lseek(n->fd, (off_t)off, whence);
	if (at < 0)
		return -errno;
	/* The backing object goes on past the file: there is no data there, only its end. */
	if ((uint64_t)at >= n->size && whence == SEEK_DATA)
		return -ENXIO;
	*out = (uint64_t)at < n->size ? (uint64_t)at : n->size;
	return 0;
}

int store__seek(struct store *s, uint64_t ino, uint64_t off, int whence, uint64_t *out)
{
	int err;
	struct node *n = get_file(s, ino, &err);

	if (!n)
		return err;
	pthread_mutex_lock(&n->lock);
	err = seek_locked(n, off, whence, out);
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return err;
}

int store__backing_fd(struct store *s, uint64_t ino, uint64_t off, uint64_t len)
{
	uint64_t end;
	int err, fd;
	struct node *n;

	if (__builtin_add_overflow(off, len, &end))
		return -EINVAL;
	n = get_file(s, ino, &err);
	if (!n)
		return err;
	pthread_mutex_lock(&n->lock);
	err = reserve(n, end);
	fd = err ? err : fcntl(n->fd, F_DUPFD_CLOEXEC, 0);
	if (!err && fd < 0)
		fd = -errno;
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return fd;
}
