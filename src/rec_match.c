// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Events ask for the same inodes and tasks again and again: what came out for those asked for
 * last is kept, so that names are compared once and not for each event.
 */
#include "rec_match.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ANSWERS	   1024 /* a power of two */
#define MOUNTS_MAX 64

enum verdict {
	NOT_ASKED = 0,
	PASSES,
	FAILS,
};

struct inode_answer {
	struct inode_key key;
	enum verdict verdict;
};

struct task_answer {
	struct task_key key;
	enum verdict verdict;
};

struct rec_match {
	struct rec_filters f;
	const struct names *names;
	__u64 from_ns, to_ns; /* CLOCK_MONOTONIC */
	__u32 devs[MOUNTS_MAX];
	size_t devs_cnt;
	bool is_path_on_mount; /* the path begins with a mount point: path_dev's */
	__u32 path_dev;
	char path[PATH_BYTES]; /* below the root of the mount, without a slash at its ends */
	struct inode_answer inodes[ANSWERS];
	struct task_answer tasks[ANSWERS];
};

/* Without the slashes that it begins and ends with. */
static void path_set(struct rec_match *m, const char *path)
{
	size_t len;

	path += strspn(path, "/");
	len = strlen(path);
	while (len && path[len - 1] == '/')
		len--;
	if (len >= sizeof(m->path))
		len = sizeof(m->path) - 1;
	memcpy(m->path, path, len);
	m->path[len] = '\0';
}

struct rec_match *rec_match__new(const struct rec_filters *filters, const struct names *names)
{
	struct rec_match *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->f = *filters;
	m->names = names;
	m->to_ns = UINT64_MAX;
	if (filters->path)
		path_set(m, filters->path);
	return m;
}

void rec_match__free(struct rec_match *m)
{
	free(m);
}

bool rec_match__wants_names(const struct rec_match *m)
{
	return m->f.mount || m->f.path || m->f.comm;
}

bool rec_match__is_narrow(const struct rec_match *m)
{
	return rec_match__wants_names(m) || m->f.waits || m->f.tgid || m->f.min_ns;
}

bool rec_match__is_any(const struct rec_match *m)
{
	return rec_match__is_narrow(m) || m->f.ops || m->f.from_ns || m->f.to_ns;
}

void rec_match__begin(struct rec_match *m, __u64 start_ns)
{
	m->from_ns = m->f.from_ns ? start_ns + m->f.from_ns : 0;
	m->to_ns = m->f.to_ns ? start_ns + m->f.to_ns : UINT64_MAX;
}

/* ---- mounts ---- */

static bool is_same_text(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

/* How much of @path the mount point @at is the front of; 0: it is not. */
static size_t front_len(const char *path, const char *at)
{
	size_t len = at ? strlen(at) : 0;

	while (len && at[len - 1] == '/')
		len--;
	if (!at || strncmp(path, at, len) || (path[len] && path[len] != '/'))
		return 0;
	return len ? len : 1; /* "/" */
}

/* The mount that the path lies on is the one with the longest mount point in front of it. */
static void resolve_path(struct rec_match *m, const struct summary *mounts)
{
	size_t longest = 0;

	for (size_t i = 0; i < summary__mount_cnt(mounts); i++) {
		const struct mount_state *mount = summary__mount(mounts, i);
		size_t len = front_len(m->f.path, mount->mountpoint);

		if (len <= longest)
			continue;
		longest = len;
		m->is_path_on_mount = true;
		m->path_dev = mount->dev;
		path_set(m, m->f.path + len);
	}
}

int rec_match__resolve(struct rec_match *m, const struct summary *mounts)
{
	memset(m->inodes, 0, sizeof(m->inodes));
	memset(m->tasks, 0, sizeof(m->tasks));
	if (m->f.path)
		resolve_path(m, mounts);
	m->devs_cnt = 0;
	for (size_t i = 0; m->f.mount && i < summary__mount_cnt(mounts); i++) {
		const struct mount_state *mount = summary__mount(mounts, i);

		if (m->devs_cnt < MOUNTS_MAX && (is_same_text(mount->mountpoint, m->f.mount) ||
						 is_same_text(mount->tag, m->f.mount)))
			m->devs[m->devs_cnt++] = mount->dev;
	}
	return m->f.mount && !m->devs_cnt ? -ENOENT : 0;
}

bool rec_match__mount(const struct rec_match *m, __u32 dev)
{
	if (m->is_path_on_mount && dev != m->path_dev)
		return false;
	for (size_t i = 0; i < m->devs_cnt; i++)
		if (m->devs[i] == dev)
			return true;
	return !m->f.mount;
}

/* ---- inodes and tasks ---- */

static bool path_passes(const struct rec_match *m, const struct inode_key *key)
{
	const struct inode_name *name = names__inode(m->names, key);
	size_t len = strlen(m->path);

	if (!len)
		return true; /* all of the mount */
	if (!name || !name->path || strncmp(name->path, m->path, len))
		return false;
	return !name->path[len] || name->path[len] == '/';
}

static bool inode_passes(const struct rec_match *m, const struct inode_key *key)
{
	return rec_match__mount(m, key->dev) && (!m->f.path || path_passes(m, key));
}

static size_t answer_at(__u64 a, __u64 b)
{
	return ((a ^ b << 13) * 0x9e3779b97f4a7c15ULL) >> 50 & (ANSWERS - 1);
}

bool rec_match__inode(struct rec_match *m, const struct inode_key *key)
{
	struct inode_answer *answer = &m->inodes[answer_at(key->nodeid, key->dev)];

	if (!m->f.mount && !m->f.path)
		return true;
	if (answer->verdict == NOT_ASKED || !inode_key__is_same(&answer->key, key)) {
		answer->key = *key;
		answer->verdict = inode_passes(m, key) ? PASSES : FAILS;
	}
	return answer->verdict == PASSES;
}

bool rec_match__task(struct rec_match *m, const struct task_key *key)
{
	struct task_answer *answer = &m->tasks[answer_at(key->pid, key->start_ms)];

	if (m->f.tgid && key->tgid != m->f.tgid)
		return false;
	if (!m->f.comm)
		return true;
	if (answer->verdict == NOT_ASKED || !task_key__is_same(&answer->key, key)) {
		answer->key = *key;
		answer->verdict =
			is_same_text(names__comm(m->names, key), m->f.comm) ? PASSES : FAILS;
	}
	return answer->verdict == PASSES;
}

/* ---- events ---- */

bool rec_match__time(const struct rec_match *m, __u64 begin_ns)
{
	return begin_ns >= m->from_ns && begin_ns < m->to_ns;
}

bool rec_match__kind(const struct rec_match *m, unsigned int op)
{
	return !m->f.ops || m->f.ops & 1U << op;
}

static bool wait_passes(const struct rec_match *m, unsigned int wait)
{
	return !m->f.waits || (wait < WAIT_NR && m->f.waits & 1U << wait);
}

static bool has_waited(const struct rec_match *m, const struct event_op *ev)
{
	if (!m->f.waits)
		return true;
	for (unsigned int wait = 0; ev->flags & EVENT_OP_WAITS && wait < WAIT_NR; wait++)
		if (ev->wait_cnt[wait] && wait_passes(m, wait))
			return true;
	return false;
}

static bool whose_passes(struct rec_match *m, const struct inode_key *inode,
			 const struct task_key *task)
{
	return rec_match__task(m, task) && rec_match__inode(m, inode);
}

/*
 * Where nothing told its end, it took at least as long as it waited: none of its waits is in
 * another.
 */
static __u64 op_ns(const struct event_op *ev)
{
	__u64 ns = 0;

	if (ev->outcome != OUTCOME_UNSEEN)
		return ev->dur_ns;
	for (int wait = 0; ev->flags & EVENT_OP_WAITS && wait < WAIT_NR; wait++)
		ns += ev->wait_ns[wait];
	return ns;
}

bool rec_match__op(struct rec_match *m, const struct event_op *ev)
{
	return rec_match__kind(m, ev->op) && rec_match__time(m, ev->start_ns) &&
	       op_ns(ev) >= m->f.min_ns && has_waited(m, ev) &&
	       whose_passes(m, &ev->key, &ev->task);
}

static bool hit_passes(const struct rec_match *m, const struct event_hits *ev, __u64 hit)
{
	return hit_dur_ns(hit) >= m->f.min_ns && rec_match__time(m, hit_begin_ns(ev, hit));
}

bool rec_match__hits(struct rec_match *m, struct event_hits *ev)
{
	__u64 units = 0;
	__u32 cnt = 0;

	if (m->f.waits || !rec_match__kind(m, ev->op) || !whose_passes(m, &ev->key, &ev->task))
		return false;
	for (__u32 i = 0; i < ev->cnt; i++) {
		if (!hit_passes(m, ev, ev->hits[i]))
			continue;
		units += hit_units(ev, i);
		ev->hits[cnt++] = ev->hits[i];
	}
	ev->units = units;
	ev->cnt = cnt;
	return cnt;
}

bool rec_match__wait(struct rec_match *m, const struct event_wait *ev)
{
	return rec_match__kind(m, ev->op) && wait_passes(m, ev->wait) && ev->ns >= m->f.min_ns &&
	       rec_match__time(m, ev->begin_ns) && whose_passes(m, &ev->key, &ev->task);
}

bool rec_match__blame(struct rec_match *m, const struct event_blame *ev)
{
	return rec_match__kind(m, ev->edge.op) && wait_passes(m, ev->edge.wait) &&
	       ev->ns >= m->f.min_ns && rec_match__time(m, ev->begin_ns) &&
	       whose_passes(m, &ev->edge.inode, &ev->task);
}

bool rec_match__row(struct rec_match *m, const struct in_flight_row *row)
{
	return rec_match__kind(m, row->op) && wait_passes(m, row->wait) &&
	       row->age_ns >= m->f.min_ns && whose_passes(m, &row->inode, &row->task);
}
