// SPDX-License-Identifier: GPL-2.0-only
/*
 * What changes a file's size or punches it: truncate (from do_truncate, fs/open.c, where the inode
 * lock is taken; it serves all file systems, so others leave at once), open(O_TRUNC) where the
 * server truncates itself, and fallocate.
 */
#include "span.bpf.h"

#define FALLOC_FL_PUNCH_HOLE 0x02 /* include/uapi/linux/falloc.h */
#define FALLOC_FL_ZERO_RANGE 0x10

/*
 * An operation that ends and still owns i_mmap_sem has leaked it: an interrupted fuse_open() did so
 * up to 7.1, where the server truncates itself.
 */
static __noinline void leak_check(const struct task_slot *slot, struct frame *frame, __u64 now)
{
	__u64 sem = i_mmap_sem_addr(frame->inode);
	bool is_shared = false;
	struct leak leak = {
		.holder = slot->owner,
		.key = *frame_key(frame),
		.task = slot->task,
		.ns = now,
		.op = frame->op,
	};

	if (!sem || rwsem_holder(sem, false, &is_shared) != slot->owner || is_shared)
		return;
	__builtin_memcpy(leak.comm, slot->comm, sizeof(leak.comm));
	bpf_map_update_elem(&leaks, &sem, &leak, BPF_ANY);
}

/* Of operations on all kinds of files: those of others have no frame, and are none of ours. */
static __always_inline int size_change_end(__u32 ops, long ret)
{
	struct task_slot *slot = slot_find();
	__u32 err, outcome = outcome_of(ret, &err);
	__u64 now = bpf_ktime_get_ns();
	struct frame *frame;

	if (!slot || !is_in_progress(slot, ops))
		return 0;
	frame = frame_to_end(slot, ops);
	if (!frame)
		return 0;
	outer_end(slot, now);
	leak_check(slot, frame, now);
	frame_end(slot, now, outcome, err);
	return 0;
}

/*
 * @since where the function has gained its first argument, else @before. The verifier wants
 * constant offsets, so the compiler must not make one load of the two: their comments differ.
 */
#define PICK(has_gained, since, before)                               \
	({                                                            \
		__u64 __value;                                        \
		if (has_gained) {                                     \
			__value = (since);                            \
			asm volatile("/* since */" : "+r"(__value));  \
		} else {                                              \
			__value = (before);                           \
			asm volatile("/* before */" : "+r"(__value)); \
		}                                                     \
		__value;                                              \
	})

#define ARG_INODE(ctx, dentry_arg) \
	BPF_CORE_READ((struct dentry *)PICK(dentry_arg, ARG_1(ctx), ARG_0(ctx)), d_inode)

/* An open that fuse_open has truncated already comes by again, for nothing: fuse_setattr. */
static __always_inline bool truncates(const struct inode *inode, __u32 time_attrs)
{
	if (!is_dax_inode(inode))
		return false;
	return !(time_attrs & ATTR_OPEN) || !truncates_on_open(BPF_CORE_READ(inode, i_sb));
}

/* do_truncate(idmap (since 5.12, as user namespace), dentry, length, time_attrs, filp) */
HOOK_BEGIN_RAW(do_truncate, truncate_begin)
{
	struct inode *inode = ARG_INODE(ctx, do_truncate_dentry_arg);

	if (truncates(inode, PICK(do_truncate_dentry_arg, ARG_3(ctx), ARG_2(ctx))))
		op_begin_keyed(OP_TRUNCATE, (__u64)inode, inode_key_at((__u64)inode));
	return 0;
}

HOOK_END_RAW(do_truncate, truncate_end)
{
	return size_change_end(OPS_TRUNCATE,
			       (int)PICK(do_truncate_dentry_arg, RESULT(ctx, 5), RESULT(ctx, 4)));
}

static __always_inline bool is_fuse_dentry(__u64 dentry)
{
	return BPF_CORE_READ((struct dentry *)dentry, d_inode, i_sb, s_magic) == FUSE_SUPER_MAGIC;
}

/* fuse_do_setattr(dentry, attr, file), in newer kernels with an idmap before them */
static __always_inline bool setattr_has_idmap(__u64 first_arg)
{
	if (fuse_do_setattr_dentry_arg == ARG_UNKNOWN)
		return !is_fuse_dentry(first_arg);
	return fuse_do_setattr_dentry_arg;
}

/* What gets here without do_truncate: nfsd, overlayfs, and others that call notify_change. */
HOOK_BEGIN_RAW(fuse_do_setattr, setattr_begin)
{
	__u64 first = ARG_0(ctx), second = ARG_1(ctx), third = ARG_2(ctx);
	bool has_idmap = setattr_has_idmap(first);
	struct task_slot *slot = slot_find();
	struct dentry *dentry;
	struct inode *inode;
	struct iattr *attr;
	struct frame *frame;
	__u32 valid;

	barrier_var(first); /* or one load comes of two, at an offset that is not constant */
	barrier_var(second);
	barrier_var(third);
	dentry = (struct dentry *)(has_idmap ? second : first);
	attr = (struct iattr *)(has_idmap ? third : second);
	inode = BPF_CORE_READ(dentry, d_inode);
	valid = BPF_CORE_READ(attr, ia_valid);
	if (!(valid & ATTR_SIZE) || !truncates(inode, valid))
		return 0;
	frame = slot ? frame_top(slot) : NULL;
	if (frame && frame->inode == (__u64)inode)
		return 0;
	frame = op_begin_keyed(OP_TRUNCATE, (__u64)inode, inode_key_at((__u64)inode));
	if (frame)
		frame->flags |= FRAME_SETATTR;
	return 0;
}

HOOK_END_RAW(fuse_do_setattr, setattr_end)
{
	long ret = PICK(fuse_do_setattr_dentry_arg, RESULT(ctx, 4), RESULT(ctx, 3));
	struct task_slot *slot = slot_find();
	struct frame *frame = slot ? frame_top(slot) : NULL;

	if (!frame || !(frame->flags & FRAME_SETATTR))
		return 0;
	return size_change_end(OPS_TRUNCATE, (int)ret);
}

/* fuse_open(inode, file): the same two arguments from 5.10 to 7.3. */
static __always_inline bool open_truncates(struct inode *inode, struct file *file)
{
	return LOAD1(file, f_flags) & O_TRUNC && LOAD1(inode, i_flags) & S_DAX &&
	       truncates_on_open(LOAD1(inode, i_sb));
}

HOOK_BEGIN(fuse_open, open_trunc_begin, struct inode *inode, struct file *file)
{
	if (open_truncates(inode, file))
		op_begin(OP_OPEN_TRUNC, inode);
	return 0;
}

HOOK_END(fuse_open, open_trunc_end, int ret, struct inode *inode, struct file *file)
{
	return size_change_end(OPS_OPEN, ret);
}

HOOK_BEGIN(fuse_file_fallocate, fallocate_begin, struct file *file, int mode)
{
	struct inode *inode = LOAD1(file, f_inode);
	__u32 op = OP_EXTEND;

	if (!(LOAD1(inode, i_flags) & S_DAX))
		return 0;
	if (mode & FALLOC_FL_PUNCH_HOLE)
		op = OP_PUNCH;
	else if (mode & FALLOC_FL_ZERO_RANGE)
		op = OP_ZERO;
	op_begin(op, inode);
	return 0;
}

HOOK_END(fuse_file_fallocate, fallocate_end, long ret, struct file *file, int mode, loff_t offset,
	 loff_t length)
{
	return size_change_end(OPS_FALLOCATE, ret);
}

char LICENSE[] SEC("license") __weak = "GPL";
