// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The JSON view's advice on the size of a mount's window: all figures of the table, what each other
 * size would have done, what files and ranges of each size came to, and the verdicts that apply, in
 * words. And the bytes that came through the window and round it.
 */
#include "view_json_priv.h"

#include <stdio.h>

/* What a figure's name ends in. */
static const char *const unit_suffixes[WINDOW_UNIT_NR] = {
	[WINDOW_COUNT] = "", [WINDOW_RANGES] = "_ranges",     [WINDOW_BYTES] = "_bytes",
	[WINDOW_NS] = "_ns", [WINDOW_PERMILLE] = "_permille", [WINDOW_FLAG] = "",
	[WINDOW_MILLI] = "",
};

static json_t *figure(const struct window_figure_desc *desc, __u64 value)
{
	if (desc->unit == WINDOW_FLAG)
		return json_boolean(value);
	if (desc->unit == WINDOW_MILLI)
		return json_real(value / 1000.0);
	return num_or_null(value != WINDOW_NOT_MEASURED, value);
}

static json_t *figures(struct ctx *c, const struct window_figures *f)
{
	json_t *o = json_object();
	char name[64];

	for (size_t i = 0; i < window_figure_cnt; i++) {
		const struct window_figure_desc *desc = &window_figure_table[i];
		__u64 value = window_figure__get(f, desc);

		snprintf(name, sizeof(name), "%s%s", desc->name, unit_suffixes[desc->unit]);
		put(c, o, name, figure(desc, value));
	}
	return o;
}

static json_t *class_json(struct ctx *c, unsigned int i)
{
	json_t *o = json_object();

	put(c, o, "le_bytes", num_or_null(i + 1 < FILE_CLASSES, file_class__bytes(i)));
	return o;
}

/* Of ranges, by bytes of file behind them: none has more than the last but one class. */
static json_t *range_classes(struct ctx *c, const struct window_advice *advice)
{
	json_t *classes = json_array();

	for (unsigned int i = 0; i + 1 < FILE_CLASSES; i++) {
		json_t *o;

		if (!advice->range_classes[i])
			continue;
		o = class_json(c, i);
		put(c, o, "setups", num(advice->range_classes[i]));
		append(c, classes, o);
	}
	return classes;
}

static json_t *file_classes(struct ctx *c, const struct window_advice *advice)
{
	json_t *classes = json_array();

	for (unsigned int i = 0; i < FILE_CLASSES; i++) {
		const struct file_class *class = &advice->file_classes[i];
		json_t *o;

		if (!class->files)
			continue;
		o = class_json(c, i);
		put(c, o, "files", num(class->files));
		put(c, o, "setups", num(class->setups));
		put(c, o, "requests", num(class->requests));
		put(c, o, "plain_requests", num(class->plain_requests));
		append(c, classes, o);
	}
	return classes;
}

static json_t *forecast(struct ctx *c, const struct window_forecast *f)
{
	json_t *o = json_object();

	put(c, o, "window_ranges", num(f->window_ranges));
	put(c, o, "memory_bytes", num(f->memory_bytes));
	put(c, o, "setups", num(f->setups));
	put(c, o, "upgrades", num(f->upgrades));
	put(c, o, "saved_setups", num(f->saved_setups));
	put(c, o, "saved_round_trip_ns", num(f->saved_round_trip_ns));
	put(c, o, "saved_wait_ns", num(f->saved_wait_ns));
	return o;
}

static json_t *verdict(struct ctx *c, const struct window_verdict_desc *desc,
		       const struct window_figures *f)
{
	char text[WINDOW_TEXT_BYTES];
	json_t *o = json_object();

	put(c, o, "name", json_string(desc->name));
	put(c, o, "sentence",
	    json_string(window_verdict__text(desc->sentence, f, text, sizeof(text))));
	put(c, o, "advice", json_string(window_verdict__text(desc->advice, f, text, sizeof(text))));
	return o;
}

json_t *json__advice(struct ctx *c, const struct mount_state *m)
{
	const struct window_advice *advice = &m->advice;
	json_t *o, *forecasts, *verdicts;

	if (!m->has_advice)
		return json_null();
	o = json_object();
	forecasts = json_array();
	verdicts = json_array();
	for (size_t i = 0; i < advice->forecasts_cnt; i++)
		append(c, forecasts, forecast(c, &advice->forecasts[i]));
	for (size_t i = 0; i < WINDOW_VERDICT_NR; i++)
		if (window_verdict_table[i].applies(&advice->figures))
			append(c, verdicts, verdict(c, &window_verdict_table[i], &advice->figures));
	put(c, o, "figures", figures(c, &advice->figures));
	put(c, o, "forecasts", forecasts);
	put(c, o, "range_sizes", range_classes(c, advice));
	put(c, o, "file_sizes", file_classes(c, advice));
	put(c, o, "verdicts", verdicts);
	return o;
}

json_t *json__dax_io(struct ctx *c, const struct dax_io *io)
{
	json_t *o = json_object();

	for (unsigned int i = 0; i < DAX_IO_NR; i++) {
		const struct dax_io_desc *desc = &dax_io_table[i];
		bool is_known = dax_io__is_measured(c->s, desc);

		put(c, o, desc->name, num_or_null(is_known, dax_io__get(io, desc)));
	}
	return o;
}
