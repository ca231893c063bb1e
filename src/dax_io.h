/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Bytes of DAX files that came through the window, beside those that went round it as FUSE_READ and
 * FUSE_WRITE: of a mount, or of one inode. Pure.
 */
#ifndef DAXTOP_DAX_IO_H
#define DAXTOP_DAX_IO_H

#include "model.h"

/* What a write() sends round the window. */
#define OPS_AROUND_WRITTEN (1U << OP_AROUND_WRITE | 1U << OP_AROUND_EXTEND)

struct dax_io {
	__u64 read;    /* by read() */
	__u64 written; /* by write() */
	__u64 mapped; /* by faults: what they mapped, of which more or less may have been used since */
	__u64 around_read;
	__u64 around_written;
	__u64 around_extended; /* written past the end of the file */
};

/* @ops, of @s: of a mount (summary__mount_ops()), or of an inode. */
void dax_io__read(struct dax_io *io, const struct summary *s, const struct figures ops[OP_NR]);

/* The same of one inode. */
void dax_io__of_inode(struct dax_io *io, const struct summary *s, const struct entity *inode);

/* Through the window, all together. */
__u64 dax_io__through(const struct dax_io *io);

/* JSON key, what it is in words, and the operations that must be measured for it to be known. */
struct dax_io_desc {
	const char *name;
	size_t offset; /* in struct dax_io */
	__u32 ops;
	bool is_around;
	const char *verb;   /* "read", "written" */
	const char *reason; /* why it went round; NULL: not known, or it did not */
};
#define DAX_IO_NR 6
extern const struct dax_io_desc dax_io_table[DAX_IO_NR];

__u64 dax_io__get(const struct dax_io *io, const struct dax_io_desc *desc);

bool dax_io__is_measured(const struct summary *s, const struct dax_io_desc *desc);

#endif
