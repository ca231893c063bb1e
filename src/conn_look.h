/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What only the kernel's memory tells of a virtiofs mount: its window, and what its server agreed
 * to.
 */
#ifndef DAXTOP_CONN_LOOK_MOUNT_H
#define DAXTOP_CONN_LOOK_MOUNT_H

#include "../bpf/conn_look.h"

/*
 * Of the mount that @path lies on, by a BPF iterator over this process' files. It may hang with the
 * mount: call it with a deadline. 0; -ENOENT when the kernel does not describe fuse's types (before
 * 5.11, where fuse is a module); -EPERM, -ENOTSUP and the like where BPF is not to be had.
 */
int conn_look(const char *path, struct conn_seen *seen);

#endif
