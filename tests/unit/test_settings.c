// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What a settings file says, what is written into one, and where it goes. Tabs and columns are the
 * test's.
 */
#include "../../src/settings.h"
#include "../../src/live_priv.h"
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct live_column columns[] = { { .name = "Name" },
					      { .name = "" },
					      { .name = "Wait/s" } };

#define TAB(text)                                                  \
	&(const struct live_tab_row)                               \
	{                                                          \
		.name = text, .columns = columns, .columns_cnt = 3 \
	}

static const struct live_tab_row *const tabs[TAB_NR] = {
	TAB("Operations"), TAB("Inodes"), TAB("Tasks"),	    TAB("Locks"),
	TAB("In flight"),  TAB("Window"), TAB("Histogram"), TAB("Events"),
};

static char *print(const struct settings *s)
{
	static char buf[4096];
	FILE *f = fmemopen(buf, sizeof(buf), "w");

	settings__print(f, s, tabs);
	fclose(f);
	return strchr(buf, '\n') + 1; /* without the comment */
}

static const struct settings full = {
	.delay_s = 0.5,
	.tab = TAB_IN_FLIGHT,
	.is_cumulative = true,
	.lists = { [TAB_OPS] = { true, false, 0 }, [TAB_IN_FLIGHT] = { true, true, 2 } },
};

static void test_round(void)
{
	struct settings s = {}, empty = {};
	struct settings_notes notes;

	CHECK_TEXT(print(&full), "delay = 0.5\ntab = In flight\ncumulative = yes\n"
				 "sort Operations = Name\nsort In flight = Wait/s reversed\n");
	settings__parse(&s, print(&full), tabs, &notes);
	CHECK_U64(notes.cnt, 0);
	CHECK(settings__is_same(&s, &full));
	CHECK(!settings__is_same(&s, &empty));
	CHECK_TEXT(print(&empty), "tab = Operations\ncumulative = no\n");
}

static void test_spelling(void)
{
	struct settings s = {};
	struct settings_notes notes;

	settings__parse(&s,
			"\n# all = wrong\n  DELAY=0.50\r\n tab\t=  in FLIGHT \nCumulative = YES\n"
			"Sort  operations = name\nsort in flight = wait/s  Reversed",
			tabs, &notes);
	CHECK_U64(notes.cnt, 0);
	CHECK(settings__is_same(&s, &full));
}

static void test_broken(void)
{
	static const struct {
		const char *text;
		size_t notes;
	} rows[] = {
		{ "", 0 },
		{ "\n\n#\n", 0 },
		{ "delay", 1 },
		{ "delay = ", 1 },
		{ "delay = 0", 1 },
		{ "delay = -1\ndelay = nan\ndelay = inf\ndelay = 1e9", 4 },
		{ "delay = 1s", 1 },
		{ "tab = Nothing", 1 },
		{ "tab = 1", 1 },
		{ "cumulative = 1", 1 },
		{ "sort = Name", 1 },
		{ "sort Nothing = Name", 1 },
		{ "sort Tasks = Nothing", 1 },
		{ "sort Tasks =", 1 },
		{ "sort Tasks = reversed", 1 },
		{ "= 5", 1 },
		{ "=\n=\n=\n=\n=\n=\n=", 7 },
		{ "\001\377\n", 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct settings s = full;
		struct settings_notes notes;

		settings__parse(&s, rows[i].text, tabs, &notes);
		if (!CHECK(notes.cnt == rows[i].notes))
			printf("#   %s: %zu\n", rows[i].text, notes.cnt);
		CHECK(settings__is_same(&s, &full));
	}
}

static void test_notes(void)
{
	struct settings s = {};
	struct settings_notes notes;
	char text[1024] = "tab = Tasks\n\001bad\n";

	settings__parse(&s, text, tabs, &notes);
	CHECK_TEXT(notes.text[0], "line 2 is not understood: ?bad");
	CHECK_U64(s.tab, TAB_TASKS);
	memset(text, '#', sizeof(text) - 1); /* too long even for a comment */
	settings__parse(&s, text, tabs, &notes);
	CHECK_U64(notes.cnt, 1);
}

static void test_view(void)
{
	static struct live_state st;
	struct settings s;

	settings__apply(&full, &st);
	CHECK_U64(st.tab, TAB_IN_FLIGHT);
	CHECK(st.lists[TAB_IN_FLIGHT].is_reversed && st.lists[TAB_IN_FLIGHT].sort == 2);
	CHECK(!st.lists[TAB_TASKS].is_sorted);
	settings__take(&s, &st, 0.5);
	CHECK(settings__is_same(&s, &full));
}

static void test_path(void)
{
	char path[64], tiny[8];

	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	CHECK(settings__path(path, sizeof(path)) == -ENOENT);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", "", 1);
	CHECK(settings__path(path, sizeof(path)) == -ENOENT);
	setenv("HOME", "/root", 1);
	CHECK(settings__path(path, sizeof(path)) == 0);
	CHECK_TEXT(path, "/root/.config/virtiofs-daxtop/toprc");
	setenv("XDG_CONFIG_HOME", "/conf", 1);
	CHECK(settings__path(path, sizeof(path)) == 0);
	CHECK_TEXT(path, "/conf/virtiofs-daxtop/toprc");
	CHECK(settings__path(tiny, sizeof(tiny)) == -ENAMETOOLONG);
}

static unsigned int count_files(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned int cnt = 0;

	while (dir && readdir(dir))
		cnt++;
	if (dir)
		closedir(dir);
	return cnt - 2;
}

static void test_links(const char *path, const char *elsewhere)
{
	struct settings s = {};
	struct settings_notes notes;
	struct stat st;

	unlink(path);
	CHECK(symlink(elsewhere, path) == 0);
	CHECK(settings__read(&s, path, tabs, &notes) == -ELOOP);
	CHECK(settings__write(&full, path, tabs) == 0);
	CHECK(!lstat(path, &st) && S_ISREG(st.st_mode)); /* the link is gone, and led nowhere */
	CHECK(access(elsewhere, F_OK) != 0);
}

static void test_file(void)
{
	char folder[] = "/tmp/settings-XXXXXX", path[128], below[64], elsewhere[64];
	struct settings s = {};
	struct settings_notes notes;

	CHECK(mkdtemp(folder) != NULL);
	snprintf(below, sizeof(below), "%s/a/b", folder);
	snprintf(path, sizeof(path), "%s/toprc", below);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", folder);
	CHECK(settings__read(&s, path, tabs, &notes) == -ENOENT);
	for (int i = 0; i < 2; i++)
		CHECK(settings__write(&full, path, tabs) == 0);
	CHECK(settings__read(&s, path, tabs, &notes) == 0);
	CHECK(settings__is_same(&s, &full));
	test_links(path, elsewhere);
	CHECK_U64(count_files(below), 1);
	CHECK(settings__read(&s, below, tabs, &notes) == -EISDIR);
	CHECK(settings__read(&s, "/dev/zero", tabs, &notes) == -EFBIG);
	CHECK(settings__write(&full, "/proc/nothing/toprc", tabs) < 0);
	unlink(path);
	mkdir(path, 0700); /* cannot be replaced, and leaves nothing behind */
	CHECK(settings__write(&full, path, tabs) == -EISDIR);
	CHECK_U64(count_files(below), 1);
	rmdir(path);
	rmdir(below);
	*strrchr(below, '/') = '\0';
	rmdir(below);
	CHECK(rmdir(folder) == 0);
}

int main(void)
{
	test_round();
	test_spelling();
	test_broken();
	test_notes();
	test_view();
	test_path();
	test_file();
	return check_result();
}
