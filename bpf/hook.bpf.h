/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One text for two ways to hook. Each file with programs is compiled twice: as fentry, fexit and
 * tp_btf, whose typed arguments are followed by plain loads; and, with BY_KPROBE, as kprobe,
 * kretprobe and raw_tp, for what this kernel's BTF does not know. The names of those end in _kp. A
 * kretprobe has no arguments, so no end takes any but the result.
 */
#ifndef HOOK_BPF_H
#define HOOK_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#ifdef BY_KPROBE

#define HOOK_BEGIN(function, name, args...)    SEC("?kprobe") int BPF_KPROBE(name##_kp, ##args)
#define HOOK_END(function, name, ret, args...) SEC("?kretprobe") int BPF_KRETPROBE(name##_kp, ret)
#define HOOK_END_VOID(function, name)	       SEC("?kretprobe") int BPF_KRETPROBE(name##_kp)
#define HOOK_TRACEPOINT(tracepoint, name, args...) \
	SEC("?raw_tp/" #tracepoint) int BPF_PROG(name##_kp, ##args)

/* After the function where its end has arguments, else before it. */
#define HOOK_AFTER(function, name, args...) SEC("?kprobe") int BPF_KPROBE(name##_kp, ##args)

/* Where a function has its arguments, numbered from 0, and its result, depends on the kernel. */
#define HOOK_BEGIN_RAW(function, name) SEC("?kprobe") int name##_kp(struct pt_regs *ctx)
#define HOOK_END_RAW(function, name)   SEC("?kretprobe") int name##_kp(struct pt_regs *ctx)
#define ARG_0(ctx)		       PT_REGS_PARM1(ctx)
#define ARG_1(ctx)		       PT_REGS_PARM2(ctx)
#define ARG_2(ctx)		       PT_REGS_PARM3(ctx)
#define ARG_3(ctx)		       PT_REGS_PARM4(ctx)
#define RESULT(ctx, n)		       PT_REGS_RC(ctx)

/* Follows pointers: LOAD2(inode, i_sb, s_dev) is inode->i_sb->s_dev. */
#define LOAD1(p, a)	  BPF_CORE_READ(p, a)
#define LOAD2(p, a, b)	  BPF_CORE_READ(p, a, b)
#define LOAD3(p, a, b, c) BPF_CORE_READ(p, a, b, c)

#else

#define HOOK_BEGIN(function, name, args...) SEC("?fentry/" #function) int BPF_PROG(name, ##args)
#define HOOK_END(function, name, ret, args...) \
	SEC("?fexit/" #function) int BPF_PROG(name, ##args, ret)
#define HOOK_END_VOID(function, name, args...) SEC("?fexit/" #function) int BPF_PROG(name, ##args)
#define HOOK_AFTER(function, name, args...)    SEC("?fexit/" #function) int BPF_PROG(name, ##args)
#define HOOK_TRACEPOINT(tracepoint, name, args...) \
	SEC("?tp_btf/" #tracepoint) int BPF_PROG(name, ##args)

#define HOOK_BEGIN_RAW(function, name) SEC("?fentry/" #function) int name(unsigned long long *ctx)
#define HOOK_END_RAW(function, name)   SEC("?fexit/" #function) int name(unsigned long long *ctx)
#define ARG_0(ctx)		       ((ctx)[0])
#define ARG_1(ctx)		       ((ctx)[1])
#define ARG_2(ctx)		       ((ctx)[2])
#define ARG_3(ctx)		       ((ctx)[3])
#define RESULT(ctx, n)		       ((ctx)[n]) /* of a function of @n arguments */

#define LOAD1(p, a)	  ((p)->a)
#define LOAD2(p, a, b)	  ((p)->a->b)
#define LOAD3(p, a, b, c) ((p)->a->b->c)

#endif

/*
 * The address of what @pointer points to, a number to the verifier: through memory that it does not
 * follow, since it lets nobody calculate with pointers to kernel types.
 */
static __always_inline __u64 address_of(const void *pointer)
{
	__u64 address;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}

#endif
