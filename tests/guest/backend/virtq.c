// SPDX-License-Identifier: GPL-2.0-only
/*
 * A split virtqueue, seen from the device. Everything in it is written by the guest, which may be
 * wrong or hostile: ring positions and chains that cannot be trusted stop the queue, addresses
 * that do not exist only spoil the one request.
 */
#include "virtq.h"

#include <errno.h>
#include <linux/virtio_ring.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "guest_mem.h"
#include "vu_proto.h"

/* No request of ours needs more: 256 pages of payload and a few headers. */
#define MAX_CHAIN 1024

struct virtq {
	pthread_mutex_t lock;
	struct guest_mem *mem;
	unsigned int index;
	uint64_t epoch; /* counts stops: an answer from before one has nowhere to go */
	uint32_t num;
	uint64_t desc_hva;
	uint64_t avail_hva;
	uint64_t used_hva;
	uint16_t next_avail;
	int kick_fd;
	int call_fd;
	int err_fd;
	bool is_enabled;
	bool is_started;
	bool is_broken;
};

struct ring {
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
};

struct virtq *virtq__new(unsigned int index, struct guest_mem *mem)
{
	struct virtq *vq = calloc(1, sizeof(*vq));

	if (!vq)
		return NULL;
	pthread_mutex_init(&vq->lock, NULL);
	vq->index = index;
	vq->mem = mem;
	vq->kick_fd = vq->call_fd = vq->err_fd = -1;
	return vq;
}

static void swap_fd(int *slot, int fd)
{
	if (*slot >= 0)
		close(*slot);
	*slot = fd;
}

void virtq__free(struct virtq *vq)
{
	if (!vq)
		return;
	swap_fd(&vq->kick_fd, -1);
	swap_fd(&vq->call_fd, -1);
	swap_fd(&vq->err_fd, -1);
	pthread_mutex_destroy(&vq->lock);
	free(vq);
}

int virtq__set_num(struct virtq *vq, uint32_t num)
{
	if (!num || num > 32768 || (num & (num - 1)))
		return -EINVAL;
	pthread_mutex_lock(&vq->lock);
	vq->num = num;
	pthread_mutex_unlock(&vq->lock);
	return 0;
}

void virtq__set_addr(struct virtq *vq, const struct vu_vring_addr *addr)
{
	pthread_mutex_lock(&vq->lock);
	vq->desc_hva = addr->desc;
	vq->avail_hva = addr->avail;
	vq->used_hva = addr->used;
	pthread_mutex_unlock(&vq->lock);
}

void virtq__set_base(struct virtq *vq, uint16_t base)
{
	pthread_mutex_lock(&vq->lock);
	vq->next_avail = base;
	pthread_mutex_unlock(&vq->lock);
}

void virtq__set_kick(struct virtq *vq, int fd)
{
	pthread_mutex_lock(&vq->lock);
	swap_fd(&vq->kick_fd, fd);
	vq->is_started = fd >= 0;
	vq->is_broken = false;
	pthread_mutex_unlock(&vq->lock);
}

void virtq__set_call(struct virtq *vq, int fd)
{
	pthread_mutex_lock(&vq->lock);
	swap_fd(&vq->call_fd, fd);
	pthread_mutex_unlock(&vq->lock);
}

void virtq__set_err(struct virtq *vq, int fd)
{
	pthread_mutex_lock(&vq->lock);
	swap_fd(&vq->err_fd, fd);
	pthread_mutex_unlock(&vq->lock);
}

void virtq__set_enabled(struct virtq *vq, bool is_enabled)
{
	pthread_mutex_lock(&vq->lock);
	vq->is_enabled = is_enabled;
	pthread_mutex_unlock(&vq->lock);
}

uint16_t virtq__stop(struct virtq *vq)
{
	uint16_t base;

	pthread_mutex_lock(&vq->lock);
	base = vq->next_avail;
	vq->epoch++;
	vq->is_started = false;
	swap_fd(&vq->kick_fd, -1);
	swap_fd(&vq->call_fd, -1);
	pthread_mutex_unlock(&vq->lock);
	return base;
}

void virtq__ack_kick(struct virtq *vq)
{
	uint64_t cnt;

	/*
	 * Under the lock: the descriptor's number may be another file's by the time it was polled.
	 */
	pthread_mutex_lock(&vq->lock);
	if (vq->kick_fd >= 0 && read(vq->kick_fd, &cnt, sizeof(cnt)) < 0)
		cnt = 0;
	pthread_mutex_unlock(&vq->lock);
}

unsigned int virtq__index(const struct virtq *vq)
{
	return vq->index;
}

static void signal_fd(int fd)
{
	const uint64_t one = 1;

	/* The eventfd is the front end's: if it is full or gone there is nobody to tell. */
	if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
		return;
}

static int broken(struct virtq *vq, const char *why)
{
	diag__err("queue %u: %s; queue stopped", vq->index, why);
	vq->is_broken = true;
	signal_fd(vq->err_fd);
	return -EPROTO;
}

static bool is_aligned(const void *p, uintptr_t align)
{
	return p && !((uintptr_t)p & (align - 1));
}

/* Looked up for each use: the region a ring lies in may have been replaced meanwhile. */
static int find_ring(struct virtq *vq, struct ring *ring)
{
	size_t n = vq->num;

	if (!n)
		return -EINVAL;
	ring->desc = guest_mem__at_hva(vq->mem, vq->desc_hva, n * sizeof(struct vring_desc));
	ring->avail = guest_mem__at_hva(vq->mem, vq->avail_hva, 4 + 2 * n);
	ring->used = guest_mem__at_hva(vq->mem, vq->used_hva, 4 + 8 * n);
	if (!is_aligned(ring->desc, 16) || !is_aligned(ring->avail, 2) ||
	    !is_aligned(ring->used, 4))
		return -EINVAL;
	return 0;
}

static int add_readable(struct virtq *vq, struct virtq_elem *e, const struct vring_desc *d)
{
	size_t need = e->in_len + d->len;

	if (need > VIRTQ_MAX_REQUEST)
		return broken(vq, "request longer than any this device takes");
	if (need > e->in_cap) {
		size_t cap = need < 4096 ? 4096 : need * 2;
		uint8_t *in = realloc(e->in, cap);

		if (!in)
			return broken(vq, "no memory for a request");
		e->in = in;
		e->in_cap = cap;
	}
	if (guest_mem__read(vq->mem, d->addr, e->in + e->in_len, d->len)) {
		diag__err("queue %u: descriptor at guest address 0x%llx, length %u is outside"
			  " guest memory; request answered with EIO",
			  vq->index, (unsigned long long)d->addr, d->len);
		memset(e->in + e->in_len, 0, d->len);
		e->err = -EIO;
	}
	e->in_len = need;
	return 0;
}

static int add_writable(struct virtq *vq, struct virtq_elem *e, const struct vring_desc *d)
{
	if (e->seg_cnt == e->seg_cap) {
		size_t cap = e->seg_cap ? e->seg_cap * 2 : 4;
		struct virtq_seg *segs = realloc(e->segs, cap * sizeof(*segs));

		if (!segs)
			return broken(vq, "no memory for a request");
		e->segs = segs;
		e->seg_cap = cap;
	}
	e->segs[e->seg_cnt++] = (struct virtq_seg){ .gpa = d->addr, .len = d->len };
	e->out_room += d->len;
	return 0;
}

static int add_desc(struct virtq *vq, struct virtq_elem *e, const struct vring_desc *d)
{
	if (d->flags & VRING_DESC_F_WRITE)
		return add_writable(vq, e, d);
	if (e->seg_cnt)
		return broken(vq, "readable descriptor after a writable one");
	return add_readable(vq, e, d);
}

static int walk_indirect(struct virtq *vq, struct virtq_elem *e, const struct vring_desc *table)
{
	uint32_t cnt = table->len / sizeof(struct vring_desc);
	uint32_t pos = 0;

	if (!cnt || table->len % sizeof(struct vring_desc) || cnt > MAX_CHAIN)
		return broken(vq, "indirect table with a bad length");
	for (uint32_t seen = 0; seen < cnt; seen++) {
		struct vring_desc d;
		int err;

		if (guest_mem__read(vq->mem, table->addr + pos * sizeof(d), &d, sizeof(d)))
			return broken(vq, "indirect table outside guest memory");
		if (d.flags & VRING_DESC_F_INDIRECT)
			return broken(vq, "indirect table inside an indirect table");
		err = add_desc(vq, e, &d);
		if (err || !(d.flags & VRING_DESC_F_NEXT))
			return err;
		pos = d.next;
		if (pos >= cnt)
			return broken(vq, "descriptor index past the indirect table");
	}
	return broken(vq, "descriptor loop in an indirect table");
}

static int walk_chain(struct virtq *vq, const struct ring *ring, struct virtq_elem *e)
{
	uint32_t pos = e->head;

	for (uint32_t seen = 0; seen < vq->num && seen < MAX_CHAIN; seen++) {
		struct vring_desc d;
		int err;

		if (pos >= vq->num)
			return broken(vq, "descriptor index past the queue");
		/* Copied before it is looked at: the guest may change it under us. */
		memcpy(&d, &ring->desc[pos], sizeof(d));
		if (d.flags & VRING_DESC_F_INDIRECT) {
			if (d.flags & VRING_DESC_F_NEXT)
				return broken(vq, "indirect descriptor that has a next one");
			return walk_indirect(vq, e, &d);
		}
		err = add_desc(vq, e, &d);
		if (err || !(d.flags & VRING_DESC_F_NEXT))
			return err;
		pos = d.next;
	}
	return broken(vq, "descriptor loop");
}

static int pop_locked(struct virtq *vq, struct virtq_elem *elem)
{
	uint16_t avail_idx, waiting;
	struct ring ring;
	int err;

	if (find_ring(vq, &ring))
		return broken(vq, "ring outside guest memory or not aligned");
	avail_idx = __atomic_load_n(&ring.avail->idx, __ATOMIC_ACQUIRE);
	waiting = (uint16_t)(avail_idx - vq->next_avail);
	if (!waiting)
		return 0;
	if (waiting > vq->num)
		return broken(vq, "available index runs ahead of the queue");
	elem->head = __atomic_load_n(&ring.avail->ring[vq->next_avail % vq->num], __ATOMIC_RELAXED);
	elem->epoch = vq->epoch;
	err = walk_chain(vq, &ring, elem);
	if (err)
		return err;
	vq->next_avail++;
	return 1;
}

int virtq__pop(struct virtq *vq, struct virtq_elem *elem)
{
	int ret = 0;

	memset(elem, 0, sizeof(*elem));
	pthread_mutex_lock(&vq->lock);
	if (vq->is_started && vq->is_enabled && !vq->is_broken) {
		guest_mem__lock(vq->mem);
		ret = pop_locked(vq, elem);
		guest_mem__unlock(vq->mem);
	}
	pthread_mutex_unlock(&vq->lock);
	if (ret <= 0)
		virtq_elem__release(elem);
	return ret;
}

struct cursor {
	const struct virtq_elem *elem;
	size_t seg;
	uint32_t off;
};

static int put_answer(struct guest_mem *mem, struct cursor *at, const uint8_t *src, size_t len)
{
	while (len) {
		const struct virtq_seg *seg;
		size_t part;

		if (at->seg == at->elem->seg_cnt)
			return -ENOSPC;
		seg = &at->elem->segs[at->seg];
		part = seg->len - at->off;
		if (part > len)
			part = len;
		if (guest_mem__write(mem, seg->gpa + at->off, src, part))
			return -EFAULT;
		src += part;
		len -= part;
		at->off += (uint32_t)part;
		if (at->off == seg->len) {
			at->seg++;
			at->off = 0;
		}
	}
	return 0;
}

static bool can_answer(const struct virtq *vq, const struct virtq_elem *elem)
{
	return vq->is_started && !vq->is_broken && vq->epoch == elem->epoch;
}

int virtq__fill(struct virtq *vq, const struct virtq_elem *elem, const struct iovec *iov,
		int iov_cnt)
{
	struct cursor at = { .elem = elem };
	int err = 0;

	pthread_mutex_lock(&vq->lock);
	guest_mem__lock(vq->mem);
	for (int i = 0; i < iov_cnt && !err && can_answer(vq, elem); i++)
		err = put_answer(vq->mem, &at, iov[i].iov_base, iov[i].iov_len);
	guest_mem__unlock(vq->mem);
	pthread_mutex_unlock(&vq->lock);
	return err;
}

static void publish_locked(struct virtq *vq, const struct virtq_elem *elem, size_t len)
{
	struct vring_used_elem *slot;
	struct ring ring;
	uint16_t idx;

	if (find_ring(vq, &ring)) {
		broken(vq, "ring outside guest memory or not aligned");
		return;
	}
	idx = __atomic_load_n(&ring.used->idx, __ATOMIC_RELAXED);
	slot = &ring.used->ring[idx % vq->num];
	slot->id = elem->head;
	slot->len = (uint32_t)len;
	__atomic_store_n(&ring.used->idx, (uint16_t)(idx + 1), __ATOMIC_SEQ_CST);
	/* Only now may the guest's wish be read: it sets it before it looks at the index. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!(__atomic_load_n(&ring.avail->flags, __ATOMIC_RELAXED) & VRING_AVAIL_F_NO_INTERRUPT))
		signal_fd(vq->call_fd);
}

void virtq__publish(struct virtq *vq, const struct virtq_elem *elem, size_t len)
{
	pthread_mutex_lock(&vq->lock);
	if (can_answer(vq, elem)) {
		guest_mem__lock(vq->mem);
		publish_locked(vq, elem, len);
		guest_mem__unlock(vq->mem);
	}
	pthread_mutex_unlock(&vq->lock);
}

void virtq_elem__release(struct virtq_elem *elem)
{
	free(elem->in);
	free(elem->segs);
	memset(elem, 0, sizeof(*elem));
}
