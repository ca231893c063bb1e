/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which events of a recording are shown: options that script and export have in common.
 */
#ifndef DAXTOP_EVENT_FILTER_H
#define DAXTOP_EVENT_FILTER_H

#include "cmd.h"
#include "options.h"
#include "rec_column.h"

/* All that is 0 or NULL lets everything through, but to_ns. */
struct event_filter {
	__u64 from_ns, to_ns, min_ns; /* since the start; how long it took */
	__u32 kinds, ops, waits;      /* bits */
	unsigned int pid;	      /* a process, or one thread */
	const char *comm;
	const char *path;
	const char *mount;
};

#define EVENT_FILTER_NEW       \
	{                      \
		.to_ns = ~0ULL \
	}

/* Letters of options: those without one are named here. */
enum {
	OPTION_FILTER_FROM = OPTION_LONG + 0x40,
	OPTION_FILTER_TO,
	OPTION_FILTER_KIND,
	OPTION_FILTER_OP,
	OPTION_FILTER_WAIT,
	OPTION_FILTER_LATENCY,
};

/* Rows for an option table. */
#define EVENT_FILTER_OPTIONS                                                                     \
	{ { "from", required_argument, NULL, OPTION_FILTER_FROM },                               \
	  "TIME",                                                                                \
	  "only what began so long after the start (1.5, 200ms)" },                              \
		{ { "to", required_argument, NULL, OPTION_FILTER_TO },                           \
		  "TIME",                                                                        \
		  "only what began until then" },                                                \
		{ { "kind", required_argument, NULL, OPTION_FILTER_KIND },                       \
		  "NAME,...",                                                                    \
		  "only op, hits, wait, blame, window, self_request" },                          \
		{ { "op", required_argument, NULL, OPTION_FILTER_OP },                           \
		  "NAME,...",                                                                    \
		  "only these operations: " TOOL_NAME " help operations" },                      \
		{ { "wait", required_argument, NULL, OPTION_FILTER_WAIT },                       \
		  "NAME,...",                                                                    \
		  "only what waited for these: " TOOL_NAME " help waits" },                      \
		{ { "min-latency", required_argument, NULL, OPTION_FILTER_LATENCY },             \
		  "TIME",                                                                        \
		  "only what took so long (200us, 1.5s)" },                                      \
		{ { "mount", required_argument, NULL, 'm' },                                     \
		  "DIR",                                                                         \
		  "only this mount: mount point or tag" },                                       \
		{ { "pid", required_argument, NULL, 'p' },                                       \
		  "PID",                                                                         \
		  "only this process, or this thread" },                                         \
		{ { "comm", required_argument, NULL, 'c' }, "NAME", "only tasks of this name" }, \
	{                                                                                        \
		{ "path", required_argument, NULL, 'f' }, "PATH",                                \
			"only this file, or files below this folder"                             \
	}

/* One option of these rows with its value. False where it is none, or another's option. */
bool event_filter__take(struct event_filter *f, int option, char *value);

/* @from_ns and @to_ns are not looked at: rec_events__set_range(). */
bool event_filter__lets(const struct event_filter *f, const struct rec_event *ev);

#endif
