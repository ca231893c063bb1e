// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view against golden files, in a fixed time zone; run from tests/unit.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "../../src/fmt.h"
#include "../../src/view_text.h"
#include "check.h"
#include "golden.h"
#include "sample.h"

static char *print_view(const struct summary *s, const struct names *n,
			const struct view_opts *opts)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	CHECK(!view_text__print(f, s, n, opts));
	fclose(f);
	return text;
}

static void rich(void)
{
	struct view_opts opts = sample_opts();
	struct names *n;
	struct summary *s = sample_new(&n);
	char *text = print_view(s, n, &opts);

	check_lines_fit(text, 80);
	CHECK(!strchr(text, '\033'));
	golden("golden/rich.txt", text);
	opts.width = 160;
	text = print_view(s, n, &opts);
	check_lines_fit(text, 160);
	golden("golden/rich-wide.txt", text);
	summary__free(s);
	names__free(n);
}

/* The levels below full, narrow and wide, as top prints them: by way of the difference. */
static void levels(void)
{
	static const struct {
		enum dax_detail detail;
		unsigned int width;
		const char *path;
	} rows[] = {
		{ DETAIL_STALLS, 80, "golden/stalls.txt" },
		{ DETAIL_STALLS, 160, "golden/stalls-wide.txt" },
		{ DETAIL_COUNTS, 80, "golden/counts.txt" },
		{ DETAIL_COUNTS, 160, "golden/counts-wide.txt" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view_opts opts = sample_opts();
		struct names *n;
		struct summary *s = sample_level_new(rows[i].detail, &n);
		struct summary *d = summary__delta(s, NULL);
		char *text;

		opts.width = rows[i].width;
		opts.top_cnt = 3;
		text = print_view(d, n, &opts);
		check_lines_fit(text, opts.width);
		CHECK(strstr(text, "detail"));
		golden(rows[i].path, text);
		summary__free(d);
		summary__free(s);
		names__free(n);
	}
}

/* What is not measured cannot sort, and is no zero. */
static void levels_sort(void)
{
	struct view_opts opts = sample_opts();
	struct names *n;
	struct summary *s = sample_level_new(DETAIL_STALLS, &n);
	char *text;

	opts.sort = SORT_COUNT;
	text = print_view(s, n, &opts);
	CHECK(strstr(text, "TOP INODES by wait, "));
	CHECK(strstr(text, "(not by count, which is not measured at this detail)"));
	free(text);
	summary__set_detail(s, DETAIL_COUNTS);
	text = print_view(s, n, &opts);
	CHECK(strstr(text, "TOP INODES by count, "));
	CHECK(strstr(text, "TOP TASKS by timed*, "));
	free(text);
	summary__free(s);
	names__free(n);
}

/* Nothing happened that a level sees: which is not that nothing happened. */
static void levels_quiet(void)
{
	struct view_opts opts = {};
	struct summary *s = summary__new();
	char *text;

	summary__set_detail(s, DETAIL_STALLS);
	text = print_view(s, NULL, &opts);
	CHECK(strstr(text, "OPERATIONS: none finished, none waited\n"
			   "  waits only read, write, open_trunc, evict, fault\n"
			   "             (not counted; "));
	check_lines_fit(text, 80);
	free(text);
	summary__add_unmeasured(s, "op.evict", "no hook");
	text = print_view(s, NULL, &opts);
	CHECK(strstr(text, "waits only read, write, open_trunc, fault\n"));
	free(text);
	summary__set_detail(s, DETAIL_COUNTS);
	text = print_view(s, NULL, &opts);
	CHECK(strstr(text, "OPERATIONS: none finished\n  * only those that waited are timed"));
	check_lines_fit(text, 80);
	free(text);
	summary__free(s);
}

/* Every wait at once is the widest the split and a row of the lists get, at every level. */
static void levels_widest(void)
{
	for (int detail = 0; detail < DETAIL_NR; detail++) {
		struct view_opts opts = { .width = 140 };
		struct cell c = sample_cell(123456, 9 * SEC, WAIT_I_MMAP_SEM_WRITE, 5 * SEC);
		struct summary *s = summary__new();
		char *text;

		summary__set_span(s, 0, SEC);
		summary__set_detail(s, detail);
		c.wait_ns[WAIT_INODE_LOCK_WRITE] = c.wait_ns[WAIT_I_MMAP_SEM_WRITE];
		for (unsigned int op = 0; op < OP_NR; op++)
			for (unsigned int wait = 0; wait < WAIT_NR; wait++)
				sample_add_op(s, op, 100000, 9 * SEC, wait, 9 * SEC);
		sample_add_inode(s, 1, OP_FAULT_WRITE_PTE, &c);
		text = print_view(s, NULL, &opts);
		check_lines_fit(text, 140);
		free(text);
		opts.width = 80;
		text = print_view(s, NULL, &opts);
		check_lines_fit(text, 80);
		CHECK(strstr(text, "%,\n                           inode_lock.write"));
		free(text);
		summary__free(s);
	}
}

static void quiet(void)
{
	struct view_opts opts = {};
	struct summary *s = summary__new();

	golden("golden/empty.txt", print_view(s, NULL, &opts));
	summary__free(s);
}

/* Every wait at once is the widest the split gets. */
static void every_wait(void)
{
	struct view_opts opts = { .kernel = "6.1" };
	struct summary *s = summary__new();
	char *text;

	summary__set_span(s, 0, SEC);
	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		sample_add_op(s, OP_FAULT_WRITE_PTE, 1, 9 * SEC, wait, 9 * SEC);
		sample_add_wait(s, wait, 123456, 98765432);
	}
	text = print_view(s, NULL, &opts);
	check_lines_fit(text, 80);
	golden("golden/every-wait.txt", text);
	summary__free(s);
}

/* A wait that cannot be measured is n/a; one that can and did not happen has no row. */
static void unmeasured(void)
{
	struct view_opts opts = {};
	struct summary *s = summary__new();
	char *text;

	sample_add_op(s, OP_SETUP, 1, 5, WAIT_NONE, 0);
	summary__add_unmeasured(s, "wait.free_range", "why not");
	summary__add_unmeasured(s, "op.setup", "why not");
	text = print_view(s, NULL, &opts);
	CHECK(strstr(text, "free_range           n/a"));
	CHECK(!strstr(text, "busy_page"));
	CHECK(strstr(text, "OPERATIONS: none finished"));
	CHECK(strstr(text, "wait.free_range, op.setup\n"));
	CHECK(strstr(text, "(why not)"));
	CHECK(strstr(text, "(why not)") && !strstr(strstr(text, "(why not)") + 1, "(why not)"));
	CHECK(strstr(text, "own cpu n/a"));
	free(text);
	summary__free(s);
}

/* What was lost in earlier intervals stays in sight. */
static void lost_before(void)
{
	struct view_opts opts = {};
	struct trust before = { .recursion_misses = 4, .events_lost = 2 }, after = before;
	struct summary *prev = summary__new(), *cur = summary__new(), *d;
	char *text;

	after.counters[COUNTER_UNMATCHED] = 1;
	summary__set_trust(prev, &before);
	summary__set_trust(cur, &after);
	d = summary__delta(cur, prev);
	text = print_view(d, NULL, &opts);
	CHECK(strstr(text, "trust: lost 0 (since start 4), unmatched 1, "
			   "records lost 0 (since start 2), hooks 0/0"));
	free(text);
	summary__free(d);
	summary__free(prev);
	summary__free(cur);
}

static void write_error(void)
{
	struct view_opts opts = {};
	struct summary *s = summary__new();
	FILE *f = fopen("/dev/full", "w");

	if (CHECK(f != NULL)) {
		setvbuf(f, NULL, _IONBF, 0);
		CHECK(view_text__print(f, s, NULL, &opts) == -ENOSPC);
		fclose(f);
	}
	summary__free(s);
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	rich();
	levels();
	levels_sort();
	levels_quiet();
	levels_widest();
	quiet();
	every_wait();
	unmeasured();
	lost_before();
	write_error();
	return check_result();
}
