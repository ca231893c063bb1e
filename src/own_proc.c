// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "own_proc.h"

#include <errno.h>
#include <fcntl.h>

int own_proc__open_fd(const char *name, int flags)
{
	static int dir = -1;
	int fd;

	if (dir < 0)
		dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	fd = openat(dir, name, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

FILE *own_proc__open(const char *name)
{
	int fd = own_proc__open_fd(name, O_RDONLY);

	if (fd >= 0)
		return fdopen(fd, "r");
	errno = -fd;
	return NULL;
}
