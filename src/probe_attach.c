// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Attaching what the plan came to on this kernel, and the end of tracing.
 */
#include "probe_internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "host.h"

/* Over this process alone where the kernel can (since 6.1), else over all and the program picks. */
static struct bpf_link *iterator_attach(const struct bpf_program *program, bool is_over_all)
{
	union bpf_iter_link_info info = { .task.pid = getpid() };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_link *link = is_over_all ? NULL : bpf_program__attach_iter(program, &opts);

	return link ?: bpf_program__attach_iter(program, NULL);
}

/* NULL with errno. */
static struct bpf_link *kprobe_attach(struct probe *p, const struct bpf_program *program,
				      const char *function)
{
	bool is_return = !strcmp(bpf_program__section_name(program), "kretprobe");
	struct bpf_link *link;
	int fd = -ENOENT;

	if (p->kprobes.fd >= 0)
		fd = kprobe_events__add(&p->kprobes, bpf_program__name(program), function,
					is_return);
	if (p->kprobes.fd < 0) /* no tracefs: as many instances as the kernel sees fit */
		return bpf_program__attach_kprobe(program, is_return, function);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	link = bpf_program__attach_perf_event(program, fd);
	if (!link)
		close(fd);
	return link;
}

static struct bpf_link *link_new(struct probe *p, const struct hook_state *state,
				 const struct bpf_program *program)
{
	switch (state->how) {
	case HOW_ITERATOR:
		return iterator_attach(program, state->hook->is_over_all);
	case HOW_KPROBE:
		return kprobe_attach(p, program, state->name);
	default:
		return bpf_program__attach(program);
	}
}

static enum hook_cause cause_of(enum hook_how how)
{
	switch (how) {
	case HOW_FENTRY:
		return CAUSE_FENTRY;
	case HOW_KPROBE:
		return CAUSE_KPROBE;
	default:
		return CAUSE_REFUSED;
	}
}

static void hook_fail(struct hook_state *state, int err)
{
	state->err = err;
	state->status = HOOK_FAILED;
	state->cause = cause_of(state->how);
}

/* Attaches one program of a row; its link belongs to the skeleton. */
static void program_attach(struct probe *p, struct hook_state *state, bool is_end)
{
	struct bpf_program *program = probe__program(p, state, is_end);
	struct bpf_prog_skeleton *progs = p->skel->skeleton->progs;

	if (!program && (is_end ? state->hook->end : state->hook->begin))
		hook_fail(state, -ENOENT);
	for (int i = 0; program && i < p->skel->skeleton->prog_cnt; i++) {
		if (*progs[i].prog != program)
			continue;
		*progs[i].link = link_new(p, state, program);
		if (!*progs[i].link)
			hook_fail(state, -errno);
		return;
	}
}

static void hooks_attach(struct probe *p, bool is_end)
{
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		struct hook_state *state = &p->hooks[i];

		if (state->status != HOOK_UNTRIED && state->status != HOOK_ATTACHED)
			continue;
		state->status = HOOK_ATTACHED;
		program_attach(p, state, is_end);
	}
}

static bool needs_kprobes(const struct probe *p)
{
	for (unsigned int i = 0; i < hook_table_cnt; i++)
		if (p->hooks[i].how == HOW_KPROBE && p->hooks[i].status == HOOK_UNTRIED)
			return true;
	return false;
}

/* The first required row that is not hooked, or NULL. */
static const struct hook_state *first_lost(const struct probe *p)
{
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		const struct hook_state *state = &p->hooks[i];

		if (state->hook->need == HOOK_REQUIRED && state->status != HOOK_ATTACHED &&
		    state->status != HOOK_UNUSED)
			return state;
	}
	return NULL;
}

int probe__start(struct probe *p, const struct mount_list *mounts, struct failure *failure)
{
	const struct hook_state *lost;

	if (needs_kprobes(p))
		p->kprobes_err = kprobe_events__open(&p->kprobes);
	hooks_attach(p, true);
	hooks_attach(p, false);
	lost = first_lost(p);
	if (lost) {
		const struct hook_cause_desc *cause = &hook_causes[lost->cause];

		return failure__set(failure, lost->err ?: -ENOENT, EXIT_CANNOT_RUN,
				    "cannot hook %s (%s): %s%s%s%s%s; see virtiofs-daxtop doctor",
				    lost->name, lost->hook->source, cause->text,
				    lost->err ? ": " : "", lost->err ? strerror(-lost->err) : "",
				    cause->option ? "; it needs " : "", cause->option ?: "");
	}
	if (mounts)
		probe__mounts_look(p, mounts);
	p->cpu_base_ns = probe__cpu_ns();
	host__steal_ns(&p->steal_base_ns); /* what cannot be read is told when it is read */
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
	p->stop_ns = clock_ns(CLOCK_MONOTONIC);
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
