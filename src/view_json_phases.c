// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The member "phases" of the JSON view: the inside of faults, null where it was not asked for, and
 * a phase of them where this kernel does not give it.
 */
#include "view_json_priv.h"

static bool is_unmeasured(const struct ctx *c, unsigned int phase)
{
	return summary__why_unmeasured(c->s, "phase.", phase_table[phase].name) != NULL;
}

static json_t *phase_figures(struct ctx *c, unsigned int op, unsigned int phase)
{
	const struct phase_figures *f = summary__phase(c->s, op, phase);
	json_t *o;

	if (is_unmeasured(c, phase))
		return json_null();
	o = json_object();
	put(c, o, "count", num(f->cnt));
	put_fine(c, o, true, f->cnt, f->total_ns, f->max_ns, f->hist);
	return o;
}

static json_t *phases_of(struct ctx *c, unsigned int op)
{
	const struct phase_figures *insert = summary__phase(c->s, op, PHASE_INSERT);
	bool has_place = !is_unmeasured(c, PHASE_INSERT) && !is_unmeasured(c, PHASE_DAX_LOCK);
	json_t *o = json_object();

	for (unsigned int phase = 0; phase < PHASE_NR; phase++)
		put(c, o, phase_table[phase].name, phase_figures(c, op, phase));
	put(c, o, "insert_inside", num_or_null(has_place, insert->inside));
	put(c, o, "insert_after", num_or_null(has_place, insert->after));
	put(c, o, "rest_ns", num(summary__phase_rest_ns(c->s, op)));
	return o;
}

json_t *json__phases(struct ctx *c)
{
	json_t *o;

	if (!summary__has_phases(c->s))
		return json_null();
	o = json_object();
	for (unsigned int op = 0; op < PHASE_OPS; op++)
		put(c, o, op_table[op].name,
		    summary__measure(c->s, op) == MEASURE_ALL ? phases_of(c, op) : json_null());
	return o;
}
