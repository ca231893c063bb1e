/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of a DAX inode's locks is at an address, also where the kernel does not say how struct
 * fuse_inode is laid out.
 */
#ifndef INODE_LOCK_BPF_H
#define INODE_LOCK_BPF_H

#include "core_fixes.bpf.h"
#include "daxtop.h"

#define FUSE_INODE_WORDS 256 /* more than struct fuse_inode has */

/*
 * Where struct fuse_inode is not known: of all that is behind the struct inode in it, i_mmap_sem is
 * the only rwsem (5.10 to 5.14), and i_dmap_sem is the first member of what fi->dax points to. A
 * lock waited for tells where they are. Returns its wait, for a reader, or WAIT_NONE.
 */
__weak __noinline __u32 fuse_lock_learn(__u64 inode, __u64 sem)
{
	__u64 begin = inode + bpf_core_type_size(struct inode), word;

	if (!has_invalidate_lock() && sem >= begin && sem < inode + FUSE_INODE_WORDS * 8) {
		learnt_i_mmap_sem_offset = sem - inode;
		return WAIT_I_MMAP_SEM_READ;
	}
	for (__u32 i = 0; i < FUSE_INODE_WORDS; i++) {
		__u64 at = begin + i * 8;

		if (at >= inode + FUSE_INODE_WORDS * 8 ||
		    bpf_probe_read_kernel(&word, sizeof(word), (void *)at))
			break;
		if (word != sem)
			continue;
		learnt_dax_offset = at - inode;
		return WAIT_I_DMAP_SEM_READ;
	}
	return WAIT_NONE;
}

/* Which of the inode's locks is at @sem, as the wait for a reader; a writer's is one more. */
static __always_inline __u32 lock_of(__u64 inode, __u64 sem)
{
	if (!inode)
		return WAIT_NONE;
	if (sem == inode_lock_addr(inode))
		return WAIT_INODE_LOCK_READ;
	if (sem == i_mmap_sem_addr(inode))
		return WAIT_I_MMAP_SEM_READ;
	if (sem == i_dmap_sem_addr(inode))
		return WAIT_I_DMAP_SEM_READ;
	return has_fuse_types() ? WAIT_NONE : fuse_lock_learn(inode, sem);
}

#endif
