// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: a symbol has no size there. A function ends where the next symbol begins, and those
 * of modules are not sorted, so all addresses of code are kept until the end of the file.
 */
#include "symbols.h"

#include <errno.h>
#include <stdbool.h>
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
 * 200000 of them, and sscanf() takes ten times as long.
 */
static int take_line(char *line, struct addresses *all, struct symbol *symbols, size_t cnt)
{
	char *end, *name;
	__u64 address = strtoull(line, &end, 16);

	if (end == line || end[0] != ' ' || !strchr("tTwW", end[1]) || end[2] != ' ')
		return 0;
	name = end + 3;
	name[strcspn(name, "\t\n")] = '\0';
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

/* ---- names by address ---- */

#define CODE_BYTES_MAX \
	(1 << 20) /* no function is as long: what is further behind one is none of its */

struct named {
	__u64 address;
	__u64 start; /* of the symbol nearest below it; 0: none */
	char *name;
};

struct symbol_names {
	FILE *f;
	struct named *all;
	size_t cnt;
};

/* Of code: x86 begins with others, some of which are at 0. */
static bool shows_addresses(FILE *f)
{
	char line[LINE_BYTES], *end;

	while (fgets(line, sizeof(line), f)) {
		__u64 start = strtoull(line, &end, 16);

		if (end[0] == ' ' && strchr("tTwW", end[1]))
			return start;
	}
	return false;
}

struct symbol_names *symbols__open(void)
{
	struct symbol_names *names = calloc(1, sizeof(*names));
	int err = 0;

	if (!names)
		return NULL;
	names->f = fopen(KALLSYMS, "re");
	if (!names->f)
		err = errno;
	else if (!shows_addresses(names->f))
		err = EACCES;
	if (!err)
		return names;
	symbols__close(names);
	errno = err;
	return NULL;
}

void symbols__close(struct symbol_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->cnt; i++)
		free(names->all[i].name);
	free(names->all);
	if (names->f)
		fclose(names->f);
	free(names);
}

static const struct named *named_find(const struct symbol_names *names, __u64 address)
{
	for (size_t i = 0; i < names->cnt; i++)
		if (names->all[i].address == address)
			return &names->all[i];
	return NULL;
}

static int named_add(struct symbol_names *names, __u64 address)
{
	struct named *all = reallocarray(names->all, names->cnt + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	names->all = all;
	all[names->cnt++] = (struct named){ .address = address };
	return 0;
}

static int named_offer(struct named *named, __u64 start, const char *line)
{
	const char *name = line + 3;
	char *copy;

	if (start > named->address || start <= named->start ||
	    named->address - start > CODE_BYTES_MAX)
		return 0;
	copy = strndup(name, strcspn(name, "\t\n"));
	if (!copy)
		return -ENOMEM;
	free(named->name);
	named->name = copy;
	named->start = start;
	return 0;
}

/* Offers each line to those from @first on. */
static int names_read(struct symbol_names *names, size_t first)
{
	char line[LINE_BYTES], *end;
	int err = 0;

	rewind(names->f);
	while (!err && fgets(line, sizeof(line), names->f)) {
		__u64 start = strtoull(line, &end, 16);

		if (!start || end[0] != ' ' || !strchr("tTwW", end[1]) || end[2] != ' ')
			continue;
		for (size_t i = first; i < names->cnt && !err; i++)
			err = named_offer(&names->all[i], start, end);
	}
	return err ?: ferror(names->f) ? -EIO : 0;
}

int symbols__learn(struct symbol_names *names, const __u64 *addresses, size_t cnt)
{
	size_t first = names->cnt;
	int err = 0;

	for (size_t i = 0; i < cnt && !err; i++)
		if (addresses[i] && !named_find(names, addresses[i]))
			err = named_add(names, addresses[i]);
	if (err || first == names->cnt)
		return err;
	return names_read(names, first);
}

const char *symbols__name(const struct symbol_names *names, __u64 address)
{
	const struct named *named = named_find(names, address);

	return named ? named->name : NULL;
}
