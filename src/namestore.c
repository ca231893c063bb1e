// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Paths and task names, told once by the kernel and kept. Surprising: a path arrives as its names
 * from the file up, and is turned round here.
 */
#include "model_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"

struct inode_row {
	struct inode_key key;
	struct inode_name name;
	UT_hash_handle hh;
};

struct task_row {
	struct task_key key;
	char comm[TASK_COMM_LEN_MAX + 1];
	UT_hash_handle hh;
};

struct names {
	struct inode_row *inodes;
	struct task_row *tasks;
};

struct names *names__new(void)
{
	struct names *n = calloc(1, sizeof(*n));

	if (!n)
		errno = ENOMEM;
	return n;
}

void names__free(struct names *n)
{
	struct inode_row *inode, *next_inode;
	struct task_row *task, *next_task;

	if (!n)
		return;
	inode = n->inodes;
	task = n->tasks;
	HASH_CLEAR(hh, n->inodes);
	HASH_CLEAR(hh, n->tasks);
	for (; inode; inode = next_inode) {
		next_inode = inode->hh.next;
		free((char *)inode->name.path);
		free(inode);
	}
	for (; task; task = next_task) {
		next_task = task->hh.next;
		free(task);
	}
	free(n);
}

/* Put @len bytes in front of what is written from *@at to the buffer's end. */
static void prepend(char *buf, size_t *at, const char *s, size_t len)
{
	*at -= len;
	memcpy(buf + *at, s, len);
}

/*
 * The path of @ev, to free; NULL without memory. The buffer is filled from its end, since the first
 * name is the last of the path; path_len has been checked.
 */
static char *build_path(const struct event_inode *ev)
{
	char raw[PATH_BYTES + 8], clean[PATH_BYTES + 8];
	size_t at = sizeof(raw) - 1, i = 0;
	bool is_first = true;

	raw[at] = '\0';
	while (i < ev->path_len) {
		size_t len = strnlen(ev->path + i, ev->path_len - i);

		if (!is_first)
			prepend(raw, &at, "/", 1);
		prepend(raw, &at, ev->path + i, len);
		is_first = false;
		i += len + 1;
	}
	if (ev->flags & INODE_PATH_CUT)
		prepend(raw, &at, ".../", is_first ? 3 : 4);
	else if (is_first)
		prepend(raw, &at, "/", 1);
	return strdup(fmt__clean(clean, sizeof(clean), raw + at, sizeof(raw) - at));
}

static struct inode_row *inode_row(struct names *n, const struct inode_key *key, int *err)
{
	struct inode_row *row;

	HASH_FIND(hh, n->inodes, key, sizeof(*key), row);
	if (row)
		return row;
	*err = -ENOSPC;
	if (HASH_COUNT(n->inodes) >= NAMES_MAX)
		return NULL;
	*err = -ENOMEM;
	row = calloc(1, sizeof(*row));
	if (!row)
		return NULL;
	row->key = *key;
	HASH_ADD(hh, n->inodes, key, sizeof(row->key), row);
	if (!row->hh.tbl) {
		free(row);
		return NULL;
	}
	return row;
}

int names__add_inode(struct names *n, const struct event_inode *ev)
{
	bool has_path = !(ev->flags & INODE_NO_DENTRY);
	struct inode_row *row;
	char *path = NULL;
	int err;

	if (ev->kind != EVENT_INODE || ev->path_len > PATH_BYTES)
		return -EINVAL;
	if (has_path) {
		path = build_path(ev);
		if (!path)
			return -ENOMEM;
	}
	row = inode_row(n, &ev->key, &err);
	if (!row) {
		free(path);
		return err;
	}
	free((char *)row->name.path);
	row->name = (struct inode_name){
		.path = path,
		.ino = ev->ino,
		.size_bytes = ev->size_bytes,
		.is_deleted = ev->flags & INODE_UNLINKED,
	};
	return 0;
}

void names__set_size(struct names *n, const struct inode_key *key, __u64 size_bytes)
{
	struct inode_row *row;

	HASH_FIND(hh, n->inodes, key, sizeof(*key), row);
	if (row)
		row->name.size_bytes = size_bytes;
}

static struct task_row *find_task(const struct names *n, const struct task_key *key)
{
	struct task_key k = *key;
	struct task_row *row;

	k.pad = 0;
	HASH_FIND(hh, n->tasks, &k, sizeof(k), row);
	return row;
}

int names__add_task(struct names *n, const struct task_key *key, const char comm[TASK_COMM_LEN_MAX])
{
	struct task_row *row = find_task(n, key);

	if (!row) {
		if (HASH_COUNT(n->tasks) >= NAMES_MAX)
			return -ENOSPC;
		row = calloc(1, sizeof(*row));
		if (!row)
			return -ENOMEM;
		row->key = *key;
		row->key.pad = 0;
		HASH_ADD(hh, n->tasks, key, sizeof(row->key), row);
		if (!row->hh.tbl) {
			free(row);
			return -ENOMEM;
		}
	}
	fmt__clean(row->comm, sizeof(row->comm), comm, TASK_COMM_LEN_MAX);
	return 0;
}

const struct inode_name *names__inode(const struct names *n, const struct inode_key *key)
{
	struct inode_row *row;

	if (!n)
		return NULL;
	HASH_FIND(hh, n->inodes, key, sizeof(*key), row);
	return row ? &row->name : NULL;
}

const char *names__comm(const struct names *n, const struct task_key *key)
{
	const struct task_row *row = n ? find_task(n, key) : NULL;

	return row ? row->comm : NULL;
}

int names__each(const struct names *n, const struct names_fns *fns, void *ctx)
{
	int err = 0;

	for (const struct inode_row *row = n->inodes; row && !err; row = row->hh.next)
		err = fns->inode(ctx, &row->key, &row->name);
	for (const struct task_row *row = n->tasks; row && !err; row = row->hh.next)
		err = fns->task(ctx, &row->key, row->comm);
	return err;
}

char *names__inode_text(const struct names *n, const struct inode_key *key, char *buf,
			size_t buf_bytes)
{
	const struct inode_name *name = names__inode(n, key);
	const char *deleted = name && name->is_deleted ? " (deleted)" : "";
	char text[PATH_BYTES + 32];

	if (name && name->path)
		snprintf(text, sizeof(text), "%s%s", name->path, deleted);
	else if (key->nodeid == INODE_REST_NODEID)
		snprintf(text, sizeof(text), "(rest)");
	else if (!key->nodeid)
		snprintf(text, sizeof(text), "(no inode)");
	else
		snprintf(text, sizeof(text), "nodeid %llu%s", key->nodeid, deleted);
	return fmt__clean(buf, buf_bytes, text, sizeof(text));
}
