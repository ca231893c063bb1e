/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which of what was recorded is asked for. Files, mounts and names of tasks are asked for by what
 * they are called, which a recording may tell after what they did: whoever reads one goes through
 * it for names first (rec_match__wants_names()), and then again for the rest.
 */
#ifndef DAXTOP_REC_MATCH_H
#define DAXTOP_REC_MATCH_H

#include <stdbool.h>

#include "model.h"
#include "rec_kinds.h"

/* What is 0 or NULL lets all through. Strings are borrowed for as long as it is used. */
struct rec_filters {
	/* since the start of the recording: what began from then until before then */
	__u64 from_ns;
	__u64 to_ns;
	__u32 ops;   /* bits of enum dax_op */
	__u32 waits; /* of enum dax_wait: operations that waited for one, and waits for one */
	__u32 tgid;
	__u64 min_ns;	   /* operations, and waits, that took at least so long */
	const char *mount; /* mount point or tag */
	const char *path;  /* of a file, or a folder: from a mount point on, or below its root */
	const char *comm;
};

struct rec_match;

/* NULL with errno ENOMEM. @names is borrowed, and asked as long as this is. */
struct rec_match *rec_match__new(const struct rec_filters *filters, const struct names *names);
void rec_match__free(struct rec_match *m);

bool rec_match__wants_names(const struct rec_match *m);
/* Is anything asked for at all? */
bool rec_match__is_any(const struct rec_match *m);
/* Is anything asked for that tells operations apart by more than their kind (and time)? */
bool rec_match__is_narrow(const struct rec_match *m);

/*
 * The mounts of the recording, as they are known by now: call it again when there are more. 0, or
 * -ENOENT while none is called what --mount asks for.
 */
int rec_match__resolve(struct rec_match *m, const struct summary *mounts);
/* Times are since @start_ns. */
void rec_match__begin(struct rec_match *m, __u64 start_ns);

bool rec_match__time(const struct rec_match *m, __u64 begin_ns);
bool rec_match__kind(const struct rec_match *m, unsigned int op);
bool rec_match__mount(const struct rec_match *m, __u32 dev);
bool rec_match__inode(struct rec_match *m, const struct inode_key *key);
bool rec_match__task(struct rec_match *m, const struct task_key *key);
/* Not trusted are ids, which the caller has looked at. */
bool rec_match__op(struct rec_match *m, const struct event_op *ev);
/* Leaves those out of @ev that do not pass; false when none does. */
bool rec_match__hits(struct rec_match *m, struct event_hits *ev);
bool rec_match__wait(struct rec_match *m, const struct event_wait *ev);
bool rec_match__blame(struct rec_match *m, const struct event_blame *ev);
/* In flight: how long it has been is how long it took. */
bool rec_match__row(struct rec_match *m, const struct in_flight_row *row);

#endif
