/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where the code of kernel functions lies, and whose code lies at an address, from /proc/kallsyms.
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
 * Names of code by address. The file is opened once, since what the kernel shows is settled then:
 * it can be read after privileges are gone. Only names asked for are kept.
 */
struct symbol_names;

/* NULL with errno: EACCES when the kernel hides addresses, ENOENT when it has no such file. */
struct symbol_names *symbols__open(void);
void symbols__close(struct symbol_names *names);

/* Reads the file for those of @addresses that are not known yet. 0 or -errno. */
int symbols__learn(struct symbol_names *names, const __u64 *addresses, size_t cnt);

/*
 * The function that @address lies in, or NULL: unknown, hidden, or not learnt. Borrowed until
 * closed.
 */
const char *symbols__name(const struct symbol_names *names, __u64 address);

#endif
