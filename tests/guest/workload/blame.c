// SPDX-License-Identifier: GPL-2.0-only
/*
 * blame: round after round one task holds a lock of a file while it waits for something slow, and
 * others that come a moment later wait for that lock. Who is to blame is known, for each wait.
 *
 * What makes the holder slow is injected (--inject 'delay setattr 40'), but for a pin: there it
 * waits for a page that another task releases after --pin.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum hold {
	HOLD_TRUNCATE,
	HOLD_SETUP,
	HOLD_PIN,
};

struct blame_run {
	struct dfile file;
	char *map;
	enum hold hold;
	uint64_t rounds, after_ns, pin_ns;
	const char *by;
	unsigned int waiters;
	int pipe[2];
	atomic_uint round;    /* the one that has begun */
	atomic_uint released; /* pages given back */
	atomic_uint done;     /* waiters that are through with it, in all rounds */
	atomic_uint slow;     /* of these, those that waited */
};

#define SLOW_NS (5 * NSEC_PER_MSEC)
#define POLL_NS (NSEC_PER_MSEC / 2)

static void await(atomic_uint *value, unsigned int at_least)
{
	while (atomic_load(value) < at_least)
		sleep_ns(POLL_NS);
}

static void pin_page(struct blame_run *r)
{
	struct iovec iov = { .iov_base = r->map, .iov_len = page_bytes() };

	touch_read(r->map);
	if (vmsplice(r->pipe[1], &iov, 1, 0) != (ssize_t)page_bytes())
		die(errno, "vmsplice");
}

static void hold_once(struct blame_run *r, unsigned int round)
{
	if (r->hold == HOLD_SETUP)
		touch_read(r->map + round * RANGE_BYTES);
	else if (ftruncate(r->file.fd, (off_t)r->file.size_bytes))
		die(errno, "ftruncate");
}

/* Round 0 is only there so that the first range is set up. */
static void holder(struct task *t)
{
	struct blame_run *r = t->arg;

	for (unsigned int i = 1; i <= r->rounds; i++) {
		uint64_t begin;

		if (r->hold == HOLD_PIN)
			pin_page(r);
		begin = now_ns();
		atomic_store(&r->round, i);
		hold_once(r, i);
		task_op(t, begin);
		await(&r->done, i * r->waiters);
		if (r->hold == HOLD_PIN)
			await(&r->released, i);
	}
}

static void wait_once(struct blame_run *r)
{
	char buf[8];

	switch (r->by[0]) {
	case 'r':
		if (pread(r->file.fd, buf, sizeof(buf), 0) != sizeof(buf))
			die(errno, "pread");
		break;
	case 't':
		if (ftruncate(r->file.fd, (off_t)r->file.size_bytes))
			die(errno, "ftruncate");
		break;
	default:
		touch_read(r->map);
	}
}

static void waiter(struct task *t)
{
	struct blame_run *r = t->arg;

	for (unsigned int i = 1; i <= r->rounds; i++) {
		uint64_t begin;

		await(&r->round, i);
		sleep_ns(r->after_ns);
		if (r->by[0] == 'f')
			drop_ptes(r->map, page_bytes());
		begin = now_ns();
		wait_once(r);
		if (task_op(t, begin) >= SLOW_NS)
			atomic_fetch_add(&r->slow, 1);
		atomic_fetch_add(&r->done, 1);
	}
}

static void releaser(struct task *t)
{
	struct blame_run *r = t->arg;
	char page[65536];

	for (unsigned int i = 1; i <= r->rounds; i++) {
		await(&r->round, i);
		sleep_ns(r->pin_ns);
		if (read(r->pipe[0], page, page_bytes()) != (ssize_t)page_bytes())
			die(errno, "read from the pipe");
		atomic_fetch_add(&r->released, 1);
	}
}

static enum hold hold_of(const struct ctx *c)
{
	if (opt_is(c, "hold", "setup"))
		return HOLD_SETUP;
	return opt_is(c, "hold", "pin") ? HOLD_PIN : HOLD_TRUNCATE;
}

static int blame(struct ctx *c)
{
	struct blame_run r = {
		.hold = hold_of(c),
		.rounds = opt_u64(c, "rounds"),
		.after_ns = opt_u64(c, "after"),
		.pin_ns = opt_u64(c, "pin"),
		.by = opt_str(c, "by"),
		.waiters = (unsigned int)opt_u64(c, "waiters"),
	};
	uint64_t size = (r.hold == HOLD_SETUP ? r.rounds + 1 : 1) * RANGE_BYTES;
	struct team *team = team_new(r.waiters + 2, false);
	struct task *hold, *first = NULL, *release = NULL;
	struct summary s;

	if (!r.rounds || !r.waiters)
		usage("at least one round and one waiter");
	if (pipe2(r.pipe, O_CLOEXEC))
		die(errno, "pipe");
	file_open(c, &r.file, "", size);
	r.map = map_file(r.file.fd, 0, size, MAP_PTE);
	touch_read(r.map);
	hold = team_add(team, "dl-hold", NULL, holder, &r);
	if (r.hold == HOLD_PIN)
		release = team_add(team, "dl-release", NULL, releaser, &r);
	for (unsigned int i = 0; i < r.waiters; i++) {
		struct task *t = team_add(team, "dl-wait", NULL, waiter, &r);

		first = first ? first : t;
	}
	team_run(c, team);
	summary_begin(&s, c, team, &r.file);
	summary_str(&s, "path", strrchr(r.file.path, '/') + 1);
	summary_str(&s, "hold", opt_str(c, "hold"));
	summary_str(&s, "by", r.by);
	summary_u64(&s, "rounds", r.rounds);
	summary_u64(&s, "waiters", r.waiters);
	summary_u64(&s, "slow", atomic_load(&r.slow));
	summary_role(&s, "holder", hold);
	summary_role(&s, "waiter", first);
	if (release)
		summary_role(&s, "releaser", release);
	summary_end(&s, c);
	team_free(team);
	unmap_file(r.map, size);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "hold", OPT_CHOICE, "truncate", "what holds the lock", "truncate|setup|pin" },
	{ "by", OPT_CHOICE, "fault", "what waits for it", "fault|read|truncate" },
	{ "rounds", OPT_COUNT, "100", "how often", NULL },
	{ "waiters", OPT_COUNT, "1", "how many wait at a time", NULL },
	{ "after", OPT_MS, "15", "when they come", NULL },
	{ "pin", OPT_MS, "40", "when the page is released", NULL },
	{ 0 },
};

const struct workload wl_blame = {
	.name = "blame",
	.run = blame,
	.help = "tasks that wait for a lock whose holder is known",
	.opts = opts,
};
