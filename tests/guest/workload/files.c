// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files, mappings and touches. What is surprising: how a file is made and removed matters here. It
 * is grown without a truncate, so that tracers see none that the workload did not mean, and it is
 * unlinked only after the server has answered its release (see release_barrier()).
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

/* Long enough for a completion worker on a slow emulated CPU. */
#define RELEASE_SETTLE_NS (50 * NSEC_PER_MSEC)

uint64_t page_bytes(void)
{
	static uint64_t bytes;

	if (!bytes)
		bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	return bytes;
}

const char *files_dir(const struct ctx *c)
{
	static char dir[PATH_MAX];
	const char *file = opt_str(c, "file"), *slash;

	if (opt_str(c, "dir"))
		return opt_str(c, "dir");
	if (!file)
		usage("one of --file and --dir is needed");
	slash = strrchr(file, '/');
	if (!slash)
		return ".";
	snprintf(dir, sizeof(dir), "%.*s", slash == file ? 1 : (int)(slash - file), file);
	return dir;
}

void file_path(const struct ctx *c, char *path, size_t len, const char *suffix)
{
	const char *file = opt_str(c, "file"), *dir = opt_str(c, "dir");
	int n;

	if (!file == !dir)
		usage("one of --file and --dir is needed");
	if (file)
		n = snprintf(path, len, "%s%s", file, suffix);
	else
		n = snprintf(path, len, "%s/dl-%s%s", dir, c->w->name, suffix);
	if (n < 0 || (size_t)n >= len)
		die(ENAMETOOLONG, "%s", file ? file : dir);
}

static int create_fd(const char *path, uint64_t size_bytes)
{
	int fd;

	if (unlink(path) && errno != ENOENT)
		die(errno, "unlink %s", path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		die(errno, "create %s", path);
	if (size_bytes && pwrite(fd, "", 1, (off_t)size_bytes - 1) != 1)
		die(errno, "write %s at its end", path);
	return fd;
}

void file_create(const char *path, uint64_t size_bytes)
{
	if (close(create_fd(path, size_bytes)))
		die(errno, "close %s", path);
}

static void file_stat(struct dfile *f)
{
	struct statx st;

	if (statx(f->fd, "", AT_EMPTY_PATH, STATX_INO | STATX_SIZE, &st))
		die(errno, "statx %s", f->path);
	f->ino = st.stx_ino;
	f->is_dax = (st.stx_attributes & STATX_ATTR_DAX) != 0;
	f->size_bytes = st.stx_size;
}

void file_open(const struct ctx *c, struct dfile *f, const char *suffix, uint64_t size_bytes)
{
	file_path(c, f->path, sizeof(f->path), suffix);
	f->is_ours = !opt_flag(c, "existing");
	f->fd = f->is_ours ? create_fd(f->path, size_bytes) : open(f->path, O_RDWR | O_CLOEXEC);
	if (f->fd < 0)
		die(errno, "open %s", f->path);
	file_stat(f);
	if (f->size_bytes < size_bytes)
		die(0, "%s has %llu bytes, fewer than the %llu asked for", f->path,
		    (unsigned long long)f->size_bytes, (unsigned long long)size_bytes);
	f->size_bytes = size_bytes;
}

void file_close(const struct ctx *c, struct dfile *f)
{
	if (close(f->fd))
		die(errno, "close %s", f->path);
	if (!f->is_ours || opt_flag(c, "keep"))
		return;
	release_barrier(c);
	if (unlink(f->path))
		die(errno, "unlink %s", f->path);
}

void release_barrier(const struct ctx *c)
{
	struct statvfs st;

	/* A request of its own behind the releases: with one queue that alone would do. */
	if (statvfs(files_dir(c), &st))
		die(errno, "statvfs %s", files_dir(c));
	sleep_ns(RELEASE_SETTLE_NS);
}

void drop_caches(void)
{
	static const char path[] = "/proc/sys/vm/drop_caches";
	int fd;

	sync();
	fd = open(path, O_WRONLY | O_CLOEXEC);
	/* 2: dentries and inodes; evicting an inode is what frees its ranges. */
	if (fd < 0 || write(fd, "2", 1) != 1)
		die(errno, "%s", path);
	close(fd);
}

char *map_file(int fd, uint64_t off_bytes, uint64_t len_bytes, enum map_page page)
{
	uint64_t room = len_bytes + RANGE_BYTES;
	char *hole, *map;

	hole = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (hole == MAP_FAILED)
		die(errno, "mmap of %llu bytes", (unsigned long long)room);
	map = (char *)(((uintptr_t)hole + RANGE_BYTES - 1) & ~(uintptr_t)(RANGE_BYTES - 1));
	if (map > hole)
		munmap(hole, (size_t)(map - hole));
	if (map + len_bytes < hole + room)
		munmap(map + len_bytes, (size_t)(hole + room - map) - len_bytes);
	if (mmap(map, len_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
		 (off_t)off_bytes) == MAP_FAILED)
		die(errno, "mmap of the file");
	/* EINVAL: a kernel without huge pages, which has nothing to turn off. */
	if (page == MAP_PTE && madvise(map, len_bytes, MADV_NOHUGEPAGE) && errno != EINVAL)
		die(errno, "madvise(MADV_NOHUGEPAGE)");
	return map;
}

void unmap_file(char *map, uint64_t len_bytes)
{
	if (munmap(map, len_bytes))
		die(errno, "munmap");
}

void drop_ptes(char *addr, uint64_t len_bytes)
{
	if (madvise(addr, len_bytes, MADV_DONTNEED))
		die(errno, "madvise(MADV_DONTNEED)");
}

static __thread sigjmp_buf guard_jump;
static __thread volatile sig_atomic_t is_guarded;

static void on_sigbus(int sig)
{
	if (is_guarded)
		siglongjmp(guard_jump, 1);
	/* Not one of ours: come back to the same instruction and die of it. */
	signal(sig, SIG_DFL);
}

void guard_install(void)
{
	/* SA_NODEFER, so that jumping out leaves nothing blocked and the jump need save no mask. */
	struct sigaction sa = { .sa_handler = on_sigbus, .sa_flags = SA_NODEFER };

	if (sigaction(SIGBUS, &sa, NULL))
		die(errno, "sigaction");
}

bool touch_guarded(void *p, bool is_write)
{
	if (sigsetjmp(guard_jump, 0)) {
		is_guarded = 0;
		return false;
	}
	is_guarded = 1;
	if (is_write)
		touch_write(p, (uintptr_t)p);
	else
		touch_read(p);
	is_guarded = 0;
	return true;
}
