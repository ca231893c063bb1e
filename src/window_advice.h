/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What to say on the size of a DAX window: the figures, and the verdicts on them. Pure, and all of
 * it is tables: a figure is one row (name, unit, place), a verdict is one row (condition, sentence,
 * advice).
 */
#ifndef DAXTOP_WINDOW_ADVICE_H
#define DAXTOP_WINDOW_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file_sizes.h"
#include "window_sim.h"

#define WINDOW_SAVES_PERMILLE 950 /* of the repeats: what a window must save to be the best one */

#define WINDOW_NOT_MEASURED UINT64_MAX /* "n/a", as a figure */

/*
 * Sizes in ranges. All are __u64, so that one table reads them. The best window is the smallest
 * that saves WINDOW_SAVES_PERMILLE; the safe one is the smallest that would have held what was in
 * use, where the window was never short of ranges. Where there is none, its figures are 0.
 */
struct window_figures {
	__u64 window_ranges;
	__u64 window_memory_bytes;
	__u64 high_water_ranges;
	__u64 working_set_ranges;
	__u64 was_short; /* 1: ranges were reclaimed, or fewer than 20 % were free */
	__u64 span_ns;
	__u64 setups;
	__u64 upgrades;
	__u64 lost_races;
	__u64 repeats;
	__u64 repeat_permille; /* of setups */
	__u64 new_permille;    /* the others */
	__u64 cost_ns;	       /* round trips and waits of setups and upgrades */
	__u64 repeat_ns;       /* of repeats */
	__u64 best_ranges;
	__u64 best_power_ranges; /* the next power of 2 */
	__u64 best_memory_bytes;
	__u64 best_saved_permille; /* of repeats */
	__u64 best_saved_ns;
	__u64 safe_ranges;
	__u64 safe_memory_bytes;
	__u64 spare_memory_bytes; /* what the safe one gives back */
	__u64 touched_ranges;
	__u64 once_permille; /* of these */
	__u64 removals;
	__u64 evicted_permille; /* of these */
	__u64 reclaimed;	/* by the worker and inline */
	__u64 inline_permille;	/* of these */
	__u64 life_p50_ns;
	/*
	 * what follows to threshold_permille, of files whose size is known:
	 * window_figures__add_files()
	 */
	__u64 sized_setups;
	__u64 small_setups; /* of files under SMALL_FILE_BYTES */
	__u64 small_permille;
	__u64 small_requests;
	__u64 small_ns;
	__u64 read_once_permille; /* of sized_setups */
	__u64 mapping_uses_milli; /* thousandths */
	__u64 mapping_used_bytes;
	__u64 threshold_bytes;
	__u64 threshold_saved;
	__u64 threshold_permille;
	__u64 control_permille; /* of setups, in the simulation of the present size */
	__u64 overlap_permille;
	__u64 sample_one_of;
};

/*
 * @high_water_ranges: most ranges busy at once, as the kernel tells (mount_figures.busy_max); 0:
 * not known. @span_ns: for how long it was looked at; 0: from the first event to the last.
 */
void window_figures__read(struct window_figures *f, const struct window_sim *sim,
			  __u64 high_water_ranges, __u64 span_ns);

/* What the mount's files had of it. */
void window_figures__add_files(struct window_figures *f, const struct file_sizes *sizes);

enum window_unit {
	WINDOW_COUNT,
	WINDOW_RANGES,
	WINDOW_BYTES,
	WINDOW_NS,
	WINDOW_PERMILLE,
	WINDOW_MILLI,
	WINDOW_FLAG,
	WINDOW_UNIT_NR,
};

struct window_figure_desc {
	const char *name; /* as in {name} of a sentence */
	enum window_unit unit;
	size_t offset; /* in struct window_figures */
	const char *help;
};
extern const struct window_figure_desc window_figure_table[];
extern const size_t window_figure_cnt;

__u64 window_figure__get(const struct window_figures *f, const struct window_figure_desc *desc);

/* In the order in which they are told. */
enum window_verdict {
	WINDOW_TOO_SMALL,
	WINDOW_NO_HELP,
	WINDOW_SMALL_FILES,
	WINDOW_INLINE,
	WINDOW_SPARE,
	WINDOW_ROUGH,
	WINDOW_SAMPLE,
	WINDOW_VERDICT_NR,
};

/*
 * {figure} in @sentence and @advice is that figure as people read it, {figure!} in exact MiB or
 * counts.
 */
struct window_verdict_desc {
	const char *name;
	bool (*applies)(const struct window_figures *f);
	const char *sentence;
	const char *advice;
};
extern const struct window_verdict_desc window_verdict_table[WINDOW_VERDICT_NR];

/* Room for any sentence with its figures. */
#define WINDOW_TEXT_BYTES 512

/*
 * @text, a sentence or advice of the table, with the figures in their places: written to @buf, cut
 * to @buf_bytes, always ending in NUL. Returns @buf.
 */
char *window_verdict__text(const char *text, const struct window_figures *f, char *buf,
			   size_t buf_bytes);

#endif
