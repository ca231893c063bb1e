// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: what a single mapping was used for is not known, as hits are counted by file; a
 * file's mappings are taken to have been used alike.
 */
#include "file_sizes.h"

#include <stdint.h>
#include <string.h>

#include "dax_io.h"
#include "model.h"

__u64 file_class__bytes(unsigned int i)
{
	return i + 1 < FILE_CLASSES ? FILE_CLASS_MIN_BYTES << i : UINT64_MAX;
}

unsigned int file_class__of(__u64 size_bytes)
{
	unsigned int i = 0;

	while (size_bytes > file_class__bytes(i))
		i++;
	return i;
}

/* One file and its mappings. */
struct file_use {
	__u64 size_bytes;
	__u64 setups;
	__u64 requests;
	__u64 requests_ns;
	__u64 uses;
	__u64 writes; /* through the window */
	struct dax_io io;
};

static void sum_ops(struct figures *sum, const struct entity *e, __u32 ops)
{
	struct figures f;

	memset(sum, 0, sizeof(*sum));
	for (unsigned int op = 0; op < OP_NR; op++)
		if (ops & 1U << op && entity__op(e, op, &f))
			figures__add(sum, &f);
}

/* A fault by PMD that falls back is done by PTE then. */
static __u64 done_of(const struct entity *e, __u32 ops)
{
	struct figures sum;

	sum_ops(&sum, e, ops);
	return sum.outcome[OUTCOME_DONE];
}

/* Calls that went round the window: the retries are their requests but the first. */
static __u64 around_calls(const struct entity *e)
{
	struct figures sum;

	sum_ops(&sum, e, OPS_AROUND_WRITTEN);
	return sum.outcome[OUTCOME_DONE] > sum.retries ? sum.outcome[OUTCOME_DONE] - sum.retries
						       : 0;
}

static void read_use(struct file_use *use, const struct summary *s, const struct entity *e,
		     __u64 size_bytes)
{
	__u64 around = around_calls(e), writes = done_of(e, 1U << OP_DAX_WRITE);
	struct figures requests; /* failed ones too: the server has been asked */

	sum_ops(&requests, e, 1U << OP_SETUP | 1U << OP_UPGRADE | 1U << OP_REMOVAL);
	*use = (struct file_use){
		.size_bytes = size_bytes,
		.setups = done_of(e, 1U << OP_SETUP),
		.requests = requests.cnt,
		.requests_ns = requests.total_ns,
		.writes = writes > around ? writes - around : 0,
	};
	use->uses = done_of(e, OPS_FAULT_KINDS | 1U << OP_DAX_READ) + use->writes;
	dax_io__of_inode(&use->io, s, e);
}

static __u64 round_up(__u64 value, __u64 step)
{
	return (value + step - 1) / step * step;
}

/* No range of it was mapped twice, and no byte used twice, as far as reads and faults tell. */
static bool is_read_once(const struct file_use *use, __u64 page_bytes)
{
	__u64 ranges = round_up(use->size_bytes, RANGE_BYTES) / RANGE_BYTES;

	return use->setups <= (ranges ?: 1) && !use->io.written &&
	       use->io.read <= use->size_bytes &&
	       use->io.read + use->io.mapped <= round_up(use->size_bytes, page_bytes);
}

static __u64 plain_requests(const struct file_use *use)
{
	__u64 used = (use->io.read + use->io.mapped) / (use->setups ? use->setups : 1);
	__u64 there = use->size_bytes < RANGE_BYTES ? use->size_bytes : RANGE_BYTES;
	__u64 once = used < there ? used : there;

	return use->setups * (round_up(once, PLAIN_READ_BYTES) / PLAIN_READ_BYTES) + use->writes;
}

static void class_add(struct file_class *c, const struct file_use *use)
{
	c->files++;
	c->setups += use->setups;
	c->requests += use->requests;
	c->plain_requests += plain_requests(use);
}

static void add(struct file_sizes *sizes, const struct file_use *use, __u64 page_bytes)
{
	class_add(&sizes->classes[file_class__of(use->size_bytes)], use);
	class_add(&sizes->all, use);
	sizes->all_ns += use->requests_ns;
	if (use->size_bytes < SMALL_FILE_BYTES) {
		class_add(&sizes->small, use);
		sizes->small_ns += use->requests_ns;
	}
	sizes->uses += use->uses;
	sizes->used_bytes += dax_io__through(&use->io);
	if (is_read_once(use, page_bytes))
		sizes->once_setups += use->setups;
}

void file_sizes__read(struct file_sizes *sizes, const struct summary *s, const struct names *n,
		      __u32 dev)
{
	memset(sizes, 0, sizeof(*sizes));
	for (const struct entity *e = summary__next_inode(s, NULL); e;
	     e = summary__next_inode(s, e)) {
		const struct inode_key *key = entity__inode(e);
		const struct inode_name *name = names__inode(n, key);
		struct file_use use;

		if (key->dev != dev)
			continue;
		read_use(&use, s, e, name ? name->size_bytes : 0);
		if (!use.setups)
			continue;
		if (name)
			add(sizes, &use, summary__page_bytes(s));
		else
			sizes->unknown_setups += use.setups;
	}
}

__u64 file_sizes__threshold(const struct file_sizes *sizes, __u64 *saved)
{
	__s64 sum = 0, most = 0;
	__u64 bytes = 0;

	for (unsigned int i = 0; i + 1 < FILE_CLASSES; i++) {
		const struct file_class *c = &sizes->classes[i];

		sum += (__s64)c->requests - (__s64)c->plain_requests;
		if (sum <= most)
			continue;
		most = sum;
		bytes = file_class__bytes(i);
	}
	*saved = most;
	return bytes;
}
