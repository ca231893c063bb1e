/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps of a virtiofs-daxtop that runs, by their names.
 */
#ifndef BENCH_MAPS_H
#define BENCH_MAPS_H

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

/* The descriptor of the map of that name, the newest one; -ENOENT. */
static inline int map_by_name(const char *name)
{
	int found = -ENOENT;
	__u32 id = 0;

	while (!bpf_map_get_next_id(id, &id)) {
		struct bpf_map_info info = {};
		__u32 bytes = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &bytes) || strcmp(info.name, name)) {
			close(fd);
			continue;
		}
		if (found >= 0)
			close(found);
		found = fd;
	}
	return found;
}

#endif
