/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the parts of the JSON view share; only files that build one include it. Nothing checks each
 * member for lack of memory: put() notes the first failure, and the print asks once at the end.
 */
#ifndef DAXTOP_VIEW_JSON_PRIV_H
#define DAXTOP_VIEW_JSON_PRIV_H

#include <stdbool.h>

#include <jansson.h>

#include "dax_io.h"
#include "model.h"
#include "view.h"

struct ctx {
	const struct summary *s;
	const struct names *n;
	const struct view_opts *opts;
	bool has_failed;
};

/* Add a member or element and take its reference; NULL is a failed constructor. */
void put(struct ctx *c, json_t *object, const char *key, json_t *value);
void append(struct ctx *c, json_t *array, json_t *value);

/* JSON integers end at 2^63 - 1 here; nothing measured gets there. */
json_t *num(__u64 value);
json_t *num_or_null(bool is_known, __u64 value);
json_t *text_or_null(const char *s);

/* A single figure that summary__add_unmeasured() may have named. */
json_t *measured(const struct ctx *c, const char *prefix, const char *name, __u64 value);

/*
 * total_ns, mean_ns, quantiles and max_ns. @is_timed: times are known, if of none; else all are
 * null.
 */
void put_fine(struct ctx *c, json_t *o, bool is_timed, __u64 cnt, __u64 total_ns, __u64 max_ns,
	      const __u64 hist[HIST_BUCKETS]);

/*
 * dev, mountpoint, nodeid, generation and path of an inode; all null where it is not known (all 0).
 */
void put_inode(struct ctx *c, json_t *o, const struct inode_key *key);

/* ---- parts: view_json_blame.c ---- */

json_t *json__in_flight(struct ctx *c);
json_t *json__self_requests(struct ctx *c);
json_t *json__repeated_faults(struct ctx *c);
json_t *json__host(struct ctx *c);
/* "edges" and what belongs to it. -ENOMEM. */
int json__put_edges(struct ctx *c, json_t *root);
/* Who holds a mount's window, and what its reclaim worker does. */
void json__put_window(struct ctx *c, json_t *o, const struct mount_state *m);
/* On the size of a mount's window: view_json_window.c. */
json_t *json__advice(struct ctx *c, const struct mount_state *m);
/* Bytes through the window and round it: there, too. */
json_t *json__dax_io(struct ctx *c, const struct dax_io *io);
/* opts->timeline, which is there: view_json_timeline.c. */
json_t *json__timeline(struct ctx *c);
/* The inside of faults: view_json_phases.c. */
json_t *json__phases(struct ctx *c);

/* ---- view_json_pins.c ---- */

/* The members of a row in flight about the page that it waits for; null where it waits for none. */
void put_page(struct ctx *c, json_t *o, const struct in_flight_row *row);
json_t *releases_json(struct ctx *c);
json_t *scans_json(struct ctx *c);

#endif
