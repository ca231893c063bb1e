// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: tabs and columns are kept by name, so that a file of another version means what it
 * did.
 */
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live_priv.h"

#define FILE_BYTES_MAX 65536
#define LINE_BYTES     256
#define DELAY_MIN_S    0.01 /* as --interval */
#define DELAY_MAX_S    1e6
#define REVERSED       " reversed"
#define SORT	       "sort "

/* ---- lines ---- */

struct line {
	char *key, *value;
	const struct live_tab_row *const *tabs;
};

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* "" where there is none. */
static const char *column_name(const struct live_tab_row *tab, unsigned int col)
{
	return col < tab->columns_cnt ? tab->columns[col].name : "";
}

/* TAB_NR: there is none of this name. */
static enum live_tab find_tab(const struct live_tab_row *const *tabs, const char *name)
{
	unsigned int tab = 0;

	while (tab < TAB_NR && strcasecmp(tabs[tab]->name, name))
		tab++;
	return tab;
}

static bool set_delay(struct settings *s, const struct line *line)
{
	char *end;
	double value = strtod(line->value, &end);

	if (end == line->value || *end || !(value >= DELAY_MIN_S && value <= DELAY_MAX_S))
		return false;
	s->delay_s = value;
	return true;
}

static bool set_tab(struct settings *s, const struct line *line)
{
	enum live_tab tab = find_tab(line->tabs, line->value);

	if (tab == TAB_NR)
		return false;
	s->tab = tab;
	return true;
}

static bool set_cumulative(struct settings *s, const struct line *line)
{
	bool is_yes = !strcasecmp(line->value, "yes");

	if (!is_yes && strcasecmp(line->value, "no"))
		return false;
	s->is_cumulative = is_yes;
	return true;
}

/* "COLUMN" or "COLUMN reversed", of the tab that the key names. */
static bool set_sort(struct settings *s, const struct line *line)
{
	enum live_tab tab = find_tab(line->tabs, trim(line->key + strlen(SORT)));
	const struct live_tab_row *row = tab < TAB_NR ? line->tabs[tab] : NULL;
	size_t len = strlen(line->value);
	bool is_reversed = false;

	if (len > strlen(REVERSED) && !strcasecmp(line->value + len - strlen(REVERSED), REVERSED)) {
		line->value[len - strlen(REVERSED)] = '\0';
		trim(line->value);
		is_reversed = true;
	}
	for (unsigned int col = 0; row && col < row->columns_cnt; col++) {
		if (!*row->columns[col].name || strcasecmp(row->columns[col].name, line->value))
			continue;
		s->lists[tab] = (struct settings_list){ true, is_reversed, col };
		return true;
	}
	return false;
}

static bool set(struct settings *s, const struct line *line)
{
	if (!strncasecmp(line->key, SORT, strlen(SORT)))
		return set_sort(s, line);
	if (!strcasecmp(line->key, "delay"))
		return set_delay(s, line);
	if (!strcasecmp(line->key, "tab"))
		return set_tab(s, line);
	if (!strcasecmp(line->key, "cumulative"))
		return set_cumulative(s, line);
	return false;
}

static void note(struct settings_notes *notes, unsigned int nr, const char *line)
{
	char clean[80];

	if (notes->cnt < SETTINGS_NOTES_MAX)
		snprintf(notes->text[notes->cnt], sizeof(notes->text[0]),
			 "line %u is not understood: %s", nr,
			 fmt__clean(clean, sizeof(clean), line, strlen(line)));
	notes->cnt++;
}

/* @text is its own to change. */
static bool parse_line(struct settings *s, char *text, const struct live_tab_row *const *tabs)
{
	char *key = trim(text), *value;

	if (!*key || *key == '#')
		return true;
	value = strchr(key, '=');
	if (!value)
		return false;
	*value++ = '\0';
	return set(s, &(struct line){ trim(key), trim(value), tabs });
}

void settings__parse(struct settings *s, const char *text, const struct live_tab_row *const *tabs,
		     struct settings_notes *notes)
{
	char line[LINE_BYTES], copy[LINE_BYTES];

	*notes = (struct settings_notes){};
	for (unsigned int nr = 1; *text; nr++) {
		size_t len = strcspn(text, "\n");
		size_t kept = len < sizeof(line) ? len : sizeof(line) - 1;

		memcpy(line, text, kept);
		line[kept] = '\0';
		strcpy(copy, line);
		if (kept < len || !parse_line(s, copy, tabs))
			note(notes, nr, line);
		text += len + (text[len] == '\n');
	}
}

void settings__print(FILE *f, const struct settings *s, const struct live_tab_row *const *tabs)
{
	fprintf(f, "# virtiofs-daxtop top: written at its end, read by the next.\n");
	if (s->delay_s)
		fprintf(f, "delay = %g\n", s->delay_s);
	fprintf(f, "tab = %s\n", tabs[s->tab]->name);
	fprintf(f, "cumulative = %s\n", s->is_cumulative ? "yes" : "no");
	for (int tab = 0; tab < TAB_NR; tab++) {
		const struct settings_list *list = &s->lists[tab];

		if (list->is_sorted && *column_name(tabs[tab], list->sort))
			fprintf(f, SORT "%s = %s%s\n", tabs[tab]->name,
				column_name(tabs[tab], list->sort),
				list->is_reversed ? REVERSED : "");
	}
}

/* ---- the view ---- */

bool settings__is_same(const struct settings *a, const struct settings *b)
{
	if (a->delay_s != b->delay_s || a->tab != b->tab || a->is_cumulative != b->is_cumulative)
		return false;
	for (int tab = 0; tab < TAB_NR; tab++) {
		const struct settings_list *x = &a->lists[tab], *y = &b->lists[tab];

		if (x->is_sorted != y->is_sorted || x->is_reversed != y->is_reversed ||
		    x->sort != y->sort)
			return false;
	}
	return true;
}

void settings__apply(const struct settings *s, struct live_state *st)
{
	st->tab = s->tab;
	st->is_cumulative = s->is_cumulative;
	for (int tab = 0; tab < TAB_NR; tab++) {
		st->lists[tab].is_sorted = s->lists[tab].is_sorted;
		st->lists[tab].is_reversed = s->lists[tab].is_reversed;
		st->lists[tab].sort = s->lists[tab].sort;
	}
}

void settings__take(struct settings *s, const struct live_state *st, double delay_s)
{
	*s = (struct settings){
		.delay_s = delay_s,
		.tab = st->tab,
		.is_cumulative = st->is_cumulative,
	};
	for (int tab = 0; tab < TAB_NR; tab++) {
		if (st->lists[tab].is_sorted)
			s->lists[tab] = (struct settings_list){ true, st->lists[tab].is_reversed,
								st->lists[tab].sort };
	}
}

/* ---- the file ---- */

int settings__path(char *buf, size_t bytes)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int len;

	if (config && *config == '/')
		len = snprintf(buf, bytes, "%s/virtiofs-daxtop/toprc", config);
	else if (home && *home == '/')
		len = snprintf(buf, bytes, "%s/.config/virtiofs-daxtop/toprc", home);
	else
		return -ENOENT;
	return (size_t)len < bytes ? 0 : -ENAMETOOLONG;
}

/* Bytes of an open file, or -errno; @buf ends in a NUL then. */
static ssize_t read_all(int fd, char *buf, size_t bytes)
{
	size_t len = 0;
	ssize_t cnt;

	while ((cnt = read(fd, buf + len, bytes - 1 - len)) > 0)
		len += cnt;
	if (cnt < 0)
		return -errno;
	buf[len] = '\0';
	return len == bytes - 1 ? -EFBIG : (ssize_t)len;
}

int settings__read(struct settings *s, const char *path, const struct live_tab_row *const *tabs,
		   struct settings_notes *notes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	char *text = malloc(FILE_BYTES_MAX);
	ssize_t len = fd < 0 ? -errno : -ENOMEM;

	*notes = (struct settings_notes){};
	if (fd >= 0 && text)
		len = read_all(fd, text, FILE_BYTES_MAX);
	if (len >= 0)
		settings__parse(s, text, tabs, notes);
	if (fd >= 0)
		close(fd);
	free(text);
	return len < 0 ? len : 0;
}

/* The folders that @path lies in. 0 or -errno. */
static int make_folders(const char *path)
{
	char folder[LINE_BYTES * 16];

	if (strlen(path) >= sizeof(folder))
		return -ENAMETOOLONG;
	strcpy(folder, path);
	for (char *end = strchr(folder + 1, '/'); end; end = strchr(end + 1, '/')) {
		*end = '\0';
		if (mkdir(folder, 0700) && errno != EEXIST)
			return -errno;
		*end = '/';
	}
	return 0;
}

/* Closes @fd. 0 or -errno. */
static int fill(int fd, const struct settings *s, const struct live_tab_row *const *tabs)
{
	FILE *f = fdopen(fd, "w");
	int err;

	if (!f) {
		err = -errno;
		close(fd);
		return err;
	}
	settings__print(f, s, tabs);
	err = fflush(f) ? -errno : 0;
	return fclose(f) && !err ? -errno : err;
}

int settings__write(const struct settings *s, const char *path,
		    const struct live_tab_row *const *tabs)
{
	char temporary[LINE_BYTES * 16];
	int err = make_folders(path), fd;

	if (err)
		return err;
	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fill(fd, s, tabs);
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}
