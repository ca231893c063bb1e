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

#endif
