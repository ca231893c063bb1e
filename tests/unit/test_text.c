// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view against golden files in golden/, in a fixed time zone; run from tests/unit. To
 * accept what it prints now, run with UPDATE_GOLDEN=1 and look at the difference before committing.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "../../src/fmt.h"
#include "../../src/view_text.h"
#include "check.h"
#include "sample.h"

#define GOLDEN_BYTES 65536

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

static void write_golden(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!CHECK(f != NULL))
		return;
	fputs(text, f);
	fclose(f);
}

static void compare_golden(const char *path, const char *text)
{
	static char want[GOLDEN_BYTES];
	FILE *f = fopen(path, "r");
	size_t len;

	if (!CHECK(f != NULL))
		return;
	len = fread(want, 1, sizeof(want) - 1, f);
	want[len] = '\0';
	fclose(f);
	if (!CHECK(!strcmp(text, want)))
		printf("# %s differs; now:\n%s", path, text);
}

static void golden(const char *path, char *text)
{
	if (getenv("UPDATE_GOLDEN"))
		write_golden(path, text);
	else
		compare_golden(path, text);
	free(text);
}

static void check_lines_fit(const char *text, size_t width)
{
	char line[1024];

	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - text), text);
		if (fmt__columns(line) > width)
			printf("# too wide: %s\n", line);
		CHECK(fmt__columns(line) <= width);
	}
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
		CHECK(view_text__print(f, s, NULL, &opts) == -EIO);
		fclose(f);
	}
	summary__free(s);
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	rich();
	quiet();
	every_wait();
	unmeasured();
	lost_before();
	write_error();
	return check_result();
}
