// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Interval by interval: of operations and waits those that there were, as most rows have few, and
 * null for those that nobody counted.
 */
#include "timeline.h"
#include "view_json_priv.h"

/* Not those that do not occur by this name: a fault has another one with each level of detail. */
static bool is_uncounted(const struct ctx *c, unsigned int op)
{
	enum op_measure measure = summary__measure(c->s, op);

	return measure == MEASURE_WAITS ||
	       (measure == MEASURE_NONE &&
		(summary__why_unmeasured(c->s, "op.", op_table[op].name) ||
		 op_unmeasured_reason(summary__detail(c->s), op)));
}

static json_t *row_ops(struct ctx *c, const struct timeline_row *row)
{
	json_t *o = json_object();

	for (unsigned int op = 0; op < OP_NR; op++)
		if (is_uncounted(c, op))
			put(c, o, op_table[op].name, json_null());
		else if (row->ops[op])
			put(c, o, op_table[op].name, num(row->ops[op]));
	return o;
}

static json_t *row_waits(struct ctx *c, const struct timeline_row *row)
{
	json_t *o = json_object();

	for (unsigned int wait = 0; wait < WAIT_NR; wait++)
		if (summary__why_unmeasured(c->s, "wait.", wait_table[wait].name))
			put(c, o, wait_table[wait].name, json_null());
		else if (row->wait_ns[wait])
			put(c, o, wait_table[wait].name, num(row->wait_ns[wait]));
	return o;
}

static json_t *row_json(struct ctx *c, const struct timeline_row *row, __u64 start_ns)
{
	json_t *o = json_object();

	put(c, o, "start_ns", num(start_ns));
	put(c, o, "unknown_ns", num(row->unknown_ns));
	put(c, o, "ops", row_ops(c, row));
	put(c, o, "wait_ns", row_waits(c, row));
	put(c, o, "ranges_set_up", num(row->setups));
	put(c, o, "ranges_removed", num(row->removals));
	put(c, o, "ranges_busy", num_or_null(row->has_window, row->busy_ranges));
	put(c, o, "ranges", num_or_null(row->has_window, row->total_ranges));
	return o;
}

json_t *json__timeline(struct ctx *c)
{
	const struct timeline *t = c->opts->timeline;
	json_t *o = json_object(), *rows = json_array();

	put(c, o, "interval_ns", num(timeline__width_ns(t)));
	for (size_t i = 0; i < timeline__cnt(t); i++)
		append(c, rows,
		       row_json(c, timeline__row(t, i),
				timeline__start_ns(t) + i * timeline__width_ns(t)));
	put(c, o, "intervals", rows);
	return o;
}
