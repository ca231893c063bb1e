/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Asking what may never answer: a virtiofs mount whose host is gone leaves whoever asks it asleep,
 * where not even SIGKILL reaches. So a child asks, and the tool goes on without it.
 */
#ifndef DAXTOP_DEADLINE_H
#define DAXTOP_DEADLINE_H

#include <stddef.h>

/*
 * What the child does: fills @result from @arg, and returns 0 or -errno. It has no descriptors but
 * the standard ones, which lead to /dev/null, so that nobody waits for a pipe that it keeps open.
 */
typedef int deadline_fn(const void *arg, void *result);

/*
 * Runs @fn in a child and waits for its @bytes of @result, @timeout_ms at most. While there is one
 * thread.
 *
 * What @fn returns, with @result written if that is 0; -ETIMEDOUT when it was not done by then, in
 * which case the child is told to end and may yet stay for as long as the mount hangs; -EIO when
 * the child ended without a word; -errno of making it.
 */
int deadline__run(deadline_fn *fn, const void *arg, void *result, size_t bytes,
		  unsigned int timeout_ms);

#endif
