// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks as they are now, with their kernel stacks, and for those that are asked for: the rwsem that
 * each sleeps for and the inode it is at. An object of its own, which attaches nothing but an
 * iterator, so it can be started beside tasks that hang; it only reads.
 *
 * Surprising: neither lock nor inode is an argument of anything here. Both are found among the
 * words of the sleeping task's stack, which hold much else and what calls before have left, so a
 * word counts only when what it points to points back: a lock's waiters to this stack, an inode's
 * mapping to it.
 */
#include "inode.bpf.h"
#include "inode_lock.bpf.h"
#include "task_walk.h"

#define STACK_BYTES  16384	   /* THREAD_SIZE on x86-64 and arm64, without KASAN */
#define STACK_WORDS  768	   /* looked at from where it sleeps on: 6 KiB */
#define TEXT_BYTES   (64ULL << 20) /* more than a kernel's text takes */
#define CALLEE_WORDS 16	 /* of arm64's struct cpu_context, which holds registers beside the stack */
#define WAITERS_MAX  512 /* looked at in a lock's queue */
#define INODES_MAX   4	 /* that the words of one stack lead to */
#define KERNEL_LOW   0xff00000000000000ULL

/* Settings of one walk. */
volatile bool only_wished = false;
volatile bool wants_details = false;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TASK_WISHES_MAX);
	__type(key, __u32);
	__type(value, struct task_wish);
} wishes SEC(".maps");

/* What is being written: one walk at a time, and too much for the stack of a program. */
struct {
	struct task_seen seen;
	struct task_details details;
} record = {};

/* The scheduler's clock when the walk began, and the monotonic one then. */
volatile __u64 base_sched_ns = 0;
volatile __u64 base_mono_ns = 0;

/* The inodes met on the stack being searched, and by how many words. */
struct candidate {
	__u64 inode;
	__u64 cnt;
};
static struct candidate candidates[INODES_MAX];

/* The stack being searched. */
volatile __u64 stack_low = 0;
volatile __u64 stack_high = 0;
volatile bool is_inner = false; /* before inner_end */
/* The innermost return address that is neither the scheduler's nor a lock's. */
volatile __u64 inner_end = 0;

static __always_inline bool is_kernel_address(__u64 word)
{
	return word >= KERNEL_LOW && !(word & 7);
}

static __always_inline __u64 read_word(__u64 at)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (void *)at);
	return word;
}

/* Does a waiter lie at @node: is it on the stack of the task that it names? */
static __always_inline bool is_waiter(__u64 node)
{
	struct rwsem_waiter *waiter = (void *)node;
	__u64 task = (__u64)BPF_CORE_READ(waiter, task), stack;

	if (!is_kernel_address(node) || !is_kernel_address(task))
		return false;
	stack = (__u64)BPF_CORE_READ((struct task_struct *)task, stack);
	return node - stack < STACK_BYTES;
}

/* Does the task that is looked at wait for the rwsem at @sem? 1: as a writer, 2: as a reader. */
__weak __noinline int is_awaited(__u64 sem)
{
	__u64 node;

	if (!has_rwsem_waiters())
		return rwsem_drained_by_rt(sem, record.seen.task);
	node = read_word(sem + waiters_offset());
	if (!is_waiter(node))
		return 0;
	for (int i = 0; i < WAITERS_MAX; i++) {
		if (node >= stack_low && node < stack_high)
			return 1 + (BPF_CORE_READ((struct rwsem_waiter *)node, type) ==
				    RWSEM_WAITING_FOR_READ);
		node = read_word(node); /* list.next */
		if (!is_kernel_address(node))
			break;
	}
	return 0;
}

static __always_inline void candidate_add(__u64 inode)
{
	for (int i = 0; i < INODES_MAX; i++) {
		if (candidates[i].inode == inode) {
			candidates[i].cnt++;
			return;
		}
		if (!candidates[i].inode) {
			candidates[i].inode = inode;
			candidates[i].cnt = 1;
			return;
		}
	}
}

/* The inode that @word is the address of, or that of the mapping of; 0: neither. */
static __always_inline __u64 inode_at(__u64 word)
{
	__u64 inode = word - bpf_core_field_offset(((struct inode *)0)->i_data);

	if (is_own_inode(word))
		return word;
	return (__u64)BPF_CORE_READ((struct address_space *)word, host) == inode ? inode : 0;
}

/*
 * Of the file that a struct vm_fault is for, which a fault has on its stack; @word is any address
 * there.
 */
static __always_inline __u64 inode_of_fault(__u64 word)
{
	struct vm_fault *vmf = (void *)word;
	__u64 inode = (__u64)BPF_CORE_READ(vmf, vma, vm_file, f_inode);

	return is_own_inode(inode) ? inode : 0;
}

/* What a word of the stack leads to. */
__weak __noinline int word_look(__u64 word)
{
	bool is_on_stack = word >= stack_low && word < stack_high;
	__u64 inode;
	int waits;

	if (!is_kernel_address(word))
		return 0;
	inode = is_on_stack ? inode_of_fault(word) : inode_at(word);
	if (inode && is_virtiofs(BPF_CORE_READ((struct inode *)inode, i_sb)))
		candidate_add(inode);
	if (is_on_stack)
		return 0;
	if (record.details.sem)
		return 0;
	waits = is_awaited(word);
	if (!waits)
		return 0;
	record.details.sem = word;
	record.details.is_writer = waits == 1;
	record.details.lock = TASK_LOCK_OTHER;
	return 0;
}

/* The inode whose lock is at @sem, if its address tells. */
static __always_inline __u64 inode_by_lock(__u64 sem)
{
	__u64 inode = i_mmap_sem_inode(sem);

	if (is_own_inode(inode))
		return inode;
	inode = inode_lock_inode(sem);
	return is_own_inode(inode) ? inode : 0;
}

static __noinline __u64 candidate_best(void)
{
	__u64 inode = 0, most = 0;

	for (int i = 0; i < INODES_MAX; i++) {
		if (candidates[i].cnt <= most)
			continue;
		most = candidates[i].cnt;
		inode = candidates[i].inode;
	}
	return inode;
}

/*
 * The one met on the stack that lies closest before @sem. Where the kernel does not say how long a
 * struct fuse_inode is, a lock in it is also not far behind the inode before that in memory.
 */
static __noinline __u64 candidate_before(__u64 sem)
{
	__u64 inode = 0;

	for (int i = 0; i < INODES_MAX; i++)
		if (candidates[i].inode < sem && candidates[i].inode > inode)
			inode = candidates[i].inode;
	return inode;
}

/*
 * Which lock of which inode: the one it lies in, or the one met on the stack that it is the lock
 * of.
 */
__weak __noinline int lock_tell(__u64 sem)
{
	__u64 inode = inode_by_lock(sem) ?: candidate_before(sem);
	__u32 wait = lock_of(inode, sem);
	bool is_shared = false;

	for (int i = 0; i < INODES_MAX && wait == WAIT_NONE; i++) {
		inode = candidates[i].inode;
		wait = lock_of(inode, sem);
	}
	record.details.holder = rwsem_holder(sem, false, &is_shared);
	record.details.readers_cnt = is_shared ? rwsem_readers(sem) : 0;
	record.details.is_shared = is_shared;
	if (wait == WAIT_NONE)
		return 0;
	record.details.lock = TASK_LOCK_INODE;
	record.details.wait = wait;
	record.details.inode_addr = inode;
	return 0;
}

__weak __noinline int inode_tell(__u64 addr)
{
	struct event_inode *event = &record.details.inode;
	struct inode *inode = (struct inode *)addr;
	struct dentry *dentry = first_alias(inode);

	event->kind = EVENT_INODE;
	event->flags = BPF_CORE_READ(inode, i_nlink) ? 0 : INODE_UNLINKED;
	event->key = inode_key_at(addr);
	event->ino = BPF_CORE_READ(inode, i_ino);
	event->size_bytes = BPF_CORE_READ(inode, i_size);
	event->path_len = 0;
	if (dentry)
		path_read(event, (__u64)dentry);
	else
		event->flags |= INODE_NO_DENTRY;
	record.details.is_dax = is_dax_inode(inode);
	return 0;
}

#ifdef __TARGET_ARCH_arm64
static __always_inline __u64 saved_sp(const struct task_struct *task)
{
	return BPF_CORE_READ(task, thread.cpu_context.sp);
}

/* Registers that a callee saves are kept beside the stack. */
static __always_inline __u64 saved_registers(const struct task_struct *task)
{
	return (__u64)task + bpf_core_field_offset(((struct task_struct *)0)->thread.cpu_context);
}

static __always_inline void regs_tell(const struct pt_regs *regs)
{
	record.details.syscall = BPF_CORE_READ(regs, syscallno);
	for (int i = 0; i < TASK_ARGS_MAX; i++)
		record.details.args[i] = BPF_CORE_READ(regs, regs[i]);
	record.details.args[0] = BPF_CORE_READ(regs, orig_x0);
}
#else
static __always_inline __u64 saved_sp(const struct task_struct *task)
{
	return BPF_CORE_READ(task, thread.sp);
}

/* They are on the stack. */
static __always_inline __u64 saved_registers(const struct task_struct *task)
{
	return 0;
}

static __always_inline void regs_tell(const struct pt_regs *regs)
{
	record.details.syscall = (__s32)BPF_CORE_READ(regs, orig_ax);
	record.details.args[0] = BPF_CORE_READ(regs, di);
	record.details.args[1] = BPF_CORE_READ(regs, si);
	record.details.args[2] = BPF_CORE_READ(regs, dx);
	record.details.args[3] = BPF_CORE_READ(regs, r10);
	record.details.args[4] = BPF_CORE_READ(regs, r8);
	record.details.args[5] = BPF_CORE_READ(regs, r9);
}
#endif

/* The registers of user mode lie at the end of the stack, which some kernels leave a gap before. */
static __always_inline void syscall_tell(struct task_struct *task)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs)) {
		regs_tell((const struct pt_regs *)bpf_task_pt_regs(task));
		return;
	}
	regs_tell((const struct pt_regs *)(stack_high - bpf_core_type_size(struct pt_regs)));
}

/* Is @word likely to be in the same text as @near, the outermost function, which no module has? */
static __always_inline bool is_near(__u64 word, __u64 near)
{
	return word - near < TEXT_BYTES || near - word < TEXT_BYTES;
}

static __always_inline void inner_add(__u64 word)
{
	__u32 cnt = record.details.inner_cnt;
	__u32 last = record.seen.ips_cnt - 1;

	if (last >= TASK_FRAMES_MAX || cnt >= TASK_INNER_MAX ||
	    !is_near(word, record.seen.ips[last]))
		return;
	record.details.inner_ips[cnt] = word;
	record.details.inner_cnt = cnt + 1;
}

/*
 * A global function, so that it is verified once and not for each round of the loop. Returns 1 at
 * the end.
 */
__weak __noinline int stack_look(__u64 at, __u64 stop_ip)
{
	__u64 word;

	if (at >= stack_high)
		return 1;
	word = read_word(at);
	if (stop_ip && word == stop_ip)
		return 1;
	if (word == inner_end)
		is_inner = false;
	if (is_inner)
		inner_add(word);
	return word_look(word);
}

static __always_inline void stack_search(__u64 sp, const struct task_wish *wish)
{
	is_inner = true;
	inner_end = wish->inner_ip ?: record.seen.ips[0];
	for (int i = 0; i < STACK_WORDS; i++)
		if (stack_look(sp + i * 8, wish->stop_ip))
			break;
}

/* Whether as a reader or as a writer, only the names of functions tell there. */
static __always_inline void rt_lock_tell(const struct task_struct *task)
{
	__u64 sem = rwsem_awaited_rt(task);

	if (!sem)
		return;
	record.details.sem = sem;
	record.details.lock = TASK_LOCK_OTHER;
}

static __always_inline void details_read(struct task_struct *task, const struct task_wish *wish)
{
	__u64 sp = saved_sp(task), registers = saved_registers(task);
	__u64 inode;

	__builtin_memset(candidates, 0, sizeof(candidates));
	stack_low = (__u64)BPF_CORE_READ(task, stack);
	stack_high = stack_low + STACK_BYTES;
	if (sp < stack_low || sp >= stack_high)
		return;
	for (int i = 0; i < CALLEE_WORDS && registers; i++)
		word_look(read_word(registers + i * 8));
	rt_lock_tell(task);
	stack_search(sp, wish);
	if (record.details.sem)
		lock_tell(record.details.sem);
	inode = record.details.inode_addr ?: candidate_best();
	record.details.inode_addr = inode;
	if (inode)
		inode_tell(inode);
	if (record.seen.mmap_lock)
		syscall_tell(task);
}

/*
 * How long ago a task last got a CPU. The reader of this iterator got its own a moment before it
 * began, as it sees to by a short sleep: that is what the scheduler's clock was then.
 */
static __always_inline __u64 unrun_ns(const struct task_struct *task)
{
	struct task_struct *self = (struct task_struct *)bpf_get_current_task();
	__u64 mono_ns = bpf_ktime_get_ns(), last_ns, now_ns;

	if (!bpf_core_field_exists(task->sched_info.last_arrival))
		return TASK_AGE_UNKNOWN;
	if (!base_mono_ns) {
		base_mono_ns = mono_ns;
		base_sched_ns = BPF_CORE_READ(self, sched_info.last_arrival);
	}
	now_ns = base_sched_ns + (mono_ns - base_mono_ns);
	last_ns = BPF_CORE_READ(task, sched_info.last_arrival);
	if (!last_ns)
		return TASK_AGE_UNKNOWN;
	return now_ns > last_ns ? now_ns - last_ns : 0;
}

static __always_inline void seen_read(struct task_struct *task)
{
	struct task_seen *seen = &record.seen;
	__u64 mm = (__u64)BPF_CORE_READ(task, mm);
	long bytes;

	seen->task = address_of(task);
	seen->mmap_lock = mm ? mm + mmap_lock_offset() : 0;
	seen->start_ns = BPF_CORE_READ(task, start_time);
	seen->seen_ns = bpf_ktime_get_ns();
	seen->unrun_ns = unrun_ns(task);
	seen->run_ns = BPF_CORE_READ(task, se.sum_exec_runtime);
	seen->run_delay_ns = BPF_CORE_READ(task, sched_info.run_delay);
	seen->utime_ns = BPF_CORE_READ(task, utime);
	seen->stime_ns = BPF_CORE_READ(task, stime);
	seen->voluntary_cnt = BPF_CORE_READ(task, nvcsw);
	seen->involuntary_cnt = BPF_CORE_READ(task, nivcsw);
	seen->pid = BPF_CORE_READ(task, pid);
	seen->tgid = BPF_CORE_READ(task, tgid);
	seen->state = task_state(task);
	seen->flags = BPF_CORE_READ(task, flags);
	seen->is_on_cpu = BPF_CORE_READ(task, on_cpu) != 0;
	BPF_CORE_READ_STR_INTO(&seen->comm, task, comm);
	bytes = bpf_get_task_stack(task, seen->ips, sizeof(seen->ips), 0);
	seen->ips_cnt = bytes > 0 ? (__u32)bytes / 8 : 0;
}

SEC("iter/task")
int task_look(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_wish *wish;
	__u32 pid;

	if (!task)
		return 0;
	pid = BPF_CORE_READ(task, pid);
	wish = bpf_map_lookup_elem(&wishes, &pid);
	if (only_wished && !wish)
		return 0;
	__builtin_memset(&record.seen, 0, sizeof(record.seen));
	seen_read(task);
	if (!wants_details || !wish) {
		bpf_seq_write(ctx->meta->seq, &record.seen, sizeof(record.seen));
		return 0;
	}
	/* The path has a length. */
	__builtin_memset(&record.details, 0, offsetof(struct task_details, inode.path));
	record.details.syscall = TASK_NO_SYSCALL;
	record.details.is_rt = !has_rwsem_waiters();
	record.seen.has_details = 1;
	details_read(task, wish);
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
