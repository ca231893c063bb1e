// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What report shows besides the summary: bars, intervals, and notes on what a recording has not.
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/timeline.h"
#include "../../src/view_histogram.h"
#include "../../src/view_json.h"
#include "../../src/view_text.h"
#include "../../src/view_timeline.h"
#include "check.h"
#include "golden.h"
#include "sample.h"

static void test_histogram(void)
{
	struct view_opts opts = { .width = 80 };
	struct names *n;
	struct summary *s = sample_new(&n);
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	view_histogram__print(f, s, &opts);
	fclose(f);
	check_lines_fit(text, 80);
	golden("golden/histogram", text);
	summary__free(s);
	names__free(n);
}

/* A guest that is busy, stalls behind a pinned page, and goes on. */
static struct timeline *timeline_sample(void)
{
	struct timeline *t = timeline__new(10 * SEC, SEC, 8);

	for (__u64 i = 0; i < 500; i++) {
		__u64 ns = 10 * SEC + i * (i < 250 ? 8 : 16) * MS;
		struct event_window setup = { .change = WINDOW_SETUP, .ns = ns };

		timeline__add_op(t, i % 3 ? OP_FAULT_READ_PTE : OP_DAX_WRITE, ns);
		if (i % 5 == 0)
			timeline__add_window(t, &setup);
	}
	timeline__add_op(t, OP_TRUNCATE, 12 * SEC);
	for (unsigned int wait = 0; wait < WAIT_NR; wait++)
		timeline__add_wait(t, wait, 12 * SEC + wait * 200 * MS, SEC);
	timeline__add_wait(t, WAIT_BUSY_PAGE, 12 * SEC, 3 * SEC);
	timeline__set_busy(t, 13 * SEC, 200, 256);
	return t;
}

/*
 * Looks are a little late; the one nearest to the end of an interval counts, also when two become
 * one.
 */
static void test_timeline_busy(void)
{
	struct timeline *t = timeline__new(10 * SEC, SEC, 4);

	timeline__set_busy(t, 10 * SEC, 1, 16);
	timeline__set_busy(t, 11 * SEC + 80 * MS, 2, 16);
	timeline__set_busy(t, 11 * SEC + 300 * MS, 3, 16);
	timeline__set_busy(t, 12 * SEC + 80 * MS, 4, 16);
	CHECK(timeline__cnt(t) == 2);
	CHECK(timeline__row(t, 0)->busy_ranges == 2);
	CHECK(timeline__row(t, 1)->busy_ranges == 4);
	timeline__set_busy(t, 15 * SEC + 80 * MS, 5, 16);
	CHECK(timeline__width_ns(t) == 2 * SEC);
	CHECK(timeline__row(t, 0)->busy_ranges == 4);
	CHECK(!timeline__row(t, 1)->has_window);
	CHECK(timeline__row(t, 2)->busy_ranges == 5);
	timeline__free(t);
}

/* What is after the end is no part of the last interval. */
static void test_timeline_end(void)
{
	struct timeline *t = timeline__new(10 * SEC, SEC, 4);

	timeline__add_op(t, OP_DAX_READ, 11 * SEC + 100 * MS);
	timeline__end(t, 11 * SEC + 250 * MS);
	CHECK(timeline__row(t, 0)->unknown_ns == 0);
	CHECK(timeline__row(t, 1)->unknown_ns == 750 * MS);
	timeline__free(t);
}

static void test_timeline(void)
{
	struct timeline *t = timeline_sample();
	struct summary *s = summary__new();
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	view_timeline__print(f, t, s, 5 * SEC);
	fclose(f);
	check_lines_fit(text, 80);
	golden("golden/timeline", text);
	summary__free(s);
	timeline__free(t);
}

/*
 * Of hits nothing is recorded then: not even that there were none. And 17 s to 18.5 s are missing.
 */
static void test_timeline_of_stalls(void)
{
	struct timeline *t = timeline__new(16 * SEC, SEC, 8);
	struct summary *s = summary__new();
	struct view_opts opts = { .timeline = t };
	char *text = NULL, *json = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	summary__set_detail(s, DETAIL_STALLS);
	for (int i = 0; i < 10; i++)
		timeline__add_op(t, OP_TRUNCATE, 16 * SEC + i * 300 * MS);
	timeline__add_wait(t, WAIT_BUSY_PAGE, 18500 * MS, 250 * MS);
	timeline__add_unknown(t, 17 * SEC, 18500 * MS);
	view_timeline__print(f, t, s, 10 * SEC);
	fclose(f);
	check_lines_fit(text, 80);
	golden("golden/timeline-stalls", text);
	f = open_memstream(&json, &bytes);
	CHECK(!view_json__print(f, s, NULL, &opts));
	fclose(f);
	CHECK(strstr(json, "{\"start_ns\":17000000000,\"unknown_ns\":1000000000,"
			   "\"ops\":{\"fault.read.pte\":null,"));
	CHECK(strstr(json, "\"read\":null,\"write\":null,\"truncate\":3,\"open_trunc\":null,"));
	CHECK(strstr(json, "\"around.read\":null,"));
	free(json);
	summary__free(s);
	timeline__free(t);
}

static void test_timeline_json(void)
{
	struct timeline *t = timeline_sample();
	struct view_opts opts = { .timeline = t };
	struct summary *s = summary__new();
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	CHECK(!view_json__print(f, s, NULL, &opts));
	fclose(f);
	CHECK(strstr(text,
		     "\"timeline\":{\"interval_ns\":1000000000,\"intervals\":["
		     "{\"start_ns\":10000000000,\"unknown_ns\":0,\"ops\":{\"fault.read.pte\":83,"
		     "\"write\":42},\"wait_ns\":{},\"ranges_set_up\":25,"
		     "\"ranges_removed\":0,\"ranges_busy\":null,\"ranges\":null}"));
	CHECK(strstr(text, "\"ranges_busy\":200,\"ranges\":256}"));
	free(text);
	summary__free(s);
	timeline__free(t);
}

static void test_notes(void)
{
	static const char *const notes[] = { "a.dax: it has no end", "something else" };
	struct view_opts opts = { .notes = notes, .note_cnt = 2 };
	struct summary *s = summary__new();
	char *text = NULL, *json = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	CHECK(!view_text__print(f, s, NULL, &opts));
	fclose(f);
	f = open_memstream(&json, &bytes);
	CHECK(!view_json__print(f, s, NULL, &opts));
	fclose(f);
	CHECK(strstr(text, "\nnote         a.dax: it has no end\nnote         something else\n"));
	CHECK(strstr(json, "\"notes\":[\"a.dax: it has no end\",\"something else\"]"));
	free(text);
	free(json);
	summary__free(s);
}

int main(void)
{
	test_histogram();
	test_timeline();
	test_timeline_busy();
	test_timeline_end();
	test_timeline_of_stalls();
	test_timeline_json();
	test_notes();
	return check_result();
}
