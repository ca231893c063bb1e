// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that end, whose slots go to others, or that change their names.
 */
#include "span.bpf.h"

HOOK_TRACEPOINT(sched_process_exit, task_exit, struct task_struct *task)
{
	struct task_slot *slot = slot_find();

	if (!slot)
		return 0;
	frames_drop(slot->index, 0);
	slot = slot_find(); /* it may have been left */
	if (slot)
		slot_release(slot);
	return 0;
}

#ifndef BY_KPROBE

/*
 * Run by user space when runs are not held any more, with the index of a slot whose task has ended
 * while they were. It is attached to nothing. A dead slot is nobody else's.
 */
SEC("raw_tp/sched_process_exit")
int slot_bury(unsigned long long *ctx)
{
	__u32 index = ctx[0];
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &index);

	if (!slot || slot->owner != SLOT_DEAD || runs_held)
		return 0;
	runs_flush(slot);
	slot_free(slot);
	return 0;
}

#endif

/* execve() and prctl() of the task itself; a name given from outside is seen the next time. */
HOOK_TRACEPOINT(task_rename, task_rename, struct task_struct *task, const char *comm)
{
	struct task_slot *slot;

	if ((__u64)task != bpf_get_current_task())
		return 0;
	slot = slot_find();
	if (!slot)
		return 0;
	if (slot->task.pid != (__u32)bpf_get_current_pid_tgid()) {
		frames_drop(slot->index, 0);
		slot_release(slot); /* it executes a program, and was not the leader before */
		return 0;
	}
	bpf_probe_read_kernel_str(slot->comm, sizeof(slot->comm), comm);
	bpf_map_update_elem(&task_names, &slot->task, slot->comm, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") __weak = "GPL";
