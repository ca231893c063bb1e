// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults: __fuse_dax_fault (fs/fuse/dax.c) handles one attempt, by PTE or PMD. A PMD fault that
 * cannot be served falls back, and the kernel comes again for a PTE: that is a second operation.
 */
#ifndef BY_KPROBE
#include "count.bpf.h"
#endif
#include "hit.bpf.h"
#include "phase.bpf.h"

/* @order counts pages; before 6.6 it was enum page_entry_size, where 0 is a PTE too. */
static __always_inline __u32 fault_op(const struct vm_fault *vmf, unsigned int order, bool is_write)
{
	if (!is_write)
		return order ? OP_FAULT_READ_PMD : OP_FAULT_READ_PTE;
	if (fault_flags(vmf) & FAULT_FLAG_MKWRITE)
		return OP_FAULT_MKWRITE;
	return order ? OP_FAULT_WRITE_PMD : OP_FAULT_WRITE_PTE;
}

#define VM_FAULT_KILLS \
	(VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE)
#define VM_FAULT_NOT_DONE (VM_FAULT_FALLBACK | VM_FAULT_RETRY | VM_FAULT_KILLS | VM_FAULT_OOM)

static __always_inline __u32 fault_outcome(__u32 ret)
{
	if (ret & VM_FAULT_FALLBACK)
		return OUTCOME_FALLBACK;
	if (ret & VM_FAULT_RETRY)
		return OUTCOME_RETRIED;
	if (ret & VM_FAULT_KILLS)
		return OUTCOME_SIGBUS;
	return ret & VM_FAULT_OOM ? OUTCOME_ERRNO : OUTCOME_DONE;
}

/* Of a task's outermost frame, which is the fault's own where that counts. */
static __noinline int page_note(__u64 page)
{
	struct task_slot *slot = slot_find();

	if (slot)
		slot->frames[0].page = page;
	return 0;
}

HOOK_BEGIN(__fuse_dax_fault, fault_begin, struct vm_fault *vmf, unsigned int order, bool is_write)
{
	if (pages_wanted)
		page_note(LOAD1(vmf, pgoff));
	hit_begin(fault_op(vmf, order, is_write), LOAD3(vmf, vma, vm_file, f_inode));
	return 0;
}

/* Ends a fault the long way. Returns whether it was counted. */
static __always_inline bool fault_end_long(struct task_slot *slot, struct frame *frame, __u64 now,
					   vm_fault_t ret)
{
	__u32 outcome = fault_outcome(ret);

	frame->units = 0;
	if (slot->outer_kind != WAIT_NONE)
		outer_end(slot, now);
	return frame_end(slot, now, outcome, outcome == OUTCOME_ERRNO ? ENOMEM : 0);
}

HOOK_END(__fuse_dax_fault, fault_end, vm_fault_t ret, struct vm_fault *vmf, unsigned int order,
	 bool is_write)
{
	struct task_slot *slot = slot_find();
	__u64 now = bpf_ktime_get_ns();
	struct frame *frame;

	if (!(ret & VM_FAULT_NOT_DONE) &&
	    hit_end(slot, OP_FAULT_READ_PTE, OP_FAULT_MKWRITE, now, 0))
		return 0;
	frame = frame_to_end(slot, OPS_FAULT);
	if (frame && slot)
		fault_end_long(slot, frame, now, ret);
	return 0;
}

/* --phases, in its place: hits pay nothing for what they do not use. */
HOOK_END(__fuse_dax_fault, fault_end_phases, vm_fault_t ret, struct vm_fault *vmf,
	 unsigned int order, bool is_write)
{
	struct task_slot *slot = slot_find();
	__u64 now = bpf_ktime_get_ns(), begin_ns, vain_ns = 0;
	enum hit hit = HIT_NONE;
	struct frame *frame;
	__u32 op;

	if (slot && !(ret & VM_FAULT_NOT_DONE))
		hit = hit_end(slot, OP_FAULT_READ_PTE, OP_FAULT_MKWRITE, now, 0);
	frame = hit && slot ? &slot->frames[0] : frame_to_end(slot, OPS_FAULT);
	if (!frame || !slot)
		return 0;
	op = frame->op;
	begin_ns = frame->start_ns;
	if (!hit)
		hit = fault_end_long(slot, frame, now, ret) ? HIT_COUNTED : HIT_UNCOUNTED;
	if (ret & VM_FAULT_FALLBACK)
		vain_ns = now - begin_ns - frame_waited_ns(frame);
	if (hit == HIT_COUNTED)
		phases_account(slot->index, op, begin_ns, vain_ns);
	return 0;
}

#ifndef BY_KPROBE /* whose end has no arguments */

/*
 * What tells faults apart with the least work. A PMD is of order 9; PUDs (18) fall back, and begin
 * no run.
 */
static __always_inline __u64 fault_sort(const struct vm_fault *vmf, __u64 order, __u64 is_write)
{
	if (is_write)
		order += fault_flags(vmf) & FAULT_FLAG_MKWRITE ? 32 : 16;
	return order;
}

static __noinline int fault_count_long(unsigned long long *ctx)
{
	struct vm_fault *vmf = (struct vm_fault *)ctx[0];
	__u32 op = fault_op(vmf, ctx[1], ctx[2]), outcome = fault_outcome(ctx[3]);
	__u64 err = outcome == OUTCOME_ERRNO ? ENOMEM : 0;

	return count_long(address_of(vmf->vma->vm_file->f_inode),
			  COUNT_WHAT(COUNT_FAULTS, op, fault_sort(vmf, ctx[1], ctx[2])),
			  err << 32 | outcome, 0);
}

/* DETAIL_COUNTS, in place of the two above. */
SEC("?fexit/__fuse_dax_fault")
int fault_count(unsigned long long *ctx)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct vm_fault *vmf = (struct vm_fault *)ctx[0];

	if (ctx[3] & VM_FAULT_NOT_DONE ||
	    !count_hit(cpu, COUNT_FAULTS, fault_sort(vmf, ctx[1], ctx[2]),
		       vmf->vma->vm_file->f_inode, 0))
		fault_count_long(ctx);
	return 0;
}

#endif

char LICENSE[] SEC("license") __weak = "GPL";
