// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Who released a busy page: what a stack tells of that, sums and intervals, and how both views show
 * it.
 */
#include <errno.h>

#include <jansson.h>

#include "../../src/kstack.h"
#include "../../src/releases.h"
#include "../../src/view_json.h"
#include "../../src/view_text.h"
#include "check.h"
#include "golden.h"
#include "sample.h"

struct stack_case {
	const char *names[10];
	size_t first, cnt;
	bool in_interrupt;
};

static const struct stack_case stack_cases[] = {
	{ {}, 0, 0, false },
	{ { "bpf_trampoline_6442", "var_wake_function", "__wake_up_common", "__wake_up",
	    "free_zone_device_folio", "pipe_read", "ksys_read" },
	  4,
	  3,
	  false },
	/* what a compiler adds, and code without a name in front */
	{ { NULL, "var_wake_function.isra.0", NULL, "__wake_up_common_lock", "pipe_read" },
	  4,
	  1,
	  false },
	/* a name that only begins like one that wakes */
	{ { "var_wake_function", "__wake_up_commoner" }, 1, 1, false },
	/* x86: a timer's interrupt upon a task that reads */
	{ { "var_wake_function", "__wake_up", "put_page", "bio_endio", "handle_softirqs",
	    "irq_exit_rcu", "sysvec_apic_timer_interrupt", "asm_sysvec_apic_timer_interrupt",
	    "pipe_read", "ksys_read" },
	  2,
	  6,
	  true },
	{ { "put_page", "__do_softirq", "run_ksoftirqd", "smpboot_thread_fn", "kthread" },
	  0,
	  3,
	  true },
	/* arm64 */
	{ { "put_page", "bio_endio", "gic_handle_irq", "do_interrupt_handler", "el1_interrupt",
	    "el1h_64_irq_handler", "el1h_64_irq", "cpuidle_enter", "do_idle" },
	  0,
	  7,
	  true },
	{ { "put_page", "pipe_read", "el0_svc", "el0t_64_sync_handler", "el0t_64_sync" },
	  0,
	  5,
	  false },
	/* PREEMPT_RT */
	{ { "put_page", "bio_endio", "irq_forced_thread_fn", "irq_thread", "kthread" },
	  0,
	  4,
	  true },
	{ { NULL, NULL }, 0, 2, false },
};

static void stacks(void)
{
	for (size_t i = 0; i < sizeof(stack_cases) / sizeof(stack_cases[0]); i++) {
		const struct stack_case *c = &stack_cases[i];
		struct kstack stack;
		size_t cnt = 0;

		for (size_t j = 0; j < 10; j++)
			if (c->names[j])
				cnt = j + 1;
		if (i == sizeof(stack_cases) / sizeof(stack_cases[0]) - 1)
			cnt = 2;
		stack = kstack__read(c->names, cnt);
		CHECK_U64(stack.first, c->first);
		CHECK_U64(stack.cnt, c->cnt);
		CHECK_U64(stack.in_interrupt, c->in_interrupt);
	}
}

#define PIPE_STACK                                                                         \
	"free_zone_device_folio page_cache_pipe_buf_release pipe_read vfs_read ksys_read " \
	"do_syscall_64"

static struct page_release by_task(__u64 cnt, __u64 total_ns, __u64 max_ns)
{
	struct page_release r = {
		.inode = { .nodeid = 5, .dev = SAMPLE_DEV, .generation = 1 },
		.task = { .tgid = 4800, .pid = 4803, .start_ms = 7 },
		.op = OP_TRUNCATE,
		.who = RELEASER_TASK,
		.comm = "drain\033",
		.stack = PIPE_STACK,
		.cnt = cnt,
		.total_ns = total_ns,
		.max_ns = max_ns,
		.offset_first = 4096,
		.offset_last = 3ULL << 21,
	};

	return r;
}

static struct page_release by_interrupt(void)
{
	struct page_release r = by_task(1, 30 * MS, 30 * MS);

	memset(&r.task, 0, sizeof(r.task));
	r.who = RELEASER_INTERRUPT;
	r.op = OP_RECLAIM_RANGE;
	r.stack = "bio_endio handle_softirqs asm_sysvec_apic_timer_interrupt";
	r.offset_last = r.offset_first;
	return r;
}

static struct page_release by_nobody(void)
{
	struct page_release r = by_interrupt();

	r.who = RELEASER_UNKNOWN;
	r.stack = "";
	r.total_ns = r.max_ns = 20000;
	return r;
}

static void sums(void)
{
	struct page_release a = by_task(2, 800 * MS, 500 * MS), b = by_interrupt();
	struct summary *s = summary__new();
	const struct page_release *first;

	CHECK(!summary__add_release(s, &b));
	CHECK(!summary__add_release(s, &a));
	a.max_ns = 600 * MS;
	a.offset_last = 0;
	CHECK(!summary__add_release(s, &a));
	a.task.pid++;
	a.total_ns = 1;
	CHECK(!summary__add_release(s, &a));
	a.op = OP_NR;
	CHECK(summary__add_release(s, &a) == -EINVAL);
	CHECK_U64(summary__release_cnt(s), 3);
	first = summary__release(s, 0);
	CHECK_U64(first->cnt, 4);
	CHECK_U64(first->total_ns, 1600 * MS);
	CHECK_U64(first->max_ns, 600 * MS);
	CHECK_U64(first->offset_first, 4096);
	CHECK_U64(first->offset_last, 0);
	CHECK_U64(summary__release(s, 1)->who, RELEASER_INTERRUPT);
	CHECK_U64(summary__release(s, 2)->task.pid, 4804);
	summary__free(s);
}

static void intervals(void)
{
	struct page_release a = by_task(2, 800 * MS, 500 * MS), more = by_task(1, 10 * MS, 10 * MS);
	struct page_release b = by_interrupt();
	struct summary *prev = summary__new(), *cur = summary__new(), *d;
	const __u64 before[SCAN_NR] = { 3, 1, 0 }, now[SCAN_NR] = { 5, 1, 2 };

	summary__add_release(prev, &a);
	summary__add_release(prev, &b);
	summary__set_scans(prev, before);
	summary__add_release(cur, &a);
	summary__add_release(cur, &more);
	summary__add_release(cur, &b);
	summary__set_scans(cur, now);
	d = summary__delta(cur, prev);
	CHECK_U64(summary__release_cnt(d), 1);
	CHECK_U64(summary__release(d, 0)->cnt, 1);
	CHECK_U64(summary__release(d, 0)->total_ns, 10 * MS);
	CHECK_U64(summary__release(d, 0)->max_ns, 10 * MS); /* no longer than all of them */
	CHECK_U64(summary__scans(d)[SCAN_WHOLE], 2);
	CHECK_U64(summary__scans(d)[SCAN_FIRST], 0);
	CHECK_U64(summary__scans(d)[SCAN_UNMAPPED], 2);
	summary__free(d);
	d = summary__delta(cur, NULL);
	CHECK_U64(summary__release_cnt(d), 2);
	CHECK_U64(summary__release(d, 0)->cnt, 3);
	CHECK_U64(summary__scans(d)[SCAN_WHOLE], 5);
	summary__free(d);
	summary__free(prev);
	summary__free(cur);
}

/*
 * Truncates: whose page is in a pipe, in that of too many, was not looked for yet, and those that
 * are over.
 */
static struct summary *pins_new(struct names **n)
{
	struct page_holder reader = {
		.tgid = 4800, .pid = 4800, .fd = 3, .is_reader = 1, .comm = "pin"
	};
	struct in_flight_row row = {
		.op = OP_TRUNCATE,
		.age_ns = 3 * SEC,
		.wait = WAIT_BUSY_PAGE,
		.wait_ns = 3 * SEC,
		.task = { .pid = 4711, .tgid = 4711 },
		.inode = { .nodeid = 5, .dev = SAMPLE_DEV, .generation = 1 },
		.comm = "trunc",
		.is_outermost = true,
		.is_innermost = true,
		.page = { .offset = 8192, .refs_cnt = 2, .is_searched = true, .holder_cnt = 1 },
	};
	struct page_release a = by_task(2, 800 * MS, 500 * MS), b = by_interrupt(), c = by_nobody();
	const __u64 scans[SCAN_NR] = { 5, 1, 2 };
	struct summary *s = summary__new();

	*n = names__new();
	sample_add_path(*n, 5, 0, "libLLVM.so.19\0x86_64-linux-gnu\0lib\0usr", 38);
	summary__set_span(s, 5 * SEC, 6 * SEC);
	sample_add_mounts(s);
	row.page.holders[0] = reader;
	summary__add_in_flight_row(s, &row);
	row.age_ns = row.wait_ns = 2 * SEC;
	row.page.holder_cnt = 0;
	row.page.is_searched = false;
	summary__add_in_flight_row(s, &row);
	row.page.is_searched = row.page.is_cut = true;
	row.page.holder_cnt = 1;
	row.age_ns = row.wait_ns = 1 * SEC;
	summary__add_in_flight_row(s, &row);
	summary__add_release(s, &a);
	summary__add_release(s, &b);
	summary__add_release(s, &c);
	summary__set_scans(s, scans);
	return s;
}

static void lines_fit(const char *text)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		CHECK(strcspn(text, "\n") <= 80);
}

/* Of the JSON what is ours: the rest has tests of its own. Frees @json. */
static char *ours_of(char *json)
{
	static const char *const keys[] = { "in_flight", "releases", "busy_page_scans" };
	json_t *root = json_loads(json, 0, NULL), *ours = json_object();
	char *res;

	CHECK(root != NULL);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_set(ours, keys[i], json_object_get(root, keys[i]));
	res = json_dumps(ours, JSON_INDENT(1));
	json_decref(ours);
	json_decref(root);
	free(json);
	return res;
}

static void views(void)
{
	struct view_opts opts = {
		.host = "guest", .kernel = "6.12", .tool_version = "0", .seq = 1
	};
	char *text = NULL, *json = NULL;
	size_t text_bytes, json_bytes;
	struct names *n;
	struct summary *s = pins_new(&n);
	FILE *f = open_memstream(&text, &text_bytes);

	CHECK(!view_text__print(f, s, n, &opts));
	fclose(f);
	lines_fit(text);
	golden("golden/pins.txt", text);
	f = open_memstream(&json, &json_bytes);
	CHECK(!view_json__print(f, s, n, &opts));
	fclose(f);
	golden("golden/pins.json", ours_of(json));
	summary__free(s);
	names__free(n);
}

int main(void)
{
	stacks();
	sums();
	intervals();
	views();
	return check_result();
}
