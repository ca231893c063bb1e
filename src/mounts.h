/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The virtiofs mounts of this mount namespace, as /proc/self/mountinfo lists them. Nothing here
 * touches a mount itself, which may hang.
 */
#ifndef DAXTOP_MOUNTS_H
#define DAXTOP_MOUNTS_H

#include <stddef.h>

#include "../bpf/daxtop.h"

/* The kernel's s_dev, which user space gets in two parts. */
static inline __u32 s_dev_of(__u32 major, __u32 minor)
{
	return major << 20 | minor;
}

struct mount_entry {
	__u32 dev; /* s_dev */
	char *mountpoint;
	char *fstype;
	char *tag;	/* the source: for virtiofs the device's tag */
	char *dax_mode; /* "always", "inode", "never", or "" where no dax option is shown */
};

struct mount_list {
	struct mount_entry *entries;
	size_t cnt;
};

/*
 * Read all mounts of type virtiofs, each device once (bind mounts are the same window).
 * 0, -ENOMEM, or -errno of opening /proc/self/mountinfo. Free with mount_list__fini().
 */
int mount_list__read(struct mount_list *list);
void mount_list__fini(struct mount_list *list);

/* Puts a copy in the place of the one of that device, or at the end. 0 or -ENOMEM. */
int mount_list__put(struct mount_list *list, const struct mount_entry *from);

/* Borrowed from the list; NULL when it has none. */
const struct mount_entry *mount_list__by_dev(const struct mount_list *list, __u32 dev);

const struct mount_entry *mount_list__by_tag(const struct mount_list *list, const char *tag);

/* By mount point or tag; likewise. */
const struct mount_entry *mount_list__by_name(const struct mount_list *list, const char *name);

/*
 * Is @name ("virtiofs") a file system this kernel knows now, built in or by a loaded module?
 * 1, 0, or -errno of opening /proc/filesystems.
 */
int filesystem_known(const char *name);

#endif
