// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who released a page that was waited for, and, where that can be found, who holds it yet: in a
 * pipe.
 */
#include "span.bpf.h"

/*
 * Between a release and its hook these are on the stack; without one of them another has its place.
 */
#define STACK_SKIPS 3

/*
 * Numbers are hashes, and a stack that finds its number taken by another gets none: one frame less,
 * of those that all have, is another hash.
 */
static __always_inline __s32 release_stack(void *ctx)
{
	for (__u32 skip = 0; skip < STACK_SKIPS; skip++) {
		long id = bpf_get_stackid(ctx, &release_stacks, skip);

		if (id >= 0)
			return id;
		if (id != -EEXIST)
			break;
	}
	count(COUNTER_STACKS_FULL, 1);
	return STACK_NONE;
}

/*
 * var_wake_function() (kernel/sched/wait_bit.c) is asked for each sleeper of a hashed queue. The
 * key is what is waited for: the page's reference count, or since 6.15 the page itself.
 */
static __always_inline struct task_slot *sleeper_find(__u64 sleeper, __u64 key)
{
	struct task_slot *slot = slot_find_of(sleeper);
	__u64 page;

	if (!slot || slot->owner != sleeper || slot->outer_kind != WAIT_BUSY_PAGE)
		return NULL;
	page = slot->busy.page;
	return page && key - page < bpf_core_type_size(struct page) ? slot : NULL;
}

HOOK_BEGIN(var_wake_function, busy_page_wake, struct wait_queue_entry *entry, unsigned int mode,
	   int sync, void *arg)
{
	struct task_slot *slot;
	struct busy_wait *busy;

	if (!busy_waiters_cnt)
		return 0;
	slot = sleeper_find((__u64)BPF_CORE_READ(entry, private),
			    (__u64)BPF_CORE_READ((struct wait_bit_key *)arg, flags));
	if (!slot)
		return 0;
	busy = &slot->busy;
	busy->releaser = task_key_at(bpf_get_current_task());
	bpf_get_current_comm(busy->comm, sizeof(busy->comm));
	busy->stack = release_stack(ctx);
	busy->is_released = 1;
	return 0;
}

#ifndef BY_KPROBE

/* Run by user space with the index of a slot in a busy-page wait; attached to nothing. */
SEC("raw_tp/sched_process_exit")
int busy_page_look(unsigned long long *ctx)
{
	__u32 index = ctx[0];
	struct task_slot *slot = bpf_map_lookup_elem(&task_slots, &index);
	__u64 page;

	if (!slot)
		return 0;
	page = slot->busy.page;
	if (page)
		slot->busy.refs_cnt = page_refs(page);
	return 0;
}

/* Pages looked for, each with its end: user space writes them before it runs the iterator. */
volatile struct sought sought[SOUGHT_MAX] SEC(".bss") __weak = {};
volatile __u32 sought_cnt SEC(".bss") __weak = 0;

#define S_IFMT	   0170000
#define S_IFIFO	   0010000
#define FMODE_READ 0x1
#define PIPE_BUFS  256 /* as many as fit in /proc/sys/fs/pipe-max-size by default */

/* The page looked for that @page is part of, or 0. */
__weak __noinline __u64 sought_find(__u64 page)
{
	for (__u32 i = 0; i < SOUGHT_MAX && i < sought_cnt; i++)
		if (page >= sought[i].page && page < sought[i].end)
			return sought[i].page;
	return 0;
}

/*
 * The page looked for that is in the pipe at @pipe_addr, or 0. A buffer that was read has no ops.
 */
__weak __noinline __u64 pipe_search(__u64 pipe_addr)
{
	struct pipe_inode_info *pipe = (struct pipe_inode_info *)pipe_addr;
	__u32 bufs_cnt = BPF_CORE_READ(pipe, ring_size);
	__u64 bufs = (__u64)BPF_CORE_READ(pipe, bufs), page;

	for (__u32 i = 0; i < PIPE_BUFS && i < bufs_cnt; i++) {
		struct pipe_buffer *buf =
			(void *)(bufs + i * bpf_core_type_size(struct pipe_buffer));

		if (!BPF_CORE_READ(buf, ops))
			continue;
		page = sought_find((__u64)BPF_CORE_READ(buf, page));
		if (page)
			return page;
	}
	return 0;
}

/* All open files of all tasks; what is found is what user space reads from the iterator. */
SEC("?iter/task_file")
int pipe_look(struct bpf_iter__task_file *ctx)
{
	struct page_holder holder = {};
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct inode *inode;

	if (!task || !file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFIFO)
		return 0;
	holder.page = pipe_search((__u64)BPF_CORE_READ(inode, i_pipe));
	if (!holder.page)
		return 0;
	holder.tgid = BPF_CORE_READ(task, tgid);
	holder.pid = BPF_CORE_READ(task, pid);
	holder.fd = ctx->fd;
	holder.is_reader = (__u32)BPF_CORE_READ(file, f_mode) & FMODE_READ;
	bpf_probe_read_kernel_str(holder.comm, sizeof(holder.comm), BPF_CORE_READ(task, comm));
	bpf_seq_write(ctx->meta->seq, &holder, sizeof(holder));
	return 0;
}

#endif

char LICENSE[] SEC("license") __weak = "GPL";
