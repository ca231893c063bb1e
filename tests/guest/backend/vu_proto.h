/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vhost-user messages this backend speaks, as they lie on the wire: little endian, packed.
 * Numbers are those of the published protocol, except SHMEM's feature bit, which is 22 in QEMU
 * 11.1 where the drafts said 20.
 */
#ifndef BACKEND_VU_PROTO_H
#define BACKEND_VU_PROTO_H

#include <stdint.h>

#define VU_FEATURE_PROTOCOL 30

enum vu_protocol_feature {
	VU_PF_MQ = 0,
	VU_PF_REPLY_ACK = 3,
	VU_PF_BACKEND_REQ = 5,
	VU_PF_CONFIG = 9,
	VU_PF_BACKEND_SEND_FD = 10,
	VU_PF_CONFIGURE_MEM_SLOTS = 15,
	VU_PF_SHMEM = 22,
};

enum vu_request {
	VU_GET_FEATURES = 1,
	VU_SET_FEATURES = 2,
	VU_SET_OWNER = 3,
	VU_RESET_OWNER = 4,
	VU_SET_MEM_TABLE = 5,
	VU_SET_VRING_NUM = 8,
	VU_SET_VRING_ADDR = 9,
	VU_SET_VRING_BASE = 10,
	VU_GET_VRING_BASE = 11,
	VU_SET_VRING_KICK = 12,
	VU_SET_VRING_CALL = 13,
	VU_SET_VRING_ERR = 14,
	VU_GET_PROTOCOL_FEATURES = 15,
	VU_SET_PROTOCOL_FEATURES = 16,
	VU_GET_QUEUE_NUM = 17,
	VU_SET_VRING_ENABLE = 18,
	VU_SET_BACKEND_REQ_FD = 21,
	VU_GET_CONFIG = 24,
	VU_SET_CONFIG = 25,
	VU_GET_MAX_MEM_SLOTS = 36,
	VU_ADD_MEM_REG = 37,
	VU_REM_MEM_REG = 38,
	VU_GET_SHMEM_CONFIG = 44,
};

enum vu_backend_request {
	VU_BACKEND_SHMEM_MAP = 9,
	VU_BACKEND_SHMEM_UNMAP = 10,
};

#define VU_FLAG_VERSION_MASK 0x3u
#define VU_FLAG_VERSION	     0x1u
#define VU_FLAG_REPLY	     0x4u
#define VU_FLAG_NEED_REPLY   0x8u

#define VU_VRING_INDEX_MASK 0xffu
#define VU_VRING_NO_FD	    0x100u

#define VU_MAX_TABLE_REGIONS 8
#define VU_MAX_FDS	     VU_MAX_TABLE_REGIONS
#define VU_MAX_CONFIG	     256
#define VU_MAX_SHMEM	     256

#define VU_SHMEM_WRITABLE 1ULL

struct vu_header {
	uint32_t request;
	uint32_t flags;
	uint32_t size;
} __attribute__((packed));

struct vu_vring_state {
	uint32_t index;
	uint32_t num;
} __attribute__((packed));

struct vu_vring_addr {
	uint32_t index;
	uint32_t flags;
	uint64_t desc;
	uint64_t used;
	uint64_t avail;
	uint64_t log;
} __attribute__((packed));

struct vu_mem_region {
	uint64_t gpa;
	uint64_t size;
	uint64_t hva; /* address in the front end, which names ring addresses that way */
	uint64_t mmap_offset;
} __attribute__((packed));

struct vu_mem_table {
	uint32_t region_cnt;
	uint32_t padding;
	struct vu_mem_region regions[VU_MAX_TABLE_REGIONS];
} __attribute__((packed));

struct vu_mem_one {
	uint64_t padding;
	struct vu_mem_region region;
} __attribute__((packed));

struct vu_config {
	uint32_t offset;
	uint32_t size;
	uint32_t flags;
	uint8_t data[VU_MAX_CONFIG];
} __attribute__((packed));

struct vu_shmem_config {
	uint32_t region_cnt;
	uint32_t padding;
	uint64_t sizes[VU_MAX_SHMEM];
} __attribute__((packed));

struct vu_shmem_map {
	uint8_t shmid;
	uint8_t padding[7];
	uint64_t fd_offset;
	uint64_t shm_offset;
	uint64_t len;
	uint64_t flags;
} __attribute__((packed));

union vu_payload {
	uint64_t u64;
	struct vu_vring_state state;
	struct vu_vring_addr addr;
	struct vu_mem_table table;
	struct vu_mem_one one;
	struct vu_config config;
	struct vu_shmem_config shmem;
	struct vu_shmem_map map;
};

_Static_assert(sizeof(struct vu_header) == 12, "vhost-user header");
_Static_assert(sizeof(struct vu_mem_one) == 40, "vhost-user single region");
_Static_assert(sizeof(struct vu_shmem_map) == 40, "vhost-user map request");
_Static_assert(sizeof(struct vu_shmem_config) == 2056, "vhost-user shmem config");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the wire is little endian");

#endif
