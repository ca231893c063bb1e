/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that is known here of kernel versions: structures that moved or changed, one block and one
 * accessor each. Callers never see a ___ name and never compare version numbers; whether a field
 * exists is asked of the running kernel's BTF at load time.
 *
 * Types come from vmlinux/, printed from a 6.12 kernel; libbpf matches them by name, in vmlinux'
 * BTF and in that of modules (fuse is a module in many kernels).
 */
#ifndef CORE_FIXES_BPF_H
#define CORE_FIXES_BPF_H

#include "vmlinux.h"
#include <asm-generic/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define FUSE_SUPER_MAGIC 0x65735546
#define S_DAX		 (1 << 13)
#define O_TRUNC		 01000
#define ATTR_SIZE	 (1 << 3)
#define ATTR_OPEN	 (1 << 15)

/*
 * 7.2: the dentry's union around d_alias lost its name d_u. Both spellings can go when only one
 * of them is supported.
 */
struct dentry___anon_alias {
	struct hlist_node d_alias;
} __attribute__((preserve_access_index));

static __always_inline struct dentry *first_alias(const struct inode *inode)
{
	struct hlist_node *node = BPF_CORE_READ(inode, i_dentry.first);
	__u64 offset;

	if (!node)
		return NULL;
	if (bpf_core_field_exists(((struct dentry___anon_alias *)0)->d_alias))
		offset = bpf_core_field_offset(((struct dentry___anon_alias *)0)->d_alias);
	else
		offset = bpf_core_field_offset(((struct dentry *)0)->d_u.d_alias);
	return (struct dentry *)((__u64)node - offset);
}

/*
 * 5.15: fuse_inode.i_mmap_sem became inode->i_mapping->invalidate_lock ("fuse: Convert to using
 * invalidate_lock"). Drop when 5.14 and older are gone.
 */
struct fuse_inode___i_mmap_sem {
	struct rw_semaphore i_mmap_sem;
} __attribute__((preserve_access_index));

static __always_inline bool has_invalidate_lock(void)
{
	return bpf_core_field_exists(((struct address_space *)0)->invalidate_lock);
}

static __always_inline __u64 i_mmap_sem_addr(__u64 inode)
{
	if (!has_invalidate_lock())
		return inode +
		       bpf_core_field_offset(((struct fuse_inode___i_mmap_sem *)0)->i_mmap_sem);
	return (__u64)BPF_CORE_READ((struct inode *)inode, i_mapping) +
	       bpf_core_field_offset(((struct address_space *)0)->invalidate_lock);
}

/* Where the inode would be whose i_mmap_sem is at @sem; is_own_inode() tells if there is one. */
static __always_inline __u64 i_mmap_sem_inode(__u64 sem)
{
	if (!has_invalidate_lock())
		return sem -
		       bpf_core_field_offset(((struct fuse_inode___i_mmap_sem *)0)->i_mmap_sem);
	return sem - bpf_core_field_offset(((struct address_space *)0)->invalidate_lock) -
	       bpf_core_field_offset(((struct inode *)0)->i_data);
}

static __always_inline __u64 inode_lock_inode(__u64 sem)
{
	return sem - bpf_core_field_offset(((struct inode *)0)->i_rwsem);
}

/* Is there an inode at @inode? Its own mapping points back to it. Works on any address. */
static __always_inline bool is_own_inode(__u64 inode)
{
	struct address_space *mapping =
		(void *)(inode + bpf_core_field_offset(((struct inode *)0)->i_data));

	return (__u64)BPF_CORE_READ(mapping, host) == inode;
}

static __always_inline __u64 i_dmap_sem_addr(__u64 inode)
{
	__u64 dax = (__u64)BPF_CORE_READ((struct fuse_inode *)inode, dax);

	return dax ? dax + bpf_core_field_offset(((struct fuse_inode_dax *)0)->sem) : 0;
}

static __always_inline __u64 mmap_lock_offset(void)
{
	return bpf_core_field_offset(((struct mm_struct *)0)->mmap_lock);
}

static __always_inline __u64 inode_lock_addr(__u64 inode)
{
	return inode + bpf_core_field_offset(((struct inode *)0)->i_rwsem);
}

/* fuse_open() truncates itself only where the server asked for that (FUSE_ATOMIC_O_TRUNC). */
static __always_inline bool truncates_on_open(const struct fuse_conn *fc)
{
	return BPF_CORE_READ_BITFIELD_PROBED(fc, atomic_o_trunc);
}

#endif
