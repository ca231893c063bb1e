/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Rows of files as the kernel tables have them, for tests of what is summed from them.
 */
#ifndef DAXTOP_FILE_ROWS_H
#define DAXTOP_FILE_ROWS_H

#include "../../src/model.h"
#include "check.h"

#define ROWS_DEV 38

static inline struct inode_key row_key(__u32 dev, __u64 nodeid)
{
	return (struct inode_key){ .nodeid = nodeid, .dev = dev, .generation = 1 };
}

/* @cnt operations of that file that ended so, of @units bytes or ranges together. */
static inline void row_add(struct summary *s, const struct inode_key *inode, __u32 op,
			   enum dax_outcome outcome, __u32 cnt, __u64 units)
{
	struct inode_cell_key key = { .inode = *inode, .op = op };
	struct cell cell = { .units = units };

	cell.outcome[outcome] = cnt;
	CHECK(!summary__add_inode_cell(s, &key, &cell));
}

/* The same, all done. */
static inline void row_done(struct summary *s, __u64 nodeid, __u32 op, __u32 cnt, __u64 units)
{
	struct inode_key inode = row_key(ROWS_DEV, nodeid);

	row_add(s, &inode, op, OUTCOME_DONE, cnt, units);
}

/* From now on its size is known, and its path is not. */
static inline void row_size(struct names *n, const struct inode_key *inode, __u64 size_bytes)
{
	struct event_inode ev = {
		.kind = EVENT_INODE,
		.flags = INODE_NO_DENTRY,
		.key = *inode,
		.size_bytes = size_bytes,
	};

	CHECK(!names__add_inode(n, &ev));
}

#endif
