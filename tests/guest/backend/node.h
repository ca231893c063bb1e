/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inside of the store, shared by the files that make it up and nobody else.
 *
 * Locks: store.lock guards the tree (tables, names, reference and lookup counts, parents);
 * node.lock guards a node's attributes, contents and xattrs. Taken in that order.
 */
#ifndef BACKEND_NODE_H
#define BACKEND_NODE_H

#include <pthread.h>
#include <time.h>

#include "store.h"

#define NODE_BUCKETS 4096
#define NAME_BUCKETS 4096

struct dentry {
	struct dentry *hash_next;
	struct dentry *next; /* in its directory, by ascending position */
	struct dentry *prev;
	struct node *dir;
	struct node *node;
	uint64_t pos;
	char name[];
};

struct xattr {
	struct xattr *next;
	char *name;
	void *value;
	size_t len;
};

struct node {
	struct node *hash_next;
	uint64_t ino;
	pthread_mutex_t lock;

	/* under store.lock */
	uint64_t lookup_cnt;
	uint64_t open_cnt;
	uint64_t ref_cnt;
	struct node *parent; /* directories: where ".." leads */
	struct dentry *first;
	struct dentry *last;
	uint64_t next_pos;

	/* under node.lock; nlink under both */
	uint32_t nlink;
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	uint32_t rdev;
	bool is_dax;
	uint64_t size;
	uint64_t backing_len;
	struct timespec atime;
	struct timespec mtime;
	struct timespec ctime;
	int fd;
	char *target;
	struct xattr *xattrs;
};

struct handle {
	struct handle *next;
	uint64_t fh;
	struct node *node;
};

struct dax_rule {
	struct dax_rule *next;
	bool is_on;
	char glob[];
};

struct store {
	pthread_mutex_t lock;
	struct node *nodes[NODE_BUCKETS];
	struct dentry *names[NAME_BUCKETS];
	struct handle *handles;
	struct dax_rule *dax_rules; /* newest first: it wins */
	bool dax_default;
	uint64_t next_ino;
	uint64_t next_fh;
	uint64_t node_cnt;
	uint64_t generation;
};

/* Find a node and keep it until node__put(). NULL when there is none of that number. */
struct node *node__get(struct store *s, uint64_t ino);
void node__put(struct store *s, struct node *n);

/* The same with store.lock held; node__settle() frees a node that nothing needs any more. */
struct node *node__find(struct store *s, uint64_t ino);
struct node *node__new(struct store *s, const struct store_new *what);
void node__settle(struct store *s, struct node *n);

void node__touch(struct node *n, bool is_modified);
/* Takes node.lock. */
void node__describe(struct store *s, struct node *n, struct store_entry *out);
/* With node.lock held. */
int node__set_size(struct node *n, uint64_t size);

void names__drop_children(struct store *s, struct node *dir);

#endif
