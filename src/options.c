// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: options end at the first operand, so that a command after them keeps its own.
 */
#include "options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define ROWS_MAX    48
#define COUNT_MAX   1e8
#define LETTERS_MAX (ROWS_MAX * 2 + 3)

/* "+:b" and so on: of the rows with a letter. */
static void letters_fill(char letters[LETTERS_MAX], const struct option_row *rows, size_t cnt)
{
	size_t len = 2;

	strcpy(letters, "+:");
	for (size_t i = 0; i < cnt; i++) {
		if (rows[i].option.val >= OPTION_LONG)
			continue;
		letters[len++] = rows[i].option.val;
		if (rows[i].option.has_arg)
			letters[len++] = ':';
	}
	letters[len] = '\0';
}

static const char *long_name(const struct option_row *rows, size_t cnt, int value)
{
	for (size_t i = 0; i < cnt; i++)
		if (rows[i].option.val == value)
			return rows[i].option.name;
	return "";
}

static enum exit_code unknown(const struct option_row *rows, size_t cnt, char **argv)
{
	if (optopt && *long_name(rows, cnt, optopt))
		return complain(EXIT_USAGE, "option --%s takes no value; see --help",
				long_name(rows, cnt, optopt));
	if (optopt)
		return complain(EXIT_USAGE, "no option -%c; see --help", optopt);
	return complain(EXIT_USAGE, "no option %s; see --help", argv[optind - 1]);
}

enum exit_code options__parse(int argc, char **argv, const struct option_row *rows, size_t cnt,
			      option_fn *take, void *ctx, int *operand)
{
	struct option options[ROWS_MAX + 1] = {};
	char letters[LETTERS_MAX];
	int option;

	for (size_t i = 0; i < cnt && i < ROWS_MAX; i++)
		options[i] = rows[i].option;
	letters_fill(letters, rows, cnt);
	optind = 1;
	while ((option = getopt_long(argc, argv, letters, options, NULL)) >= 0) {
		if (option == ':')
			return complain(EXIT_USAGE, "option %s needs a value; see --help",
					argv[optind - 1]);
		if (option == '?')
			return unknown(rows, cnt, argv);
		if (!take(ctx, option, optarg))
			return complain(EXIT_USAGE, "'%s' is no value for --%s; see --help", optarg,
					long_name(rows, cnt, option));
	}
	*operand = optind;
	return EXIT_FINE;
}

void options__print(const struct option_row *rows, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		if (rows[i].option.val < OPTION_LONG)
			printf("  -%c, ", rows[i].option.val);
		else
			printf("      ");
		printf("--%-6s%s%-8s %s\n", rows[i].option.name,
		       rows[i].option.has_arg == optional_argument ? "" : " ", rows[i].value,
		       rows[i].help);
	}
}

void filter_show(struct view_filter *shown, size_t *cnt, const char *name, const char *value)
{
	for (size_t i = 0; i < *cnt; i++) {
		if (!strcmp(shown[i].name, name)) {
			shown[i].value = value;
			return;
		}
	}
	shown[(*cnt)++] = (struct view_filter){ name, value };
}

/* ---- values ---- */

bool parse_number(const char *text, double min, double max, double *res)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= min && value <= max))
		return false;
	*res = value;
	return true;
}

bool parse_count(const char *text, unsigned int min, unsigned int *res)
{
	double number;

	if (!parse_number(text, min, COUNT_MAX, &number) || number != floor(number))
		return false;
	*res = number;
	return true;
}

bool parse_sort(const char *text, enum sort_key *res)
{
	for (int i = 0; i < SORT_NR; i++) {
		if (!strcmp(text, sort_key_names[i])) {
			*res = i;
			return true;
		}
	}
	return false;
}

bool parse_detail(const char *text, enum dax_detail *res)
{
	int detail = detail_by_name(text);

	if (detail < 0)
		return false;
	*res = detail;
	return true;
}

bool parse_bytes(const char *text, __u64 *res)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	double value = strtod(text, &end);

	if (end == text || !(value >= 0 && value <= 1e15))
		return false;
	unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (*end && (!unit || !*unit || end[1]))
		return false;
	value = unit ? ldexp(value, 10 * (unit - units + 1)) : value;
	if (value > 1e18)
		return false;
	*res = value;
	return true;
}

bool parse_duration(const char *text, __u64 *res_ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "ns", 1 } };
	char *end;
	double value = strtod(text, &end);

	if (end == text || !(value >= 0 && value <= 1e9))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].name))
			continue;
		*res_ns = value * units[i].ns;
		return true;
	}
	return false;
}

/* Is @name, of @len, that of @whole, or of what begins with it and a dot? */
static bool names_it(const char *name, size_t len, const char *whole)
{
	return !strncmp(name, whole, len) && (!whole[len] || whole[len] == '.');
}

static bool parse_set(const char *text, const char *(*name_of)(unsigned int id), unsigned int cnt,
		      __u32 *res)
{
	__u32 set = 0;

	for (const char *end; text; text = *end ? end + 1 : NULL) {
		size_t len = strcspn(text, ",");
		__u32 found = 0;

		end = text + len;
		for (unsigned int id = 0; len && id < cnt; id++)
			if (names_it(text, len, name_of(id)))
				found |= 1U << id;
		if (!found)
			return false;
		set |= found;
	}
	*res = set;
	return true;
}

static const char *op_name(unsigned int op)
{
	return op_table[op].name;
}

static const char *wait_name(unsigned int wait)
{
	return wait_table[wait].name;
}

bool parse_ops(const char *text, __u32 *res)
{
	return parse_set(text, op_name, OP_NR, res);
}

bool parse_waits(const char *text, __u32 *res)
{
	return parse_set(text, wait_name, WAIT_NR, res);
}

bool parse_comm(const char *text, char res[TASK_COMM_LEN_MAX])
{
	if (!*text || strlen(text) >= TASK_COMM_LEN_MAX)
		return false;
	memset(res, 0, TASK_COMM_LEN_MAX);
	memcpy(res, text, strlen(text));
	return true;
}
