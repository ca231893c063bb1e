// SPDX-License-Identifier: GPL-2.0-only
/*
 * Made-up operations into the buffer of a recording, by the functions that real ones take: more of
 * them a second than an emulated guest can do. The buffer is that of the tool that runs: see
 * flood.c.
 */
#include "record.bpf.h"

#define BATCH 50

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256); /* by CPU */
	__type(key, __u32);
	__type(value, struct task_slot);
} flood_slots SEC(".maps");

/* BATCH operations of the task of this CPU; the first argument counts them. */
SEC("raw_tp/sched_process_exit")
int flood(unsigned long long *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct task_slot *slot = bpf_map_lookup_elem(&flood_slots, &cpu);
	struct op_end end = { OUTCOME_DONE, 0 };
	struct frame *frame;

	if (!slot)
		return 0;
	frame = &slot->frames[0];
	slot->depth = 1;
	slot->task.tgid = slot->task.pid = 1000000 + cpu;
	frame->op = OP_TRUNCATE;
	for (__u32 i = 0; i < BATCH; i++) {
		frame->key.nodeid = 2 + (ctx[0] + i) % 64;
		frame->start_ns = bpf_ktime_get_ns();
		record_op_short(slot, frame, 1000 + i * 100, &end, 0);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
