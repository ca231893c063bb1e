// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The rows. Required are only those without which the tool would have nothing to say.
 */
#include "probe_plan.h"

#include <stddef.h>

#include "host.h"

#define OP(name)   (1U << OP_##name)
#define WAIT(name) (1U << WAIT_##name)

/* A row of --phases, of a function at its entry and return. */
#define PHASE(name, begin_, end_)                                                   \
	.begin = begin_, .end = end_, .kind = HOOK_FUNCTION, .need = HOOK_OPTIONAL, \
	.details = FULL, .with = PHASES_ONLY, .phases = 1U << PHASE_##name

#define OPS_FALLOCATE (OP(PUNCH) | OP(ZERO) | OP(EXTEND))
#define WAITS_READ    (WAIT(I_MMAP_SEM_READ) | WAIT(I_DMAP_SEM_READ) | WAIT(INODE_LOCK_READ))
#define WAITS_WRITE   (WAIT(I_MMAP_SEM_WRITE) | WAIT(I_DMAP_SEM_WRITE) | WAIT(INODE_LOCK_WRITE))
#define WAITS_REQUEST (WAIT(REQUEST_HOST) | WAIT(REQUEST_GUEST))

#define FULL	     (1U << DETAIL_FULL)
#define COUNTS	     (1U << DETAIL_COUNTS)
#define STALLS	     (1U << DETAIL_STALLS)
#define ABOVE_STALLS (COUNTS | FULL)
#define ALL	     (STALLS | COUNTS | FULL)

/* clang-format off */
const struct hook hook_table[] = {
	{ { "__fuse_dax_fault" }, "fs/fuse/dax.c", "fault_begin", "fault_end",
	  OPS_FAULT_KINDS, 0, HOOK_FUNCTION, HOOK_REQUIRED, .details = FULL, .with = PHASES_NEVER },
	{ { "__fuse_dax_fault" }, "fs/fuse/dax.c", "fault_begin", "fault_end_phases",
	  OPS_FAULT_KINDS, 0, HOOK_FUNCTION, HOOK_REQUIRED, .details = FULL, .with = PHASES_ONLY,
	  .phases = 1U << PHASE_FALLBACK },
	{ { "fuse_dax_read_iter" }, "fs/fuse/dax.c", "read_begin", "read_end",
	  OP(DAX_READ), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = FULL },
	{ { "fuse_dax_write_iter" }, "fs/fuse/dax.c", "write_begin", "write_end",
	  OP(DAX_WRITE), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = FULL },
	{ { "__fuse_dax_fault" }, "fs/fuse/dax.c", NULL, "fault_count",
	  OPS_FAULT_KINDS, 0, HOOK_FUNCTION, HOOK_REQUIRED, .details = COUNTS },
	{ { "fuse_dax_read_iter" }, "fs/fuse/dax.c", NULL, "read_count",
	  OP(DAX_READ), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = COUNTS },
	{ { "fuse_dax_write_iter" }, "fs/fuse/dax.c", NULL, "write_count",
	  OP(DAX_WRITE), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = COUNTS },
	{ { "do_truncate" }, "fs/open.c", "truncate_begin", "truncate_end",
	  OP(TRUNCATE), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ABOVE_STALLS },
	{ { "fuse_do_setattr" }, "fs/fuse/dir.c", "setattr_begin", "setattr_end",
	  OP(TRUNCATE), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "fuse_open" }, "fs/fuse/file.c", "open_trunc_begin", "open_trunc_end",
	  OP(OPEN_TRUNC), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ABOVE_STALLS, .types = "fuse_conn" },
	{ { "fuse_file_fallocate" }, "fs/fuse/file.c", "fallocate_begin", "fallocate_end",
	  OPS_FALLOCATE, 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "fuse_dax_free_mem_worker" }, "fs/fuse/dax.c", "reclaim_run_begin", "reclaim_run_end",
	  OP(RECLAIM_RUN) | OP(RECLAIM_RANGE), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "dmap_reinit_add_to_free_pool" }, "fs/fuse/dax.c", NULL, "range_freed",
	  OP(RECLAIM_RANGE), 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	/* Tells that addresses of inodes go to others: see struct run. */
	{ { "fuse_evict_inode" }, "fs/fuse/inode.c", "evict_begin", "evict_end",
	  OP(EVICT), 0, HOOK_FUNCTION, HOOK_REQUIRED, .details = ABOVE_STALLS },
	/* Who closed an unlinked file: its inode may be evicted by others. */
	{ { "fuse_release" }, "fs/fuse/file.c", "file_closed", NULL,
	  0, 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "fuse_setup_one_mapping" }, "fs/fuse/dax.c", "setup_begin", "setup_end",
	  OP(SETUP) | OP(UPGRADE), 0, HOOK_FUNCTION, HOOK_REQUIRED, .details = ALL },
	{ { "fuse_send_removemapping" }, "fs/fuse/dax.c", "remove_begin", "remove_end",
	  OP(REMOVAL) | OP(RECLAIM_INLINE), 0, HOOK_FUNCTION, HOOK_REQUIRED, .details = ALL },
	{ { "alloc_dax_mapping" }, "fs/fuse/dax.c", "alloc_begin", "alloc_end",
	  OP(RECLAIM_INLINE), WAIT(FREE_RANGE), HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	/*
	 * Since 6.16 fuse's own is a wrapper, inlined where reclaim calls it: hook what it wraps.
	 */
	{ { "dax_break_layout", "fuse_dax_break_layouts" }, "fs/dax.c", "break_layouts_begin", "break_layouts_end",
	  OP(RECLAIM_RANGE) | OP(RECLAIM_INLINE), WAIT(BUSY_PAGE), HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "dax_layout_busy_page_range" }, "fs/dax.c", "busy_page_ask", "busy_page_answer",
	  0, WAIT(BUSY_PAGE), HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "rwsem_down_read_slowpath" }, "kernel/locking/rwsem.c",
	  "lock_read_begin", "lock_read_end",
	  0, WAITS_READ, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL, .group = GROUP_RWSEM },
	{ { "rwsem_down_write_slowpath" }, "kernel/locking/rwsem.c",
	  "lock_write_begin", "lock_write_end",
	  0, WAITS_WRITE, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL, .group = GROUP_RWSEM },
	/* PREEMPT_RT has no such slow paths. */
	{ { "contention_begin" }, "include/trace/events/lock.h", "lock_contended", NULL,
	  0, WAITS_READ | WAITS_WRITE, HOOK_TRACEPOINT, HOOK_OPTIONAL, .details = ALL, .stands_in_for = GROUP_RWSEM },
	{ { "contention_end" }, "include/trace/events/lock.h", "lock_acquired", NULL,
	  0, WAITS_READ | WAITS_WRITE, HOOK_TRACEPOINT, HOOK_OPTIONAL, .details = ALL, .stands_in_for = GROUP_RWSEM },
	{ { "__fuse_simple_request", "fuse_simple_request" }, "fs/fuse/dev.c",
	  "request_begin", "request_end",
	  OPS_AROUND, WAITS_REQUEST, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "virtio_fs_enqueue_req" }, "fs/fuse/virtio_fs.c", "request_queue", NULL,
	  OPS_AROUND, WAITS_REQUEST, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "virtio_fs_vq_done" }, "fs/fuse/virtio_fs.c", "vq_interrupt", NULL,
	  0, WAITS_REQUEST, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "virtio_fs_requests_done_work" }, "fs/fuse/virtio_fs.c", "vq_batch", NULL,
	  0, WAITS_REQUEST, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "fuse_request_end" }, "fs/fuse/dev.c", "request_answer", NULL,
	  OPS_AROUND, WAITS_REQUEST, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL },
	{ { "kvm_async_pf_task_wait_schedule" }, "arch/x86/kernel/kvm.c", "page_in_begin", "page_in_end",
	  0, 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL, .why_not = host__why_no_page_ins },
	{ { "task_rename" }, "include/trace/events/task.h", "task_rename", NULL,
	  0, 0, HOOK_TRACEPOINT, HOOK_OPTIONAL, .details = ALL },
	{ { "sched_process_exit" }, "include/trace/events/sched.h", "task_exit", NULL,
	  0, 0, HOOK_TRACEPOINT, HOOK_REQUIRED, .details = ALL },
	{ { "sched_switch" }, "include/trace/events/sched.h", "range_waiter_switch", NULL,
	  0, WAIT(FREE_RANGE), HOOK_TRACEPOINT, HOOK_OPTIONAL, .details = STALLS },
	{ { "grab_mapping_entry" }, "fs/dax.c", PHASE(ENTRY_LOCK, "entry_lock_begin", "entry_lock_end") },
	/* No fault of the kernels so far comes by here: nothing is lost without it. */
	{ { "wait_entry_unlocked" }, "fs/dax.c", "entry_wait_begin", "entry_wait_end",
	  0, 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = FULL, .with = PHASES_ONLY },
	{ { "dax_read_lock" }, "drivers/dax/super.c", PHASE(DAX_LOCK, "dax_lock_begin", NULL) },
	{ { "dax_read_unlock" }, "drivers/dax/super.c", PHASE(DAX_LOCK, "dax_lock_end", NULL) },
	{ { "dax_direct_access" }, "drivers/dax/super.c", PHASE(LOOKUP, "lookup_begin", "lookup_end") },
	{ { "dax_insert_entry" }, "fs/dax.c", PHASE(INSERT, "insert_begin", "insert_end") },
	/* 6.12 has the latter of each pair alone; 6.16 has both, and faults come by the former. */
	{ { "vmf_insert_page_mkwrite" }, "mm/memory.c", PHASE(PAGE_TABLE, "pte_map_begin", "pte_map_end"),
	  .group = GROUP_PTE_MAP },
	{ { "vmf_insert_mixed" }, "mm/memory.c", PHASE(PAGE_TABLE, "pte_map_begin", "pte_map_end"),
	  .stands_in_for = GROUP_PTE_MAP },
	{ { "vmf_insert_mixed_mkwrite" }, "mm/memory.c", PHASE(PAGE_TABLE, "pte_map_write_begin", "pte_map_write_end"),
	  .stands_in_for = GROUP_PTE_MAP },
	{ { "vmf_insert_folio_pmd" }, "mm/huge_memory.c", PHASE(PAGE_TABLE, "pmd_map_begin", "pmd_map_end"),
	  .group = GROUP_PMD_MAP },
	{ { "vmf_insert_pfn_pmd", "vmf_insert_pfn_pmd_prot" }, "mm/huge_memory.c", PHASE(PAGE_TABLE, "pmd_map_begin", "pmd_map_end"),
	  .stands_in_for = GROUP_PMD_MAP },
	{ { "task_file" }, "kernel/bpf/task_iter.c", "mount_look", NULL,
	  0, 0, HOOK_ITERATOR, HOOK_OPTIONAL, .details = ALL },
	{ { "var_wake_function" }, "kernel/sched/wait_bit.c", "busy_page_wake", NULL,
	  0, 0, HOOK_FUNCTION, HOOK_OPTIONAL, .details = ALL, .figure = "releases" },
	{ { "task_file" }, "kernel/bpf/task_iter.c", "pipe_look", NULL,
	  0, 0, HOOK_ITERATOR, HOOK_OPTIONAL, .details = ALL, .figure = "in_flight.holders",
	  .is_over_all = true },
};
/* clang-format on */

const struct hook_how_desc hook_hows[HOW_NR] = {
	[HOW_NONE] = { "-" },	     [HOW_FENTRY] = { "fentry/fexit" },
	[HOW_KPROBE] = { "kprobe" }, [HOW_TP_BTF] = { "tp_btf" },
	[HOW_RAW_TP] = { "raw_tp" }, [HOW_ITERATOR] = { "iterator" },
};

const struct hook_cause_desc hook_causes[CAUSE_NR] = {
	[CAUSE_NONE] = { "", NULL },
	[CAUSE_NO_FUNCTION] = { "this kernel has no such function, or has it inlined", NULL },
	[CAUSE_NO_SYMBOLS] = { "the kernel does not show where its functions are: that takes "
			       "CAP_SYSLOG, and kernel.kptr_restrict below 2",
			       "CONFIG_KALLSYMS" },
	[CAUSE_NO_DAX] = { "this kernel has no DAX for virtiofs", "CONFIG_FUSE_DAX" },
	[CAUSE_NO_TYPES] = { "this kernel does not describe fuse's types",
			     "CONFIG_DEBUG_INFO_BTF_MODULES" },
	[CAUSE_NO_TRACEPOINT] = { "this kernel has no such tracepoint", NULL },
	[CAUSE_NO_BTF] = { "this kernel does not describe its types", "CONFIG_DEBUG_INFO_BTF" },
	[CAUSE_FENTRY] = { "the kernel refused fentry",
			   "CONFIG_FUNCTION_TRACER and CONFIG_DYNAMIC_FTRACE" },
	[CAUSE_KPROBE] = { "the kernel refused a kprobe",
			   "CONFIG_KPROBES and CONFIG_KPROBE_EVENTS" },
	[CAUSE_REFUSED] = { "the kernel refused it", "CONFIG_BPF_EVENTS" },
};

const unsigned int hook_table_cnt = sizeof(hook_table) / sizeof(hook_table[0]);

const struct code_function code_table[] = {
	{ "__fuse_dax_fault", OP_FAULT },      { "dax_iomap_pmd_fault", CODE_PMD },
	{ "fuse_dax_read_iter", OP_DAX_READ }, { "fuse_dax_write_iter", OP_DAX_WRITE },
	{ "do_truncate", OP_TRUNCATE },	       { "fuse_open", OP_OPEN_TRUNC },
	{ "fuse_evict_inode", OP_EVICT },
};

const unsigned int code_table_cnt = sizeof(code_table) / sizeof(code_table[0]);
_Static_assert(sizeof(code_table) / sizeof(code_table[0]) <= CODE_RANGES,
	       "the programs look at no more");
