// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Reading the tables. One function walks any map in batches; what to do with an entry is a
 * callback, and the maps are a table.
 */
#include "probe_internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "host.h"
#include "own_proc.h"

#define BATCH_ENTRIES 512

struct reading {
	struct probe *p;
	struct summary *s;
	struct names *names;
	const struct mount_list *mounts;
	bool is_state; /* without what events tell */
};

typedef int entry_fn(struct reading *r, const void *key, const void *value);

/* For kernels without batch operations (before 5.6), or a map type that has none. */
static int map_walk_single(struct reading *r, struct bpf_map *map, entry_fn *fn, char *buf)
{
	size_t key_bytes = bpf_map__key_size(map);
	char *key = buf, *value = buf + key_bytes;
	const void *prev = NULL;
	int fd = bpf_map__fd(map), err = 0;

	while (!err && !bpf_map_get_next_key(fd, prev, key)) {
		prev = key;
		if (!bpf_map_lookup_elem(fd, key, value))
			err = fn(r, key, value);
	}
	return err;
}

/* Calls @fn for every entry of @map. 0, what @fn returned, or -errno. */
static int map_walk(struct reading *r, struct bpf_map *map, entry_fn *fn)
{
	size_t key_bytes = bpf_map__key_size(map), value_bytes = bpf_map__value_size(map);
	size_t room = BATCH_ENTRIES;
	char *buf = NULL, *values, *bigger;
	__u64 position[8] = {}; /* opaque: where the next batch begins */
	bool is_first = true, is_last = false;
	int err = 0;

	while (!is_last && !err) {
		__u32 cnt = room;

		bigger = realloc(buf, room * (key_bytes + value_bytes));
		if (!bigger) {
			err = -ENOMEM;
			break;
		}
		buf = bigger;
		values = buf + room * key_bytes;
		err = bpf_map_lookup_batch(bpf_map__fd(map), is_first ? NULL : position, position,
					   buf, values, &cnt, NULL);
		if (err == -ENOSPC) { /* one hash bucket held more than a batch */
			room *= 2;
			err = 0;
			continue;
		}
		if (err == -EINVAL || err == -EOPNOTSUPP) {
			err = is_first ? map_walk_single(r, map, fn, buf) : err;
			break;
		}
		is_last = err == -ENOENT;
		if (is_last)
			err = 0;
		is_first = false;
		for (__u32 i = 0; i < cnt && !err; i++)
			err = fn(r, buf + i * key_bytes, values + i * value_bytes);
	}
	free(buf);
	return err;
}

/* At DETAIL_FULL each operation adds to both: a row of which they differ was copied meanwhile. */
static bool is_torn(const struct reading *r, const struct op_figures *figures)
{
	return r->p->detail == DETAIL_FULL &&
	       op_figures__count(figures) != op_figures__timed(figures);
}

#define COPY_TRIES 20

static int on_op(struct reading *r, const void *key, const void *value)
{
	struct op_figures figures = *(const struct op_figures *)value;

	for (int i = 0; i < COPY_TRIES && is_torn(r, &figures); i++)
		if (bpf_map_lookup_elem(bpf_map__fd(r->p->skel->maps.op_tables), key, &figures))
			return -errno;
	return summary__add_op(r->s, *(const __u32 *)key % OP_NR, &figures);
}

static int on_wait(struct reading *r, const void *key, const void *value)
{
	return summary__add_wait(r->s, *(const __u32 *)key, value);
}

/* By CPU, kind of fault and phase: phase_index() in bpf/phase.bpf.h. */
static int on_phase(struct reading *r, const void *key, const void *value)
{
	__u32 index = *(const __u32 *)key;

	if (!r->p->has_phases)
		return 0;
	return summary__add_phase(r->s, index / PHASE_NR % PHASE_OPS, index % PHASE_NR, value);
}

static bool cell_is_empty(const struct cell *cell)
{
	__u64 cnt = 0;

	for (int i = 0; i < OUTCOME_NR; i++)
		cnt += cell->outcome[i];
	for (int i = 0; i < WAIT_NR; i++)
		cnt += cell->wait_cnt[i];
	return !cnt;
}

static int on_inode_cell(struct reading *r, const void *key, const void *value)
{
	return cell_is_empty(value) ? 0 : summary__add_inode_cell(r->s, key, value);
}

static int on_task_cell(struct reading *r, const void *key, const void *value)
{
	return cell_is_empty(value) ? 0 : summary__add_task_cell(r->s, key, value);
}

static int on_task_name(struct reading *r, const void *key, const void *value)
{
	int err = record__task(r->p, r->names, key, value);

	if (!err && r->names)
		err = names__add_task(r->names, key, value);
	r->p->names_failed += err == -ENOSPC;
	return err == -ENOSPC ? 0 : err;
}

static int on_edge(struct reading *r, const void *key, const void *value)
{
	return summary__add_edge(r->s, key, value);
}

static int on_window_share(struct reading *r, const void *key, const void *value)
{
	return summary__add_window_share(r->s, key, *(const __u64 *)value);
}

static int self_requests_read(struct reading *r)
{
	int err = 0;

	for (unsigned int i = 0; i < r->p->self_requests_cnt && !err; i++)
		err = summary__add_self_request(r->s, &r->p->self_requests[i]);
	return err == -ENOSPC ? 0 : err;
}

static int on_errno(struct reading *r, const void *key, const void *value)
{
	const struct errno_key *k = key;

	return summary__add_errno(r->s, k->op, k->err, *(const __u64 *)value);
}

/* Why a mount has no window: virtio_fs_get_tree(), fs/fuse/virtio_fs.c, 5.10 to 7.3. */
static const char *no_window_reason(const struct mount_entry *entry)
{
	if (entry && !strcmp(entry->dax_mode, "never"))
		return "mounted with dax=never: mount with -o dax=always";
	if (entry && entry->dax_mode[0])
		return "the device offers no DAX window (no cache region: set the VMM's cache or "
		       "window size), or the kernel lacks CONFIG_FUSE_DAX";
	return "mounted without a dax option, and the device offers no DAX window or the kernel "
	       "enables none: mount with -o dax=always to see which";
}

static const char untold_window[] = "not measured: this kernel does not describe fuse's types "
				    "(CONFIG_DEBUG_INFO_BTF_MODULES, since 5.11)";

static int on_mount(struct reading *r, const void *key, const void *value)
{
	const struct mount_figures *figures = value;
	__u32 dev = *(const __u32 *)key;
	const struct mount_entry *entry = mount_list__by_dev(r->mounts, dev);
	struct mount_state state = {
		.dev = dev,
		.mountpoint = entry ? entry->mountpoint : NULL,
		.tag = entry ? entry->tag : NULL,
		.fstype = entry ? entry->fstype : "fuse",
		.dax_mode = entry && entry->dax_mode[0] ? entry->dax_mode : NULL,
		.has_figures = figures->fcd && figures->looks_cnt,
		.figures = *figures,
	};

	if ((r->p->filter_dev && r->p->filter_dev != dev) ||
	    (!entry && mount_list__by_dev(&r->p->known, dev)))
		return 0; /* not asked for, or unmounted since */
	if (!state.has_figures)
		state.reason = r->p->has_fuse_types ? no_window_reason(entry) : untold_window;
	state.may_have_window = !r->p->has_fuse_types;
	return summary__set_mount(r->s, &state);
}

/* Remembers those that mountinfo lists, under the names that they have now: numbers come again. */
static int mounts_remember(struct reading *r)
{
	struct mount_list *known = &r->p->known;
	int err = 0;

	for (size_t i = 0; i < r->mounts->cnt && !err; i++)
		if (known->cnt < KNOWN_MAX || mount_list__by_dev(known, r->mounts->entries[i].dev))
			err = mount_list__put(known, &r->mounts->entries[i]);
	return err;
}

/*
 * Those unmounted since the last reading: once more, so that what they did until then has their
 * name.
 */
static int mounts_gone_read(struct reading *r)
{
	struct probe *p = r->p;
	int err = 0;

	for (size_t i = 0; i < p->known.cnt && !err; i++) {
		const struct mount_entry *entry = &p->known.entries[i];
		bool was_gone = p->is_gone[i];
		struct mount_state state = {
			.dev = entry->dev,
			.mountpoint = entry->mountpoint,
			.tag = entry->tag,
			.fstype = entry->fstype,
			.dax_mode = entry->dax_mode[0] ? entry->dax_mode : NULL,
			.reason = "unmounted",
		};

		p->is_gone[i] = !mount_list__by_dev(r->mounts, entry->dev);
		if (p->is_gone[i] && !was_gone && (!p->filter_dev || p->filter_dev == entry->dev))
			err = summary__set_mount(r->s, &state);
	}
	return err;
}

/* Those that mountinfo lists and the iterator did not meet. */
static int mounts_unseen_read(struct reading *r)
{
	bool can_look = r->p->skel->links.mount_look;
	int err = 0;

	for (size_t i = 0; i < r->mounts->cnt && !err; i++) {
		const struct mount_entry *entry = &r->mounts->entries[i];
		struct mount_state state = {
			.dev = entry->dev,
			.mountpoint = entry->mountpoint,
			.tag = entry->tag,
			.fstype = entry->fstype,
			.dax_mode = entry->dax_mode[0] ? entry->dax_mode : NULL,
			.reason = can_look
					  ? "its window cannot be read: something else is mounted "
					    "over it"
					  : "not known until one of its files is used: without BTF "
					    "this kernel has no BPF iterator",
			.may_have_window = !can_look,
		};

		if (r->p->filter_dev && r->p->filter_dev != entry->dev)
			continue;
		if (!summary__mount_by_dev(r->s, entry->dev))
			err = summary__set_mount(r->s, &state);
	}
	return err;
}

/* At DETAIL_STALLS nothing tells the end of an operation that waits no more. */
static bool is_past_wait(const struct reading *r, const volatile struct task_slot *slot,
			 const volatile struct frame *frame)
{
	return r->p->detail == DETAIL_STALLS && frame->flags & FRAME_IMPLIED &&
	       slot->outer_kind == WAIT_NONE && slot->inner_kind == WAIT_NONE && slot->depth == 1;
}

/*
 * A read or write found no free range, and has not begun to take one from its own file: it sleeps
 * for one, which is known for certain when it tries again (bpf/reclaim.bpf.h).
 */
static bool sleeps_for_range(const volatile struct task_slot *slot, unsigned int depth)
{
	const volatile struct frame *top = &slot->frames[(depth - 1) % FRAMES_MAX];

	return depth > 1 && top->op == OP_RECLAIM_INLINE && top->flags & FRAME_TENTATIVE &&
	       !(top->flags & FRAME_BROKE) && slot->inner_kind >= WAIT_NR;
}

/* What the task waits for now: a lock or request, which an outer wait may contain, or that. */
static void in_flight_wait(struct in_flight_row *row, const volatile struct task_slot *slot,
			   unsigned int depth, __u64 now)
{
	__u64 start_ns = slot->inner_start_ns;

	row->wait = slot->inner_kind;
	if (row->wait >= WAIT_NR) {
		row->wait = slot->outer_kind;
		start_ns = slot->outer_start_ns;
	}
	if (sleeps_for_range(slot, depth)) {
		row->wait = WAIT_FREE_RANGE;
		start_ns = slot->frames[depth - 1].start_ns;
	}
	if (row->wait < WAIT_NR && start_ns < now) {
		row->wait_start_ns = start_ns;
		row->wait_ns = now - start_ns;
	}
}

static bool is_waiting_for_lock(const volatile struct task_slot *slot)
{
	return slot->inner_kind <= WAIT_INODE_LOCK_WRITE && slot->inner_sem;
}

static void holder_read(struct lock_holder *holder, const struct blame *blame, __u64 now)
{
	holder->sort = blame->sort < HOLDER_NR ? blame->sort : HOLDER_NONE;
	holder->op = blame->op < OP_NR ? blame->op : OP_NR;
	holder->held_ns = blame->since_ns && blame->since_ns < now ? now - blame->since_ns : 0;
	holder->task = blame->task;
	memcpy(holder->comm, blame->comm, TASK_COMM_LEN_MAX);
}

int probe__look_at_slot(const struct bpf_program *program, unsigned int slot_index)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	__u64 index = slot_index;

	opts.ctx_in = &index;
	opts.ctx_size_in = sizeof(index);
	return bpf_prog_test_run_opts(bpf_program__fd(program), &opts);
}

static int in_flight_add(struct reading *r, const volatile struct task_slot *slot,
			 unsigned int depth, unsigned int at, __u32 op, __u64 age_ns)
{
	const volatile struct frame *frame = &slot->frames[at];
	struct in_flight_row row = {
		.op = op,
		.age_ns = age_ns,
		.task = *(const struct task_key *)&slot->task,
		.inode = *(const struct inode_key *)(frame->inode ? &slot->seen[at] : &frame->key),
		.is_outermost = !at,
		.is_innermost = at + 1u + sleeps_for_range(slot, depth) == depth,
		.holder = { .op = OP_NR },
	};
	__u64 now = frame->start_ns + age_ns;

	memcpy(row.comm, (const char *)slot->comm, TASK_COMM_LEN_MAX);
	in_flight_wait(&row, slot, depth, now);
	if (row.wait == WAIT_REQUEST_HOST)
		row.opcode = slot->opcode;
	if (row.is_innermost && is_waiting_for_lock(slot))
		holder_read(&row.holder, (const struct blame *)&slot->now, now);
	if (row.wait == WAIT_BUSY_PAGE)
		row.page = pins__page(r->p, slot - r->p->slots);
	return summary__add_in_flight_row(r->s, &row);
}

/*
 * Operations in progress, from the slots themselves. Their tasks go on meanwhile: a frame that is
 * seen half written is told by its bounds and left out.
 */
static int in_flight_read(struct reading *r)
{
	__u64 now = r->p->stop_ns ?: clock_ns(CLOCK_MONOTONIC);
	int err = 0;

	pins__look(r->p, now);
	for (unsigned int i = 0; i < r->p->slots_cnt && !err; i++) {
		const volatile struct task_slot *slot = &r->p->slots[i];
		unsigned int depth = slot->owner ? slot->depth : 0;

		/* What they work on, and who is in their way. */
		if (depth && probe__look_at_slot(r->p->skel->progs.slot_look, i))
			return -errno;
		for (unsigned int j = 0; j < depth && j < FRAMES_MAX && !err; j++) {
			const volatile struct frame *frame = &slot->frames[j];
			__u64 start_ns = frame->start_ns;
			__u32 op = frame->op;

			if (op >= OP_NR || start_ns > now ||
			    frame->flags & (FRAME_MUTED | FRAME_TENTATIVE) ||
			    is_past_wait(r, slot, frame))
				continue;
			err = in_flight_add(r, slot, depth, j, op, now - start_ns);
		}
	}
	return err;
}

/* ---- hits that are not in the tables yet: struct run ---- */

static __u64 run_fill_hist(const struct run *run, struct op_figures *figures, struct cell *cell)
{
	__u64 cnt = 0;

	for (unsigned int i = 0; i < RUN_BUCKETS; i++) {
		figures->hist[RUN_FIRST_FINE + i] = run->hist[i];
		cell->hist[coarse_of_fine(RUN_FIRST_FINE + i)] += run->hist[i];
		cnt += run->hist[i];
	}
	return cnt;
}

/*
 * A run whose inode or task has no row in a full table: its hits will go to the rest, so there they
 * are now.
 */
static void inode_row_find(struct reading *r, struct inode_cell_key *key)
{
	int fd = bpf_map__fd(r->p->skel->maps.inode_cells);
	struct cell cell;

	if (!r->p->skel->bss->counters[COUNTER_INODES_FULL] || !bpf_map_lookup_elem(fd, key, &cell))
		return;
	key->inode.nodeid = INODE_REST_NODEID;
	key->inode.generation = 0;
	if (bpf_map_lookup_elem(fd, key, &cell))
		key->inode.dev = 0;
}

static void task_row_find(struct reading *r, struct task_cell_key *key)
{
	struct cell cell;

	if (!r->p->skel->bss->counters[COUNTER_TASKS_FULL] ||
	    !bpf_map_lookup_elem(bpf_map__fd(r->p->skel->maps.task_cells), key, &cell))
		return;
	key->task = (struct task_key){ .tgid = TASK_REST_PID, .pid = TASK_REST_PID };
}

static int run_add(struct reading *r, const struct run *run, const struct task_key *whose)
{
	struct inode_cell_key inode = { .inode = run->key, .op = run->op };
	struct task_cell_key task = { .task = *whose, .op = run->op };
	struct op_figures figures = { .total_ns = run->total_ns, .max_ns = run->max_ns };
	struct cell cell = { .total_ns = run->total_ns, .max_ns = run->max_ns };
	int err;

	figures.units = cell.units = run->units;
	figures.outcome[OUTCOME_DONE] = run_fill_hist(run, &figures, &cell);
	cell.outcome[OUTCOME_DONE] = figures.outcome[OUTCOME_DONE];
	inode_row_find(r, &inode);
	task_row_find(r, &task);
	err = summary__add_op(r->s, run->op, &figures);
	if (!err)
		err = summary__add_inode_cell(r->s, &inode, &cell);
	if (!err)
		err = summary__add_task_cell(r->s, &task, &cell);
	return err;
}

/* Their tasks go on, and add hits; but while runs are held nothing leaves one. */
static int runs_read(struct reading *r)
{
	int err = 0;

	for (unsigned int i = 0; i < r->p->slots_cnt && !err; i++) {
		const struct task_slot *slot = &r->p->slots[i];

		for (int j = 0; *(volatile __u64 *)&slot->owner && j < RUNS_PER_TASK && !err; j++) {
			struct run run = slot->runs[j];

			if (run.max_ns)
				err = run_add(r, &run, &slot->task);
			for (int k = 0; k < RUN_BUCKETS; k++)
				r->p->has_full_run |= run.hist[k] >> 30;
		}
	}
	return err;
}

/* The same of each CPU: at DETAIL_COUNTS. */
static int count_run_add(struct reading *r, const struct count_run *run)
{
	struct inode_cell_key key = { .inode = run->key, .op = run->op };
	struct op_figures figures = { .units = run->units };
	struct cell cell = { .units = run->units };
	int err;

	figures.outcome[OUTCOME_DONE] = run->cnt;
	cell.outcome[OUTCOME_DONE] = run->cnt;
	inode_row_find(r, &key);
	err = summary__add_op(r->s, key.op, &figures);
	return err ?: summary__add_inode_cell(r->s, &key, &cell);
}

static int count_runs_read(struct reading *r)
{
	const struct count_cpu *cpus = &r->p->skel->bss->count_cpus[0][0];
	int err = 0;

	for (int i = 0; i < COUNT_NR * COUNT_CPUS * RUNS_PER_CPU && !err; i++) {
		const volatile struct count_run *at =
			&cpus[i / RUNS_PER_CPU].runs[i % RUNS_PER_CPU];
		struct count_run run = *at;

		if (run.cnt)
			err = count_run_add(r, &run);
	}
	return err;
}

static __u64 map_memory_bytes(int fd)
{
	char path[64], line[128];
	unsigned long long bytes = 0;
	FILE *f;

	snprintf(path, sizeof(path), "fdinfo/%d", fd);
	f = own_proc__open(path);
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	fclose(f);
	return bytes;
}

/* Sum over all programs: each is a hook that did not run because it ran already on that CPU. */
static __u64 recursion_misses(const struct probe *p)
{
	struct bpf_program *program;
	__u64 misses = 0;

	bpf_object__for_each_program(program, p->skel->obj)
	{
		struct bpf_prog_info info = {};
		__u32 bytes = sizeof(info);
		int fd = bpf_program__fd(program);

		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &bytes))
			misses += info.recursion_misses;
	}
	return misses;
}

__u64 probe__cpu_ns(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage))
		return 0;
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ULL +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ULL;
}

static void trust_read(struct reading *r)
{
	struct probe *p = r->p;
	struct trust trust = {
		.recursion_misses = recursion_misses(p),
		.events_lost = p->names_failed,
		.own_cpu_ns = probe__cpu_ns() - p->cpu_base_ns,
	};
	struct bpf_map *map;

	if (p->kprobes.count)
		p->kprobes_err = kprobe_events__misses(&p->kprobes, &trust.kprobe_misses);
	for (int i = 0; i < COUNTER_NR; i++)
		trust.counters[i] = p->skel->bss->counters[i];
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		trust.hooks_attached += p->hooks[i].status == HOOK_ATTACHED;
		trust.hooks_total += p->hooks[i].status != HOOK_UNUSED;
	}
	bpf_object__for_each_map(map, p->skel->obj) trust.memory_bytes +=
		map_memory_bytes(bpf_map__fd(map));
	summary__set_trust(r->s, &trust);
}

/* The host's part: of all CPUs, and by operation. */
static int host_read(struct reading *r)
{
	const char *why_no_steal = host__why_no_steal(), *why_no_page_ins = host__why_no_page_ins();
	int fd = bpf_map__fd(r->p->skel->maps.page_in_tables), err = 0;
	struct host_time host = {};

	if (!why_no_steal && host__steal_ns(&host.steal_ns))
		why_no_steal = "/proc/stat cannot be read";
	host.steal_ns -= why_no_steal ? 0 : r->p->steal_base_ns;
	for (__u32 op = 0; op < OP_NR && !err; op++)
		if (bpf_map_lookup_elem(fd, &op, &host.page_ins[op]))
			err = -errno;
	summary__set_host(r->s, &host);
	if (!err && why_no_steal)
		err = summary__add_unmeasured(r->s, "host.steal_ns", why_no_steal);
	if (!err && why_no_page_ins)
		err = summary__add_unmeasured(r->s, "host.page_ins", why_no_page_ins);
	return err;
}

static const char *hook_reason(const struct hook_state *state, char *buf, size_t bytes)
{
	const struct hook_cause_desc *cause = &hook_causes[state->cause];

	snprintf(buf, bytes, "%s: %s%s%s", state->name, cause->text, state->err ? ": " : "",
		 state->err ? strerror(-state->err) : "");
	return buf;
}

static int unmeasured_add(struct reading *r, struct figure_set set, const char *reason)
{
	return summary__add_unmeasured_set(r->s, &set, reason);
}

/* What the level of detail leaves out. */
static int unhooked_read(struct reading *r)
{
	const struct probe *p = r->p;
	int err = 0;

	for (int op = 0; op < OP_NR && !err; op++) {
		const char *reason = op_unmeasured_reason(p->detail, op);

		if (reason)
			err = unmeasured_add(r, (struct figure_set){ .ops = 1U << op }, reason);
	}
	if (!err && p->code_missing)
		err = unmeasured_add(r, (struct figure_set){ .ops = p->code_missing },
				     "its function is not in /proc/kallsyms, to tell it by");
	if (!err && p->detail != DETAIL_FULL)
		err = summary__add_unmeasured(r->s, "in_flight.hits",
					      "below --detail full only what waits is in flight");
	if (!err && p->detail != DETAIL_FULL && p->has_path_filter)
		err = unmeasured_add(r, (struct figure_set){ .waits = 1U << WAIT_FREE_RANGE },
				     "below --detail full its inode is known too late for --path");
	return err;
}

/* Whether what becomes of windows is told, range by range: bpf/window.bpf.h, by fentry alone. */
static bool tells_windows(const struct probe *p)
{
	const __u32 ops = 1U << OP_SETUP | 1U << OP_REMOVAL | 1U << OP_EVICT;

	for (unsigned int i = 0; i < hook_table_cnt; i++)
		if (p->hooks[i].hook->ops & ops &&
		    (p->hooks[i].status != HOOK_ATTACHED || p->hooks[i].how != HOW_FENTRY))
			return false;
	return p->detail == DETAIL_FULL && p->has_fuse_types;
}

/* What this kernel does not tell, whatever is hooked. */
static int untold_read(struct reading *r)
{
	static const char *const no_opcodes =
		"this kernel does not describe fuse's types: what a request is for is not known";
	const struct {
		bool is_told;
		const char *figure;
		const char *reason;
	} rows[] = {
		{ r->p->has_recursion_misses, "trust.recursion_misses",
		  "this kernel does not count them (it came with 5.12)" },
		{ !r->p->kprobes_err, "trust.kprobe_misses",
		  r->p->kprobes_err == -ENOENT
			  ? "tracefs is not mounted: mount -t tracefs tracefs /sys/kernel/tracing"
			  : "tracefs' kprobe_events or kprobe_profile cannot be opened: run it as "
			    "root" },
		{ r->p->has_fuse_types, "inode.nodeid",
		  "this kernel does not describe fuse's types: the inode number stands for it" },
		{ r->p->has_fuse_types, "mounts.held_by",
		  "this kernel does not describe fuse's types" },
		{ tells_windows(r->p), "mounts.advice",
		  r->p->detail == DETAIL_FULL
			  ? "this kernel does not describe fuse's types and functions to programs"
			  : "only --detail full follows single ranges" },
		{ r->p->has_fuse_types, "op.around.read", no_opcodes },
		{ r->p->has_fuse_types, "op.around.write", no_opcodes },
		{ r->p->has_fuse_types, "op.around.extend", no_opcodes },
		{ r->p->has_fuse_types, "self_requests",
		  "this kernel does not describe virtiofs' types" },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !err; i++)
		if (!rows[i].is_told)
			err = summary__add_unmeasured(r->s, rows[i].figure, rows[i].reason);
	return err;
}

static int unmeasured_read(struct reading *r)
{
	int err = unhooked_read(r) ?: untold_read(r);
	struct figure_set set;
	char reason[160];

	for (unsigned int i = 0; i < hook_table_cnt && !err; i++) {
		const struct hook_state *state = &r->p->hooks[i];

		if (state->status == HOOK_ATTACHED || state->status == HOOK_UNUSED)
			continue;
		hook_reason(state, reason, sizeof(reason));
		set = (struct figure_set){ state->hook->ops, state->hook->waits,
					   state->hook->phases };
		err = unmeasured_add(r, set, reason);
		if (!err && state->hook->figure)
			err = summary__add_unmeasured(r->s, state->hook->figure, reason);
	}
	return err;
}

/* Runs the iterator over this process' own files, among them the root of each mount. */
static void mounts_open(struct probe *p, const struct mount_list *mounts)
{
	int fds[mounts->cnt + 1], iter;
	char buf[64];

	if (!p->skel->links.mount_look)
		return;
	for (size_t i = 0; i < mounts->cnt; i++)
		fds[i] = open(mounts->entries[i].mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);
	iter = bpf_iter_create(bpf_link__fd(p->skel->links.mount_look));
	if (iter >= 0) {
		while (read(iter, buf, sizeof(buf)) > 0)
			;
		close(iter);
	}
	for (size_t i = 0; i < mounts->cnt; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Opens them only until the first is known, which leads to the others: see bpf/mount.bpf.c. */
void probe__mounts_look(struct probe *p, const struct mount_list *mounts)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (!p->skel->bss->virtiofs_type)
		mounts_open(p, mounts);
	if (p->skel->bss->virtiofs_type)
		bpf_prog_test_run_opts(bpf_program__fd(p->skel->progs.mounts_walk), &opts);
}

static int tables_read(struct reading *r)
{
	const struct probe *p = r->p;
	const struct {
		struct bpf_map *map;
		entry_fn *fn;
		bool is_state; /* not told by events */
	} tables[] = {
		{ p->skel->maps.op_tables, on_op, false },
		{ p->skel->maps.wait_tables, on_wait, false },
		{ p->skel->maps.phase_tables, on_phase, true },
		{ p->skel->maps.inode_cells, on_inode_cell, false },
		{ p->skel->maps.task_cells, on_task_cell, false },
		{ p->skel->maps.task_names, on_task_name, true },
		{ p->skel->maps.errnos, on_errno, false },
		{ p->skel->maps.edges, on_edge, false },
		{ p->skel->maps.window_shares, on_window_share, true },
		{ p->skel->maps.mounts, on_mount, true },
	};
	int err = 0;

	for (unsigned int i = 0; i < sizeof(tables) / sizeof(tables[0]) && !err; i++)
		if (!r->is_state || tables[i].is_state)
			err = map_walk(r, tables[i].map, tables[i].fn);
	return err;
}

/* Each hit is either in a run or in the tables, as long as runs are held. */
static int figures_read(struct reading *r)
{
	int err;

	if (r->is_state)
		return tables_read(r);
	probe__hold_runs(r->p, true);
	err = runs_read(r);
	if (!err)
		err = count_runs_read(r);
	if (!err)
		err = tables_read(r);
	probe__hold_runs(r->p, false);
	return err;
}

static int read_all(struct reading *r)
{
	struct probe *p = r->p;
	struct summary *s = r->s;
	int err;

	summary__set_detail(s, p->detail);
	summary__set_page_bytes(s, sysconf(_SC_PAGESIZE));
	summary__set_phases(s, p->has_phases);
	err = in_flight_read(r); /* first: it goes on changing after the end of tracing */
	if (!err && r->names)
		err = probe__take_events(p, r->names); /* what that has named */
	probe__mounts_look(p, r->mounts);
	if (!err)
		err = self_requests_read(r);
	if (!err)
		err = figures_read(r);
	if (!err)
		err = mounts_unseen_read(r);
	if (!err)
		err = mounts_remember(r);
	if (!err)
		err = mounts_gone_read(r);
	if (!err)
		err = host_read(r);
	if (!err)
		err = pins__read(p, s);
	if (!err)
		err = repeats__read(p, s);
	if (!err)
		trust_read(r);
	if (!err)
		err = unmeasured_read(r); /* last: what could not be read is told */
	return err;
}

int probe__read(struct probe *p, const struct mount_list *mounts, struct summary *s,
		struct names *names)
{
	return read_all(&(struct reading){ .p = p, .s = s, .names = names, .mounts = mounts });
}

int probe__read_state(struct probe *p, const struct mount_list *mounts, struct summary *s,
		      struct names *names)
{
	return read_all(&(struct reading){
		.p = p, .s = s, .names = names, .mounts = mounts, .is_state = true });
}
