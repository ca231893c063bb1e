// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-hold: another process holds a page of a DAX file while this one truncates it, and gives it up
 * in a way of its own: by reading the pipe it is in, by exiting with that pipe open, by reading
 * from a slow block device into the page (O_DIRECT: its own task releases it), or by writing it
 * there asynchronously (the device's interrupt does).
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct hold {
	const struct ctx *c;
	struct dfile file;
	char *map;
	char *page;   /* the one that is held */
	int ready[2]; /* a byte comes through: it is held, or about to be */
	uint64_t delay_ns;
};

static void tell_ready(const struct hold *h)
{
	if (write(h->ready[1], "", 1) != 1)
		die(errno, "write to the parent");
}

/* Into a pipe of the holder's own; returns the end to read. */
static int into_pipe(const struct hold *h)
{
	struct iovec iov = { .iov_base = h->page, .iov_len = page_bytes() };
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		die(errno, "pipe");
	if (vmsplice(fds[1], &iov, 1, 0) != (ssize_t)iov.iov_len)
		die(errno, "vmsplice");
	tell_ready(h);
	sleep_ns(h->delay_ns);
	return fds[0];
}

static void hold_until_read(const struct hold *h)
{
	static char buf[65536];

	if (read(into_pipe(h), buf, page_bytes()) != (ssize_t)page_bytes())
		die(errno, "read of the pipe");
}

static void hold_until_exit(const struct hold *h)
{
	into_pipe(h);
}

static int device_open(const struct hold *h)
{
	const char *path = opt_str(h->c, "device");
	int fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);

	if (fd < 0)
		die(errno, "%s", path);
	return fd;
}

static void hold_by_direct_read(const struct hold *h)
{
	int fd = device_open(h);

	tell_ready(h);
	if (pread(fd, h->page, page_bytes(), 0) != (ssize_t)page_bytes())
		die(errno, "pread of the device");
}

/* By the system calls themselves: libaio is not at hand. */
static void hold_by_async_write(const struct hold *h)
{
	struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PWRITE }, *cbs[] = { &cb };
	aio_context_t context = 0;
	struct io_event event;

	cb.aio_fildes = (uint32_t)device_open(h);
	cb.aio_buf = (uint64_t)(uintptr_t)h->page;
	cb.aio_nbytes = page_bytes();
	if (syscall(SYS_io_setup, 1, &context))
		die(errno, "io_setup");
	if (syscall(SYS_io_submit, context, 1, cbs) != 1)
		die(errno, "io_submit");
	tell_ready(h);
	if (syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1)
		die(errno, "io_getevents");
	if (event.res != (int64_t)page_bytes())
		die((int)-event.res, "asynchronous write");
}

static const struct {
	const char *name;
	void (*hold)(const struct hold *h);
} ways[] = {
	{ "read", hold_until_read },
	{ "exit", hold_until_exit },
	{ "direct-read", hold_by_direct_read },
	{ "async-write", hold_by_async_write },
};

static pid_t holder_start(struct hold *h)
{
	pid_t pid = fork();

	if (pid < 0)
		die(errno, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_comm("dl-holder");
	/* Closing it later would wait for the inode lock (fuse_flush), which the truncate has. */
	close(h->file.fd);
	touch_write(h->page, 1);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (opt_is(h->c, "by", ways[i].name))
			ways[i].hold(h);
	_exit(EXIT_FINE);
}

static uint64_t cut(struct hold *h)
{
	uint64_t begin;
	char byte;

	if (read(h->ready[0], &byte, 1) != 1)
		die(errno, "the holder");
	sleep_ns(opt_u64(h->c, "after"));
	begin = now_ns();
	if (ftruncate(h->file.fd, 0))
		die(errno, "ftruncate");
	return now_ns() - begin;
}

static void configure(const struct ctx *c, struct hold *h)
{
	uint64_t size = opt_u64(c, "size"), offset = opt_u64(c, "offset") & ~(page_bytes() - 1);

	if (size % RANGE_BYTES || offset + page_bytes() > size)
		usage("--size is whole 2 MiB and has room for the page");
	if ((opt_is(c, "by", "direct-read") || opt_is(c, "by", "async-write")) &&
	    !opt_given(c, "device"))
		usage("--by direct-read and async-write need a --device");
	h->c = c;
	h->delay_ns = opt_u64(c, "delay");
	file_open(c, &h->file, "", size);
	h->map = map_file(h->file.fd, 0, size, MAP_PTE);
	h->page = h->map + offset;
	if (pipe2(h->ready, O_CLOEXEC))
		die(errno, "pipe");
}

static int pin_hold(struct ctx *c)
{
	struct hold h = { 0 };
	struct summary s;
	uint64_t truncate_ns;
	int status;
	pid_t pid;

	configure(c, &h);
	set_comm("dl-cut");
	run_begin(c);
	pid = holder_start(&h);
	close(h.ready[1]); /* so that a holder that fails is heard of */
	truncate_ns = cut(&h);
	if (waitpid(pid, &status, 0) != pid || status)
		die(0, "the holder ended with %#x", (unsigned int)status);
	run_end(c);
	summary_begin(&s, c, NULL, &h.file);
	summary_str(&s, "by", opt_str(c, "by"));
	summary_u64(&s, "holder_pid", (uint64_t)pid);
	summary_u64(&s, "truncate_ns", truncate_ns);
	summary_end(&s, c);
	unmap_file(h.map, h.file.size_bytes);
	file_close(c, &h.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "4M", "of the file", NULL },
	{ "offset", OPT_SIZE, "0", "where in the file the page is", NULL },
	{ "by", OPT_CHOICE, "exit", "what gives the page up", "read|exit|direct-read|async-write" },
	{ "delay", OPT_MS, "300", "how long it is in a pipe", NULL },
	{ "device", OPT_STR, NULL, "the block device to read or write, a slow one", NULL },
	{ "after", OPT_MS, "50", "when to truncate, from there on", NULL },
	{ 0 },
};

const struct workload wl_pin_hold = {
	.name = "pin-hold",
	.run = pin_hold,
	.help = "a page held by another process under truncate",
	.opts = opts,
};
