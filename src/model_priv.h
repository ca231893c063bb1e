/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The inside of a summary, shared by the files that make up the model and by no other.
 *
 * Inodes and tasks are kept alike: an entity is found by a 16-byte key and carries one cell for
 * each kind of operation it did.
 */
#ifndef DAXTOP_MODEL_PRIV_H
#define DAXTOP_MODEL_PRIV_H

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "model.h"
#include "releases.h"

union entity_key {
	struct inode_key inode;
	struct task_key task;
};
_Static_assert(sizeof(struct inode_key) == 16 && sizeof(struct task_key) == 16,
	       "inodes and tasks share a table by the size of their keys");

struct op_cell {
	struct op_cell *next;
	__u32 op; /* and CELL_NESTED */
	struct cell cell;
};

struct entity {
	union entity_key key;
	bool is_task;
	struct op_cell *cells;
	UT_hash_handle hh;
};

#define WORKER_ROWS 64 /* two a mount */

struct edge_entry {
	struct edge_row row;
	UT_hash_handle hh;
};

struct summary {
	__u64 start_ns;
	__u64 end_ns;
	__u64 unknown_ns; /* of the time between the two */
	enum dax_detail detail;
	__u64 page_bytes;
	struct op_figures ops[OP_NR];
	struct wait_figures waits[WAIT_NR];
	bool has_phases;
	struct phase_figures phases[PHASE_OPS][PHASE_NR];
	struct in_flight in_flight[OP_NR];
	struct in_flight_row in_flight_rows[IN_FLIGHT_ROWS]; /* the oldest first */
	size_t in_flight_row_cnt;
	struct in_flight_row workers[WORKER_ROWS]; /* of reclaim, however many are older */
	size_t worker_cnt;
	struct entity *inodes;
	struct entity *tasks;
	struct edge_entry *edges;
	struct window_share *shares; /* as they came */
	size_t share_cnt;
	struct event_self_request self_requests[SELF_REQUESTS_MAX];
	size_t self_request_cnt;
	struct repeated_fault repeats[REPEATS_MAX];
	size_t repeat_cnt;
	struct errno_count *errnos; /* sorted by key */
	size_t errno_cnt;
	struct mount_state *mounts;
	size_t mount_cnt;
	struct page_release *releases; /* the longest first */
	size_t release_cnt;
	__u64 scans[SCAN_NR];
	struct unmeasured *unmeasured;
	size_t unmeasured_cnt;
	struct host_time host;
	struct trust trust;
	struct trust since_start;
	struct event_rows *event_rows; /* src/event.c; NULL before the first event */
};

/* NULL when there is none. */
struct entity *entity__find(struct entity *table, const union entity_key *key);
const struct cell *entity__cell(const struct entity *e, __u32 op);
bool entity__is_rest(const struct entity *e);

/*
 * The cell of that key, made as needed; it stays where it is. @op is a known one. NULL: no memory.
 */
struct cell *entity_table__cell(struct entity **table, bool is_task, const union entity_key *key,
				__u32 op);
/* Add to it. -EINVAL, -ENOMEM. */
int entity_table__add(struct entity **table, bool is_task, const union entity_key *key, __u32 op,
		      const struct cell *cell);
void entity_table__free(struct entity **table);

/* NULL when there is none. */
struct edge_entry *edge_table__find(struct edge_entry *table, const struct edge_key *key);
void edge_table__free(struct edge_entry **table);
/* Adds what @cur has more than @prev to @d. -ENOMEM. */
int delta_edges(struct summary *d, const struct summary *cur, const struct summary *prev);

/* src/releases.c: of a summary that goes, and of a difference. 0 or -ENOMEM. */
void releases__free(struct summary *s);
int releases__delta(struct summary *d, const struct summary *cur, const struct summary *prev);

static inline __u64 max_u64(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

/* to[i] += from[i]. */
void add_u64s(__u64 *to, const __u64 *from, size_t cnt);

#endif
