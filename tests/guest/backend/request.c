// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request on its way through the backend. Its arguments were copied out of guest memory when it
 * was taken, so that whatever is checked here stays checked.
 */
#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "diag.h"
#include "fuse_op.h"
#include "jsonlog.h"
#include "store.h"

struct request *request__new(struct virtq *vq, struct virtq_elem *elem)
{
	struct request *req = calloc(1, sizeof(*req));

	if (!req)
		return NULL;
	req->vq = vq;
	req->elem = *elem;
	req->taken_ns = clock_ns();
	memset(elem, 0, sizeof(*elem));
	return req;
}

void request__free(struct request *req)
{
	if (!req)
		return;
	virtq_elem__release(&req->elem);
	free(req->out);
	free(req);
}

size_t request__room(const struct request *req)
{
	const size_t head = sizeof(struct fuse_out_header);

	return req->elem.out_room > head ? req->elem.out_room - head : 0;
}

int request__reply(struct request *req, const void *data, size_t len)
{
	if (len > request__room(req) || req->out_len > request__room(req) - len)
		return -ERANGE;
	if (req->out_len + len > req->out_cap) {
		size_t cap = (req->out_len + len) * 2;
		uint8_t *out = realloc(req->out, cap);

		if (!out)
			return -ENOMEM;
		req->out = out;
		req->out_cap = cap;
	}
	if (len)
		memcpy(req->out + req->out_len, data, len);
	req->out_len += len;
	return 0;
}

const char *request__string(const struct request *req, size_t *pos, size_t max)
{
	const char *text = (const char *)req->arg + *pos;
	size_t left, len;

	if (*pos >= req->arg_len)
		return NULL;
	left = req->arg_len - *pos;
	len = strnlen(text, left);
	if (len == left || len > max)
		return NULL;
	*pos += len + 1;
	return text;
}

const char *request__name(const struct request *req, size_t *pos)
{
	const char *name = request__string(req, pos, STORE_NAME_MAX);

	if (!name || !*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return NULL;
	return name;
}

static void write_line(const struct request *req, int result, struct jsonlog *log)
{
	struct json_line line;

	json__begin(&line);
	json__u64(&line, "t_ns", req->taken_ns);
	json__u64(&line, "dur_ns", clock_ns() - req->taken_ns);
	json__str(&line, "op", req->op->name);
	json__u64(&line, "queue", virtq__index(req->vq));
	json__u64(&line, "unique", req->hdr.unique);
	json__u64(&line, "ino", req->hdr.nodeid);
	if (req->arg_len >= req->op->in_size)
		req->op->describe(req, &line);
	json__i64(&line, "result", result);
	jsonlog__write(log, &line);
}

static int fill(struct request *req, int result)
{
	struct fuse_out_header head = {
		.len = (uint32_t)(sizeof(head) + (result ? 0 : req->out_len)),
		.error = result,
		.unique = req->hdr.unique,
	};
	const struct iovec iov[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = req->out, .iov_len = req->out_len },
	};

	return virtq__fill(req->vq, &req->elem, iov, result ? 1 : 2);
}

void request__finish(struct request *req, int result, struct jsonlog *log)
{
	bool has_reply = req->elem.out_room >= sizeof(struct fuse_out_header);
	size_t len = 0;

	if (has_reply && fill(req, result)) {
		diag__err("queue %u: request %llu: no place for its answer; answered with EIO",
			  virtq__index(req->vq), (unsigned long long)req->hdr.unique);
		result = -EIO;
		has_reply = !fill(req, result);
	}
	if (has_reply)
		len = sizeof(struct fuse_out_header) + (result ? 0 : req->out_len);
	if (log && req->op && req->op->describe)
		write_line(req, result, log);
	virtq__publish(req->vq, &req->elem, len);
	request__free(req);
}
