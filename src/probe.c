// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Loading and attaching. The plan is resolved against this kernel's BTF before the load, since one
 * program whose function is missing would fail the whole object.
 */
#include "probe_internal.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "symbols.h"

#define CAP_SYS_ADMIN_BIT 21 /* include/uapi/linux/capability.h */
#define CAP_PERFMON_BIT	  38
#define CAP_BPF_BIT	  39

#define VMLINUX_BTF "/sys/kernel/btf/vmlinux"

/* The last thing libbpf or the verifier complained of, for the one line that is printed. */
static char last_complaint[256];

static int on_libbpf_print(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (getenv("DAXTOP_DEBUG"))
		return vfprintf(stderr, fmt, args);
	if (level == LIBBPF_WARN && !last_complaint[0]) {
		vsnprintf(last_complaint, sizeof(last_complaint), fmt, args);
		last_complaint[strcspn(last_complaint, "\n")] = 0;
	}
	return 0;
}

static unsigned long long effective_capabilities(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long long caps = 0;
	char line[256];

	if (!f)
		return geteuid() ? 0 : ~0ULL;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			break;
	fclose(f);
	return caps;
}

static int check_privilege(struct failure *failure)
{
	unsigned long long caps = effective_capabilities();
	bool is_admin = caps >> CAP_SYS_ADMIN_BIT & 1;

	if (is_admin)
		return 0;
	return failure__set(
		failure, -EPERM, EXIT_CANNOT_RUN,
		"not permitted to trace: CAP_SYS_ADMIN is missing (kernel types of modules "
		"and the file iterator need it)%s%s; run it as root, in the initial user "
		"namespace",
		caps >> CAP_BPF_BIT & 1 ? "" : ", CAP_BPF too",
		caps >> CAP_PERFMON_BIT & 1 ? "" : ", CAP_PERFMON too");
}

static int check_lockdown(struct failure *failure)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char line[128] = "";

	if (!f)
		return 0; /* no such kernel feature, or securityfs not mounted: the load will tell */
	if (!fgets(line, sizeof(line), f))
		line[0] = 0;
	fclose(f);
	if (!strstr(line, "[confidentiality]"))
		return 0;
	return failure__set(failure, -EPERM, EXIT_CANNOT_RUN,
			    "kernel lockdown is in confidentiality mode, which forbids BPF to read "
			    "kernel memory; boot with lockdown=integrity or without lockdown");
}

static int check_btf(struct failure *failure)
{
	if (!access(VMLINUX_BTF, R_OK))
		return 0;
	if (access("/sys/kernel", F_OK))
		return failure__set(failure, -ENOENT, EXIT_CANNOT_RUN,
				    "/sys is not mounted; run: mount -t sysfs sysfs /sys");
	return failure__set(failure, -ENOENT, EXIT_CANNOT_RUN,
			    "this kernel has no type information (no " VMLINUX_BTF
			    "): it needs CONFIG_DEBUG_INFO_BTF=y");
}

static int check_fuse(struct failure *failure)
{
	int known = filesystem_known("virtiofs");

	if (known == 1)
		return 0;
	if (known < 0)
		return failure__set(failure, known, EXIT_CANNOT_RUN,
				    "cannot read /proc/filesystems (%s); is /proc mounted?",
				    strerror(-known));
	return failure__set(failure, -ENODEV, EXIT_CANNOT_RUN,
			    "virtiofs is not in this kernel, or its module is not loaded; run: "
			    "modprobe virtiofs");
}

static int check_machine(struct failure *failure)
{
	int err = check_privilege(failure);

	if (!err)
		err = check_btf(failure);
	if (!err)
		err = check_lockdown(failure);
	if (!err)
		err = check_fuse(failure);
	return err;
}

/* Kernel types: vmlinux', and those of the modules that fuse may be in. */
struct kernel_types {
	struct btf *btfs[3];
	unsigned int cnt;
};

static int kernel_types__load(struct kernel_types *types)
{
	static const char *const modules[] = { "fuse", "virtiofs" };
	struct btf *vmlinux = btf__load_vmlinux_btf();

	if (!vmlinux)
		return -errno;
	types->btfs[types->cnt++] = vmlinux;
	for (unsigned int i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		struct btf *btf = btf__load_module_btf(modules[i], vmlinux);

		if (btf)
			types->btfs[types->cnt++] = btf;
	}
	return 0;
}

static void kernel_types__free(struct kernel_types *types)
{
	while (types->cnt)
		btf__free(types->btfs[--types->cnt]);
}

/* The prototype of a kernel function, or NULL; @btf is where its types are. */
static const struct btf_type *kernel_types__function(const struct kernel_types *types,
						     const char *name, const struct btf **btf)
{
	for (unsigned int i = 0; i < types->cnt; i++) {
		int id = btf__find_by_name_kind(types->btfs[i], name, BTF_KIND_FUNC);

		if (id < 0)
			continue;
		*btf = types->btfs[i];
		return btf__type_by_id(*btf, btf__type_by_id(*btf, id)->type);
	}
	return NULL;
}

/* Which argument of @function is a pointer to @type; -ENOENT. */
static int argument_of_type(const struct kernel_types *types, const char *function,
			    const char *type)
{
	const struct btf *btf;
	const struct btf_type *proto = kernel_types__function(types, function, &btf);

	for (int i = 0; proto && i < btf_vlen(proto); i++) {
		const struct btf_type *arg = btf__type_by_id(btf, btf_params(proto)[i].type);

		if (!btf_is_ptr(arg))
			continue;
		arg = btf__type_by_id(btf, arg->type);
		if (!strcmp(btf__name_by_offset(btf, arg->name_off), type))
			return i;
	}
	return -ENOENT;
}

static struct bpf_program *program_of(const struct probe *p, const char *name)
{
	return name ? bpf_object__find_program_by_name(p->skel->obj, name) : NULL;
}

/* Finds the spelling that this kernel has, and points the row's programs at it. */
static void hook_resolve(struct probe *p, struct hook_state *state,
			 const struct kernel_types *types)
{
	const char *const programs[] = { state->hook->begin, state->hook->end };
	const struct btf *btf;

	state->name = state->hook->names[0];
	state->status = state->hook->kind == HOOK_FUNCTION ? HOOK_MISSING : HOOK_UNTRIED;
	if (!(state->hook->details & 1U << p->detail))
		state->status = HOOK_UNUSED;
	for (int i = 0; i < HOOK_NAMES && state->status == HOOK_MISSING; i++) {
		if (!state->hook->names[i] ||
		    !kernel_types__function(types, state->hook->names[i], &btf))
			continue;
		state->name = state->hook->names[i];
		state->status = HOOK_UNTRIED;
	}
	for (int i = 0; i < 2; i++) {
		struct bpf_program *program = program_of(p, programs[i]);

		if (!program)
			continue;
		bpf_program__set_autoload(program, state->status == HOOK_UNTRIED);
		if (state->hook->kind == HOOK_FUNCTION && state->status == HOOK_UNTRIED)
			bpf_program__set_attach_target(program, 0, state->name);
	}
}

static int plan_resolve(struct probe *p, struct failure *failure)
{
	struct kernel_types types = {};
	int err = kernel_types__load(&types), arg;

	if (err)
		return failure__set(failure, err, EXIT_CANNOT_RUN,
				    "cannot read the kernel's types from " VMLINUX_BTF ": %s",
				    strerror(-err));
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		p->hooks[i].hook = &hook_table[i];
		hook_resolve(p, &p->hooks[i], &types);
	}
	arg = argument_of_type(&types, "do_truncate", "dentry");
	p->skel->rodata->do_truncate_dentry_arg = arg < 0 ? 1 : arg;
	arg = argument_of_type(&types, "fuse_do_setattr", "dentry");
	p->skel->rodata->fuse_do_setattr_dentry_arg = arg < 0 ? 1 : arg;
	kernel_types__free(&types);
	return 0;
}

/* Below DETAIL_FULL: where the functions are that tell an operation by its stack. */
static int code_resolve(struct probe *p, struct failure *failure)
{
	struct daxtop_bpf__rodata *settings = p->skel->rodata;
	struct symbol symbols[CODE_RANGES] = {};
	__u64 low = ~0ULL, high = 0;
	int err;

	if (p->detail == DETAIL_FULL)
		return 0;
	for (unsigned int i = 0; i < code_table_cnt; i++)
		symbols[i].name = code_table[i].name;
	err = symbols__find(symbols, code_table_cnt);
	if (!err && !symbols[0].start)
		err = -ESRCH;
	if (err)
		return failure__set(failure, err, EXIT_CANNOT_RUN,
				    "cannot find %s in /proc/kallsyms: %s; below --detail full "
				    "operations are told by their stacks, which needs "
				    "CONFIG_KALLSYMS and kernel.kptr_restrict below 2",
				    symbols[0].name,
				    err == -EACCES ? "the kernel hides addresses" : strerror(-err));
	for (unsigned int i = 0; i < code_table_cnt; i++) {
		if (!symbols[i].start) {
			p->code_missing |= code_table[i].op < OP_NR ? 1U << code_table[i].op : 0;
			continue;
		}
		settings->code_ranges[i].start = symbols[i].start;
		settings->code_ranges[i].end = symbols[i].end;
		settings->code_ranges[i].op = code_table[i].op;
		low = symbols[i].start < low ? symbols[i].start : low;
		high = symbols[i].end > high ? symbols[i].end : high;
	}
	settings->code_low = low;
	settings->code_high = high;
	return 0;
}

static unsigned long long memory_bytes(void)
{
	struct sysinfo info;

	return sysinfo(&info) ? 0 : (unsigned long long)info.totalram * info.mem_unit;
}

/* The largest power of two not above @n. */
static unsigned int power_of_two(unsigned long long n)
{
	unsigned int power = 1;

	while (power <= n / 2 && power < 1U << 30)
		power *= 2;
	return power;
}

/*
 * Tables by inode and task grow as they fill, to at most a sixteenth of memory each; the slots of
 * tasks in operations are there from the start, at most 1/64 of it.
 */
#define CELL_BYTES   (sizeof(struct cell) + 96) /* key, hash element, allocator */
#define CELLS_MAX    (1U << 19)
#define SLOTS_MAX    8192
#define SLOTS_MIN    256
#define CELLS_MIN    1024
#define MEMORY_GUESS (256ULL << 20)

static unsigned int clamp(unsigned long long n, unsigned int low, unsigned int high)
{
	return n < low ? low : n > high ? high : n;
}

static int maps_size(struct probe *p, const struct probe_opts *opts)
{
	unsigned long long memory = memory_bytes() ?: MEMORY_GUESS;
	unsigned int cells_max = clamp(memory / 16 / CELL_BYTES, CELLS_MIN, CELLS_MAX);
	unsigned int inodes_max = opts->inodes_max ?: cells_max;
	unsigned int tasks_max = opts->tasks_max ?: cells_max;
	struct {
		struct bpf_map *map;
		unsigned int entries;
	} sizes[] = {
		{ p->skel->maps.op_tables, p->cpus_cnt * OP_NR },
		{ p->skel->maps.inode_cells, inodes_max },
		{ p->skel->maps.named_inodes, inodes_max },
		{ p->skel->maps.task_cells, tasks_max },
		{ p->skel->maps.task_names, tasks_max },
	};
	int err = 0;

	p->slots_cnt =
		power_of_two(clamp(memory / 64 / sizeof(struct task_slot), SLOTS_MIN, SLOTS_MAX));
	p->slots_bytes = p->slots_cnt * sizeof(struct task_slot);
	err = bpf_map__set_max_entries(p->skel->maps.task_slots, p->slots_cnt);
	if (!err)
		err = bpf_map__set_max_entries(p->skel->maps.slot_claims, p->slots_cnt);
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]) && !err; i++)
		err = bpf_map__set_max_entries(sizes[i].map, sizes[i].entries);
	return err;
}

static void settings_fill(struct probe *p, const struct probe_filter *filter)
{
	struct daxtop_bpf__rodata *settings = p->skel->rodata;

	settings->slots_mask = p->slots_cnt - 1;
	settings->detail = p->detail;
	settings->filter_any = filter->tgid || filter->dev || filter->ino || filter->comm[0];
	settings->filter_tgid = filter->tgid;
	settings->filter_dev = filter->dev;
	settings->filter_ino = filter->ino;
	memcpy((void *)settings->filter_comm, filter->comm, sizeof(filter->comm));
}

/*
 * The rest of a table that is full is kept under keys that are there from the start. For inodes this
 * is the one of no mount; bpf/mount.bpf.h adds one for each mount while there is room.
 */
static int rest_rows_add(struct probe *p)
{
	struct cell empty = {};
	int err = 0;

	for (__u32 i = 0; i < 2 * OP_NR && !err; i++) {
		__u32 op = i / 2 | (i % 2 ? CELL_NESTED : 0);
		struct task_cell_key task = { .op = op };
		struct inode_cell_key inode = { .op = op };

		task.task.tgid = TASK_REST_PID;
		task.task.pid = TASK_REST_PID;
		inode.inode.nodeid = INODE_REST_NODEID;
		err = bpf_map_update_elem(bpf_map__fd(p->skel->maps.task_cells), &task, &empty,
					  BPF_ANY);
		if (!err)
			err = bpf_map_update_elem(bpf_map__fd(p->skel->maps.inode_cells), &inode,
						  &empty, BPF_ANY);
	}
	return err;
}

static int on_event(void *ctx, void *data, size_t bytes)
{
	struct probe *p = ctx;

	if (bytes < sizeof(struct event_inode))
		return 0;
	if (p->names && names__add_inode(p->names, data))
		p->names_failed++;
	return 0;
}

static int load(struct probe *p, struct failure *failure)
{
	int err = daxtop_bpf__load(p->skel);

	if (err == -ENOMEM)
		return failure__set(
			failure, err, EXIT_CANNOT_RUN,
			"not enough memory for the tables (%zu KiB of task slots and "
			"more): raise the memory limit (ulimit -l, cgroup) or free some",
			p->slots_bytes >> 10);
	if (err)
		return failure__set(failure, err, EXIT_CANNOT_RUN,
				    "the kernel refused the BPF programs: %s (%s); set "
				    "DAXTOP_DEBUG=1 to see all that libbpf says",
				    strerror(-err), last_complaint);
	return 0;
}

static int map_slots(struct probe *p)
{
	void *addr = mmap(NULL, p->slots_bytes, PROT_READ, MAP_SHARED,
			  bpf_map__fd(p->skel->maps.task_slots), 0);

	if (addr == MAP_FAILED)
		return -errno;
	p->slots = addr;
	return 0;
}

struct probe *probe__open(const struct probe_opts *opts, struct failure *failure)
{
	struct probe *p;
	int err = check_machine(failure), cpus_cnt;

	if (err)
		return NULL;
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(on_libbpf_print);
	p = calloc(1, sizeof(*p));
	if (!p)
		goto err_memory;
	cpus_cnt = libbpf_num_possible_cpus();
	if (cpus_cnt < 0) {
		failure__set(failure, cpus_cnt, EXIT_CANNOT_RUN,
			     "cannot read /sys/devices/system/cpu/possible: %s",
			     strerror(-cpus_cnt));
		goto err;
	}
	p->cpus_cnt = cpus_cnt;
	p->detail = opts->detail;
	p->has_path_filter = opts->filter.ino;
	p->hooks = calloc(hook_table_cnt, sizeof(*p->hooks));
	p->skel = daxtop_bpf__open();
	if (!p->hooks || !p->skel)
		goto err_tables;
	if (plan_resolve(p, failure) || code_resolve(p, failure))
		goto err;
	if (maps_size(p, opts))
		goto err_tables;
	settings_fill(p, &opts->filter);
	p->filter_dev = opts->filter.dev;
	if (load(p, failure))
		goto err;
	if (map_slots(p) || rest_rows_add(p))
		goto err_tables;
	p->events = ring_buffer__new(bpf_map__fd(p->skel->maps.events), on_event, p, NULL);
	if (!p->events)
		goto err_tables;
	return p;
err_memory:
	failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN, "not enough memory to begin");
	goto err;
err_tables:
	failure__set(failure, -errno, EXIT_CANNOT_RUN, "cannot set up the tables: %s",
		     last_complaint[0] ? last_complaint : strerror(errno));
err:
	probe__free(p);
	return NULL;
}

void probe__free(struct probe *p)
{
	if (!p)
		return;
	ring_buffer__free(p->events);
	if (p->slots)
		munmap((void *)p->slots, p->slots_bytes);
	daxtop_bpf__destroy(p->skel);
	free(p->hooks);
	free(p);
}

/* Over this process alone where the kernel can (since 6.1), else over all and the program picks. */
static struct bpf_link *iterator_attach(const struct bpf_program *program)
{
	union bpf_iter_link_info info = { .task.pid = getpid() };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(program, &opts);

	return link ?: bpf_program__attach_iter(program, NULL);
}

/* Attaches one program of a row; its link belongs to the skeleton. */
static int program_attach(struct probe *p, struct hook_state *state, const char *name)
{
	struct bpf_program *program = program_of(p, name);
	struct bpf_prog_skeleton *progs = p->skel->skeleton->progs;

	if (name && !program) {
		state->err = -ENOENT;
		state->status = HOOK_FAILED;
		return state->err;
	}
	for (int i = 0; program && i < p->skel->skeleton->prog_cnt; i++) {
		if (*progs[i].prog != program)
			continue;
		*progs[i].link = state->hook->kind == HOOK_ITERATOR ? iterator_attach(program)
								    : bpf_program__attach(program);
		if (*progs[i].link)
			return 0;
		state->err = -errno;
		state->status = HOOK_FAILED;
		return state->err;
	}
	return 0;
}

static void hooks_attach(struct probe *p, bool is_end)
{
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		struct hook_state *state = &p->hooks[i];

		if (state->status != HOOK_UNTRIED && state->status != HOOK_ATTACHED)
			continue;
		if (!program_attach(p, state, is_end ? state->hook->end : state->hook->begin))
			state->status = HOOK_ATTACHED;
	}
}

int probe__start(struct probe *p, struct failure *failure)
{
	hooks_attach(p, true);
	hooks_attach(p, false);
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		const struct hook_state *state = &p->hooks[i];

		if (state->status == HOOK_ATTACHED || state->status == HOOK_UNUSED ||
		    state->hook->need != HOOK_REQUIRED)
			continue;
		return failure__set(failure, state->err ?: -ENOENT, EXIT_CANNOT_RUN,
				    "cannot hook %s (%s): %s; it needs a kernel with "
				    "CONFIG_FUSE_DAX, CONFIG_FUNCTION_TRACER and "
				    "CONFIG_DYNAMIC_FTRACE; see virtiofs-daxtop doctor",
				    state->name, state->hook->source,
				    state->err ? strerror(-state->err) : "this kernel has none");
	}
	p->cpu_base_ns = probe__cpu_ns();
	p->skel->bss->is_tracing = true;
	return 0;
}

/*
 * Programs run in RCU read sections, and this waits for those to end. With one CPU the call returns
 * at once, and with CONFIG_NO_HZ_FULL it fails: a sleep lets a preempted program go on.
 */
static void programs_drain(void)
{
	const struct timespec moment = { .tv_nsec = 20000000 };

	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) ||
	    sysconf(_SC_NPROCESSORS_ONLN) == 1)
		nanosleep(&moment, NULL);
}

void probe__stop(struct probe *p)
{
	p->skel->bss->is_tracing = false;
	p->skel->bss->run_epoch.value = RUN_EPOCH_END;
	p->stop_ns = probe__now_ns();
	programs_drain();
	p->skel->bss->run_epoch.value = RUN_EPOCH_END; /* an eviction may have been at it */
}

/* Slots whose tasks have ended while runs were held. */
static void slots_bury(struct probe *p)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	__u64 index;

	opts.ctx_in = &index;
	opts.ctx_size_in = sizeof(index);
	for (index = 0; index < p->slots_cnt; index++)
		if (*(volatile __u64 *)&p->slots[index].owner == SLOT_DEAD)
			bpf_prog_test_run_opts(bpf_program__fd(p->skel->progs.slot_bury), &opts);
}

void probe__hold_runs(struct probe *p, bool hold)
{
	p->skel->bss->runs_held = hold;
	if (p->stop_ns)
		return;
	if (hold)
		programs_drain();
	else
		slots_bury(p);
	if (!hold && p->has_full_run) {
		__atomic_fetch_add((__u32 *)&p->skel->bss->run_epoch.value, 1, __ATOMIC_RELAXED);
		p->has_full_run = false;
	}
}

const struct hook_state *probe__hooks(const struct probe *p, unsigned int *cnt)
{
	*cnt = hook_table_cnt;
	return p->hooks;
}

int probe__event_fd(const struct probe *p)
{
	return ring_buffer__epoll_fd(p->events);
}

int probe__take_events(struct probe *p, struct names *names)
{
	int taken;

	p->names = names;
	taken = ring_buffer__consume(p->events);
	p->names = NULL;
	return taken < 0 ? taken : 0;
}
