/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What doctor says of known defects: which of them tasks show now. Where it cannot look it says
 * why, and is content with that.
 */
#ifndef DAXTOP_DOCTOR_DEFECTS_H
#define DAXTOP_DOCTOR_DEFECTS_H

#include <jansson.h>

#include "failure.h"
#include "stuck_look.h"

struct defect_look {
	struct stuck_look look;
	struct failure failure; /* why it could not look; code EXIT_FINE: it could */
};

/* @btf_path as for stuck_look__run(). Free with defect_look__fini(). */
void defect_look__run(struct defect_look *seen, const char *btf_path);
void defect_look__fini(struct defect_look *seen);

void defect_look__print(const struct defect_look *seen);
/* The same as an array; the caller's. */
json_t *defect_look__json(const struct defect_look *seen);

#endif
