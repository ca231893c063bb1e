// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* csv and ndjson: one row an event. */
#include "export.h"
#include "rec_rows.h"

static void *csv_new(FILE *f)
{
	rec_rows__csv_head(f);
	return f;
}

static void *ndjson_new(FILE *f)
{
	return f;
}

static int csv_event(void *ctx, const struct rec_event *ev)
{
	rec_rows__csv(ctx, ev);
	return 0;
}

static int ndjson_event(void *ctx, const struct rec_event *ev)
{
	rec_rows__json(ctx, ev);
	return 0;
}

const struct export_format export_csv = {
	.name = "csv",
	.help = "one row an event, columns of all kinds of events",
	.new = csv_new,
	.event = csv_event,
};

const struct export_format export_ndjson = {
	.name = "ndjson",
	.help = "one JSON object an event and line, as script --json has it",
	.new = ndjson_new,
	.event = ndjson_event,
};
