/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the iterator over files writes of a virtiofs mount. Both sides are always of one build.
 */
#ifndef DAXTOP_CONN_LOOK_H
#define DAXTOP_CONN_LOOK_H

#include "daxtop.h"

struct conn_seen {
	__u64 ranges_cnt; /* of its window; 0: it has none */
	__u32 dev;	  /* s_dev */
	__u8 has_flags;	  /* FUSE_HAS_INODE_DAX was negotiated */
	__u8 knows_flags; /* this kernel has such a thing, since 5.17 */
	__u16 pad;
};

#endif
