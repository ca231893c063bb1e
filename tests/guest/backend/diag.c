// SPDX-License-Identifier: GPL-2.0-only
/*
 * Diagnostics on stderr. What the guest or QEMU did wrong is told here and nowhere else; the JSON
 * log holds requests only, so that tests can read it without looking for prose.
 */
#include "diag.h"

#include <stdarg.h>

static FILE *diag_stream;

void diag__set_stream(FILE *stream)
{
	diag_stream = stream;
}

void diag__err(const char *fmt, ...)
{
	FILE *out = diag_stream ? diag_stream : stderr;
	va_list ap;

	va_start(ap, fmt);
	flockfile(out);
	fputs("virtiofs-dax-backend: ", out);
	vfprintf(out, fmt, ap);
	putc('\n', out);
	fflush(out);
	funlockfile(out);
	va_end(ap);
}
