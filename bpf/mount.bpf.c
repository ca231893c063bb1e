// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts from the moment of start, before any event: user space opens each mount's root (O_PATH,
 * which asks the server nothing) and runs this iterator over its own files. Run again, it reads
 * the windows' gauges anew. And tasks that end: their slots go to others.
 */
#include "span.bpf.h"

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
	if (BPF_CORE_READ(sb, s_magic) == FUSE_SUPER_MAGIC && BPF_CORE_READ(sb, s_fs_info))
		mount_note((__u64)sb);
	return 0;
}

SEC("?tp_btf/sched_process_exit")
int BPF_PROG(task_exit, struct task_struct *task)
{
	__u64 owner = bpf_get_current_pid_tgid();
	__u32 home = slot_home(owner);

	for (__u32 i = 0; i < SLOT_WAYS; i++) {
		__u32 index = (home + i) & (slots_cnt - 1);
		struct task_slot *slot = slot_at(index);

		if (!slot || slot->owner != owner)
			continue;
		count(COUNTER_UNMATCHED, slot->depth);
		slot->depth = 0;
		slot->owner = 0;
		bpf_map_delete_elem(&slot_claims, &index);
	}
	return 0;
}

char LICENSE[] SEC("license") __weak = "GPL";
