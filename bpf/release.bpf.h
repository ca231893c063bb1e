/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Busy-page waits: which page, and who released it. Pages carry counts and not owners, so that
 * while the wait lasts nobody can be named; but the sleeper's wake function runs where the last
 * reference is dropped, and what it notes in the sleeper's slot goes to the table of releases when
 * the wait ends.
 */
#ifndef RELEASE_BPF_H
#define RELEASE_BPF_H

#include "mount.bpf.h"

const volatile __u32 page_shift SEC(".rodata") __weak = 12;
/* Since 6.16 files that are not mapped are searched for busy pages, too. */
const volatile bool scans_unmapped SEC(".rodata") __weak = false;

/* Tasks in a busy-page wait: while there are none, nothing that is woken is looked at. */
volatile __u32 busy_waiters_cnt SEC(".bss") __weak = 0;
volatile __u64 scans[SCAN_NR] SEC(".bss") __weak = { 0 };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RELEASES_MAX);
	__type(key, struct release_key);
	__type(value, struct release);
} releases SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, RELEASE_STACKS);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, RELEASE_STACK_DEPTH * sizeof(__u64));
} release_stacks SEC(".maps") __weak;

static const struct release empty_release SEC(".rodata.empty") = {};

static __always_inline __u32 page_refs(__u64 page)
{
	return BPF_CORE_READ((struct page *)page, _refcount.counter);
}

static __always_inline void busy_wait_begin(struct task_slot *slot, __u64 page)
{
	struct busy_wait *busy = &slot->busy;

	if (!busy->page)
		__sync_fetch_and_add(&busy_waiters_cnt, 1);
	busy->is_released = 0;
	busy->stack = STACK_NONE;
	busy->offset = page_index(page) << page_shift;
	busy->refs_cnt = page_refs(page);
	busy->span_bytes = page_span(page);
	busy->page = page;
}

static __always_inline void busy_wait_forget(struct task_slot *slot)
{
	if (!slot->busy.page)
		return;
	__sync_fetch_and_add(&busy_waiters_cnt, -1);
	slot->busy.page = 0;
}

static __always_inline struct release *release_row(const struct release_key *key,
						   const struct busy_wait *busy)
{
	struct release *row = bpf_map_lookup_elem(&releases, key);

	if (row)
		return row;
	bpf_map_update_elem(&releases, key, &empty_release, BPF_NOEXIST);
	row = bpf_map_lookup_elem(&releases, key);
	if (!row) {
		count(COUNTER_RELEASES_FULL, 1);
		return NULL;
	}
	row->offset_first = busy->offset;
	if (busy->is_released)
		__builtin_memcpy(row->comm, busy->comm, sizeof(row->comm));
	return row;
}

/* Accounts a wait of @ns that is over, of a slot's innermost operation. Returns nothing of use. */
__weak __noinline int release_account(__u32 slot_index, __u64 ns)
{
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &slot_index);
	struct release_key key = { .stack = STACK_NONE };
	const struct frame *frame;
	struct release *row;

	if (!slot || !slot->depth || !is_tracing)
		return 0;
	frame = &slot->frames[(slot->depth - 1) & (FRAMES_MAX - 1)];
	if (frame->flags & FRAME_MUTED)
		return 0;
	key.inode = frame->flags & FRAME_KEYED ? frame->key : inode_key_at(frame->inode);
	key.op = frame->op;
	if (slot->busy.is_released) {
		key.is_known = 1;
		key.releaser = slot->busy.releaser;
		key.stack = slot->busy.stack;
	}
	row = release_row(&key, &slot->busy);
	if (!row)
		return 0;
	__sync_fetch_and_add(&row->cnt, 1);
	__sync_fetch_and_add(&row->total_ns, ns);
	if (ns > row->max_ns)
		row->max_ns = ns;
	row->offset_last = slot->busy.offset;
	return 0;
}

/* Of the outer wait that ends now: see outer_end() in span.bpf.h. */
static __always_inline void busy_wait_end(struct task_slot *slot, __u64 now)
{
	if (slot->busy.page && slot->depth == slot->outer_depth)
		release_account(slot->index, now - slot->outer_start_ns - slot->outer_inner_ns);
	busy_wait_forget(slot);
}

/*
 * Bytes up to which a truncate asks; what is left of the page that @end lies in is asked for, too.
 */
static __always_inline bool scans_first_alone(__u32 op, __u64 inode, __u64 end)
{
	__u64 page_mask = (1ULL << page_shift) - 1;

	return (op == OP_TRUNCATE || op == OP_OPEN_TRUNC) && (__s64)end >= 0 &&
	       (end | page_mask) + 1 < inode_size_bytes(inode);
}

/* Counts what the first question of an operation covers: dax_layout_busy_page_range(), fs/dax.c. */
static __always_inline void scan_note(const struct frame *frame, __u64 mapping_addr, __u64 end)
{
	struct address_space *mapping = (struct address_space *)mapping_addr;
	__u32 scan = SCAN_WHOLE;

	if (!is_tracing || frame->retries || !(frame->flags & FRAME_BROKE) ||
	    frame->flags & FRAME_MUTED)
		return;
	if (!scans_unmapped && !BPF_CORE_READ(mapping, i_mmap.rb_root.rb_node))
		scan = SCAN_UNMAPPED;
	else if (scans_first_alone(frame->op, frame->inode, end))
		scan = SCAN_FIRST;
	__sync_fetch_and_add(&scans[scan], 1);
}

#endif
