// SPDX-License-Identifier: GPL-2.0-only
/*
 * The backend's own test. It plays QEMU and the guest kernel at once, in one process: a socketpair
 * for vhost-user, a memfd for guest memory, queues written by hand. Run it under the sanitizers:
 * half of it is input that no QEMU would send.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fuse.h>

#include "backend.h"
#include "clock.h"
#include "diag.h"
#include "guest_mem.h"
#include "vu_proto.h"
#include "vu_server.h"

#define RAM_SIZE     (16u << 20)
#define RAM_GPA	     0x100000ULL
#define RAM_HVA	     0x7000000000ULL
#define WINDOW	     (8ULL << 20)
#define RANGE	     (2ULL << 20)
#define QUEUE_NUM    16u
#define QUEUE_CNT    3u
#define QUEUE_STRIDE 0x4000u
#define DATA_OFF     0x20000u
#define SLOT_SIZE    0x40000u /* of data, for each queue entry in use */
#define ANSWER_MS    5000

static unsigned int passed, failed;

static void check(bool is_good, const char *what)
{
	if (is_good) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED: %s\n", what);
}

/* --- the front end --- */

struct front {
	struct backend_opts opts;
	struct backend *b;
	int sock;
	int channel; /* our end of the backend channel */
	int ram_fd;
	uint8_t *ram;
	int kick[QUEUE_CNT];
	int call[QUEUE_CNT];
	uint16_t avail[QUEUE_CNT];
	uint16_t used[QUEUE_CNT];
	uint64_t unique;
	pthread_t server;
	pthread_t qemu;
	int server_fd;
	int result;
	FILE *diag;
	char *diag_text;
	size_t diag_len;
	char log_path[64];
	/* what came on the backend channel */
	pthread_mutex_t lock;
	unsigned int map_cnt;
	unsigned int unmap_cnt;
	struct vu_shmem_map last_map;
	struct vu_shmem_map last_unmap;
	char mapped_byte; /* the first of the last mapping */
	bool refuses;
};

static void *serve(void *arg)
{
	struct front *f = arg;

	f->result = vu_server__run(f->b, f->server_fd);
	return NULL;
}

static bool send_raw(int sock, const void *buf, size_t len, const int *fds, size_t fd_cnt)
{
	struct iovec iov = { .iov_base = (void *)buf, .iov_len = len };
	char ctl[CMSG_SPACE(sizeof(int) * 16)] = { 0 };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd_cnt) {
		struct cmsghdr *c;

		mh.msg_control = ctl;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * fd_cnt);
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * fd_cnt);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_cnt);
	}
	return sendmsg(sock, &mh, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool recv_all(int sock, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		struct pollfd p = { .fd = sock, .events = POLLIN };
		ssize_t got;

		if (poll(&p, 1, ANSWER_MS) <= 0)
			return false;
		got = recv(sock, (char *)buf + done, len - done, 0);
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

static bool send_msg(struct front *f, uint32_t request, uint32_t flags, const void *body,
		     uint32_t size, int fd)
{
	struct {
		struct vu_header hdr;
		uint8_t body[sizeof(union vu_payload)];
	} __attribute__((packed)) m = {
		.hdr = { .request = request, .flags = VU_FLAG_VERSION | flags, .size = size },
	};

	if (size)
		memcpy(m.body, body, size);
	return send_raw(f->sock, &m, sizeof(m.hdr) + size, &fd, fd >= 0 ? 1 : 0);
}

/* Ask and take the answer's body; false when none came or its size is another. */
static bool ask(struct front *f, uint32_t request, const void *body, uint32_t size, void *out,
		uint32_t out_size)
{
	struct vu_header h;

	return send_msg(f, request, 0, body, size, -1) && recv_all(f->sock, &h, sizeof(h)) &&
	       h.request == request && (h.flags & VU_FLAG_REPLY) && h.size == out_size &&
	       recv_all(f->sock, out, out_size);
}

/* Tell and wait for the acknowledgement; its value, or UINT64_MAX when none came. */
static uint64_t tell(struct front *f, uint32_t request, const void *body, uint32_t size, int fd)
{
	struct vu_header h;
	uint64_t ack;

	if (!send_msg(f, request, VU_FLAG_NEED_REPLY, body, size, fd) ||
	    !recv_all(f->sock, &h, sizeof(h)) || h.size != sizeof(ack) ||
	    !recv_all(f->sock, &ack, sizeof(ack)))
		return UINT64_MAX;
	return ack;
}

static void note_map(struct front *f, const struct vu_header *h, const struct vu_shmem_map *m,
		     int fd)
{
	pthread_mutex_lock(&f->lock);
	if (h->request == VU_BACKEND_SHMEM_MAP) {
		f->map_cnt++;
		f->last_map = *m;
		f->mapped_byte = 0;
		if (fd < 0 || pread(fd, &f->mapped_byte, 1, (off_t)m->fd_offset) < 0)
			f->refuses = true;
	} else {
		f->unmap_cnt++;
		f->last_unmap = *m;
	}
	pthread_mutex_unlock(&f->lock);
}

/* QEMU's side of the backend channel. */
static void *answer_channel(void *arg)
{
	struct front *f = arg;

	for (;;) {
		struct {
			struct vu_header hdr;
			struct vu_shmem_map map;
		} __attribute__((packed)) m;
		struct {
			struct vu_header hdr;
			uint64_t value;
		} __attribute__((packed)) ack;
		char ctl[CMSG_SPACE(sizeof(int))];
		struct iovec iov = { .iov_base = &m, .iov_len = sizeof(m) };
		struct msghdr mh = { .msg_iov = &iov,
				     .msg_iovlen = 1,
				     .msg_control = ctl,
				     .msg_controllen = sizeof(ctl) };
		struct cmsghdr *c;
		struct vu_shmem_map map;
		int fd = -1;

		if (recvmsg(f->channel, &mh, MSG_WAITALL) != (ssize_t)sizeof(m))
			return NULL;
		c = CMSG_FIRSTHDR(&mh);
		if (c)
			memcpy(&fd, CMSG_DATA(c), sizeof(fd));
		map = m.map;
		note_map(f, &m.hdr, &map, fd);
		if (fd >= 0)
			close(fd);
		ack.hdr = (struct vu_header){ .request = m.hdr.request,
					      .flags = VU_FLAG_VERSION | VU_FLAG_REPLY,
					      .size = sizeof(ack.value) };
		ack.value = f->refuses ? 1 : 0;
		if (!send_raw(f->channel, &ack, sizeof(ack), NULL, 0))
			return NULL;
	}
}

static struct vu_mem_one ram_region(void)
{
	return (struct vu_mem_one){
		.region = { .gpa = RAM_GPA, .size = RAM_SIZE, .hva = RAM_HVA },
	};
}

static void setup_queue(struct front *f, uint32_t q)
{
	const uint64_t base = RAM_HVA + q * QUEUE_STRIDE;
	const struct vu_vring_addr addr = {
		.index = q,
		.desc = base,
		.avail = base + 0x1000,
		.used = base + 0x2000,
	};
	struct vu_vring_state state = { .index = q, .num = QUEUE_NUM };
	uint64_t index = q;

	f->kick[q] = eventfd(0, EFD_CLOEXEC);
	f->call[q] = eventfd(0, EFD_CLOEXEC);
	check(tell(f, VU_SET_VRING_NUM, &state, sizeof(state), -1) == 0, "set vring num");
	check(tell(f, VU_SET_VRING_ADDR, &addr, sizeof(addr), -1) == 0, "set vring addr");
	state.num = 0;
	check(tell(f, VU_SET_VRING_BASE, &state, sizeof(state), -1) == 0, "set vring base");
	check(tell(f, VU_SET_VRING_CALL, &index, sizeof(index), f->call[q]) == 0, "set call");
	check(tell(f, VU_SET_VRING_KICK, &index, sizeof(index), f->kick[q]) == 0, "set kick");
	state.num = 1;
	check(tell(f, VU_SET_VRING_ENABLE, &state, sizeof(state), -1) == 0, "enable");
}

static void negotiate(struct front *f)
{
	uint64_t v = 0;

	check(ask(f, VU_GET_FEATURES, NULL, 0, &v, sizeof(v)) && v >> 32 & 1, "version 1");
	check(ask(f, VU_GET_PROTOCOL_FEATURES, NULL, 0, &v, sizeof(v)), "protocol features");
	check((v >> VU_PF_SHMEM & 1) && (v >> VU_PF_CONFIGURE_MEM_SLOTS & 1), "SHMEM, slots");
	check(send_msg(f, VU_SET_PROTOCOL_FEATURES, 0, &v, sizeof(v), -1), "take them");
	v = 1ULL << 32 | 1ULL << VU_FEATURE_PROTOCOL | 1ULL << VIRTIO_RING_F_INDIRECT_DESC;
	check(tell(f, VU_SET_FEATURES, &v, sizeof(v), -1) == 0, "set features");
	check(tell(f, VU_SET_OWNER, NULL, 0, -1) == 0, "set owner");
	check(ask(f, VU_GET_QUEUE_NUM, NULL, 0, &v, sizeof(v)) && v == QUEUE_CNT, "queue number");
	check(ask(f, VU_GET_MAX_MEM_SLOTS, NULL, 0, &v, sizeof(v)) && v >= 512, "memory slots");
}

static void start(struct front *f)
{
	int pair[2], chan[2];

	pthread_mutex_init(&f->lock, NULL);
	f->opts.tag = "test";
	f->opts.request_queues = QUEUE_CNT - 1;
	snprintf(f->log_path, sizeof(f->log_path), "/tmp/backend-selftest.%d", (int)getpid());
	f->opts.log_path = f->log_path;
	f->diag = open_memstream(&f->diag_text, &f->diag_len);
	diag__set_stream(f->diag);
	f->b = backend__new(&f->opts);
	f->ram_fd = memfd_create("ram", MFD_CLOEXEC);
	if (!f->b || f->ram_fd < 0 || ftruncate(f->ram_fd, RAM_SIZE) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, chan)) {
		printf("cannot set up: %s\n", strerror(errno));
		exit(1);
	}
	f->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, f->ram_fd, 0);
	f->sock = pair[0];
	f->server_fd = pair[1];
	f->channel = chan[0];
	pthread_create(&f->server, NULL, serve, f);
	pthread_create(&f->qemu, NULL, answer_channel, f);
	negotiate(f);
	check(tell(f, VU_SET_BACKEND_REQ_FD, NULL, 0, chan[1]) == 0, "backend channel");
	close(chan[1]);
}

static void start_rings(struct front *f)
{
	const struct vu_mem_one one = ram_region();

	check(tell(f, VU_ADD_MEM_REG, &one, sizeof(one), f->ram_fd) == 0, "add memory");
	for (uint32_t q = 0; q < QUEUE_CNT; q++)
		setup_queue(f, q);
}

/* Returns the server's verdict; what it said stays readable until the next start. */
static int stop(struct front *f)
{
	int ret;

	shutdown(f->sock, SHUT_RDWR);
	pthread_join(f->server, NULL);
	shutdown(f->channel, SHUT_RDWR);
	pthread_join(f->qemu, NULL);
	ret = f->result;
	backend__free(f->b);
	diag__set_stream(NULL);
	fclose(f->diag);
	munmap(f->ram, RAM_SIZE);
	close(f->ram_fd);
	close(f->sock);
	close(f->channel);
	for (uint32_t q = 0; q < QUEUE_CNT; q++) {
		if (f->kick[q])
			close(f->kick[q]);
		if (f->call[q])
			close(f->call[q]);
	}
	unlink(f->log_path);
	return ret;
}

static void discard(struct front *f)
{
	free(f->diag_text);
	memset(f, 0, sizeof(*f));
}

static bool said(struct front *f, const char *text)
{
	return f->diag_text && strstr(f->diag_text, text);
}

/* --- the guest's side of a queue --- */

static struct vring_desc *desc_of(struct front *f, uint32_t q)
{
	return (struct vring_desc *)(f->ram + q * QUEUE_STRIDE);
}

static struct vring_avail *avail_of(struct front *f, uint32_t q)
{
	return (struct vring_avail *)(f->ram + q * QUEUE_STRIDE + 0x1000);
}

static struct vring_used *used_of(struct front *f, uint32_t q)
{
	return (struct vring_used *)(f->ram + q * QUEUE_STRIDE + 0x2000);
}

static void offer(struct front *f, uint32_t q, uint16_t head)
{
	struct vring_avail *avail = avail_of(f, q);
	const uint64_t one = 1;

	avail->ring[f->avail[q] % QUEUE_NUM] = head;
	__atomic_store_n(&avail->idx, ++f->avail[q], __ATOMIC_SEQ_CST);
	if (write(f->kick[q], &one, sizeof(one)) < 0)
		check(false, "kick");
}

/* True when the queue gave something back within @ms. */
static bool await(struct front *f, uint32_t q, int ms)
{
	uint64_t end = clock_ns() + (uint64_t)ms * NSEC_PER_MSEC;

	while (__atomic_load_n(&used_of(f, q)->idx, __ATOMIC_ACQUIRE) == f->used[q]) {
		if (clock_ns() > end)
			return false;
		usleep(500);
	}
	f->used[q]++;
	return true;
}

static uint8_t *slot_of(struct front *f, uint32_t q, uint16_t head)
{
	return f->ram + DATA_OFF + (q * 4u + head / 4u) * SLOT_SIZE;
}

static uint64_t gpa_of(struct front *f, const void *p)
{
	return RAM_GPA + (uint64_t)((const uint8_t *)p - f->ram);
}

/*
 * Put a request on a queue, its header and arguments in two readable descriptors, room for the
 * answer in two writable ones. @head picks four descriptors and a slot of data.
 */
static void post(struct front *f, uint32_t q, uint16_t head, uint32_t opcode, uint64_t ino,
		 const void *arg, size_t arg_len, size_t room)
{
	struct vring_desc *d = desc_of(f, q) + head;
	uint8_t *slot = slot_of(f, q, head);
	struct fuse_in_header h = {
		.len = (uint32_t)(sizeof(h) + arg_len),
		.opcode = opcode,
		.unique = f->unique += 2,
		.nodeid = ino,
	};
	uint8_t *in = slot, *args = slot + 0x1000, *out = slot + 0x20000;
	uint32_t out_head = sizeof(struct fuse_out_header);

	memcpy(in, &h, sizeof(h));
	if (arg_len)
		memcpy(args, arg, arg_len);
	memset(out, 0xee, 64);
	d[0] = (struct vring_desc){ gpa_of(f, in), sizeof(h), VRING_DESC_F_NEXT,
				    (uint16_t)(head + 1) };
	d[1] = (struct vring_desc){ gpa_of(f, args), (uint32_t)arg_len, VRING_DESC_F_NEXT,
				    (uint16_t)(head + 2) };
	d[2] = (struct vring_desc){ gpa_of(f, out), out_head,
				    VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, (uint16_t)(head + 3) };
	d[3] = (struct vring_desc){ gpa_of(f, out + out_head), (uint32_t)room, VRING_DESC_F_WRITE,
				    0 };
	offer(f, q, head);
}

static const void *body_of(struct front *f, uint32_t q, uint16_t head)
{
	return slot_of(f, q, head) + 0x20000 + sizeof(struct fuse_out_header);
}

static int error_of(struct front *f, uint32_t q, uint16_t head)
{
	struct fuse_out_header h;

	memcpy(&h, slot_of(f, q, head) + 0x20000, sizeof(h));
	return h.error;
}

/* One request on queue 1, waited for; -ETIME when there was no answer. */
static int call(struct front *f, uint32_t opcode, uint64_t ino, const void *arg, size_t len,
		const void **body)
{
	post(f, 1, 0, opcode, ino, arg, len, 0x10000);
	if (!await(f, 1, ANSWER_MS))
		return -ETIME;
	if (body)
		*body = body_of(f, 1, 0);
	return error_of(f, 1, 0);
}

static int init(struct front *f)
{
	const struct fuse_init_in in = {
		.major = 7,
		.minor = 38,
		.flags = FUSE_MAP_ALIGNMENT | FUSE_INIT_EXT,
		.flags2 = FUSE_HAS_INODE_DAX >> 32,
	};
	const struct fuse_init_out *out = NULL;
	int err = call(f, FUSE_INIT, 0, &in, sizeof(in), (const void **)&out);

	check(!err && (out->flags & FUSE_MAP_ALIGNMENT) && out->map_alignment == 12, "INIT");
	check(!err && out->flags2 == FUSE_HAS_INODE_DAX >> 32, "INIT: dax by inode");
	return err;
}

static int command(struct front *f, const char *text)
{
	char arg[512] = { 0 };
	uint32_t size = (uint32_t)strlen(text);
	size_t name_len = sizeof("user.daxctl");

	memcpy(arg, &size, sizeof(size));
	memcpy(arg + 8, "user.daxctl", name_len);
	memcpy(arg + 8 + name_len, text, size);
	return call(f, FUSE_SETXATTR, FUSE_ROOT_ID, arg, 8 + name_len + size, NULL);
}

static int create(struct front *f, const char *name, uint64_t *ino, uint64_t *fh)
{
	char arg[300] = { 0 };
	const struct fuse_create_in in = { .flags = O_RDWR | O_CREAT | O_EXCL, .mode = 0100644 };
	const uint8_t *body = NULL;
	struct fuse_entry_out e;
	struct fuse_open_out o;
	int err;

	memcpy(arg, &in, sizeof(in));
	strcpy(arg + sizeof(in), name);
	err = call(f, FUSE_CREATE, FUSE_ROOT_ID, arg, sizeof(in) + strlen(name) + 1,
		   (const void **)&body);
	if (err)
		return err;
	memcpy(&e, body, sizeof(e));
	memcpy(&o, body + sizeof(e), sizeof(o));
	check(e.nodeid == e.attr.ino, "node id is inode number");
	*ino = e.nodeid;
	*fh = o.fh;
	return 0;
}

static int write_at(struct front *f, uint64_t ino, uint64_t fh, uint64_t off, const char *text)
{
	char arg[256] = { 0 };
	const struct fuse_write_in in = { .fh = fh, .offset = off, .size = (uint32_t)strlen(text) };

	memcpy(arg, &in, sizeof(in));
	memcpy(arg + sizeof(in), text, in.size);
	return call(f, FUSE_WRITE, ino, arg, sizeof(in) + in.size, NULL);
}

static bool reads(struct front *f, uint64_t ino, uint64_t fh, uint64_t off, const char *text)
{
	const struct fuse_read_in in = { .fh = fh, .offset = off, .size = (uint32_t)strlen(text) };
	const void *body = NULL;

	return !call(f, FUSE_READ, ino, &in, sizeof(in), &body) && !memcmp(body, text, in.size);
}

static int setsize(struct front *f, uint64_t ino, uint64_t size)
{
	const struct fuse_setattr_in in = { .valid = FATTR_SIZE, .size = size };

	return call(f, FUSE_SETATTR, ino, &in, sizeof(in), NULL);
}

static struct fuse_setupmapping_in setup_arg(uint64_t foffset, uint64_t moffset)
{
	return (struct fuse_setupmapping_in){
		.fh = UINT64_MAX,
		.foffset = foffset,
		.len = RANGE,
		.flags = FUSE_SETUPMAPPING_FLAG_READ,
		.moffset = moffset,
	};
}

static int setup(struct front *f, uint64_t ino, uint64_t foffset, uint64_t moffset)
{
	const struct fuse_setupmapping_in in = setup_arg(foffset, moffset);

	return call(f, FUSE_SETUPMAPPING, ino, &in, sizeof(in), NULL);
}

static int remove_range(struct front *f, uint64_t ino, uint64_t moffset, uint64_t len)
{
	struct {
		uint32_t cnt;
		struct fuse_removemapping_one one;
	} __attribute__((packed)) in = { 1, { moffset, len } };

	return call(f, FUSE_REMOVEMAPPING, ino, &in, sizeof(in), NULL);
}

static bool log_has(struct front *f, const char *text)
{
	char line[8192];
	FILE *log = fopen(f->log_path, "r");
	bool found = false;

	while (log && !found && fgets(line, sizeof(line), log))
		found = strstr(line, text);
	if (log)
		fclose(log);
	return found;
}

/* --- what is tested --- */

static void test_config(struct front *f)
{
	struct vu_config ask_for = { .size = 44 }, got;
	struct vu_shmem_config shmem;
	uint32_t queues = 0, len = 12 + 44;

	memset(&got, 0, sizeof(got));
	check(ask(f, VU_GET_CONFIG, &ask_for, len, &got, len), "read the configuration");
	memcpy(&queues, got.data + BACKEND_TAG_LEN, sizeof(queues));
	check(!strcmp((char *)got.data, "test") && queues == QUEUE_CNT - 1, "tag and queues");
	check(ask(f, VU_GET_SHMEM_CONFIG, NULL, 0, &shmem, sizeof(shmem)), "shmem config");
	check(shmem.region_cnt == 1 && shmem.sizes[0] == WINDOW, "one window");
}

static void test_files(struct front *f)
{
	uint64_t ino = 0, fh = 0, ino2 = 0, fh2 = 0;
	const struct fuse_release_in rel = { .fh = 9999 };

	check(!create(f, "a", &ino, &fh), "create");
	check(create(f, "a", &ino2, &fh2) == -EEXIST, "create over a file");
	check(create(f, "..", &ino2, &fh2) == -EINVAL, "a name that is none");
	check(create(f, "a/b", &ino2, &fh2) == -EINVAL, "a name with a slash");
	check(!write_at(f, ino, fh, 0, "hello world"), "write");
	check(reads(f, ino, fh, 6, "world"), "read");
	check(!setsize(f, ino, 5) && !setsize(f, ino, 11), "cut and grow");
	check(reads(f, ino, fh, 0, "hello\0\0\0"), "the cut part is gone");
	check(!write_at(f, ino, fh, 3 << 20, "far"), "write far behind");
	check(setsize(f, ino, UINT64_MAX) == -EFBIG, "a size beyond all");
	check(write_at(f, ino, fh, UINT64_MAX - 1, "x") == -EFBIG, "an offset beyond all");
	check(write_at(f, ino, 777, 0, "x") == -EBADF, "a handle that is none");
	check(call(f, FUSE_RELEASE, ino, &rel, sizeof(rel), NULL) == -EBADF, "and in release");
	check(call(f, FUSE_GETATTR, 4711, NULL, 0, NULL) == -ENOENT, "a node that is none");
	check(call(f, FUSE_UNLINK, FUSE_ROOT_ID, "a", 2, NULL) == 0, "unlink");
	check(reads(f, ino, fh, 3 << 20, "far"), "an unlinked file is there while open");
	check(call(f, FUSE_UNLINK, FUSE_ROOT_ID, "a", 2, NULL) == -ENOENT, "unlink again");
}

static void test_names(struct front *f)
{
	char mk[64] = { 0 }, mv[64] = { 0 };
	const struct fuse_mkdir_in dir = { .mode = 0755 };
	const struct fuse_entry_out *e = NULL;
	uint64_t d_ino;

	memcpy(mk, &dir, sizeof(dir));
	strcpy(mk + sizeof(dir), "d");
	check(!call(f, FUSE_MKDIR, 1, mk, sizeof(dir) + 2, (const void **)&e), "mkdir");
	d_ino = e->nodeid;
	check(e->attr.nlink == 2, "a directory has two links");
	strcpy(mk + sizeof(dir), "e");
	check(!call(f, FUSE_MKDIR, d_ino, mk, sizeof(dir) + 2, NULL), "mkdir inside");
	check(call(f, FUSE_RMDIR, 1, "d", 2, NULL) == -ENOTEMPTY, "rmdir of a full one");
	memcpy(mv, &d_ino, sizeof(d_ino));
	strcpy(mv + 8, "d");
	strcpy(mv + 10, "x");
	check(call(f, FUSE_RENAME, 1, mv, 12, NULL) == -EINVAL, "a directory into itself");
	check(call(f, FUSE_SYMLINK, 1, "l\0target", 9, (const void **)&e) == 0, "symlink");
	check(!call(f, FUSE_READLINK, e->nodeid, NULL, 0, (const void **)&e), "readlink");
	check(!memcmp(e, "target", 6), "its target");
	check(!call(f, FUSE_RMDIR, d_ino, "e", 2, NULL), "rmdir inside");
	check(!call(f, FUSE_RMDIR, 1, "d", 2, NULL), "rmdir");
	check(call(f, FUSE_LOOKUP, 1, "no-nul", 6, NULL) == -EINVAL, "a name without an end");
	check(call(f, FUSE_POLL, 1, NULL, 0, NULL) == -ENOSYS, "what is not known");
	check(call(f, 60000, 1, NULL, 0, NULL) == -ENOSYS, "what is not known at all");
	check(call(f, FUSE_WRITE, 1, NULL, 0, NULL) == -EINVAL, "arguments that are missing");
}

static void test_window(struct front *f)
{
	uint64_t ino = 0, fh = 0, ino2 = 0, fh2 = 0;

	check(!create(f, "w", &ino, &fh) && !create(f, "v", &ino2, &fh2), "files to map");
	check(!write_at(f, ino, fh, 0, "W") && !write_at(f, ino2, fh2, 0, "V"), "with a byte");
	check(!setup(f, ino, 0, RANGE) && f->map_cnt == 1, "setup sends one map");
	check(f->last_map.shm_offset == RANGE && f->last_map.len == RANGE, "where and how long");
	check(f->last_map.flags == VU_SHMEM_WRITABLE && f->mapped_byte == 'W', "writable, right");
	check(!setup(f, ino, 0, RANGE) && f->map_cnt == 1, "an upgrade sends nothing");
	check(log_has(f, "\"upgrade\":true,\"result\":0"), "and is in the log");
	check(!setup(f, ino2, 0, RANGE) && f->unmap_cnt == 1 && f->map_cnt == 2, "taking over");
	check(f->mapped_byte == 'V', "maps the other file");
	check(!setup(f, ino, 4 * RANGE, 0), "behind the end of the file");
	check(remove_range(f, ino2, RANGE, 4096) == -EINVAL, "a part of a mapping");
	check(!remove_range(f, ino2, RANGE, RANGE) && f->unmap_cnt == 2, "remove");
	check(f->last_unmap.shm_offset == RANGE && f->last_unmap.len == RANGE, "that range");
	check(!remove_range(f, ino2, RANGE, RANGE) && f->unmap_cnt == 2, "remove nothing");
	check(setup(f, ino, 1, RANGE) == -EINVAL, "an odd file offset");
	check(setup(f, ino, 0, WINDOW) == -EINVAL, "outside the window");
	check(setup(f, ino, 0, UINT64_MAX - 4095) == -EINVAL, "far outside the window");
	check(setup(f, ino, ~(RANGE - 1), 0) < 0, "an offset that wraps");
	check(setup(f, FUSE_ROOT_ID, 0, 0) == -EISDIR, "a directory");
	f->refuses = true;
	check(setup(f, ino, 0, 2 * RANGE) == -EIO, "refused by the front end");
	f->refuses = false;
	check(!setup(f, ino, 0, 2 * RANGE), "and taken the next time");
	check(!call(f, FUSE_DESTROY, 0, NULL, 0, NULL) && f->unmap_cnt == 4, "unmount clears");
}

static void test_remove_lies(struct front *f)
{
	const uint32_t many = 1u << 31;
	const struct fuse_batch_forget_in forget = { .count = UINT32_MAX };

	check(call(f, FUSE_REMOVEMAPPING, 2, &many, 4, NULL) == -EINVAL, "a count without ranges");
	check(call(f, FUSE_BATCH_FORGET, 0, &forget, sizeof(forget), NULL) == -EINVAL,
	      "the same in batch forget");
}

static void test_injection(struct front *f)
{
	const struct fuse_setupmapping_in in = setup_arg(0, 0);
	uint64_t ino = 0, fh = 0, before;

	check(!create(f, "i", &ino, &fh), "a file");
	check(command(f, "fail setup ENOMEM every 2") == 0, "command");
	check(!setup(f, ino, 0, 0) && setup(f, ino, 0, 0) == -ENOMEM, "every second fails");
	check(command(f, "clear") == 0 && !setup(f, ino, 0, 0), "clear");
	check(command(f, "delay setattr 200") == 0, "delay");
	before = clock_ns();
	check(!setsize(f, ino, 1) && clock_ns() - before >= 200 * NSEC_PER_MSEC, "it takes long");
	check(command(f, "clear") == 0 && command(f, "hang setup") == 0, "hang");
	post(f, 2, 0, FUSE_SETUPMAPPING, ino, &in, sizeof(in), 64);
	check(!await(f, 2, 100), "it hangs");
	post(f, 2, 4, FUSE_GETATTR, ino, NULL, 0, 256);
	check(await(f, 2, ANSWER_MS) && !error_of(f, 2, 4), "its queue goes on");
	check(command(f, "release") == 0 && await(f, 2, ANSWER_MS), "release");
	check(!error_of(f, 2, 0) && !setup(f, ino, 0, 0), "and hangs no more");
	check(command(f, "mark now \"it\" starts") == 0, "mark");
	check(log_has(f, "{\"op\":\"mark\",\"text\":\"now \\\"it\\\" starts\""), "is in the log");
}

static void test_bad_commands(struct front *f)
{
	static const char *const bad[] = {
		"",
		" ",
		"nonsense",
		"delay",
		"delay setup",
		"delay setup x",
		"delay setup -1",
		"delay setup 1 ino",
		"delay setup 1 x 2",
		"fail setup",
		"fail setup EWHAT",
		"fail setup 0",
		"fail setup EIO every 0",
		"hang moon",
		"release x",
		"dax 1 on",
		"dax 99999 on",
		"dax 2 maybe",
		"daxname on",
		"mark",
		"delay setup 99999999999999999999",
		"hang setup ino 1 ino 2 ino 3",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(command(f, bad[i]) == -EINVAL, bad[i]);
	check(log_has(f, "\"command\":\"nonsense\",\"error\":\"unknown command 'nonsense'\""),
	      "a bad command is in the log");
}

static void test_lost_memory(struct front *f)
{
	struct vring_desc *d = desc_of(f, 1);

	post(f, 1, 0, FUSE_GETATTR, 1, "x", 1, 256);
	check(await(f, 1, ANSWER_MS), "a request to spoil");
	d[1].addr = 0xdead0000;
	offer(f, 1, 0);
	check(await(f, 1, ANSWER_MS) && error_of(f, 1, 0) == -EIO, "arguments out of memory");
	post(f, 1, 0, FUSE_GETATTR, 1, NULL, 0, 256);
	d[3].addr = UINT64_MAX - 8;
	check(await(f, 1, ANSWER_MS), "an answer out of memory");
	check(!call(f, FUSE_GETATTR, 1, NULL, 0, NULL), "the queue lives");
	post(f, 1, 0, FUSE_GETATTR, 1, NULL, 0, 4);
	check(await(f, 1, ANSWER_MS) && error_of(f, 1, 0) == -ERANGE, "no room for the answer");
}

static void run_good(void)
{
	struct front f = { .opts = { .window_bytes = WINDOW } };

	start(&f);
	start_rings(&f);
	test_config(&f);
	check(!init(&f), "init");
	test_files(&f);
	test_names(&f);
	test_window(&f);
	test_remove_lies(&f);
	test_injection(&f);
	test_bad_commands(&f);
	test_lost_memory(&f);
	check(stop(&f) == 0, "the front end leaves: fine");
	check(said(&f, "outside guest memory"), "lost memory is told");
	discard(&f);
}

/* Rings that cannot be believed: the queue stops, the backend does not. */
static const struct bad_chain {
	const char *says;
	struct vring_desc d[3];
	uint16_t head;
	uint16_t skip; /* how far the index runs ahead */
} bad_chains[] = {
	{ "descriptor loop", { { RAM_GPA, 8, VRING_DESC_F_NEXT, 0 } }, 0, 0 },
	{ "index past the queue", { { RAM_GPA, 8, VRING_DESC_F_NEXT, 400 } }, 0, 0 },
	{ "index past the queue", { { 0 } }, 999, 0 },
	{ "runs ahead", { { RAM_GPA, 8, 0, 0 } }, 0, QUEUE_NUM + 1 },
	{ "readable descriptor after",
	  { { RAM_GPA, 8, VRING_DESC_F_WRITE | VRING_DESC_F_NEXT, 1 }, { RAM_GPA, 8, 0, 0 } },
	  0,
	  0 },
	{ "bad length", { { RAM_GPA, 17, VRING_DESC_F_INDIRECT, 0 } }, 0, 0 },
	{ "bad length", { { RAM_GPA, 0, VRING_DESC_F_INDIRECT, 0 } }, 0, 0 },
	{ "outside guest memory", { { 64, 16, VRING_DESC_F_INDIRECT, 0 } }, 0, 0 },
	{ "has a next one",
	  { { RAM_GPA, 16, VRING_DESC_F_INDIRECT | VRING_DESC_F_NEXT, 1 } },
	  0,
	  0 },
	{ "inside an indirect",
	  { { RAM_GPA + 2 * QUEUE_STRIDE + 16, 16, VRING_DESC_F_INDIRECT, 0 },
	    { RAM_GPA, 16, VRING_DESC_F_INDIRECT, 0 } },
	  0,
	  0 },
	{ "loop in an indirect",
	  { { RAM_GPA + 2 * QUEUE_STRIDE + 16, 16, VRING_DESC_F_INDIRECT, 0 },
	    { RAM_GPA, 16, VRING_DESC_F_NEXT, 0 } },
	  0,
	  0 },
	{ "past the indirect table",
	  { { RAM_GPA + 2 * QUEUE_STRIDE + 16, 16, VRING_DESC_F_INDIRECT, 0 },
	    { RAM_GPA, 16, VRING_DESC_F_NEXT, 7 } },
	  0,
	  0 },
	{ "longer than any", { { RAM_GPA, 0xffffffff, 0, 0 } }, 0, 0 },
};

static void run_bad_chain(const struct bad_chain *bad)
{
	struct front f = { .opts = { .window_bytes = WINDOW } };

	start(&f);
	start_rings(&f);
	check(!init(&f), "init");
	memcpy(desc_of(&f, 2), bad->d, sizeof(bad->d));
	f.avail[2] = (uint16_t)(f.avail[2] + bad->skip);
	offer(&f, 2, bad->head);
	check(!await(&f, 2, 60), "a bad chain is not answered");
	check(!call(&f, FUSE_GETATTR, 1, NULL, 0, NULL), "the other queues live");
	check(stop(&f) == 0, "and so does the backend");
	check(said(&f, bad->says) && said(&f, "queue stopped"), bad->says);
	discard(&f);
}

/* Messages after which the backend must give up. */
static const struct bad_msg {
	const char *says;
	struct vu_header hdr;
	size_t body_len;
	size_t fd_cnt;
} bad_msgs[] = {
	{ "has version", { VU_GET_FEATURES, 2, 0 }, 0, 0 },
	{ "marked as a reply", { VU_GET_FEATURES, 5, 0 }, 0, 0 },
	{ "longer than any", { VU_GET_FEATURES, 1, 0xffffffff }, 0, 0 },
	{ "longer than any", { VU_SET_FEATURES, 1, 4096 }, 0, 0 },
	{ "malformed", { VU_SET_FEATURES, 9, 4 }, 4, 0 },
	{ "malformed", { VU_SET_VRING_ADDR, 9, 8 }, 8, 0 },
	{ "malformed", { VU_GET_FEATURES, 9, 0 }, 0, 1 },
	{ "malformed", { VU_SET_VRING_KICK, 9, 8 }, 8, 2 },
	{ "more than", { VU_SET_MEM_TABLE, 9, 8 }, 8, 12 },
	{ "cut off", { VU_SET_FEATURES, 1, 8 }, 3, 0 },
	{ "unknown request", { 99, 1, 0 }, 0, 0 },
	{ "not offered", { VU_SET_FEATURES, 1, 8 }, 8, 0 },
	{ "there is no queue", { VU_SET_VRING_NUM, 1, 8 }, 8, 0 },
	{ "configuration read", { VU_GET_CONFIG, 1, 12 }, 12, 0 },
	{ "memory table of", { VU_SET_MEM_TABLE, 1, 8 }, 8, 0 },
	{ "memory region with", { VU_ADD_MEM_REG, 1, 40 }, 40, 0 },
	{ "backend channel with", { VU_SET_BACKEND_REQ_FD, 1, 0 }, 0, 0 },
	{ "REM_MEM_REG", { VU_REM_MEM_REG, 1, 40 }, 40, 0 },
};

static void run_bad_msg(const struct bad_msg *bad)
{
	struct front f = { .opts = { .window_bytes = WINDOW } };
	uint8_t raw[sizeof(struct vu_header) + 64];
	int fds[16];

	start(&f);
	memset(raw, 0x7f, sizeof(raw));
	memcpy(raw, &bad->hdr, sizeof(bad->hdr));
	for (size_t i = 0; i < bad->fd_cnt; i++)
		fds[i] = f.ram_fd;
	check(send_raw(f.sock, raw, sizeof(bad->hdr) + bad->body_len, fds, bad->fd_cnt), "send");
	shutdown(f.sock, SHUT_WR);
	check(stop(&f) < 0, bad->says);
	check(said(&f, bad->says), bad->says);
	discard(&f);
}

/* What the front end asked to be told of does not end the connection. */
static void run_refusals(void)
{
	struct front f = { .opts = { .window_bytes = WINDOW } };
	struct vu_mem_one one = ram_region();
	struct vu_vring_state state = { .index = 1, .num = 100 };

	start(&f);
	one.region.size = RAM_SIZE * 2ULL;
	check(tell(&f, VU_ADD_MEM_REG, &one, sizeof(one), f.ram_fd) == 1, "more than the file");
	one.region.size = 0;
	check(tell(&f, VU_ADD_MEM_REG, &one, sizeof(one), f.ram_fd) == 1, "an empty region");
	one.region.size = UINT64_MAX;
	check(tell(&f, VU_ADD_MEM_REG, &one, sizeof(one), f.ram_fd) == 1, "a region that wraps");
	one = ram_region();
	check(tell(&f, VU_REM_MEM_REG, &one, sizeof(one), -1) == 1, "a region that is none");
	check(tell(&f, VU_ADD_MEM_REG, &one, sizeof(one), f.ram_fd) == 0, "a good one");
	check(tell(&f, VU_ADD_MEM_REG, &one, sizeof(one), f.ram_fd) == 1, "the same again");
	check(tell(&f, VU_SET_VRING_NUM, &state, sizeof(state), -1) == 1, "a queue size of 100");
	check(tell(&f, 99, NULL, 0, -1) == 1, "an unknown request");
	check(stop(&f) == 0, "it goes on");
	discard(&f);
}

/* Memory replaced while queues run, and the rings gone with it. */
static void run_moving_memory(void)
{
	struct front f = { .opts = { .window_bytes = WINDOW } };
	struct vu_mem_one one = ram_region();

	start(&f);
	start_rings(&f);
	check(!init(&f), "init");
	check(tell(&f, VU_REM_MEM_REG, &one, sizeof(one), -1) == 0, "memory goes");
	offer(&f, 1, 0);
	check(!await(&f, 1, 60), "nothing is answered");
	check(tell(&f, VU_ADD_MEM_REG, &one, sizeof(one), f.ram_fd) == 0, "memory comes back");
	post(&f, 2, 0, FUSE_GETATTR, 1, NULL, 0, 256);
	check(await(&f, 2, ANSWER_MS), "another queue works");
	check(stop(&f) == 0, "it goes on");
	check(said(&f, "ring outside guest memory"), "and is told");
	discard(&f);
}

/* The front end leaves while a request hangs and the channel is silent. */
static void run_leaving(void)
{
	const struct fuse_setupmapping_in in = setup_arg(0, 0);
	struct front f = { .opts = { .window_bytes = WINDOW } };
	uint64_t ino = 0, fh = 0;

	start(&f);
	start_rings(&f);
	check(!init(&f) && !create(&f, "x", &ino, &fh), "a file");
	check(!command(&f, "hang getattr") && !command(&f, "delay setattr 100000"), "commands");
	post(&f, 2, 0, FUSE_GETATTR, ino, NULL, 0, 256);
	post(&f, 2, 4, FUSE_SETUPMAPPING, ino, &in, sizeof(in), 64);
	usleep(20000);
	check(stop(&f) == 0, "leaving with a request hung");
	discard(&f);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	run_good();
	run_refusals();
	run_moving_memory();
	run_leaving();
	for (size_t i = 0; i < sizeof(bad_chains) / sizeof(bad_chains[0]); i++)
		run_bad_chain(&bad_chains[i]);
	for (size_t i = 0; i < sizeof(bad_msgs) / sizeof(bad_msgs[0]); i++)
		run_bad_msg(&bad_msgs[i]);
	printf("%u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
