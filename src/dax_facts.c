// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Sources, from Linux 5.10 on:
 * - statx(): STATX_ATTR_DAX is S_DAX of the inode, which fuse_dax_inode_init() sets.
 * - /sys/bus/virtio/devices, device 26; /sys/fs/virtiofs/N/{tag,device} since 6.9 ("virtiofs:
 *   export filesystem tags through sysfs").
 * - /proc/iomem: virtio_fs_setup_dax() claims the window under the device's own name, so the name
 *   alone, which everybody may read, tells that there is a window and that the kernel uses it.
 *   Addresses, and with them the size, are root's.
 * - The size of a PCI device's regions, which everybody may read: one of them holds the window.
 * - /proc/kallsyms, by names, which everybody may read; else the kernel's configuration.
 * - /dev/kmsg, where it may be read, for what no file tells: fuse_dax_check_alignment().
 */
#include "dax_facts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "conn_look.h"
#include "dax_verdict.h"
#include "deadline.h"
#include "model.h"
#include "own_proc.h"

#define VIRTIO_DEVICES	 "/sys/bus/virtio/devices"
#define VIRTIOFS_OBJECTS "/sys/fs/virtiofs"
#define VIRTIO_ID_FS	 26
#define OTHERS_MAX	 256 /* files beside the one asked for that are looked at */
#define OTHERS_MS	 2000
#define MACHINE_MS	 20000 /* no mount is asked, but where / is one */
/* Since 5.17, with "fuse: mark inode DONT_CACHE when per inode DAX hint changes". */
#define PER_FILE_FUNCTION "fuse_dax_dontcache"
#define KMSG_BYTES	  8192 /* more than a record of /dev/kmsg has */
#define LINE_BYTES	  512

/* The first line of @dir/@name/@file without its end; false where there is none. */
static bool read_line(const char *dir, const char *name, const char *file, char *line, size_t bytes)
{
	char path[PATH_MAX];
	FILE *f;
	bool is_read;

	snprintf(path, sizeof(path), "%s/%s/%s", dir, name, file);
	f = fopen(path, "re");
	is_read = f && fgets(line, bytes, f);
	if (f)
		fclose(f);
	if (is_read)
		line[strcspn(line, "\n")] = 0;
	return is_read;
}

/* Calls @fn with each name in @dir; 0 or -errno. */
static int each_name(const char *dir, void (*fn)(struct dax_machine *m, const char *name),
		     struct dax_machine *m)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!d)
		return -errno;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			fn(m, entry->d_name);
	closedir(d);
	return 0;
}

static struct dax_device *find_device(struct dax_machine *m, const char *name)
{
	for (unsigned int i = 0; i < m->devices_cnt && i < DAX_DEVICES_MAX; i++)
		if (!strcmp(m->devices[i].name, name))
			return &m->devices[i];
	return NULL;
}

/* ---- devices ---- */

/* /sys/bus/pci/devices/N/resource: a line "start end flags" for each region. */
static __u64 largest_region(const char *name)
{
	char path[PATH_MAX];
	unsigned long long start, end;
	__u64 most = 0;
	FILE *f;

	snprintf(path, sizeof(path), VIRTIO_DEVICES "/%s/../resource", name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fscanf(f, "%llx %llx %*x", &start, &end) == 2)
		if (end > start && end - start + 1 > most)
			most = end - start + 1;
	fclose(f);
	return most;
}

static void add_device(struct dax_machine *m, const char *name)
{
	struct dax_device *device = &m->devices[m->devices_cnt];
	char id[16];

	if (!read_line(VIRTIO_DEVICES, name, "device", id, sizeof(id)) ||
	    strtoul(id, NULL, 16) != VIRTIO_ID_FS || m->devices_cnt++ >= DAX_DEVICES_MAX)
		return;
	snprintf(device->name, sizeof(device->name), "%.15s", name);
	device->room_bytes = largest_region(name);
}

static void add_tag(struct dax_machine *m, const char *name)
{
	char tag[sizeof(m->devices[0].tag)], path[PATH_MAX], target[PATH_MAX];
	struct dax_device *device;
	ssize_t len;

	snprintf(path, sizeof(path), VIRTIOFS_OBJECTS "/%s/device", name);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0 || !read_line(VIRTIOFS_OBJECTS, name, "tag", tag, sizeof(tag)))
		return;
	target[len] = 0;
	device = find_device(m, basename(target));
	if (device)
		memcpy(device->tag, tag, sizeof(device->tag));
}

/* "    fc000000-fdffffff : virtio0"; both are 0 for others than root. */
static void take_region(struct dax_machine *m, const char *line)
{
	unsigned long long start, end;
	struct dax_device *device;
	char name[16];

	if (sscanf(line, " %llx-%llx : %15[^\n]", &start, &end, name) != 3)
		return;
	device = find_device(m, name);
	if (!device)
		return;
	device->has_window = TRI_YES;
	m->has_kernel_dax = TRI_YES;
	if (end > start)
		device->window_bytes = end - start + 1;
}

/*
 * A device that the driver has and that claims no window has none, where the kernel looks for one.
 */
static void settle_windows(struct dax_machine *m)
{
	for (unsigned int i = 0; i < m->devices_cnt && i < DAX_DEVICES_MAX; i++) {
		struct dax_device *device = &m->devices[i];
		char path[PATH_MAX];

		snprintf(path, sizeof(path), VIRTIO_DEVICES "/%s/driver", device->name);
		if (!device->has_window && m->has_kernel_dax == TRI_YES && !access(path, F_OK))
			device->has_window = TRI_NO;
	}
}

static void read_windows(struct dax_machine *m)
{
	FILE *f = fopen("/proc/iomem", "re");
	char line[LINE_BYTES];

	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		take_region(m, line);
	fclose(f);
	settle_windows(m);
}

/* What the zone of device memory spans, where one window is all there is in it. */
static __u64 device_zone_bytes(void)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	unsigned long long pages, sum = 0;
	bool is_device = false;
	char line[LINE_BYTES], zone[16];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Node %*d, zone %15s", zone) == 1)
			is_device = !strcmp(zone, "Device");
		else if (is_device && sscanf(line, " spanned %llu", &pages) == 1)
			sum += pages;
	}
	if (f)
		fclose(f);
	return sum * sysconf(_SC_PAGESIZE);
}

/*
 * Without addresses: a single window is at most what the zone of device memory spans, and is as
 * large when that is all of its PCI region. Without PCI (virtio-mmio) there is but the zone to go
 * by.
 */
static void size_single_window(struct dax_machine *m)
{
	struct dax_device *only = NULL;
	__u64 zone_bytes;

	for (unsigned int i = 0; i < m->devices_cnt && i < DAX_DEVICES_MAX; i++) {
		if (m->devices[i].has_window != TRI_YES)
			continue;
		if (only)
			return;
		only = &m->devices[i];
	}
	if (!only || only->window_bytes)
		return;
	zone_bytes = device_zone_bytes();
	if (!only->room_bytes)
		only->room_bytes = zone_bytes;
	else if (zone_bytes == only->room_bytes)
		only->window_bytes = zone_bytes;
}

/* ---- the kernel ---- */

/* By the names of functions: fs/fuse/dax.c is there or not, and since when. */
static void read_symbols(struct dax_machine *m)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	bool has_virtiofs = false, has_dax = false, has_per_file = false;
	char line[LINE_BYTES], name[64];

	while (f && !has_per_file && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*x %*c %63s", name) != 1)
			continue;
		has_virtiofs |= !strncmp(name, "virtio_fs_", 10);
		has_dax |= !strncmp(name, "fuse_dax_", 9);
		has_per_file = !strncmp(name, PER_FILE_FUNCTION, strlen(PER_FILE_FUNCTION));
	}
	if (f)
		fclose(f);
	if (!has_virtiofs && !has_dax)
		return; /* no symbols, or the modules are not loaded */
	m->has_kernel_dax = has_dax ? TRI_YES : TRI_NO;
	m->has_per_file = has_per_file ? TRI_YES : TRI_NO;
}

/* False when @path is no kernel's configuration. */
static bool read_config(struct dax_machine *m, const char *path)
{
	gzFile f = gzopen(path, "re");
	bool is_config = false, has_dax = false;
	char line[LINE_BYTES];

	while (f && gzgets(f, line, sizeof(line))) {
		is_config |= !strncmp(line, "CONFIG_FUSE_FS=", 15);
		has_dax |= !strcmp(line, "CONFIG_FUSE_DAX=y\n");
	}
	if (f)
		gzclose(f);
	if (is_config)
		m->has_kernel_dax = has_dax ? TRI_YES : TRI_NO;
	return is_config;
}

static void read_configs(struct dax_machine *m)
{
	static const char *const places[] = { "/proc/config.gz", "/boot/config-%s",
					      "/lib/modules/%s/config" };
	struct utsname host;
	char path[PATH_MAX];

	uname(&host);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), places[i], host.release);
		if (read_config(m, path))
			return;
	}
}

/* fuse_dax_check_alignment(): "map_alignment 22 incompatible with dax mem range size 2097152". */
static void read_log(struct dax_machine *m)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[KMSG_BYTES];
	ssize_t len;

	if (fd < 0)
		return;
	/* EPIPE: records were overwritten meanwhile, the next ones are there. */
	while ((len = read(fd, record, sizeof(record) - 1)) > 0 || (len < 0 && errno == EPIPE)) {
		record[len > 0 ? len : 0] = 0;
		m->has_alignment_error |= strstr(record, "map_alignment") != NULL;
	}
	close(fd);
}

static int machine_read(const void *arg, void *result)
{
	struct dax_machine *m = result;

	*m = (struct dax_machine){};
	each_name(VIRTIO_DEVICES, add_device, m);
	each_name(VIRTIOFS_OBJECTS, add_tag, m);
	if (*(const bool *)arg && m->devices_cnt) {
		read_symbols(m);
		if (m->has_kernel_dax == TRI_UNKNOWN)
			read_configs(m);
	}
	read_log(m);
	read_windows(m);
	size_single_window(m);
	return 0;
}

/* Without tags there is nothing to go by but how many there are. */
static void mark_mounted(struct dax_machine *m, const struct mount_list *mounts)
{
	for (unsigned int i = 0; i < m->devices_cnt && i < DAX_DEVICES_MAX; i++) {
		struct dax_device *device = &m->devices[i];

		device->is_mounted = *device->tag ? mount_list__by_tag(mounts, device->tag) != NULL
						  : mounts->cnt >= m->devices_cnt;
	}
}

void dax_machine__read(struct dax_machine *machine, const struct mount_list *mounts,
		       bool wants_symbols)
{
	int err =
		deadline__run(machine_read, &wants_symbols, machine, sizeof(*machine), MACHINE_MS);

	if (err)
		*machine = (struct dax_machine){ .err = err };
	mark_mounted(machine, mounts);
}

/* ---- the path ---- */

static __u32 statx_dev(const struct statx *st)
{
	return s_dev_of(st->stx_dev_major, st->stx_dev_minor);
}

static int path_look(const void *arg, void *result)
{
	struct dax_path *path = result;
	struct statx st;

	if (statx(AT_FDCWD, arg, AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS | STATX_MNT_ID, &st))
		return -errno;
	path->is_dax = st.stx_attributes & STATX_ATTR_DAX;
	path->mode = st.stx_mode;
	path->size_bytes = st.stx_size;
	path->mount_id = st.stx_mnt_id;
	path->dev = statx_dev(&st);
	return 0;
}

/* @result: what reading came to, which is no error of ours. */
static int read_try(const void *arg, void *result)
{
	int fd = open(arg, O_RDONLY | O_NONBLOCK | O_CLOEXEC), *err = result;
	char byte;

	if (fd < 0)
		return 0; /* not ours to read: it was not tried */
	if (pread(fd, &byte, 1, 0) < 0)
		*err = -errno;
	close(fd);
	return 0;
}

struct others {
	char dir[PATH_MAX];
	__u32 dev; /* only of this file system */
};

/* Looks at the files of a directory until one has DAX. */
static int others_look(const void *arg, void *result)
{
	const struct others *others = arg;
	struct dax_path *path = result;
	DIR *d = opendir(others->dir);
	struct dirent *entry;
	struct statx st;

	if (!d)
		return -errno;
	while (!path->is_other_dax && path->others_cnt < OTHERS_MAX && (entry = readdir(d))) {
		if ((entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN) ||
		    statx(dirfd(d), entry->d_name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) ||
		    !S_ISREG(st.stx_mode) || statx_dev(&st) != others->dev)
			continue;
		path->others_cnt++;
		path->is_other_dax = st.stx_attributes & STATX_ATTR_DAX;
	}
	closedir(d);
	return 0;
}

static void look_at_others(struct dax_path *path, const char *name)
{
	struct others others = { .dev = path->dev };
	struct dax_path seen = {};

	snprintf(others.dir, sizeof(others.dir), "%s", name);
	if (!S_ISDIR(path->mode))
		dirname(others.dir);
	if (deadline__run(others_look, &others, &seen, sizeof(seen), OTHERS_MS))
		return;
	path->others_cnt = seen.others_cnt;
	path->is_other_dax = seen.is_other_dax;
}

/* The file system of the mount that the path was found on. */
static void find_fstype(struct dax_path *path)
{
	FILE *f = own_proc__open("mountinfo");
	char *line = NULL, *type;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		type = strstr(line, " - ");
		if (!type || strtoull(line, NULL, 10) != path->mount_id)
			continue;
		type += 3;
		snprintf(path->fstype, sizeof(path->fstype), "%.*s", (int)strcspn(type, " "), type);
	}
	free(line);
	if (f)
		fclose(f);
}

static bool is_by_file(const struct dax_facts *facts)
{
	return facts->mount &&
	       (!*facts->mount->dax_mode || !strcmp(facts->mount->dax_mode, "inode"));
}

static int conn_read(const void *arg, void *result)
{
	return conn_look(arg, result);
}

void dax_conn__read(struct dax_conn *conn, const char *path)
{
	struct conn_seen seen;

	*conn = (struct dax_conn){};
	if (deadline__run(conn_read, path, &seen, sizeof(seen), DAX_DEADLINE_MS))
		return;
	conn->has_window = seen.ranges_cnt ? TRI_YES : TRI_NO;
	conn->window_bytes = seen.ranges_cnt * RANGE_BYTES;
	if (seen.knows_flags)
		conn->has_flags = seen.has_flags ? TRI_YES : TRI_NO;
}

void dax_facts__read(struct dax_facts *facts, const char *path, const struct mount_list *mounts)
{
	struct dax_path *seen = &facts->path;

	*facts = (struct dax_facts){};
	seen->err = deadline__run(path_look, path, seen, sizeof(*seen), DAX_DEADLINE_MS);
	if (!seen->err) {
		find_fstype(seen);
		facts->mount = mount_list__by_dev(mounts, seen->dev);
	}
	if (seen->is_dax && S_ISREG(seen->mode) && seen->size_bytes) {
		int err = 0,
		    late = deadline__run(read_try, path, &err, sizeof(err), DAX_DEADLINE_MS);

		seen->read_err = late ?: err;
	} else if (!seen->is_dax && is_by_file(facts)) {
		look_at_others(seen, path);
	}
	dax_machine__read(&facts->machine, mounts,
			  !seen->is_dax && !(facts->mount && *facts->mount->dax_mode));
	if (facts->mount && ((!seen->is_dax && is_by_file(facts)) ||
			     !dax_verdict__device(&facts->machine, facts->mount)))
		dax_conn__read(&facts->conn, path);
}
