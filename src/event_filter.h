/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which events of recordings are asked for by script and export: as report is asked, and by kind.
 */
#ifndef DAXTOP_EVENT_FILTER_H
#define DAXTOP_EVENT_FILTER_H

#include "cmd.h"
#include "rec_events.h"
#include "rec_options.h"

struct event_filter {
	struct rec_options asked;
	__u32 kinds;		 /* bits of enum rec_kind; 0: all */
	struct rec_match *match; /* of one recording */
	bool has_begun;
	__u64 late_cnt; /* of what it let through */
};

enum {
	OPTION_KIND = OPTION_LONG + 0x200
};

/* Rows for an option table. */
#define EVENT_FILTER_ROWS                                   \
	{ { "kind", required_argument, NULL, OPTION_KIND }, \
	  "NAMES",                                          \
	  "only op,hits,wait,blame,window,self_request" },  \
		REC_OPTION_ROWS

/* One option of these rows with its value. False where it is none, or another's option. */
bool event_filter__take(struct event_filter *f, int option, char *value);

/*
 * Before the events of a recording. EXIT_FINE, or it has complained of what cannot be asked of
 * it.
 */
enum exit_code event_filter__begin(struct event_filter *f, struct rec_events *events,
				   const char *path);
bool event_filter__lets(struct event_filter *f, const struct rec_event *ev);
/* What is no event, but of a mount. */
bool event_filter__lets_mount(const struct event_filter *f, __u32 dev);
void event_filter__end(struct event_filter *f);

#endif
