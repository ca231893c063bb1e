// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is the host's fault: a task that touches a page which the host has to bring in first is put
 * to sleep (kvm_async_pf_task_wait_schedule, arch/x86/kernel/kvm.c, since 5.8) where KVM offers
 * that. It is no wait of its own, and lies beside the others: in the operation's own work, as a
 * rule.
 */
#include "span.bpf.h"

HOOK_BEGIN(kvm_async_pf_task_wait_schedule, page_in_begin)
{
	struct task_slot *slot = slot_find();

	if (slot && slot->depth)
		slot->page_in_ns = bpf_ktime_get_ns();
	return 0;
}

HOOK_END_VOID(kvm_async_pf_task_wait_schedule, page_in_end)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = slot ? frame_top(slot) : NULL;
	struct page_ins *figures;
	__u64 begin_ns;
	__u32 op;

	if (!frame || !slot->page_in_ns)
		return 0;
	begin_ns = slot->page_in_ns;
	slot->page_in_ns = 0;
	op = frame->op;
	figures = bpf_map_lookup_elem(&page_in_tables, &op);
	if (!figures || frame->flags & FRAME_MUTED)
		return 0;
	__sync_fetch_and_add(&figures->cnt, 1);
	__sync_fetch_and_add(&figures->total_ns, bpf_ktime_get_ns() - begin_ns);
	return 0;
}

char LICENSE[] SEC("license") __weak = "GPL";
