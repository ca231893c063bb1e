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
