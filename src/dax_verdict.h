/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * From facts to an answer: is DAX on, and if not, why. Pure. Every cause is a row of dax_causes,
 * which names what must be true and what must not be; what is not known leaves several rows.
 */
#ifndef DAXTOP_DAX_VERDICT_H
#define DAXTOP_DAX_VERDICT_H

#include <stddef.h>

#include "dax_facts.h"

/* Each is yes, no or not known. */
enum dax_fact {
	FACT_ANSWERS,	/* statx() came back in time */
	FACT_CONNECTED, /* no ECONNREFUSED: the kernel took the server's INIT */
	FACT_BAD_ALIGN, /* the kernel's log has a map_alignment refused */
	FACT_SEEN,	/* statx() did well */
	FACT_DAX,	/* STATX_ATTR_DAX */
	FACT_VIRTIOFS,
	FACT_OVERLAY,
	FACT_REGULAR,
	FACT_DIRECTORY,
	FACT_READ_LATE,	  /* reading through the window did not end in time */
	FACT_READ_ENOSYS, /* it failed since the server knows no SETUPMAPPING */
	FACT_READ_FAILS,  /* with another error */
	FACT_ALWAYS,	  /* mount options: dax=always, and so on */
	FACT_NEVER,
	FACT_OPTION,	   /* any that has to do with dax */
	FACT_KERNEL_DAX,   /* CONFIG_FUSE_DAX */
	FACT_PER_FILE,	   /* a kernel that switches DAX on file by file */
	FACT_DAXLESS,	   /* the kernel is known to have none */
	FACT_WINDOW,	   /* of the mount's device */
	FACT_SPARE,	   /* there is a virtio-fs device that is not mounted and has no window */
	FACT_SERVER_FLAGS, /* FUSE_HAS_INODE_DAX was negotiated */
	FACT_NR
};

enum dax_state {
	DAX_ON,
	DAX_OFF,
	DAX_UNTOLD, /* it cannot be told of this path */
};

struct dax_cause {
	const char *name; /* for programs */
	enum dax_state state;
	__u32 yes, no;	    /* bits of enum dax_fact */
	const char *text;   /* with {words} for dax_verdict__text() */
	const char *advice; /* likewise; NULL: none needed */
};

extern const struct dax_cause dax_causes[];
extern const size_t dax_causes_cnt;

#define DAX_CANDIDATES_MAX 4

struct dax_verdict {
	enum dax_state state;
	const struct dax_cause *causes[DAX_CANDIDATES_MAX]; /* more than one: it is one of these */
	size_t causes_cnt;				    /* 1 or more */
};

void dax_verdict__judge(const struct dax_facts *facts, struct dax_verdict *verdict);

/* What is known of a mount without touching it: as of its root directory. Borrows the mount. */
void dax_facts__of_mount(struct dax_facts *facts, const struct dax_machine *machine,
			 const struct mount_entry *mount);

/* The device of a mount; NULL when it is not known which, as before Linux 6.9 with several. */
const struct dax_device *dax_verdict__device(const struct dax_machine *machine,
					     const struct mount_entry *mount);

/* A text of a cause with its {words} filled in, cut at @bytes. Returns @buf. */
char *dax_verdict__text(const char *text, const struct dax_facts *facts, char *buf, size_t bytes);

/* The size of the window: exact, or as an upper bound (@is_exact false); 0: not known. */
__u64 dax_device__window(const struct dax_device *device, bool *is_exact);

#endif
