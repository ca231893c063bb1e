/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Waiting for the mount that is to be traced, and with it for the modules that it needs.
 */
#ifndef DAXTOP_MOUNT_WAIT_H
#define DAXTOP_MOUNT_WAIT_H

#include <stdbool.h>

#include "mounts.h"

/*
 * Is the mount of this name there: by its mount point, its tag, or a path on it? NULL: any.
 */
bool mount_is_there(const struct mount_list *mounts, const char *name);

/*
 * Waits until mount_is_there(@name), and leaves the mounts then in @mounts, whose old ones it
 * frees. 1 when it is there, 0 when the signalfd @signals had one first (which is taken), or
 * -errno. SIGUSR1, which asks for what there is so far, is taken and passed over.
 */
int mount_wait(struct mount_list *mounts, const char *name, int signals);

#endif
