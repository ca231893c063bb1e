/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A stuck task and its file, in words and as JSON: what doctor --stuck and doctor's known defects
 * both say.
 */
#ifndef DAXTOP_STUCK_WORDS_H
#define DAXTOP_STUCK_WORDS_H

#include <jansson.h>

#include "stuck_look.h"

#define STUCK_WORDS_BYTES (PATH_BYTES + 384) /* room for either of these */

/* "dl-fault (pid 12) in fault" */
char *stuck_words__task(const struct stuck_task *task, char *buf, size_t bytes);

/* "db/table, nodeid 3, on /mnt/dax"; "not known" */
char *stuck_words__file(const struct stuck_look *look, const struct stuck_task *task, char *buf,
			size_t bytes);

/* A text of the kernel's, or null; the caller's, as all that follow. */
json_t *stuck_words__text_json(const char *text);

/* "pid", "tgid", "comm" and "op" */
json_t *stuck_words__task_json(const struct stuck_task *task);

/* When it last got a CPU, or null. */
json_t *stuck_words__unrun_json(const struct stuck_task *task);

json_t *stuck_words__inode_json(const struct stuck_look *look, const struct stuck_task *task);

#endif
