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

#include <asm-generic/errno.h>
#include "hook.bpf.h"

#define INT64_MAX	 0x7fffffffffffffffL
#define FUSE_SUPER_MAGIC 0x65735546
#define S_DAX		 (1 << 13)
#define O_TRUNC		 01000
#define LCB_F_READ	 (1U << 1) /* include/trace/events/lock.h */
#define LCB_F_WRITE	 (1U << 2)
#define LCB_F_RT	 (1U << 3)
#define ATTR_SIZE	 (1 << 3)
#define ATTR_OPEN	 (1 << 15)

/* Where these are in a struct fuse_inode, on kernels that do not say; 0: not yet known. */
volatile __u32 learnt_i_mmap_sem_offset SEC(".bss") __weak = 0;
volatile __u32
	learnt_dax_offset SEC(".bss") __weak = 0; /* of the pointer to struct fuse_inode_dax */

/*
 * 5.10: modules have no BTF, and fuse is one in many kernels. What its structures would tell is
 * then learnt at run time, or not measured. Drop when 5.10 is gone.
 */
static __always_inline bool has_fuse_types(void)
{
	return bpf_core_type_exists(struct fuse_inode);
}

/*
 * 5.13: vm_fault.flags became an enum, to libbpf another kind. Drop when 5.12 and older are gone.
 */
struct vm_fault___unsigned {
	unsigned int flags;
} __attribute__((preserve_access_index));

static __always_inline __u32 fault_flags(const struct vm_fault *vmf)
{
	if (bpf_core_field_exists(((struct vm_fault___unsigned *)0)->flags))
		return LOAD1((const struct vm_fault___unsigned *)vmf, flags);
	return LOAD1(vmf, flags);
}

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

static __always_inline bool has_i_mmap_sem(void)
{
	return bpf_core_field_exists(((struct fuse_inode___i_mmap_sem *)0)->i_mmap_sem);
}

/* Where it is in a struct fuse_inode, or 0: not known (yet). */
static __always_inline __u64 i_mmap_sem_offset(void)
{
	if (has_i_mmap_sem())
		return bpf_core_field_offset(((struct fuse_inode___i_mmap_sem *)0)->i_mmap_sem);
	return learnt_i_mmap_sem_offset;
}

/* Where it is, or 0: not known (yet). */
static __always_inline __u64 i_mmap_sem_addr(__u64 inode)
{
	if (!has_invalidate_lock())
		return i_mmap_sem_offset() ? inode + i_mmap_sem_offset() : 0;
	return (__u64)BPF_CORE_READ((struct inode *)inode, i_mapping) +
	       bpf_core_field_offset(((struct address_space *)0)->invalidate_lock);
}

/* Where the inode would be whose i_mmap_sem is at @sem; is_own_inode() tells if there is one. */
static __always_inline __u64 i_mmap_sem_inode(__u64 sem)
{
	if (!has_invalidate_lock())
		return i_mmap_sem_offset() ? sem - i_mmap_sem_offset() : 0;
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

	return inode && (__u64)BPF_CORE_READ(mapping, host) == inode;
}

/* Where it is; 0: the inode has none, or it is not known here. */
static __always_inline __u64 i_dmap_sem_addr(__u64 inode)
{
	__u64 dax = 0;

	if (!has_fuse_types()) {
		if (learnt_dax_offset)
			bpf_probe_read_kernel(&dax, sizeof(dax),
					      (void *)(inode + learnt_dax_offset));
		return dax;
	}
	dax = (__u64)BPF_CORE_READ((struct fuse_inode *)inode, dax);
	return dax ? dax + bpf_core_field_offset(((struct fuse_inode_dax *)0)->sem) : 0;
}

static __always_inline __u64 mmap_lock_offset(void)
{
	return bpf_core_field_offset(((struct mm_struct *)0)->mmap_lock);
}

/* PREEMPT_RT: an rwsem begins with this structure. */
struct rwbase_rt___rt {
	atomic_t readers;
	struct rt_mutex_base rtmutex;
} __attribute__((preserve_access_index));

static __always_inline __u64 rwsem_rtmutex_offset(void)
{
	return bpf_core_field_offset(((struct rwbase_rt___rt *)0)->rtmutex);
}

#define RWBASE_WRITER_BIAS  (1 << 30) /* include/linux/rwbase_rt.h */
#define RT_MUTEX_FLAGS	    0x1UL     /* kernel/locking/rtmutex_common.h */
#define RWSEM_WRITER_LOCKED 0x1UL     /* kernel/locking/rwsem.c, since 5.3 */
#define RWSEM_READER_SHIFT  8
#define RWSEM_OWNER_FLAGS   0x7UL

/*
 * By way of a type that every kernel has: for one that vmlinux lacks libbpf looks in all modules,
 * which takes CAP_SYS_ADMIN.
 */
struct rw_semaphore___rt {
	struct rwbase_rt___rt rwbase;
} __attribute__((preserve_access_index));

static __always_inline __u64 rwbase_holder(__u64 sem, bool *is_shared)
{
	struct rw_semaphore___rt *rwsem = (struct rw_semaphore___rt *)sem;
	int readers = BPF_CORE_READ(rwsem, rwbase.readers.counter);

	if (readers == RWBASE_WRITER_BIAS)
		return (__u64)BPF_CORE_READ(rwsem, rwbase.rtmutex.owner) & ~RT_MUTEX_FLAGS;
	*is_shared = readers != 0 && readers != (int)0x80000000;
	return 0;
}

/*
 * Who holds the rwsem at @sem, as a task that begins to wait sees it: its writer, or (with
 * @is_shared) the last reader that came, who may have left; 0: nobody, or not known. @self_counts:
 * the count of readers has one more, who only begins to wait.
 */
static __always_inline __u64 rwsem_holder(__u64 sem, bool self_counts, bool *is_shared)
{
	struct rw_semaphore *rwsem = (struct rw_semaphore *)sem;
	__u64 owner, readers;
	long cnt;

	if (bpf_core_field_exists(((struct rw_semaphore___rt *)0)->rwbase))
		return rwbase_holder(sem, is_shared);
	cnt = BPF_CORE_READ(rwsem, count.counter);
	owner = BPF_CORE_READ(rwsem, owner.counter) & ~RWSEM_OWNER_FLAGS;
	if (cnt & RWSEM_WRITER_LOCKED)
		return owner;
	readers = (cnt & INT64_MAX) >> RWSEM_READER_SHIFT;
	*is_shared = readers > self_counts;
	return *is_shared ? owner : 0;
}

/* How many tasks have it shared. */
static __always_inline __u64 rwsem_readers(__u64 sem)
{
	struct rwbase_rt___rt *rwbase = (struct rwbase_rt___rt *)sem;
	struct rw_semaphore *rwsem = (struct rw_semaphore *)sem;

	if (bpf_core_field_exists(((struct rw_semaphore___rt *)0)->rwbase))
		return BPF_CORE_READ(rwbase, readers.counter) & (RWBASE_WRITER_BIAS - 1);
	return (BPF_CORE_READ(rwsem, count.counter) & INT64_MAX) >> RWSEM_READER_SHIFT;
}

/*
 * PREEMPT_RT: the rwsem that a task would be asleep for, if the rtmutex that it is asleep for is
 * one's; 0: it is asleep for none. Elsewhere always 0.
 */
static __always_inline __u64 rwsem_awaited_rt(const struct task_struct *task)
{
	__u64 rtmutex;

	if (!bpf_core_type_exists(struct rwbase_rt___rt))
		return 0;
	rtmutex = (__u64)BPF_CORE_READ(task, pi_blocked_on, lock);
	return rtmutex ? rtmutex - rwsem_rtmutex_offset() : 0;
}

/*
 * PREEMPT_RT: a writer has the rtmutex first and then waits for the readers to leave, until which
 * the count is not yet that of a writer. Works on any address; elsewhere always false.
 */
static __always_inline bool rwsem_drained_by_rt(__u64 sem, __u64 task)
{
	struct rwbase_rt___rt *rwbase = (struct rwbase_rt___rt *)sem;

	if (!bpf_core_type_exists(struct rwbase_rt___rt))
		return false;
	return ((__u64)BPF_CORE_READ(rwbase, rtmutex.owner) & ~RT_MUTEX_FLAGS) == task &&
	       BPF_CORE_READ(rwbase, readers.counter) > 0 &&
	       BPF_CORE_READ(rwbase, readers.counter) < RWBASE_WRITER_BIAS;
}

static __always_inline __u64 inode_lock_addr(__u64 inode)
{
	return inode + bpf_core_field_offset(((struct inode *)0)->i_rwsem);
}

static __always_inline struct fuse_conn *sb_conn(const struct super_block *sb)
{
	struct fuse_mount *fm = BPF_CORE_READ(sb, s_fs_info);

	return BPF_CORE_READ(fm, fc);
}

/*
 * 7.3: a request leads to its connection's struct fuse_chan, and not to its mount. The block can go
 * when either is the only one.
 */
struct fuse_req___chan {
	void *chan;
} __attribute__((preserve_access_index));
struct fuse_conn___chan {
	void *chan;
} __attribute__((preserve_access_index));

/* Was it sent for a mount of that connection? */
static __always_inline bool is_request_of(const struct fuse_req *req, const struct fuse_conn *conn)
{
	if (bpf_core_field_exists(((struct fuse_req *)0)->fm))
		return LOAD2(req, fm, fc) == conn;
	return LOAD1((const struct fuse_req___chan *)req, chan) ==
	       BPF_CORE_READ((const struct fuse_conn___chan *)conn, chan);
}

/* Does the inode hold ranges of the window? Where that is not known: perhaps. */
static __always_inline bool may_have_ranges(__u64 inode)
{
	__u64 dax;

	if (!has_fuse_types())
		return true;
	dax = (__u64)BPF_CORE_READ((struct fuse_inode *)inode, dax);
	return dax && BPF_CORE_READ((struct fuse_inode_dax *)dax, nr);
}

/*
 * fuse_open() truncates itself only where the server asked for that (FUSE_ATOMIC_O_TRUNC). Where it
 * is not known, such an open counts as the truncate that the kernel then goes on to.
 */
static __always_inline bool truncates_on_open(const struct super_block *sb)
{
	struct fuse_conn *fc;

	if (!has_fuse_types())
		return false;
	fc = sb_conn(sb);
	return BPF_CORE_READ_BITFIELD_PROBED(fc, atomic_o_trunc);
}

/* fc->dax; 0: the mount has no window, or its types are not known here. */
static __always_inline __u64 sb_conn_dax(const struct super_block *sb)
{
	return has_fuse_types() ? (__u64)BPF_CORE_READ(sb_conn(sb), dax) : 0;
}

/* Where the range is in the window, bytes; 0 where that is not known, as it is of the first one. */
static __always_inline __u64 dmap_window_offset(__u64 dmap)
{
	if (!has_fuse_types())
		return 0;
	return BPF_CORE_READ((struct fuse_dax_mapping *)dmap, window_offset);
}

/* Where struct fuse_conn_dax is whose worker this is; 0: not known. */
static __always_inline __u64 conn_dax_of_worker(__u64 work)
{
	if (!has_fuse_types())
		return 0;
	return work - bpf_core_field_offset(struct fuse_conn_dax, free_work.work);
}

/*
 * 6.15: DAX pages are counted as folios ("fs/dax: Properly refcount fs dax pages"), and page.index
 * has become folio.index. Drop when 6.14 and older are gone.
 */
static __always_inline bool has_dax_folios(void)
{
	return !bpf_core_field_exists(((struct page *)0)->index);
}

static __always_inline __u64 page_index(__u64 page)
{
	if (has_dax_folios())
		return BPF_CORE_READ((struct folio *)page, index);
	return BPF_CORE_READ((struct page *)page, index);
}

/*
 * The bytes of struct page that the folio at @page takes. Its flags are the first word in all
 * kernels.
 */
static __always_inline __u32 page_span(__u64 page)
{
	__u32 bytes = bpf_core_type_size(struct page);
	__u64 flags = 0, flags_1 = 0;

	if (!has_dax_folios() || bpf_probe_read_kernel(&flags, sizeof(flags), (void *)page) ||
	    !(flags >> bpf_core_enum_value(enum pageflags, PG_head) & 1))
		return bytes;
	bpf_probe_read_kernel(&flags_1, sizeof(flags_1), (void *)(page + bytes));
	return bytes << (flags_1 & 15); /* its order */
}

/* The same of module virtiofs, and its queues. */
static __always_inline bool has_virtio_fs_types(void)
{
	return bpf_core_type_exists(struct virtio_fs_vq);
}

/*
 * 5.17: a kthread's data moved from task->set_child_tid to worker_private. Drop when 5.16 and older
 * are gone.
 */
struct task_struct___worker_private {
	void *worker_private;
} __attribute__((preserve_access_index));

#define PF_WQ_WORKER 0x20 /* include/linux/sched.h */

/*
 * The struct work_struct that the current task, a worker of a workqueue, executes; 0: it is none.
 */
static __always_inline __u64 current_work(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct kthread *kthread;
	struct worker *worker;

	if (!(BPF_CORE_READ(task, flags) & PF_WQ_WORKER))
		return 0;
	if (bpf_core_field_exists(((struct task_struct___worker_private *)0)->worker_private))
		kthread =
			BPF_CORE_READ((struct task_struct___worker_private *)task, worker_private);
	else
		kthread = (struct kthread *)BPF_CORE_READ(task, set_child_tid);
	worker = BPF_CORE_READ(kthread, data);
	return (__u64)BPF_CORE_READ(worker, current_work);
}

/* How many ranges of the window an inode holds; false: not known here. */
static __always_inline bool inode_ranges(__u64 inode, __u64 *cnt)
{
	struct fuse_inode_dax *dax;

	if (!has_fuse_types())
		return false;
	dax = BPF_CORE_READ((struct fuse_inode *)inode, dax);
	*cnt = dax ? BPF_CORE_READ(dax, nr) : 0;
	return true;
}

/* 5.14: task_struct.state became __state, and its type another. Drop when 5.13 is gone. */
struct task_struct___state {
	volatile long state;
} __attribute__((preserve_access_index));

static __always_inline __u32 task_state(const struct task_struct *task)
{
	const struct task_struct___state *old = (const void *)task;

	if (bpf_core_field_exists(old->state))
		return BPF_CORE_READ(old, state);
	return BPF_CORE_READ(task, __state);
}

/*
 * 7.2, or not long before: rw_semaphore.wait_list became first_waiter; the first word of either is
 * that waiter.
 */
struct rw_semaphore___first_waiter {
	struct rwsem_waiter *first_waiter;
} __attribute__((preserve_access_index));

/* PREEMPT_RT: rwsems have no list of waiters of their own, see rwsem_awaited_rt(). */
static __always_inline bool has_rwsem_waiters(void)
{
	return bpf_core_type_exists(struct rwsem_waiter);
}

/* Where a rwsem has the address of its first waiter. */
static __always_inline __u64 waiters_offset(void)
{
	if (bpf_core_field_exists(((struct rw_semaphore___first_waiter *)0)->first_waiter))
		return bpf_core_field_offset(
			((struct rw_semaphore___first_waiter *)0)->first_waiter);
	return bpf_core_field_offset(((struct rw_semaphore *)0)->wait_list);
}

#endif
