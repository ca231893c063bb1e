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
#define NAME_BYTES 512 /* KSYM_NAME_LEN, include/linux/kallsyms.h, since 6.1; 128 before */

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

/* One line: "ffffffff81000000 T _text", and "\t[module]" behind it for those of modules. */
static int take_line(const char *line, struct addresses *all, struct symbol *symbols, size_t cnt)
{
	unsigned long long address;
	char type, name[NAME_BYTES];

	if (sscanf(line, "%llx %c %511s", &address, &type, name) != 3 || !strchr("tTwW", type))
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
	char line[NAME_BYTES + 128];
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
