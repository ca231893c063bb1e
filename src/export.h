/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Formats that recordings can be exported to: a row of formats[] in cmd_export.c and a file each. A
 * format gets the events of one recording after the other, in the order in which they began, and
 * writes as it goes: what it keeps is bounded.
 */
#ifndef DAXTOP_EXPORT_H
#define DAXTOP_EXPORT_H

#include <stdio.h>

#include "rec_column.h"
#include "rec_match.h"

/* The recording that what follows is from. */
struct export_source {
	unsigned int index;
	unsigned int cnt; /* recordings in all */
	__u64 shift_ns; /* how much later than the first one it began, as clocks on the wall tell */
	const struct rec_origin *origin;
	const struct rec_filters *filters; /* what is asked for: events are only those */
};

/*
 * All but new and event may be NULL. @ctx is what new() returned; 0 or -errno. Errors of @f
 * itself are found by those who opened it.
 */
struct export_format {
	const char *name;
	const char *help;
	void *(*new)(FILE *f); /* NULL with errno */
	void (*free)(void *ctx);
	int (*begin)(void *ctx, const struct export_source *source);
	int (*event)(void *ctx, const struct rec_event *ev);
	/* what is no event and no name; of mounts those that are asked for, of any time */
	int (*other)(void *ctx, enum rec_kind kind, const void *record);
	int (*end)(void *ctx); /* of this recording */
	int (*finish)(void *ctx);
};

extern const struct export_format export_perfetto, export_folded, export_csv, export_ndjson,
	export_openmetrics;

#endif
