/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The events of one recording, in the order in which they began, with what it calls tasks, files
 * and mounts. A recording has them as they ended; what is held back to put them in order is
 * bounded, and an event that comes when later ones are out already is given out all the same, and
 * marked.
 */
#ifndef DAXTOP_REC_EVENTS_H
#define DAXTOP_REC_EVENTS_H

#include "rec_column.h"
#include "recfile.h"

struct rec_events;

/*
 * Opens a recording; "-" is the standard input. Of a file, names are read first, as a name may
 * come after what it is of; of a stream an event has the names that came until it is given out.
 * -errno with @failure.
 */
int rec_events__open(struct rec_events **res, const char *path, struct failure *failure);
void rec_events__free(struct rec_events *e);

/*
 * Where they come from: good as long as the events. Of a stream all is there with the first
 * event.
 */
const struct rec_origin *rec_events__origin(const struct rec_events *e);

/* Were names read first? */
bool rec_events__has_names(const struct rec_events *e);

/* Before the first one: only those that begin from @from_ns to @to_ns after the start. */
void rec_events__set_range(struct rec_events *e, __u64 from_ns, __u64 to_ns);

/* What to hold back at most, bytes; a default holds. */
void rec_events__set_room(struct rec_events *e, size_t bytes);

/* Gets each record that is no event and no name, as it is read. 0 or -errno, which ends reading. */
typedef int rec_other_fn(void *ctx, const struct rec_origin *origin, enum rec_kind kind,
			 const void *record);
void rec_events__on_other(struct rec_events *e, rec_other_fn *fn, void *ctx);

/*
 * The next one, borrowed until the next call: 1; 0 at the end; -errno with rec_events__failure(),
 * when all that was read until then has been given out.
 */
int rec_events__next(struct rec_events *e, struct rec_event *ev);
const struct failure *rec_events__failure(const struct rec_events *e);

/* What went wrong with tracing itself, since it began, as the last look that was read tells. */
__u64 rec_events__counter(const struct rec_events *e, enum dax_counter counter);
/* What is missing in words, NULL if nothing is; once the end is reached. */
const char *rec_events__damage(const struct rec_events *e);

#endif
