// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "failure.h"

#include <stdarg.h>
#include <stdio.h>

int failure__set(struct failure *failure, int err, enum exit_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	failure->code = code;
	vsnprintf(failure->text, sizeof(failure->text), fmt, args);
	va_end(args);
	return err;
}
