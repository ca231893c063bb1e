// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions of fs/dax.c, and of mm/ below it, that a fault's own time is spent in. All file
 * systems with DAX come by here; phase_begin() leaves at once those tasks that are in no fault of
 * ours.
 */
#include "phase.bpf.h"

/* Finds or makes the page cache entry of the fault, and locks it: asleep while another has it. */
HOOK_BEGIN(grab_mapping_entry, entry_lock_begin)
{
	return phase_enter(PHASE_ENTRY_LOCK);
}

HOOK_END_VOID(grab_mapping_entry, entry_lock_end)
{
	return phase_leave(PHASE_ENTRY_LOCK);
}

/* The same sleep, elsewhere. */
HOOK_BEGIN(wait_entry_unlocked, entry_wait_begin)
{
	return phase_enter(PHASE_ENTRY_LOCK);
}

HOOK_END_VOID(wait_entry_unlocked, entry_wait_end)
{
	return phase_leave(PHASE_ENTRY_LOCK);
}

/* The section between two calls: a hook at the entry of each is enough, and the cheapest. */
HOOK_BEGIN(dax_read_lock, dax_lock_begin)
{
	return phase_enter(PHASE_DAX_LOCK);
}

HOOK_BEGIN(dax_read_unlock, dax_lock_end)
{
	return phase_leave(PHASE_DAX_LOCK);
}

HOOK_BEGIN(dax_direct_access, lookup_begin)
{
	return phase_enter(PHASE_LOOKUP);
}

HOOK_END_VOID(dax_direct_access, lookup_end)
{
	return phase_leave(PHASE_LOOKUP);
}

HOOK_BEGIN(dax_insert_entry, insert_begin)
{
	return phase_enter(PHASE_INSERT);
}

HOOK_END_VOID(dax_insert_entry, insert_end)
{
	return phase_leave(PHASE_INSERT);
}

/*
 * Which functions write page tables depends on the kernel: the probe table gives these programs the
 * right ones.
 */
HOOK_BEGIN(vmf_insert_mixed, pte_map_begin)
{
	return phase_enter(PHASE_PAGE_TABLE);
}

HOOK_END_VOID(vmf_insert_mixed, pte_map_end)
{
	return phase_leave(PHASE_PAGE_TABLE);
}

HOOK_BEGIN(vmf_insert_mixed_mkwrite, pte_map_write_begin)
{
	return phase_enter(PHASE_PAGE_TABLE);
}

HOOK_END_VOID(vmf_insert_mixed_mkwrite, pte_map_write_end)
{
	return phase_leave(PHASE_PAGE_TABLE);
}

HOOK_BEGIN(vmf_insert_pfn_pmd, pmd_map_begin)
{
	return phase_enter(PHASE_PAGE_TABLE);
}

HOOK_END_VOID(vmf_insert_pfn_pmd, pmd_map_end)
{
	return phase_leave(PHASE_PAGE_TABLE);
}

char LICENSE[] SEC("license") __weak = "GPL";
