// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads that run requests, and the places where requests wait without a thread: until a
 * time (a delay) or until told (a hang). Requests that wait for nothing are run in order of arrival
 * within a lane.
 */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "fuse_op.h"
#include "request.h"

#define MAX_THREADS 64

struct queue {
	struct request *first;
	struct request **tail;
};

struct lane {
	struct pool *pool;
	struct queue queue;
	pthread_cond_t has_work;
};

struct pool {
	pthread_mutex_t lock;
	struct lane lanes[LANE_CNT];
	struct request *parked; /* by due_ns */
	pthread_cond_t parked_changed;
	struct queue hung;
	uint64_t epoch;
	bool is_stopping;
	pool_run_fn *run;
	void *ctx;
	pthread_t threads[MAX_THREADS];
	unsigned int thread_cnt;
};

static void enqueue(struct queue *q, struct request *req)
{
	req->next = NULL;
	*q->tail = req;
	q->tail = &req->next;
}

static struct request *dequeue(struct queue *q)
{
	struct request *req = q->first;

	if (!req)
		return NULL;
	q->first = req->next;
	if (!q->first)
		q->tail = &q->first;
	return req;
}

static void queue_init(struct queue *q)
{
	q->first = NULL;
	q->tail = &q->first;
}

static void submit_locked(struct pool *p, struct request *req, enum pool_lane lane)
{
	enqueue(&p->lanes[lane].queue, req);
	pthread_cond_signal(&p->lanes[lane].has_work);
}

static void *work(void *arg)
{
	struct lane *lane = arg;
	struct pool *p = lane->pool;

	pthread_mutex_lock(&p->lock);
	while (!p->is_stopping) {
		struct request *req = dequeue(&lane->queue);

		if (!req) {
			pthread_cond_wait(&lane->has_work, &p->lock);
			continue;
		}
		pthread_mutex_unlock(&p->lock);
		p->run(p->ctx, req);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void wait_for_due(struct pool *p)
{
	struct timespec until;

	if (!p->parked) {
		pthread_cond_wait(&p->parked_changed, &p->lock);
		return;
	}
	until.tv_sec = (time_t)(p->parked->due_ns / NSEC_PER_SEC);
	until.tv_nsec = (long)(p->parked->due_ns % NSEC_PER_SEC);
	pthread_cond_timedwait(&p->parked_changed, &p->lock, &until);
}

static void *keep_time(void *arg)
{
	struct pool *p = arg;

	pthread_mutex_lock(&p->lock);
	while (!p->is_stopping) {
		struct request *req = p->parked;

		if (!req || req->due_ns > clock_ns()) {
			wait_for_due(p);
			continue;
		}
		p->parked = req->next;
		submit_locked(p, req, req->op->lane);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static int start_thread(struct pool *p, void *(*fn)(void *), void *arg)
{
	int err;

	if (p->thread_cnt == MAX_THREADS)
		return -EAGAIN;
	err = pthread_create(&p->threads[p->thread_cnt], NULL, fn, arg);
	if (!err)
		p->thread_cnt++;
	return -err;
}

static void init_sync(struct pool *p)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->parked_changed, &attr);
	pthread_condattr_destroy(&attr);
	for (int i = 0; i < LANE_CNT; i++) {
		p->lanes[i].pool = p;
		queue_init(&p->lanes[i].queue);
		pthread_cond_init(&p->lanes[i].has_work, NULL);
	}
	queue_init(&p->hung);
}

struct pool *pool__new(unsigned int general_threads, pool_run_fn *run, void *ctx)
{
	struct pool *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return NULL;
	p->run = run;
	p->ctx = ctx;
	init_sync(p);
	err = start_thread(p, keep_time, p);
	if (!err)
		err = start_thread(p, work, &p->lanes[LANE_WINDOW]);
	for (unsigned int i = 0; i < general_threads && !err; i++)
		err = start_thread(p, work, &p->lanes[LANE_GENERAL]);
	if (err) {
		pool__free(p);
		errno = -err;
		return NULL;
	}
	return p;
}

static void drop_all(struct request *req)
{
	while (req) {
		struct request *next = req->next;

		request__free(req);
		req = next;
	}
}

void pool__free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->is_stopping = true;
	for (int i = 0; i < LANE_CNT; i++)
		pthread_cond_broadcast(&p->lanes[i].has_work);
	pthread_cond_broadcast(&p->parked_changed);
	pthread_mutex_unlock(&p->lock);
	for (unsigned int i = 0; i < p->thread_cnt; i++)
		pthread_join(p->threads[i], NULL);
	for (int i = 0; i < LANE_CNT; i++) {
		drop_all(p->lanes[i].queue.first);
		pthread_cond_destroy(&p->lanes[i].has_work);
	}
	drop_all(p->parked);
	drop_all(p->hung.first);
	pthread_cond_destroy(&p->parked_changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

void pool__submit(struct pool *p, struct request *req, enum pool_lane lane)
{
	pthread_mutex_lock(&p->lock);
	submit_locked(p, req, lane);
	pthread_mutex_unlock(&p->lock);
}

void pool__park(struct pool *p, struct request *req)
{
	struct request **at = &p->parked;

	pthread_mutex_lock(&p->lock);
	while (*at && (*at)->due_ns <= req->due_ns)
		at = &(*at)->next;
	req->next = *at;
	*at = req;
	pthread_cond_signal(&p->parked_changed);
	pthread_mutex_unlock(&p->lock);
}

uint64_t pool__epoch(struct pool *p)
{
	uint64_t epoch;

	pthread_mutex_lock(&p->lock);
	epoch = p->epoch;
	pthread_mutex_unlock(&p->lock);
	return epoch;
}

bool pool__hang(struct pool *p, struct request *req, uint64_t epoch)
{
	bool is_kept;

	pthread_mutex_lock(&p->lock);
	is_kept = epoch == p->epoch;
	if (is_kept)
		enqueue(&p->hung, req);
	pthread_mutex_unlock(&p->lock);
	return is_kept;
}

void pool__release(struct pool *p)
{
	struct request *req;

	pthread_mutex_lock(&p->lock);
	p->epoch++;
	while ((req = dequeue(&p->hung)))
		submit_locked(p, req, req->op->lane);
	pthread_mutex_unlock(&p->lock);
}
