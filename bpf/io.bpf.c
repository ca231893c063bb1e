// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and write() through the window: fuse_dax_read_iter and fuse_dax_write_iter (fs/fuse/dax.c)
 * are called for DAX inodes alone. Both take the inode lock inside.
 */
#ifndef BY_KPROBE
#include "count.bpf.h"
#endif
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
	frame->units = ret > 0 && !(frame->flags & FRAME_AROUND) ? ret : 0;
	frame_end(slot, now, outcome, err);
	return 0;
}

HOOK_BEGIN(fuse_dax_read_iter, read_begin, struct kiocb *iocb)
{
	hit_begin(OP_DAX_READ, LOAD2(iocb, ki_filp, f_inode));
	return 0;
}

HOOK_END(fuse_dax_read_iter, read_end, ssize_t ret, struct kiocb *iocb, struct iov_iter *to)
{
	return io_end(OP_DAX_READ, ret);
}

HOOK_BEGIN(fuse_dax_write_iter, write_begin, struct kiocb *iocb)
{
	hit_begin(OP_DAX_WRITE, LOAD2(iocb, ki_filp, f_inode));
	return 0;
}

HOOK_END(fuse_dax_write_iter, write_end, ssize_t ret, struct kiocb *iocb, struct iov_iter *from)
{
	return io_end(OP_DAX_WRITE, ret);
}

#ifndef BY_KPROBE /* whose end has no arguments */

struct count_cpu count_cpus[COUNT_NR][COUNT_CPUS] SEC(".bss") = {};

/* DETAIL_COUNTS, in place of those above: the arguments are iocb, iter, and the result. */
static __always_inline int io_count(unsigned long long *ctx, __u32 kind, __u32 op)
{
	__u32 cpu = bpf_get_smp_processor_id(), err, outcome;
	struct kiocb *iocb = (struct kiocb *)ctx[0];
	ssize_t ret = ctx[2];

	if (ret >= 0 && count_hit(cpu, kind, 0, iocb->ki_filp->f_inode, ret))
		return 0;
	outcome = outcome_of(ret, &err);
	count_long(address_of(iocb->ki_filp->f_inode), COUNT_WHAT(kind, op, 0),
		   outcome | (__u64)err << 32, ret > 0 ? ret : 0);
	return 0;
}

SEC("?fexit/fuse_dax_read_iter")
int read_count(unsigned long long *ctx)
{
	return io_count(ctx, COUNT_READS, OP_DAX_READ);
}

SEC("?fexit/fuse_dax_write_iter")
int write_count(unsigned long long *ctx)
{
	return io_count(ctx, COUNT_WRITES, OP_DAX_WRITE);
}

#endif

char LICENSE[] SEC("license") __weak = "GPL";
