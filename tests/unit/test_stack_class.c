// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Stacks as they come, and what is to be read from them. The locks' functions, which the stack of a
 * sleeping task leaves out, are put back in front by stuck.c.
 */
#include "../../src/stack_class.h"
#include "check.h"

#define FRAMES 20

struct row {
	const char *names[FRAMES];
	__u32 op, outer, inner;
	enum stack_wait wait;
	__u32 lock_guess;
	const char *request;
	size_t op_frame;
	bool is_ours, is_completion;
};

static const struct row rows[] = {
	/* a fault that the host does not answer */
	{ { "schedule", "request_wait_answer", "__fuse_simple_request", "fuse_setup_one_mapping",
	    "fuse_iomap_begin", "iomap_iter", "dax_iomap_pte_fault", "__fuse_dax_fault",
	    "__do_fault" },
	  OP_FAULT,
	  OP_NR,
	  OP_SETUP,
	  STACK_REQUEST,
	  WAIT_NONE,
	  "SETUPMAPPING",
	  7,
	  true,
	  false },
	/* behind a truncate; without the lock's function it would be a wait for a range */
	{ { "rwsem_down_read_slowpath", "__fuse_dax_fault", "__do_fault" },
	  OP_FAULT,
	  OP_NR,
	  OP_NR,
	  STACK_READ_LOCK,
	  WAIT_I_MMAP_SEM_READ,
	  NULL,
	  1,
	  true,
	  false },
	{ { "schedule", "__fuse_dax_fault", "__do_fault" },
	  OP_FAULT,
	  OP_NR,
	  OP_NR,
	  STACK_FREE_RANGE,
	  WAIT_NONE,
	  NULL,
	  1,
	  true,
	  false },
	/* i_dmap_sem, in a fault inside a read of another file */
	{ { "rwsem_down_write_slowpath", "fuse_iomap_begin", "dax_iomap_pmd_fault",
	    "__fuse_dax_fault", "asm_exc_page_fault", "fuse_dax_read_iter", "vfs_read" },
	  OP_FAULT,
	  OP_DAX_READ,
	  OP_NR,
	  STACK_WRITE_LOCK,
	  WAIT_I_DMAP_SEM_READ,
	  NULL,
	  3,
	  true,
	  false },
	/* a read that waits for a range, asleep in what the compiler put into another function */
	{ { "schedule", "fuse_iomap_begin", "iomap_iter", "dax_iomap_rw", "fuse_dax_read_iter" },
	  OP_DAX_READ,
	  OP_NR,
	  OP_NR,
	  STACK_FREE_RANGE,
	  WAIT_NONE,
	  NULL,
	  4,
	  true,
	  false },
	/* a truncate: its pinned page, its request, its locks */
	{ { "fuse_wait_dax_page", "fuse_dax_break_layouts", "fuse_do_setattr", "fuse_setattr",
	    "notify_change", "do_truncate" },
	  OP_TRUNCATE,
	  OP_NR,
	  OP_NR,
	  STACK_BUSY_PAGE,
	  WAIT_NONE,
	  NULL,
	  5,
	  true,
	  false },
	{ { "schedule", "dax_break_layout", "fuse_dax_break_layouts", "fuse_do_setattr",
	    "do_truncate" },
	  OP_TRUNCATE,
	  OP_NR,
	  OP_NR,
	  STACK_BUSY_PAGE,
	  WAIT_NONE,
	  NULL,
	  4,
	  true,
	  false },
	{ { "request_wait_answer", "fuse_simple_request", "fuse_do_setattr", "fuse_setattr",
	    "notify_change", "do_truncate" },
	  OP_TRUNCATE,
	  OP_NR,
	  OP_NR,
	  STACK_REQUEST,
	  WAIT_NONE,
	  "SETATTR",
	  5,
	  true,
	  false },
	{ { "rwsem_down_write_slowpath", "fuse_wait_dax_page", "fuse_dax_break_layouts",
	    "fuse_do_setattr", "do_truncate" },
	  OP_TRUNCATE,
	  OP_NR,
	  OP_NR,
	  STACK_WRITE_LOCK,
	  WAIT_I_MMAP_SEM_READ,
	  NULL,
	  4,
	  true,
	  false },
	/* any file system's, until the lock tells */
	{ { "rwsem_down_write_slowpath", "do_truncate", "do_ftruncate" },
	  OP_TRUNCATE,
	  OP_NR,
	  OP_NR,
	  STACK_WRITE_LOCK,
	  WAIT_INODE_LOCK_READ,
	  NULL,
	  1,
	  false,
	  false },
	/*
	 * an open that truncates, by its wait for a lock; one that only asks is no such operation
	 */
	{ { "rwsem_down_write_slowpath", "fuse_open", "do_dentry_open" },
	  OP_OPEN_TRUNC,
	  OP_NR,
	  OP_NR,
	  STACK_WRITE_LOCK,
	  WAIT_NONE,
	  NULL,
	  1,
	  true,
	  false },
	{ { "request_wait_answer", "fuse_simple_request", "fuse_send_open", "fuse_open" },
	  OP_NR,
	  OP_NR,
	  OP_NR,
	  STACK_REQUEST,
	  WAIT_NONE,
	  "OPEN",
	  3,
	  true,
	  false },
	/* the reclaim worker, through a function that the compiler has split */
	{ { "request_wait_answer", "fuse_simple_request", "fuse_send_removemapping",
	    "reclaim_one_dmap_locked.part.0", "fuse_dax_free_mem_worker", "process_one_work" },
	  OP_RECLAIM_RANGE,
	  OP_NR,
	  OP_REMOVAL,
	  STACK_REQUEST,
	  WAIT_NONE,
	  "REMOVEMAPPING",
	  4,
	  true,
	  false },
	/* the worker that takes answers evicts an inode */
	{ { "request_wait_answer", "fuse_simple_request", "fuse_send_removemapping",
	    "fuse_dax_inode_cleanup", "fuse_evict_inode", "evict", "fuse_release_end",
	    "fuse_request_end", "virtio_fs_requests_done_work", "process_one_work" },
	  OP_EVICT,
	  OP_NR,
	  OP_REMOVAL,
	  STACK_REQUEST,
	  WAIT_NONE,
	  "REMOVEMAPPING",
	  3,
	  true,
	  true },
	/* an entry that another fault on the page has locked */
	{ { "get_unlocked_entry", "grab_mapping_entry", "dax_iomap_pte_fault", "__fuse_dax_fault" },
	  OP_FAULT,
	  OP_NR,
	  OP_NR,
	  STACK_LOCKED_ENTRY,
	  WAIT_NONE,
	  NULL,
	  3,
	  true,
	  false },
	/* at work, not waiting: a function inside the one that may sleep itself */
	{ { "dax_insert_entry", "dax_iomap_pte_fault", "__fuse_dax_fault" },
	  OP_FAULT,
	  OP_NR,
	  OP_NR,
	  STACK_NO_WAIT,
	  WAIT_NONE,
	  NULL,
	  2,
	  true,
	  false },
	/* nothing of ours; names that only begin like one */
	{ { "schedule", "do_wait", "kernel_wait4" },
	  OP_NR,
	  OP_NR,
	  OP_NR,
	  STACK_NO_WAIT,
	  WAIT_NONE,
	  NULL,
	  0,
	  false,
	  false },
	{ { "do_truncate_other", "rwsem_down_read_slowpath_x", NULL },
	  OP_NR,
	  OP_NR,
	  OP_NR,
	  STACK_NO_WAIT,
	  WAIT_NONE,
	  NULL,
	  0,
	  false,
	  false },
};

static void stacks(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stack_class class;
		size_t cnt = 0;

		while (cnt < FRAMES && rows[i].names[cnt])
			cnt++;
		class = stack_class__of(rows[i].names, cnt);
		if (class.op != rows[i].op || class.wait != rows[i].wait)
			printf("# row %zu, %s\n", i, rows[i].names[0]);
		CHECK_U64(class.op, rows[i].op);
		CHECK_U64(class.outer, rows[i].outer);
		CHECK_U64(class.inner, rows[i].inner);
		CHECK_U64(class.wait, rows[i].wait);
		CHECK_U64(class.lock_guess, rows[i].lock_guess);
		CHECK_U64(class.op_frame, rows[i].op_frame);
		CHECK_U64(class.is_ours, rows[i].is_ours);
		CHECK_U64(class.is_completion, rows[i].is_completion);
		CHECK_TEXT(class.request, rows[i].request);
	}
}

/* Functions that are not known, as of a module that has gone since. */
static void unknown(void)
{
	const char *const names[] = { NULL, "request_wait_answer", NULL, "fuse_dax_read_iter" };
	struct stack_class class = stack_class__of(names, 4);

	CHECK_U64(class.op, OP_DAX_READ);
	CHECK_U64(class.wait, STACK_REQUEST);
	class = stack_class__of(NULL, 0);
	CHECK_U64(class.op, OP_NR);
	CHECK_U64(class.wait, STACK_NO_WAIT);
	CHECK(stack_class__is_lock("rwsem_down_read_slowpath"));
	CHECK(!stack_class__is_lock("schedule"));
	CHECK(!stack_class__is_lock(NULL));
}

int main(void)
{
	stacks();
	unknown();
	return check_result();
}
