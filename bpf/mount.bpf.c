// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts from the moment of start, before any event: user space opens each mount's root (O_PATH,
 * which asks the server nothing) and runs this iterator over its own files. Run again, it reads
 * the windows' gauges anew.
 */
#include "mount.bpf.h"

#ifndef BY_KPROBE

static __always_inline bool is_virtiofs(const struct super_block *sb)
{
	static const char virtiofs[] = "virtiofs";
	char type[sizeof(virtiofs)] = {};

	if (BPF_CORE_READ(sb, s_magic) != FUSE_SUPER_MAGIC || !BPF_CORE_READ(sb, s_fs_info))
		return false;
	bpf_probe_read_kernel_str(type, sizeof(type), BPF_CORE_READ(sb, s_type, name));
	for (__u32 i = 0; i < sizeof(virtiofs); i++)
		if (type[i] != virtiofs[i])
			return false;
	return true;
}

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

#endif

char LICENSE[] SEC("license") __weak = "GPL";
