// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: settings are read and written by a child with a deadline, as the home folder may lie
 * on the mount that hangs.
 */
#include "screen.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "cmd.h"
#include "deadline.h"
#include "live_priv.h"

#define SETTINGS_DEADLINE_MS 500

struct settings_file {
	int err;
	struct settings settings;
	struct settings_notes notes;
};

static int file_read(const void *path, void *result)
{
	struct settings_file *file = result;

	file->err = settings__read(&file->settings, path, live_tabs, &file->notes);
	return 0;
}

struct settings_to_write {
	const struct settings *settings;
	const char *path;
};

static int file_write(const void *arg, void *result)
{
	const struct settings_to_write *what = arg;
	int *err = result;

	*err = settings__write(what->settings, what->path, live_tabs);
	return 0;
}

static void settings_load(struct screen *s)
{
	struct settings_file file = {};
	char path[PATH_MAX];
	int err = settings__path(path, sizeof(path));

	if (!err)
		err = deadline__run(file_read, path, &file, sizeof(file), SETTINGS_DEADLINE_MS);
	s->may_store = !err && (!file.err || file.err == -ENOENT);
	if (err || file.err)
		return;
	s->settings = file.settings;
	if (file.notes.cnt)
		screen__say(s, true, "%s: %s", path, file.notes.text[0]);
}

static void settings_store(const struct screen *s)
{
	struct settings now = s->settings;
	struct settings_to_write what = { .settings = &now };
	char path[PATH_MAX];
	int err = 0;

	settings__take(&now, &s->state, s->keeps_interval ? s->interval_s : s->settings.delay_s);
	if (!s->may_store || settings__is_same(&now, &s->settings) ||
	    settings__path(path, sizeof(path)))
		return;
	what.path = path;
	err = deadline__run(file_write, &what, &err, sizeof(err), SETTINGS_DEADLINE_MS) ?: err;
	if (err)
		complain(EXIT_FINE, "%s: cannot keep the settings: %s", path, strerror(-err));
}

enum exit_code screen__open(struct screen *s, double default_s, bool uses_delay)
{
	struct failure failure;

	live_state__init(&s->state);
	settings_load(s);
	settings__apply(&s->settings, &s->state);
	if (!s->interval_s)
		s->interval_s = uses_delay && s->settings.delay_s ? s->settings.delay_s : default_s;
	if (term__open(&s->term, &failure))
		return complain(failure.code, "%s", failure.text);
	return EXIT_FINE;
}

void screen__close(struct screen *s)
{
	term__close(s->term);
	s->term = NULL;
	canvas__fini(&s->canvas);
	settings_store(s);
}

int screen__draw(struct screen *s, const struct live_data *d)
{
	bool is_anew = s->state.wants_redraw;
	unsigned int rows, cols;
	int err = 0;

	term__size(s->term, &rows, &cols);
	if (rows != s->canvas.rows || cols != s->canvas.cols) {
		canvas__fini(&s->canvas);
		err = canvas__init(&s->canvas, rows, cols, term__is_ascii(s->term));
		is_anew = true;
	}
	if (!err)
		err = live__draw(&s->canvas, d, &s->state);
	s->state.wants_redraw = false;
	return err ?: term__show(s->term, &s->canvas, is_anew);
}

int screen__keys(struct screen *s, bool is_replay)
{
	struct live_mouse mouse;
	int key;

	while ((key = term__key(s->term, &mouse)) > 0)
		live__key(&s->state, key, key == KEY_LIVE_MOUSE ? &mouse : NULL, is_replay);
	return key;
}

void screen__say(struct screen *s, bool is_bad, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(s->state.message, sizeof(s->state.message), format, args);
	va_end(args);
	s->state.is_message_bad = is_bad;
}
