// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: a stack that went from an interrupt's to that of the task is one list, so what the
 * task happened to do stands behind the functions of the interrupt.
 */
#include "kstack.h"

#include <string.h>

/* Names end where the table's do, or go on as one likes where those end in '*'. */
static bool is_named(const char *name, const char *pattern)
{
	size_t len = strlen(pattern);

	if (pattern[len - 1] == '*')
		return !strncmp(name, pattern, len - 1);
	return !strncmp(name, pattern, len) && (!name[len] || name[len] == '.');
}

static bool is_one_of(const char *name, const char *const *patterns)
{
	for (; name && *patterns; patterns++)
		if (is_named(name, *patterns))
			return true;
	return false;
}

/*
 * From the last reference to the sleeper: kernel/sched/wait.c and wait_bit.c, and the tracer
 * itself.
 */
static const char *const waking[] = {
	"bpf_trampoline_*",
	"bpf_prog_*",
	"bpf_get_stackid*",
	"kprobe_*",
	"ftrace_*",
	"optimized_callback",
	"var_wake_function",
	"__wake_up_common",
	"__wake_up_common_lock",
	"__wake_up",
	"__wake_up_bit",
	"wake_up_var",
	"arch_rethook_*",
	"trace_call_bpf",
	"perf_trace_*",
	NULL,
};

/* By which an interrupt begins, or what is left of one and is done by a thread. */
static const char *const interrupts[] = {
	/* both */
	"__do_softirq",
	"handle_softirqs",
	"run_ksoftirqd",
	"irq_thread",
	"irq_thread_fn",
	"irq_forced_thread_fn",
	"__handle_irq_event_percpu",
	"handle_irq_event",
	/* x86 */
	"common_interrupt",
	"asm_common_interrupt",
	"__common_interrupt",
	"sysvec_*",
	"asm_sysvec_*",
	"__sysvec_*",
	"asm_call_*irq*",
	"irq_exit_rcu",
	"__irq_exit_rcu",
	"exc_nmi",
	"asm_exc_nmi",
	/* arm64 */
	"gic_handle_irq",
	"el1h_64_irq",
	"el0t_64_irq",
	"el1_irq",
	"el0_irq",
	"el1_interrupt",
	"el0_interrupt",
	"call_on_irq_stack",
	"do_interrupt_handler",
	"el1h_64_irq_handler",
	"el0t_64_irq_handler",
	"__el1_irq",
	"__el0_irq_handler_common",
	NULL,
};

/* What wakes is told by the last of its functions: between them may be some without a name. */
static size_t first_of_work(const char *const *names, size_t cnt)
{
	size_t first = 0;

	for (size_t i = 0; i < cnt && (!names[i] || is_one_of(names[i], waking)); i++)
		if (names[i])
			first = i + 1;
	return first;
}

struct kstack kstack__read(const char *const *names, size_t cnt)
{
	struct kstack stack = { .first = first_of_work(names, cnt) };
	size_t end = cnt;

	/* The innermost stretch of an interrupt's functions: what it came upon may be one, too. */
	for (size_t i = stack.first; i < cnt; i++) {
		bool is_of_interrupt = is_one_of(names[i], interrupts);

		if (is_of_interrupt)
			end = i + 1;
		stack.in_interrupt |= is_of_interrupt;
	}
	stack.cnt = end - stack.first;
	return stack;
}
