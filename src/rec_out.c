// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: addresses are numbers. Looking up a name takes libraries that a guest with nothing
 * but this program does not have.
 */
#include "rec_out.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE	   0600
#define READER_DEADLINE_MS 30000
#define PATH_ROOM	   4096

/* ---- opening ---- */

static bool parse_u32(const char *text, unsigned long most, unsigned int *res)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value > most)
		return false;
	*res = value;
	return true;
}

static int bad_target(const char *target, const char *form, struct failure *failure)
{
	return failure__set(failure, -EINVAL, EXIT_USAGE, "-o %s: must be %s", target, form);
}

static int connect_to(struct rec_out *o, const struct sockaddr *addr, size_t bytes,
		      const char *target, struct failure *failure)
{
	o->fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	o->is_stream = true;
	if (o->fd >= 0 && !connect(o->fd, addr, bytes) && !fcntl(o->fd, F_SETFL, O_NONBLOCK))
		return 0;
	return failure__set(failure, -errno, EXIT_CANNOT_RUN,
			    "-o %s: %s; is somebody listening there?", target, strerror(errno));
}

static int open_vsock(struct rec_out *o, const char *target, struct failure *failure)
{
	struct sockaddr_vm addr = { .svm_family = AF_VSOCK };
	char text[64], *port;

	snprintf(text, sizeof(text), "%s", strchr(target, ':') + 1);
	port = strchr(text, ':');
	if (port)
		*port++ = '\0';
	if (!port || !parse_u32(text, ~0U, &addr.svm_cid) || !parse_u32(port, ~0U, &addr.svm_port))
		return bad_target(target, "vsock:CID:PORT, two numbers; the host is CID 2",
				  failure);
	return connect_to(o, (struct sockaddr *)&addr, sizeof(addr), target, failure);
}

static int open_tcp(struct rec_out *o, const char *target, struct failure *failure)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	char text[96], *port, *address = text;
	unsigned int number;

	snprintf(text, sizeof(text), "%s", strchr(target, ':') + 1);
	port = strrchr(text, ':');
	if (port)
		*port++ = '\0';
	if (*address == '[' && address[strlen(address) - 1] == ']') {
		address[strlen(address) - 1] = '\0';
		address++;
	}
	if (port && parse_u32(port, 65535, &number)) {
		v4.sin_port = v6.sin6_port = htons(number);
		if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
			return connect_to(o, (struct sockaddr *)&v4, sizeof(v4), target, failure);
		if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1)
			return connect_to(o, (struct sockaddr *)&v6, sizeof(v6), target, failure);
	}
	return bad_target(target, "tcp:ADDRESS:PORT, in numbers: tcp:192.0.2.1:4711", failure);
}

static int open_stdout(struct rec_out *o, const char *target, struct failure *failure)
{
	struct stat st = {};

	if (isatty(STDOUT_FILENO))
		return failure__set(failure, -EINVAL, EXIT_USAGE,
				    "-o %s: a recording is not for a terminal; pipe it on", target);
	o->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (o->fd < 0)
		return failure__set(failure, -errno, EXIT_CANNOT_RUN, "-o %s: %s", target,
				    strerror(errno));
	o->is_patchable = !fstat(o->fd, &st) && S_ISREG(st.st_mode) &&
			  !(fcntl(o->fd, F_GETFL) & O_APPEND) && !lseek(o->fd, 0, SEEK_CUR);
	o->is_stream = !S_ISREG(st.st_mode);
	return 0;
}

static int file_create(struct rec_out *o)
{
	struct stat st;

	o->fd = open(o->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	if (o->fd < 0)
		return -errno;
	o->is_patchable = !fstat(o->fd, &st) && S_ISREG(st.st_mode);
	o->is_stream = !o->is_patchable;
	/* it was there, with the mode that it had: whose it is may let others read it, not we */
	if (o->is_patchable && st.st_uid == geteuid() && st.st_mode & 0777 & ~FILE_MODE &&
	    fchmod(o->fd, FILE_MODE)) {
		int err = -errno;

		close(o->fd);
		o->fd = -1;
		return err;
	}
	if (o->is_stream)
		o->path = NULL; /* a named pipe, a device: there is no second one */
	return 0;
}

static int open_file(struct rec_out *o, const char *target, struct failure *failure)
{
	int err;

	o->path = target;
	err = file_create(o);
	if (err)
		return failure__set(failure, err, EXIT_CANNOT_RUN, "-o %s: %s", target,
				    strerror(-err));
	return 0;
}

static const struct {
	const char *prefix;
	int (*open)(struct rec_out *o, const char *target, struct failure *failure);
} targets[] = {
	{ "tcp:", open_tcp },
	{ "vsock:", open_vsock },
};

bool rec_out__is_path(const char *target)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strncmp(target, targets[i].prefix, strlen(targets[i].prefix)))
			return false;
	return strcmp(target, "-");
}

int rec_out__open(struct rec_out *o, const char *target, struct failure *failure)
{
	*o = (struct rec_out){ .fd = -1 };
	if (!strcmp(target, "-"))
		return open_stdout(o, target, failure);
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strncmp(target, targets[i].prefix, strlen(targets[i].prefix)))
			return targets[i].open(o, target, failure);
	return open_file(o, target, failure);
}

/* ---- writing ---- */

/*
 * Room for some more where somebody else must make it; for ever is too long, as nothing else is
 * done.
 */
static int await_room(const struct rec_out *o)
{
	struct pollfd fd = { .fd = o->fd, .events = POLLOUT };
	int res = poll(&fd, 1, READER_DEADLINE_MS);

	return res > 0 ? 0 : res ? -errno : -ETIMEDOUT;
}

static int write_all(const struct rec_out *o, const char *bytes, size_t cnt)
{
	while (cnt) {
		/* what a pipe has room for, where it has any, does not block */
		size_t most = o->is_stream && cnt > PIPE_BUF ? PIPE_BUF : cnt;
		int err = o->is_stream ? await_room(o) : 0;
		ssize_t written = err ? 0 : write(o->fd, bytes, most);

		if (err)
			return err;
		if (written < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (written < 0)
			return -errno;
		bytes += written;
		cnt -= written;
	}
	return 0;
}

int rec_out__store(void *ctx, const struct rec_chunk *chunk)
{
	struct rec_out *o = ctx;

	if (o->err)
		return o->err;
	o->err = write_all(o, chunk->bytes, chunk->bytes_cnt);
	if (!o->err)
		o->stored_bytes += chunk->bytes_cnt;
	else if (o->is_patchable && ftruncate(o->fd, o->stored_bytes))
		return o->err; /* the reader leaves out the half block */
	return o->err;
}

int rec_out__finish(struct rec_out *o, const unsigned char *head)
{
	int err = o->err;

	if (o->fd < 0)
		return err;
	if (!err && head && o->is_patchable &&
	    pwrite(o->fd, head, REC_HEAD_BYTES, 0) != REC_HEAD_BYTES)
		err = errno ? -errno : -EIO;
	if (close(o->fd) && !err)
		err = -errno;
	o->fd = -1;
	return err;
}

/* Also where there is none of that number yet. 0 or -errno. */
static int number_up(const char *path, unsigned int from)
{
	char old[PATH_ROOM], new[PATH_ROOM];

	snprintf(new, sizeof(new), "%s.%u", path, from + 1);
	if (from)
		snprintf(old, sizeof(old), "%s.%u", path, from);
	else
		snprintf(old, sizeof(old), "%s", path);
	return rename(old, new) && errno != ENOENT ? -errno : 0;
}

int rec_out__rotate(struct rec_out *o, unsigned int keep)
{
	int err = o->path ? 0 : -EINVAL;

	while (!err && keep--)
		err = number_up(o->path, keep);
	return err; /* and what is there stays */
}

int rec_out__create(struct rec_out *o, const char *path)
{
	*o = (struct rec_out){ .path = path, .is_patchable = true };
	o->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	return o->fd < 0 ? -errno : 0;
}

int rec_out__renew(struct rec_out *o)
{
	if (!o->path)
		return -EINVAL;
	o->stored_bytes = 0;
	o->err = 0;
	return file_create(o);
}
