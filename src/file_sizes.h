/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the window costs files of each size: setups, requests, and what these files would have asked
 * of the server without DAX. From the rows of a mount's inodes; pure.
 */
#ifndef DAXTOP_FILE_SIZES_H
#define DAXTOP_FILE_SIZES_H

#include "../bpf/daxtop.h"

struct summary;
struct names;

/* Files up to 4 KiB, 8 KiB ... 2 MiB, and larger ones. */
#define FILE_CLASS_MIN_BYTES 4096ULL
#define FILE_CLASSES	     11
#define SMALL_FILE_BYTES     (32ULL << 10) /* below it a file is called small */

/*
 * @requests: SETUPMAPPING and REMOVEMAPPING. @plain_requests: READ and WRITE in their place, if the
 * page cache kept a file for as long as its mapping lived: a mapping's bytes once, PLAIN_READ_BYTES
 * a request, and each write() through the window.
 */
#define PLAIN_READ_BYTES (128ULL << 10) /* the kernel's default readahead, VM_READAHEAD_PAGES */
struct file_class {
	__u64 files;
	__u64 setups;
	__u64 requests;
	__u64 plain_requests;
};

struct file_sizes {
	struct file_class classes[FILE_CLASSES];
	struct file_class small;
	struct file_class all;
	__u64 small_ns; /* in requests for small files */
	__u64 all_ns;	/* likewise for all */
	__u64 once_setups; /* of files not written through the window, and not read or mapped more than they have */
	__u64 uses;	  /* faults, reads and writes that were done */
	__u64 used_bytes; /* read, written and mapped through the window */
	__u64 unknown_setups; /* of files without a row, or whose size is not known: in none of the above */
};

/* Of a mount of @s, which has what happened since tracing began; @n has the sizes. */
void file_sizes__read(struct file_sizes *sizes, const struct summary *s, const struct names *n,
		      __u32 dev);

/* Bytes up to which files belong to class @i; UINT64_MAX for the last. */
__u64 file_class__bytes(unsigned int i);
unsigned int file_class__of(__u64 size_bytes);

/*
 * Leaving files up to how many bytes out of DAX saves most requests; at most 2 MiB. 0: none does.
 * @saved: how many.
 */
__u64 file_sizes__threshold(const struct file_sizes *sizes, __u64 *saved);

#endif
