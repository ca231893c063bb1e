// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: the functions of modules are not sorted in /proc/kallsyms, so all are read before the
 * first one is told.
 */
#include "symbol_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KALLSYMS   "/proc/kallsyms"
#define LINE_BYTES 1024 /* KSYM_NAME_LEN is 512 since 6.1 */

struct function {
	__u64 start;
	__u32 name;   /* where in texts */
	__u32 module; /* likewise */
};

struct symbol_table {
	struct function *functions; /* by start */
	size_t cnt, room;
	char *texts; /* NUL-terminated ones; the first is empty */
	size_t bytes, bytes_room;
	__u32 last_module; /* lines of one module follow each other */
};

/*
 * One line: "ffffffff81000000 T _text", and "\t[module]" behind it for those of modules. Returns
 * the function's name, which is cut off there, and its address; NULL: no function.
 */
static char *function_of_line(char *line, __u64 *address, char **rest)
{
	char *end, *name;

	*address = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !strchr("tTwW", end[1]) || end[2] != ' ')
		return NULL;
	name = end + 3;
	*rest = name + strcspn(name, "\t\n");
	if (**rest)
		*(*rest)++ = '\0';
	return name;
}

static int add_text(struct symbol_table *table, const char *text, __u32 *at)
{
	size_t bytes = strlen(text) + 1;

	if (table->bytes + bytes > table->bytes_room) {
		size_t room = 2 * table->bytes_room + LINE_BYTES;
		char *bigger = realloc(table->texts, room);

		if (!bigger)
			return -ENOMEM;
		table->texts = bigger;
		table->bytes_room = room;
	}
	memcpy(table->texts + table->bytes, text, bytes);
	*at = table->bytes;
	table->bytes += bytes;
	return 0;
}

static int add_module(struct symbol_table *table, char *rest, __u32 *at)
{
	char *begin = strchr(rest, '[');
	int err = 0;

	*at = 0;
	if (!begin)
		return 0;
	begin[strcspn(begin, "]")] = '\0';
	if (!table->last_module || strcmp(table->texts + table->last_module, begin + 1))
		err = add_text(table, begin + 1, &table->last_module);
	*at = table->last_module;
	return err;
}

static int add_function(struct symbol_table *table, char *line)
{
	struct function function = {};
	char *rest, *name = function_of_line(line, &function.start, &rest);
	int err;

	if (!name || !function.start)
		return 0;
	if (table->cnt == table->room) {
		size_t room = table->room ? 2 * table->room : 1 << 16;
		struct function *bigger = reallocarray(table->functions, room, sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		table->functions = bigger;
		table->room = room;
	}
	err = add_text(table, name, &function.name) ?: add_module(table, rest, &function.module);
	if (!err)
		table->functions[table->cnt++] = function;
	return err;
}

static int by_start(const void *a, const void *b)
{
	const struct function *one = a, *other = b;

	return (one->start > other->start) - (one->start < other->start);
}

static int table_read(struct symbol_table *table)
{
	FILE *f = fopen(KALLSYMS, "re");
	char line[LINE_BYTES];
	__u32 empty;
	int err;

	if (!f)
		return -errno;
	err = add_text(table, "", &empty);
	while (!err && fgets(line, sizeof(line), f))
		err = add_function(table, line);
	if (!err && ferror(f))
		err = -EIO;
	fclose(f);
	if (!err && !table->cnt)
		err = -EACCES;
	if (!err)
		qsort(table->functions, table->cnt, sizeof(*table->functions), by_start);
	return err;
}

struct symbol_table *symbol_table__new(void)
{
	struct symbol_table *table = calloc(1, sizeof(*table));
	int err = table ? table_read(table) : -ENOMEM;

	if (!err)
		return table;
	symbol_table__free(table);
	errno = -err;
	return NULL;
}

void symbol_table__free(struct symbol_table *table)
{
	if (!table)
		return;
	free(table->functions);
	free(table->texts);
	free(table);
}

const char *symbol_table__name(const struct symbol_table *table, __u64 address, __u64 *offset,
			       const char **module)
{
	size_t low = 0, high = table->cnt;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->functions[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	*offset = address - table->functions[low - 1].start;
	*module = table->texts + table->functions[low - 1].module;
	return table->texts + table->functions[low - 1].name;
}
