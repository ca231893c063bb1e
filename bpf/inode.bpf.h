/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is read of an inode: whether it is one of ours, what tells it from others, and its names. No
 * map is needed for it, so any object may include this.
 */
#ifndef INODE_BPF_H
#define INODE_BPF_H

#include "core_fixes.bpf.h"
#include "daxtop.h"

/* Works on any address: a wrong one reads as "no". */
static __always_inline bool is_dax_inode(const struct inode *inode)
{
	return BPF_CORE_READ(inode, i_flags) & S_DAX &&
	       BPF_CORE_READ(inode, i_sb, s_magic) == FUSE_SUPER_MAGIC;
}

static __always_inline __u64 inode_size_bytes(__u64 inode)
{
	return BPF_CORE_READ((struct inode *)inode, i_size);
}

static __always_inline __u64 inode_nodeid(__u64 inode)
{
	__u64 nodeid = 0;

	if (!has_fuse_types()) /* what the server calls it: the same for most servers */
		return BPF_CORE_READ((struct inode *)inode, i_ino);
	bpf_probe_read_kernel(&nodeid, sizeof(nodeid),
			      (void *)(inode + bpf_core_field_offset(struct fuse_inode, nodeid)));
	return nodeid;
}

/* For an inode that came as a typed argument: plain loads, as faults on mapped ranges need. */
static __always_inline struct inode_key inode_key_of(const struct inode *inode)
{
	struct inode_key key = {
		.nodeid = inode_nodeid((__u64)inode),
		.dev = LOAD2(inode, i_sb, s_dev),
		.generation = LOAD1(inode, i_generation),
	};

	return key;
}

/* Addresses come again: is it still the one that it was? */
static __always_inline bool is_same_inode(const struct inode_key *a, const struct inode_key *b)
{
	return a->nodeid == b->nodeid && a->dev == b->dev && a->generation == b->generation;
}

/* For an inode known by its address. */
static __always_inline struct inode_key inode_key_at(__u64 addr)
{
	struct inode *inode = (struct inode *)addr;
	struct inode_key key = {
		.nodeid = inode_nodeid(addr),
		.dev = BPF_CORE_READ(inode, i_sb, s_dev),
		.generation = BPF_CORE_READ(inode, i_generation),
	};

	return key;
}

static __always_inline bool is_virtiofs(const struct super_block *sb)
{
	static const char virtiofs[] = "virtiofs";
	char type[sizeof(virtiofs)] = {};

	if (BPF_CORE_READ(sb, s_magic) != FUSE_SUPER_MAGIC || !BPF_CORE_READ(sb, s_fs_info) ||
	    !BPF_CORE_READ(sb, s_root)) /* none any more while it is unmounted */
		return false;
	bpf_probe_read_kernel_str(type, sizeof(type), BPF_CORE_READ(sb, s_type, name));
	for (__u32 i = 0; i < sizeof(virtiofs); i++)
		if (type[i] != virtiofs[i])
			return false;
	return true;
}

#define PATH_NAMES_MAX 32  /* deeper ones are marked as cut */
#define NAME_MAX_BYTES 256 /* NAME_MAX and its NUL */

/* The names of @dentry and the folders above it, innermost first. */
static __noinline __attribute__((unused)) void path_read(struct event_inode *event,
							 __u64 dentry_addr)
{
	struct dentry *dentry = (struct dentry *)dentry_addr, *parent;
	__u32 len = 0;
	long copied;

	for (int i = 0; i < PATH_NAMES_MAX; i++) {
		parent = BPF_CORE_READ(dentry, d_parent);
		if (parent == dentry)
			goto out;
		if (len > PATH_BYTES - NAME_MAX_BYTES)
			break;
		copied = bpf_probe_read_kernel_str(event->path + len, NAME_MAX_BYTES,
						   BPF_CORE_READ(dentry, d_name.name));
		if (copied < 0)
			break;
		len += copied & (NAME_MAX_BYTES * 2 - 1);
		dentry = parent;
	}
	event->flags |= INODE_PATH_CUT;
out:
	event->path_len = len;
}

#endif
