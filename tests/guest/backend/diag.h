/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_DIAG_H
#define BACKEND_DIAG_H

#include <stdio.h>

/*
 * One line for the person who runs the backend: what failed, on what, why. Threads may call it at
 * once; lines do not mix.
 */
void diag__err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Send the lines elsewhere, for tests that read them. NULL is stderr. Set before threads start. */
void diag__set_stream(FILE *stream);

#endif
