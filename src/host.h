/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What a guest can see of its host's part in a stall: time that the host ran something else in its
 * place (steal), and waits for pages that the host had to bring in (KVM's asynchronous page
 * faults).
 */
#ifndef DAXTOP_HOST_H
#define DAXTOP_HOST_H

#include <stdbool.h>

#include <linux/types.h>

/* Why the guest cannot see it, or NULL where it can: by the features that KVM offers in CPUID. */
const char *host__why_no_steal(void);
const char *host__why_no_page_ins(void);

/* Time stolen from all CPUs since boot, to a clock tick: /proc/stat. 0 or -errno. */
int host__steal_ns(__u64 *res);

#endif
