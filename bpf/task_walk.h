/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the iterator over tasks writes for each of them: one struct task_seen, and behind it, where
 * details were asked for, one struct task_details. Nothing of it is kept, so nothing is numbered
 * for later; both sides are always of one build.
 */
#ifndef DAXTOP_TASK_WALK_H
#define DAXTOP_TASK_WALK_H

#include "daxtop.h"

#define TASK_FRAMES_MAX	 48 /* the innermost ones */
#define TASK_ARGS_MAX	 6
#define TASK_INNER_MAX	 16
#define TASK_AGE_UNKNOWN (~0ULL)
#define TASK_NO_SYSCALL	 (-1)

struct task_seen {
	__u64 task;	 /* kernel address, the identity that lock owners are told by */
	__u64 mmap_lock; /* address of that of its mm; 0: a kernel thread */
	__u64 start_ns;	 /* CLOCK_MONOTONIC */
	__u64 seen_ns;	 /* when this was written, by the same clock */
	__u64 unrun_ns; /* since it was last given a CPU, by the scheduler's clock; TASK_AGE_UNKNOWN */
	__u64 run_ns;	    /* CPU time: sum_exec_runtime */
	__u64 run_delay_ns; /* waited for a CPU */
	__u64 utime_ns;
	__u64 stime_ns;
	__u64 voluntary_cnt; /* switches */
	__u64 involuntary_cnt;
	__u64 ips[TASK_FRAMES_MAX]; /* innermost first */
	__u32 ips_cnt;
	__u32 pid; /* as all ids here: of the initial namespace */
	__u32 tgid;
	__u32 state;	/* the kernel's TASK_* bits; 0 is running or waiting for a CPU */
	__u32 flags;	/* PF_* */
	__u8 is_on_cpu; /* what its stack was then is a guess */
	__u8 has_details;
	__u16 pad;
	char comm[TASK_COMM_LEN_MAX];
};

enum task_lock_kind {
	TASK_LOCK_NONE = 0,  /* none that could be proven */
	TASK_LOCK_INODE = 1, /* wait says which, for a reader */
	TASK_LOCK_OTHER = 2, /* a rwsem of another kind: mmap_lock is told by its address */
};

/*
 * Read from the task's stack while it sleeps. @sem: an address found there whose list of waiters
 * has an entry on this very stack. @inode: the virtiofs inode that the lock belongs to, or that the
 * most words of the stack lead to.
 */
struct task_details {
	__u64 sem;
	__u64 holder; /* address of the task that has it, or (is_shared) that was the last to get it */
	__u64 readers_cnt; /* who have it shared */
	__u64 inode_addr;
	__u64 args[TASK_ARGS_MAX]; /* of the system call */
	/*
	 * What may be return addresses on the stack inside the innermost of ips[]: those of the
	 * scheduler and its locks, which the kernel leaves out of the stack of a task that sleeps.
	 */
	__u64 inner_ips[TASK_INNER_MAX];
	__s32 syscall; /* TASK_NO_SYSCALL: in none, or not known */
	__u32 lock;    /* enum task_lock_kind */
	__u32 wait;    /* enum dax_wait of a reader, for TASK_LOCK_INODE */
	__u32 is_writer;
	__u32 is_dax; /* inode is */
	__u32 inner_cnt;
	__u32 is_shared;
	__u32 is_rt; /* PREEMPT_RT: sem may be another lock, and is_writer is not known */
	struct event_inode inode; /* kind 0: none */
};

/* Which tasks get details: by pid. */
struct task_wish {
	__u64 stop_ip;	/* the return address where the search of the stack ends; 0: its end */
	__u64 inner_ip; /* that where inner_ips[] end; 0: the innermost that the kernel tells */
};
#define TASK_WISHES_MAX 4096

#endif
