/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The subcommands: each takes its own argument vector (argv[0] is its name) and returns an exit
 * code of enum exit_code. main.c has the table.
 */
#ifndef DAXTOP_CMD_H
#define DAXTOP_CMD_H

#include <stdbool.h>

#include <jansson.h>
#include <linux/types.h>

#include "failure.h"
#include "view.h"

#define TOOL_NAME "virtiofs-daxtop"

enum exit_code cmd_top(int argc, char **argv);
enum exit_code cmd_record(int argc, char **argv);
enum exit_code cmd_report(int argc, char **argv);
enum exit_code cmd_doctor(int argc, char **argv);
enum exit_code cmd_script(int argc, char **argv);
enum exit_code cmd_export(int argc, char **argv);
enum exit_code cmd_replay(int argc, char **argv);

/* doctor --stuck. EXIT_NO when something is. */
struct stuck_opts {
	const char *btf_path;
	__u64 older_ns; /* not run for so long; 0: all that wait on virtiofs DAX are shown */
	bool is_json;
};

enum exit_code doctor_stuck(const struct stuck_opts *opts);

/* Prints @root, which it frees, on stdout. EXIT_FINE, or what it then has complained of. */
enum exit_code print_object(json_t *root);

/*
 * Prints a summary on stdout at once, as JSON or as text for its width. 0, or -errno and it has
 * complained.
 */
int show_summary(const struct summary *s, const struct names *names, struct view_opts *opts,
		 bool is_json);

/* Prints "  HEADING  TEXT" on stdout, wrapped at 80 columns; without control characters. */
void print_words(const char *heading, const char *text);

/* Prints "virtiofs-daxtop: TEXT" on stderr, and returns @code. */
enum exit_code complain(enum exit_code code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* From now on that text goes to @say, not to stderr; NULL: to stderr again. */
void complain_by(void (*say)(const char *text));

#endif
