/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_VIRTQ_H
#define BACKEND_VIRTQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct guest_mem;
struct virtq;
struct vu_vring_addr;

/* More than the largest FUSE_WRITE that INIT allows, and what one chain may carry to us. */
#define VIRTQ_MAX_REQUEST ((1u << 20) + (64u << 10))

struct virtq_seg {
	uint64_t gpa;
	uint32_t len;
};

/*
 * One chain taken off a queue. What the guest sent is copied out at once; where the answer goes is
 * kept as guest addresses and looked up again when it is written, since memory may have moved.
 */
struct virtq_elem {
	uint64_t epoch;
	uint16_t head;
	int err; /* -EIO: the guest named memory it does not have */
	uint8_t *in;
	size_t in_len;
	size_t in_cap;
	struct virtq_seg *segs;
	size_t seg_cnt;
	size_t seg_cap;
	size_t out_room;
};

struct virtq *virtq__new(unsigned int index, struct guest_mem *mem);
void virtq__free(struct virtq *vq);

/* Settings from the front end; -EINVAL for a size that is no power of two up to 32768. */
int virtq__set_num(struct virtq *vq, uint32_t num);
void virtq__set_addr(struct virtq *vq, const struct vu_vring_addr *addr);
void virtq__set_base(struct virtq *vq, uint16_t base);
/* The queue owns the descriptors from here; -1 takes one away. */
void virtq__set_kick(struct virtq *vq, int fd);
void virtq__set_call(struct virtq *vq, int fd);
void virtq__set_err(struct virtq *vq, int fd);
void virtq__set_enabled(struct virtq *vq, bool is_enabled);
/* Stop serving and tell the next index. Answers still on their way are dropped. */
uint16_t virtq__stop(struct virtq *vq);

/* Empty the kick's counter, so that the next kick is seen. */
void virtq__ack_kick(struct virtq *vq);
unsigned int virtq__index(const struct virtq *vq);

/*
 * Take one chain. Returns 1 with @elem filled, 0 when there is none (or the queue does not run),
 * -EPROTO when the ring is broken: the queue has then been stopped and the reason told.
 */
int virtq__pop(struct virtq *vq, struct virtq_elem *elem);

/* Write the answer's bytes; -EFAULT, or -ENOSPC when the guest left too little room. */
int virtq__fill(struct virtq *vq, const struct virtq_elem *elem, const struct iovec *iov,
		int iov_cnt);

/* Hand the chain back with @len bytes written, and interrupt the guest if it wants that. */
void virtq__publish(struct virtq *vq, const struct virtq_elem *elem, size_t len);

void virtq_elem__release(struct virtq_elem *elem);

#endif
