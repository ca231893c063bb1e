// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filling the store from the host at the start, so that tests find programs and data on the mount.
 * It is a copy: nothing the guest does reaches the host.
 */
#define _GNU_SOURCE 1
#include "populate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "store.h"

/* Each level keeps a descriptor open. */
#define MAX_DEPTH 64

static int copy_dir(struct store *s, uint64_t ino, int dir_fd, int depth);

static int copy_bytes(struct store *s, uint64_t ino, int fd)
{
	static char buf[1 << 20];
	uint64_t off = 0;

	for (;;) {
		ssize_t put, got = read(fd, buf, sizeof(buf));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		put = store__write(s, ino, off, buf, (size_t)got);
		if (put < 0)
			return (int)put;
		off += (uint64_t)got;
	}
}

static int fill_node(struct store *s, uint64_t ino, int dir_fd, const char *name, mode_t mode,
		     int depth)
{
	int fd, err;

	fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (S_ISDIR(mode))
		return copy_dir(s, ino, fd, depth + 1); /* closes fd */
	err = copy_bytes(s, ino, fd);
	close(fd);
	return err;
}

static int copy_entry(struct store *s, uint64_t parent, int dir_fd, const char *name, int depth)
{
	char target[PATH_MAX] = "";
	struct store_new what = { 0 };
	struct store_entry e;
	struct stat st;
	int err;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode))
		return 0;
	if (S_ISLNK(st.st_mode)) {
		if (readlinkat(dir_fd, name, target, sizeof(target) - 1) < 0)
			return -errno;
		what.target = target;
	}
	what.mode = st.st_mode & (S_IFMT | 07777);
	err = store__make(s, parent, name, &what, &e);
	if (err)
		return err;
	if (!S_ISLNK(st.st_mode))
		err = fill_node(s, e.attr.ino, dir_fd, name, st.st_mode, depth);
	/* The guest has not looked it up. */
	store__forget(s, e.attr.ino, 1);
	return err;
}

static int copy_dir(struct store *s, uint64_t ino, int dir_fd, int depth)
{
	DIR *dir = depth < MAX_DEPTH ? fdopendir(dir_fd) : NULL;
	struct dirent *d;
	int err = 0;

	if (!dir) {
		err = depth < MAX_DEPTH ? -errno : -ELOOP;
		close(dir_fd);
		return err;
	}
	while (!err && (d = readdir(dir))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		err = copy_entry(s, ino, dirfd(dir), d->d_name, depth);
		if (err)
			diag__err("populate: %s: %s", d->d_name, strerror(-err));
	}
	closedir(dir);
	return err;
}

int populate__copy(struct store *s, const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		int err = -errno;

		diag__err("populate: %s: %s", dir, strerror(-err));
		return err;
	}
	return copy_dir(s, STORE_ROOT, fd, 0);
}
