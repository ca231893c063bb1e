/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which function lies at a kernel address, and in which module, for whole stacks of many tasks.
 */
#ifndef DAXTOP_SYMBOL_TABLE_H
#define DAXTOP_SYMBOL_TABLE_H

#include <linux/types.h>

/*
 * All functions by address, for the way back: some 6 MiB with a kernel of Debian's. NULL with
 * errno: EACCES when the kernel hides addresses, ENOENT without CONFIG_KALLSYMS. A module loaded
 * later is not in it.
 */
struct symbol_table;

struct symbol_table *symbol_table__new(void);
void symbol_table__free(struct symbol_table *table);

/*
 * The function that @address lies in, or behind the last one before it: its name, borrowed from the
 * table; NULL when there is none. @offset is from its start; @module "" where it is in none.
 */
const char *symbol_table__name(const struct symbol_table *table, __u64 address, __u64 *offset,
			       const char **module);

#endif
