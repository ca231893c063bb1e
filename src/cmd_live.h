/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * top on a terminal: the live view.
 */
#ifndef DAXTOP_CMD_LIVE_H
#define DAXTOP_CMD_LIVE_H

#include "trace.h"

struct live_opts {
	double interval_s;	    /* 0: not asked for */
	unsigned int intervals_cnt; /* 0: until it is left */
};

/* Traces, and shows it until it is left. @t is prepared. Complains itself. */
enum exit_code live_run(const struct live_opts *opts, struct trace *t);

#endif
