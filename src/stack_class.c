// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * One row is one kernel function. Surprising: some functions sleep themselves only where nothing
 * but the scheduler is inside them (wait_event() is a macro), and are mere callers otherwise.
 */
#include "stack_class.h"

#include <string.h>

enum role_flags {
	SLEEPS_ITSELF = 1, /* its wait counts only with the scheduler alone inside it */
	ANY_FS = 2,	   /* of any file system */
	NEEDS_WAIT = 4, /* is that operation only where it waits for a lock or page, no request */
};

#define OP(function_, op_, flags_)                                                   \
	{                                                                            \
		.function = function_, .op = op_, .inner = OP_NR, .lock = WAIT_NONE, \
		.flags = flags_                                                      \
	}
#define WAITS(function_, wait_, flags_)                                                \
	{                                                                              \
		.function = function_, .op = OP_NR, .inner = OP_NR, .lock = WAIT_NONE, \
		.wait = wait_, .flags = flags_                                         \
	}
#define ASKS(function_, inner_, request_)                                               \
	{                                                                               \
		.function = function_, .op = OP_NR, .inner = inner_, .lock = WAIT_NONE, \
		.request = request_                                                     \
	}

static const struct row {
	const char *function;
	__u32 op;
	__u32 inner;
	__u32 lock; /* the only one that it takes */
	enum stack_wait wait;
	const char *request;
	unsigned int flags;
} rows[] = {
	/* fs/fuse/dax.c; the handlers of a vm_operations may have left the stack (tail calls) */
	{ "__fuse_dax_fault", OP_FAULT, OP_NR, WAIT_I_MMAP_SEM_READ, STACK_FREE_RANGE, NULL,
	  SLEEPS_ITSELF },
	OP("fuse_dax_fault", OP_FAULT, 0),
	OP("fuse_dax_huge_fault", OP_FAULT, 0),
	OP("fuse_dax_page_mkwrite", OP_FAULT, 0),
	OP("fuse_dax_pfn_mkwrite", OP_FAULT, 0),
	{ "fuse_dax_read_iter", OP_DAX_READ, OP_NR, WAIT_INODE_LOCK_READ, STACK_NO_WAIT, NULL, 0 },
	{ "fuse_dax_write_iter", OP_DAX_WRITE, OP_NR, WAIT_INODE_LOCK_READ, STACK_NO_WAIT, NULL,
	  0 },
	OP("fuse_dax_free_mem_worker", OP_RECLAIM_RANGE, 0),
	OP("fuse_evict_inode", OP_EVICT, 0),
	OP("fuse_dax_inode_cleanup", OP_EVICT, 0),
	{ "fuse_iomap_begin", OP_NR, OP_NR, WAIT_I_DMAP_SEM_READ, STACK_FREE_RANGE, NULL,
	  SLEEPS_ITSELF },
	{ "fuse_setup_new_dax_mapping", OP_NR, OP_NR, WAIT_I_DMAP_SEM_READ, STACK_FREE_RANGE, NULL,
	  SLEEPS_ITSELF },
	{ "fuse_upgrade_dax_mapping", OP_NR, OP_UPGRADE, WAIT_I_DMAP_SEM_READ, STACK_NO_WAIT, NULL,
	  0 },
	WAITS("alloc_dax_mapping_reclaim", STACK_FREE_RANGE, SLEEPS_ITSELF),
	WAITS("fuse_dax_break_layouts", STACK_BUSY_PAGE, SLEEPS_ITSELF),
	{ "fuse_wait_dax_page", OP_NR, OP_NR, WAIT_I_MMAP_SEM_READ, STACK_BUSY_PAGE, NULL,
	  SLEEPS_ITSELF },
	WAITS("dax_break_layout", STACK_BUSY_PAGE, SLEEPS_ITSELF),
	ASKS("fuse_setup_one_mapping", OP_SETUP, "SETUPMAPPING"),
	ASKS("fuse_send_removemapping", OP_REMOVAL, "REMOVEMAPPING"),

	/* operations elsewhere */
	{ "do_truncate", OP_TRUNCATE, OP_NR, WAIT_INODE_LOCK_READ, STACK_NO_WAIT, NULL, ANY_FS },
	{ "fuse_do_setattr", OP_NR, OP_NR, WAIT_I_MMAP_SEM_READ, STACK_NO_WAIT, "SETATTR", 0 },
	OP("fuse_open", OP_OPEN_TRUNC, NEEDS_WAIT),
	{ "fuse_file_fallocate", OP_PUNCH, OP_NR, WAIT_NONE, STACK_NO_WAIT, "FALLOCATE", 0 },

	/* requests of others, innermost first where several are in one stack */
	ASKS("fuse_lookup_name", OP_NR, "LOOKUP"),
	ASKS("fuse_dentry_revalidate", OP_NR, "LOOKUP"),
	ASKS("fuse_do_getattr", OP_NR, "GETATTR"),
	ASKS("fuse_send_open", OP_NR, "OPEN"),
	ASKS("fuse_file_open", OP_NR, "OPEN"),
	ASKS("fuse_do_open", OP_NR, "OPEN"),
	ASKS("fuse_create_open", OP_NR, "CREATE"),
	ASKS("create_new_entry", OP_NR, "CREATE"),
	ASKS("fuse_unlink", OP_NR, "UNLINK"),
	ASKS("fuse_rmdir", OP_NR, "RMDIR"),
	ASKS("fuse_rename_common", OP_NR, "RENAME"),
	ASKS("fuse_fsync_common", OP_NR, "FSYNC"),
	ASKS("fuse_flush", OP_NR, "FLUSH"),
	ASKS("fuse_setxattr", OP_NR, "SETXATTR"),
	ASKS("fuse_getxattr", OP_NR, "GETXATTR"),
	ASKS("fuse_readdir_uncached", OP_NR, "READDIR"),
	ASKS("fuse_send_write", OP_NR, "WRITE"),
	ASKS("fuse_send_write_pages", OP_NR, "WRITE"),
	ASKS("fuse_send_read", OP_NR, "READ"),
	ASKS("fuse_statfs", OP_NR, "STATFS"),

	/* waits; kernel/locking/rwsem.c, and rwbase_rt.c with PREEMPT_RT */
	WAITS("rwsem_down_read_slowpath", STACK_READ_LOCK, ANY_FS),
	WAITS("rwsem_down_write_slowpath", STACK_WRITE_LOCK, ANY_FS),
	WAITS("down_read", STACK_READ_LOCK, ANY_FS),
	WAITS("down_read_killable", STACK_READ_LOCK, ANY_FS),
	WAITS("down_read_interruptible", STACK_READ_LOCK, ANY_FS),
	WAITS("down_write", STACK_WRITE_LOCK, ANY_FS),
	WAITS("down_write_killable", STACK_WRITE_LOCK, ANY_FS),
	WAITS("__rwbase_read_lock", STACK_READ_LOCK, ANY_FS),
	WAITS("rwbase_read_lock", STACK_READ_LOCK, ANY_FS),
	WAITS("rwbase_write_lock", STACK_WRITE_LOCK, ANY_FS),
	WAITS("request_wait_answer", STACK_REQUEST, 0),
	WAITS("__fuse_request_send", STACK_REQUEST, 0),
	WAITS("fuse_simple_request", STACK_REQUEST, 0),
	WAITS("__fuse_simple_request", STACK_REQUEST, 0),
	WAITS("get_unlocked_entry", STACK_LOCKED_ENTRY, 0),
	WAITS("get_next_unlocked_entry", STACK_LOCKED_ENTRY, 0),
	WAITS("wait_entry_unlocked", STACK_LOCKED_ENTRY, 0),
	WAITS("grab_mapping_entry", STACK_LOCKED_ENTRY, SLEEPS_ITSELF),
};

static const char *const scheduler[] = {
	"__schedule",
	"schedule",
	"schedule_timeout",
	"io_schedule",
	"schedule_preempt_disabled",
	"rt_mutex_schedule",
	"__rt_mutex_slowlock_locked",
	"__rt_mutex_slowlock",
	"rt_mutex_slowlock",
};

/* Is @name this function, or a copy of it that the compiler made (".isra.0")? */
static bool is_function(const char *name, const char *function)
{
	size_t len = strlen(function);

	return !strncmp(name, function, len) && (!name[len] || name[len] == '.');
}

static const struct row *row_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_function(name, rows[i].function))
			return &rows[i];
	return NULL;
}

bool stack_class__is_lock(const char *name)
{
	const struct row *row = row_of(name);

	return row && (row->wait == STACK_READ_LOCK || row->wait == STACK_WRITE_LOCK);
}

bool stack_class__is_scheduler(const char *name)
{
	for (size_t i = 0; name && i < sizeof(scheduler) / sizeof(scheduler[0]); i++)
		if (is_function(name, scheduler[i]))
			return true;
	return false;
}

static bool has_prefix(const char *name, const char *prefix)
{
	return name && !strncmp(name, prefix, strlen(prefix));
}

static bool is_of_fuse(const char *name)
{
	return has_prefix(name, "fuse_") || has_prefix(name, "__fuse_") ||
	       has_prefix(name, "virtio_fs_");
}

/* Folds in the function at @i, coming from the innermost one. */
static void take_row(struct stack_class *class, const struct row *row, bool is_innermost, size_t i)
{
	if (class->wait == STACK_NO_WAIT && class->op == OP_NR &&
	    (is_innermost || !(row->flags & SLEEPS_ITSELF)))
		class->wait = row->wait;
	if (class->wait != STACK_NO_WAIT && class->lock_guess == WAIT_NONE && class->op == OP_NR)
		class->lock_guess = row->lock;
	if (class->op == OP_NR && class->inner == OP_NR)
		class->inner = row->inner;
	if (class->op == OP_NR && !class->request)
		class->request = row->request;
	if (row->op == OP_NR || (row->flags & NEEDS_WAIT && class->wait == STACK_REQUEST))
		return;
	if (class->op == OP_NR) {
		class->op = row->op;
		class->op_frame = i;
	} else if (class->outer == OP_NR && row->op != class->op) {
		class->outer = row->op;
	}
}

struct stack_class stack_class__of(const char *const *names, size_t cnt)
{
	struct stack_class class = {
		.op = OP_NR, .outer = OP_NR, .inner = OP_NR, .lock_guess = WAIT_NONE
	};
	bool is_innermost = true;

	for (size_t i = 0; i < cnt; i++) {
		const struct row *row = row_of(names[i]);

		if (stack_class__is_scheduler(names[i]))
			continue;
		class.is_completion |=
			names[i] && is_function(names[i], "virtio_fs_requests_done_work");
		if (is_of_fuse(names[i]) || (row && !(row->flags & ANY_FS))) {
			class.is_ours = true;
			if (class.op == OP_NR)
				class.op_frame = i;
		}
		if (row)
			take_row(&class, row, is_innermost, i);
		is_innermost = false;
	}
	if (class.wait != STACK_REQUEST)
		class.request = NULL;
	if (class.wait != STACK_READ_LOCK && class.wait != STACK_WRITE_LOCK)
		class.lock_guess = WAIT_NONE;
	return class;
}
