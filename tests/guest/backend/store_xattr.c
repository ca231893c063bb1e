// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extended attributes, as a short list on each node. Any name space is taken: who may set what is
 * the guest kernel's business.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "node.h"

/* The kernel's own limit, XATTR_SIZE_MAX. */
#define VALUE_MAX 65536

static struct xattr **find(struct node *n, const char *name)
{
	struct xattr **at = &n->xattrs;

	while (*at && strcmp((*at)->name, name))
		at = &(*at)->next;
	return at;
}

static struct xattr *new_xattr(const char *name, const void *value, size_t len)
{
	struct xattr *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->name = strdup(name);
	x->value = malloc(len + 1);
	if (!x->name || !x->value) {
		free(x->name);
		free(x->value);
		free(x);
		return NULL;
	}
	memcpy(x->value, value, len);
	x->len = len;
	return x;
}

static void drop(struct xattr **at)
{
	struct xattr *x = *at;

	*at = x->next;
	free(x->name);
	free(x->value);
	free(x);
}

static int set_locked(struct node *n, const char *name, const void *value, size_t len,
		      uint32_t flags)
{
	struct xattr **at = find(n, name), *x;

	if (len > VALUE_MAX)
		return -E2BIG;
	if (*at && (flags & XATTR_CREATE))
		return -EEXIST;
	if (!*at && (flags & XATTR_REPLACE))
		return -ENODATA;
	x = new_xattr(name, value, len);
	if (!x)
		return -ENOMEM;
	if (*at)
		drop(at);
	x->next = n->xattrs;
	n->xattrs = x;
	node__touch(n, false);
	return 0;
}

int store__setxattr(struct store *s, uint64_t ino, const char *name, const void *value, size_t len,
		    uint32_t flags)
{
	struct node *n = node__get(s, ino);
	int err;

	if (!n)
		return -ENOENT;
	pthread_mutex_lock(&n->lock);
	err = set_locked(n, name, value, len, flags);
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return err;
}

static ssize_t get_locked(struct node *n, const char *name, void *buf, size_t cap)
{
	struct xattr *x = *find(n, name);

	if (!x)
		return -ENODATA;
	if (!cap)
		return (ssize_t)x->len;
	if (x->len > cap)
		return -ERANGE;
	memcpy(buf, x->value, x->len);
	return (ssize_t)x->len;
}

ssize_t store__getxattr(struct store *s, uint64_t ino, const char *name, void *buf, size_t cap)
{
	struct node *n = node__get(s, ino);
	ssize_t ret;

	if (!n)
		return -ENOENT;
	pthread_mutex_lock(&n->lock);
	ret = get_locked(n, name, buf, cap);
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return ret;
}

static ssize_t list_locked(struct node *n, char *buf, size_t cap)
{
	size_t len = 0;

	for (struct xattr *x = n->xattrs; x; x = x->next) {
		size_t part = strlen(x->name) + 1;

		if (cap && len + part > cap)
			return -ERANGE;
		if (cap)
			memcpy(buf + len, x->name, part);
		len += part;
	}
	return (ssize_t)len;
}

ssize_t store__listxattr(struct store *s, uint64_t ino, char *buf, size_t cap)
{
	struct node *n = node__get(s, ino);
	ssize_t ret;

	if (!n)
		return -ENOENT;
	pthread_mutex_lock(&n->lock);
	ret = list_locked(n, buf, cap);
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return ret;
}

int store__removexattr(struct store *s, uint64_t ino, const char *name)
{
	struct node *n = node__get(s, ino);
	struct xattr **at;

	if (!n)
		return -ENOENT;
	pthread_mutex_lock(&n->lock);
	at = find(n, name);
	if (*at) {
		drop(at);
		node__touch(n, false);
	} else {
		at = NULL;
	}
	pthread_mutex_unlock(&n->lock);
	node__put(s, n);
	return at ? 0 : -ENODATA;
}
