// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-window: one page of a file is pinned in a pipe, and another file's ranges are touched until
 * the window is full. The reclaim worker comes to the pinned page first, and sleeps for it; with it
 * all who need a range do, until the page is released: after --pin, or when whoever looks at all
 * this is done with it (--stuck-file).
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

struct pin_run {
	struct dfile pinned, other;
	char *pinned_map; /* stays: before 6.16 a file that is not mapped is not asked for pins */
	char *map;
	uint64_t pin_ns;
	const char *stuck_file;
	_Atomic uint64_t touch_begin_ns; /* the filler's last */
	int pipe[2];
};

/* No setup takes so long: a touch that does waits for a range. */
#define STUCK_NS (500 * NSEC_PER_MSEC)
#define POLL_NS	 (10 * NSEC_PER_MSEC)

static void pin(struct pin_run *r)
{
	struct iovec iov = { .iov_len = page_bytes() };

	r->pinned_map = map_file(r->pinned.fd, 0, r->pinned.size_bytes, MAP_PTE);
	iov.iov_base = r->pinned_map;
	touch_read(r->pinned_map);
	if (pipe2(r->pipe, O_CLOEXEC) || vmsplice(r->pipe[1], &iov, 1, 0) < 0)
		die(errno, "vmsplice");
}

static void fill(struct task *t)
{
	struct pin_run *r = t->arg;

	for (uint64_t off = 0; off < r->other.size_bytes; off += RANGE_BYTES) {
		uint64_t begin = now_ns();

		atomic_store(&r->touch_begin_ns, begin);
		touch_read(r->map + off);
		task_op(t, begin);
	}
}

static bool is_stuck(const struct pin_run *r)
{
	uint64_t begin = atomic_load(&r->touch_begin_ns); /* read first: it is not after now */

	return now_ns() - begin >= STUCK_NS;
}

/* Makes the file when the filler is stuck, and waits until somebody has removed it. */
static void show_stuck(struct pin_run *r)
{
	int fd;

	while (!is_stuck(r))
		sleep_ns(POLL_NS);
	fd = open(r->stuck_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		die(errno, "create %s", r->stuck_file);
	close(fd);
	while (!access(r->stuck_file, F_OK))
		sleep_ns(POLL_NS);
}

static void release(struct task *t)
{
	struct pin_run *r = t->arg;
	char page[65536];

	if (r->stuck_file)
		show_stuck(r);
	else
		sleep_ns(r->pin_ns);
	if (read(r->pipe[0], page, page_bytes()) != (ssize_t)page_bytes())
		die(errno, "read from the pipe");
	task_op(t, t->begin_ns);
}

static int pin_window(struct ctx *c)
{
	struct pin_run r = { .pin_ns = opt_u64(c, "pin"), .stuck_file = opt_str(c, "stuck-file") };
	struct team *team = team_new(2, false);
	struct task *filler, *releaser;
	struct summary s;

	file_open(c, &r.pinned, ".pinned", RANGE_BYTES);
	file_open(c, &r.other, ".other", opt_u64(c, "size"));
	r.map = map_file(r.other.fd, 0, r.other.size_bytes, MAP_PTE);
	pin(&r);
	atomic_store(&r.touch_begin_ns, now_ns());
	filler = team_add(team, "dl-fill", NULL, fill, &r);
	releaser = team_add(team, "dl-release", NULL, release, &r);
	team_run(c, team);
	summary_begin(&s, c, team, &r.pinned);
	summary_u64(&s, "other_ino", r.other.ino);
	summary_role(&s, "filler", filler);
	summary_u64(&s, "slowest_ns", filler->slowest_ns);
	summary_role(&s, "releaser", releaser);
	summary_end(&s, c);
	team_free(team);
	unmap_file(r.map, r.other.size_bytes);
	unmap_file(r.pinned_map, r.pinned.size_bytes);
	file_close(c, &r.other);
	file_close(c, &r.pinned);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "64M", "of the other file: more than the window", NULL },
	{ "pin", OPT_MS, "3000", "when the page is released", NULL },
	{ "stuck-file", OPT_STR, NULL,
	  "made once the other is stuck; the page is released when it is gone", NULL },
	{ 0 },
};

const struct workload wl_pin_window = {
	.name = "pin-window",
	.run = pin_window,
	.help = "a pinned page that stops reclaim, and a task that needs ranges",
	.opts = opts,
};
