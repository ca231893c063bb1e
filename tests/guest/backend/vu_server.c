// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vhost-user requests of the front end, one row of a table each. This thread must never wait
 * for the front end except in receiving: while a worker waits for an answer on the backend channel,
 * the front end may be waiting here to have a memory region taken.
 */
#define _GNU_SOURCE 1
#include "vu_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>

#include "backend.h"
#include "channel.h"
#include "diag.h"
#include "guest_mem.h"
#include "poller.h"
#include "virtq.h"
#include "vu_msg.h"

#define BIT(n) (1ULL << (n))

/* The device's configuration space; QEMU reads 44 bytes, of which the rest is zero. */
struct virtio_fs_space {
	char tag[BACKEND_TAG_LEN];
	uint32_t request_queues;
} __attribute__((packed));

struct server {
	struct backend *b;
	struct poller *poller;
	int sock;
	uint64_t features;
	uint64_t protocol_features;
	int kick_fds[BACKEND_MAX_QUEUES + 1]; /* watched by the poller, owned by the queues */
};

static const uint64_t all_features =
	BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_RING_F_INDIRECT_DESC) | BIT(VU_FEATURE_PROTOCOL);

static uint64_t all_protocol_features(const struct backend *b)
{
	uint64_t f = BIT(VU_PF_MQ) | BIT(VU_PF_REPLY_ACK) | BIT(VU_PF_BACKEND_REQ) |
		     BIT(VU_PF_CONFIG) | BIT(VU_PF_BACKEND_SEND_FD) |
		     BIT(VU_PF_CONFIGURE_MEM_SLOTS);

	if (b->opts->window_bytes)
		f |= BIT(VU_PF_SHMEM);
	return f;
}

/* Handlers return 0 or -errno. What answers sets *@reply_len, having put the answer in the body. */

static int get_features(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	(void)s;
	m->body.u64 = all_features;
	*reply_len = sizeof(m->body.u64);
	return 0;
}

static int set_features(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	(void)reply_len;
	if (m->body.u64 & ~all_features) {
		diag__err("vhost-user: features 0x%llx were not offered",
			  (unsigned long long)(m->body.u64 & ~all_features));
		return -EINVAL;
	}
	s->features = m->body.u64;
	/* Without the protocol feature there is no enabling: rings run from the start. */
	for (unsigned int i = 0; i < s->b->queue_cnt; i++) {
		if (!(s->features & BIT(VU_FEATURE_PROTOCOL)))
			virtq__set_enabled(s->b->queues[i], true);
	}
	return 0;
}

static int get_protocol_features(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	m->body.u64 = all_protocol_features(s->b);
	*reply_len = sizeof(m->body.u64);
	return 0;
}

static int set_protocol_features(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	uint64_t unknown = m->body.u64 & ~all_protocol_features(s->b);

	(void)reply_len;
	if (unknown) {
		diag__err("vhost-user: protocol features 0x%llx were not offered",
			  (unsigned long long)unknown);
		return -EINVAL;
	}
	s->protocol_features = m->body.u64;
	if (s->b->opts->window_bytes && !(s->protocol_features & BIT(VU_PF_SHMEM)))
		diag__err("vhost-user: the front end has no shared memory regions;"
			  " the guest will see no DAX window");
	return 0;
}

static int do_nothing(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	(void)s;
	(void)m;
	(void)reply_len;
	return 0;
}

static int set_mem_table(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	const struct vu_mem_table *t = &m->body.table;
	struct vu_mem_region regions[VU_MAX_TABLE_REGIONS];
	size_t head = offsetof(struct vu_mem_table, regions);

	(void)reply_len;
	if (t->region_cnt > VU_MAX_TABLE_REGIONS || t->region_cnt != m->fd_cnt ||
	    m->hdr.size < head + t->region_cnt * sizeof(t->regions[0])) {
		diag__err("vhost-user: memory table of %u regions with %zu descriptors in %u bytes",
			  t->region_cnt, m->fd_cnt, m->hdr.size);
		return -EINVAL;
	}
	memcpy(regions, t->regions, t->region_cnt * sizeof(regions[0]));
	return guest_mem__replace(s->b->mem, regions, m->fds, t->region_cnt);
}

static int get_max_mem_slots(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	(void)s;
	m->body.u64 = GUEST_MEM_MAX_REGIONS;
	*reply_len = sizeof(m->body.u64);
	return 0;
}

static int add_mem_region(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct vu_mem_region region = m->body.one.region;

	(void)reply_len;
	if (m->fd_cnt != 1) {
		diag__err("vhost-user: memory region with %zu descriptors", m->fd_cnt);
		return -EINVAL;
	}
	return guest_mem__add(s->b->mem, &region, m->fds[0]);
}

static int remove_mem_region(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct vu_mem_region region = m->body.one.region;

	(void)reply_len;
	return guest_mem__remove(s->b->mem, &region);
}

static struct virtq *find_queue(struct server *s, uint32_t index)
{
	if (index < s->b->queue_cnt)
		return s->b->queues[index];
	diag__err("vhost-user: there is no queue %u, only %u", index, s->b->queue_cnt);
	return NULL;
}

static int set_vring_num(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct virtq *vq = find_queue(s, m->body.state.index);

	(void)reply_len;
	return vq ? virtq__set_num(vq, m->body.state.num) : -EINVAL;
}

static int set_vring_addr(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct virtq *vq = find_queue(s, m->body.addr.index);

	(void)reply_len;
	if (!vq)
		return -EINVAL;
	virtq__set_addr(vq, &m->body.addr);
	return 0;
}

static int set_vring_base(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct virtq *vq = find_queue(s, m->body.state.index);

	(void)reply_len;
	if (!vq || m->body.state.num > UINT16_MAX)
		return -EINVAL;
	virtq__set_base(vq, (uint16_t)m->body.state.num);
	return 0;
}

static void forget_kick(struct server *s, uint32_t index)
{
	if (s->kick_fds[index] >= 0)
		poller__remove(s->poller, s->kick_fds[index]);
	s->kick_fds[index] = -1;
}

static int get_vring_base(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	uint32_t index = m->body.state.index;
	struct virtq *vq = find_queue(s, index);

	if (!vq)
		return -EINVAL;
	forget_kick(s, index);
	m->body.state.num = virtq__stop(vq);
	*reply_len = sizeof(m->body.state);
	return 0;
}

/* The descriptor that comes with a kick, call or error message, or -1 for none. */
static int take_vring_fd(struct vu_msg *m, int *fd)
{
	bool has_none = m->body.u64 & VU_VRING_NO_FD;

	if (has_none != (m->fd_cnt == 0)) {
		diag__err("vhost-user: request %u with %zu descriptors", m->hdr.request, m->fd_cnt);
		return -EINVAL;
	}
	*fd = -1;
	if (has_none)
		return 0;
	*fd = m->fds[0];
	m->fds[0] = -1;
	fcntl(*fd, F_SETFL, fcntl(*fd, F_GETFL) | O_NONBLOCK);
	return 0;
}

static int set_vring_kick(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	uint32_t index = m->body.u64 & VU_VRING_INDEX_MASK;
	struct virtq *vq = find_queue(s, index);
	int fd, err;

	(void)reply_len;
	if (!vq || take_vring_fd(m, &fd))
		return -EINVAL;
	forget_kick(s, index);
	virtq__set_kick(vq, fd);
	if (fd < 0)
		return 0;
	err = poller__add(s->poller, fd, index);
	if (err)
		return err;
	s->kick_fds[index] = fd;
	backend__serve_queue(s->b, index);
	return 0;
}

static int set_vring_call(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct virtq *vq = find_queue(s, m->body.u64 & VU_VRING_INDEX_MASK);
	int fd;

	(void)reply_len;
	if (!vq || take_vring_fd(m, &fd))
		return -EINVAL;
	virtq__set_call(vq, fd);
	return 0;
}

static int set_vring_err(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct virtq *vq = find_queue(s, m->body.u64 & VU_VRING_INDEX_MASK);
	int fd;

	(void)reply_len;
	if (!vq || take_vring_fd(m, &fd))
		return -EINVAL;
	virtq__set_err(vq, fd);
	return 0;
}

static int get_queue_num(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	m->body.u64 = s->b->queue_cnt;
	*reply_len = sizeof(m->body.u64);
	return 0;
}

static int set_vring_enable(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct virtq *vq = find_queue(s, m->body.state.index);

	(void)reply_len;
	if (!vq)
		return -EINVAL;
	virtq__set_enabled(vq, m->body.state.num == 1);
	backend__serve_queue(s->b, m->body.state.index);
	return 0;
}

static int set_backend_req_fd(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	(void)reply_len;
	if (m->fd_cnt != 1) {
		diag__err("vhost-user: backend channel with %zu descriptors", m->fd_cnt);
		return -EINVAL;
	}
	channel__set_fd(s->b->channel, m->fds[0]);
	m->fds[0] = -1;
	return 0;
}

static int get_config(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	struct virtio_fs_space space = { .request_queues = s->b->opts->request_queues };
	uint8_t all[VU_MAX_CONFIG] = { 0 };
	uint32_t off = m->body.config.offset, len = m->body.config.size;
	size_t head = offsetof(struct vu_config, data);

	if (off > sizeof(all) || len > sizeof(all) - off || m->hdr.size > head + sizeof(all)) {
		diag__err("vhost-user: configuration read of %u bytes at %u", len, off);
		return -EINVAL;
	}
	memcpy(space.tag, s->b->opts->tag, strnlen(s->b->opts->tag, sizeof(space.tag)));
	memcpy(all, &space, sizeof(space));
	memcpy(m->body.config.data, all + off, len);
	*reply_len = head + len;
	return 0;
}

static int set_config(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	(void)s;
	(void)m;
	(void)reply_len;
	diag__err("vhost-user: the configuration is read-only");
	return -EROFS;
}

static int get_shmem_config(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	memset(&m->body.shmem, 0, sizeof(m->body.shmem));
	m->body.shmem.region_cnt = s->b->opts->window_bytes ? 1 : 0;
	m->body.shmem.sizes[0] = s->b->opts->window_bytes;
	*reply_len = sizeof(m->body.shmem);
	return 0;
}

/* clang-format off */
static const struct vu_row {
	uint32_t request;
	const char *name;
	uint32_t min_size;
	size_t max_fds;
	int (*run)(struct server *s, struct vu_msg *m, size_t *reply_len);
} rows[] = {
	{ VU_GET_FEATURES,          "GET_FEATURES",          0,  0, get_features },
	{ VU_SET_FEATURES,          "SET_FEATURES",          8,  0, set_features },
	{ VU_SET_OWNER,             "SET_OWNER",             0,  0, do_nothing },
	{ VU_RESET_OWNER,           "RESET_OWNER",           0,  0, do_nothing },
	{ VU_SET_MEM_TABLE,         "SET_MEM_TABLE",         8,  VU_MAX_FDS, set_mem_table },
	{ VU_SET_VRING_NUM,         "SET_VRING_NUM",         8,  0, set_vring_num },
	{ VU_SET_VRING_ADDR,        "SET_VRING_ADDR",        40, 0, set_vring_addr },
	{ VU_SET_VRING_BASE,        "SET_VRING_BASE",        8,  0, set_vring_base },
	{ VU_GET_VRING_BASE,        "GET_VRING_BASE",        8,  0, get_vring_base },
	{ VU_SET_VRING_KICK,        "SET_VRING_KICK",        8,  1, set_vring_kick },
	{ VU_SET_VRING_CALL,        "SET_VRING_CALL",        8,  1, set_vring_call },
	{ VU_SET_VRING_ERR,         "SET_VRING_ERR",         8,  1, set_vring_err },
	{ VU_GET_PROTOCOL_FEATURES, "GET_PROTOCOL_FEATURES", 0,  0, get_protocol_features },
	{ VU_SET_PROTOCOL_FEATURES, "SET_PROTOCOL_FEATURES", 8,  0, set_protocol_features },
	{ VU_GET_QUEUE_NUM,         "GET_QUEUE_NUM",         0,  0, get_queue_num },
	{ VU_SET_VRING_ENABLE,      "SET_VRING_ENABLE",      8,  0, set_vring_enable },
	{ VU_SET_BACKEND_REQ_FD,    "SET_BACKEND_REQ_FD",    0,  1, set_backend_req_fd },
	{ VU_GET_CONFIG,            "GET_CONFIG",            12, 0, get_config },
	{ VU_SET_CONFIG,            "SET_CONFIG",            12, 0, set_config },
	{ VU_GET_MAX_MEM_SLOTS,     "GET_MAX_MEM_SLOTS",     0,  0, get_max_mem_slots },
	{ VU_ADD_MEM_REG,           "ADD_MEM_REG",           40, 1, add_mem_region },
	{ VU_REM_MEM_REG,           "REM_MEM_REG",           40, 1, remove_mem_region },
	{ VU_GET_SHMEM_CONFIG,      "GET_SHMEM_CONFIG",      0,  0, get_shmem_config },
};
/* clang-format on */

static const struct vu_row *find_row(uint32_t request)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].request == request)
			return &rows[i];
	}
	return NULL;
}

static int run_row(struct server *s, struct vu_msg *m, size_t *reply_len)
{
	const struct vu_row *row = find_row(m->hdr.request);
	int err;

	if (!row) {
		diag__err("vhost-user: unknown request %u", m->hdr.request);
		return -ENOSYS;
	}
	if (m->hdr.size < row->min_size || m->fd_cnt > row->max_fds) {
		diag__err("vhost-user: %s of %u bytes with %zu descriptors, malformed", row->name,
			  m->hdr.size, m->fd_cnt);
		return -EPROTO;
	}
	err = row->run(s, m, reply_len);
	if (err)
		diag__err("vhost-user: %s: %s", row->name, strerror(-err));
	return err;
}

/*
 * Answer, if an answer is due. A failure that the front end asked to be told of is its affair; one
 * that it did not leaves us in a state it knows nothing of, and ends the connection.
 */
static int handle(struct server *s, struct vu_msg *m)
{
	bool wants_ack = (m->hdr.flags & VU_FLAG_NEED_REPLY) &&
			 (s->protocol_features & BIT(VU_PF_REPLY_ACK));
	size_t reply_len = 0;
	int err = run_row(s, m, &reply_len);

	if (err == -EPROTO)
		return err;
	if (!err && reply_len)
		return vu_msg__reply(s->sock, m, reply_len);
	if (!wants_ack)
		return err;
	m->body.u64 = err ? 1 : 0;
	return vu_msg__reply(s->sock, m, sizeof(m->body.u64));
}

/* 1 when there is a message, 0 when it is time to go. */
static int wait_for_message(struct server *s)
{
	struct pollfd p[] = {
		{ .fd = s->sock, .events = POLLIN },
		{ .fd = s->b->quit_fd, .events = POLLIN },
	};

	while (poll(p, 2, -1) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return p[1].revents ? 0 : 1;
}

static int serve(struct server *s)
{
	struct vu_msg m;
	int ret;

	for (;;) {
		ret = wait_for_message(s);
		if (ret <= 0)
			return ret;
		ret = vu_msg__recv(s->sock, &m);
		if (ret <= 0)
			return ret;
		ret = handle(s, &m);
		vu_msg__drop_fds(&m);
		if (ret)
			return ret;
	}
}

int vu_server__run(struct backend *b, int fd)
{
	struct server s = { .b = b, .sock = fd };
	int ret;

	for (unsigned int i = 0; i <= BACKEND_MAX_QUEUES; i++)
		s.kick_fds[i] = -1;
	s.poller = poller__new(b);
	if (!s.poller) {
		ret = -errno;
		diag__err("queues: %s", strerror(-ret));
		close(fd);
		return ret;
	}
	ret = serve(&s);
	/* Whoever waits for an answer of the front end must not wait on. */
	channel__shut(b->channel);
	poller__free(s.poller);
	for (unsigned int i = 0; i < b->queue_cnt; i++)
		virtq__stop(b->queues[i]);
	close(fd);
	return ret;
}
