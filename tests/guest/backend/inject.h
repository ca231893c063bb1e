/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_INJECT_H
#define BACKEND_INJECT_H

#include <stdbool.h>
#include <stdint.h>

struct inject;

enum inject_op {
	INJECT_NONE = 0, /* this request is never disturbed */
	INJECT_SETUP,
	INJECT_REMOVE,
	INJECT_SETATTR,
	INJECT_OPEN,
	INJECT_FALLOCATE,
	INJECT_READ,
	INJECT_WRITE,
	INJECT_FSYNC,
	INJECT_LOOKUP,
	INJECT_GETATTR,
	INJECT_GETXATTR,
	INJECT_CREATE,
	INJECT_FLUSH,
	INJECT_RELEASE,
	INJECT_UNLINK,
	INJECT_OP_CNT,
};

/* What is to happen to one request. A delay comes before the failure. */
struct inject_verdict {
	bool hangs;
	uint64_t delay_ns;
	int err; /* 0 or -errno */
};

struct inject *inject__new(void);
void inject__free(struct inject *inj);

/* INJECT_NONE when there is no operation of that name. */
enum inject_op inject__op_by_name(const char *name);

/*
 * Rules. @ino 0 means every inode. A rule replaces the one of its kind for the same operation and
 * inode. -ENOMEM, else 0.
 */
int inject__delay(struct inject *inj, enum inject_op op, uint64_t ino, uint64_t delay_ns);
int inject__fail(struct inject *inj, enum inject_op op, uint64_t ino, int err, uint64_t every);
int inject__hang(struct inject *inj, enum inject_op op, uint64_t ino);

void inject__stop_hanging(struct inject *inj);
void inject__clear(struct inject *inj);

/* Counts the request against the rules that fail every Nth. */
struct inject_verdict inject__judge(struct inject *inj, enum inject_op op, uint64_t ino);

#endif
