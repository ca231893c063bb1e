// SPDX-License-Identifier: GPL-2.0-only
/*
 * last-close: a file that was mapped is unlinked while it is open, and then closed. Some kernels
 * drop the last reference of such an inode in virtio-fs' completion worker, which then asks the
 * host to remove its ranges and waits for the answer that it alone could take: the mount is gone
 * for good.
 */
#include "workload.h"

#include <errno.h>
#include <unistd.h>

static int last_close(struct ctx *c)
{
	uint64_t size = opt_u64(c, "size");
	struct dfile f;
	struct summary s;
	char *map;

	file_open(c, &f, "", size);
	map = map_file(f.fd, 0, size, MAP_PTE);
	for (uint64_t off = 0; off < size; off += RANGE_BYTES)
		touch_read(map + off);
	unmap_file(map, size);
	summary_begin(&s, c, NULL, &f);
	summary_end(&s, c); /* before it hangs, if it does */
	fflush(stdout);
	if (unlink(f.path))
		die(errno, "unlink %s", f.path);
	set_comm("dl-close");
	close(f.fd);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "4M", "of the file", NULL },
	{ 0 },
};

const struct workload wl_last_close = {
	.name = "last-close",
	.run = last_close,
	.help = "an unlinked file that was mapped is closed: hangs some kernels' mounts",
	.opts = opts,
};
