// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Two hash tables, of ranges and of their inodes, over arrays of fixed size. An inode has a row as
 * long as one of its ranges has, so that there are never more inodes than ranges.
 */
#include "window_ranges.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MIN_RANGES 64
/* There are at most twice as many buckets as ranges, in each of two tables. */
#define BYTES_PER_RANGE \
	(sizeof(struct window_range) + sizeof(struct window_inode) + 4 * sizeof(__u32))

/* Multiply and fold, as splitmix64 does: each bit of @x changes half of those of the result. */
static __u64 mix(__u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static __u64 inode_hash(const struct inode_key *key)
{
	return mix(key->nodeid + 0x9e3779b97f4a7c15ULL) ^
	       mix((__u64)key->dev << 32 | key->generation);
}

__u64 window_range_hash(const struct inode_key *inode, __u64 index)
{
	return mix(inode_hash(inode) + index * 0x9e3779b97f4a7c15ULL);
}

static bool is_same_inode(const struct inode_key *a, const struct inode_key *b)
{
	return a->nodeid == b->nodeid && a->dev == b->dev && a->generation == b->generation;
}

int window_ranges__init(struct window_ranges *t, size_t max_bytes)
{
	struct window_ranges res = {};
	size_t max_cnt = max_bytes / BYTES_PER_RANGE, buckets = 1;

	if (max_cnt < MIN_RANGES || max_cnt > UINT32_MAX / 2)
		return -EINVAL;
	while (buckets < max_cnt)
		buckets *= 2;
	res.max_cnt = max_cnt - 1; /* id 0 has its place too */
	res.bucket_mask = buckets - 1;
	res.range_end = res.inode_end = 1;
	res.ranges = calloc(max_cnt, sizeof(*res.ranges));
	res.inodes = calloc(max_cnt, sizeof(*res.inodes));
	res.range_buckets = calloc(buckets, sizeof(*res.range_buckets));
	res.inode_buckets = calloc(buckets, sizeof(*res.inode_buckets));
	if (!res.ranges || !res.inodes || !res.range_buckets || !res.inode_buckets) {
		window_ranges__fini(&res);
		return -ENOMEM;
	}
	*t = res;
	return 0;
}

void window_ranges__fini(struct window_ranges *t)
{
	free(t->ranges);
	free(t->inodes);
	free(t->range_buckets);
	free(t->inode_buckets);
	memset(t, 0, sizeof(*t));
}

size_t window_ranges__bytes(const struct window_ranges *t)
{
	return (t->max_cnt + 1ULL) * (sizeof(*t->ranges) + sizeof(*t->inodes)) +
	       (t->bucket_mask + 1ULL) * 2 * sizeof(__u32);
}

static __u32 *range_bucket(const struct window_ranges *t, __u64 hash)
{
	return &t->range_buckets[hash >> 32 & t->bucket_mask];
}

static __u32 *inode_bucket(const struct window_ranges *t, const struct inode_key *key)
{
	return &t->inode_buckets[inode_hash(key) >> 32 & t->bucket_mask];
}

static __u32 inode_find(const struct window_ranges *t, const struct inode_key *key)
{
	__u32 id = *inode_bucket(t, key);

	while (id && !is_same_inode(&t->inodes[id].key, key))
		id = t->inodes[id].hash_next;
	return id;
}

/* There is room, as there are no more inodes than ranges. */
static __u32 inode_add(struct window_ranges *t, const struct inode_key *key)
{
	__u32 id = t->inode_free, *bucket = inode_bucket(t, key);
	struct window_inode *inode;

	if (id)
		t->inode_free = t->inodes[id].hash_next;
	else
		id = t->inode_end++;
	inode = &t->inodes[id];
	inode->key = *key;
	inode->first = WINDOW_NONE;
	inode->hash_next = *bucket;
	*bucket = id;
	return id;
}

static void inode_drop(struct window_ranges *t, __u32 id)
{
	struct window_inode *inode = &t->inodes[id];
	__u32 *at = inode_bucket(t, &inode->key);

	while (*at != id)
		at = &t->inodes[*at].hash_next;
	*at = inode->hash_next;
	inode->hash_next = t->inode_free;
	t->inode_free = id;
}

struct window_range *window_ranges__find(const struct window_ranges *t,
					 const struct inode_key *inode, __u64 index, __u64 hash)
{
	struct window_range *r;

	for (__u32 id = *range_bucket(t, hash); id; id = r->hash_next) {
		r = &t->ranges[id];
		if (r->hash == hash && r->index == index &&
		    is_same_inode(&t->inodes[r->inode].key, inode))
			return r;
	}
	return NULL;
}

static __u32 range_take(struct window_ranges *t)
{
	__u32 id = t->range_free;

	if (id)
		t->range_free = t->ranges[id].hash_next;
	else
		id = t->range_end++;
	return id;
}

static void inode_link(struct window_ranges *t, struct window_range *r, __u32 id)
{
	struct window_inode *inode = &t->inodes[r->inode];

	r->in_inode.next = inode->first;
	if (inode->first)
		t->ranges[inode->first].in_inode.prev = id;
	inode->first = id;
}

struct window_range *window_ranges__add(struct window_ranges *t, const struct inode_key *inode,
					__u64 index, __u64 hash)
{
	__u32 *bucket = range_bucket(t, hash), inode_id, id;
	struct window_range *r;

	if (t->cnt == t->max_cnt)
		return NULL;
	inode_id = inode_find(t, inode);
	id = range_take(t);
	r = &t->ranges[id];
	*r = (struct window_range){
		.hash = hash,
		.index = index,
		.inode = inode_id ? inode_id : inode_add(t, inode),
		.hash_next = *bucket,
	};
	*bucket = id;
	inode_link(t, r, id);
	t->cnt++;
	return r;
}

static void inode_unlink(struct window_ranges *t, struct window_range *r)
{
	struct window_inode *inode = &t->inodes[r->inode];

	if (r->in_inode.prev)
		t->ranges[r->in_inode.prev].in_inode.next = r->in_inode.next;
	else
		inode->first = r->in_inode.next;
	if (r->in_inode.next)
		t->ranges[r->in_inode.next].in_inode.prev = r->in_inode.prev;
	if (!inode->first)
		inode_drop(t, r->inode);
}

void window_ranges__drop(struct window_ranges *t, struct window_range *r)
{
	__u32 id = window_ranges__id(t, r), *at = range_bucket(t, r->hash);

	while (*at != id)
		at = &t->ranges[*at].hash_next;
	*at = r->hash_next;
	inode_unlink(t, r);
	r->inode = WINDOW_NONE;
	r->hash_next = t->range_free;
	t->range_free = id;
	t->cnt--;
}

__u32 window_ranges__of_inode(const struct window_ranges *t, const struct inode_key *inode)
{
	__u32 id = inode_find(t, inode);

	return id ? t->inodes[id].first : WINDOW_NONE;
}
