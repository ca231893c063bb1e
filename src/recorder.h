/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What becomes of events while they are recorded: one file, parts of a bounded size one after the
 * other, or the last seconds in memory until they are wanted.
 */
#ifndef DAXTOP_RECORDER_H
#define DAXTOP_RECORDER_H

#include "recent.h"
#include "trace.h"

struct recorder_opts {
	const char *target;
	__u64 part_bytes;  /* a new part when one is so large; 0: one part */
	unsigned int keep; /* parts before the last one */
	__u64 ring_ns;	   /* keep so much in memory; 0: write all */
	__u64 trigger_ns;  /* with ring_ns: write it when an operation takes so long; 0: never */
	struct recent
		*recent; /* with ring_ns: what keeps operations, hits, waits and blames; borrowed */
	__u64 interval_ns;
	const char *command; /* as in struct rec_machine */
};

struct recorder;

/* Opens the target, unless it comes to that later (ring_ns). -errno with @failure, and no @r. */
int recorder__new(struct recorder **r, const struct recorder_opts *opts, struct failure *failure);
void recorder__free(struct recorder *r);

/* For trace__start(); borrowed. */
const struct probe_recorder *recorder__events(struct recorder *r);

/* Tracing has begun; @t is borrowed from then on. 0 or -errno. */
int recorder__begin(struct recorder *r, const struct trace *t);

/* The state at the end of @s. Begins a new part where one is due. 0 or -errno. */
int recorder__state(struct recorder *r, const struct summary *s, bool is_last);

/* Does somebody want what is in memory: has an operation taken so long? Asked for once. */
bool recorder__is_triggered(struct recorder *r, const struct summary *s);

/*
 * Writes what is in memory, with the state @s. 0, or -errno with @failure: what it has left of the
 * file is overwritten next time, and what was written whole before is numbered once, however often
 * it fails.
 */
int recorder__dump(struct recorder *r, const struct summary *s, struct failure *failure);

/*
 * The same to a new file, whatever the target is; there may be none. @interval_ns is between the
 * states that were given. 0 or -errno (-EEXIST), and there is no such file then.
 */
int recorder__save(struct recorder *r, const char *path, __u64 interval_ns,
		   const struct summary *s);
/* How long what is kept goes back, by now; less than ring_ns where memory was too little. */
__u64 recorder__kept_ns(const struct recorder *r);

/* After the last state: the end, and closes. 0 or -errno. */
int recorder__finish(struct recorder *r);

struct recorder_totals {
	__u64 events_cnt;
	__u64 bytes_cnt; /* written, in all parts */
	unsigned int parts_cnt;
	bool is_short; /* memory was too little for all of the ring's seconds */
};
struct recorder_totals recorder__totals(const struct recorder *r);

#endif
