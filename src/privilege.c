// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * One row of the table is one capability. Surprising: CAP_SYS_ADMIN includes CAP_BPF and
 * CAP_PERFMON (bpf_capable(), perfmon_capable()), but not CAP_SYSLOG.
 */
#include "privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "own_proc.h"

#define BIT(capability) (1ULL << (capability))

static enum capability_need need_always(enum dax_detail detail)
{
	(void)detail;
	return CAPABILITY_NEEDED;
}

static enum capability_need need_for_comfort(enum dax_detail detail)
{
	(void)detail;
	return CAPABILITY_OPTIONAL;
}

/*
 * Does /proc/kallsyms show us addresses? kernel.kptr_restrict and perf_event_paranoid decide too.
 * The very first symbols may be at 0 in any case: those of x86's per-CPU area.
 */
static bool shows_addresses(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long address = 0;
	char line[1024];

	if (!f)
		return true; /* it is not for want of privilege that there are none */
	for (int i = 0; i < 64 && !address && fgets(line, sizeof(line), f); i++)
		address = strtoull(line, NULL, 16);
	fclose(f);
	return address;
}

static enum capability_need need_for_addresses(enum dax_detail detail)
{
	return detail == DETAIL_FULL ? CAPABILITY_UNNEEDED : CAPABILITY_NEEDED;
}

/* BPF_BTF_GET_NEXT_ID and BPF_BTF_GET_FD_BY_ID, the way to a module's types, want CAP_SYS_ADMIN. */
static enum capability_need need_for_modules(enum dax_detail detail)
{
	(void)detail;
	return !access("/sys/kernel/btf/fuse", F_OK) || !access("/sys/kernel/btf/virtiofs", F_OK)
		       ? CAPABILITY_NEEDED
		       : CAPABILITY_UNNEEDED;
}

static const struct {
	const char *name;
	int number;
	int including; /* has the same effect */
	enum capability_need (*need)(enum dax_detail detail);
	bool (*is_had)(void); /* what it is for works, by whatever */
	const char *purpose;
} capability_table[] = {
	{ "CAP_BPF", CAP_BPF, CAP_SYS_ADMIN, need_always, NULL, "to load BPF programs" },
	{ "CAP_PERFMON", CAP_PERFMON, CAP_SYS_ADMIN, need_always, NULL,
	  "to trace the kernel with them" },
	{ "CAP_SYSLOG", CAP_SYSLOG, CAP_SYSLOG, need_for_addresses, shows_addresses,
	  "for the addresses in /proc/kallsyms, below --detail full and for kprobes" },
	{ "CAP_SYS_ADMIN", CAP_SYS_ADMIN, CAP_SYS_ADMIN, need_for_modules, NULL,
	  "for kernel types of modules, where fuse is one" },
	{ "CAP_SYS_RESOURCE", CAP_SYS_RESOURCE, CAP_SYS_RESOURCE, need_for_comfort, NULL,
	  "to raise RLIMIT_MEMLOCK, if it is too small" },
};

_Static_assert(sizeof(capability_table) / sizeof(capability_table[0]) == CAPABILITIES_CNT,
	       "callers have room for so many");

struct capabilities {
	uint64_t effective, permitted, inheritable;
};

static int capabilities__get(struct capabilities *res)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	if (syscall(SYS_capget, &head, data))
		return -errno;
	res->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	res->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	res->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

static int capabilities__set(const struct capabilities *caps)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		data[i].effective = caps->effective >> 32 * i;
		data[i].permitted = caps->permitted >> 32 * i;
		data[i].inheritable = caps->inheritable >> 32 * i;
	}
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

void privilege__look(enum dax_detail detail, struct capability_state states[CAPABILITIES_CNT])
{
	struct capabilities caps = {};

	capabilities__get(&caps);
	for (int i = 0; i < CAPABILITIES_CNT; i++) {
		uint64_t bits =
			BIT(capability_table[i].number) | BIT(capability_table[i].including);

		states[i] = (struct capability_state){
			.name = capability_table[i].name,
			.purpose = capability_table[i].purpose,
			.need = capability_table[i].need(detail),
			.is_held = caps.effective & bits ||
				   (capability_table[i].is_had && capability_table[i].is_had()),
		};
	}
}

/* ---- saying what is missing ---- */

static void append(char *text, size_t bytes, const char *separator, const char *word)
{
	size_t used = strlen(text);

	snprintf(text + used, bytes - used, "%s%s", used ? separator : "", word);
}

static void append_lower(char *text, size_t bytes, const char *name)
{
	char lower[32] = "";

	for (size_t i = 0; name[i] && i < sizeof(lower) - 1; i++)
		lower[i] = name[i] == '_' ? '_' : name[i] | 0x20;
	append(text, bytes, ",", lower);
}

/* Its capabilities are over that namespace's own things, to which the kernel does not belong. */
static bool is_in_user_namespace(void)
{
	FILE *f = own_proc__open("uid_map");
	unsigned long long inside, outside, cnt;
	bool is_initial;

	if (!f)
		return false;
	is_initial = fscanf(f, "%llu %llu %llu", &inside, &outside, &cnt) == 3 && !inside &&
		     !outside && cnt == UINT32_MAX;
	fclose(f);
	return !is_initial;
}

int privilege__check(enum dax_detail detail, struct failure *failure)
{
	struct capability_state states[CAPABILITIES_CNT];
	char missing[384] = "", needed[128] = "", one[128];

	privilege__look(detail, states);
	for (int i = 0; i < CAPABILITIES_CNT; i++) {
		if (states[i].need != CAPABILITY_NEEDED)
			continue;
		append_lower(needed, sizeof(needed), states[i].name);
		if (states[i].is_held)
			continue;
		snprintf(one, sizeof(one), "%s (%s)", states[i].name, states[i].purpose);
		append(missing, sizeof(missing), ", ", one);
	}
	if (*missing)
		return failure__set(failure, -EPERM, EXIT_CANNOT_RUN,
				    "missing %s: run it as root, or first: setcap %s+ep FILE",
				    missing, needed);
	if (is_in_user_namespace())
		return failure__set(
			failure, -EPERM, EXIT_CANNOT_RUN,
			"its capabilities are those of a user namespace, and not over the "
			"kernel: run it in the initial user namespace");
	return 0;
}

/* ---- passing on, letting go ---- */

void privilege__pass_on(void)
{
	struct capabilities caps;

	if (!geteuid() || capabilities__get(&caps))
		return; /* root gets its own again */
	caps.inheritable = caps.permitted;
	if (capabilities__set(&caps))
		return;
	for (int i = 0; i < 64; i++)
		if (caps.permitted & BIT(i))
			prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0);
}

int privilege__drop(bool (*is_working)(void *ctx), void *ctx)
{
	struct capabilities caps;
	int err = capabilities__get(&caps);

	if (err)
		return err;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); /* before 4.3 there are none */
	caps.effective = caps.inheritable = 0;
	err = capabilities__set(&caps);
	if (err)
		return err;
	if (is_working(ctx))
		caps.permitted = 0;
	else
		caps.permitted &= caps.permitted & BIT(CAP_BPF) ? BIT(CAP_BPF) : BIT(CAP_SYS_ADMIN);
	caps.effective = caps.permitted;
	err = capabilities__set(&caps);
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	return err;
}
