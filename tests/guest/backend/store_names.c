// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names: directories, links and renames. Each entry of a directory has a position that only ever
 * goes up, so a reader that stopped half way goes on correctly whatever was added or removed since.
 */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "node.h"

static struct dentry **bucket(struct store *s, const struct node *dir, const char *name)
{
	uint64_t h = dir->ino * 0x9e3779b97f4a7c15ULL;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3ULL;
	return &s->names[(h >> 32) % NAME_BUCKETS];
}

static struct dentry *find(struct store *s, const struct node *dir, const char *name)
{
	struct dentry *d = *bucket(s, dir, name);

	while (d && (d->dir != dir || strcmp(d->name, name)))
		d = d->hash_next;
	return d;
}

static void add_links(struct node *n, int cnt)
{
	pthread_mutex_lock(&n->lock);
	n->nlink += (uint32_t)cnt;
	node__touch(n, false);
	pthread_mutex_unlock(&n->lock);
}

static void touch_dir(struct node *dir)
{
	pthread_mutex_lock(&dir->lock);
	node__touch(dir, true);
	pthread_mutex_unlock(&dir->lock);
}

static struct dentry *new_dentry(const char *name)
{
	struct dentry *d = calloc(1, sizeof(*d) + strlen(name) + 1);

	if (d)
		strcpy(d->name, name);
	return d;
}

/* Give @n the name in @d. A directory has two links of its own and gives one to its parent. */
static void attach(struct store *s, struct dentry *d, struct node *dir, struct node *n)
{
	struct dentry **slot = bucket(s, dir, d->name);

	d->dir = dir;
	d->node = n;
	d->pos = dir->next_pos++;
	d->hash_next = *slot;
	*slot = d;
	d->prev = dir->last;
	d->next = NULL;
	*(dir->last ? &dir->last->next : &dir->first) = d;
	dir->last = d;
	if (S_ISDIR(n->mode)) {
		n->parent = dir;
		add_links(n, 2);
		add_links(dir, 1);
	} else {
		add_links(n, 1);
	}
	touch_dir(dir);
}

static void unhash(struct store *s, struct dentry *d)
{
	struct dentry **at = bucket(s, d->dir, d->name);

	while (*at != d)
		at = &(*at)->hash_next;
	*at = d->hash_next;
	*(d->prev ? &d->prev->next : &d->dir->first) = d->next;
	*(d->next ? &d->next->prev : &d->dir->last) = d->prev;
}

/* Take the name away; the caller settles the node and frees or reuses @d. */
static void detach(struct store *s, struct dentry *d)
{
	unhash(s, d);
	if (S_ISDIR(d->node->mode)) {
		/* It may outlive its parent while it is open, and is then a root of its own. */
		d->node->parent = d->node;
		add_links(d->node, -2);
		add_links(d->dir, -1);
	} else {
		add_links(d->node, -1);
	}
	touch_dir(d->dir);
}

void names__drop_children(struct store *s, struct node *dir)
{
	while (dir->first) {
		struct dentry *d = dir->first;

		unhash(s, d);
		free(d);
	}
}

/* A removed directory takes no new names. */
static int find_dir(struct store *s, uint64_t ino, struct node **out)
{
	struct node *dir = node__find(s, ino);

	if (!dir)
		return -ENOENT;
	if (!S_ISDIR(dir->mode))
		return -ENOTDIR;
	*out = dir;
	return 0;
}

static void apply_dax_rules(struct store *s, struct node *n, const char *name)
{
	if (!S_ISREG(n->mode))
		return;
	for (struct dax_rule *r = s->dax_rules; r; r = r->next) {
		if (fnmatch(r->glob, name, 0))
			continue;
		pthread_mutex_lock(&n->lock);
		n->is_dax = r->is_on;
		pthread_mutex_unlock(&n->lock);
		return;
	}
}

static void give_out(struct store *s, struct node *n, const char *name, struct store_entry *out)
{
	apply_dax_rules(s, n, name);
	n->lookup_cnt++;
	node__describe(s, n, out);
}

static int lookup_locked(struct store *s, uint64_t ino, const char *name, struct store_entry *out)
{
	struct dentry *d;
	struct node *dir;
	int err = find_dir(s, ino, &dir);

	if (err)
		return err;
	d = find(s, dir, name);
	if (!d)
		return -ENOENT;
	give_out(s, d->node, name, out);
	return 0;
}

int store__lookup(struct store *s, uint64_t dir, const char *name, struct store_entry *out)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = lookup_locked(s, dir, name, out);
	pthread_mutex_unlock(&s->lock);
	return err;
}

static int find_free_name(struct store *s, uint64_t ino, const char *name, struct node **dir)
{
	int err = find_dir(s, ino, dir);

	if (err)
		return err;
	if (!(*dir)->nlink)
		return -ENOENT;
	return find(s, *dir, name) ? -EEXIST : 0;
}

static void inherit_group(const struct node *dir, struct store_new *what)
{
	if (!(dir->mode & S_ISGID))
		return;
	what->gid = dir->gid;
	if (S_ISDIR(what->mode))
		what->mode |= S_ISGID;
}

static int make_locked(struct store *s, uint64_t ino, const char *name, struct store_new what,
		       struct store_entry *out)
{
	struct dentry *d;
	struct node *dir, *n;
	int err = find_free_name(s, ino, name, &dir);

	if (err)
		return err;
	inherit_group(dir, &what);
	d = new_dentry(name);
	n = d ? node__new(s, &what) : NULL;
	if (!n) {
		free(d);
		return -ENOMEM;
	}
	attach(s, d, dir, n);
	give_out(s, n, name, out);
	return 0;
}

int store__make(struct store *s, uint64_t dir, const char *name, const struct store_new *what,
		struct store_entry *out)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = make_locked(s, dir, name, *what, out);
	pthread_mutex_unlock(&s->lock);
	return err;
}

static int link_locked(struct store *s, uint64_t ino, uint64_t dir_ino, const char *name,
		       struct store_entry *out)
{
	struct node *n = node__find(s, ino), *dir;
	struct dentry *d;
	int err = find_free_name(s, dir_ino, name, &dir);

	if (err)
		return err;
	if (!n)
		return -ENOENT;
	if (S_ISDIR(n->mode))
		return -EPERM;
	d = new_dentry(name);
	if (!d)
		return -ENOMEM;
	attach(s, d, dir, n);
	give_out(s, n, name, out);
	return 0;
}

int store__link(struct store *s, uint64_t ino, uint64_t dir, const char *name,
		struct store_entry *out)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = link_locked(s, ino, dir, name, out);
	pthread_mutex_unlock(&s->lock);
	return err;
}

static int may_remove(const struct node *n, bool want_dir)
{
	if (want_dir != S_ISDIR(n->mode))
		return want_dir ? -ENOTDIR : -EISDIR;
	return n->first ? -ENOTEMPTY : 0;
}

static void remove_dentry(struct store *s, struct dentry *d)
{
	struct node *n = d->node;

	detach(s, d);
	free(d);
	node__settle(s, n);
}

static int remove_name(struct store *s, uint64_t ino, const char *name, bool want_dir,
		       uint64_t *removed)
{
	struct dentry *d = NULL;
	struct node *dir;
	int err;

	pthread_mutex_lock(&s->lock);
	err = find_dir(s, ino, &dir);
	if (!err)
		d = find(s, dir, name);
	if (!err)
		err = d ? may_remove(d->node, want_dir) : -ENOENT;
	if (!err) {
		*removed = d->node->ino;
		remove_dentry(s, d);
	}
	pthread_mutex_unlock(&s->lock);
	return err;
}

int store__unlink(struct store *s, uint64_t dir, const char *name, uint64_t *ino)
{
	return remove_name(s, dir, name, false, ino);
}

int store__rmdir(struct store *s, uint64_t dir, const char *name, uint64_t *ino)
{
	return remove_name(s, dir, name, true, ino);
}

static bool is_inside(const struct node *dir, const struct node *tree)
{
	for (; dir != tree; dir = dir->parent) {
		if (dir == dir->parent)
			return false;
	}
	return true;
}

static int may_rename(const struct dentry *src, const struct node *new_dir,
		      const struct dentry *dst, uint32_t flags)
{
	if (flags & ~(uint32_t)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (!src || !new_dir->nlink)
		return -ENOENT;
	if (S_ISDIR(src->node->mode) && is_inside(new_dir, src->node))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE) {
		if (!dst)
			return -ENOENT;
		return S_ISDIR(dst->node->mode) && is_inside(src->dir, dst->node) ? -EINVAL : 0;
	}
	if (!dst)
		return 0;
	if (flags & RENAME_NOREPLACE)
		return -EEXIST;
	if (dst->node == src->node)
		return 0;
	return may_remove(dst->node, S_ISDIR(src->node->mode));
}

static void exchange(struct store *s, struct dentry *a, struct dentry *b)
{
	struct node *na = a->node, *nb = b->node, *dir_a = a->dir, *dir_b = b->dir;

	detach(s, a);
	detach(s, b);
	attach(s, a, dir_a, nb);
	attach(s, b, dir_b, na);
}

static int move(struct store *s, struct dentry *src, struct node *new_dir, struct dentry *dst,
		const char *new_name)
{
	struct dentry *fresh = new_dentry(new_name);
	struct node *n = src->node;

	if (!fresh)
		return -ENOMEM;
	if (dst)
		remove_dentry(s, dst);
	detach(s, src);
	free(src);
	attach(s, fresh, new_dir, n);
	return 0;
}

static int rename_locked(struct store *s, uint64_t ino, const char *name, uint64_t new_ino,
			 const char *new_name, uint32_t flags)
{
	struct dentry *src, *dst;
	struct node *dir, *new_dir;
	int err = find_dir(s, ino, &dir);

	if (!err)
		err = find_dir(s, new_ino, &new_dir);
	if (err)
		return err;
	src = find(s, dir, name);
	dst = find(s, new_dir, new_name);
	err = may_rename(src, new_dir, dst, flags);
	if (err)
		return err;
	if (dst && dst->node == src->node)
		return 0;
	if (flags & RENAME_EXCHANGE) {
		exchange(s, src, dst);
		return 0;
	}
	return move(s, src, new_dir, dst, new_name);
}

int store__rename(struct store *s, uint64_t dir, const char *name, uint64_t new_dir,
		  const char *new_name, uint32_t flags)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = rename_locked(s, dir, name, new_dir, new_name, flags);
	pthread_mutex_unlock(&s->lock);
	return err;
}

static void list(struct node *dir, uint64_t off, store_emit_fn *emit, void *ctx)
{
	if (off < 1 && !emit(ctx, dir->ino, 1, DT_DIR, "."))
		return;
	if (off < 2 && !emit(ctx, dir->parent->ino, 2, DT_DIR, ".."))
		return;
	for (struct dentry *d = dir->first; d; d = d->next) {
		if (d->pos <= off)
			continue;
		if (!emit(ctx, d->node->ino, d->pos, IFTODT(d->node->mode), d->name))
			return;
	}
}

int store__readdir(struct store *s, uint64_t ino, uint64_t off, store_emit_fn *emit, void *ctx)
{
	struct node *dir;
	int err;

	pthread_mutex_lock(&s->lock);
	err = find_dir(s, ino, &dir);
	if (!err)
		list(dir, off, emit, ctx);
	pthread_mutex_unlock(&s->lock);
	return err;
}
