/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the files that find what is wrong share: each looks at a summary, and makes a sentence of
 * what is worst of its kind.
 */
#ifndef DAXTOP_VERDICT_PRIV_H
#define DAXTOP_VERDICT_PRIV_H

#include "fmt.h"
#include "verdict.h"

#define NS(ns)		   fmt__ns((char[FMT_BYTES]){}, FMT_BYTES, ns)
#define COUNT(cnt)	   fmt__count((char[FMT_BYTES]){}, FMT_BYTES, cnt)
#define BYTES(bytes)	   fmt__bytes((char[FMT_BYTES]){}, FMT_BYTES, bytes)
#define PERCENT(part, all) fmt__percent((char[FMT_BYTES]){}, FMT_BYTES, part, all)
#define DEV(dev)	   fmt__dev((char[FMT_BYTES]){}, FMT_BYTES, dev)

#define VERDICT_NAME_COLUMNS 48 /* of a path: its end */
#define VERDICT_NAME_BYTES   (4 * VERDICT_NAME_COLUMNS + 4)
#define VERDICT_TASK_BYTES   (TASK_COMM_LEN_MAX * 4 + 16)

#define BUSY_PERMILLE 50 /* of the time looked at: less is no load */

struct look {
	const struct summary *s;
	const struct names *n;
	__u32 dev;	/* 0: any */
	__u64 stuck_ns; /* 0: never */
};

struct finding {
	enum verdict_level level;
	__u64 score;
	bool is_of_all;
	char text[VERDICT_BYTES];
	size_t used;
};

/* More of its sentence. */
__attribute__((format(printf, 2, 3))) void verdict_say(struct finding *f, const char *format, ...);

/* Into @buf, of VERDICT_NAME_BYTES and VERDICT_TASK_BYTES; both return it. */
const char *verdict_inode(const struct look *l, const struct inode_key *key, char *buf);
const char *verdict_task(const char *comm, const struct task_key *task, char *buf);

#define INODE(l, key)	 verdict_inode(l, key, (char[VERDICT_NAME_BYTES]){})
#define TASK(comm, task) verdict_task(comm, task, (char[VERDICT_TASK_BYTES]){})

static inline bool is_of(const struct look *l, __u32 dev)
{
	return !l->dev || l->dev == dev;
}

static inline bool is_stuck(const struct look *l, __u64 ns)
{
	return l->stuck_ns && ns >= l->stuck_ns;
}

/* "i_mmap_sem", "the host to answer": what one waits for. */
extern const char *const wait_nouns[WAIT_NR];

/* What is worst of a kind into @f, which is empty; nothing is done where nothing is wrong. */
void verdict_find_stuck(const struct look *l, struct finding *f);
void verdict_find_repeated(const struct look *l, struct finding *f);
void verdict_find_slow(const struct look *l, struct finding *f);

#endif
