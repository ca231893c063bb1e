// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Single events on their way from the kernel to who records them. Surprising: hits come many at a
 * time, and the last of each task stay where they were gathered until somebody takes them from
 * there.
 */
#include "probe_internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * A sixty-fourth of memory: at 64 bytes an operation, and 16 MiB, what comes in a fifth of a second
 * at a million operations a second that are no hits.
 */
#define BUFFER_MAX (16U << 20)
#define BUFFER_MIN (1U << 20)

static unsigned int buffer_bytes(const struct probe_opts *opts, unsigned long long memory_bytes)
{
	unsigned long long most = opts->record_buffer_bytes ?: memory_bytes / 64;
	unsigned int bytes = BUFFER_MIN;

	while (bytes * 2ULL <= most && (opts->record_buffer_bytes || bytes < BUFFER_MAX) &&
	       bytes < 1U << 30)
		bytes *= 2;
	return bytes;
}

static size_t hit_logs_bytes(const struct probe *p)
{
	return p->slots_cnt * RUNS_PER_TASK * sizeof(struct event_hits);
}

int record__size(struct probe *p, const struct probe_opts *opts, unsigned long long memory_bytes)
{
	unsigned int bytes = buffer_bytes(opts, memory_bytes);
	int err;

	if (!opts->recorder)
		return 0;
	p->skel->rodata->is_recording = true;
	p->skel->rodata->record_wakeup_bytes = bytes / 4;
	err = bpf_map__set_max_entries(p->skel->maps.record_events, bytes);
	return err
		       ?: bpf_map__set_max_entries(p->skel->maps.hit_logs,
						   p->slots_cnt * RUNS_PER_TASK);
}

int record__event(const struct probe *p, const void *event, size_t bytes)
{
	return p->recorder ? p->recorder->event(p->recorder->ctx, event, bytes) : 0;
}

/*
 * Ends a taking that would go on for as long as more comes: libbpf's does, and what ends it is no
 * loss.
 */
#define TAKE_BYTES (4U << 20)

static int on_record(void *ctx, void *data, size_t bytes)
{
	struct probe *p = ctx;
	int err = record__event(p, data, bytes);

	p->taken_bytes += bytes;
	return err ?: p->taken_bytes < TAKE_BYTES ? 0 : -EAGAIN;
}

int record__open(struct probe *p)
{
	void *addr;

	if (!p->recorder)
		return 0;
	p->records = ring_buffer__new(bpf_map__fd(p->skel->maps.record_events), on_record, p, NULL);
	if (!p->records)
		return -errno;
	addr = mmap(NULL, hit_logs_bytes(p), PROT_READ | PROT_WRITE, MAP_SHARED,
		    bpf_map__fd(p->skel->maps.hit_logs), 0);
	if (addr == MAP_FAILED)
		return -errno;
	p->hit_logs = addr;
	return 0;
}

void record__close(struct probe *p)
{
	ring_buffer__free(p->records);
	if (p->hit_logs)
		munmap(p->hit_logs, hit_logs_bytes(p));
}

/* Told once, and again when the task has changed it. */
int record__task(const struct probe *p, const struct names *names, const struct task_key *task,
		 const char comm[TASK_COMM_LEN_MAX])
{
	const char *known = names ? names__comm(names, task) : NULL;

	if (!p->recorder || (known && !strncmp(known, comm, TASK_COMM_LEN_MAX)))
		return 0;
	return p->recorder->task(p->recorder->ctx, task, comm);
}

int probe__record_fd(const struct probe *p)
{
	return ring_buffer__epoll_fd(p->records);
}

int probe__take_records(struct probe *p)
{
	int taken;

	p->taken_bytes = 0;
	taken = ring_buffer__consume(p->records);
	return taken == -EAGAIN ? 1 : taken < 0 ? taken : 0;
}

/*
 * What a log has, whose task may go on with it: it adds hits, and then to cnt; it empties it, and
 * begins again at another time. False: it was at that.
 */
static bool log_copy(struct event_hits *copy, const struct event_hits *log)
{
	const volatile struct event_hits *live = log;
	__u32 cnt = live->cnt;

	if (!cnt || cnt > HITS_MAX)
		return false;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	memcpy(copy, log, sizeof(*copy));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	copy->cnt = cnt;
	return live->base_ns == copy->base_ns && live->cnt >= cnt;
}

int probe__take_hits(struct probe *p)
{
	int err = 0;

	for (size_t i = 0; i < (size_t)p->slots_cnt * RUNS_PER_TASK && !err; i++) {
		struct event_hits copy;

		if (log_copy(&copy, &p->hit_logs[i]))
			err = record__event(p, &copy, offsetof(struct event_hits, hits[copy.cnt]));
		if (p->stop_ns)
			p->hit_logs[i].cnt = 0;
	}
	return err;
}
