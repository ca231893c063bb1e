// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: a symbol has no size there. A function ends where the next symbol begins, and those of
 * modules are not sorted, so all addresses of code are kept until the end of the file.
 */
#include "symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KALLSYMS   "/proc/kallsyms"
#define LINE_BYTES 1024 /* KSYM_NAME_LEN is 512 since 6.1 */

struct addresses {
	__u64 *at;
	size_t cnt;
	size_t room;
};

static int addresses__add(struct addresses *all, __u64 address)
{
	if (all->cnt == all->room) {
		size_t room = all->room ? 2 * all->room : 1 << 16;
		__u64 *bigger = reallocarray(all->at, room, sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		all->at = bigger;
		all->room = room;
	}
	all->at[all->cnt++] = address;
	return 0;
}

static __u64 next_address(const struct addresses *all, __u64 start)
{
	__u64 next = ~0ULL;

	for (size_t i = 0; i < all->cnt; i++)
		if (all->at[i] > start && all->at[i] < next)
			next = all->at[i];
	return next;
}

/*
 * One line: "ffffffff81000000 T _text", and "\t[module]" behind it for those of modules. There are
 * 200000 of them, and sscanf() takes ten times as long. Returns the function's name, which is cut off
 * there, and its address; NULL: no function.
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

static int take_line(char *line, struct addresses *all, struct symbol *symbols, size_t cnt)
{
	__u64 address;
	char *rest, *name = function_of_line(line, &address, &rest);

	if (!name)
		return 0;
	for (size_t i = 0; i < cnt; i++)
		if (!symbols[i].start && !strcmp(symbols[i].name, name))
			symbols[i].start = address;
	return address ? addresses__add(all, address) : 0;
}

int symbols__find(struct symbol *symbols, size_t cnt)
{
	FILE *f = fopen(KALLSYMS, "re");
	struct addresses all = {};
	char line[LINE_BYTES];
	int err = 0;

	if (!f)
		return -errno;
	for (size_t i = 0; i < cnt; i++)
		symbols[i].start = symbols[i].end = 0;
	while (!err && fgets(line, sizeof(line), f))
		err = take_line(line, &all, symbols, cnt);
	if (!err && ferror(f))
		err = -EIO;
	if (!err && !all.cnt)
		err = -EACCES;
	for (size_t i = 0; i < cnt && !err; i++)
		if (symbols[i].start)
			symbols[i].end = next_address(&all, symbols[i].start);
	free(all.at);
	fclose(f);
	return err;
}

/* ---- the way back ---- */

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
