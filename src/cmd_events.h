/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What script and export do alike. */
#ifndef DAXTOP_CMD_EVENTS_H
#define DAXTOP_CMD_EVENTS_H

#include <stdio.h>

#include "cmd.h"
#include "options.h"
#include "rec_events.h"

/*
 * Options by @rows, before, between and after paths: those go to @paths, which has room for @argc.
 * EXIT_FINE, or EXIT_USAGE and it has complained.
 */
enum exit_code parse_with_paths(int argc, char **argv, const struct option_row *rows, size_t cnt,
				option_fn *take, void *ctx, char **paths, int *paths_cnt);

/*
 * When the events of @path have been read: complains of what could not be, of damage, of what was
 * lost when it was recorded, and that @late_cnt of what was put out is not in order. @err is what
 * ended it.
 */
enum exit_code events_end(const struct rec_events *events, const char *path, __u64 late_cnt,
			  int err);

struct output {
	FILE *f;
	int err; /* why the first write failed that did */
};

/* Before the first byte: larger writes than stdio's own. */
void output_begin(struct output *out);

/* Could something not be written? To be asked when it was, as errno does not last. */
bool output_failed(struct output *out);

/* Flushes it, and complains of what could not be written, but that nobody reads it any more. */
enum exit_code output_end(struct output *out);

#endif
