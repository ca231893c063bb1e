/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What of a summary no event tells (mounts and windows, trust, operations in flight, who released
 * pages, phases, what was not measured), as records. rec_look.h is the way back.
 */
#ifndef DAXTOP_REC_STATE_H
#define DAXTOP_REC_STATE_H

#include "model.h"
#include "recfile.h"

/*
 * Writes it, as it is at the end of @s: REC_STATE, and the records that belong to it. @is_last:
 * tracing has ended. 0 or -errno.
 */
int rec_state__write(struct rec_writer *w, const struct summary *s, bool is_last);

#endif
