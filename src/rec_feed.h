/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Records become the summary that the live tool would show at the end of what they are of: events
 * are added one at a time, and the last look at what events do not tell goes with them. Pure: it is
 * given records, and knows no files.
 *
 * Its memory does not grow with the number of events. Records of several files of one boot may be
 * given, one file after the other in the order of their times: parts of one recording go together,
 * and further recordings are added. So are parts where one before them is missing, and what a ring
 * was written with twice: what lies between the two does not count as time.
 */
#ifndef DAXTOP_REC_FEED_H
#define DAXTOP_REC_FEED_H

#include "model.h"
#include "rec_kinds.h"
#include "rec_match.h"
#include "timeline.h"
#include "view.h"

struct rec_feed_opts {
	struct rec_filters filters; /* its strings are borrowed as long as the feed is there */
	size_t cells_max;	    /* of inodes, and of tasks; 0: REC_CELLS_MAX */
	bool has_timeline;
	__u64 interval_ns; /* of the timeline; 0: so that there are at most TIMELINE_ROWS */
};
#define REC_CELLS_MAX	    262144
#define REC_EDGES_MAX	    65536
#define REC_MOUNTS_MAX	    256
#define REC_FILTERS_MAX	    16
#define TIMELINE_ASKED_ROWS 4096 /* beyond that a width that was asked for is doubled, too */

/* Where and how it was recorded. Strings are clean, and "" where not known. */
struct rec_facts {
	char host[256];
	char kernel[128];
	char machine[64];
	char boot_id[64];
	char tool_version[64];
	char command[1024];
	__u64 wall_ns;	    /* CLOCK_REALTIME at the end of the summary; 0: not known */
	__u64 start_ns;	    /* tracing began */
	size_t filters_cnt; /* that were in force when it was recorded */
	struct view_filter filters[REC_FILTERS_MAX];
	/* one after the other, or pieces of one between which parts are missing */
	size_t recordings_cnt;
	__u64 gaps_ns; /* in the time of the report, between those: nothing is known of them */
	bool is_overlapping; /* two of them ran at once: what they both saw counts twice */
	bool is_late; /* what happened first is not there: a ring, or its first parts are missing */
	__u64 unknown_cnt; /* records with ids that are not known here */
	__u64 full_cnt;	   /* records that were left out, as there were more than are kept */
};

struct rec_feed;

/* NULL with errno ENOMEM. */
struct rec_feed *rec_feed__new(const struct rec_feed_opts *opts);
void rec_feed__free(struct rec_feed *feed);

/*
 * Must it see all names before all else? Then the records are given to rec_feed__take_name() once,
 * which takes what is called how and no more, then rec_feed__names_end() is called, and all are
 * given again. -ENOENT: none of the mounts is called what is asked for.
 */
bool rec_feed__wants_names(const struct rec_feed *feed);
int rec_feed__take_name(struct rec_feed *feed, enum rec_kind kind, const void *record);
int rec_feed__names_end(struct rec_feed *feed);

/* @record is the struct of @kind, borrowed; ids in it are not trusted. 0 or -ENOMEM. */
int rec_feed__take(struct rec_feed *feed, enum rec_kind kind, const void *record);

/* After the last one: 0 or -ENOMEM. Then the following are there, as long as the feed is. */
int rec_feed__finish(struct rec_feed *feed);
const struct summary *rec_feed__summary(const struct rec_feed *feed);
const struct names *rec_feed__names(const struct rec_feed *feed);
const struct rec_facts *rec_feed__facts(const struct rec_feed *feed);
const struct timeline *rec_feed__timeline(
	const struct rec_feed *feed); /* NULL: not asked for, or nothing tells when it began */
/* The mounts of all of it, by now: those that have gone, too. */
const struct summary *rec_feed__mounts(const struct rec_feed *feed);

#endif
