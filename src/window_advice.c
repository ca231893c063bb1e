// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Figures, conditions and sentences. Surprising: a verdict needs a cost as well as a share; a
 * window of which every setup is a repeat, one an hour, is left alone.
 */
#include "window_advice.h"

#include <stdio.h>
#include <string.h>

#include "fmt.h"
#include "hist.h"
#include "model.h"
#include "window_queue.h"

/* ---- figures ---- */

#define FIGURE(name_, unit_, field_, help_)                                                      \
	{                                                                                        \
		.name = name_, .unit = unit_, .offset = offsetof(struct window_figures, field_), \
		.help = help_                                                                    \
	}

const struct window_figure_desc window_figure_table[] = {
	FIGURE("window", WINDOW_RANGES, window_ranges, "size of the window"),
	FIGURE("window_memory", WINDOW_BYTES, window_memory_bytes, "guest memory that it costs"),
	FIGURE("high_water", WINDOW_RANGES, high_water_ranges, "most of it in use at once"),
	FIGURE("working_set", WINDOW_RANGES, working_set_ranges,
	       "what a window without end would have held at once"),
	FIGURE("was_short", WINDOW_FLAG, was_short,
	       "whether ranges were reclaimed, or fewer than 20 % free"),
	FIGURE("span", WINDOW_NS, span_ns, "the time since tracing began"),
	FIGURE("setups", WINDOW_COUNT, setups, "ranges set up"),
	FIGURE("upgrades", WINDOW_COUNT, upgrades, "ranges mapped once more, to be written"),
	FIGURE("lost_races", WINDOW_COUNT, lost_races,
	       "free ranges taken and given back, as another task had mapped the same meanwhile"),
	FIGURE("repeats", WINDOW_COUNT, repeats, "setups of ranges that had been reclaimed"),
	FIGURE("repeat_share", WINDOW_PERMILLE, repeat_permille, "repeats among setups"),
	FIGURE("new_share", WINDOW_PERMILLE, new_permille, "ranges not seen before among setups"),
	FIGURE("cost", WINDOW_NS, cost_ns, "round trips and waits of all setups and upgrades"),
	FIGURE("repeat_cost", WINDOW_NS, repeat_ns, "round trips and waits of repeats"),
	FIGURE("best", WINDOW_RANGES, best_ranges,
	       "the smallest window that would have avoided 95 % of repeats"),
	FIGURE("best_power", WINDOW_RANGES, best_power_ranges, "the next power of 2"),
	FIGURE("best_memory", WINDOW_BYTES, best_memory_bytes, "guest memory that it would cost"),
	FIGURE("best_saved_share", WINDOW_PERMILLE, best_saved_permille,
	       "repeats that it would have avoided"),
	FIGURE("best_saved_time", WINDOW_NS, best_saved_ns,
	       "round trips and waits that it would have avoided"),
	FIGURE("safe", WINDOW_RANGES, safe_ranges,
	       "the smallest window that would have been enough, where this one was"),
	FIGURE("safe_memory", WINDOW_BYTES, safe_memory_bytes, "guest memory that it would cost"),
	FIGURE("spare_memory", WINDOW_BYTES, spare_memory_bytes,
	       "guest memory that it would give back"),
	FIGURE("touched", WINDOW_COUNT, touched_ranges, "different ranges that were set up"),
	FIGURE("once_share", WINDOW_PERMILLE, once_permille, "of these, set up once only"),
	FIGURE("removals", WINDOW_COUNT, removals, "ranges that left the window"),
	FIGURE("evicted_share", WINDOW_PERMILLE, evicted_permille, "of these, with their inode"),
	FIGURE("reclaimed", WINDOW_COUNT, reclaimed, "ranges taken back"),
	FIGURE("inline_share", WINDOW_PERMILLE, inline_permille,
	       "of these, by a read or write that found none free"),
	FIGURE("life", WINDOW_NS, life_p50_ns,
	       "median time from setup to removal, of ranges that were removed"),
	FIGURE("sized_setups", WINDOW_COUNT, sized_setups, "setups of files whose size is known"),
	FIGURE("small_setups", WINDOW_COUNT, small_setups, "of these, of files under 32 KiB"),
	FIGURE("small_share", WINDOW_PERMILLE, small_permille, "the same as a share"),
	FIGURE("small_requests", WINDOW_COUNT, small_requests,
	       "SETUPMAPPING and REMOVEMAPPING for such files"),
	FIGURE("small_cost", WINDOW_NS, small_ns, "round trips of these"),
	FIGURE("read_once_share", WINDOW_PERMILLE, read_once_permille,
	       "of these setups, of files not written, and not read or mapped twice"),
	FIGURE("mapping_uses", WINDOW_MILLI, mapping_uses_milli,
	       "faults, reads and writes for each setup, on average"),
	FIGURE("mapping_used", WINDOW_BYTES, mapping_used_bytes,
	       "read, written and mapped for each setup, on average"),
	FIGURE("threshold", WINDOW_BYTES, threshold_bytes,
	       "files up to this size make fewer requests without DAX"),
	FIGURE("threshold_saved", WINDOW_COUNT, threshold_saved,
	       "mapping requests saved without them, less what they would ask for instead"),
	FIGURE("threshold_saved_share", WINDOW_PERMILLE, threshold_permille,
	       "the same as a share of mapping requests"),
	FIGURE("control", WINDOW_PERMILLE, control_permille,
	       "setups that the simulation of this very window has, among those seen"),
	FIGURE("overlap", WINDOW_PERMILLE, overlap_permille,
	       "ranges that it and the window both hold, among those that either holds"),
	FIGURE("sample", WINDOW_COUNT, sample_one_of, "one of so many ranges is simulated"),
};
const size_t window_figure_cnt = sizeof(window_figure_table) / sizeof(window_figure_table[0]);

__u64 window_figure__get(const struct window_figures *f, const struct window_figure_desc *desc)
{
	__u64 value;

	memcpy(&value, (const char *)f + desc->offset, sizeof(value));
	return value;
}

static __u64 permille(__u64 part, __u64 whole)
{
	return whole ? (__u64)((unsigned __int128)part * 1000 / whole) : 0;
}

static void read_removals(struct window_figures *f, const struct window_sim_totals *t)
{
	f->reclaimed = t->removals[REMOVED_BY_WORKER] + t->removals[REMOVED_INLINE];
	f->removals = f->reclaimed + t->removals[REMOVED_BY_EVICTION];
	f->evicted_permille = permille(t->removals[REMOVED_BY_EVICTION], f->removals);
	f->inline_permille = permille(t->removals[REMOVED_INLINE], f->reclaimed);
	f->life_p50_ns = hist_total(t->life_hist, HIST_BUCKETS)
				 ? hist_quantile(t->life_hist, 500, t->life_max_ns)
				 : WINDOW_NOT_MEASURED;
}

static __u64 power_from(__u64 ranges)
{
	__u64 power = 1;

	while (power < ranges)
		power *= 2;
	return power;
}

static void read_best(struct window_figures *f, const struct window_sim *sim)
{
	struct window_forecast best;

	if (window_sim__smallest(sim, WINDOW_SAVES_PERMILLE, &best))
		return;
	f->best_ranges = best.window_ranges;
	f->best_power_ranges = power_from(best.window_ranges);
	f->best_memory_bytes = best.memory_bytes;
	f->best_saved_permille = permille(best.saved_setups, f->repeats);
	if (f->best_saved_permille > 1000)
		f->best_saved_permille = 1000;
	f->best_saved_ns = best.saved_round_trip_ns + best.saved_wait_ns;
}

static void read_safe(struct window_figures *f, const struct window_sim *sim)
{
	f->was_short = f->reclaimed || f->repeats ||
		       f->high_water_ranges > window_busy_limit(f->window_ranges);
	if (f->was_short || !f->setups)
		return;
	f->safe_ranges = window_ranges_for(f->high_water_ranges);
	f->safe_memory_bytes = window_sim__memory_bytes(sim, f->safe_ranges);
	f->spare_memory_bytes = f->window_memory_bytes - f->safe_memory_bytes;
}

void window_figures__read(struct window_figures *f, const struct window_sim *sim,
			  __u64 high_water_ranges, __u64 span_ns)
{
	struct window_sim_totals t;

	window_sim__totals(sim, &t);
	*f = (struct window_figures){
		.window_ranges = t.window_ranges,
		.window_memory_bytes = window_sim__memory_bytes(sim, t.window_ranges),
		.high_water_ranges = high_water_ranges ? high_water_ranges : t.busy_max,
		.working_set_ranges = t.working_set_ranges,
		.span_ns = span_ns ? span_ns : t.end_ns - t.start_ns,
		.setups = t.setups,
		.upgrades = t.upgrades,
		.lost_races = WINDOW_NOT_MEASURED,
		.repeats = t.repeats,
		.repeat_permille = permille(t.repeats, t.setups),
		.new_permille = t.setups ? 1000 - permille(t.repeats, t.setups) : 0,
		.cost_ns = t.round_trip_ns + t.wait_ns,
		.repeat_ns = t.repeat_ns,
		.touched_ranges = t.touched_ranges,
		.once_permille = permille(t.once_ranges, t.touched_ranges),
		.control_permille =
			t.setups ? permille(t.control_setups, t.setups) : WINDOW_NOT_MEASURED,
		.overlap_permille =
			t.has_overlap ? t.control_overlap_permille : WINDOW_NOT_MEASURED,
		.sample_one_of = t.sample_one_of,
	};
	read_removals(f, &t);
	read_best(f, sim);
	read_safe(f, sim);
}

void window_figures__add_files(struct window_figures *f, const struct file_sizes *sizes)
{
	__u64 setups = sizes->all.setups;

	f->sized_setups = setups;
	f->small_setups = sizes->small.setups;
	f->small_permille = permille(sizes->small.setups, setups);
	f->small_requests = sizes->small.requests;
	f->small_ns = sizes->small_ns;
	f->read_once_permille = permille(sizes->once_setups, setups);
	f->mapping_uses_milli = permille(sizes->uses, setups);
	f->mapping_used_bytes = setups ? sizes->used_bytes / setups : 0;
	f->threshold_bytes = file_sizes__threshold(sizes, &f->threshold_saved);
	f->threshold_permille = permille(f->threshold_saved, sizes->all.requests);
}

/* ---- verdicts ---- */

#define FEW_SETUPS	   50		/* shares of fewer are chance */
#define REPEATS_PERMILLE   50		/* of setups: from here on they are worth a word */
#define COST_PERMILLE	   1		/* of the time seen: likewise */
#define SMALL_PERMILLE	   300		/* of setups */
#define THRESHOLD_PERMILLE 100		/* of mapping requests: what is worth leaving files out */
#define INLINE_PERMILLE	   100		/* of ranges reclaimed */
#define SPARE_SPAN_NS	   60000000000	/* after which few setups tell enough, too */
#define SPARE_PERMILLE	   250		/* of the window */
#define SPARE_MEMORY_BYTES (8ULL << 20) /* what is worth a new configuration */
#define CONTROL_PERMILLE   900
#define OVERLAP_PERMILLE   800

/* Where round trips were not measured, their number has to do. */
static bool is_costly(const struct window_figures *f, __u64 ns)
{
	return !f->cost_ns || ns >= f->span_ns / 1000 * COST_PERMILLE;
}

static bool is_too_small(const struct window_figures *f)
{
	return f->repeats >= FEW_SETUPS && f->repeat_permille >= REPEATS_PERMILLE &&
	       f->best_ranges > f->window_ranges && is_costly(f, f->repeat_ns);
}

/* Of those whose size is known, if they are most. */
static bool has_small_files(const struct window_figures *f)
{
	return f->sized_setups >= f->setups / 2 && f->small_setups >= FEW_SETUPS &&
	       f->small_permille >= SMALL_PERMILLE && f->threshold_permille >= THRESHOLD_PERMILLE &&
	       is_costly(f, f->small_ns);
}

static bool has_no_help(const struct window_figures *f)
{
	return f->reclaimed >= FEW_SETUPS && f->setups >= FEW_SETUPS &&
	       f->repeat_permille < REPEATS_PERMILLE && is_costly(f, f->cost_ns) &&
	       !has_small_files(f);
}

static bool is_reclaimed_inline(const struct window_figures *f)
{
	return f->reclaimed >= FEW_SETUPS && f->inline_permille >= INLINE_PERMILLE &&
	       is_costly(f, f->cost_ns);
}

static bool has_spare(const struct window_figures *f)
{
	return (f->setups >= FEW_SETUPS || f->span_ns >= SPARE_SPAN_NS) && f->safe_ranges &&
	       f->spare_memory_bytes >= SPARE_MEMORY_BYTES &&
	       f->safe_ranges * 1000 <= f->window_ranges * (1000 - SPARE_PERMILLE);
}

/* Only of forecasts that are told. */
static bool is_rough(const struct window_figures *f)
{
	return is_too_small(f) &&
	       (f->control_permille < CONTROL_PERMILLE || f->overlap_permille < OVERLAP_PERMILLE ||
		is_reclaimed_inline(f));
}

static bool is_sample(const struct window_figures *f)
{
	return is_too_small(f) && f->sample_one_of > 1;
}

const struct window_verdict_desc window_verdict_table[WINDOW_VERDICT_NR] = {
	[WINDOW_TOO_SMALL] = {
		"window_too_small", is_too_small,
		"window {window}, working set {working_set}: {repeat_share} of setups are repeats; "
		"{best} would avoid {best_saved_share} of them and costs {best_memory} of guest "
		"memory",
		"give the device a window of {best_power!}, or {best!} where it need not be a power "
		"of 2: {best_saved_time} less of round trips and waits in {span}",
	},
	[WINDOW_NO_HELP] = {
		"window_no_help", has_no_help,
		"window {window} was full, but {new_share} of setups are of ranges not seen before: "
		"a larger one would not avoid them",
		"what is read once need not be in the window: have the server leave such files out "
		"of DAX (dax=inode)",
	},
	[WINDOW_SMALL_FILES] = {
		"small_files", has_small_files,
		"{small_share} of setups are for files under 32 KiB: each takes 2MiB of the window, "
		"and {small_requests} mapping requests took {small_cost} of {span}",
		"mount this tree without DAX, or have the server flag files by size (dax=inode): "
		"leaving out those up to {threshold} would save {threshold_saved_share} of all "
		"mapping requests",
	},
	[WINDOW_INLINE] = {
		"inline_reclaim", is_reclaimed_inline,
		"{inline_share} of {reclaimed} ranges reclaimed were taken by reads and writes that "
		"found none free: the lowest of the same file goes, such as its header",
		"background reclaim starts at 20 % free and cannot keep up; a larger window starts "
		"it earlier",
	},
	[WINDOW_SPARE] = {
		"window_spare", has_spare,
		"in {span} at most {high_water} of the window of {window} was in use: {safe} would "
		"do, and give back {spare_memory} of guest memory",
		"{safe!} is the smallest that is known to be safe; what a smaller one would do "
		"cannot be told, as hits make no setups",
	},
	[WINDOW_ROUGH] = {
		"forecast_rough", is_rough,
		"that size is rough: the simulation of the present window makes {control} of the "
		"setups seen and holds {overlap} of its ranges, and {inline_share} of reclaim was "
		"inline",
		"take the next larger size, and look again",
	},
	[WINDOW_SAMPLE] = {
		"forecast_sample", is_sample,
		"more ranges are in use than are kept: one of {sample} is simulated, and counts are "
		"estimates",
		"sizes are those of the whole window, not of the sample",
	},
};

/* ---- text ---- */

static const struct window_figure_desc *figure_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < window_figure_cnt; i++)
		if (strlen(window_figure_table[i].name) == len &&
		    !memcmp(window_figure_table[i].name, name, len))
			return &window_figure_table[i];
	return NULL;
}

static char *figure_text(char *buf, enum window_unit unit, __u64 value, bool is_exact)
{
	char percent[FMT_BYTES];

	if (value == WINDOW_NOT_MEASURED)
		return strcpy(buf, "n/a");
	switch (unit) {
	case WINDOW_RANGES:
		if (!is_exact)
			return fmt__bytes(buf, FMT_BYTES, value * RANGE_BYTES);
		snprintf(buf, FMT_BYTES, "%lluMiB", value * (RANGE_BYTES >> 20));
		return buf;
	case WINDOW_BYTES:
		return fmt__bytes(buf, FMT_BYTES, value);
	case WINDOW_NS:
		return fmt__ns(buf, FMT_BYTES, value);
	case WINDOW_PERMILLE:
		fmt__percent(percent, sizeof(percent), value, 1000);
		snprintf(buf, FMT_BYTES, "%.16s %%", value ? percent : "0");
		return buf;
	case WINDOW_MILLI:
		snprintf(buf, FMT_BYTES, "%llu.%llu", value / 1000, value % 1000 / 100);
		return buf;
	default:
		if (!is_exact)
			return fmt__count(buf, FMT_BYTES, value);
		snprintf(buf, FMT_BYTES, "%llu", value);
		return buf;
	}
}

/* "{name}" or "{name!}" at @text; returns what is behind it, NULL where it is no figure. */
static const char *read_figure(const char *text, const struct window_figures *f, char *buf)
{
	size_t len = strcspn(text + 1, "!}");
	const struct window_figure_desc *desc = figure_by_name(text + 1, len);
	const char *end = text + 1 + len;
	bool is_exact = *end == '!';

	end += is_exact;
	if (!desc || *end != '}')
		return NULL;
	figure_text(buf, desc->unit, window_figure__get(f, desc), is_exact);
	return end + 1;
}

char *window_verdict__text(const char *text, const struct window_figures *f, char *buf,
			   size_t buf_bytes)
{
	char figure[FMT_BYTES];
	size_t len = 0;

	while (*text && len + 1 < buf_bytes) {
		const char *next = *text == '{' ? read_figure(text, f, figure) : NULL;
		size_t part = next ? strlen(figure) : 1;

		if (part > buf_bytes - 1 - len)
			part = buf_bytes - 1 - len;
		memcpy(buf + len, next ? figure : text, part);
		len += part;
		text = next ? next : text + 1;
	}
	if (buf_bytes)
		buf[len] = '\0';
	return buf;
}
