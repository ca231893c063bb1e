// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts from the moment of start, before any event: user space opens each mount's root (O_PATH,
 * which asks its server nothing) and runs the iterator over its own files. From the first mount on
 * the kernel's list of virtiofs' super blocks is known, and leads to all: no path is walked again,
 * which could hang where it leads through another mount, and no file kept open, which would keep a
 * mount.
 */
#include "mount.bpf.h"

#ifndef BY_KPROBE

SEC("?iter/task_file")
int mount_look(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct super_block *sb;

	/* The iterator runs in the process that reads it: its own files, in any pid namespace. */
	if (!task || !file || (__u32)task->tgid != bpf_get_current_pid_tgid() >> 32)
		return 0;
	sb = BPF_CORE_READ(file, f_inode, i_sb);
	if (is_virtiofs(sb))
		mount_note((__u64)sb);
	return 0;
}

/* A global function, so that it is verified once and not for each round of the loop below. */
__weak __noinline int super_block_note(__u64 sb_addr)
{
	if (is_virtiofs((struct super_block *)sb_addr))
		mount_note(sb_addr);
	return 0;
}

/*
 * Run by user space once an interval; attached to nothing. Reads the windows' gauges, also of
 * mounts that are new. Nothing holds the list still: what leaves it meanwhile is told by
 * is_virtiofs(), and reads of what its memory has become cannot fault.
 */
SEC("raw_tp/sched_process_exit")
int mounts_walk(void *ctx)
{
	struct file_system_type *type = (struct file_system_type *)virtiofs_type;
	struct hlist_node *node = BPF_CORE_READ(type, fs_supers.first);

	for (int i = 0; i < MOUNTS_MAX && node; i++) {
		super_block_note((__u64)node -
				 bpf_core_field_offset(struct super_block, s_instances));
		node = BPF_CORE_READ(node, next);
	}
	return 0;
}

#endif

char LICENSE[] SEC("license") __weak = "GPL";
