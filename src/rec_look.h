/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * One look at what events do not tell, as it comes record by record: a REC_STATE and those that
 * belong to it. See rec_state.h for the way there.
 */
#ifndef DAXTOP_REC_LOOK_H
#define DAXTOP_REC_LOOK_H

#include "model.h"
#include "rec_kinds.h"
#include "rec_match.h"

struct rec_look;

/* @state begins it. NULL with errno ENOMEM. @match is borrowed for the calls below. */
struct rec_look *rec_look__new(const struct rec_state *state, struct rec_match *match);
void rec_look__free(struct rec_look *look);

/*
 * A record of a kind above REC_STATE. 0 or -ENOMEM; and left out: -EINVAL for what has ids that are
 * not known, -ENOSPC for more of a kind than is kept.
 */
int rec_look__take(struct rec_look *look, enum rec_kind kind, const void *record);
/* No more of them: the last row in flight is complete. 0 or -ENOMEM. */
int rec_look__end(struct rec_look *look);

/*
 * Its part of a summary: to be given to summary__add_growth() and summary__set_gauges(). Rows in
 * flight borrow their functions from the look.
 */
struct summary *rec_look__summary(const struct rec_look *look);
__u64 rec_look__ns(const struct rec_look *look);
bool rec_look__is_last(const struct rec_look *look);

#endif
