/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mounts, their windows, and the names of inodes. A mount is known from the first time one of its
 * inodes is met, or from the start by the iterator in mount.bpf.c.
 */
#ifndef MOUNT_BPF_H
#define MOUNT_BPF_H

#include "inode.bpf.h"
#include "tables.bpf.h"

/* Reads the gauges of a window; struct fuse_conn_dax as fs/fuse/dax.c keeps it since 5.10. */
static __noinline void window_look(__u64 fcd, __u32 dev)
{
	struct fuse_conn_dax *dax = (struct fuse_conn_dax *)fcd;
	struct mount_figures *mount = bpf_map_lookup_elem(&mounts, &dev);
	long free_cnt;

	if (!mount || !has_fuse_types())
		return;
	free_cnt = BPF_CORE_READ(dax, nr_free_ranges);
	mount->fcd = fcd;
	mount->total_ranges = BPF_CORE_READ(dax, nr_ranges);
	mount->busy_ranges = BPF_CORE_READ(dax, nr_busy_ranges);
	mount->free_ranges = free_cnt > 0 ? free_cnt : 0;
	if (mount->busy_ranges > mount->busy_max)
		mount->busy_max = mount->busy_ranges;
	if (!mount->looks_cnt || mount->free_ranges < mount->free_min)
		mount->free_min = mount->free_ranges;
	__sync_fetch_and_add(&mount->looks_cnt, 1);
}

static __always_inline void window_look_by_addr(__u64 fcd)
{
	__u32 *dev = bpf_map_lookup_elem(&windows, &fcd);

	if (dev)
		window_look(fcd, *dev);
}

/* The rows that take what finds no row of its own, while there is room for them. */
static __noinline void inode_rest_rows_add(__u32 dev)
{
	struct inode_cell_key key = { .inode = { .nodeid = INODE_REST_NODEID, .dev = dev } };

	for (__u32 op = 0; op < OP_NR; op++) {
		key.op = op;
		bpf_map_update_elem(&inode_cells, &key, &empty_cell, BPF_NOEXIST);
		key.op = op | CELL_NESTED;
		bpf_map_update_elem(&inode_cells, &key, &empty_cell, BPF_NOEXIST);
	}
}

/* Takes a mount into the table, with a window or without one, and looks at its window. */
static __noinline void mount_note(__u64 sb_addr)
{
	struct super_block *sb = (struct super_block *)sb_addr;
	__u32 dev = BPF_CORE_READ(sb, s_dev);
	__u64 fcd = sb_conn_dax(sb);
	struct mount_figures *mount = bpf_map_lookup_elem(&mounts, &dev);

	if (!virtiofs_type && is_virtiofs(sb))
		virtiofs_type = (__u64)BPF_CORE_READ(sb, s_type);
	if (mount && mount->fcd && mount->fcd != fcd) {
		/* An unmounted device number in use again. */
		__u64 old = mount->fcd;

		bpf_map_delete_elem(&windows, &old);
		bpf_map_delete_elem(&mounts, &dev);
		mount = NULL;
	}
	if (!mount) {
		if ((int)bpf_map_update_elem(&mounts, &dev, &empty_mount, BPF_NOEXIST) == -E2BIG)
			count(COUNTER_UNKNOWN_MOUNT, 1);
		inode_rest_rows_add(dev);
	}
	if (!fcd)
		return;
	bpf_map_update_elem(&windows, &fcd, &dev, BPF_ANY);
	window_look(fcd, dev);
}

/* A global function, for the verifier's sake: see buckets_of(). Returns nothing of use. */
__weak __noinline int inode_note_parts(__u64 nodeid, __u64 dev_generation, __u64 inode_addr)
{
	struct inode_key key = {
		.nodeid = nodeid,
		.dev = dev_generation >> 32,
		.generation = dev_generation,
	};
	struct inode *inode = (struct inode *)inode_addr;
	struct event_inode *event;
	struct dentry *dentry;
	__u8 sent = 1;

	if (bpf_map_lookup_elem(&named_inodes, &key))
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		count(COUNTER_NAMES_LOST, 1);
		return 0;
	}
	event->kind = EVENT_INODE;
	event->flags = 0;
	event->key = key;
	event->ino = BPF_CORE_READ(inode, i_ino);
	event->size_bytes = inode_size_bytes(inode_addr);
	event->path_len = 0;
	event->pad = 0;
	if (!BPF_CORE_READ(inode, i_nlink))
		event->flags |= INODE_UNLINKED;
	dentry = first_alias(inode);
	if (dentry)
		path_read(event, (__u64)dentry);
	else
		event->flags |= INODE_NO_DENTRY;
	bpf_ringbuf_submit(event, 0);
	bpf_map_update_elem(&named_inodes, &key, &sent, BPF_ANY);
	mount_note((__u64)BPF_CORE_READ(inode, i_sb));
	return 0;
}

/* Tells user space the name of an inode, once. */
static __always_inline void inode_note(const struct inode_key *key, __u64 inode_addr)
{
	inode_note_parts(key->nodeid, (__u64)key->dev << 32 | key->generation, inode_addr);
}

#endif
