// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Asked when an event is shown and not when it is read, as its task's name or its mount may be told
 * only after it.
 */
#include "event_filter.h"

#include <stdio.h>
#include <string.h>

#include "rec_text.h"

/* ---- options ---- */

static int kind_by_name(const char *name)
{
	for (size_t i = 0; rec_event_kinds[i]; i++)
		if (!strcmp(rec_kind__find(rec_event_kinds[i])->name, name))
			return rec_event_kinds[i];
	return -1;
}

/* "a,b" as bits of what @by_name says. */
static bool take_names(char *value, int (*by_name)(const char *), __u32 *bits)
{
	char *rest = value, *name;

	while ((name = strsep(&rest, ","))) {
		int id = by_name(name);

		if (id < 0)
			return false;
		*bits |= 1U << id;
	}
	return true;
}

static bool take_text(const char *value, const char **text)
{
	*text = value;
	return *value;
}

bool event_filter__take(struct event_filter *f, int option, char *value)
{
	switch (option) {
	case OPTION_FILTER_FROM:
		return parse_duration(value, &f->from_ns);
	case OPTION_FILTER_TO:
		return parse_duration(value, &f->to_ns);
	case OPTION_FILTER_KIND:
		return take_names(value, kind_by_name, &f->kinds);
	case OPTION_FILTER_OP:
		return take_names(value, op_by_name, &f->ops);
	case OPTION_FILTER_WAIT:
		return take_names(value, wait_by_name, &f->waits);
	case 'm':
		return take_text(value, &f->mount);
	case 'p':
		return parse_count(value, 1, &f->pid);
	case 'c':
		return take_text(value, &f->comm);
	case 'f':
		return take_text(value, &f->path);
	case OPTION_FILTER_LATENCY:
		return parse_duration(value, &f->min_ns);
	}
	return false;
}

/* ---- asking ---- */

/* Bits of the operation that an event is of, and of what it waited for. */
static __u32 ops_of(const struct rec_event *ev)
{
	const struct rec_column *column = rec_columns__find(ev->kind, "op");

	return column ? 1U << (rec_field__number(column->field, ev->record, 0) & 31) : 0;
}

static __u32 waits_of(const struct rec_event *ev)
{
	const struct rec_column *column = rec_columns__find(ev->kind, "wait");
	const struct event_op *op = ev->record;
	__u32 waits = 0;

	if (column)
		return 1U << (rec_field__number(column->field, ev->record, 0) & 31);
	for (int i = 0; ev->kind == REC_OP && i < WAIT_NR; i++)
		if (op->wait_ns[i] || op->wait_cnt[i])
			waits |= 1U << i;
	return waits;
}

static const char *text_of(const struct rec_event *ev, const char *name, struct rec_value *v)
{
	const struct rec_column *column = rec_columns__find(ev->kind, name);

	if (!column)
		return "";
	rec_column__value(column, ev, v);
	return v->type == VALUE_TEXT ? v->text : "";
}

static __u64 number_of(const struct rec_event *ev, const char *name)
{
	const struct rec_column *column = rec_columns__find(ev->kind, name);
	struct rec_value v = {};

	if (column)
		rec_column__value(column, ev, &v);
	return v.number;
}

static bool is_of_mount(const struct rec_event *ev, const char *name)
{
	const struct rec_column *column = rec_columns__find(ev->kind, "dev");
	const struct inode_key *key =
		(const void *)((const char *)ev->record + column->field->offset);
	const struct mount_state *mount = summary__mount_by_dev(ev->origin->mounts, key->dev);

	return mount && ((mount->mountpoint && !strcmp(mount->mountpoint, name)) ||
			 (mount->tag && !strcmp(mount->tag, name)));
}

static bool is_at_or_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	while (len && folder[len - 1] == '/')
		len--;
	return !strncmp(path, folder, len) && (!path[len] || path[len] == '/');
}

/* By its path on the mount, or by all of it. */
static bool is_of_path(const struct rec_event *ev, const char *want)
{
	struct rec_value path, mountpoint;
	char whole[PATH_BYTES * 2 + 2];

	if (!*text_of(ev, "path", &path))
		return false;
	if (want[0] != '/')
		return is_at_or_below(path.text, want);
	snprintf(whole, sizeof(whole), "%s/%s", text_of(ev, "mountpoint", &mountpoint), path.text);
	return is_at_or_below(whole, want) || is_at_or_below(path.text, want + 1);
}

bool event_filter__lets(const struct event_filter *f, const struct rec_event *ev)
{
	struct rec_value v;

	if (f->kinds && !(f->kinds & 1U << ev->kind))
		return false;
	if (f->ops && !(f->ops & ops_of(ev)))
		return false;
	if (f->waits && !(f->waits & waits_of(ev)))
		return false;
	if (f->min_ns && rec_event__ns(ev) < f->min_ns)
		return false;
	if (f->pid && number_of(ev, "pid") != f->pid && number_of(ev, "tgid") != f->pid)
		return false;
	if (f->comm && strcmp(text_of(ev, "comm", &v), f->comm))
		return false;
	if (f->mount && !is_of_mount(ev, f->mount))
		return false;
	return !f->path || is_of_path(ev, f->path);
}
