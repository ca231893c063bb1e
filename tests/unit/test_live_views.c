// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The views of locks, of what is in flight, of windows, times and single operations: their screens
 * against golden files, and that none of them needs more room or figures than there are.
 */
#include "golden.h"
#include "live.h"

/* What the kernel says of those that are in flight, and what holds the page. */
static void add_now(struct summary *s)
{
	static const struct task_key trunc = { .pid = 4711, .tgid = 4711 };
	struct in_flight_task now = { .state = 'S',
				      .has_cpu = true,
				      .cpu_ns = 1200,
				      .fn_cnt = 9,
				      .fns = { "fuse_wait_dax_page", "fuse_dax_break_layouts",
					       "fuse_do_setattr", "fuse_setattr", "notify_change",
					       "do_truncate", "do_sys_ftruncate", NULL,
					       "entry_SYSCALL_64_after_hwframe" } };

	summary__set_in_flight_task(s, &trunc, &now);
}

static void add_advice(struct summary *s)
{
	struct window_advice advice = {
		.figures = { .window_ranges = 256,
			     .window_memory_bytes = 8 << 20,
			     .working_set_ranges = 1990,
			     .was_short = 1,
			     .span_ns = 100 * SEC,
			     .setups = 50000,
			     .repeats = 48000,
			     .repeat_permille = 960,
			     .cost_ns = 30 * SEC,
			     .repeat_ns = 29 * SEC,
			     .best_ranges = 2000,
			     .best_power_ranges = 2048,
			     .best_memory_bytes = 63 << 20,
			     .best_saved_permille = 990,
			     .best_saved_ns = 28 * SEC,
			     .control_permille = 990,
			     .overlap_permille = 950,
			     .sample_one_of = 1 },
		.forecasts_cnt = 6,
		.forecasts = { { .window_ranges = 256, .memory_bytes = 8 << 20 },
			       { .window_ranges = 320,
				 .saved_setups = 100,
				 .memory_bytes = 10 << 20 },
			       { .window_ranges = 512,
				 .saved_setups = 4000,
				 .memory_bytes = 16 << 20 },
			       { .window_ranges = 1024,
				 .saved_setups = 15000,
				 .memory_bytes = 32 << 20 },
			       { .window_ranges = 2000,
				 .saved_setups = 47500,
				 .memory_bytes = 63 << 20 },
			       { .window_ranges = 2048,
				 .saved_setups = 48000,
				 .memory_bytes = 64 << 20 } },
	};

	summary__set_advice(s, SAMPLE_DEV, &advice);
}

static const struct live_event events[] = {
	{ .end_ns = 5900 * MS,
	  .dur_ns = 804 * MS,
	  .op = OP_TRUNCATE,
	  .task = { .pid = 4712, .tgid = 4712 },
	  .inode = { .nodeid = 6, .dev = SAMPLE_DEV, .generation = 1 },
	  .wait_ns = { [WAIT_BUSY_PAGE] = 800 * MS, [WAIT_INODE_LOCK_WRITE] = 2 * MS },
	  .retries = 4,
	  .outcome = OUTCOME_INTERRUPTED,
	  .err = 512 },
	{ .end_ns = 5500 * MS,
	  .dur_ns = 12 * MS,
	  .op = OP_FAULT_READ_PTE,
	  .task = { .pid = 4711, .tgid = 4711, .start_ms = 7 },
	  .inode = SAMPLE_INODE5,
	  .wait_ns = { [WAIT_I_MMAP_SEM_READ] = 8 * MS, [WAIT_FREE_RANGE] = 3 * MS },
	  .has_blame = true,
	  .blame = { .inode = SAMPLE_INODE5,
		     .holder = SAMPLE_WORKER,
		     .wait = WAIT_I_MMAP_SEM_READ,
		     .op = OP_FAULT_READ_PTE,
		     .holder_sort = HOLDER_OP,
		     .holder_op = OP_RECLAIM_RANGE,
		     .holder_wait = WAIT_REQUEST_HOST,
		     .holder_wait_op = OP_REMOVAL,
		     .opcode = 49 } },
	{ .end_ns = 4500 * MS,
	  .dur_ns = 3 * MS,
	  .op = OP_FAULT_WRITE_PTE,
	  .task = { .pid = 4711, .tgid = 4711, .start_ms = 7 },
	  .inode = SAMPLE_INODE5,
	  .outcome = OUTCOME_SIGBUS },
};

struct guest {
	struct summary *s, *previous;
	struct names *names;
	struct live_data d;
	struct live_state st;
};

static void guest_init(struct guest *g)
{
	static const struct task_key worker = SAMPLE_WORKER;

	g->s = sample_new(&g->names);
	g->previous = summary__new();
	names__add_task(g->names, &worker, "kworker/0:1\0\0\0\0");
	add_now(g->s);
	add_advice(g->s);
	sample_add_op(g->previous, OP_FAULT_READ_PTE, 9000, 1000, WAIT_NONE, 0);
	sample_add_op(g->previous, OP_FAULT_READ_PTE, 3, 30 * MS, WAIT_NONE, 0);
	g->d = sample_live(g->s, g->names);
	g->d.previous = g->previous;
	g->d.events = events;
	g->d.events_cnt = sizeof(events) / sizeof(events[0]);
	g->d.events_why_not = NULL;
	live_state__init(&g->st);
}

static void guest_fini(struct guest *g)
{
	summary__free(g->s);
	summary__free(g->previous);
	names__free(g->names);
}

static const enum live_tab tabs[] = { TAB_LOCKS, TAB_IN_FLIGHT, TAB_WINDOW, TAB_HISTOGRAM,
				      TAB_EVENTS };
static const char *const tab_names[TAB_NR] = { [TAB_LOCKS] = "locks",
					       [TAB_IN_FLIGHT] = "in-flight",
					       [TAB_WINDOW] = "window",
					       [TAB_HISTOGRAM] = "histogram",
					       [TAB_EVENTS] = "events" };
#define TABS (sizeof(tabs) / sizeof(tabs[0]))

static void screens(void)
{
	static const struct {
		unsigned int rows, cols;
		bool is_ascii;
		const char *suffix;
	} sizes[] = { { 24, 80, false, "" },
		      { 24, 80, true, "-ascii" },
		      { 40, 120, false, "-large" },
		      { 50, 200, true, "-wide-ascii" } };
	struct guest g;

	guest_init(&g);
	for (size_t i = 0; i < TABS * sizeof(sizes) / sizeof(sizes[0]); i++) {
		enum live_tab tab = tabs[i % TABS];
		char path[64];

		live_state__init(&g.st);
		g.st.tab = tab;
		snprintf(path, sizeof(path), "golden/live/%s%s.txt", tab_names[tab],
			 sizes[i / TABS].suffix);
		golden(path, live_screen(&g.d, &g.st, sizes[i / TABS].rows, sizes[i / TABS].cols,
					 sizes[i / TABS].is_ascii));
	}
	guest_fini(&g);
}

/* The selected row is the one that is told of below. */
static void select_row(struct live_state *st, size_t row)
{
	st->lists[st->tab].selected = row;
	st->lists[st->tab].is_following = true;
	st->lists[st->tab].is_moved = true;
}

static void selected(void)
{
	struct guest g;
	char *text;

	guest_init(&g);
	g.st.tab = TAB_EVENTS;
	select_row(&g.st, 1);
	text = live_screen(&g.d, &g.st, 24, 80, true);
	CHECK(strstr(text, "longest for a lock: i_mmap_sem.read, held by reclaim.range of"));
	CHECK(strstr(text, "which itself waited for request.host (REMOVEMAPPING) meanwhile"));
	free(text);
	g.st.tab = TAB_IN_FLIGHT;
	select_row(&g.st, 4);
	text = live_screen(&g.d, &g.st, 24, 80, true);
	CHECK(strstr(text, " read of cat (4803/4803) for 10.0s "));
	CHECK(strstr(text,
		     "waits 10.0s for inode_lock.read, held by truncate of trunc? (4711/4711)"));
	free(text);
	guest_fini(&g);
}

/* Enter on an operation: its histogram, whatever is selected in the list. */
static void focused(void)
{
	struct guest g;
	char *text;

	guest_init(&g);
	g.st.tab = TAB_HISTOGRAM;
	g.st.focus_cnt = 1;
	g.st.focus[0] = (struct live_focus){ .kind = FOCUS_OP, .tab = TAB_OPS, .key.op = OP_SETUP };
	text = live_screen(&g.d, &g.st, 24, 80, true);
	CHECK(strstr(text, "\nsetup: 500 timed, "));
	free(text);
	g.st.focus[0].key.op = OP_UPGRADE; /* has no hook */
	text = live_screen(&g.d, &g.st, 24, 80, true);
	CHECK(strstr(text, "\nupgrade: times n/a"));
	free(text);
	guest_fini(&g);
}

/* What is not measured is n/a, and no zero. */
static void unmeasured(void)
{
	struct guest g;
	char *text;

	guest_init(&g);
	summary__add_unmeasured(g.s, "op.setup", "no hook");
	summary__add_unmeasured(g.s, "wait.i_mmap_sem.read", "no hook");
	g.d.events_cnt = 0;
	g.d.events_why_not = "they are not traced: start with --events";
	g.st.tab = TAB_WINDOW;
	text = live_screen(&g.d, &g.st, 40, 100, true);
	CHECK(strstr(text, "120  240MiB   47     n/a      n/a "));
	free(text);
	g.st.tab = TAB_LOCKS;
	text = live_screen(&g.d, &g.st, 40, 100, true);
	CHECK(strstr(text, "\ni_mmap_sem.read      n/a\n"));
	free(text);
	g.st.tab = TAB_EVENTS;
	text = live_screen(&g.d, &g.st, 40, 100, true);
	CHECK(strstr(text, "\nSingle operations n/a: they are not traced: start with --events\n"));
	free(text);
	g.st.tab = TAB_HISTOGRAM;
	text = live_screen(&g.d, &g.st, 60, 100, true);
	CHECK(strstr(text, "setup                 n/a     n/a "));
	free(text);
	guest_fini(&g);
}

/* Nothing at all, and every size: no row, column or figure is taken for granted. */
static void all_sizes(void)
{
	struct summary *none = summary__new();
	struct live_data d = sample_live(none, NULL);
	struct guest g;

	guest_init(&g);
	for (size_t i = 0; i < TABS; i++) {
		for (unsigned int n = 0; n < 26 * 30; n++) {
			unsigned int rows = 1 + n % 26, cols = 1 + n / 26 * 4;

			live_state__init(&g.st);
			g.st.tab = tabs[i];
			free(live_screen(&g.d, &g.st, rows, cols, n % 2));
			live_state__init(&g.st);
			g.st.tab = tabs[i];
			free(live_screen(&d, &g.st, rows, cols, n % 2));
		}
	}
	summary__free(none);
	guest_fini(&g);
}

int main(void)
{
	screens();
	selected();
	focused();
	unmeasured();
	all_sizes();
	return check_result();
}
