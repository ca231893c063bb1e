// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The parts of the JSON view that say who is in the way: of what is in flight, of locks, of a
 * mount.
 */
#include "view_json_priv.h"

#include <stdlib.h>

static json_t *name_or_null(bool is_known, const char *name)
{
	return is_known ? json_string(name) : json_null();
}

static void put_task(struct ctx *c, json_t *o, const struct task_key *task, const char *comm)
{
	bool is_known = task->pid;

	put(c, o, "pid", num_or_null(is_known, task->pid));
	put(c, o, "tgid", num_or_null(is_known, task->tgid));
	put(c, o, "comm", text_or_null(is_known ? comm : NULL));
}

static json_t *wait_name(unsigned int wait)
{
	return wait < WAIT_NR ? json_string(wait_table[wait].name) : json_null();
}

static json_t *op_name(unsigned int op)
{
	return op < OP_NR ? json_string(op_table[op].name) : json_null();
}

/* ---- in flight ---- */

/* What is in the way, a word for each kind of step. */
static const char *const chain_sort_names[CHAIN_NR] = {
	[CHAIN_HOLDER] = "holder", [CHAIN_WORKER] = "worker", [CHAIN_NO_WORKER] = "no_worker",
	[CHAIN_HOST] = "host",	   [CHAIN_PAGE] = "page",
};

static const char *const signal_names[SIGNAL_NR] = {
	[SIGNAL_ANY] = "any",
	[SIGNAL_HARMFUL] = "harmful",
	[SIGNAL_FATAL] = "fatal",
	[SIGNAL_NONE] = "none",
};

#define READERS_TOLD 16

static json_t *chain_readers(struct ctx *c, const struct chain_step *step)
{
	const struct in_flight_row *rows[READERS_TOLD];
	size_t cnt = summary__chain_readers(c->s, step, rows, READERS_TOLD);
	json_t *a = json_array();

	for (size_t i = 0; i < cnt && i < READERS_TOLD; i++) {
		json_t *o = json_object();

		put(c, o, "op", op_name(rows[i]->op));
		put_task(c, o, &rows[i]->task, rows[i]->comm);
		append(c, a, o);
	}
	return a;
}

static json_t *chain_step(struct ctx *c, const struct chain_step *step)
{
	bool has_holder = step->sort == CHAIN_HOLDER, has_task = step->holder.task.pid;
	json_t *o = json_object();

	put(c, o, "wait", wait_name(step->wait));
	put(c, o, "wait_ns", num(step->wait_ns));
	put(c, o, "request", text_or_null(opcode_name(step->opcode)));
	put_inode(c, o, &step->inode);
	put(c, o, "behind", json_string(chain_sort_names[step->sort]));
	put(c, o, "holder", name_or_null(has_holder, holder_table[step->holder.sort].name));
	put(c, o, "op", has_task ? op_name(step->holder.op) : json_null());
	put(c, o, "held_at_most_ns", num_or_null(step->holder.held_ns, step->holder.held_ns));
	put_task(c, o, &step->holder.task, step->holder.comm);
	put(c, o, "readers", has_holder ? chain_readers(c, step) : json_null());
	put(c, o, "ended_by_signal", text_or_null(signal_names[step->signal]));
	return o;
}

static void put_chain(struct ctx *c, json_t *o, const struct in_flight_row *row)
{
	struct chain_step steps[CHAIN_STEPS];
	json_t *a = json_array();
	bool is_loop;
	size_t cnt = summary__chain(c->s, row, steps, &is_loop);

	for (size_t i = 0; i < cnt; i++)
		append(c, a, chain_step(c, &steps[i]));
	put(c, o, "chain", a);
	put(c, o, "deadlock", json_boolean(is_loop));
}

/* "state", "cpu_ns", "stack": of a task that has been in an operation for long, else null. */
static void put_task_now(struct ctx *c, json_t *o, const struct in_flight_task *now)
{
	char state[2] = { now->state };
	json_t *stack = now->state ? json_array() : json_null();

	for (__u32 i = 0; i < now->fn_cnt; i++)
		append(c, stack, text_or_null(now->fns[i]));
	put(c, o, "state", text_or_null(now->state ? state : NULL));
	put(c, o, "cpu_ns", num_or_null(now->has_cpu, now->cpu_ns));
	put(c, o, "stack", stack);
}

static json_t *in_flight_row(struct ctx *c, const struct in_flight_row *row)
{
	bool is_waiting = row->wait < WAIT_NR;
	json_t *o = json_object();

	put(c, o, "op", json_string(op_table[row->op].name));
	put(c, o, "age_ns", num(row->age_ns));
	put(c, o, "wait", wait_name(row->wait));
	put(c, o, "wait_ns", num_or_null(is_waiting, row->wait_ns));
	put_task(c, o, &row->task, row->comm);
	put_inode(c, o, &row->inode);
	put_page(c, o, row);
	put(c, o, "nested", json_boolean(!row->is_outermost));
	put_chain(c, o, row);
	put_task_now(c, o, &row->now);
	return o;
}

json_t *json__in_flight(struct ctx *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < summary__in_flight_row_cnt(c->s); i++)
		append(c, a, in_flight_row(c, summary__in_flight_row(c->s, i)));
	return a;
}

/* ---- locks ---- */

static void put_edge(struct ctx *c, json_t *o, const struct edge *edge)
{
	put(c, o, "count", num(edge->cnt));
	put(c, o, "holds", num(edge->holds_cnt));
	put(c, o, "waiters_max", num(edge->waiters_max));
	put(c, o, "total_ns", num(edge->total_ns));
	put(c, o, "max_ns", num(edge->max_ns));
	put(c, o, "held_at_most_ns", num_or_null(edge->held_max_ns, edge->held_max_ns));
}

static json_t *edge(struct ctx *c, const struct edge_row *row)
{
	const struct edge_key *key = &row->key;
	json_t *o = json_object(), *holder = json_object();

	put(c, o, "wait", wait_name(key->wait));
	put(c, o, "op", op_name(key->op));
	put_inode(c, o, &key->inode);
	put(c, holder, "sort", json_string(holder_table[key->holder_sort].name));
	put(c, holder, "op", op_name(key->holder_op));
	put_task(c, holder, &key->holder, names__comm(c->n, &key->holder));
	put(c, holder, "wait", wait_name(key->holder_wait));
	put(c, holder, "wait_op", op_name(key->holder_wait_op));
	put(c, holder, "request", text_or_null(opcode_name(key->opcode)));
	put(c, o, "holder", holder);
	put_edge(c, o, &row->edge);
	return o;
}

int json__put_edges(struct ctx *c, json_t *root)
{
	json_t *a = json_array(), *rest = json_null();
	struct edge_list list;
	int err = summary__top_edges(c->s, c->opts->top_cnt, &list);

	if (err) {
		json_decref(a);
		return err;
	}
	for (size_t i = 0; i < list.cnt; i++)
		append(c, a, edge(c, list.rows[i]));
	if (list.rest.cnt) {
		rest = json_object();
		put_edge(c, rest, &list.rest);
	}
	put(c, root, "edges", a);
	put(c, root, "edges_total", num(list.total_cnt));
	put(c, root, "edges_rest", rest);
	edge_list__fini(&list);
	return 0;
}

/* ---- windows ---- */

#define HELD_BY_ROWS 10

static json_t *held_by(struct ctx *c, __u32 dev)
{
	struct window_share shares[HELD_BY_ROWS];
	size_t cnt = summary__window_shares(c->s, dev, shares, HELD_BY_ROWS);
	json_t *a = json_array();

	for (size_t i = 0; i < cnt; i++) {
		json_t *o = json_object();

		put_inode(c, o, &shares[i].inode);
		put(c, o, "ranges", num(shares[i].ranges_cnt));
		append(c, a, o);
	}
	return a;
}

static json_t *worker(struct ctx *c, __u32 dev)
{
	const struct in_flight_row *row = summary__reclaim_worker(c->s, dev);
	bool is_waiting = row && row->wait < WAIT_NR;
	json_t *o = json_object();

	put(c, o, "state", json_string(!row ? "idle" : is_waiting ? "waiting" : "running"));
	put(c, o, "wait", wait_name(is_waiting ? row->wait : WAIT_NONE));
	put(c, o, "wait_ns", num_or_null(is_waiting, row ? row->wait_ns : 0));
	put_inode(c, o, row ? &row->inode : &(struct inode_key){});
	return o;
}

void json__put_window(struct ctx *c, json_t *o, const struct mount_state *m)
{
	bool is_known = !summary__why_unmeasured(c->s, "mounts.", "held_by");

	put(c, o, "held_by", is_known ? held_by(c, m->dev) : json_null());
	put(c, o, "reclaim_worker",
	    summary__measure(c->s, OP_RECLAIM_RUN) ? worker(c, m->dev) : json_null());
}

/* ---- mounts that will not come back ---- */

static json_t *self_request(struct ctx *c, const struct event_self_request *ev)
{
	json_t *o = json_object(), *closer = json_object();

	put(c, o, "ns", num(ev->ns));
	put(c, o, "request", text_or_null(opcode_name(ev->opcode)));
	put_inode(c, o, &ev->key);
	put_task(c, o, &ev->task, ev->comm);
	put_task(c, closer, &ev->closer, ev->closer_comm);
	put(c, o, "closed_by", closer);
	return o;
}

json_t *json__self_requests(struct ctx *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < summary__self_request_cnt(c->s); i++)
		append(c, a, self_request(c, summary__self_request(c->s, i)));
	return a;
}

/* ---- the host's part ---- */

static json_t *page_ins(struct ctx *c)
{
	const struct host_time *host = summary__host(c->s);
	json_t *o = json_object();

	for (unsigned int op = 0; op < OP_NR; op++) {
		json_t *row;

		if (!host->page_ins[op].cnt)
			continue;
		row = json_object();
		put(c, row, "count", num(host->page_ins[op].cnt));
		put(c, row, "total_ns", num(host->page_ins[op].total_ns));
		put(c, o, op_table[op].name, row);
	}
	return o;
}

json_t *json__host(struct ctx *c)
{
	json_t *o = json_object();

	put(c, o, "steal_ns", measured(c, "host.", "steal_ns", summary__host(c->s)->steal_ns));
	put(c, o, "page_ins",
	    summary__why_unmeasured(c->s, "host.", "page_ins") ? json_null() : page_ins(c));
	return o;
}

json_t *json__repeated_faults(struct ctx *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < summary__repeated_fault_cnt(c->s); i++) {
		const struct repeated_fault *fault = summary__repeated_fault(c->s, i);
		json_t *o = json_object();

		put(c, o, "op", op_name(fault->op));
		put_task(c, o, &fault->task, fault->comm);
		put_inode(c, o, &fault->inode);
		put(c, o, "offset", num(fault->offset));
		put(c, o, "seen", num(fault->seen_cnt));
		put(c, o, "span_ns", num(fault->span_ns));
		append(c, a, o);
	}
	return a;
}
