// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests inside an operation, split in the host's part, from queueing to the device's interrupt
 * (virtio_fs_vq_done), and the guest's, from there to running again: interrupt, completion worker
 * (virtio_fs_requests_done_work) and wake-up.
 *
 * An interrupt may serve several requests, and one queued meanwhile may be answered by a batch
 * whose interrupt came before it: its host part then ends where the worker took it up.
 */
#include "span.bpf.h"

/* __fuse_simple_request since 6.10, fuse_simple_request before: see the probe table. */
HOOK_BEGIN(__fuse_simple_request, request_begin)
{
	struct task_slot *slot = slot_find();
	struct frame *frame = slot ? frame_top(slot) : NULL;

	/* At DETAIL_STALLS an implied operation may have ended, unseen, before this request. */
	if (frame && !(detail == DETAIL_STALLS && frame->flags & FRAME_IMPLIED)) {
		slot->request_depth++;
		slot->req = 0;
	}
	return 0;
}

/* FUSE_* of include/uapi/linux/fuse.h; 0: not known here. */
static __always_inline __u32 request_opcode(const struct fuse_req *req)
{
	return has_fuse_types() ? LOAD1(req, in.h.opcode) : 0;
}

#define FUSE_READ_OPCODE  15
#define FUSE_WRITE_OPCODE 16

/* Which operation of its own a request of the innermost frame's inode is; OP_NR: none. */
static __always_inline __u32 around_op(const struct frame *frame, const struct fuse_req *req)
{
	__u32 opcode = request_opcode(req);
	__u64 inode = frame->inode;
	struct fuse_write_in *write;
	struct super_block *sb;

	if (opcode != FUSE_READ_OPCODE && opcode != FUSE_WRITE_OPCODE)
		return OP_NR;
	sb = BPF_CORE_READ((struct inode *)inode, i_sb);
	if (LOAD1(req, in.h.nodeid) != inode_nodeid(inode) || !is_request_of(req, sb_conn(sb)))
		return OP_NR; /* of a file without DAX that the data comes from, say */
	if (opcode == FUSE_READ_OPCODE)
		return OP_AROUND_READ;
	write = (struct fuse_write_in *)BPF_CORE_READ(req, args, in_args[0].value);
	if (BPF_CORE_READ(write, offset) + BPF_CORE_READ(write, size) > inode_size_bytes(inode))
		return OP_AROUND_EXTEND;
	return OP_AROUND_WRITE;
}

/*
 * Bytes of a file that go round its window: fuse_dax_direct_write() (fs/fuse/dax.c, 5.10 to 7.3).
 */
static __noinline int around_begin(struct task_slot *slot, const struct fuse_req *req, __u64 now)
{
	struct frame *frame = slot ? frame_top(slot) : NULL;
	__u32 op = frame && has_fuse_types() ? around_op(frame, req) : OP_NR;
	__u32 retries;

	if (op == OP_NR)
		return 0;
	retries = !!(frame->flags & FRAME_AROUND);
	if (op != OP_AROUND_READ)
		frame->flags |= FRAME_AROUND;
	frame = op_begin_keyed(op, frame->inode, *frame_key(frame));
	if (!frame)
		return 0;
	frame->start_ns = now;
	frame->retries = retries; /* of one write(), all requests but the first */
	return 0;
}

/* What came of it; the request itself is gone where its operation ends. */
static __always_inline void around_answer(struct pending *request, const struct fuse_req *req)
{
	struct fuse_write_out *write;
	__s32 err;

	if (!has_fuse_types())
		return;
	err = BPF_CORE_READ(req, out.h.error);
	request->err = err < 0 ? -err : 0;
	if (request_opcode(req) != FUSE_WRITE_OPCODE) {
		request->bytes = BPF_CORE_READ(req, out.h.len) - sizeof(struct fuse_out_header);
		return;
	}
	write = (struct fuse_write_out *)BPF_CORE_READ(req, args, out_args[0].value);
	request->bytes = BPF_CORE_READ(write, size);
}

static __always_inline void around_end(struct task_slot *slot, __u64 now,
				       const struct pending *request)
{
	struct frame *frame = frame_top(slot);
	__u32 err = request ? request->err : 0;

	if (!frame || !(1U << (frame->op & 31) & OPS_AROUND))
		return;
	frame->units = request && !err ? request->bytes : 0;
	frame_end(slot, now, err ? OUTCOME_ERRNO : OUTCOME_DONE, err);
}

/* Is the current task the one that takes the answers of this queue? */
static __always_inline bool is_served_here(const struct virtio_fs_vq *fsvq)
{
	__u64 work = current_work();

	return work && has_virtio_fs_types() &&
	       work == address_of(fsvq) + bpf_core_field_offset(struct virtio_fs_vq, done_work);
}

/* The completion worker of the queue has sent this to itself: nobody will take the answer. */
static __noinline void self_request_tell(struct task_slot *slot)
{
	const struct frame *frame = frame_top(slot);
	struct event_self_request *event;
	struct closer *closer;
	__u64 inode;

	if (!frame)
		return;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		count(COUNTER_NAMES_LOST, 1);
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = EVENT_SELF_REQUEST;
	event->opcode = slot->opcode;
	event->ns = slot->inner_start_ns;
	event->key = frame->key;
	event->task = slot->task;
	__builtin_memcpy(event->comm, slot->comm, sizeof(event->comm));
	inode = frame->inode;
	closer = bpf_map_lookup_elem(&closers, &inode);
	if (closer && is_same_inode(&closer->key, &event->key)) {
		event->closer = closer->task;
		__builtin_memcpy(event->closer_comm, closer->comm, sizeof(event->closer_comm));
	}
	bpf_ringbuf_submit(event, 0);
}

/* A full queue makes a worker enqueue the request again; the first time counts. */
HOOK_BEGIN(virtio_fs_enqueue_req, request_queue, struct virtio_fs_vq *fsvq, struct fuse_req *req)
{
	struct task_slot *slot = slot_find();
	struct vq_state fresh = {};
	struct pending request = { .fsvq = (__u64)fsvq };
	__u64 addr = (__u64)req;

	if (!slot || !slot->request_depth || slot->req)
		return 0;
	request.queued_ns = bpf_ktime_get_ns();
	if (has_virtio_fs_types()) {
		request.vq = (__u64)LOAD1(fsvq, vq);
		bpf_map_update_elem(&vqs, &request.vq, &fresh, BPF_NOEXIST);
	}
	if (bpf_map_update_elem(&requests, &addr, &request, BPF_ANY))
		count(COUNTER_REQUESTS_FULL, 1); /* all of it will be the host's part */
	slot->req = addr;
	slot->opcode = request_opcode(req);
	if (detail == DETAIL_FULL)
		around_begin(slot, req, request.queued_ns);
	inner_begin(slot, WAIT_REQUEST_HOST, request.queued_ns);
	if (is_served_here(fsvq))
		self_request_tell(slot);
	return 0;
}

/* In interrupt context: the current task is any task. */
HOOK_BEGIN(virtio_fs_vq_done, vq_interrupt, struct virtqueue *vq)
{
	__u64 addr = (__u64)vq;
	struct vq_state *state = bpf_map_lookup_elem(&vqs, &addr), fresh = {};

	if (!has_virtio_fs_types()) {
		fresh.batch_ns = bpf_ktime_get_ns(); /* which it then belongs to is not known */
		bpf_map_update_elem(&vqs, &addr, &fresh, BPF_ANY);
	} else if (state && !state->irq_ns) {
		state->irq_ns = bpf_ktime_get_ns();
	}
	return 0;
}

HOOK_BEGIN(virtio_fs_requests_done_work, vq_batch, struct work_struct *work)
{
	struct virtio_fs_vq *fsvq;
	struct vq_state *state;
	__u64 addr;

	if (!has_virtio_fs_types())
		return 0;
	fsvq = (void *)work - bpf_core_field_offset(struct virtio_fs_vq, done_work);
	addr = (__u64)BPF_CORE_READ(fsvq, vq);
	state = bpf_map_lookup_elem(&vqs, &addr);
	if (state) {
		state->batch_ns = state->irq_ns;
		state->irq_ns = 0;
	}
	return 0;
}

#define FSVQ_WORDS 16 /* of a struct virtio_fs_vq, among the first of which is its virtqueue */

/* Where that structure is not known: the one of its words that is a virtqueue seen interrupting. */
static __noinline __u64 vq_search(__u64 fsvq)
{
	__u64 word;

	for (__u32 i = 0; i < FSVQ_WORDS; i++) {
		if (bpf_probe_read_kernel(&word, sizeof(word), (void *)(fsvq + i * 8)))
			break;
		if (bpf_map_lookup_elem(&vqs, &word))
			return word;
	}
	return 0;
}

HOOK_BEGIN(fuse_request_end, request_answer, struct fuse_req *req)
{
	__u64 addr = (__u64)req;
	struct pending *request = bpf_map_lookup_elem(&requests, &addr);
	struct vq_state *state;
	__u64 vq;

	if (!request || request->answered_ns)
		return 0;
	vq = has_virtio_fs_types() ? request->vq : vq_search(request->fsvq);
	state = bpf_map_lookup_elem(&vqs, &vq);
	if (state && state->batch_ns > request->queued_ns)
		request->answered_ns = state->batch_ns;
	else
		request->answered_ns = bpf_ktime_get_ns();
	if (detail == DETAIL_FULL)
		around_answer(request, req);
	return 0;
}

HOOK_END_VOID(__fuse_simple_request, request_end)
{
	struct task_slot *slot = slot_find();
	struct pending *request;
	__u64 addr, now, total_ns, host_ns;

	if (!slot || !slot->request_depth)
		return 0;
	slot->request_depth--;
	addr = slot->req;
	slot->req = 0;
	if (!addr)
		return 0;
	now = bpf_ktime_get_ns();
	total_ns = inner_end(slot, now);
	host_ns = total_ns;
	request = bpf_map_lookup_elem(&requests, &addr);
	if (request && request->answered_ns)
		host_ns = request->answered_ns - request->queued_ns;
	if (host_ns > total_ns)
		host_ns = total_ns;
	wait_add(slot, WAIT_REQUEST_HOST, slot->inner_start_ns, host_ns);
	wait_add(slot, WAIT_REQUEST_GUEST, slot->inner_start_ns + host_ns, total_ns - host_ns);
	if (detail == DETAIL_FULL)
		around_end(slot, now, request);
	bpf_map_delete_elem(&requests, &addr);
	return 0;
}

char LICENSE[] SEC("license") __weak = "GPL";
