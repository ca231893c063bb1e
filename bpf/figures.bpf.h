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
 * The same buckets as hist_bucket() and coarse_bucket() in src/hist.c, in the low and the high
 * half. A global function, as are the larger ones below and in span.bpf.h: the verifier checks it
 * once, not again on every path that calls it.
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

#define BUCKETS_NONE (~0U) /* as buckets_of() never returns: no time to add */

/* A finished operation, as it goes into the tables. With OUTCOME_UNSEEN: its waits alone. */
struct finished {
	const struct frame *frame;
	__u64 dur_ns;
	__u32 buckets;
	__u32 outcome;
};

#define WAITS_ADD(to, frame)                                                      \
	_Pragma("unroll") for (__u32 j_ = 0; j_ < WAIT_NR; j_++)                  \
	{                                                                         \
		__sync_fetch_and_add(&(to)->wait_ns[j_], (frame)->wait_ns[j_]);   \
		__sync_fetch_and_add(&(to)->wait_cnt[j_], (frame)->wait_cnt[j_]); \
	}

/*
 * Adds operation @op to @to, a struct op_figures or struct cell: the same members, of other widths.
 * The verifier must see the registers that are checked here as the indexes.
 */
#define FIGURES_ADD(to, op, bucket_, buckets_cnt)                              \
	({                                                                     \
		const struct frame *frame_ = (op)->frame;                      \
		__u64 i_ = (bucket_), outcome_ = (op)->outcome;                \
                                                                               \
		barrier_var(i_);                                               \
		barrier_var(outcome_);                                         \
		__sync_fetch_and_add(&(to)->total_ns, (op)->dur_ns);           \
		if ((op)->dur_ns > (to)->max_ns)                               \
			(to)->max_ns = (op)->dur_ns;                           \
		if (frame_->units)                                             \
			__sync_fetch_and_add(&(to)->units, frame_->units);     \
		if (outcome_ < OUTCOME_NR)                                     \
			__sync_fetch_and_add(&(to)->outcome[outcome_], 1);     \
		if (i_ < (buckets_cnt))                                        \
			__sync_fetch_and_add(&(to)->hist[i_], 1);              \
		if (frame_->retries)                                           \
			__sync_fetch_and_add(&(to)->retries, frame_->retries); \
		if (frame_->has_waits)                                         \
			WAITS_ADD(to, frame_);                                 \
	})

static __always_inline void cell_add(struct cell *cell, const struct finished *op)
{
	FIGURES_ADD(cell, op, op->buckets >> 16, COARSE_BUCKETS);
}

/* This CPU's figures of one operation kind. */
static __always_inline struct op_figures *op_figures_here(__u32 op)
{
	__u32 index = bpf_get_smp_processor_id() * OP_NR + op;

	return bpf_map_lookup_elem(&op_tables, &index);
}

static __always_inline void account_op(const struct finished *op)
{
	struct op_figures *figures = op_figures_here(op->frame->op);

	if (figures)
		FIGURES_ADD(figures, op, op->buckets & 0xffff, HIST_BUCKETS);
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

/* Adds a run of hits to a struct op_figures or struct cell, but for its histogram. */
#define RUN_ADD(to, run, cnt)                                            \
	({                                                               \
		__sync_fetch_and_add(&(to)->total_ns, (run)->total_ns);  \
		if ((run)->max_ns > (to)->max_ns)                        \
			(to)->max_ns = (run)->max_ns;                    \
		__sync_fetch_and_add(&(to)->units, (run)->units);        \
		__sync_fetch_and_add(&(to)->outcome[OUTCOME_DONE], cnt); \
	})

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
