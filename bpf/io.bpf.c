// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and write() through the window: fuse_dax_read_iter and fuse_dax_write_iter (fs/fuse/dax.c)
 * are called for DAX inodes alone. Both take the inode lock inside.
 */
#include "count.bpf.h"
#include "hit.bpf.h"
#include "reclaim.bpf.h"

static __always_inline int io_end(__u32 op, ssize_t ret)
{
	struct task_slot *slot = slot_find();
	struct frame *frame;
	__u64 now = bpf_ktime_get_ns();
	__u32 err, outcome = outcome_of(ret, &err);

	if (!err && hit_end(slot, op, op, now, ret))
		return 0;
	if (slot)
		inline_reclaim_settle(slot->index, now,
				      outcome == OUTCOME_DONE ? OUTCOME_RETRIED : outcome, err);
	frame = frame_to_end(slot, 1 << op);
	if (!frame || !slot)
		return 0;
	frame->units = ret > 0 ? ret : 0;
	frame_end(slot, now, outcome, err);
	return 0;
}

SEC("?fentry/fuse_dax_read_iter")
int BPF_PROG(read_begin, struct kiocb *iocb)
{
	hit_begin(OP_DAX_READ, iocb->ki_filp->f_inode);
	return 0;
}

SEC("?fexit/fuse_dax_read_iter")
int BPF_PROG(read_end, struct kiocb *iocb, struct iov_iter *to, ssize_t ret)
{
	return io_end(OP_DAX_READ, ret);
}

SEC("?fentry/fuse_dax_write_iter")
int BPF_PROG(write_begin, struct kiocb *iocb)
{
	hit_begin(OP_DAX_WRITE, iocb->ki_filp->f_inode);
	return 0;
}

SEC("?fexit/fuse_dax_write_iter")
int BPF_PROG(write_end, struct kiocb *iocb, struct iov_iter *from, ssize_t ret)
{
	return io_end(OP_DAX_WRITE, ret);
}

/* DETAIL_COUNTS, in place of those above. */
static __always_inline int io_count(__u32 kind, __u32 op, const struct inode *inode, ssize_t ret)
{
	__u32 err, outcome = outcome_of(ret, &err);

	return count_end(kind, op, inode, outcome, err, ret > 0 ? ret : 0);
}

SEC("?fexit/fuse_dax_read_iter")
int BPF_PROG(read_count, struct kiocb *iocb, struct iov_iter *to, ssize_t ret)
{
	return io_count(COUNT_READS, OP_DAX_READ, iocb->ki_filp->f_inode, ret);
}

SEC("?fexit/fuse_dax_write_iter")
int BPF_PROG(write_count, struct kiocb *iocb, struct iov_iter *from, ssize_t ret)
{
	return io_count(COUNT_WRITES, OP_DAX_WRITE, iocb->ki_filp->f_inode, ret);
}

char LICENSE[] SEC("license") __weak = "GPL";
