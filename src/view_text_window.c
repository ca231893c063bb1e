// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view's advice on the size of a mount's window: what the table of verdicts says, in
 * words.
 */
#include "view_text_priv.h"

#include <string.h>

void text__print_wrapped(const struct text *t, const char *heading, const char *text)
{
	fmt__print_wrapped(t->f, heading, WORDS_INDENT, t->width, text);
}

#define DAX_IO_BYTES 96

/* "2.50MiB written past the end of the file" */
static const char *bytes_text(const struct dax_io_desc *desc, __u64 bytes, char *buf,
			      size_t buf_bytes)
{
	snprintf(buf, buf_bytes, "%s %s%s%s", BYTES(bytes), desc->verb, desc->reason ? " " : "",
		 desc->reason ? desc->reason : "");
	return buf;
}

static void print_dax_io(const struct text *t, const struct dax_io *io, bool is_around,
			 const char *heading)
{
	struct words w = { .t = t, .heading = heading };
	char text[DAX_IO_BYTES];
	const char *unmeasured = NULL; /* the last one told: two may have one verb */

	for (unsigned int i = 0; i < DAX_IO_NR; i++) {
		const struct dax_io_desc *desc = &dax_io_table[i];
		__u64 bytes = dax_io__get(io, desc);

		if (desc->is_around != is_around)
			continue;
		if (!dax_io__is_measured(t->s, desc)) {
			if (!unmeasured || strcmp(unmeasured, desc->verb))
				word(&w, "n/a %s", desc->verb);
			unmeasured = desc->verb;
		} else if (bytes) {
			word(&w, "%s", bytes_text(desc, bytes, text, sizeof(text)));
		}
	}
	words_end(&w);
}

void text__print_dax_io(const struct text *t, const struct figures ops[OP_NR])
{
	struct dax_io io;

	dax_io__read(&io, t->s, ops);
	print_dax_io(t, &io, false, "  through");
	print_dax_io(t, &io, true, "  round it");
}

void text__print_around(const struct text *t, const struct entity *inode, int indent)
{
	char text[DAX_IO_BYTES];
	struct dax_io io;

	dax_io__of_inode(&io, t->s, inode);
	for (unsigned int i = 0; i < DAX_IO_NR; i++) {
		const struct dax_io_desc *desc = &dax_io_table[i];
		__u64 bytes = desc->is_around ? dax_io__get(&io, desc) : 0;

		if (bytes)
			fprintf(t->f, "%*sround it: %s\n", indent, "",
				bytes_text(desc, bytes, text, sizeof(text)));
	}
}

/* Of what there is: none is 0, and not "-". */
#define SHARE(permille) ((permille) ? PERCENT(permille, 1000) : "0")

/* What became of single mappings, since tracing began. */
static void print_mappings(const struct text *t, const struct window_figures *f)
{
	struct words w = { .t = t, .heading = "  mappings" };

	if (!f->setups)
		return;
	word(&w, "%s since the start", COUNT(f->setups));
	word(&w, "%s repeats", COUNT(f->repeats));
	word(&w, "%s upgrades", COUNT(f->upgrades));
	if (f->lost_races == WINDOW_NOT_MEASURED)
		word(&w, "n/a lost races");
	else
		word(&w, "%s lost races", COUNT(f->lost_races));
	if (f->life_p50_ns != WINDOW_NOT_MEASURED)
		word(&w, "%s removed, half of them within %s", COUNT(f->removals),
		     NS(f->life_p50_ns));
	if (f->sized_setups) {
		word(&w, "%llu.%llu uses and %s each", f->mapping_uses_milli / 1000,
		     f->mapping_uses_milli % 1000 / 100, BYTES(f->mapping_used_bytes));
		word(&w, "%s%% read once", SHARE(f->read_once_permille));
		word(&w, "%s%% of files under 32KiB", SHARE(f->small_permille));
	}
	words_end(&w);
}

#define LARGER_STEP_PERMILLE 50 /* of repeats: what makes a larger window worth a word more */

/* What larger windows would have saved, of repeats. */
static void print_larger(const struct text *t, const struct window_advice *advice)
{
	struct words w = { .t = t, .heading = "  larger" };
	__u64 repeats = advice->figures.repeats, told = 0;

	for (size_t i = 1; repeats && i < advice->forecasts_cnt; i++) {
		const struct window_forecast *f = &advice->forecasts[i];

		if (f->saved_setups < told ||
		    (f->saved_setups - told) * 1000 < repeats * LARGER_STEP_PERMILLE)
			continue;
		word(&w, "%s saves %s%%%s", BYTES(f->window_ranges * RANGE_BYTES),
		     PERCENT(f->saved_setups < repeats ? f->saved_setups : repeats, repeats),
		     told ? "" : " of repeats");
		told = f->saved_setups;
	}
	words_end(&w);
}

void text__print_advice(const struct text *t, const struct mount_state *m)
{
	const struct window_figures *f = &m->advice.figures;
	char text[WINDOW_TEXT_BYTES];

	if (!m->has_advice)
		return;
	print_mappings(t, f);
	print_larger(t, &m->advice);
	for (size_t i = 0; i < WINDOW_VERDICT_NR; i++) {
		const struct window_verdict_desc *verdict = &window_verdict_table[i];

		if (!verdict->applies(f))
			continue;
		text__print_wrapped(t, "  verdict",
				    window_verdict__text(verdict->sentence, f, text, sizeof(text)));
		text__print_wrapped(t, "  advice",
				    window_verdict__text(verdict->advice, f, text, sizeof(text)));
	}
}
