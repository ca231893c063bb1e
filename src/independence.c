// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Two means, as neither will do alone. What mlock() keeps in memory is no help: a page that is
 * mapped through the DAX window lies on the host, and goes when its range is reclaimed; the next
 * use faults it in again, from a host that may hang. So nothing may stay mapped from there.
 *
 * - The executable is copied to a memfd, which is executed. That also lets go of the mount, which
 *   can be unmounted, and of its host at exit, where the last close of an executable waits for an
 *   answer.
 * - Libraries and the dynamic linker come from the mount again then, as their paths say. Each of
 *   their segments is replaced in place by an anonymous copy of the same content, address and
 *   protection. That asks nothing of the linker, while to have it load them from memory needs
 *   options that only some linkers have (and musl's other ones), and paths of descriptors to stand
 *   for names.
 *
 * In-place copies also serve where the first is not possible: when ld.so was given the program as
 * an argument, or memfds may not be executed.
 */
#include "independence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "own_proc.h"
#include "privilege.h"

#define COPY_NAME "virtiofs-daxtop"

#ifndef MFD_EXEC
#define MFD_EXEC \
	0x0010U /* since 6.3, before it EINVAL: executable, whatever vm.memfd_noexec=1 says */
#endif
#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

/* One line of /proc/self/maps. */
struct segment {
	unsigned long start, end;
	char prot[5]; /* "r-xp" */
	__u32 dev;    /* as s_dev */
	unsigned long ino;
};

struct segments {
	struct segment *at;
	size_t cnt;
};

static int segments__add(struct segments *all, const struct segment *one)
{
	struct segment *bigger = reallocarray(all->at, all->cnt + 1, sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	all->at = bigger;
	all->at[all->cnt++] = *one;
	return 0;
}

static bool segment__holds(const struct segment *segment, const void *address)
{
	return (unsigned long)address >= segment->start && (unsigned long)address < segment->end;
}

/* Those mapped from @mounts, and in @own the one that this code is in. */
static int segments__read(struct segments *all, const struct mount_list *mounts,
			  struct segment *own)
{
	FILE *f = own_proc__open("maps");
	char line[PATH_MAX + 128];
	int err = 0;

	if (!f)
		return -errno;
	while (!err && fgets(line, sizeof(line), f)) {
		struct segment one = {};
		unsigned int major, minor;

		if (sscanf(line, "%lx-%lx %4s %*x %x:%x %lu", &one.start, &one.end, one.prot,
			   &major, &minor, &one.ino) != 6)
			continue;
		one.dev = s_dev_of(major, minor);
		if (segment__holds(&one, (const void *)segments__read))
			*own = one;
		if (mount_list__by_dev(mounts, one.dev))
			err = segments__add(all, &one);
	}
	fclose(f);
	return err;
}

/* What the kernel knows of a file without asking the file system's server. */
static int stat_unasked(int dir, const char *path, int flags, struct statx *st)
{
	return statx(dir, path, flags | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, st) ? -errno
											: 0;
}

static __u32 dev_of(const struct statx *st)
{
	return s_dev_of(st->stx_dev_major, st->stx_dev_minor);
}

const struct mount_entry *output_mount(int fd, const struct mount_list *mounts, __u32 dev)
{
	struct statx st;

	if (stat_unasked(fd, "", AT_EMPTY_PATH, &st) || !S_ISREG(st.stx_mode) ||
	    (dev && dev_of(&st) != dev))
		return NULL;
	return mount_list__by_dev(mounts, dev_of(&st));
}

/* ---- the executable ---- */

static int copy_file(int from, int to)
{
	char buf[1 << 16];
	ssize_t bytes, written;

	while ((bytes = read(from, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < bytes; at += written) {
			written = write(to, buf + at, bytes - at);
			if (written < 0)
				return -errno;
		}
	return bytes < 0 ? -errno : 0;
}

static int memory_file(void)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create(COPY_NAME, flags | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(COPY_NAME, flags);
	return fd < 0 ? -errno : fd;
}

/*
 * Returns only when that failed. The copy closes on exec: an ELF file is not read by its path
 * again.
 */
static int execute_copy(char **argv)
{
	int from = own_proc__open_fd("exe", O_RDONLY), to = memory_file(), err;

	err = from < 0 ? from : to < 0 ? to : copy_file(from, to);
	if (!err &&
	    fcntl(to, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		err = -errno;
	if (!err) {
		privilege__pass_on();
		fexecve(to, argv, environ);
		err = -errno;
	}
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return err;
}

/* Is /proc/self/exe this program, and not a linker that was told to load it? */
static bool is_executable(const struct segment *own, const struct statx *exe)
{
	return own->dev == dev_of(exe) && own->ino == exe->stx_ino;
}

static bool is_copy(void)
{
	char target[64] = "";

	return readlink("/proc/self/exe", target, sizeof(target) - 1) > 0 &&
	       !strncmp(target, "/memfd:" COPY_NAME, strlen("/memfd:" COPY_NAME));
}

/* ---- what is mapped ---- */

static int protection(const char *prot)
{
	return (prot[0] == 'r' ? PROT_READ : 0) | (prot[1] == 'w' ? PROT_WRITE : 0) |
	       (prot[2] == 'x' ? PROT_EXEC : 0);
}

/*
 * The kernel puts the copy in the place of the original in one step, and the code that runs here
 * may lie in it: nothing may be written to it between the copying and that step.
 */
static int segment__move(const struct segment *segment)
{
	size_t bytes = segment->end - segment->start;
	void *to = (void *)segment->start; /* NOLINT: addresses are what the kernel prints */
	void *copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return -errno;
	if (segment->prot[0] == 'r')
		memcpy(copy, to, bytes);
	if (mprotect(copy, bytes, protection(segment->prot)) ||
	    mremap(copy, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED) {
		int err = -errno;

		munmap(copy, bytes);
		return err;
	}
	return 0;
}

static int segments__move(const struct segments *all)
{
	int err = 0;

	for (size_t i = 0; i < all->cnt && !err; i++)
		err = segment__move(&all->at[i]);
	return err;
}

/*
 * Only what is touched: tables are mapped larger than they are filled. What is mapped later is
 * locked as well where no limit can make that mapping fail.
 */
static int lock_memory(void)
{
	const struct rlimit no_limit = { RLIM_INFINITY, RLIM_INFINITY };
	int flags = MCL_CURRENT | MCL_ONFAULT;

	if (!setrlimit(RLIMIT_MEMLOCK, &no_limit))
		flags |= MCL_FUTURE;
	return mlockall(flags) ? -errno : 0;
}

static int leave(char **argv, const struct mount_list *mounts, struct segments *mapped,
		 struct failure *failure)
{
	struct segment own = {};
	struct statx exe;
	int err = segments__read(mapped, mounts, &own), exec_err = 0;
	bool is_moved = is_copy();

	if (is_moved) /* the kernel has named it after the descriptor */
		prctl(PR_SET_NAME, program_invocation_short_name);
	if (!err)
		err = stat_unasked(AT_FDCWD, "/proc/self/exe", 0, &exe);
	if (!err && !is_moved && mount_list__by_dev(mounts, own.dev) && is_executable(&own, &exe))
		exec_err = execute_copy(argv);
	if (!err)
		err = segments__move(mapped);
	if (err || exec_err)
		return failure__set(
			failure, err ?: exec_err, EXIT_CANNOT_RUN,
			"it lies on a virtiofs mount and cannot %s: %s; it may hang when the "
			"mount does: put it elsewhere, say on a tmpfs",
			err ? "move to memory" : "be executed from memory",
			strerror(err ? -err : -exec_err));
	if (!is_moved && !mapped->cnt)
		return 0;
	err = lock_memory();
	return !err ? 0
		    : failure__set(
			      failure, err, EXIT_CANNOT_RUN,
			      "cannot lock its memory: %s; it may be swapped out: raise ulimit -l, "
			      "or run it as root",
			      strerror(-err));
}

int leave_mounts(char **argv, struct failure *failure)
{
	struct mount_list mounts;
	struct segments mapped = {};
	int err;

	tzset(); /* now: /etc/localtime may lie there */
	if (mount_list__read(&mounts))
		return 0; /* the command says why it cannot go on */
	err = leave(argv, &mounts, &mapped, failure);
	free(mapped.at);
	mount_list__fini(&mounts);
	return err;
}
