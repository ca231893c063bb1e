// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The views, in the order of their tabs.
 */
#include "live_priv.h"

const struct live_tab_row *const live_tabs[TAB_NR] = {
	[TAB_OPS] = &live_tab_ops,
	[TAB_INODES] = &live_tab_inodes,
	[TAB_TASKS] = &live_tab_tasks,
	[TAB_LOCKS] = &live_tab_locks,
	[TAB_IN_FLIGHT] = &live_tab_in_flight,
	[TAB_WINDOW] = &live_tab_window,
	[TAB_HISTOGRAM] = &live_tab_histogram,
	[TAB_EVENTS] = &live_tab_events,
};
