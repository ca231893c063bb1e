/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The tool must not hang with the mount that it looks at. Here is what keeps its code, its
 * libraries and its output off virtiofs mounts.
 */
#ifndef DAXTOP_INDEPENDENCE_H
#define DAXTOP_INDEPENDENCE_H

#include "failure.h"
#include "mounts.h"

/*
 * Leaves the virtiofs mounts this process was started from, if any: executes a copy of itself in
 * memory (then it does not return, and main() begins anew with the same @argv, environment and
 * descriptors), and moves what is still mapped from there, as libraries are, to memory; then locks
 * it there. Call it first of all, while there is one thread.
 *
 * 0, also where there is nothing to leave. -errno with @failure, which is a warning: it can trace
 * all the same, and hangs when the mount does.
 */
int leave_mounts(char **argv, struct failure *failure);

/*
 * The mount of @mounts on which the regular file @fd lies; NULL when it is none, or none of these.
 * With @dev, only of that mount. Asks the mount's server nothing.
 */
const struct mount_entry *output_mount(int fd, const struct mount_list *mounts, __u32 dev);

#endif
