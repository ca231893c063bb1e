/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What doctor says of DAX: of each mount, and of one path. Needs neither BPF nor root; see
 * dax_facts.h.
 */
#ifndef DAXTOP_DOCTOR_DAX_H
#define DAXTOP_DOCTOR_DAX_H

#include <jansson.h>

#include "failure.h"
#include "model.h"

/*
 * doctor PATH: EXIT_FINE when DAX is on for it, EXIT_NO when it is off, EXIT_CANNOT_RUN when that
 * cannot be told: no such path, a mount that does not answer, a directory in which the server
 * decides by file.
 */
enum exit_code doctor_path(const char *path, bool is_json);

/*
 * Of doctor without a path: each mount and its window. @s has the windows' gauges, where BPF could
 * read them; else it is NULL. The mounts are not touched.
 */
void doctor_dax__print_mounts(const struct summary *s);
/* The same as an array; the caller's. */
json_t *doctor_dax__mounts_json(const struct summary *s);

#endif
