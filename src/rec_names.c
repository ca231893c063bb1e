// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: a path is told as the kernel does, its names from the file up.
 */
#include "rec_names.h"

#include <string.h>

#define CUT ".../"

/* The names of @path, the last first, each with its NUL. */
static void path_turn(struct event_inode *event, const char *path)
{
	size_t end = strlen(path), start;

	while (end) {
		for (start = end; start && path[start - 1] != '/';)
			start--;
		if (end > start && event->path_len + (end - start) + 1 <= PATH_BYTES) {
			memcpy(event->path + event->path_len, path + start, end - start);
			event->path_len += end - start + 1;
			event->path[event->path_len - 1] = '\0';
		}
		end = start ? start - 1 : 0;
	}
}

static int inode_write(void *ctx, const struct inode_key *key, const struct inode_name *name)
{
	struct event_inode event = {
		.kind = EVENT_INODE,
		.flags = name->is_deleted ? INODE_UNLINKED : 0,
		.key = *key,
		.ino = name->ino,
		.size_bytes = name->size_bytes,
	};
	const char *path = name->path;

	if (!path)
		event.flags |= INODE_NO_DENTRY;
	if (path && !strncmp(path, CUT, strlen(CUT))) {
		event.flags |= INODE_PATH_CUT;
		path += strlen(CUT);
	}
	if (path)
		path_turn(&event, path);
	return rec_writer__add(ctx, REC_INODE, &event);
}

static int task_write(void *ctx, const struct task_key *key, const char *comm)
{
	struct rec_task task = { .task = *key };

	strncpy(task.comm, comm, sizeof(task.comm) - 1);
	return rec_writer__add(ctx, REC_TASK, &task);
}

int rec_names__write(struct rec_writer *w, const struct names *n)
{
	static const struct names_fns fns = { inode_write, task_write };

	return names__each(n, &fns, w);
}
