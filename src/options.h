/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Options of subcommands as tables: parsing and help read the same rows.
 */
#ifndef DAXTOP_OPTIONS_H
#define DAXTOP_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "failure.h"
#include "model.h"
#include "view.h"

/* Options without a letter have a value above all letters. */
#define OPTION_LONG 0x100

struct option_row {
	struct option option;
	const char *value; /* what it is called in the help, "": it has none */
	const char *help;
};

/* Rows of those that list inodes and tasks. */
#define LIST_OPTION_ROWS                                           \
	{ { "top", required_argument, NULL, 't' },                 \
	  "COUNT",                                                 \
	  "inodes and tasks to list (10), 0: all" },               \
	{                                                          \
		{ "sort", required_argument, NULL, 's' }, "KEY",   \
			"list those with most: wait, total, count" \
	}

/* Takes one option with its value into @ctx. False when the value is none. */
typedef bool option_fn(void *ctx, int option, char *value);

/*
 * Parses @argv (argv[0] is the subcommand) up to "--" or the first operand, which argv[@operand]
 * then is. EXIT_FINE, or EXIT_USAGE and it has complained.
 */
enum exit_code options__parse(int argc, char **argv, const struct option_row *rows, size_t cnt,
			      option_fn *take, void *ctx, int *operand);

/* A line for each row, on stdout. */
void options__print(const struct option_row *rows, size_t cnt);

/*
 * A filter in force, for the views: in place of one of that name, or behind them (room for it is
 * there).
 */
void filter_show(struct view_filter *shown, size_t *cnt, const char *name, const char *value);

/* Values: false when @text is none, and @res is left alone. */
bool parse_number(const char *text, double min, double max, double *res);
bool parse_count(const char *text, unsigned int min, unsigned int *res); /* a whole number */
bool parse_sort(const char *text, enum sort_key *res);
bool parse_detail(const char *text, enum dax_detail *res);
bool parse_bytes(const char *text, __u64 *res); /* 512, 64K, 16M, 2G: powers of 1024 */
/* 200us, 1.5s, 3ms, 50ns; a plain number is seconds. */
bool parse_duration(const char *text, __u64 *res_ns);
/*
 * A list of names with commas between them, each that of one operation (wait) or of those whose
 * names begin with it and a dot ("fault"), as bits.
 */
bool parse_ops(const char *text, __u32 *res);
bool parse_waits(const char *text, __u32 *res);
bool parse_comm(const char *text, char res[TASK_COMM_LEN_MAX]);

#endif
