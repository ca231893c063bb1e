// SPDX-License-Identifier: GPL-2.0-only
/*
 * pinned: pages of a mapped DAX file wait in a pipe (vmsplice) while the file is truncated or
 * punched: the truncate sleeps in the busy-page loop (fuse_dax_break_layouts) until a drainer has
 * read the pipe. (5.10 looks at the first entry of the file alone, fuse_dax_break_layouts() being
 * given end 0: mapped by PTE the truncate waits for the first page only, by PMD for all of them.)
 *
 * Probes begun meanwhile show what that wait holds: the inode lock, for which a read waits, but not
 * i_mmap_sem, so that a fault does not.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum pin_op {
	PIN_TRUNCATE,
	PIN_PUNCH,
	PIN_OPEN_TRUNC
};

struct pin_run {
	struct dfile file;
	enum pin_op op;
	char *map;
	uint64_t pin_off_bytes, probe_off_bytes, probe_after_ns;
	int pipe[2];
	size_t page_cnt;
	const uint64_t *delays_ns;
	size_t delay_cnt;
	uint64_t drain_at_ns[OPT_LIST_MAX]; /* since the drainer's start */
};

static void pin_pages(struct pin_run *r)
{
	struct iovec iov = { .iov_base = r->map + r->pin_off_bytes,
			     .iov_len = r->page_cnt * page_bytes() };

	for (size_t i = 0; i < r->page_cnt; i++)
		touch_write(r->map + r->pin_off_bytes + i * page_bytes(), i);
	if (pipe2(r->pipe, O_CLOEXEC))
		die(errno, "pipe");
	if (vmsplice(r->pipe[1], &iov, 1, 0) != (ssize_t)iov.iov_len)
		die(errno, "vmsplice of %zu pages", r->page_cnt);
}

static void drain(struct task *t)
{
	struct pin_run *r = t->arg;
	static char buf[65536];

	for (size_t i = 0; i < r->page_cnt; i++) {
		uint64_t begin = now_ns();

		if (i < r->delay_cnt)
			sleep_ns(r->delays_ns[i]);
		if (read(r->pipe[0], buf, page_bytes()) != (ssize_t)page_bytes())
			die(errno, "read of pinned page %zu", i);
		r->drain_at_ns[i] = now_ns() - t->begin_ns;
		task_op(t, begin);
	}
}

static void cut(struct task *t)
{
	struct pin_run *r = t->arg;
	uint64_t begin = now_ns();
	int fd;

	switch (r->op) {
	case PIN_TRUNCATE:
		if (ftruncate(r->file.fd, 0))
			die(errno, "ftruncate");
		break;
	case PIN_PUNCH:
		if (fallocate(r->file.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
			      (off_t)r->file.size_bytes))
			die(errno, "fallocate(PUNCH_HOLE)");
		break;
	case PIN_OPEN_TRUNC:
		fd = open(r->file.path, O_WRONLY | O_TRUNC | O_CLOEXEC);
		if (fd < 0)
			die(errno, "open(O_TRUNC)");
		close(fd);
		break;
	}
	task_op(t, begin);
}

static void probe_read(struct task *t)
{
	struct pin_run *r = t->arg;
	static char buf[4096];
	uint64_t begin;
	ssize_t len;

	sleep_ns(r->probe_after_ns);
	begin = now_ns();
	len = pread(r->file.fd, buf, sizeof(buf), (off_t)r->probe_off_bytes);
	if (len < 0)
		die(errno, "pread");
	task_op(t, begin);
	t->bytes = (uint64_t)len;
}

static void probe_fault(struct task *t)
{
	struct pin_run *r = t->arg;
	uint64_t begin;

	sleep_ns(r->probe_after_ns);
	begin = now_ns();
	/* Late enough, it comes after the truncate, and there is no page: SIGBUS. */
	t->sigbus = !touch_guarded(r->map + r->probe_off_bytes, false);
	task_op(t, begin);
}

static void configure(const struct ctx *c, struct pin_run *r)
{
	uint64_t size = opt_u64(c, "size");

	r->op = opt_is(c, "op", "punch")	? PIN_PUNCH
		: opt_is(c, "op", "open-trunc") ? PIN_OPEN_TRUNC
						: PIN_TRUNCATE;
	r->pin_off_bytes = opt_u64(c, "offset") & ~(page_bytes() - 1);
	r->probe_off_bytes = (r->pin_off_bytes & ~(RANGE_BYTES - 1)) ? 0 : RANGE_BYTES;
	r->probe_after_ns = opt_u64(c, "probe-after");
	r->page_cnt = opt_u64(c, "pages");
	r->delays_ns = opt_list(c, "delays", &r->delay_cnt);
	if (!r->page_cnt || r->page_cnt > 16)
		usage("--pages is 1 to 16, what a pipe holds by default");
	if (size % RANGE_BYTES || r->pin_off_bytes + r->page_cnt * page_bytes() > size)
		usage("--size is whole 2 MiB and has room for the pin");
	if (opt_flag(c, "probe-fault") && (size < 2 * RANGE_BYTES || opt_flag(c, "unmap")))
		usage("--probe-fault needs a second range and the mapping");
}

static void summarize(const struct ctx *c, const struct pin_run *r, const struct team *team,
		      const struct task *const role[4])
{
	struct summary s;

	summary_begin(&s, c, team, &r->file);
	summary_str(&s, "op", opt_str(c, "op"));
	summary_u64(&s, "pin_tid", (uint64_t)getpid());
	summary_u64(&s, "pinned_pages", r->page_cnt);
	summary_u64(&s, "pin_off_bytes", r->pin_off_bytes);
	summary_bool(&s, "unmapped", opt_flag(c, "unmap"));
	summary_u64(&s, "wait_ns", role[0]->slowest_ns);
	summary_role(&s, "truncate", role[0]);
	summary_u64(&s, "drain_tid", (uint64_t)role[1]->tid);
	summary_u64(&s, "drain_begin_ns", role[1]->begin_ns);
	summary_u64s(&s, "drain_at_ns", r->drain_at_ns, r->page_cnt);
	if (role[2]) {
		summary_role(&s, "read", role[2]);
		summary_u64(&s, "read_bytes", role[2]->bytes);
	}
	if (role[3])
		summary_role(&s, "fault", role[3]);
	summary_end(&s, c);
}

static int pinned(struct ctx *c)
{
	const struct task *role[4] = { 0 };
	struct pin_run r = { 0 };
	struct team *team = team_new(4, false);

	configure(c, &r);
	guard_install();
	file_open(c, &r.file, "", opt_u64(c, "size"));
	r.map = map_file(r.file.fd, 0, r.file.size_bytes,
			 opt_is(c, "page", "pmd") ? MAP_PMD : MAP_PTE);
	set_comm("dl-pin");
	/* Set the probe's range up now: what is to be measured is its fault alone. */
	if (r.file.size_bytes > RANGE_BYTES) {
		touch_read(r.map + r.probe_off_bytes);
		drop_ptes(r.map, r.file.size_bytes);
	}
	pin_pages(&r);
	if (opt_flag(c, "unmap"))
		unmap_file(r.map, r.file.size_bytes);
	role[0] = team_add(team, "dl-trunc", NULL, cut, &r);
	role[1] = team_add(team, "dl-drain", NULL, drain, &r);
	if (opt_flag(c, "probe-read"))
		role[2] = team_add(team, "dl-read", NULL, probe_read, &r);
	if (opt_flag(c, "probe-fault"))
		role[3] = team_add(team, "dl-fault", NULL, probe_fault, &r);
	team_run(c, team);
	summarize(c, &r, team, role);
	team_free(team);
	close(r.pipe[0]);
	close(r.pipe[1]);
	if (!opt_flag(c, "unmap"))
		unmap_file(r.map, r.file.size_bytes);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "4M", "of the file", NULL },
	{ "op", OPT_CHOICE, "truncate", "what waits (to 0; of the whole file)",
	  "truncate|punch|open-trunc" },
	{ "page", OPT_CHOICE, "pte", "how the pinned pages are mapped", "pte|pmd" },
	{ "pages", OPT_COUNT, "2", "pages to pin", NULL },
	{ "offset", OPT_SIZE, "0", "where in the file the pin is", NULL },
	{ "delays", OPT_MS_LIST, "500,300", "before each page is read from the pipe", NULL },
	{ "unmap", OPT_FLAG, NULL, "unmap the file before the truncate", NULL },
	{ "probe-read", OPT_FLAG, NULL, "time a pread() begun meanwhile", NULL },
	{ "probe-fault", OPT_FLAG, NULL, "time a fault on another, mapped range", NULL },
	{ "probe-after", OPT_MS, "50", "when the probes begin", NULL },
	{ 0 },
};

const struct workload wl_pinned = {
	.name = "pinned",
	.run = pinned,
	.help = "pages pinned in a pipe under truncate or punch hole",
	.opts = opts,
};
