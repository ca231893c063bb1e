// SPDX-License-Identifier: GPL-2.0-only
/*
 * The map of guest memory, kept by the front end's messages. The surprise: every DAX range mapped
 * into the window is guest memory too, so the front end adds and removes regions with each mapping
 * while queues are being served. Readers therefore copy under a lock and keep no pointers.
 */
#define _GNU_SOURCE 1
#include "guest_mem.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vu_proto.h"

struct region {
	uint64_t gpa;
	uint64_t hva;
	uint64_t size;
	uint8_t *host; /* where @gpa is in this process */
	void *map_base;
	size_t map_len;
};

struct guest_mem {
	pthread_rwlock_t lock;
	struct region regions[GUEST_MEM_MAX_REGIONS];
	size_t region_cnt;
};

struct guest_mem *guest_mem__new(void)
{
	struct guest_mem *mem = calloc(1, sizeof(*mem));
	pthread_rwlockattr_t attr;

	if (!mem)
		return NULL;
	/* Queues read all the time; the front end waits for its region, and must not starve. */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&mem->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	return mem;
}

static void unmap_all(struct guest_mem *mem)
{
	for (size_t i = 0; i < mem->region_cnt; i++)
		munmap(mem->regions[i].map_base, mem->regions[i].map_len);
	mem->region_cnt = 0;
}

void guest_mem__free(struct guest_mem *mem)
{
	if (!mem)
		return;
	unmap_all(mem);
	pthread_rwlock_destroy(&mem->lock);
	free(mem);
}

static int check_region(const struct vu_mem_region *r, int fd)
{
	struct stat st;
	uint64_t end;

	if (!r->size || __builtin_add_overflow(r->gpa, r->size, &end) ||
	    __builtin_add_overflow(r->hva, r->size, &end) ||
	    __builtin_add_overflow(r->mmap_offset, r->size, &end))
		return -EINVAL;
	if (fstat(fd, &st))
		return -errno;
	/* Memory past the end of the file would be a SIGBUS at the first touch. */
	if (st.st_size < 0 || end > (uint64_t)st.st_size)
		return -EINVAL;
	return 0;
}

static int map_region(const struct vu_mem_region *r, int fd, struct region *out)
{
	uint64_t page_mask = (uint64_t)sysconf(_SC_PAGESIZE) - 1;
	uint64_t lead = r->mmap_offset & page_mask;
	size_t len = r->size + lead;
	void *base;
	int err = check_region(r, fd);

	if (err)
		return err;
	base = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd,
		    (off_t)(r->mmap_offset - lead));
	if (base == MAP_FAILED)
		return -errno;
	/* A page under RAM need not be in a core dump. */
	madvise(base, len, MADV_DONTDUMP);
	*out = (struct region){
		.gpa = r->gpa,
		.hva = r->hva,
		.size = r->size,
		.host = (uint8_t *)base + lead,
		.map_base = base,
		.map_len = len,
	};
	return 0;
}

static int overlaps(const struct guest_mem *mem, const struct region *r)
{
	for (size_t i = 0; i < mem->region_cnt; i++) {
		const struct region *o = &mem->regions[i];

		if (r->gpa < o->gpa + o->size && o->gpa < r->gpa + r->size)
			return 1;
	}
	return 0;
}

int guest_mem__add(struct guest_mem *mem, const struct vu_mem_region *region, int fd)
{
	struct region fresh;
	int err = map_region(region, fd, &fresh);

	if (err)
		return err;
	pthread_rwlock_wrlock(&mem->lock);
	if (mem->region_cnt == GUEST_MEM_MAX_REGIONS)
		err = -ENOSPC;
	else if (overlaps(mem, &fresh))
		err = -EINVAL;
	else
		mem->regions[mem->region_cnt++] = fresh;
	pthread_rwlock_unlock(&mem->lock);
	if (err)
		munmap(fresh.map_base, fresh.map_len);
	return err;
}

int guest_mem__remove(struct guest_mem *mem, const struct vu_mem_region *region)
{
	struct region gone = { 0 };

	pthread_rwlock_wrlock(&mem->lock);
	for (size_t i = 0; i < mem->region_cnt; i++) {
		struct region *r = &mem->regions[i];

		if (r->gpa != region->gpa || r->hva != region->hva || r->size != region->size)
			continue;
		gone = *r;
		*r = mem->regions[--mem->region_cnt];
		break;
	}
	pthread_rwlock_unlock(&mem->lock);
	if (!gone.map_base)
		return -ENOENT;
	munmap(gone.map_base, gone.map_len);
	return 0;
}

int guest_mem__replace(struct guest_mem *mem, const struct vu_mem_region *regions, const int *fds,
		       size_t cnt)
{
	int err = 0;

	pthread_rwlock_wrlock(&mem->lock);
	unmap_all(mem);
	for (size_t i = 0; i < cnt && !err; i++) {
		struct region *slot = &mem->regions[mem->region_cnt];

		err = map_region(&regions[i], fds[i], slot);
		if (err)
			break;
		if (overlaps(mem, slot))
			err = -EINVAL;
		mem->region_cnt++;
	}
	if (err)
		unmap_all(mem);
	pthread_rwlock_unlock(&mem->lock);
	return err;
}

void guest_mem__lock(struct guest_mem *mem)
{
	pthread_rwlock_rdlock(&mem->lock);
}

void guest_mem__unlock(struct guest_mem *mem)
{
	pthread_rwlock_unlock(&mem->lock);
}

void *guest_mem__at_hva(struct guest_mem *mem, uint64_t hva, size_t len)
{
	for (size_t i = 0; i < mem->region_cnt; i++) {
		struct region *r = &mem->regions[i];
		uint64_t off = hva - r->hva;

		if (hva >= r->hva && off < r->size && len <= r->size - off)
			return r->host + off;
	}
	return NULL;
}

/* The longest stretch at @gpa that is one piece here, at most *@len, which it shortens. */
static uint8_t *stretch(struct guest_mem *mem, uint64_t gpa, size_t *len)
{
	for (size_t i = 0; i < mem->region_cnt; i++) {
		struct region *r = &mem->regions[i];
		uint64_t off = gpa - r->gpa;

		if (gpa < r->gpa || off >= r->size)
			continue;
		if (*len > r->size - off)
			*len = r->size - off;
		return r->host + off;
	}
	return NULL;
}

int guest_mem__read(struct guest_mem *mem, uint64_t gpa, void *buf, size_t len)
{
	uint8_t *dst = buf;

	while (len) {
		size_t part = len;
		const uint8_t *src = stretch(mem, gpa, &part);

		if (!src)
			return -EFAULT;
		memcpy(dst, src, part);
		dst += part;
		gpa += part;
		len -= part;
	}
	return 0;
}

int guest_mem__write(struct guest_mem *mem, uint64_t gpa, const void *buf, size_t len)
{
	const uint8_t *src = buf;

	while (len) {
		size_t part = len;
		uint8_t *dst = stretch(mem, gpa, &part);

		if (!dst)
			return -EFAULT;
		memcpy(dst, src, part);
		src += part;
		gpa += part;
		len -= part;
	}
	return 0;
}
