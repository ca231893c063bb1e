// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one JSON line of a workload. It is put together in memory and written at once, so that lines
 * of workloads that share a console do not mix.
 */
#include "workload.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void put_string(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		unsigned char ch = (unsigned char)*text;

		if (ch == '"' || ch == '\\')
			fprintf(to, "\\%c", ch);
		else if (ch < 0x20)
			fprintf(to, "\\u%04x", ch);
		else
			fputc(ch, to);
	}
	fputc('"', to);
}

static void put_name(struct summary *s, const char *name)
{
	if (!s->is_first)
		fputc(',', s->to);
	s->is_first = false;
	put_string(s->to, name);
	fputc(':', s->to);
}

void summary_u64(struct summary *s, const char *name, uint64_t value)
{
	put_name(s, name);
	fprintf(s->to, "%llu", (unsigned long long)value);
}

void summary_bool(struct summary *s, const char *name, bool value)
{
	put_name(s, name);
	fputs(value ? "true" : "false", s->to);
}

void summary_str(struct summary *s, const char *name, const char *value)
{
	put_name(s, name);
	put_string(s->to, value);
}

void summary_u64s(struct summary *s, const char *name, const uint64_t *values, size_t cnt)
{
	put_name(s, name);
	fputc('[', s->to);
	for (size_t i = 0; i < cnt; i++)
		fprintf(s->to, "%s%llu", i ? "," : "", (unsigned long long)values[i]);
	fputc(']', s->to);
}

static void put_tids(struct summary *s, const struct team *team)
{
	put_name(s, "tids");
	fputc('[', s->to);
	if (!team)
		fprintf(s->to, "%d", task_tid());
	for (unsigned int i = 0; team && i < team->cnt; i++)
		fprintf(s->to, "%s%d", i ? "," : "", team->task[i].tid);
	fputc(']', s->to);
}

void summary_begin(struct summary *s, const struct ctx *c, const struct team *team,
		   const struct dfile *f)
{
	s->is_first = true;
	s->to = open_memstream(&s->text, &s->len);
	if (!s->to)
		die(errno, "summary");
	fputc('{', s->to);
	summary_str(s, "workload", c->w->name);
	summary_u64(s, "pid", (uint64_t)getpid());
	put_tids(s, team);
	if (f) {
		summary_u64(s, "ino", f->ino);
		summary_bool(s, "dax", f->is_dax);
		summary_u64(s, "size_bytes", f->size_bytes);
	}
	if (team) {
		summary_u64(s, "begin_ns", team->begin_ns);
		summary_u64(s, "end_ns", team->end_ns);
	}
}

static void role_u64(struct summary *s, const char *role, const char *what, uint64_t value)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", role, what);
	summary_u64(s, name, value);
}

void summary_role(struct summary *s, const char *role, const struct task *t)
{
	role_u64(s, role, "tid", (uint64_t)t->tid);
	role_u64(s, role, "begin_ns", t->slowest_begin_ns);
	role_u64(s, role, "ns", t->slowest_ns);
	role_u64(s, role, "ops", t->ops);
	if (t->sigbus)
		role_u64(s, role, "sigbus", t->sigbus);
}

void summary_totals(struct summary *s, const struct team *team)
{
	uint64_t ops = 0, ops_ns = 0, slowest_ns = 0, minflt = 0, majflt = 0;

	for (unsigned int i = 0; i < team->cnt; i++) {
		const struct task *t = &team->task[i];

		ops += t->ops;
		ops_ns += t->ops_ns;
		minflt += t->minflt;
		majflt += t->majflt;
		if (t->slowest_ns > slowest_ns)
			slowest_ns = t->slowest_ns;
	}
	summary_u64(s, "ops", ops);
	summary_u64(s, "ops_ns", ops_ns);
	if (slowest_ns)
		summary_u64(s, "slowest_ns", slowest_ns);
	summary_u64(s, "minflt", minflt);
	summary_u64(s, "majflt", majflt);
}

static void put_task(struct summary *s, const struct task *t)
{
	s->is_first = true;
	fputc('{', s->to);
	summary_u64(s, "tid", (uint64_t)t->tid);
	summary_str(s, "comm", t->comm);
	summary_u64(s, "ops", t->ops);
	summary_u64(s, "ops_ns", t->ops_ns);
	if (t->slowest_ns)
		summary_u64(s, "slowest_ns", t->slowest_ns);
	summary_u64(s, "sigbus", t->sigbus);
	summary_u64(s, "minflt", t->minflt);
	summary_u64(s, "majflt", t->majflt);
	fputc('}', s->to);
}

void summary_tasks(struct summary *s, const struct team *team)
{
	put_name(s, "tasks");
	fputc('[', s->to);
	for (unsigned int i = 0; i < team->cnt; i++) {
		if (i)
			fputc(',', s->to);
		put_task(s, &team->task[i]);
	}
	fputc(']', s->to);
	s->is_first = false;
}

void summary_end(struct summary *s, const struct ctx *c)
{
	fputs("}\n", s->to);
	if (fclose(s->to))
		die(errno, "summary");
	if (fwrite(s->text, 1, s->len, stdout) != s->len || fflush(stdout))
		die(errno, "write the summary");
	free(s->text);
	s->text = NULL;
	sleep_ns(opt_u64(c, "hold"));
}
