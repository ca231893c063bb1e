// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "event_filter.h"

#include <errno.h>
#include <string.h>

/* ---- options ---- */

static int kind_by_name(const char *name, size_t len)
{
	for (size_t i = 0; rec_event_kinds[i]; i++) {
		const char *known = rec_kind__find(rec_event_kinds[i])->name;

		if (strlen(known) == len && !strncmp(known, name, len))
			return rec_event_kinds[i];
	}
	return -ENOENT;
}

static bool take_kinds(const char *text, __u32 *kinds)
{
	for (;; text++) {
		size_t len = strcspn(text, ",");
		int kind = kind_by_name(text, len);

		if (kind < 0)
			return false;
		*kinds |= 1U << kind;
		text += len;
		if (!*text)
			return true;
	}
}

bool event_filter__take(struct event_filter *f, int option, char *value)
{
	if (option == OPTION_KIND)
		return take_kinds(value, &f->kinds);
	return rec_options__take(&f->asked, option, value);
}

/* ---- one recording ---- */

enum exit_code event_filter__begin(struct event_filter *f, struct rec_events *events,
				   const char *path)
{
	const struct rec_origin *origin = rec_events__origin(events);
	const struct rec_filters *filters = &f->asked.filters;

	if (!rec_events__has_names(events) && (filters->mount || filters->path || filters->comm))
		return complain(EXIT_USAGE,
				"--mount, --path and --comm read a recording twice, which %s "
				"cannot be: save it to a file first",
				path);
	f->match = rec_match__new(filters, origin->names);
	if (!f->match)
		return complain(EXIT_CANNOT_RUN, "not enough memory");
	f->has_begun = false;
	f->late_cnt = 0;
	if (rec_match__resolve(f->match, origin->mounts))
		return complain(EXIT_USAGE, "%s has no mount %s", path, filters->mount);
	rec_events__set_range(events, filters->from_ns,
			      filters->to_ns ? filters->to_ns - 1 : ~0ULL);
	return EXIT_FINE;
}

void event_filter__end(struct event_filter *f)
{
	rec_match__free(f->match);
	f->match = NULL;
}

/* ---- events ---- */

/* Where ids are not known here, nothing that was asked for is meant. */
static bool has_known_op(const struct event_filter *f, const struct rec_event *ev)
{
	const struct rec_column *op = rec_columns__find(ev->kind, "op");

	return !f->asked.filters.ops || rec_field__number(op->field, ev->record, 0) < OP_NR;
}

/* What is of no operation: by task, file and time. */
static bool lets_other(struct event_filter *f, const struct rec_event *ev,
		       const struct inode_key *inode, const struct task_key *task, __u64 ns)
{
	const struct rec_filters *filters = &f->asked.filters;

	if (filters->ops || filters->waits || ns < filters->min_ns)
		return false;
	if (!task && (filters->tgid || filters->comm))
		return false;
	return rec_match__time(f->match, ev->begin_ns) && rec_match__inode(f->match, inode) &&
	       (!task || rec_match__task(f->match, task));
}

static bool lets(struct event_filter *f, const struct rec_event *ev)
{
	const struct event_window *window = ev->record;
	const struct event_self_request *request = ev->record;

	if (f->kinds && !(f->kinds & 1U << ev->kind))
		return false;
	if (ev->kind == REC_WINDOW)
		return lets_other(f, ev, &window->key, NULL, window->round_trip_ns);
	if (ev->kind == REC_SELF_REQUEST)
		return lets_other(f, ev, &request->key, &request->task, 0);
	if (!has_known_op(f, ev))
		return false;
	if (ev->kind == REC_WAIT)
		return rec_match__wait(f->match, ev->record);
	return ev->kind == REC_BLAME ? rec_match__blame(f->match, ev->record)
				     : rec_match__op(f->match, ev->record);
}

bool event_filter__lets(struct event_filter *f, const struct rec_event *ev)
{
	bool res;

	if (!f->has_begun)
		rec_match__begin(f->match, ev->origin->start_ns);
	f->has_begun = true;
	res = lets(f, ev);
	f->late_cnt += res && ev->is_late;
	return res;
}

bool event_filter__lets_mount(const struct event_filter *f, __u32 dev)
{
	return rec_match__mount(f->match, dev);
}
