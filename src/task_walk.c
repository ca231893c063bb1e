// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Loads the iterator of bpf/task_walk.bpf.c, and takes what it writes apart. Surprising: a read may
 * end in the middle of a task, the rest of which comes with the next one.
 */
#include "task_walk.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe.h"
#include "task_walk.skel.h"

#define KERNEL_TYPES   "/sys/kernel/btf/vmlinux"
#define BUF_BYTES      65536
#define INITIAL_PID_NS 0xEFFFFFFCU /* PROC_PID_INIT_INO, include/linux/proc_ns.h */

struct task_walk {
	struct task_walk_bpf *skel;
	struct bpf_link *link;
	__u32 *wished; /* pids in the map */
	size_t wished_cnt;
	char *buf;
};

/*
 * An iterator shows the tasks of the reader's pid namespace alone: who is not there would seem
 * gone.
 */
static bool sees_all_tasks(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) || st.st_ino == INITIAL_PID_NS;
}

static int check(const char *btf_path, struct failure *failure)
{
	struct probe_opts opts = { .detail = DETAIL_STALLS, .btf_path = btf_path };
	int err = probe__check_machine(&opts, failure);

	if (!err && !sees_all_tasks())
		return failure__set(failure, -EPERM, EXIT_CANNOT_RUN,
				    "only the initial pid namespace has all tasks: run it there "
				    "(--pid=host, hostPID)");
	if (err || !access(KERNEL_TYPES, R_OK))
		return err;
	return failure__set(failure, -ENOENT, EXIT_CANNOT_RUN,
			    "this kernel has no type information of its own (no " KERNEL_TYPES
			    "), without which there is no BPF iterator over tasks; --btf FILE "
			    "does not help: it needs CONFIG_DEBUG_INFO_BTF=y");
}

static int refuse(struct failure *failure, int err)
{
	return failure__set(failure, err, EXIT_CANNOT_RUN,
			    "the kernel refused the iterator over tasks: %s (%s); set "
			    "DAXTOP_DEBUG=1 to see all that libbpf says",
			    strerror(-err), probe__complaint());
}

static int load(struct task_walk *walk, const char *btf_path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = btf_path);
	int err;

	walk->buf = malloc(BUF_BYTES);
	walk->wished = calloc(TASK_WISHES_MAX, sizeof(*walk->wished));
	if (!walk->buf || !walk->wished)
		return -ENOMEM;
	walk->skel = task_walk_bpf__open_opts(&opts);
	if (!walk->skel)
		return -errno;
	err = task_walk_bpf__load(walk->skel);
	if (err)
		return err;
	walk->link = bpf_program__attach_iter(walk->skel->progs.task_look, NULL);
	return walk->link ? 0 : -errno;
}

int task_walk__open(struct task_walk **walk, const char *btf_path, struct failure *failure)
{
	struct task_walk *made;
	int err = check(btf_path, failure);

	if (err)
		return err;
	made = calloc(1, sizeof(*made));
	if (!made)
		return failure__set(failure, -ENOMEM, EXIT_CANNOT_RUN, "not enough memory");
	probe__hush_libbpf();
	err = load(made, btf_path);
	if (err) {
		task_walk__free(made);
		return refuse(failure, err);
	}
	*walk = made;
	return 0;
}

void task_walk__free(struct task_walk *walk)
{
	if (!walk)
		return;
	bpf_link__destroy(walk->link);
	task_walk_bpf__destroy(walk->skel);
	free(walk->wished);
	free(walk->buf);
	free(walk);
}

static int wish(struct task_walk *walk, const struct task_walk_opts *opts)
{
	int fd = bpf_map__fd(walk->skel->maps.wishes), err = 0;

	while (walk->wished_cnt)
		bpf_map_delete_elem(fd, &walk->wished[--walk->wished_cnt]);
	if (opts->wanted_cnt > TASK_WISHES_MAX)
		return -E2BIG;
	for (size_t i = 0; i < opts->wanted_cnt && !err; i++) {
		err = bpf_map_update_elem(fd, &opts->wanted[i].pid, &opts->wanted[i].wish, BPF_ANY);
		if (!err)
			walk->wished[walk->wished_cnt++] = opts->wanted[i].pid;
	}
	return err;
}

/*
 * So that the scheduler notes when this process got a CPU, which tells its clock to the iterator.
 */
static void nap(void)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	nanosleep(&ms, NULL);
}

/* The task at the front of what has been read, if it is all there: its bytes, else 0. */
static size_t record_bytes(const char *buf, size_t bytes)
{
	const struct task_seen *seen = (const void *)buf;
	size_t need = sizeof(*seen);

	if (bytes < need)
		return 0;
	if (seen->has_details)
		need += sizeof(struct task_details);
	return bytes < need ? 0 : need;
}

int task_walk__run(struct task_walk *walk, const struct task_walk_opts *opts,
		   int (*fn)(void *ctx, const struct task_seen *seen,
			     const struct task_details *details),
		   void *ctx)
{
	size_t used = 0, bytes;
	int iter, err = wish(walk, opts);
	ssize_t got;

	if (err)
		return err;
	walk->skel->bss->only_wished = opts->wanted != NULL;
	walk->skel->bss->wants_details = opts->wants_details;
	walk->skel->bss->base_mono_ns = 0;
	nap();
	iter = bpf_iter_create(bpf_link__fd(walk->link));
	if (iter < 0)
		return iter;
	while (!err && (got = read(iter, walk->buf + used, BUF_BYTES - used)) != 0) {
		const char *at = walk->buf;

		if (got < 0) {
			err = errno == EAGAIN || errno == EINTR ? 0 : -errno;
			continue;
		}
		used += got;
		while (!err && (bytes = record_bytes(at, used)) != 0) {
			const struct task_seen *seen = (const void *)at;

			err = fn(ctx, seen, seen->has_details ? (const void *)(seen + 1) : NULL);
			at += bytes;
			used -= bytes;
		}
		memmove(walk->buf, at, used);
	}
	close(iter);
	return err;
}
