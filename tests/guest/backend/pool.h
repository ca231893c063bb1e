/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_POOL_H
#define BACKEND_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct pool;
struct request;

/*
 * Requests that wait for the front end's answer have a thread of their own, so that a slow front
 * end never takes the threads that serve everything else.
 */
enum pool_lane {
	LANE_GENERAL = 0,
	LANE_WINDOW,
	LANE_CNT,
};

typedef void pool_run_fn(void *ctx, struct request *req);

/* Starts the threads. NULL with errno set. */
struct pool *pool__new(unsigned int general_threads, pool_run_fn *run, void *ctx);

/* Join the threads and drop what was never run; a running request is waited for. */
void pool__free(struct pool *p);

void pool__submit(struct pool *p, struct request *req, enum pool_lane lane);

/* Submit it again when CLOCK_MONOTONIC reaches req->due_ns. No thread waits with it. */
void pool__park(struct pool *p, struct request *req);

/*
 * Keep it until pool__release(). @epoch is what pool__epoch() said before the decision to hang was
 * made; false when there was a release since, and the request is still the caller's.
 */
uint64_t pool__epoch(struct pool *p);
bool pool__hang(struct pool *p, struct request *req, uint64_t epoch);
void pool__release(struct pool *p);

#endif
