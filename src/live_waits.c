// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * How the live view shows waits, inodes and tasks, wherever they stand. A wait has the same letter
 * and colour in all bars; locks that are waited for shared and exclusively share a colour, and the
 * exclusive one has the capital.
 */
#include <string.h>

#include "live_priv.h"

static const struct {
	char letter;
	unsigned int part;
} marks[WAIT_NR] = {
	[WAIT_I_MMAP_SEM_READ] = { 'm', 0 }, [WAIT_I_MMAP_SEM_WRITE] = { 'M', 0 },
	[WAIT_I_DMAP_SEM_READ] = { 'd', 1 }, [WAIT_I_DMAP_SEM_WRITE] = { 'D', 1 },
	[WAIT_INODE_LOCK_READ] = { 'i', 2 }, [WAIT_INODE_LOCK_WRITE] = { 'I', 2 },
	[WAIT_BUSY_PAGE] = { 'P', 3 },	     [WAIT_FREE_RANGE] = { 'F', 4 },
	[WAIT_REQUEST_HOST] = { 'H', 5 },    [WAIT_REQUEST_GUEST] = { 'G', 6 },
};

char live_wait_letter(unsigned int wait)
{
	return marks[wait].letter;
}

size_t live_wait_parts(const __u64 wait_ns[WAIT_NR], struct bar_part parts[LIVE_BAR_PARTS])
{
	size_t cnt = 0;

	for (unsigned int i = 0; i < WAIT_NR; i++) {
		if (wait_ns[i])
			parts[cnt++] = (struct bar_part){ .value = wait_ns[i],
							  .mark = marks[i].letter,
							  .style = STYLE_PART + marks[i].part };
	}
	return cnt;
}

size_t live_wait_order(const __u64 wait_ns[WAIT_NR], unsigned int order[WAIT_NR])
{
	size_t cnt = 0;

	for (unsigned int wait = 0; wait < WAIT_NR; wait++) {
		size_t at;

		if (!wait_ns[wait])
			continue;
		for (at = cnt++; at && wait_ns[order[at - 1]] < wait_ns[wait]; at--)
			order[at] = order[at - 1];
		order[at] = wait;
	}
	return cnt;
}

/* "F free_range", or GLYPH_MORE where there is no room for it: then 0. */
static unsigned int draw_entry(const struct live *l, unsigned int row, unsigned int col,
			       enum style style, const char *letter, const char *name)
{
	unsigned int columns = canvas__columns(l->c, letter) + 1 + strlen(name);

	if (col + columns > l->c->cols) {
		canvas__text(l->c, row, col < l->c->cols ? col : l->c->cols - 1, 0, STYLE_DIM,
			     canvas__glyph(l->c, GLYPH_MORE));
		return 0;
	}
	col += canvas__text(l->c, row, col, 0, style, letter) + 1;
	canvas__text(l->c, row, col, 0, STYLE_PLAIN, name);
	return columns;
}

unsigned int live_wait_legend(const struct live *l, unsigned int row, unsigned int col,
			      const __u64 wait_ns[WAIT_NR])
{
	unsigned int order[WAIT_NR], columns, at = col;
	size_t cnt = live_wait_order(wait_ns, order);

	for (size_t i = 0; i < cnt; i++) {
		char letter[2] = { marks[order[i]].letter };

		columns = draw_entry(l, row, at, STYLE_PART + marks[order[i]].part, letter,
				     wait_table[order[i]].name);
		if (!columns)
			return at - col;
		at += columns + 2;
	}
	at += draw_entry(l, row, at, STYLE_DIM, canvas__glyph(l->c, GLYPH_EMPTY), "own work");
	return at - col;
}

char *live_task_label(const struct live *l, const struct task_key *key, const char *comm, char *buf,
		      size_t bytes)
{
	char clean[TASK_COMM_LEN_MAX * 4 + 1];

	if (!comm || !*comm)
		comm = names__comm(l->d->names, key);
	if (key->pid == TASK_REST_PID)
		snprintf(buf, bytes, "(what the full table left out)");
	else
		snprintf(buf, bytes, "%s (%u/%u)",
			 comm ? fmt__clean(clean, sizeof(clean), comm, TASK_COMM_LEN_MAX) : "n/a",
			 key->pid, key->tgid);
	return buf;
}

char *live_inode_label(const struct live *l, const struct inode_key *key, char *buf, size_t bytes)
{
	const struct mount_state *m = summary__mount_by_dev(l->s, key->dev);
	char name[PATH_BYTES + 32], dev[FMT_BYTES], where[PATH_BYTES] = "";

	if (key->nodeid == INODE_REST_NODEID) {
		snprintf(buf, bytes, "(what the full table left out)");
		return buf;
	}
	if (summary__mount_cnt(l->s) > 1)
		snprintf(where, sizeof(where), "%s: ",
			 m && m->mountpoint ? m->mountpoint : fmt__dev(dev, sizeof(dev), key->dev));
	if (key->nodeid)
		names__inode_text(l->d->names, key, name, sizeof(name));
	else
		snprintf(name, sizeof(name), key->dev ? "background reclaim" : "n/a");
	snprintf(buf, bytes, "%s%s", key->nodeid || key->dev ? where : "", name);
	return buf;
}
