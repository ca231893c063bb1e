/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Files of this process in /proc. They are opened below a descriptor that is held from the first
 * use on: where the root file system is itself a traced mount, each walk from the root asks its
 * server, which may hang. Never of another task: those files wait for its mmap_lock.
 */
#ifndef DAXTOP_OWN_PROC_H
#define DAXTOP_OWN_PROC_H

#include <stdio.h>

/*
 * /proc/self/@name for reading, closed on exec. NULL with errno; ENOENT when /proc is not mounted.
 */
FILE *own_proc__open(const char *name);

/* The same as a descriptor, with more @flags. -errno. */
int own_proc__open_fd(const char *name, int flags);

#endif
