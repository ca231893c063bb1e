/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The ranges that a window simulation knows: found by inode and index, walked by inode, and each on
 * any number of the simulation's lists. All memory is taken at once, so that nothing is allocated
 * later. Surprising: links are ids, not pointers, as half of a range is links; id 0 is none.
 */
#ifndef DAXTOP_WINDOW_RANGES_H
#define DAXTOP_WINDOW_RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "../bpf/daxtop.h"

#define WINDOW_LISTS 32 /* bits of window_range.present */
#define WINDOW_NONE  0

/* Of a list, or of the wheel while the range is not on that list: src/window_wheel.h */
struct window_link {
	__u32 prev, next;
};

/* @hash orders nothing: its lower half chooses the sample, its upper half the bucket. */
struct window_range {
	__u64 hash;
	__u64 index;	/* offset in the file / RANGE_BYTES */
	__u64 setup_ns; /* when it was last set up; 0: not seen */
	__u32 inode;
	__u32 hash_next;
	struct window_link in_inode;
	__u32 present;	  /* bit i: it is on list i */
	__u32 writable;	  /* likewise, and mapped for writing there */
	__u32 due;	  /* bit i: its link i is on the wheel */
	__u32 removed_at; /* clock of the wheel at its last removal */
	__u32 gap;	  /* setups from there to its next own; 0: not known */
	bool is_busy;	  /* in the window as it is */
	bool is_touched;
	bool is_repeated;
	struct window_link links[WINDOW_LISTS];
};

struct window_inode {
	struct inode_key key;
	__u32 hash_next;
	__u32 first; /* of its ranges; WINDOW_NONE: this row is not in use */
};

/* Slots of what is due when the clock, which counts setups, comes round to them. */
#define WHEEL_SLOTS 4096
struct window_wheel {
	__u32 clock;
	__u32 slots[WHEEL_SLOTS];
};

/* To be read by its owner, and changed by the functions below alone. */
struct window_ranges {
	struct window_range *ranges; /* [max_cnt + 1] */
	struct window_inode *inodes; /* [max_cnt + 1] */
	__u32 *range_buckets;
	__u32 *inode_buckets;
	__u32 bucket_mask;
	__u32 max_cnt;
	__u32 cnt;
	__u32 range_end, inode_end; /* the first ids never used */
	__u32 range_free, inode_free;
	struct window_wheel wheel;
};

/*
 * As many ranges as fit in @max_bytes: touched page by page as they are used, lowest ids first.
 * -EINVAL where that is less than a few; -ENOMEM. Freed with window_ranges__fini().
 */
int window_ranges__init(struct window_ranges *t, size_t max_bytes);
void window_ranges__fini(struct window_ranges *t);
size_t window_ranges__bytes(const struct window_ranges *t);

/* Well mixed in all its bits. */
__u64 window_range_hash(const struct inode_key *inode, __u64 index);

/* @hash is window_range_hash() of the others. NULL when not known. */
struct window_range *window_ranges__find(const struct window_ranges *t,
					 const struct inode_key *inode, __u64 index, __u64 hash);

/* One that is not known yet, on no list. NULL when all are in use. */
struct window_range *window_ranges__add(struct window_ranges *t, const struct inode_key *inode,
					__u64 index, __u64 hash);

/* @r is on no list any more, and not to be used afterwards. */
void window_ranges__drop(struct window_ranges *t, struct window_range *r);

/* The first range of an inode, WINDOW_NONE: it has none; the next is in_inode.next. */
__u32 window_ranges__of_inode(const struct window_ranges *t, const struct inode_key *inode);

static inline struct window_range *window_ranges__at(const struct window_ranges *t, __u32 id)
{
	return &t->ranges[id];
}

static inline __u32 window_ranges__id(const struct window_ranges *t, const struct window_range *r)
{
	return r - t->ranges;
}

/* Whether an id below range_end is that of a range. */
static inline bool window_range__is_used(const struct window_range *r)
{
	return r->inode != WINDOW_NONE;
}

#endif
