// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What is shown of windows, as text and as JSON: bytes through them and round them, what became of
 * mappings, and verdicts. Against golden files; run from tests/unit.
 */
#include <stdlib.h>
#include <time.h>

#include <jansson.h>

#include "../../src/dax_io.h"
#include "../../src/fmt.h"
#include "../../src/view_json.h"
#include "../../src/view_text.h"
#include "check.h"
#include "file_rows.h"
#include "golden.h"
#include "sample.h"

#define MIB	    (1ULL << 20)
#define UNSEEN_DEV  40
#define SPARE_DEV   41
#define HEALTHY_DEV 42

/* Too small by far, and for many small files, some of which are taken from reads inline. */
static const struct window_figures thrashing = {
	.window_ranges = 256,
	.window_memory_bytes = 256 * 32768,
	.high_water_ranges = 256,
	.working_set_ranges = 1587,
	.was_short = 1,
	.span_ns = 60 * SEC,
	.setups = 123456,
	.upgrades = 789,
	.lost_races = 42,
	.repeats = 47000,
	.repeat_permille = 380,
	.new_permille = 620,
	.cost_ns = 30 * SEC,
	.repeat_ns = 11 * SEC,
	.best_ranges = 1984,
	.best_power_ranges = 2048,
	.best_memory_bytes = 1984 * 32768,
	.best_saved_permille = 970,
	.best_saved_ns = 10 * SEC,
	.touched_ranges = 76456,
	.once_permille = 500,
	.removals = 123200,
	.evicted_permille = 3,
	.reclaimed = 122800,
	.inline_permille = 250,
	.life_p50_ns = 39 * MS,
	.sized_setups = 120000,
	.small_setups = 66000,
	.small_permille = 550,
	.small_requests = 132000,
	.small_ns = 20 * SEC,
	.read_once_permille = 480,
	.mapping_uses_milli = 3250,
	.mapping_used_bytes = 23456,
	.threshold_bytes = 128 << 10,
	.threshold_saved = 60000,
	.threshold_permille = 242,
	.control_permille = 870,
	.overlap_permille = 900,
	.sample_one_of = 4,
};

/* Never full, and little used: what cannot be told is not, and shares of nothing are 0. */
static const struct window_figures spare = {
	.window_ranges = 4096,
	.window_memory_bytes = 4096 * 32768,
	.high_water_ranges = 410,
	.working_set_ranges = 410,
	.span_ns = 3600 * SEC,
	.setups = 410,
	.lost_races = WINDOW_NOT_MEASURED,
	.new_permille = 1000,
	.cost_ns = 41 * MS,
	.safe_ranges = 512,
	.safe_memory_bytes = 512 * 32768,
	.spare_memory_bytes = (4096 - 512) * 32768,
	.touched_ranges = 410,
	.once_permille = 1000,
	.life_p50_ns = WINDOW_NOT_MEASURED,
	.sized_setups = 400,
	.mapping_uses_milli = 12,
	.mapping_used_bytes = 2 * MIB,
	.control_permille = 1000,
	.overlap_permille = WINDOW_NOT_MEASURED,
	.sample_one_of = 1,
};

/* In use, large enough, and nothing to say on it. */
static const struct window_figures healthy = {
	.window_ranges = 512,
	.window_memory_bytes = 512 * 32768,
	.high_water_ranges = 400,
	.working_set_ranges = 400,
	.span_ns = 60 * SEC,
	.setups = 2000,
	.upgrades = 3,
	.new_permille = 1000,
	.cost_ns = SEC / 5,
	.safe_ranges = 499,
	.safe_memory_bytes = 499 * 32768,
	.spare_memory_bytes = 13 * 32768,
	.touched_ranges = 1900,
	.once_permille = 950,
	.removals = 1600,
	.evicted_permille = 1000,
	.life_p50_ns = 7 * SEC,
	.control_permille = 1000,
	.overlap_permille = 1000,
	.sample_one_of = 1,
};

static void add_mount(struct summary *s, __u32 dev, const char *mountpoint, __u64 ranges,
		      const struct window_advice *advice)
{
	struct mount_state m = {
		.dev = dev,
		.mountpoint = mountpoint,
		.fstype = "virtiofs",
		.dax_mode = "always",
		.has_figures = true,
		.figures = { .fcd = dev,
			     .total_ranges = ranges,
			     .free_ranges = ranges / 4,
			     .busy_ranges = ranges / 4 * 3 },
	};

	CHECK(!summary__set_mount(s, &m));
	if (advice)
		summary__set_advice(s, dev, advice);
}

/* Forecasts, files and ranges as they may be beside such figures. */
static struct window_advice thrashing_advice(void)
{
	struct window_advice a = { .figures = thrashing, .forecasts_cnt = 3 };

	for (__u64 i = 0; i < a.forecasts_cnt; i++)
		a.forecasts[i] = (struct window_forecast){
			.window_ranges = 256 << i,
			.memory_bytes = (256 << i) * 32768ULL,
			.setups = 123456 - i * 20000,
			.upgrades = 789 - i * 100,
			.saved_setups = i * 20000,
			.saved_round_trip_ns = i * 4 * SEC,
			.saved_wait_ns = i * MS,
		};
	for (unsigned int i = 0; i < FILE_CLASSES; i++) {
		a.file_classes[i] = (struct file_class){ 100 + i, 200 + i, 400 + i, 300 + i };
		a.range_classes[i] = i + 1 < FILE_CLASSES ? 1000 * i : 0;
	}
	return a;
}

static void add_io(struct summary *s)
{
	const struct inode_key file = row_key(SAMPLE_DEV, 5), other = row_key(UNSEEN_DEV, 5);

	row_add(s, &file, OP_DAX_READ, OUTCOME_DONE, 900, 300 * MIB);
	row_add(s, &file, OP_DAX_WRITE, OUTCOME_DONE, 80, 64 * MIB);
	row_add(s, &file, OP_AROUND_READ | CELL_NESTED, OUTCOME_DONE, 1, 4096);
	row_add(s, &file, OP_AROUND_WRITE | CELL_NESTED, OUTCOME_DONE, 10, MIB);
	row_add(s, &file, OP_AROUND_EXTEND | CELL_NESTED, OUTCOME_DONE, 30, 23 * MIB);
	row_add(s, &file, OP_FAULT_READ_PTE, OUTCOME_DONE, 256, 0);
	row_add(s, &file, OP_FAULT_WRITE_PMD, OUTCOME_DONE, 3, 0);
	row_add(s, &other, OP_DAX_READ, OUTCOME_DONE, 1, 1);
}

/* To be freed by the caller. */
static struct summary *sample_windows_new(void)
{
	struct window_advice many = thrashing_advice();
	struct window_advice one = { .figures = spare, .forecasts_cnt = 1 };
	struct window_advice none = { .figures = healthy };
	struct summary *s = summary__new();
	struct trust t = { .hooks_attached = 30, .hooks_total = 30 };

	summary__set_span(s, 5 * SEC, 7 * SEC);
	summary__set_trust(s, &t);
	one.forecasts[0] = (struct window_forecast){ .window_ranges = 4096, .setups = 410 };
	add_mount(s, SAMPLE_DEV, "/mnt/dax", 256, &many);
	add_mount(s, SPARE_DEV, "/mnt/spare", 4096, &one);
	add_mount(s, HEALTHY_DEV, "/mnt/healthy", 512, &none);
	add_mount(s, UNSEEN_DEV, "/mnt/not-looked-at", 64, NULL);
	add_io(s);
	return s;
}

static char *print_text(const struct summary *s, unsigned int width)
{
	struct view_opts opts = sample_opts();
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	opts.width = width;
	CHECK(!view_text__print(f, s, NULL, &opts));
	fclose(f);
	return text;
}

/* All in the words of the table, whatever the width. */
static void check_words(const char *text, const char *want)
{
	char flat[16384];
	size_t len = 0;

	for (; *text && len + 1 < sizeof(flat); text++) {
		bool is_space = *text == ' ' || *text == '\n';

		if (!is_space || (len && flat[len - 1] != ' '))
			flat[len++] = is_space ? ' ' : *text;
	}
	flat[len] = '\0';
	if (!CHECK(strstr(flat, want)))
		printf("# not told: %s\n", want);
}

static void check_verdicts(const char *text, const struct window_figures *f, unsigned int want)
{
	char words[WINDOW_TEXT_BYTES];
	unsigned int cnt = 0;

	for (unsigned int i = 0; i < WINDOW_VERDICT_NR; i++) {
		const struct window_verdict_desc *v = &window_verdict_table[i];

		if (!v->applies(f))
			continue;
		cnt++;
		check_words(text, window_verdict__text(v->sentence, f, words, sizeof(words)));
		check_words(text, window_verdict__text(v->advice, f, words, sizeof(words)));
	}
	CHECK_U64(cnt, want);
}

static void texts(void)
{
	static const struct {
		unsigned int width;
		const char *path;
	} rows[] = { { 80, "golden/window.txt" }, { 160, "golden/window-wide.txt" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct summary *s = sample_windows_new();
		struct summary *d = summary__delta(s, NULL); /* as top prints it */
		char *text = print_text(d, rows[i].width);

		check_lines_fit(text, rows[i].width);
		check_verdicts(text, &thrashing, 5);
		check_verdicts(text, &spare, 1);
		check_verdicts(text, &healthy, 0);
		CHECK(!strstr(strstr(text, "/mnt/healthy"), "verdict"));
		CHECK(!strstr(strstr(text, "/mnt/not-looked-at"), "mappings"));
		CHECK(!strstr(text, "-%")); /* a share that is known */
		golden(rows[i].path, text);
		summary__free(d);
		summary__free(s);
	}
}

/* The longest that figures get. */
static void widest(void)
{
	struct window_advice a = { .figures = thrashing };
	struct summary *s = summary__new();
	char *text;

	for (size_t i = 0; i < window_figure_cnt; i++) {
		const struct window_figure_desc *desc = &window_figure_table[i];
		__u64 value = desc->unit == WINDOW_PERMILLE ? 999 : 1099511627776000ULL;

		if (desc->unit == WINDOW_RANGES)
			value = 1ULL << 36;
		memcpy((char *)&a.figures + desc->offset, &value, sizeof(value));
	}
	a.figures.window_ranges /= 2;
	a.figures.control_permille = 0;
	add_mount(s, SAMPLE_DEV, "/mnt/dax", 256, &a);
	text = print_text(s, 80);
	check_lines_fit(text, 80);
	CHECK(strstr(text, "  verdict"));
	free(text);
	summary__free(s);
}

/* ---- JSON ---- */

static json_t *mounts_json(const struct summary *s)
{
	struct view_opts opts = sample_opts();
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);
	json_t *root, *mounts = NULL;

	CHECK(!view_json__print(f, s, NULL, &opts));
	fclose(f);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (CHECK(root != NULL))
		mounts = json_incref(json_object_get(root, "mounts"));
	json_decref(root);
	free(text);
	return mounts;
}

static json_t *member(json_t *mounts, size_t i, const char *key, const char *inner)
{
	return json_object_get(json_object_get(json_array_get(mounts, i), key), inner);
}

/* The verdicts are those of the text, and no figure of the table is missing. */
static void json_advice(json_t *mounts)
{
	json_t *figures = member(mounts, 0, "advice", "figures");
	json_t *verdicts = member(mounts, 0, "advice", "verdicts");
	size_t at = 0;

	CHECK_U64(json_object_size(figures), window_figure_cnt);
	for (unsigned int i = 0; i < WINDOW_VERDICT_NR; i++) {
		if (!window_verdict_table[i].applies(&thrashing))
			continue;
		CHECK_TEXT(json_string_value(json_object_get(json_array_get(verdicts, at), "name")),
			   window_verdict_table[i].name);
		at++;
	}
	CHECK_U64(json_array_size(verdicts), at);
	CHECK(json_is_true(json_object_get(figures, "was_short")));
	CHECK(json_real_value(json_object_get(figures, "mapping_uses")) == 3.25);
	CHECK_U64(json_array_size(member(mounts, 0, "advice", "forecasts")), 3);
	CHECK_U64(json_array_size(member(mounts, 0, "advice", "range_sizes")),
		  9); /* of 10: one is empty */
	CHECK_U64(json_array_size(member(mounts, 0, "advice", "file_sizes")), FILE_CLASSES);
	CHECK_U64(json_array_size(member(mounts, 2, "advice", "verdicts")), 0);
	CHECK(json_is_null(json_object_get(json_array_get(mounts, 3), "advice")));
}

static void json_unknown(json_t *mounts)
{
	json_t *figures = member(mounts, 1, "advice", "figures");

	CHECK(json_is_null(json_object_get(figures, "lost_races")));
	CHECK(json_is_null(json_object_get(figures, "life_ns")));
	CHECK(json_is_null(json_object_get(figures, "overlap_permille")));
	CHECK(json_is_false(json_object_get(figures, "was_short")));
	CHECK(json_is_integer(json_object_get(figures, "small_share_permille")));
}

static void json_io(json_t *mounts)
{
	static const struct {
		const char *name;
		__u64 want;
	} rows[] = {
		{ "read_bytes", 300 * MIB },	 { "written_bytes", 64 * MIB },
		{ "mapped_bytes", 7 * MIB },	 { "around_read_bytes", 4096 },
		{ "around_written_bytes", MIB }, { "around_extended_bytes", 23 * MIB },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_U64(json_integer_value(member(mounts, 0, "io", rows[i].name)), rows[i].want);
}

static void json(void)
{
	struct summary *s = sample_windows_new(), *d = summary__delta(s, NULL);
	json_t *mounts = mounts_json(d);
	char *text;

	json_advice(mounts);
	json_unknown(mounts);
	json_io(mounts);
	text = json_dumps(mounts, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	if (CHECK(text != NULL))
		golden("golden/window.json", text);
	json_decref(mounts);
	summary__free(d);
	summary__free(s);
}

/* ---- the manual ---- */

static const char *page_of(const char *path)
{
	static char page[131072];
	FILE *f = fopen(path, "r");

	page[0] = '\0';
	if (CHECK(f != NULL)) {
		page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
		fclose(f);
	}
	return page;
}

/* Each figure, by its name in the JSON, in the words of its table. */
static void manual_figures(void)
{
	const char *page = page_of("../../man/virtiofs-daxtop-json.5");
	struct summary *s = sample_windows_new();
	json_t *mounts = mounts_json(s), *value;
	const char *name;
	char row[256];
	size_t i = 0;

	json_object_foreach(member(mounts, 0, "advice", "figures"), name, value)
	{
		const struct window_figure_desc *desc = &window_figure_table[i++];

		CHECK(!strncmp(name, desc->name, strlen(desc->name)));
		snprintf(row, sizeof(row), "\n%s\tT{\n%s\nT}\n", name, desc->help);
		if (!CHECK(strstr(page, row)))
			printf("# the manual lacks%s", row);
	}
	CHECK_U64(i, window_figure_cnt);
	json_decref(mounts);
	summary__free(s);
}

/* As a heading, by itself or with others. */
static bool is_heading(const char *page, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = page; (line = strstr(line, "\n.B ")); line++) {
		size_t line_len = strcspn(line + 1, "\n") + 1;

		for (const char *at = line; (at = strstr(at, name)) && at < line + line_len; at++)
			if (at[-1] == ' ' && strchr(",\n", at[len]))
				return true;
	}
	return false;
}

static void manual_verdicts(void)
{
	const char *page = page_of("../../man/virtiofs-daxtop.1");

	for (unsigned int i = 0; i < WINDOW_VERDICT_NR; i++)
		if (!CHECK(is_heading(page, window_verdict_table[i].name)))
			printf("# the manual lacks %s\n", window_verdict_table[i].name);
	CHECK(!is_heading(page, "window_too"));
}

/* Bytes through the window and round it. */
static void manual_io(void)
{
	const char *page = page_of("../../man/virtiofs-daxtop-json.5");
	char quoted[64];

	for (unsigned int i = 0; i < DAX_IO_NR; i++) {
		snprintf(quoted, sizeof(quoted), "\"%s\"", dax_io_table[i].name);
		if (!CHECK(strstr(page, quoted)))
			printf("# the manual lacks %s\n", quoted);
	}
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	texts();
	widest();
	json();
	manual_figures();
	manual_verdicts();
	manual_io();
	return check_result();
}
