// SPDX-License-Identifier: GPL-2.0-only
/*
 * What changes a file's size or punches it: truncate (from do_truncate, fs/open.c, where the inode
 * lock is taken; it serves all file systems, so others leave at once), open(O_TRUNC) where the
 * server truncates itself, and fallocate.
 */
#include "span.bpf.h"

#define FALLOC_FL_PUNCH_HOLE 0x02 /* include/uapi/linux/falloc.h */
#define FALLOC_FL_ZERO_RANGE 0x10

static __always_inline int size_change_end(struct task_slot *slot, __u32 ops, long ret)
{
	struct frame *frame = frame_to_end(slot, ops);
	__u32 err, outcome = outcome_of(ret, &err);
	__u64 now = bpf_ktime_get_ns();

	if (!frame || !slot)
		return 0;
	outer_end(slot, now);
	frame_end(slot, now, outcome, err);
	return 0;
}

/*
 * ctx[@since] where the function has gained its first argument, else ctx[@before]. The verifier
 * wants constant offsets, so the compiler must not make one load of the two: their comments differ.
 */
#define ctx_pick(ctx, has_gained, since, before)                      \
	({                                                            \
		__u64 __value;                                        \
		if (has_gained) {                                     \
			__value = (ctx)[since];                       \
			asm volatile("/* since */" : "+r"(__value));  \
		} else {                                              \
			__value = (ctx)[before];                      \
			asm volatile("/* before */" : "+r"(__value)); \
		}                                                     \
		__value;                                              \
	})

static __always_inline struct inode *arg_inode(unsigned long long *ctx, __u32 dentry_arg)
{
	struct dentry *dentry = (struct dentry *)ctx_pick(ctx, dentry_arg, 1, 0);

	return BPF_CORE_READ(dentry, d_inode);
}

/* An open that fuse_open has truncated already comes by again, for nothing: fuse_setattr. */
static __always_inline bool truncates(const struct inode *inode, __u32 time_attrs)
{
	if (!is_dax_inode(inode))
		return false;
	return !(time_attrs & ATTR_OPEN) || !truncates_on_open(sb_conn(BPF_CORE_READ(inode, i_sb)));
}

/* do_truncate(idmap (since 5.12, as user namespace), dentry, length, time_attrs, filp) */
SEC("?fentry/do_truncate")
int truncate_begin(unsigned long long *ctx)
{
	struct inode *inode = arg_inode(ctx, do_truncate_dentry_arg);

	if (truncates(inode, ctx_pick(ctx, do_truncate_dentry_arg, 3, 2)))
		op_begin_keyed(OP_TRUNCATE, (__u64)inode, inode_key_at((__u64)inode));
	return 0;
}

SEC("?fexit/do_truncate")
int truncate_end(unsigned long long *ctx)
{
	__u32 time_attrs = ctx_pick(ctx, do_truncate_dentry_arg, 3, 2);
	long ret = ctx_pick(ctx, do_truncate_dentry_arg, 5, 4);

	if (!truncates(arg_inode(ctx, do_truncate_dentry_arg), time_attrs))
		return 0;
	return size_change_end(slot_find(), OPS_TRUNCATE, (int)ret);
}

/* What gets here without do_truncate: nfsd, overlayfs, and others that call notify_change. */
SEC("?fentry/fuse_do_setattr")
int setattr_begin(unsigned long long *ctx)
{
	struct inode *inode = arg_inode(ctx, fuse_do_setattr_dentry_arg);
	struct iattr *attr = (struct iattr *)ctx_pick(ctx, fuse_do_setattr_dentry_arg, 2, 1);
	struct task_slot *slot = slot_find();
	struct frame *frame;

	__u32 valid = BPF_CORE_READ(attr, ia_valid);

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

SEC("?fexit/fuse_do_setattr")
int setattr_end(unsigned long long *ctx)
{
	/* idmap (since 6.3), dentry, attr, file; then the result */
	long ret = ctx_pick(ctx, fuse_do_setattr_dentry_arg, 4, 3);
	struct task_slot *slot = slot_find();
	struct frame *frame = slot ? frame_top(slot) : NULL;

	if (!frame || !(frame->flags & FRAME_SETATTR))
		return 0;
	return size_change_end(slot, OPS_TRUNCATE, (int)ret);
}

/* fuse_open(inode, file): the same two arguments from 5.10 to 7.3. */
static __always_inline bool open_truncates(struct inode *inode, struct file *file)
{
	return file->f_flags & O_TRUNC && inode->i_flags & S_DAX &&
	       truncates_on_open(sb_conn(inode->i_sb));
}

SEC("?fentry/fuse_open")
int BPF_PROG(open_trunc_begin, struct inode *inode, struct file *file)
{
	if (open_truncates(inode, file))
		op_begin(OP_OPEN_TRUNC, inode);
	return 0;
}

SEC("?fexit/fuse_open")
int BPF_PROG(open_trunc_end, struct inode *inode, struct file *file, int ret)
{
	if (!open_truncates(inode, file))
		return 0;
	return size_change_end(slot_find(), OPS_OPEN, ret);
}

SEC("?fentry/fuse_file_fallocate")
int BPF_PROG(fallocate_begin, struct file *file, int mode)
{
	struct inode *inode = file->f_inode;
	__u32 op = OP_EXTEND;

	if (!(inode->i_flags & S_DAX))
		return 0;
	if (mode & FALLOC_FL_PUNCH_HOLE)
		op = OP_PUNCH;
	else if (mode & FALLOC_FL_ZERO_RANGE)
		op = OP_ZERO;
	op_begin(op, inode);
	return 0;
}

SEC("?fexit/fuse_file_fallocate")
int BPF_PROG(fallocate_end, struct file *file, int mode, loff_t offset, loff_t length, long ret)
{
	if (!(file->f_inode->i_flags & S_DAX))
		return 0;
	return size_change_end(slot_find(), OPS_FALLOCATE, ret);
}

char LICENSE[] SEC("license") __weak = "GPL";
