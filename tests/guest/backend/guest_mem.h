/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_GUEST_MEM_H
#define BACKEND_GUEST_MEM_H

#include <stddef.h>
#include <stdint.h>

struct guest_mem;
struct vu_mem_region;

/* Most regions the front end may announce; told to it by GET_MAX_MEM_SLOTS. */
#define GUEST_MEM_MAX_REGIONS 1024

struct guest_mem *guest_mem__new(void);
void guest_mem__free(struct guest_mem *mem);

/*
 * Map @region from @fd, which stays the caller's. -EINVAL for a region that is empty, wraps,
 * overlaps another or is larger than what is behind @fd; -ENOSPC when the table is full.
 */
int guest_mem__add(struct guest_mem *mem, const struct vu_mem_region *region, int fd);

/* -ENOENT when no region has the same addresses and size. */
int guest_mem__remove(struct guest_mem *mem, const struct vu_mem_region *region);

/* Forget all regions and take @cnt new ones; after an error the table is empty. */
int guest_mem__replace(struct guest_mem *mem, const struct vu_mem_region *regions, const int *fds,
		       size_t cnt);

/*
 * Regions come and go while queues run, so whoever holds a pointer into guest memory, or calls one
 * of the three below, must hold the lock. It is not recursive, and nothing that can wait for
 * the front end may run under it: the front end itself may be waiting for a region to be taken.
 */
void guest_mem__lock(struct guest_mem *mem);
void guest_mem__unlock(struct guest_mem *mem);

/* NULL unless @len bytes at front-end address @hva lie in one region. */
void *guest_mem__at_hva(struct guest_mem *mem, uint64_t hva, size_t len);

/* Copy from or to guest physical memory, across regions where they adjoin; -EFAULT outside. */
int guest_mem__read(struct guest_mem *mem, uint64_t gpa, void *buf, size_t len);
int guest_mem__write(struct guest_mem *mem, uint64_t gpa, const void *buf, size_t len);

#endif
