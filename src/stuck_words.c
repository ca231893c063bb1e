// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: what a task does is judged for those alone that were looked at closer; of the others
 * it is what their stack says, which takes all of fallocate() for one operation.
 */
#include "stuck_words.h"

#include <stdio.h>
#include <string.h>

#include "fmt.h"

static __u32 op_of(const struct stuck_task *task)
{
	return task->details ? task->op : task->class.op;
}

static const char *mountpoint_of(const struct stuck_look *look, const struct stuck_task *task)
{
	const struct mount_entry *mount =
		mount_list__by_dev(&look->mounts, task->details->inode.key.dev);

	return mount ? mount->mountpoint : NULL;
}

char *stuck_words__task(const struct stuck_task *task, char *buf, size_t bytes)
{
	char comm[TASK_COMM_LEN_MAX + 1];
	__u32 op = op_of(task);

	fmt__clean(comm, sizeof(comm), task->seen.comm, sizeof(task->seen.comm));
	snprintf(buf, bytes, "%s (pid %u)%s%s", comm, task->seen.pid, op < OP_NR ? " in " : "",
		 op < OP_NR ? stuck__op_name(op) : "");
	return buf;
}

char *stuck_words__file(const struct stuck_look *look, const struct stuck_task *task, char *buf,
			size_t bytes)
{
	const struct event_inode *inode = &task->details->inode;
	const char *mountpoint = mountpoint_of(look, task) ?: "?";
	char path[PATH_BYTES + 64], mount[256];

	if (!inode->kind) {
		snprintf(buf, bytes, "not known");
		return buf;
	}
	names__inode_text(look->names, &inode->key, path, sizeof(path));
	fmt__clean(mount, sizeof(mount), mountpoint, strlen(mountpoint));
	snprintf(buf, bytes, "%s, nodeid %llu, on %s", path, (unsigned long long)inode->key.nodeid,
		 mount);
	return buf;
}

static json_t *text_json(const char *text, size_t bytes)
{
	char clean[PATH_BYTES + 64];

	return text ? json_string(fmt__clean(clean, sizeof(clean), text, bytes)) : json_null();
}

json_t *stuck_words__text_json(const char *text)
{
	return text_json(text, text ? strlen(text) : 0);
}

json_t *stuck_words__task_json(const struct stuck_task *task)
{
	json_t *o = json_object();
	__u32 op = op_of(task);

	json_object_set_new(o, "pid", json_integer(task->seen.pid));
	json_object_set_new(o, "tgid", json_integer(task->seen.tgid));
	json_object_set_new(o, "comm", text_json(task->seen.comm, sizeof(task->seen.comm)));
	json_object_set_new(o, "op", op < OP_NR ? json_string(stuck__op_name(op)) : json_null());
	return o;
}

json_t *stuck_words__unrun_json(const struct stuck_task *task)
{
	if (task->seen.unrun_ns == TASK_AGE_UNKNOWN)
		return json_null();
	return json_integer(task->seen.unrun_ns);
}

json_t *stuck_words__inode_json(const struct stuck_look *look, const struct stuck_task *task)
{
	const struct event_inode *inode = &task->details->inode;
	const char *mountpoint = mountpoint_of(look, task);
	const struct inode_name *name;
	char dev[FMT_BYTES];
	json_t *o;

	if (!inode->kind)
		return json_null();
	name = names__inode(look->names, &inode->key);
	o = json_object();
	json_object_set_new(o, "dev", json_string(fmt__dev(dev, sizeof(dev), inode->key.dev)));
	json_object_set_new(o, "mountpoint", stuck_words__text_json(mountpoint));
	json_object_set_new(o, "nodeid", json_integer(inode->key.nodeid));
	json_object_set_new(o, "generation", json_integer(inode->key.generation));
	json_object_set_new(o, "ino", json_integer(inode->ino));
	json_object_set_new(o, "path", stuck_words__text_json(name ? name->path : NULL));
	json_object_set_new(o, "dax", json_boolean(task->details->is_dax));
	return o;
}
