// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes, their attributes and open handles. A node lives while a name, a lookup, an open handle or
 * a running request needs it; node ids only ever go up, so that a stale one can be told from a new
 * file.
 */
#define _GNU_SOURCE 1
#include "store.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node.h"

struct node *node__find(struct store *s, uint64_t ino)
{
	struct node *n = s->nodes[ino % NODE_BUCKETS];

	while (n && n->ino != ino)
		n = n->hash_next;
	return n;
}

static int open_backing(struct node *n)
{
	if (!S_ISREG(n->mode))
		return 0;
	n->fd = memfd_create("virtiofs-file", MFD_CLOEXEC);
	return n->fd < 0 ? -errno : 0;
}

static void node__free(struct node *n)
{
	while (n->xattrs) {
		struct xattr *x = n->xattrs;

		n->xattrs = x->next;
		free(x->name);
		free(x->value);
		free(x);
	}
	if (n->fd >= 0)
		close(n->fd);
	free(n->target);
	pthread_mutex_destroy(&n->lock);
	free(n);
}

struct node *node__new(struct store *s, const struct store_new *what)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	pthread_mutex_init(&n->lock, NULL);
	n->fd = -1;
	n->mode = what->mode;
	n->uid = what->uid;
	n->gid = what->gid;
	n->rdev = what->rdev;
	n->is_dax = S_ISREG(what->mode) && s->dax_default;
	n->next_pos = 3; /* 1 and 2 are "." and ".." */
	if (what->target) {
		n->target = strdup(what->target);
		n->size = strlen(what->target);
	}
	if ((what->target && !n->target) || open_backing(n)) {
		node__free(n);
		return NULL;
	}
	node__touch(n, true);
	n->atime = n->mtime;
	n->ino = s->next_ino++;
	n->hash_next = s->nodes[n->ino % NODE_BUCKETS];
	s->nodes[n->ino % NODE_BUCKETS] = n;
	s->node_cnt++;
	return n;
}

static void unhash(struct store *s, struct node *n)
{
	struct node **at = &s->nodes[n->ino % NODE_BUCKETS];

	while (*at != n)
		at = &(*at)->hash_next;
	*at = n->hash_next;
	s->node_cnt--;
}

void node__settle(struct store *s, struct node *n)
{
	if (n->nlink || n->lookup_cnt || n->open_cnt || n->ref_cnt)
		return;
	unhash(s, n);
	node__free(n);
}

struct node *node__get(struct store *s, uint64_t ino)
{
	struct node *n;

	pthread_mutex_lock(&s->lock);
	n = node__find(s, ino);
	if (n)
		n->ref_cnt++;
	pthread_mutex_unlock(&s->lock);
	return n;
}

void node__put(struct store *s, struct node *n)
{
	pthread_mutex_lock(&s->lock);
	n->ref_cnt--;
	node__settle(s, n);
	pthread_mutex_unlock(&s->lock);
}

void node__touch(struct node *n, bool is_modified)
{
	clock_gettime(CLOCK_REALTIME, &n->ctime);
	if (is_modified)
		n->mtime = n->ctime;
}

static uint64_t blocks_of(const struct node *n)
{
	struct stat st;

	if (n->fd < 0 || fstat(n->fd, &st))
		return 0;
	return (uint64_t)st.st_blocks;
}

void node__describe(struct store *s, struct node *n, struct store_entry *out)
{
	pthread_mutex_lock(&n->lock);
	*out = (struct store_entry){
		.generation = s->generation,
		.attr = { .ino = n->ino,
			  .size = n->size,
			  .blocks = blocks_of(n),
			  .atime = (uint64_t)n->atime.tv_sec,
			  .mtime = (uint64_t)n->mtime.tv_sec,
			  .ctime = (uint64_t)n->ctime.tv_sec,
			  .atimensec = (uint32_t)n->atime.tv_nsec,
			  .mtimensec = (uint32_t)n->mtime.tv_nsec,
			  .ctimensec = (uint32_t)n->ctime.tv_nsec,
			  .mode = n->mode,
			  .nlink = n->nlink,
			  .uid = n->uid,
			  .gid = n->gid,
			  .rdev = n->rdev,
			  .blksize = 4096,
			  .flags = n->is_dax ? FUSE_ATTR_DAX : 0 },
	};
	pthread_mutex_unlock(&n->lock);
}

struct store *store__new(bool dax_default)
{
	const struct store_new root = { .mode = S_IFDIR | 0755 };
	struct store *s = calloc(1, sizeof(*s));
	struct node *n;

	if (!s)
		return NULL;
	pthread_mutex_init(&s->lock, NULL);
	s->dax_default = dax_default;
	s->next_ino = STORE_ROOT;
	s->next_fh = 1;
	s->generation = 1;
	n = node__new(s, &root);
	if (!n) {
		store__free(s);
		errno = ENOMEM;
		return NULL;
	}
	n->nlink = 2;
	n->parent = n;
	return s;
}

void store__free(struct store *s)
{
	if (!s)
		return;
	while (s->handles) {
		struct handle *h = s->handles;

		s->handles = h->next;
		free(h);
	}
	while (s->dax_rules) {
		struct dax_rule *r = s->dax_rules;

		s->dax_rules = r->next;
		free(r);
	}
	for (size_t i = 0; i < NODE_BUCKETS; i++) {
		while (s->nodes[i]) {
			struct node *n = s->nodes[i];

			s->nodes[i] = n->hash_next;
			names__drop_children(s, n);
			node__free(n);
		}
	}
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void store__forget(struct store *s, uint64_t ino, uint64_t lookups)
{
	struct node *n;

	pthread_mutex_lock(&s->lock);
	n = node__find(s, ino);
	if (n) {
		n->lookup_cnt -= lookups < n->lookup_cnt ? lookups : n->lookup_cnt;
		node__settle(s, n);
	}
	pthread_mutex_unlock(&s->lock);
}

void store__forget_all(struct store *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->handles) {
		struct handle *h = s->handles;

		s->handles = h->next;
		h->node->open_cnt--;
		free(h);
	}
	for (size_t i = 0; i < NODE_BUCKETS; i++) {
		struct node *next;

		for (struct node *n = s->nodes[i]; n; n = next) {
			next = n->hash_next;
			n->lookup_cnt = 0;
			node__settle(s, n);
		}
	}
	pthread_mutex_unlock(&s->lock);
}

int store__getattr(struct store *s, uint64_t ino, struct store_entry *out)
{
	struct node *n = node__get(s, ino);

	if (!n)
		return -ENOENT;
	node__describe(s, n, out);
	node__put(s, n);
	return 0;
}

static void set_time(struct timespec *ts, const struct fuse_setattr_in *in, uint32_t bit,
		     uint32_t now_bit, uint64_t sec, uint32_t nsec)
{
	if (in->valid & now_bit) {
		clock_gettime(CLOCK_REALTIME, ts);
	} else if (in->valid & bit) {
		ts->tv_sec = (time_t)sec;
		ts->tv_nsec = nsec < 1000000000 ? (long)nsec : 0;
	}
}

static int apply_attrs(struct node *n, const struct fuse_setattr_in *in)
{
	int err = 0;

	if (in->valid & FATTR_SIZE)
		err = node__set_size(n, in->size);
	if (err)
		return err;
	if (in->valid & FATTR_MODE)
		n->mode = (n->mode & S_IFMT) | (in->mode & 07777);
	if (in->valid & FATTR_UID)
		n->uid = in->uid;
	if (in->valid & FATTR_GID)
		n->gid = in->gid;
	node__touch(n, in->valid & FATTR_SIZE);
	set_time(&n->atime, in, FATTR_ATIME, FATTR_ATIME_NOW, in->atime, in->atimensec);
	set_time(&n->mtime, in, FATTR_MTIME, FATTR_MTIME_NOW, in->mtime, in->mtimensec);
	set_time(&n->ctime, in, FATTR_CTIME, 0, in->ctime, in->ctimensec);
	return 0;
}

int store__setattr(struct store *s, uint64_t ino, const struct fuse_setattr_in *in,
		   struct store_entry *out)
{
	struct node *n = node__get(s, ino);
	int err;

	if (!n)
		return -ENOENT;
	pthread_mutex_lock(&n->lock);
	err = apply_attrs(n, in);
	pthread_mutex_unlock(&n->lock);
	if (!err)
		node__describe(s, n, out);
	node__put(s, n);
	return err;
}

int store__readlink(struct store *s, uint64_t ino, char *buf, size_t cap)
{
	struct node *n = node__get(s, ino);
	int ret = -EINVAL;

	if (!n)
		return -ENOENT;
	/* A target never changes, so that no lock is needed to read it. */
	if (n->target && n->size > cap)
		ret = -ERANGE;
	else if (n->target)
		ret = (int)n->size;
	if (ret > 0)
		memcpy(buf, n->target, (size_t)ret);
	node__put(s, n);
	return ret;
}

int store__set_dax(struct store *s, uint64_t ino, bool is_on)
{
	struct node *n = node__get(s, ino);
	int err = 0;

	if (!n)
		return -ENOENT;
	pthread_mutex_lock(&n->lock);
	if (S_ISREG(n->mode))
		n->is_dax = is_on;
	else
		err = -EINVAL;
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return err;
}

int store__set_dax_name(struct store *s, const char *glob, bool is_on)
{
	struct dax_rule *r = malloc(sizeof(*r) + strlen(glob) + 1);

	if (!r)
		return -ENOMEM;
	strcpy(r->glob, glob);
	r->is_on = is_on;
	pthread_mutex_lock(&s->lock);
	r->next = s->dax_rules;
	s->dax_rules = r;
	pthread_mutex_unlock(&s->lock);
	return 0;
}

void store__usage(struct store *s, uint64_t *bytes, uint64_t *nodes)
{
	*bytes = 0;
	pthread_mutex_lock(&s->lock);
	*nodes = s->node_cnt;
	for (size_t i = 0; i < NODE_BUCKETS; i++) {
		for (struct node *n = s->nodes[i]; n; n = n->hash_next)
			*bytes += blocks_of(n) * 512;
	}
	pthread_mutex_unlock(&s->lock);
}

static int open_locked(struct store *s, uint64_t ino, bool is_dir, uint64_t *fh)
{
	struct node *n = node__find(s, ino);
	struct handle *h;

	if (!n)
		return -ENOENT;
	if (is_dir != S_ISDIR(n->mode))
		return is_dir ? -ENOTDIR : -EISDIR;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->fh = s->next_fh++;
	h->node = n;
	h->next = s->handles;
	s->handles = h;
	n->open_cnt++;
	*fh = h->fh;
	return 0;
}

int store__open(struct store *s, uint64_t ino, bool is_dir, uint64_t *fh)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = open_locked(s, ino, is_dir, fh);
	pthread_mutex_unlock(&s->lock);
	return err;
}

static struct handle **find_handle(struct store *s, uint64_t ino, uint64_t fh)
{
	for (struct handle **at = &s->handles; *at; at = &(*at)->next) {
		if ((*at)->fh == fh)
			return (*at)->node->ino == ino ? at : NULL;
	}
	return NULL;
}

int store__close(struct store *s, uint64_t ino, uint64_t fh)
{
	struct handle **at, *h;

	pthread_mutex_lock(&s->lock);
	at = find_handle(s, ino, fh);
	if (at) {
		h = *at;
		*at = h->next;
		h->node->open_cnt--;
		node__settle(s, h->node);
		free(h);
	}
	pthread_mutex_unlock(&s->lock);
	return at ? 0 : -EBADF;
}

int store__check_handle(struct store *s, uint64_t ino, uint64_t fh)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = find_handle(s, ino, fh) ? 0 : -EBADF;
	pthread_mutex_unlock(&s->lock);
	return err;
}
