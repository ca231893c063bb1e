// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S 1000000000ULL

#ifdef __x86_64__

#include <cpuid.h>

/*
 * Documentation/virt/kvm/x86/cpuid.rst: a signature, behind other hypervisors' if it plays those,
 * and features.
 */
#define KVM_LEAF	       0x40000000
#define KVM_LEAF_END	       0x40010000
#define KVM_FEATURE_ASYNC_PF   (1U << 14) /* by interrupt, as guests use it since 5.8 */
#define KVM_FEATURE_STEAL_TIME (1U << 5)

static bool has_feature(unsigned int feature)
{
	unsigned int eax, ebx, ecx, edx, signature[3];

	__cpuid(1, eax, ebx, ecx, edx);
	if (!(ecx & 1U << 31)) /* no hypervisor says that it is one */
		return false;
	for (unsigned int leaf = KVM_LEAF; leaf < KVM_LEAF_END; leaf += 0x100) {
		__cpuid(leaf, eax, signature[0], signature[1], signature[2]);
		if (memcmp(signature, "KVMKVMKVM\0\0", sizeof(signature)))
			continue;
		__cpuid(leaf + 1, eax, ebx, ecx, edx);
		return eax & feature;
	}
	return false;
}

static const char no_kvm[] = "not measurable in the guest: its hypervisor is no KVM that tells";

const char *host__why_no_steal(void)
{
	return has_feature(KVM_FEATURE_STEAL_TIME) ? NULL : no_kvm;
}

const char *host__why_no_page_ins(void)
{
	return has_feature(KVM_FEATURE_ASYNC_PF) ? NULL : no_kvm;
}

#else

const char *host__why_no_steal(void)
{
	return "not measurable in the guest: nothing says if its host tells";
}

const char *host__why_no_page_ins(void)
{
	return "not measurable in the guest: only x86 has asynchronous page faults";
}

#endif

int host__steal_ns(__u64 *res)
{
	unsigned long long ticks;
	FILE *f = fopen("/proc/stat", "re");
	long hz = sysconf(_SC_CLK_TCK);
	int found;

	if (!f)
		return -errno;
	found = fscanf(f, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks);
	fclose(f);
	if (found != 1 || hz <= 0)
		return -ENODATA;
	*res = ticks * (NS_PER_S / hz);
	return 0;
}
