// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Whether this machine can trace at all, and loading: sizes, settings, maps. The plan is resolved
 * before (probe_resolve.c) and attached after it (probe_attach.c).
 */
#include "probe_internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "privilege.h"

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

void probe__hush_libbpf(void)
{
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	libbpf_set_print(on_libbpf_print);
	last_complaint[0] = '\0';
}

const char *probe__complaint(void)
{
	return last_complaint;
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

static bool has_kernel_btf(void)
{
	return !access(VMLINUX_BTF, R_OK);
}

static int check_btf(const char *path, struct failure *failure)
{
	if (path && access(path, R_OK))
		return failure__set(failure, -errno, EXIT_USAGE, "--btf %s: %s", path,
				    strerror(errno));
	if (path || has_kernel_btf())
		return 0;
	if (access("/sys/kernel", F_OK))
		return failure__set(failure, -ENOENT, EXIT_CANNOT_RUN,
				    "/sys is not mounted; run: mount -t sysfs sysfs /sys");
	return failure__set(failure, -ENOENT, EXIT_CANNOT_RUN,
			    "this kernel has no type information (no " VMLINUX_BTF
			    "): it needs CONFIG_DEBUG_INFO_BTF=y, or its types from elsewhere "
			    "by --btf FILE (pahole --btf_encode_detached FILE vmlinux)");
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

int probe__check_machine(const struct probe_opts *opts, struct failure *failure)
{
	int err = privilege__check(opts->detail, failure);

	if (!err)
		err = check_btf(opts->btf_path, failure);
	if (!err)
		err = check_lockdown(failure);
	if (!err)
		err = check_fuse(failure);
	return err;
}

struct bpf_program *probe__program(const struct probe *p, const struct hook_state *state,
				   bool is_end)
{
	const char *name = is_end ? state->hook->end : state->hook->begin;
	bool is_kp = state->how == HOW_KPROBE || state->how == HOW_RAW_TP;
	char full[64];

	if (!name)
		return NULL;
	snprintf(full, sizeof(full), "%s%s", name, is_kp ? "_kp" : "");
	return bpf_object__find_program_by_name(p->skel->obj, full);
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
 * tasks in operations are there from the start, at most 1/64 of it. Before 6.1 (bpf_mem_alloc) a
 * table cannot safely grow inside any function of the kernel: there it takes all of 1/128 at once.
 */
#define CELL_BYTES   (sizeof(struct cell) + 96) /* key, hash element, allocator */
#define CELLS_MAX    (1U << 19)
#define SLOTS_MAX    8192
#define SLOTS_MIN    256
#define CELLS_MIN    1024
#define EDGES_MAX    16384
#define EDGES_MIN    256
#define MEMORY_GUESS (256ULL << 20)

static unsigned int clamp(unsigned long long n, unsigned int low, unsigned int high)
{
	return n < low ? low : n > high ? high : n;
}

static int maps_size(struct probe *p, const struct probe_opts *opts)
{
	unsigned long long memory = memory_bytes() ?: MEMORY_GUESS;
	unsigned int share = p->has_mem_alloc ? 16 : 128;
	unsigned int cells_max = clamp(memory / share / CELL_BYTES, CELLS_MIN, CELLS_MAX);
	unsigned int inodes_max = opts->inodes_max ?: cells_max;
	unsigned int tasks_max = opts->tasks_max ?: cells_max;
	struct {
		struct bpf_map *map;
		unsigned int entries;
	} sizes[] = {
		{ p->skel->maps.op_tables, p->cpus_cnt * OP_NR },
		{ p->skel->maps.phase_tables,
		  p->has_phases ? p->cpus_cnt * PHASE_OPS * PHASE_NR : 1 },
		{ p->skel->maps.inode_cells, inodes_max },
		{ p->skel->maps.named_inodes, inodes_max },
		{ p->skel->maps.window_shares, inodes_max },
		{ p->skel->maps.task_cells, tasks_max },
		{ p->skel->maps.task_names, tasks_max },
		{ p->skel->maps.window_events, p->detail == DETAIL_FULL ? 1 << 20 : 4096 },
		{ p->skel->maps.edges, clamp(cells_max / 4, EDGES_MIN, EDGES_MAX) },
	};
	int err = 0;

	p->slots_cnt =
		power_of_two(clamp(memory / 64 / sizeof(struct task_slot), SLOTS_MIN, SLOTS_MAX));
	p->slots_bytes = p->slots_cnt * sizeof(struct task_slot);
	err = bpf_map__set_max_entries(p->skel->maps.task_slots, p->slots_cnt);
	if (!err)
		err = bpf_map__set_max_entries(p->skel->maps.slot_claims, p->slots_cnt);
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]) && !err; i++) {
		__u32 flags = bpf_map__map_flags(sizes[i].map);

		err = bpf_map__set_max_entries(sizes[i].map, sizes[i].entries);
		if (!err && !p->has_mem_alloc)
			err = bpf_map__set_map_flags(sizes[i].map, flags & ~BPF_F_NO_PREALLOC);
	}
	return err ?: record__size(p, opts, memory);
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
 * The rest of a table that is full is kept under keys that are there from the start. For inodes
 * this is the one of no mount; bpf/mount.bpf.h adds one for each mount while there is room.
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

static void on_self_request(struct probe *p, const struct event_self_request *event)
{
	if (p->self_requests_cnt < SELF_REQUESTS_MAX)
		p->self_requests[p->self_requests_cnt++] = *event;
}

static void on_window(struct probe *p, const struct event_window *event)
{
	if (p->names && (event->change == WINDOW_SETUP || event->change == WINDOW_UPGRADE))
		names__set_size(p->names, &event->key, event->size_bytes);
	if (p->feed)
		window_feed__take(p->feed, event);
}

static int on_event(void *ctx, void *data, size_t bytes)
{
	struct probe *p = ctx;
	__u32 kind = bytes < sizeof(kind) ? 0 : *(const __u32 *)data;

	if (kind == EVENT_INODE && bytes >= sizeof(struct event_inode)) {
		if (p->names && names__add_inode(p->names, data))
			p->names_failed++;
	} else if (kind == EVENT_SELF_REQUEST && bytes >= sizeof(struct event_self_request)) {
		on_self_request(p, data);
	} else if (kind == EVENT_WINDOW && bytes >= sizeof(struct event_window)) {
		on_window(p, data);
	}
	return record__event(p, data, bytes);
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

/* What is tried one after the other, as long as it is the kernel that cannot. */
struct attempt {
	bool by_kprobe;
	bool asks_symbols;
};

static struct daxtop_bpf *skeleton_open(const struct probe_opts *opts)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = opts->btf_path);

	return daxtop_bpf__open_opts(&open_opts);
}

static int tables_fail(struct failure *failure, int err)
{
	return failure__set(failure, err, EXIT_CANNOT_RUN, "cannot set up the tables: %s",
			    last_complaint[0] ? last_complaint : strerror(-err));
}

/* All that is there before anything is attached. 0 or -errno. */
static int probe_open(struct probe *p, const struct probe_opts *opts, struct failure *failure)
{
	int err;

	p->hooks = calloc(hook_table_cnt, sizeof(*p->hooks));
	p->skel = skeleton_open(opts);
	if (!p->hooks || !p->skel)
		return tables_fail(failure, -errno);
	err = probe__resolve_plan(p, opts->btf_path, failure);
	if (!err)
		err = probe__check_detail(p, failure);
	if (!err)
		err = probe__resolve_code(p, failure);
	if (err)
		return err;
	err = maps_size(p, opts);
	if (err)
		return tables_fail(failure, err);
	settings_fill(p, &opts->filter);
	p->filter_dev = opts->filter.dev;
	err = load(p, failure);
	if (err)
		return err;
	err = map_slots(p) ?: rest_rows_add(p) ?: record__open(p);
	if (err)
		return tables_fail(failure, err);
	p->pins.symbols = symbols__open(); /* while privileges are there */
	p->events = ring_buffer__new(bpf_map__fd(p->skel->maps.events), on_event, p, NULL);
	if (!p->events)
		return tables_fail(failure, -errno);
	if (ring_buffer__add(p->events, bpf_map__fd(p->skel->maps.window_events), on_event, p))
		return tables_fail(failure, -errno);
	return 0;
}

/* NULL with @failure filled. */
static struct probe *probe_new(const struct probe_opts *opts, const struct attempt *attempt,
			       struct failure *failure)
{
	struct probe *p = calloc(1, sizeof(*p));
	int cpus_cnt = libbpf_num_possible_cpus();

	if (!p || cpus_cnt < 0) {
		free(p);
		failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN,
			     "not enough memory to begin, or /sys/devices/system/cpu/possible "
			     "cannot be read");
		return NULL;
	}
	p->kprobes.fd = p->kprobes.guard_pipe = -1;
	p->cpus_cnt = cpus_cnt;
	p->detail = opts->detail;
	p->has_phases = opts->has_phases;
	p->recorder = opts->recorder;
	p->has_path_filter = opts->filter.ino;
	p->by_kprobe = attempt->by_kprobe;
	p->asks_symbols = attempt->asks_symbols;
	return p;
}

static bool was_refused_by(const struct probe *p, enum hook_cause cause)
{
	for (unsigned int i = 0; p->hooks && i < hook_table_cnt; i++)
		if (p->hooks[i].cause == cause && p->hooks[i].hook->need == HOOK_REQUIRED)
			return true;
	return false;
}

/* Is there another way, and might it go better? Sets @attempt to it. */
static bool next_attempt(const struct probe *p, bool is_loaded, struct attempt *attempt)
{
	if (attempt->by_kprobe || (is_loaded && !was_refused_by(p, CAUSE_FENTRY)))
		return false;
	if (!is_loaded && attempt->asks_symbols)
		return false;
	attempt->by_kprobe = is_loaded;
	attempt->asks_symbols = true;
	return true;
}

int probe__begin(struct probe **p, const struct probe_opts *opts, struct failure *failure)
{
	struct attempt attempt = { .by_kprobe = !has_kernel_btf() };
	int err = probe__check_machine(opts, failure);
	bool is_loaded;

	*p = NULL;
	if (err)
		return err;
	do {
		probe__free(*p);
		probe__hush_libbpf();
		*p = probe_new(opts, &attempt, failure);
		if (!*p)
			return -ENOMEM;
		err = probe_open(*p, opts, failure);
		is_loaded = !err;
		if (!err)
			err = probe__start(*p, opts->mounts, failure);
	} while (err && next_attempt(*p, is_loaded, &attempt));
	return err;
}

void probe__free(struct probe *p)
{
	if (!p)
		return;
	ring_buffer__free(p->events);
	if (p->skel)
		record__close(p);
	symbols__close(p->pins.symbols);
	if (p->slots)
		munmap((void *)p->slots, p->slots_bytes);
	daxtop_bpf__destroy(p->skel);
	kprobe_events__close(&p->kprobes);
	free(p->hooks);
	mount_list__fini(&p->known);
	free(p);
}

bool probe__can_read(void *probe)
{
	const struct probe *p = probe;
	__u32 key;

	return bpf_map_get_next_key(bpf_map__fd(p->skel->maps.mounts), NULL, &key) != -EPERM;
}

const struct hook_state *probe__hooks(const struct probe *p, unsigned int *cnt)
{
	*cnt = p->hooks && p->hooks[0].hook ? hook_table_cnt : 0;
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

void probe__feed_windows(struct probe *p, struct window_feed *feed)
{
	p->feed = feed;
}

const struct event_self_request *probe__self_requests(const struct probe *p, unsigned int *cnt)
{
	*cnt = p->self_requests_cnt;
	return p->self_requests;
}

struct symbol_names *probe__symbols(const struct probe *p)
{
	return p->pins.symbols;
}
