// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not a workload: runs a program as a user that is not root, with some capabilities, where there is
 * neither setpriv nor setcap. They are ambient, so that the program has them as if from its file.
 */
#include "workload.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534

static const struct {
	const char *name;
	int number;
} capabilities[] = {
	{ "bpf", CAP_BPF },
	{ "perfmon", CAP_PERFMON },
	{ "syslog", CAP_SYSLOG },
	{ "sys_admin", CAP_SYS_ADMIN },
	{ "sys_resource", CAP_SYS_RESOURCE },
	{ "ipc_lock", CAP_IPC_LOCK },
	{ "dac_read_search", CAP_DAC_READ_SEARCH },
};

/* "bpf,perfmon" as bits; "none" is no bit. */
static uint64_t parse_list(char *list)
{
	uint64_t bits = 0;
	char *save, *name;

	if (!strcmp(list, "none"))
		return 0;
	for (name = strtok_r(list, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		size_t i = 0;

		while (i < ARRAY_SIZE(capabilities) && strcmp(capabilities[i].name, name))
			i++;
		if (i == ARRAY_SIZE(capabilities))
			usage("no capability is called '%s' here", name);
		bits |= 1ULL << capabilities[i].number;
	}
	return bits;
}

static void become_nobody(void)
{
	if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		die(errno, "cannot become nobody");
}

static void set_capabilities(uint64_t bits)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = data[i].inheritable = bits >> 32 * i;
	if (syscall(SYS_capset, &head, data))
		die(errno, "cannot set capabilities");
	for (int i = 0; i < 64; i++)
		if (bits >> i & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0))
			die(errno, "cannot pass on capability %d", i);
}

static int caps(struct ctx *c)
{
	uint64_t bits;

	if (c->argc < 2)
		usage("a list of capabilities and a command are needed");
	bits = parse_list(c->argv[0]);
	become_nobody();
	set_capabilities(bits);
	execvp(c->argv[1], c->argv + 1);
	die(errno, "%s", c->argv[1]);
	return EXIT_FAILED;
}

const struct workload wl_caps = {
	.name = "caps",
	.run = caps,
	.help = "run a command as nobody, with none but these capabilities",
	.positional = "none|bpf,perfmon... COMMAND [ARG]...",
};
