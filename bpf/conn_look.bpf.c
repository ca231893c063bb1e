// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel and a mount's server agreed on, which no file in /proc or /sys tells: of each
 * virtiofs mount on which the process that reads the iterator has a file open. It attaches to
 * nothing.
 */
#include "inode.bpf.h"
#include "conn_look.h"

/* fc->inode_dax, since 5.17 ("fuse: negotiate per inode DAX in FUSE_INIT"). */
static __always_inline void flags_look(struct conn_seen *seen, const struct super_block *sb)
{
	struct fuse_conn *fc = sb_conn(sb);

	if (!bpf_core_field_exists(fc->inode_dax))
		return;
	seen->knows_flags = 1;
	seen->has_flags = BPF_CORE_READ_BITFIELD_PROBED(fc, inode_dax);
}

SEC("iter/task_file")
int conn_look(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct conn_seen seen = {};
	struct super_block *sb;
	__u64 fcd;

	/* In any pid namespace the reader is the current process. */
	if (!task || !file || !has_fuse_types() ||
	    (__u32)task->tgid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	sb = BPF_CORE_READ(file, f_inode, i_sb);
	if (!is_virtiofs(sb))
		return 0;
	seen.dev = BPF_CORE_READ(sb, s_dev);
	fcd = sb_conn_dax(sb);
	if (fcd)
		seen.ranges_cnt = BPF_CORE_READ((struct fuse_conn_dax *)fcd, nr_ranges);
	flags_look(&seen, sb);
	bpf_seq_write(ctx->meta->seq, &seen, sizeof(seen));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
