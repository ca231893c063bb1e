/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adding a finished operation, or a wait, to the tables. Counts and sums are added atomically:
 * tracing programs can be preempted, and a task that then runs on the same CPU writes the same
 * figures. Only max_ns can be understated so, by the shorter of two operations that end at once.
 */
#ifndef FIGURES_BPF_H
#define FIGURES_BPF_H

#include "tables.bpf.h"

static __always_inline __u32 log2_u64(__u64 v)
{
	__u32 exp = 0;

	if (v >> 32) {
		v >>= 32;
		exp = 32;
	}
	if (v >> 16) {
		v >>= 16;
		exp += 16;
	}
	if (v >> 8) {
		v >>= 8;
		exp += 8;
	}
	if (v >> 4) {
		v >>= 4;
		exp += 4;
	}
	if (v >> 2) {
		v >>= 2;
		exp += 2;
	}
	return exp + (v >> 1 ? 1 : 0);
}

/*
 * The same buckets as hist_bucket() and coarse_bucket() in src/hist.c, in the low and the high half.
 * A global function, as are the larger ones below and in span.bpf.h: the verifier checks it once,
 * not again on every path that calls it.
 */
__weak __noinline __u32 buckets_of(__u64 ns)
{
	__u32 exp = log2_u64(ns), fine = ns, coarse = 0;

	if (exp >= HIST_SUB_BITS)
		fine = ((exp - HIST_SUB_BITS + 1) << HIST_SUB_BITS) +
		       ((ns >> (exp - HIST_SUB_BITS)) & ((1 << HIST_SUB_BITS) - 1));
	if (exp >= COARSE_MIN_EXP)
		coarse = 1 + ((exp - COARSE_MIN_EXP) << COARSE_SUB_BITS) +
			 ((ns >> (exp - COARSE_SUB_BITS)) & ((1 << COARSE_SUB_BITS) - 1));
	if (fine >= HIST_BUCKETS)
		fine = HIST_BUCKETS - 1;
	if (coarse >= COARSE_BUCKETS)
		coarse = COARSE_BUCKETS - 1;
	return coarse << 16 | fine;
}

/* A finished operation, as it goes into the tables. */
struct finished {
	const struct frame *frame;
	__u64 dur_ns;
	__u32 buckets;
	__u32 outcome;
};

static __always_inline void cell_add(struct cell *cell, const struct finished *op)
{
	const struct frame *frame = op->frame;
	__u64 bucket = op->buckets >> 16;

	barrier_var(bucket); /* the verifier must see the register checked below as the index */
	__sync_fetch_and_add(&cell->total_ns, op->dur_ns);
	if (op->dur_ns > cell->max_ns)
		cell->max_ns = op->dur_ns;
	if (frame->units)
		__sync_fetch_and_add(&cell->units, frame->units);
	if (op->outcome < OUTCOME_NR)
		__sync_fetch_and_add(&cell->outcome[op->outcome], 1);
	if (bucket < COARSE_BUCKETS)
		__sync_fetch_and_add(&cell->hist[bucket], 1);
	if (frame->retries)
		__sync_fetch_and_add(&cell->retries, frame->retries);
	if (!frame->has_waits)
		return;
	for (__u32 i = 0; i < WAIT_NR; i++) {
		__sync_fetch_and_add(&cell->wait_ns[i], frame->wait_ns[i]);
		__sync_fetch_and_add(&cell->wait_cnt[i], frame->wait_cnt[i]);
	}
}

static __noinline void account_errno(__u32 op, __u32 err)
{
	struct errno_key key = { .op = op, .err = err };
	__u64 one = 1, *cnt;

	cnt = bpf_map_lookup_elem(&errnos, &key);
	if (!cnt && !bpf_map_update_elem(&errnos, &key, &one, BPF_NOEXIST))
		return;
	if (!cnt)
		cnt = bpf_map_lookup_elem(&errnos, &key);
	if (cnt)
		__sync_fetch_and_add(cnt, 1);
	else
		count(COUNTER_ERRNOS_FULL, 1);
}

static __always_inline void account_op(const struct finished *op)
{
	const struct frame *frame = op->frame;
	__u32 index = bpf_get_smp_processor_id() * OP_NR + frame->op;
	__u64 bucket = op->buckets & 0xffff;
	struct op_figures *figures = bpf_map_lookup_elem(&op_tables, &index);

	barrier_var(bucket);
	if (!figures)
		return;
	__sync_fetch_and_add(&figures->total_ns, op->dur_ns);
	if (op->dur_ns > figures->max_ns)
		figures->max_ns = op->dur_ns;
	if (frame->units)
		__sync_fetch_and_add(&figures->units, frame->units);
	if (op->outcome < OUTCOME_NR)
		__sync_fetch_and_add(&figures->outcome[op->outcome], 1);
	if (bucket < HIST_BUCKETS)
		__sync_fetch_and_add(&figures->hist[bucket], 1);
	if (frame->retries)
		__sync_fetch_and_add(&figures->retries, frame->retries);
	if (!frame->has_waits)
		return;
	for (__u32 i = 0; i < WAIT_NR; i++) {
		__sync_fetch_and_add(&figures->wait_ns[i], frame->wait_ns[i]);
		__sync_fetch_and_add(&figures->wait_cnt[i], frame->wait_cnt[i]);
	}
}

/* A wait, once, where it happened. */
static __noinline void account_wait(__u32 kind, __u64 dur_ns)
{
	struct wait_figures *figures = bpf_map_lookup_elem(&wait_tables, &kind);
	__u64 bucket = buckets_of(dur_ns) & 0xffff;

	barrier_var(bucket);
	if (!figures)
		return;
	__sync_fetch_and_add(&figures->cnt, 1);
	__sync_fetch_and_add(&figures->total_ns, dur_ns);
	if (dur_ns > figures->max_ns)
		figures->max_ns = dur_ns;
	if (bucket < HIST_BUCKETS)
		__sync_fetch_and_add(&figures->hist[bucket], 1);
}

#endif
