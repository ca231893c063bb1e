// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Releases of busy pages: few rows, kept sorted, found by walking them.
 */
#include "model_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const releaser_names[RELEASER_NR] = {
	[RELEASER_UNKNOWN] = "unknown",
	[RELEASER_TASK] = "task",
	[RELEASER_INTERRUPT] = "interrupt",
};

const struct scan_desc scan_table[SCAN_NR] = {
	[SCAN_WHOLE] = { "whole", NULL },
	[SCAN_FIRST] = { "first_entry",
			 "does not wait for pins behind the file's first page or 2 MiB" },
	[SCAN_UNMAPPED] = { "unmapped",
			    "does not wait for pins: not mapped, and Linux is before 6.16" },
};

static bool is_same(const struct page_release *a, const struct page_release *b)
{
	return a->op == b->op && a->who == b->who &&
	       !memcmp(&a->inode, &b->inode, sizeof(a->inode)) &&
	       !memcmp(&a->task, &b->task, sizeof(a->task)) && !strcmp(a->stack, b->stack);
}

static struct page_release *release_find(const struct summary *s, const struct page_release *like)
{
	for (size_t i = 0; i < s->release_cnt; i++)
		if (is_same(&s->releases[i], like))
			return &s->releases[i];
	return NULL;
}

static struct page_release *release_new(struct summary *s, const struct page_release *like)
{
	struct page_release *rows = reallocarray(s->releases, s->release_cnt + 1, sizeof(*rows)),
			    *row;

	if (!rows)
		return NULL;
	s->releases = rows;
	row = &rows[s->release_cnt];
	*row = *like;
	row->stack = strdup(like->stack);
	if (!row->stack)
		return NULL;
	row->cnt = row->total_ns = row->max_ns = 0;
	s->release_cnt++;
	return row;
}

/* Up to its place, after it has grown. */
static void release_rise(struct summary *s, size_t i)
{
	struct page_release *rows = s->releases;

	for (; i && rows[i - 1].total_ns < rows[i].total_ns; i--) {
		struct page_release row = rows[i];

		rows[i] = rows[i - 1];
		rows[i - 1] = row;
	}
}

int summary__add_release(struct summary *s, const struct page_release *release)
{
	struct page_release *row;

	if (release->op >= OP_NR || release->who >= RELEASER_NR)
		return -EINVAL;
	row = release_find(s, release) ?: release_new(s, release);
	if (!row)
		return -ENOMEM;
	row->cnt += release->cnt;
	row->total_ns += release->total_ns;
	if (release->max_ns > row->max_ns)
		row->max_ns = release->max_ns;
	row->offset_last = release->offset_last;
	release_rise(s, row - s->releases);
	return 0;
}

size_t summary__release_cnt(const struct summary *s)
{
	return s->release_cnt;
}

const struct page_release *summary__release(const struct summary *s, size_t i)
{
	return &s->releases[i];
}

void summary__set_scans(struct summary *s, const __u64 scans[SCAN_NR])
{
	memcpy(s->scans, scans, sizeof(s->scans));
}

const __u64 *summary__scans(const struct summary *s)
{
	return s->scans;
}

void releases__free(struct summary *s)
{
	for (size_t i = 0; i < s->release_cnt; i++)
		free((char *)s->releases[i].stack);
	free(s->releases);
}

/* The longest of an interval is known where it grew; it is never more than all of them together. */
static int release_delta(struct summary *d, const struct page_release *cur,
			 const struct page_release *prev)
{
	struct page_release release = *cur;

	if (prev && prev->cnt <= cur->cnt) {
		release.cnt -= prev->cnt;
		release.total_ns -= prev->total_ns;
		if (cur->max_ns == prev->max_ns && release.max_ns > release.total_ns)
			release.max_ns = release.total_ns;
	}
	return release.cnt ? summary__add_release(d, &release) : 0;
}

int releases__delta(struct summary *d, const struct summary *cur, const struct summary *prev)
{
	int err = 0;

	for (size_t i = 0; i < cur->release_cnt && !err; i++)
		err = release_delta(d, &cur->releases[i], release_find(prev, &cur->releases[i]));
	for (int i = 0; i < SCAN_NR; i++)
		d->scans[i] += cur->scans[i] - prev->scans[i];
	return err;
}
