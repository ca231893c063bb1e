// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on the mount as a whole. A new INIT means a new mount even if the last one never said
 * good-bye: the guest may have been reset. So it starts with an empty window and no handles.
 */
#include <errno.h>
#include <string.h>

#include "backend.h"
#include "fuse_op.h"
#include "request.h"
#include "store.h"
#include "virtq.h"
#include "window.h"

#define MAX_WRITE    (1u << 20)
#define OLDEST_MINOR 31 /* of Linux 5.4, which already has what the DAX code needs */

static uint64_t asked_flags(const struct fuse_init_in *in)
{
	uint64_t flags = in->flags;

	if (flags & FUSE_INIT_EXT)
		flags |= (uint64_t)in->flags2 << 32;
	return flags;
}

static uint64_t offered_flags(const struct backend *b)
{
	uint64_t flags = FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_PARALLEL_DIROPS | FUSE_ASYNC_DIO |
			 FUSE_MAX_PAGES | FUSE_CACHE_SYMLINKS | FUSE_INIT_EXT;

	if (b->opts->window_bytes && !b->opts->no_map_alignment)
		flags |= FUSE_MAP_ALIGNMENT;
	if (b->opts->window_bytes && !b->opts->no_inode_dax)
		flags |= FUSE_HAS_INODE_DAX;
	if (b->opts->atomic_o_trunc)
		flags |= FUSE_ATOMIC_O_TRUNC;
	return flags;
}

static void fill_init(struct backend *b, const struct fuse_init_in *in, struct fuse_init_out *out)
{
	uint64_t flags = offered_flags(b) & asked_flags(in);

	*out = (struct fuse_init_out){
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = in->max_readahead,
		.flags = (uint32_t)flags,
		.flags2 = (uint32_t)(flags >> 32),
		.max_background = 64,
		.congestion_threshold = 48,
		.max_write = MAX_WRITE,
		.time_gran = 1,
		.max_pages = MAX_WRITE / 4096,
		.map_alignment = b->opts->map_alignment ?: WINDOW_ALIGN_SHIFT,
	};
}

int fuse_init(struct backend *b, struct request *req)
{
	struct fuse_init_in in = { 0 };
	struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION };

	memcpy(&in, req->arg, req->arg_len < sizeof(in) ? req->arg_len : sizeof(in));
	if (in.major < FUSE_KERNEL_VERSION ||
	    (in.major == FUSE_KERNEL_VERSION && in.minor < OLDEST_MINOR))
		return -EPROTO;
	window__reset(b->window);
	store__forget_all(b->store);
	/* A newer major is told ours and asks again. */
	if (in.major == FUSE_KERNEL_VERSION)
		fill_init(b, &in, &out);
	return request__reply(req, &out, sizeof(out));
}

int fuse_destroy(struct backend *b, struct request *req)
{
	(void)req;
	window__reset(b->window);
	store__forget_all(b->store);
	return 0;
}

int fuse_statfs(struct backend *b, struct request *req)
{
	struct fuse_statfs_out out = { 0 };
	uint64_t bytes, nodes;

	store__usage(b->store, &bytes, &nodes);
	out.st.bsize = 4096;
	out.st.frsize = 4096;
	out.st.blocks = STORE_MAX_SIZE / 4096;
	out.st.bfree = out.st.blocks - bytes / 4096;
	out.st.bavail = out.st.bfree;
	out.st.files = 1u << 30;
	out.st.ffree = out.st.files - nodes;
	out.st.namelen = STORE_NAME_MAX;
	return request__reply(req, &out, sizeof(out));
}

/* Memory is always in sync, and the guest kernel checks permissions itself. */
int fuse_nothing(struct backend *b, struct request *req)
{
	(void)b;
	(void)req;
	return 0;
}
