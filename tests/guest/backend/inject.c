// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules by which requests are delayed, failed or left hanging. Only the rules: parking a
 * request is the pool's work, and the language in which rules are given is command.c's.
 */
#include "inject.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *const op_names[INJECT_OP_CNT] = {
	[INJECT_SETUP] = "setup",	  [INJECT_REMOVE] = "remove",
	[INJECT_SETATTR] = "setattr",	  [INJECT_OPEN] = "open",
	[INJECT_READ] = "read",		  [INJECT_WRITE] = "write",
	[INJECT_FALLOCATE] = "fallocate", [INJECT_FSYNC] = "fsync",
	[INJECT_LOOKUP] = "lookup",	  [INJECT_GETATTR] = "getattr",
	[INJECT_CREATE] = "create",	  [INJECT_FLUSH] = "flush",
	[INJECT_RELEASE] = "release",	  [INJECT_UNLINK] = "unlink",
	[INJECT_GETXATTR] = "getxattr",
};

enum rule_kind {
	RULE_DELAY,
	RULE_FAIL,
	RULE_HANG,
};

struct rule {
	struct rule *next;
	enum rule_kind kind;
	enum inject_op op;
	uint64_t ino;
	uint64_t delay_ns;
	int err;
	uint64_t every;
	uint64_t seen;
};

struct inject {
	pthread_mutex_t lock;
	struct rule *rules;
};

struct inject *inject__new(void)
{
	struct inject *inj = calloc(1, sizeof(*inj));

	if (inj)
		pthread_mutex_init(&inj->lock, NULL);
	return inj;
}

void inject__free(struct inject *inj)
{
	if (!inj)
		return;
	inject__clear(inj);
	pthread_mutex_destroy(&inj->lock);
	free(inj);
}

enum inject_op inject__op_by_name(const char *name)
{
	for (int op = INJECT_NONE + 1; op < INJECT_OP_CNT; op++) {
		if (!strcmp(name, op_names[op]))
			return (enum inject_op)op;
	}
	return INJECT_NONE;
}

static struct rule *find(struct inject *inj, const struct rule *like)
{
	struct rule *r = inj->rules;

	while (r && (r->kind != like->kind || r->op != like->op || r->ino != like->ino))
		r = r->next;
	return r;
}

static int set_rule(struct inject *inj, struct rule rule)
{
	struct rule *r;

	pthread_mutex_lock(&inj->lock);
	r = find(inj, &rule);
	if (!r) {
		r = calloc(1, sizeof(*r));
		if (r) {
			rule.next = inj->rules;
			inj->rules = r;
		}
	} else {
		rule.next = r->next;
	}
	if (r)
		*r = rule;
	pthread_mutex_unlock(&inj->lock);
	return r ? 0 : -ENOMEM;
}

int inject__delay(struct inject *inj, enum inject_op op, uint64_t ino, uint64_t delay_ns)
{
	return set_rule(inj, (struct rule){
				     .kind = RULE_DELAY,
				     .op = op,
				     .ino = ino,
				     .delay_ns = delay_ns,
			     });
}

int inject__fail(struct inject *inj, enum inject_op op, uint64_t ino, int err, uint64_t every)
{
	return set_rule(inj, (struct rule){
				     .kind = RULE_FAIL,
				     .op = op,
				     .ino = ino,
				     .err = err,
				     .every = every,
			     });
}

int inject__hang(struct inject *inj, enum inject_op op, uint64_t ino)
{
	return set_rule(inj, (struct rule){ .kind = RULE_HANG, .op = op, .ino = ino });
}

static void drop_rules(struct inject *inj, bool hangs_only)
{
	struct rule **at = &inj->rules;

	pthread_mutex_lock(&inj->lock);
	while (*at) {
		struct rule *r = *at;

		if (hangs_only && r->kind != RULE_HANG) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		free(r);
	}
	pthread_mutex_unlock(&inj->lock);
}

void inject__stop_hanging(struct inject *inj)
{
	drop_rules(inj, true);
}

void inject__clear(struct inject *inj)
{
	drop_rules(inj, false);
}

static void apply(struct rule *r, struct inject_verdict *v)
{
	switch (r->kind) {
	case RULE_DELAY:
		if (r->delay_ns > v->delay_ns)
			v->delay_ns = r->delay_ns;
		break;
	case RULE_FAIL:
		if (++r->seen % r->every == 0)
			v->err = r->err;
		break;
	case RULE_HANG:
		v->hangs = true;
		break;
	}
}

struct inject_verdict inject__judge(struct inject *inj, enum inject_op op, uint64_t ino)
{
	struct inject_verdict v = { 0 };

	if (op == INJECT_NONE)
		return v;
	pthread_mutex_lock(&inj->lock);
	for (struct rule *r = inj->rules; r; r = r->next) {
		if (r->op == op && (!r->ino || r->ino == ino))
			apply(r, &v);
	}
	pthread_mutex_unlock(&inj->lock);
	return v;
}
