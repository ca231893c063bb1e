// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The kernel says that mounts of this namespace have changed by POLLPRI on an open mountinfo, from
 * the time of its opening on (mounts_poll(), fs/proc_namespace.c): so it is opened before the first
 * look.
 */
#include "mount_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deadline.h"
#include "own_proc.h"

#define LOOK_MS 5000

static int dev_look(const void *name, void *dev)
{
	struct statx st;

	if (statx(AT_FDCWD, name, AT_STATX_DONT_SYNC, 0, &st))
		return -errno;
	*(__u32 *)dev = s_dev_of(st.stx_dev_major, st.stx_dev_minor);
	return 0;
}

/* A path below a mount that does not answer is there, if not of use. */
bool mount_is_there(const struct mount_list *mounts, const char *name)
{
	__u32 dev;
	int err;

	if (!name || mount_list__by_name(mounts, name))
		return mounts->cnt;
	err = deadline__run(dev_look, name, &dev, sizeof(dev), LOOK_MS);
	return err == -ETIMEDOUT || (!err && mount_list__by_dev(mounts, dev));
}

static int look(struct mount_list *mounts, const char *name)
{
	struct mount_list now;
	int err = mount_list__read(&now);

	if (err)
		return err;
	mount_list__fini(mounts);
	*mounts = now;
	return mount_is_there(mounts, name);
}

int mount_wait(struct mount_list *mounts, const char *name, int signals)
{
	int mountinfo = own_proc__open_fd("mountinfo", O_RDONLY), res;
	struct pollfd fds[] = {
		{ .fd = mountinfo, .events = POLLPRI },
		{ .fd = signals, .events = POLLIN },
	};
	struct signalfd_siginfo taken;

	if (mountinfo < 0)
		return mountinfo;
	for (res = look(mounts, name); !res; res = look(mounts, name)) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR) {
			res = -errno;
			break;
		}
		if (fds[1].revents && read(signals, &taken, sizeof(taken)) > 0 &&
		    taken.ssi_signo != SIGUSR1)
			break;
	}
	close(mountinfo);
	return res;
}
