// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The view of tasks: who waits. Enter shows what one has in flight.
 */
#include "live_entity.h"

static const struct live_column columns[] = ENTITY_COLUMNS(0, "task (pid/tgid)", true);

static unsigned int foot(const struct live *l, struct rect area, const struct live_key *key)
{
	return key ? live_entity__panel(l, area, key, true, true) : 0;
}

const struct live_tab_row live_tab_tasks = {
	.name = "tasks",
	.title = "tasks by how long they waited",
	.empty = "No task did anything here.",
	.columns = columns,
	.columns_cnt = ENTITY_NR,
	.best_sort = ENTITY_WAIT,
	.enter = FOCUS_TASK,
	.enter_tab = TAB_IN_FLIGHT,
	.fill = live_entity__fill_tasks,
	.head = live_entity__head,
	.foot = foot,
};
