// SPDX-License-Identifier: GPL-2.0-only
/*
 * The backend as a whole: its parts made and unmade in order, and the path of a request from its
 * queue through injection to its handler.
 */
#include "backend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "channel.h"
#include "clock.h"
#include "command.h"
#include "diag.h"
#include "fuse_op.h"
#include "guest_mem.h"
#include "inject.h"
#include "jsonlog.h"
#include "pool.h"
#include "populate.h"
#include "request.h"
#include "store.h"
#include "virtq.h"
#include "window.h"

static int execute(struct backend *b, struct request *req)
{
	if (req->elem.err)
		return req->elem.err;
	if (req->injected_err)
		return req->injected_err;
	if (!req->op)
		return -ENOSYS;
	if (req->arg_len < req->op->in_size)
		return -EINVAL;
	return req->op->run(b, req);
}

/* True when the request is waiting somewhere and no longer the caller's. */
static bool was_put_off(struct backend *b, struct request *req)
{
	uint64_t epoch = pool__epoch(b->pool);
	struct inject_verdict v;

	if (req->is_judged || !req->op || req->elem.err)
		return false;
	v = inject__judge(b->inject, req->op->inject, req->hdr.nodeid);
	req->is_judged = true;
	req->injected_err = v.err;
	if (v.hangs && pool__hang(b->pool, req, epoch))
		return true;
	if (!v.delay_ns)
		return false;
	req->due_ns = req->taken_ns + v.delay_ns;
	pool__park(b->pool, req);
	return true;
}

static void run(void *ctx, struct request *req)
{
	struct backend *b = ctx;

	if (was_put_off(b, req))
		return;
	request__finish(req, execute(b, req), b->log);
}

/* A header that cannot be right spoils only this request: there is an answer to give. */
static void parse(struct request *req)
{
	const size_t head = sizeof(req->hdr);

	if (req->elem.in_len < head) {
		diag__err("queue %u: request of %zu bytes, shorter than a header",
			  virtq__index(req->vq), req->elem.in_len);
		req->elem.err = -EIO;
		return;
	}
	memcpy(&req->hdr, req->elem.in, head);
	if (req->hdr.len < head || req->hdr.len > req->elem.in_len) {
		diag__err("queue %u: request %llu says it has %u bytes, the chain has %zu",
			  virtq__index(req->vq), (unsigned long long)req->hdr.unique, req->hdr.len,
			  req->elem.in_len);
		req->elem.err = -EIO;
		return;
	}
	req->arg = req->elem.in + head;
	req->arg_len = req->hdr.len - head;
	req->op = fuse_op__find(req->hdr.opcode);
}

void backend__serve_queue(struct backend *b, unsigned int index)
{
	struct virtq_elem elem;

	while (virtq__pop(b->queues[index], &elem) > 0) {
		struct request *req = request__new(b->queues[index], &elem);

		if (!req) {
			diag__err("queue %u: no memory for a request, lost", index);
			virtq_elem__release(&elem);
			continue;
		}
		parse(req);
		pool__submit(b->pool, req, req->op ? req->op->lane : LANE_GENERAL);
	}
}

void backend__quit(struct backend *b)
{
	const uint64_t one = 1;

	if (write(b->quit_fd, &one, sizeof(one)) < 0)
		diag__err("quit: %s", strerror(errno));
}

static int make_queues(struct backend *b)
{
	b->queue_cnt = b->opts->request_queues + 1;
	for (unsigned int i = 0; i < b->queue_cnt; i++) {
		b->queues[i] = virtq__new(i, b->mem);
		if (!b->queues[i])
			return -ENOMEM;
	}
	return 0;
}

static int make_parts(struct backend *b)
{
	b->quit_fd = eventfd(0, EFD_CLOEXEC);
	if (b->quit_fd < 0)
		return -errno;
	b->store = store__new(b->opts->dax_default);
	b->mem = guest_mem__new();
	b->channel = channel__new();
	b->inject = inject__new();
	if (!b->store || !b->mem || !b->channel || !b->inject || make_queues(b))
		return -ENOMEM;
	b->window = window__new(b->opts->window_bytes, b->channel);
	if (!b->window)
		return -ENOMEM;
	b->pool = pool__new(b->opts->request_queues + 2, run, b);
	return b->pool ? 0 : -errno;
}

static int obey_options(struct backend *b)
{
	const struct backend_opts *o = b->opts;
	char why[COMMAND_WHY_LEN];

	if (o->populate_dir && populate__copy(b->store, o->populate_dir))
		return -EIO;
	for (unsigned int i = 0; i < o->inject_cnt; i++) {
		if (!command__run(b, o->injects[i], why))
			continue;
		diag__err("--inject '%s': %s", o->injects[i], why);
		return -EINVAL;
	}
	return 0;
}

struct backend *backend__new(const struct backend_opts *opts)
{
	struct backend *b = calloc(1, sizeof(*b));
	int err;

	if (!b) {
		diag__err("start: %s", strerror(ENOMEM));
		return NULL;
	}
	b->opts = opts;
	b->quit_fd = -1;
	b->log = jsonlog__open(opts->log_path);
	if (!b->log) {
		diag__err("log %s: %s", opts->log_path, strerror(errno));
		goto fail;
	}
	err = make_parts(b);
	if (err) {
		diag__err("start: %s", strerror(-err));
		goto fail;
	}
	if (!obey_options(b))
		return b;
fail:
	backend__free(b);
	return NULL;
}

void backend__free(struct backend *b)
{
	if (!b)
		return;
	/* A thread that waits for the front end must be let go before it can be joined. */
	if (b->channel)
		channel__shut(b->channel);
	pool__free(b->pool);
	window__free(b->window);
	for (unsigned int i = 0; i < b->queue_cnt; i++)
		virtq__free(b->queues[i]);
	inject__free(b->inject);
	channel__free(b->channel);
	guest_mem__free(b->mem);
	store__free(b->store);
	jsonlog__free(b->log);
	if (b->quit_fd >= 0)
		close(b->quit_fd);
	free(b);
}
