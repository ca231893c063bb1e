// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not a workload: takes one vsock connection, as a host does that a guest without a disk sends to,
 * and keeps what comes. With the loopback transport both ends are the guest (CID 1).
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int take_connection(unsigned int port)
{
	struct sockaddr_vm addr = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_ANY,
		.svm_port = port,
	};
	int server = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;

	if (server < 0 || bind(server, (struct sockaddr *)&addr, sizeof(addr)) || listen(server, 1))
		die(errno, "cannot listen at vsock port %u", port);
	fd = accept(server, NULL, NULL);
	if (fd < 0)
		die(errno, "nobody came");
	close(server);
	return fd;
}

static int vsock_take(struct ctx *c)
{
	static char bytes[65536];
	ssize_t got;
	int from, to;

	if (c->argc != 2)
		usage("a port and a file are needed");
	to = open(c->argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (to < 0)
		die(errno, "%s", c->argv[1]);
	from = take_connection(atoi(c->argv[0]));
	while ((got = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, got) != got)
			die(errno, "%s", c->argv[1]);
	if (got < 0)
		die(errno, "the connection broke");
	close(from);
	close(to);
	return EXIT_FINE;
}

const struct workload wl_vsock_take = {
	.name = "vsock-take",
	.run = vsock_take,
	.help = "keep what comes over one vsock connection",
	.positional = "PORT FILE",
};
