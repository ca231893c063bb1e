// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The inside of faults: sums, what an interval has of them, and that phases, waits and rest add up
 * to the faults in both views.
 */
#include <errno.h>

#include <jansson.h>

#include "../../src/view_json.h"
#include "../../src/view_text.h"
#include "check.h"
#include "golden.h"
#include "sample.h"

static void add_phase(struct summary *s, unsigned int op, unsigned int phase, __u64 cnt, __u64 ns)
{
	struct phase_figures f = { .cnt = cnt, .total_ns = cnt * ns, .max_ns = ns };

	f.hist[hist_bucket(ns)] = cnt;
	if (phase == PHASE_INSERT) {
		f.inside = 1;
		f.after = cnt - 1;
	}
	CHECK(!summary__add_phase(s, op, phase, &f));
}

/*
 * Ten faults of 10 us that wait 2 us and spend 5.7 us in phases, and four by 2 MiB, of which three
 * fell back.
 */
static struct summary *faults_new(void)
{
	struct summary *s = summary__new();

	summary__set_span(s, 5 * SEC, 6 * SEC);
	summary__set_phases(s, true);
	sample_add_op(s, OP_FAULT_READ_PTE, 10, 10000, WAIT_REQUEST_HOST, 2000);
	add_phase(s, OP_FAULT_READ_PTE, PHASE_ENTRY_LOCK, 10, 1000);
	add_phase(s, OP_FAULT_READ_PTE, PHASE_DAX_LOCK, 10, 1500);
	add_phase(s, OP_FAULT_READ_PTE, PHASE_LOOKUP, 10, 500);
	add_phase(s, OP_FAULT_READ_PTE, PHASE_INSERT, 10, 700);
	add_phase(s, OP_FAULT_READ_PTE, PHASE_PAGE_TABLE, 10, 2000);
	sample_add_op(s, OP_FAULT_READ_PMD, 4, 20000, WAIT_NONE, 0);
	add_phase(s, OP_FAULT_READ_PMD, PHASE_FALLBACK, 3, 10000);
	return s;
}

static void sums(void)
{
	struct summary *s = faults_new(), *none = summary__new();
	const struct phase_figures *insert = summary__phase(s, OP_FAULT_READ_PTE, PHASE_INSERT);
	struct phase_figures f = {};

	CHECK(summary__has_phases(s));
	CHECK(!summary__has_phases(none));
	CHECK_U64(summary__phase_rest_ns(s, OP_FAULT_READ_PTE), 23000);
	CHECK_U64(summary__phase_rest_ns(s, OP_FAULT_READ_PMD), 50000);
	CHECK_U64(summary__phase_rest_ns(s, OP_FAULT_WRITE_PTE), 0);
	add_phase(s, OP_FAULT_READ_PTE, PHASE_INSERT, 2, 300);
	CHECK_U64(insert->cnt, 12);
	CHECK_U64(insert->total_ns, 7600);
	CHECK_U64(insert->max_ns, 700);
	CHECK_U64(insert->inside, 2);
	CHECK_U64(insert->after, 10);
	CHECK_U64(hist_total(insert->hist, HIST_BUCKETS), 12);
	/* more than there is: torn while it was read */
	add_phase(s, OP_FAULT_READ_PTE, PHASE_LOOKUP, 1, SEC);
	CHECK_U64(summary__phase_rest_ns(s, OP_FAULT_READ_PTE), 0);
	CHECK(summary__add_phase(s, OP_DAX_READ, PHASE_LOOKUP, &f) == -EINVAL);
	CHECK(summary__add_phase(s, OP_FAULT_READ_PTE, PHASE_NR, &f) == -EINVAL);
	summary__free(s);
	summary__free(none);
}

static void deltas(void)
{
	struct summary *prev = faults_new(), *cur = faults_new(), *d;
	const struct phase_figures *f;

	sample_add_op(cur, OP_FAULT_READ_PTE, 2, 5000, WAIT_NONE, 0);
	add_phase(cur, OP_FAULT_READ_PTE, PHASE_INSERT, 2, 300);
	d = summary__delta(cur, prev);
	f = summary__phase(d, OP_FAULT_READ_PTE, PHASE_INSERT);
	CHECK(summary__has_phases(d));
	CHECK_U64(f->cnt, 2);
	CHECK_U64(f->total_ns, 600);
	CHECK_U64(f->max_ns, hist_upper(hist_bucket(300)));
	CHECK_U64(f->inside, 1);
	CHECK_U64(f->after, 1);
	CHECK_U64(summary__phase(d, OP_FAULT_READ_PTE, PHASE_LOOKUP)->cnt, 0);
	CHECK_U64(summary__phase_rest_ns(d, OP_FAULT_READ_PTE), 9400);
	summary__free(d);
	d = summary__delta(cur, NULL);
	CHECK_U64(summary__phase(d, OP_FAULT_READ_PTE, PHASE_INSERT)->cnt, 12);
	summary__free(d);
	summary__free(cur);
	summary__free(prev);
}

static char *print(const struct summary *s, bool is_json)
{
	struct view_opts opts = { .kernel = "6.12.107", .seq = 1, .width = 80 };
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	CHECK(!(is_json ? view_json__print(f, s, NULL, &opts)
			: view_text__print(f, s, NULL, &opts)));
	fclose(f);
	return text;
}

static void texts(void)
{
	struct summary *s = faults_new(), *quiet = summary__new();
	char *text;

	golden("golden/phases.txt", print(s, false));
	summary__add_unmeasured(s, "phase.dax_lock", "dax_read_lock: gone");
	golden("golden/phases-partly.txt", print(s, false));
	text = print(quiet, false);
	CHECK(!strstr(text, "PHASES OF FAULTS"));
	free(text);
	summary__set_phases(quiet, true);
	text = print(quiet, false);
	CHECK(strstr(text, "PHASES OF FAULTS: none") != NULL);
	free(text);
	summary__free(s);
	summary__free(quiet);
}

static json_t *phases_of(const struct summary *s, json_t **root)
{
	char *text = print(s, true);

	*root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	return json_object_get(*root, "phases");
}

static __u64 figure(json_t *phases, const char *op, const char *phase, const char *key)
{
	json_t *o = json_object_get(phases, op);

	if (phase)
		o = json_object_get(o, phase);
	return json_integer_value(json_object_get(o, key));
}

static void jsons(void)
{
	struct summary *s = faults_new(), *none = summary__new();
	json_t *root, *phases = phases_of(s, &root);
	__u64 sum = 0;

	for (int phase = 0; phase < PHASE_NR; phase++)
		sum += figure(phases, "fault.read.pte", phase_table[phase].name, "total_ns");
	CHECK_U64(sum, 57000);
	CHECK_U64(figure(phases, "fault.read.pte", NULL, "rest_ns"), 23000);
	CHECK_U64(figure(phases, "fault.read.pte", NULL, "insert_inside"), 1);
	CHECK_U64(figure(phases, "fault.read.pte", NULL, "insert_after"), 9);
	CHECK_U64(figure(phases, "fault.read.pte", "dax_lock", "mean_ns"), 1500);
	CHECK_U64(figure(phases, "fault.read.pte", "dax_lock", "p99_ns"), 1500);
	CHECK_U64(figure(phases, "fault.read.pmd", "fallback", "count"), 3);
	CHECK_U64(json_object_size(phases), PHASE_OPS);
	json_decref(root);
	summary__add_unmeasured(s, "phase.dax_lock", "dax_read_lock: gone");
	phases = json_object_get(phases_of(s, &root), "fault.read.pte");
	CHECK(json_is_null(json_object_get(phases, "dax_lock")));
	CHECK(json_is_null(json_object_get(phases, "insert_after")));
	json_decref(root);
	phases = phases_of(none, &root); /* json_is_null() evaluates its argument twice */
	CHECK(json_is_null(phases));
	json_decref(root);
	summary__free(s);
	summary__free(none);
}

int main(void)
{
	sums();
	deltas();
	texts();
	jsons();
	return check_result();
}
