// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The JSON view parses back, has the members that its manual page promises, and says null where
 * nothing was measured.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "../../src/view_json.h"
#include "check.h"
#include "golden.h"
#include "sample.h"

static json_t *parse(const struct summary *s, const struct names *n, const struct view_opts *opts)
{
	char *text = NULL;
	json_error_t error;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);
	json_t *root;

	CHECK(!view_json__print(f, s, n, opts));
	fclose(f);
	CHECK(strchr(text, '\n') == text + bytes - 1); /* one line */
	root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!CHECK(root != NULL))
		printf("# %s at %d\n", error.text, error.position);
	free(text);
	return root;
}

/* Follows "a|b|0|c": members by name, elements by number. NULL when there is none. */
static json_t *at(json_t *o, const char *path)
{
	char buf[256], *save = NULL;

	snprintf(buf, sizeof(buf), "%s", path);
	for (char *key = strtok_r(buf, "|", &save); key; key = strtok_r(NULL, "|", &save))
		o = json_is_array(o) ? json_array_get(o, atoi(key)) : json_object_get(o, key);
	if (!o)
		printf("# no %s\n", path);
	return o;
}

static void check_members(json_t *o, const char *keys, int line)
{
	char buf[512], *save = NULL;

	snprintf(buf, sizeof(buf), "%s", keys);
	for (char *key = strtok_r(buf, " ", &save); key; key = strtok_r(NULL, " ", &save))
		check_note(json_object_get(o, key) != NULL, __FILE__, line, key);
}

#define MEMBERS(o, keys) check_members(o, keys, __LINE__)
#define INT(root, path)	 ((__u64)json_integer_value(at(root, path)))
#define TEXT(root, path) json_string_value(at(root, path))

static void members(json_t *root)
{
	MEMBERS(root,
		"schema tool_version host kernel seq start_ns end_ns duration_ns "
		"end_realtime_ns detail sort filters mounts ops waits phases in_flight inodes "
		"inodes_total "
		"inodes_rest "
		"tasks tasks_total tasks_rest not_measured trust");
	MEMBERS(at(root, "mounts|0"), "dev mountpoint tag fstype dax_mode window_bytes range_bytes "
				      "ranges reason ops");
	MEMBERS(at(root, "mounts|0|ranges"), "total free busy in_transit busy_max free_min");
	MEMBERS(at(root, "mounts|0|ops|setup"), "count timed total_ns ranges waits");
	for (int op = 0; op < OP_NR; op++)
		CHECK(json_object_get(at(root, "ops"), op_table[op].name) != NULL);
	MEMBERS(at(root, "ops|fault.read.pte"),
		"count in_flight oldest_in_flight_ns outcomes errnos timed total_ns mean_ns p50_ns "
		"p90_ns p99_ns p999_ns max_ns retries waits other_ns histogram");
	MEMBERS(at(root, "ops|fault.read.pte|outcomes"),
		"done errno sigbus fallback retried interrupted");
	for (int wait = 0; wait < WAIT_NR; wait++)
		CHECK(json_object_get(at(root, "waits"), wait_table[wait].name) != NULL);
	MEMBERS(at(root, "waits|busy_page"),
		"count total_ns mean_ns p50_ns p90_ns p99_ns p999_ns max_ns histogram");
	MEMBERS(at(root, "inodes|0"),
		"dev mountpoint nodeid generation ino path deleted count total_ns wait_ns other_ns "
		"mean_ns p50_ns p90_ns p99_ns p999_ns max_ns quantile_error retries waits ops");
	MEMBERS(at(root, "inodes|0|ops|fault.read.pte"),
		"count outcomes total_ns wait_ns other_ns mean_ns p50_ns p99_ns max_ns "
		"quantile_error retries waits");
	MEMBERS(at(root, "tasks|0"), "pid tgid comm start_ms count total_ns wait_ns ops");
	MEMBERS(at(root, "in_flight|0"),
		"op age_ns wait wait_ns pid tgid comm dev mountpoint nodeid generation path nested "
		"chain deadlock state cpu_ns stack");
	MEMBERS(at(root, "in_flight|1|chain|0"),
		"wait wait_ns request dev mountpoint nodeid generation path behind holder op "
		"held_at_most_ns pid tgid comm readers ended_by_signal");
	MEMBERS(at(root, "edges|0"), "wait op dev mountpoint nodeid generation path holder count "
				     "holds waiters_max total_ns max_ns held_at_most_ns");
	MEMBERS(at(root, "edges|0|holder"), "sort op pid tgid comm wait wait_op request");
	MEMBERS(at(root, "edges_rest"), "count holds waiters_max total_ns max_ns held_at_most_ns");
	MEMBERS(at(root, "self_requests|0"), "ns request dev mountpoint nodeid generation path pid "
					     "tgid comm closed_by");
	MEMBERS(at(root, "repeated_faults|0"),
		"op pid tgid comm dev mountpoint nodeid generation path offset seen span_ns");
	MEMBERS(at(root, "self_requests|0|closed_by"), "pid tgid comm");
	MEMBERS(at(root, "mounts|0|held_by|0"), "dev mountpoint nodeid generation path ranges");
	MEMBERS(at(root, "mounts|0|reclaim_worker"),
		"state wait wait_ns dev mountpoint nodeid generation path");
	MEMBERS(at(root, "trust"),
		"lost unmatched began_before recursion_misses kprobe_misses events_lost "
		"hooks_attached hooks_total own_cpu_ns memory_bytes counters "
		"since_start");
	MEMBERS(at(root, "trust|since_start"), "lost unmatched began_before recursion_misses "
					       "kprobe_misses events_lost own_cpu_ns counters");
	for (int i = 0; i < COUNTER_NR; i++)
		CHECK(json_object_get(at(root, "trust|counters"), counter_table[i].name) != NULL);
}

static void values(json_t *root)
{
	CHECK_TEXT(TEXT(root, "schema"), "virtiofs-daxtop/1");
	CHECK_TEXT(TEXT(root, "filters|pid|0"), "4711");
	CHECK_TEXT(TEXT(root, "detail"), "full");
	CHECK_U64(INT(root, "seq"), 3);
	CHECK_U64(INT(root, "duration_ns"), SEC);
	CHECK_TEXT(TEXT(root, "mounts|0|dev"), "0:38");
	CHECK_U64(INT(root, "mounts|0|window_bytes"), 512ULL << 20);
	CHECK_U64(INT(root, "mounts|0|ranges|in_transit"), 8);
	CHECK_U64(INT(root, "mounts|0|ops|setup|ranges"), 500);
	CHECK_U64(INT(root, "mounts|0|ops|fault.read.pte|count"), 350);
	CHECK_TEXT(TEXT(root, "mounts|1|reason"), "the device has no window");
	CHECK_U64(INT(root, "ops|fault.read.pte|count"), 12553);
	CHECK_U64(INT(root, "ops|fault.read.pte|timed"), 12553);
	CHECK_U64(INT(root, "ops|fault.read.pte|in_flight"), 3);
	CHECK_U64(INT(root, "ops|fault.read.pte|oldest_in_flight_ns"), 11900 * MS);
	CHECK_TEXT(TEXT(root, "in_flight|0|op"), "truncate");
	CHECK_TEXT(TEXT(root, "in_flight|0|wait"), "busy_page");
	CHECK_U64(INT(root, "in_flight|0|wait_ns"), 12200 * MS);
	CHECK_TEXT(TEXT(root, "in_flight|0|comm"), "trunc?");
	CHECK_U64(INT(root, "in_flight|0|nodeid"), 5);
	CHECK_U64(INT(root, "in_flight|1|age_ns"), 11900 * MS);
	CHECK_U64(INT(root, "in_flight|6|pid"), 4801);
	for (const char *const *key =
		     (const char *const[]){ "wait", "wait_ns", "nodeid", "dev", "path", NULL };
	     *key; key++)
		CHECK(json_is_null(json_object_get(at(root, "in_flight|6"), *key)));
	CHECK_TEXT(TEXT(root, "in_flight|1|chain|0|holder"), "leaked");
	CHECK_U64(INT(root, "in_flight|1|chain|0|pid"), 4700);
	CHECK_U64(INT(root, "repeated_faults|0|offset"), 3 << 12);
	CHECK_TEXT(TEXT(root, "edges|0|holder|op"), "reclaim.range");
	CHECK_TEXT(TEXT(root, "edges|0|holder|request"), "REMOVEMAPPING");
	CHECK_U64(INT(root, "edges|0|holds"), 10);
	CHECK_TEXT(TEXT(root, "mounts|0|reclaim_worker|state"), "waiting");
	CHECK_U64(INT(root, "mounts|0|held_by|0|ranges"), 120);
	CHECK_U64(INT(root, "ops|fault.read.pte|errnos|ENOSPC"), 2);
	CHECK_U64(INT(root, "ops|fault.read.pte|errnos|ERESTARTSYS"), 1);
	CHECK_U64(INT(root, "ops|fault.read.pte|retries"), 40);
	CHECK_U64(INT(root, "ops|fault.read.pte|p50_ns"), 927);
	CHECK_U64(INT(root, "ops|fault.read.pte|max_ns"), 9 * MS);
	CHECK_U64(INT(root, "ops|fault.read.pte|waits|free_range|total_ns"), 1800 * MS);
	CHECK_U64(INT(root, "ops|fault.read.pte|waits|free_range|count"), 300);
	CHECK_U64(INT(root, "ops|fault.read.pte|histogram|0|0"), 896);
	CHECK_U64(INT(root, "ops|fault.read.pte|histogram|0|1"), 927);
	CHECK_U64(INT(root, "ops|fault.read.pte|histogram|0|2"), 12000);
	CHECK_U64(INT(root, "ops|read|bytes"), 4000);
	CHECK_U64(INT(root, "ops|setup|ranges"), 500);
	CHECK_U64(INT(root, "ops|setup|other_ns"), 50 * MS);
	CHECK_U64(INT(root, "waits|request.host|count"), 1180);
	CHECK_U64(INT(root, "inodes_total"), 4);
	CHECK_U64(json_array_size(at(root, "inodes")), 2);
	CHECK_TEXT(TEXT(root, "inodes|0|path"), "usr/lib/x86_64-linux-gnu/libLLVM.so.19");
	CHECK_U64(INT(root, "inodes|0|ino"), 1005);
	CHECK_U64(INT(root, "inodes|0|count"), 350);
	CHECK_U64(INT(root, "inodes|0|max_ns"), 9 * MS);
	CHECK_TEXT(TEXT(root, "inodes|1|path"), "build/a.out");
	CHECK(json_is_true(at(root, "inodes|1|deleted")));
	CHECK(json_is_true(at(root, "inodes_rest|rest")));
	CHECK(json_is_true(at(root, "inodes_rest|table_full")));
	CHECK_U64(INT(root, "inodes_rest|rows"), 2);
	CHECK_U64(INT(root, "inodes_rest|count"), 8050);
	CHECK_TEXT(TEXT(root, "tasks|0|comm"), "ld.lld?[31m");
	CHECK_U64(INT(root, "trust|lost"), 3);
	CHECK_U64(INT(root, "trust|counters|inodes_full"), 4000);
}

static void nulls(json_t *root)
{
	static const char *const paths[] = {
		"ops|punch|mean_ns",
		"ops|punch|p50_ns",
		"ops|punch|max_ns",
		"ops|upgrade",
		"waits|request.guest",
		"ops|punch|oldest_in_flight_ns",
		"mounts|1|ranges",
		"mounts|1|window_bytes",
		"mounts|0|reason",
		"mounts|1|dax_mode",
		"tasks|1|comm",
		"tasks_rest",
		"ops|fault.read.pte|waits|request.guest",
		"inodes|0|waits|request.guest",
		"mounts|0|ops|upgrade",
		"ops|fault", /* the kinds are told apart */
		"mounts|0|ops|fault",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (!CHECK(json_is_null(at(root, paths[i]))))
			printf("# %s is not null\n", paths[i]);
	}
	CHECK_U64(INT(root, "ops|punch|count"), 0);
	CHECK_U64(json_array_size(at(root, "ops|punch|histogram")), 0);
	CHECK_U64(json_array_size(at(root, "not_measured")), 2);
	CHECK_TEXT(TEXT(root, "not_measured|0|figure"), "wait.request.guest");
}

static void rich(void)
{
	struct view_opts opts = sample_opts();
	struct names *n;
	struct summary *s = sample_new(&n);
	json_t *root = parse(s, n, &opts);

	members(root);
	values(root);
	nulls(root);
	json_decref(root);
	summary__free(s);
	names__free(n);
}

/* All of it, indented, so that a change of a level shows in one line. */
static void golden_json(const char *path, json_t *root)
{
	char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6));

	if (CHECK(text != NULL))
		golden(path, text);
}

static void level(enum dax_detail detail, const char *path, void (*check)(json_t *root))
{
	struct view_opts opts = sample_opts();
	struct names *n;
	struct summary *s = sample_level_new(detail, &n), *d = summary__delta(s, NULL);
	json_t *root;

	opts.top_cnt = 3;
	root = parse(d, n, &opts);
	CHECK_TEXT(TEXT(root, "detail"), detail_table[detail].name);
	for (int op = 0; op < OP_NR; op++)
		CHECK(json_is_null(json_object_get(at(root, "ops"), op_table[op].name)) ==
		      (op_measure(detail, op) == MEASURE_NONE));
	golden_json(path, root);
	check(root);
	json_decref(root);
	summary__free(d);
	summary__free(s);
	names__free(n);
}

static void check_nulls(json_t *o, const char *keys, int line)
{
	char buf[512], *save = NULL;

	snprintf(buf, sizeof(buf), "%s", keys);
	for (char *key = strtok_r(buf, " ", &save); key; key = strtok_r(NULL, " ", &save))
		check_note(json_is_null(json_object_get(o, key)), __FILE__, line, key);
}

#define NULLS(o, keys) check_nulls(o, keys, __LINE__)

static void stalls(json_t *root)
{
	CHECK_U64(INT(root, "ops|fault|in_flight"), 0);
	NULLS(at(root, "ops|fault"),
	      "count oldest_in_flight_ns outcomes errnos timed total_ns mean_ns p50_ns "
	      "p90_ns p99_ns p999_ns max_ns retries other_ns histogram");
	CHECK_U64(INT(root, "ops|fault|waits|free_range|total_ns"), 1800 * MS);
	CHECK_U64(INT(root, "ops|fault|waits|free_range|count"), 300);
	NULLS(at(root, "ops|read"), "count bytes");
	NULLS(at(root, "ops|evict"), "count ranges");
	NULLS(at(root, "mounts|0|ops|fault"), "count timed total_ns");
	NULLS(at(root, "mounts|0|ops"), "fault.mkwrite reclaim.inline");
	CHECK_U64(INT(root, "mounts|0|ops|read|waits|inode_lock.read|count"), 8000);
	CHECK_U64(INT(root, "ops|truncate|total_ns"), 804 * MS);
	CHECK_U64(INT(root, "ops|truncate|other_ns"), 4 * MS);
	NULLS(at(root, "inodes|1"), "count timed total_ns other_ns mean_ns p50_ns max_ns retries");
	CHECK_U64(INT(root, "inodes|1|wait_ns"), 1945 * MS);
	NULLS(at(root, "inodes|1|ops|fault"), "count outcomes timed total_ns other_ns retries");
	NULLS(at(root, "inodes|0"), "count total_ns"); /* only its truncate is counted */
	CHECK_U64(INT(root, "inodes|0|ops|truncate|count"), 1);
	CHECK_U64(INT(root, "inodes|2|nodeid"), 0);
	CHECK_U64(INT(root, "inodes|2|count"), 50);
	NULLS(at(root, "inodes_rest"), "count total_ns");
	NULLS(at(root, "inodes_rest|ops|read"), "count bytes total_ns");
	CHECK_U64(INT(root, "inodes_rest|ops|read|waits|inode_lock.read|count"), 8000);
	NULLS(at(root, "tasks|0"), "count timed total_ns");
}

static void counts(json_t *root)
{
	CHECK_U64(INT(root, "ops|read|count"), 7658321);
	CHECK_U64(INT(root, "ops|read|bytes"), 7658321);
	CHECK_U64(INT(root, "ops|read|timed"), 4000);
	CHECK_U64(INT(root, "ops|read|mean_ns"), 11000);
	CHECK_U64(INT(root, "ops|read|other_ns"), 4000 * 2000);
	CHECK_U64(INT(root, "ops|fault.write.pmd|count"), 88);
	CHECK_U64(INT(root, "ops|fault.write.pmd|timed"), 0);
	NULLS(at(root, "ops|fault.write.pmd"), "mean_ns p50_ns max_ns");
	CHECK_U64(INT(root, "ops|setup|timed"), 500);
	CHECK_U64(INT(root, "inodes|0|count"), 12300);
	CHECK_U64(INT(root, "inodes|0|timed"), 300);
	CHECK_U64(INT(root, "inodes|0|mean_ns"), 7 * MS);
	CHECK_U64(INT(root, "inodes|0|ops|fault.read.pte|count"), 12300);
	CHECK_U64(INT(root, "inodes_rest|ops|read|count"), 8000 + 7654321);
	NULLS(at(root, "tasks|0"), "count");
	CHECK_U64(INT(root, "tasks|0|timed"), 300);
	NULLS(at(root, "tasks|0|ops|fault.read.pte"), "count outcomes");
	CHECK_U64(INT(root, "tasks|0|ops|fault.read.pte|timed"), 300);
	NULLS(at(root, "tasks|1"), "count"); /* it may have read without waiting */
	CHECK_U64(INT(root, "tasks|1|ops|truncate|count"), 1);
}

static void full(json_t *root)
{
	CHECK_U64(INT(root, "tasks|0|count"), 300);
	CHECK_U64(INT(root, "tasks|0|timed"), 300);
}

/* Nothing known at all; and bytes that are no UTF-8 where strings come from outside. */
static void bare(void)
{
	static const struct view_filter filters[] = { { "path", "\377a" }, { "path", "b" } };
	struct view_opts opts = { .host = "h\377\n", .filters = filters, .filter_cnt = 2 };
	struct summary *s = summary__new();
	json_t *root;

	sample_add_wait(s, WAIT_BUSY_PAGE, 1, ~0ULL);
	root = parse(s, NULL, &opts);
	CHECK_TEXT(TEXT(root, "host"), "h??");
	CHECK_TEXT(TEXT(root, "filters|path|0"), "?a");
	CHECK_TEXT(TEXT(root, "filters|path|1"), "b");
	CHECK(json_is_null(at(root, "kernel")));
	CHECK(json_is_null(at(root, "end_realtime_ns")));
	CHECK(json_is_null(at(root, "inodes_rest")));
	CHECK(json_is_null(at(root, "waits|busy_page|histogram|0|1"))); /* open end */
	CHECK_U64(INT(root, "waits|busy_page|max_ns"), 0x7fffffffffffffffULL);
	json_decref(root);
	summary__free(s);
}

static void unmeasured_trust(void)
{
	struct view_opts opts = {};
	struct summary *s = summary__new();
	json_t *root;

	summary__add_unmeasured(s, "trust.recursion_misses", "Linux 5.10 does not count them");
	summary__add_unmeasured(s, "trust.memory_bytes", "not known");
	root = parse(s, NULL, &opts);
	CHECK(json_is_null(at(root, "trust|recursion_misses")));
	CHECK(json_is_null(at(root, "trust|since_start|recursion_misses")));
	CHECK(json_is_null(at(root, "trust|memory_bytes")));
	CHECK(json_is_integer(at(root, "trust|own_cpu_ns")));
	json_decref(root);
	summary__free(s);
}

static void write_error(void)
{
	struct view_opts opts = {};
	struct summary *s = summary__new();
	FILE *f = fopen("/dev/full", "w");

	if (CHECK(f != NULL)) {
		setvbuf(f, NULL, _IONBF, 0);
		CHECK(view_json__print(f, s, NULL, &opts) == -ENOSPC);
		fclose(f);
	}
	summary__free(s);
}

int main(void)
{
	rich();
	level(DETAIL_STALLS, "golden/stalls.json", stalls);
	level(DETAIL_COUNTS, "golden/counts.json", counts);
	level(DETAIL_FULL, "golden/full.json", full);
	bare();
	unmeasured_trust();
	write_error();
	return check_result();
}
