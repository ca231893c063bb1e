/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where the code of kernel functions lies, from /proc/kallsyms.
 */
#ifndef DAXTOP_SYMBOLS_H
#define DAXTOP_SYMBOLS_H

#include <stddef.h>

#include <linux/types.h>

struct symbol {
	const char *name; /* of a function, exactly */
	__u64 start;	  /* kernel address; 0: there is none of that name */
	__u64 end;	  /* of the code that follows */
};

/*
 * Fills in all @cnt @symbols; reads the file once. -EACCES when the kernel hides addresses, -ENOENT
 * when it has no such file (CONFIG_KALLSYMS), -ENOMEM or another -errno.
 */
int symbols__find(struct symbol *symbols, size_t cnt);

/*
 * All functions by address, for the way back: some 6 MiB with a kernel of Debian's. Errors as above, NULL
 * and errno. A module loaded later is not in it.
 */
struct symbol_table;

struct symbol_table *symbol_table__new(void);
void symbol_table__free(struct symbol_table *table);

/*
 * The function that @address lies in, or behind the last one before it: its name, borrowed from the table;
 * NULL when there is none. @offset is from its start; @module "" where it is in none.
 */
const char *symbol_table__name(const struct symbol_table *table, __u64 address, __u64 *offset,
			       const char **module);

#endif
