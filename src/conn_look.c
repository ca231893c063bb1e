// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "conn_look.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "conn_look.skel.h"
#include "mounts.h"
#include "probe.h"

/* The one of @dev among those written. */
static int read_seen(int iter, __u32 dev, struct conn_seen *seen)
{
	struct conn_seen one;
	ssize_t got;

	/* A record is smaller than the buffer that the kernel hands out, so it comes whole. */
	while ((got = read(iter, &one, sizeof(one))) != 0) {
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			return -errno;
		if (got != sizeof(one))
			return -EIO;
		if (one.dev != dev)
			continue;
		*seen = one;
		return 0;
	}
	return -ENOENT;
}

static int iterate(struct conn_look_bpf *skel, __u32 dev, struct conn_seen *seen)
{
	struct bpf_link *link = bpf_program__attach_iter(skel->progs.conn_look, NULL);
	int iter, err;

	if (!link)
		return -errno;
	iter = bpf_iter_create(bpf_link__fd(link));
	err = iter < 0 ? iter : read_seen(iter, dev, seen);
	if (iter >= 0)
		close(iter);
	bpf_link__destroy(link);
	return err;
}

static int load_and_iterate(__u32 dev, struct conn_seen *seen)
{
	struct conn_look_bpf *skel;
	int err;

	probe__hush_libbpf();
	skel = conn_look_bpf__open();
	if (!skel)
		return -errno;
	err = conn_look_bpf__load(skel) ?: iterate(skel, dev, seen);
	conn_look_bpf__destroy(skel);
	return err;
}

int conn_look(const char *path, struct conn_seen *seen)
{
	int fd = open(path, O_PATH | O_CLOEXEC), err;
	struct stat st;

	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) ? -errno
			     : load_and_iterate(s_dev_of(major(st.st_dev), minor(st.st_dev)), seen);
	close(fd);
	return err;
}
