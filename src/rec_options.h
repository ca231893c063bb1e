/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What of a recording is asked for, as options of the commands that read one.
 */
#ifndef DAXTOP_REC_OPTIONS_H
#define DAXTOP_REC_OPTIONS_H

#include "failure.h"
#include "options.h"
#include "rec_match.h"

#define REC_SHOWN_MAX 9

#define REC_NAMES_BYTES 1024

struct rec_options {
	struct rec_filters filters;
	char ops[REC_NAMES_BYTES]; /* as they were asked for, with commas between them */
	char waits[REC_NAMES_BYTES];
	char comm[TASK_COMM_LEN_MAX + 1];
	struct view_filter shown[REC_SHOWN_MAX];
	size_t shown_cnt;
};

enum rec_option {
	REC_OPTION_FROM = OPTION_LONG + 0x100,
	REC_OPTION_TO,
	REC_OPTION_OP,
	REC_OPTION_WAIT,
	REC_OPTION_MIN_LATENCY,
};

/* Their rows in a table of options. */
#define REC_OPTION_ROWS                                                                     \
	{ { "from", required_argument, NULL, REC_OPTION_FROM },                             \
	  "SECONDS",                                                                        \
	  "only what began so long after the recording, or later" },                        \
		{ { "to", required_argument, NULL, REC_OPTION_TO },                         \
		  "SECONDS",                                                                \
		  "only what began before that" },                                          \
		{ { "op", required_argument, NULL, REC_OPTION_OP },                         \
		  "NAMES",                                                                  \
		  "only these operations: truncate,fault" },                                \
		{ { "wait", required_argument, NULL, REC_OPTION_WAIT },                     \
		  "NAMES",                                                                  \
		  "only what waited for one of these: request,busy_page" },                 \
		{ { "min-latency", required_argument, NULL, REC_OPTION_MIN_LATENCY },       \
		  "TIME",                                                                   \
		  "only what took so long: 10ms, 200us, 1.5s" },                            \
		{ { "mount", required_argument, NULL, 'm' },                                \
		  "DIR",                                                                    \
		  "only this mount: mount point or tag" },                                  \
		{ { "path", required_argument, NULL, 'f' },                                 \
		  "PATH",                                                                   \
		  "only this file, or files below this folder" },                           \
		{ { "pid", required_argument, NULL, 'p' }, "PID", "only this process" },    \
	{                                                                                   \
		{ "comm", required_argument, NULL, 'c' }, "NAME", "only tasks of this name" \
	}

/*
 * One of them, with its value, which is borrowed. False when that is none, or the option not one
 * of them. Operations and waits add up when they are asked for again; of all others the last one
 * holds.
 */
bool rec_options__take(struct rec_options *opts, int option, char *value);

/* When all were taken: EXIT_FINE, or EXIT_USAGE and it has complained of what no event can be. */
enum exit_code rec_options__check(const struct rec_options *opts);

#endif
