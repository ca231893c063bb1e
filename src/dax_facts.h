/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What can be learnt without BPF, and most of it without root, on whether DAX is on: of the
 * machine, of a path, and of its mount. Whatever may lead to a mount is asked with a deadline.
 */
#ifndef DAXTOP_DAX_FACTS_H
#define DAXTOP_DAX_FACTS_H

#include <stdbool.h>

#include "mounts.h"

#define DAX_DEADLINE_MS	 5000
#define DAX_DEVICES_MAX	 64
#define DAX_FSTYPE_BYTES 32

enum tri {
	TRI_UNKNOWN,
	TRI_NO,
	TRI_YES,
};

/* A virtio-fs device. */
struct dax_device {
	char name[16];	     /* "virtio3" */
	char tag[40];	     /* "" before Linux 6.9, which does not tell it */
	enum tri has_window; /* as the kernel's driver found it */
	__u64 window_bytes;  /* 0: not known */
	bool is_mounted;     /* as far as this mount namespace and its tag tell */
	__u64 room_bytes;    /* what the window is in, by all that is known; 0: not known */
};

struct dax_machine {
	int err;		 /* 0; -ETIMEDOUT and the like: none of the following is known */
	enum tri has_kernel_dax; /* CONFIG_FUSE_DAX */
	enum tri has_per_file;	 /* DAX file by file, since Linux 5.17 */
	bool has_alignment_error; /* the kernel's log, where it may be read, has map_alignment refused */
	struct dax_device devices[DAX_DEVICES_MAX];
	unsigned int devices_cnt; /* those over DAX_DEVICES_MAX are counted, and not kept */
};

struct dax_path {
	int err; /* of statx(): 0 or -errno, also -ETIMEDOUT; below it nothing is known then */
	bool is_dax;
	__u32 mode;
	__u64 size_bytes;
	__u64 mount_id;
	__u32 dev; /* as s_dev; of overlayfs not the mount's */
	char fstype[DAX_FSTYPE_BYTES];
	int read_err;		 /* of its first byte: 0 also when it was not tried */
	unsigned int others_cnt; /* files beside it, or in it, that were looked at */
	bool is_other_dax;	 /* one of them has DAX */
};

/* What BPF tells of the mount, where it is to be had and the rest leaves a question open. */
struct dax_conn {
	enum tri has_window;
	enum tri has_flags; /* FUSE_HAS_INODE_DAX was negotiated */
	__u64 window_bytes;
};

struct dax_facts {
	struct dax_machine machine;
	struct dax_conn conn;
	struct dax_path path;
	const struct mount_entry *mount; /* borrowed; NULL: not on virtiofs, or not known */
};

/*
 * The machine's part. @wants_symbols: also what only the kernel's list of symbols or its
 * configuration tells, which takes a tenth of a second; without a device it is not asked.
 */
void dax_machine__read(struct dax_machine *machine, const struct mount_list *mounts,
		       bool wants_symbols);

/* By BPF, with a deadline: of the mount that @path lies on. All unknown where that cannot be. */
void dax_conn__read(struct dax_conn *conn, const char *path);

/*
 * All about @path, which may be anything. A DAX file is read at its first byte, which sets up a
 * range of the window: some servers let the kernel switch DAX on and then fail each mapping. @facts
 * borrows the mount from @mounts.
 */
void dax_facts__read(struct dax_facts *facts, const char *path, const struct mount_list *mounts);

#endif
