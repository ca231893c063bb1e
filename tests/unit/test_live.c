// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The live view's screens against golden files; run from tests/unit. A file has the screens of some
 * views one below the other, with a line of '=' before each.
 */
#include "golden.h"
#include "live.h"

#define TAB_BIT(tab) (1U << (tab))
#define TABS_OWN     (TAB_BIT(TAB_OPS) | TAB_BIT(TAB_INODES) | TAB_BIT(TAB_TASKS))

/* No line is wider than the screen, in columns, and in ASCII nothing else is there. */
static void check_screen(const char *text, unsigned int cols, bool is_ascii)
{
	struct canvas c = { .is_ascii = false };
	char line[4096];

	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - text), text);
		CHECK(canvas__columns(&c, line) <= cols);
		for (const char *s = line; is_ascii && *s; s++)
			CHECK(*s >= 0x20 && *s < 0x7f);
	}
}

struct shot {
	const char *path;
	unsigned int rows, cols;
	bool is_ascii;
	unsigned int tabs; /* bits */
};

static void compare(const struct shot *shot, const struct live_data *d, const struct live_state *st)
{
	char *all = NULL;
	size_t bytes;
	FILE *f = open_memstream(&all, &bytes);

	for (unsigned int tab = 0; tab < TAB_NR; tab++) {
		struct live_state now = *st;
		char *text;

		if (!(shot->tabs & TAB_BIT(tab)))
			continue;
		now.tab = tab;
		text = live_screen(d, &now, shot->rows, shot->cols, shot->is_ascii);
		check_screen(text, shot->cols, shot->is_ascii);
		fprintf(f, "==== %s\n%s", shot->path, text);
		free(text);
	}
	fclose(f);
	golden(shot->path, all);
}

static void sizes(void)
{
	static const struct shot shots[] = {
		{ "golden/live/80x24.txt", 24, 80, false, TABS_OWN },
		{ "golden/live/80x24-ascii.txt", 24, 80, true, TABS_OWN },
		{ "golden/live/120x40.txt", 40, 120, false, TABS_OWN },
		{ "golden/live/120x40-ascii.txt", 40, 120, true, TABS_OWN },
		{ "golden/live/200x60.txt", 60, 200, false, TABS_OWN },
		{ "golden/live/200x60-ascii.txt", 60, 200, true, TABS_OWN },
	};
	struct live_state st;
	struct names *n;
	struct summary *s = sample_new(&n);
	struct live_data d = sample_live(s, n);

	live_state__init(&st);
	for (size_t i = 0; i < sizeof(shots) / sizeof(shots[0]); i++)
		compare(&shots[i], &d, &st);
	summary__free(s);
	names__free(n);
}

/* What is not known at the levels below full is n/a. */
static void levels(void)
{
	static const struct shot shots[] = {
		[DETAIL_STALLS] = { "golden/live/stalls.txt", 30, 120, true, TABS_OWN },
		[DETAIL_COUNTS] = { "golden/live/counts.txt", 30, 120, true, TABS_OWN },
	};

	for (int detail = 0; detail < DETAIL_FULL; detail++) {
		struct live_state st;
		struct names *n;
		struct summary *s = sample_level_new(detail, &n);
		struct live_data d = sample_live(s, n);

		live_state__init(&st);
		compare(&shots[detail], &d, &st);
		summary__free(s);
		names__free(n);
	}
}

/* Before the first interval; and one in which nothing happened, without a mount. */
static void nothing(void)
{
	static const struct shot before = { "golden/live/before.txt", 24, 80, true,
					    TAB_BIT(TAB_OPS) };
	static const struct shot empty = { "golden/live/empty.txt", 24, 80, true, TABS_OWN };
	struct summary *s = summary__new();
	struct live_state st;
	struct live_data d = sample_live(NULL, NULL);

	live_state__init(&st);
	d.session_ns = 0;
	compare(&before, &d, &st);
	d = sample_live(s, NULL);
	d.host = d.kernel = NULL;
	summary__set_span(s, 0, SEC);
	compare(&empty, &d, &st);
	summary__free(s);
}

static struct mount_state mount_nr(unsigned int i, char path[64])
{
	snprintf(path, 64, "/srv/share-%u", i);
	return (struct mount_state){
		.dev = 40 + i,
		.mountpoint = path,
		.tag = "share",
		.dax_mode = "always",
		.has_figures = true,
		.figures = { .fcd = 1,
			     .total_ranges = 512,
			     .free_ranges = 512 - i * 60,
			     .busy_ranges = i * 60 },
		.has_advice = i % 2,
		.advice = { .figures = { .setups = 1000, .repeats = 100 * i } },
	};
}

static void add_mounts(struct summary *s, unsigned int cnt)
{
	struct cell c = sample_cell(10, 9 * MS, WAIT_FREE_RANGE, 6 * MS);
	char path[64];

	summary__set_span(s, 0, SEC);
	for (unsigned int i = 1; i <= cnt; i++) {
		struct mount_state m = mount_nr(i, path);
		struct inode_cell_key key = {
			.inode = { .nodeid = i, .dev = m.dev, .generation = 1 }, .op = OP_SETUP
		};

		summary__set_mount(s, &m);
		c.wait_ns[WAIT_FREE_RANGE] = i * MS;
		summary__add_inode_cell(s, &key, &c);
	}
}

static void mounts(void)
{
	static const struct {
		struct shot shot;
		unsigned int cnt;
	} rows[] = {
		{ { "golden/live/one-mount.txt", 24, 80, false, TAB_BIT(TAB_OPS) }, 1 },
		{ { "golden/live/one-mount-wide.txt", 24, 160, false, TAB_BIT(TAB_OPS) }, 1 },
		{ { "golden/live/many-mounts.txt", 24, 80, false, TAB_BIT(TAB_INODES) }, 8 },
		{ { "golden/live/many-mounts-wide.txt", 50, 160, false, TAB_BIT(TAB_INODES) }, 8 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct summary *s = summary__new();
		struct live_data d = sample_live(s, NULL);
		struct live_state st;

		live_state__init(&st);
		add_mounts(s, rows[i].cnt);
		compare(&rows[i].shot, &d, &st);
		summary__free(s);
	}
}

/* Losses are of the whole machine: no mount's name stands in front of them. */
static void lost_of_all(void)
{
	struct summary *s = summary__new();
	struct names *n = names__new();
	struct live_data d = sample_live(s, n);
	struct live_state st;
	struct trust t = {};
	char *text;

	live_state__init(&st);
	t.counters[COUNTER_FRAMES_FULL] = 3;
	summary__set_span(s, 5 * SEC, 6 * SEC);
	sample_add_mounts(s);
	summary__set_trust(s, &t);
	text = live_screen(&d, &st, 24, 80, true);
	CHECK(strstr(text, "note:  3 operations lost"));
	free(text);
	summary__free(s);
	names__free(n);
}

static void no_window(void)
{
	static const struct shot shot = { "golden/live/no-window.txt", 24, 80, true,
					  TAB_BIT(TAB_OPS) };
	struct mount_state m = { .dev = 39,
				 .mountpoint = "/mnt/plain",
				 .reason = "the device has no window" };
	struct summary *s = summary__new();
	struct live_data d = sample_live(s, NULL);
	struct live_state st;

	live_state__init(&st);
	summary__set_span(s, 0, SEC);
	summary__set_mount(s, &m);
	compare(&shot, &d, &st);
	summary__free(s);
}

/* Long, in CJK, and such as wants to reach the terminal. */
static void wild_names(void)
{
	static const struct shot shots[] = {
		{ "golden/live/wild.txt", 24, 80, false, TAB_BIT(TAB_INODES) | TAB_BIT(TAB_TASKS) },
		{ "golden/live/wild-ascii.txt", 24, 80, true, TAB_BIT(TAB_INODES) },
	};
	static const char cjk[] = "文件名很长文件名很长文件名很长.bin\0目录\0目录目录目录目录目录";
	static const char hostile[] = "\033]0;x\007\xe2\x80\xae"
				      "fdp.exe\0\xff\xfe";
	struct cell c = sample_cell(10, 9 * MS, WAIT_FREE_RANGE, 6 * MS);
	struct task_key task = { .tgid = 7, .pid = 7, .start_ms = 7 };
	struct names *n = names__new();
	struct summary *s = summary__new();
	struct live_data d = sample_live(s, n);
	char longest[PATH_BYTES];
	struct live_state st;

	live_state__init(&st);
	summary__set_span(s, 0, SEC);
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = i % 11 == 10 ? '\0' : 'a' + i % 11;
	for (__u64 i = 1; i <= 3; i++)
		sample_add_inode(s, i, OP_FAULT_READ_PTE, &c);
	sample_add_path(n, 1, 0, cjk, sizeof(cjk));
	sample_add_path(n, 2, 0, hostile, sizeof(hostile));
	sample_add_path(n, 3, INODE_PATH_CUT, longest, sizeof(longest));
	sample_add_task(s, 7, OP_FAULT_READ_PTE, &c);
	names__add_task(n, &task, "\xe6\x96\x87\033[2J\xff\0\0\0\0\0\0\0\0");
	for (size_t i = 0; i < sizeof(shots) / sizeof(shots[0]); i++)
		compare(&shots[i], &d, &st);
	summary__free(s);
	names__free(n);
}

static const char *const filters[] = { "mount /mnt/dax", "pid 4711" };

/* All that changes what is shown says so. */
static void states(void)
{
	static const struct shot into = { "golden/live/into-inode.txt", 24, 80, false,
					  TABS_OWN | TAB_BIT(TAB_LOCKS) };
	static const struct shot help = { "golden/live/help.txt", 70, 80, true, TAB_BIT(TAB_OPS) };
	static const struct shot replay = { "golden/live/replay.txt", 24, 80, true,
					    TAB_BIT(TAB_OPS) };
	struct live_state st;
	struct names *n;
	struct summary *s = sample_new(&n);
	struct live_data d = sample_live(s, n);

	live_state__init(&st);
	st.focus[st.focus_cnt++] = (struct live_focus){ .kind = FOCUS_INODE,
							.tab = TAB_INODES,
							.key = { .inode = SAMPLE_INODE5 } };
	strcpy(st.filter, "LLVM");
	st.is_paused = true;
	d.filters = filters;
	d.filters_cnt = 2;
	compare(&into, &d, &st);
	live_state__init(&st);
	st.has_help = true;
	compare(&help, &d, &st);
	live_state__init(&st);
	d.is_replay = true;
	d.speed = 2;
	d.at_ns = 80 * SEC;
	d.length_ns = 300 * SEC;
	st.prompt = PROMPT_JUMP;
	strcpy(st.input, "1m");
	compare(&replay, &d, &st);
	summary__free(s);
	names__free(n);
}

/* Nothing is too small to be drawn on. */
static void every_size(void)
{
	struct names *n;
	struct summary *s = sample_new(&n);
	struct live_data d = sample_live(s, n);

	for (unsigned int rows = 1; rows <= 30; rows++) {
		for (unsigned int cols = 1; cols <= 90; cols += cols < 20 ? 1 : 7) {
			for (unsigned int tab = 0; tab < TAB_NR; tab++) {
				struct live_state st;
				char *text;

				live_state__init(&st);
				st.tab = tab;
				st.has_help = (rows + cols) % 5 == 4;
				st.prompt = (rows + cols) % 7 == 6 ? PROMPT_SORT : PROMPT_NONE;
				st.focus_cnt = (rows + cols) % 3 == 2;
				st.focus[0] = (struct live_focus){ .kind = FOCUS_INODE,
								   .tab = TAB_INODES,
								   .key.inode = SAMPLE_INODE5 };
				text = live_screen(&d, &st, rows, cols, (rows + cols) % 2);
				check_screen(text, cols, false);
				free(text);
			}
		}
	}
	summary__free(s);
	names__free(n);
}

/* The same data and state make the same screen, also the second time. */
static void is_stable(void)
{
	struct names *n;
	struct summary *s = sample_new(&n);
	struct live_data d = sample_live(s, n);
	struct live_state st, before;
	char *first, *second;

	live_state__init(&st);
	st.tab = TAB_INODES;
	first = live_screen(&d, &st, 24, 80, false);
	before = st;
	second = live_screen(&d, &st, 24, 80, false);
	CHECK_TEXT(second, first);
	CHECK(!memcmp(&st, &before, sizeof(st)));
	free(first);
	free(second);
	summary__free(s);
	names__free(n);
}

int main(void)
{
	sizes();
	levels();
	nothing();
	mounts();
	lost_of_all();
	no_window();
	wild_names();
	states();
	every_size();
	is_stable();
	return check_result();
}
