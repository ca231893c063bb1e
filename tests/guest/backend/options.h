/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_OPTIONS_H
#define BACKEND_OPTIONS_H

#include "backend.h"

enum options_verdict {
	OPTIONS_RUN,
	OPTIONS_HELP,
	OPTIONS_BAD, /* a message was given */
};

/* Strings in @out point into @argv. */
enum options_verdict options__parse(int argc, char **argv, struct backend_opts *out);
void options__help(void);

#endif
