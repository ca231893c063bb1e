// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The view of inodes: which files cost most. Enter shows who holds the locks of one.
 */
#include "live_entity.h"

static const struct live_column columns[] = ENTITY_COLUMNS(96, "path", false);

static unsigned int foot(const struct live *l, struct rect area, const struct live_key *key)
{
	return key ? live_entity__panel(l, area, key, false, true) : 0;
}

const struct live_tab_row live_tab_inodes = {
	.name = "inodes",
	.title = "files by what was waited for on them",
	.empty = "No inode was used.",
	.columns = columns,
	.columns_cnt = ENTITY_NR,
	.best_sort = ENTITY_WAIT,
	.enter = FOCUS_INODE,
	.enter_tab = TAB_LOCKS,
	.fill = live_entity__fill_inodes,
	.head = live_entity__head,
	.foot = foot,
};
