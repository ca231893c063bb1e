// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options from tables: a workload's own rows and the common ones make the parser, the checks and
 * the help. Values are checked when parsed, so that a workload only ever sees good ones.
 */
#include "workload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct opt_value {
	const struct opt *opt;
	const char *text; /* as given, or the default; NULL for neither */
	bool is_given;
	uint64_t number;
	uint64_t list[OPT_LIST_MAX];
	size_t list_cnt;
};

/* For all but the helpers. */
static const struct opt common[] = {
	{ "existing", OPT_FLAG, NULL, "use files that are there, make none", NULL },
	{ "keep", OPT_FLAG, NULL, "leave the files there at the end", NULL },
	{ "ready-file", OPT_STR, NULL, "create this file when all is set up", NULL },
	{ "start-file", OPT_STR, NULL, "then wait for this file before starting", NULL },
	{ "inject", OPT_STR, NULL, "then send these commands (a;b) to the backend; 'clear' after",
	  NULL },
	{ "hold", OPT_MS, "0", "stay this long after the summary, files open", NULL },
	{ 0 },
};

static int parse_scaled(const char *text, uint64_t *value)
{
	static const char suffixes[] = "kmgt";
	const char *hit;
	char *end;
	unsigned int shift;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno)
		return -errno;
	if (!*end)
		return 0;
	hit = strchr(suffixes, *end | 0x20);
	if (!hit || !*hit || end[1])
		return -EINVAL;
	shift = 10 * (unsigned int)(hit - suffixes + 1);
	if (*value > UINT64_MAX >> shift)
		return -ERANGE;
	*value <<= shift;
	return 0;
}

/* @end is set to what follows; @unit_ns is what a bare number counts. */
static int parse_time(const char *text, uint64_t unit_ns, uint64_t *ns, char **end)
{
	double value;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	value = strtod(text, end);
	if (!strncmp(*end, "ms", 2)) {
		unit_ns = NSEC_PER_MSEC;
		*end += 2;
	} else if (**end == 's') {
		unit_ns = NSEC_PER_SEC;
		*end += 1;
	}
	if (value * (double)unit_ns > 1e18)
		return -ERANGE;
	*ns = (uint64_t)(value * (double)unit_ns);
	return 0;
}

static int parse_one_time(const char *text, uint64_t unit_ns, uint64_t *ns)
{
	char *end;
	int err = parse_time(text, unit_ns, ns, &end);

	return err ? err : *end ? -EINVAL : 0;
}

static int parse_list(struct opt_value *v, const char *text)
{
	char *end;
	int err;

	for (v->list_cnt = 0; v->list_cnt < OPT_LIST_MAX; text = end + 1) {
		err = parse_time(text, NSEC_PER_MSEC, &v->list[v->list_cnt++], &end);
		if (err)
			return err;
		if (!*end)
			return 0;
		if (*end != ',')
			return -EINVAL;
	}
	return -E2BIG;
}

static int parse_choice(const char *text, const char *choices)
{
	size_t len = strlen(text);

	for (const char *p = choices; *p; p += *p == '|') {
		size_t n = strcspn(p, "|");

		if (n == len && !strncmp(p, text, n))
			return 0;
		p += n;
	}
	return -EINVAL;
}

static int value_set(struct opt_value *v, const char *text)
{
	v->text = text;
	switch (v->opt->kind) {
	case OPT_FLAG:
		v->number = 1;
		return 0;
	case OPT_STR:
		return 0;
	case OPT_COUNT:
	case OPT_SIZE:
		return parse_scaled(text, &v->number);
	case OPT_MS:
		return parse_one_time(text, NSEC_PER_MSEC, &v->number);
	case OPT_SECONDS:
		return parse_one_time(text, NSEC_PER_SEC, &v->number);
	case OPT_MS_LIST:
		return parse_list(v, text);
	case OPT_CHOICE:
		return parse_choice(text, v->opt->choices);
	}
	return -EINVAL;
}

static size_t add_rows(struct ctx *c, const struct opt *row)
{
	for (; row && row->name; row++) {
		struct opt_value *v = &c->values[c->value_cnt++];

		v->opt = row;
		if (row->def && value_set(v, row->def)) {
			fprintf(stderr, "daxload: bad default of --%s\n", row->name);
			abort();
		}
	}
	return c->value_cnt;
}

static size_t rows(const struct opt *row)
{
	size_t cnt = 0;

	while (row && row[cnt].name)
		cnt++;
	return cnt;
}

static struct opt_value *find(const struct ctx *c, const char *name, size_t len)
{
	for (size_t i = 0; i < c->value_cnt; i++)
		if (strlen(c->values[i].opt->name) == len &&
		    !strncmp(c->values[i].opt->name, name, len))
			return &c->values[i];
	return NULL;
}

/* One option at argv[0]; returns how many words it took, or -1. */
static int parse_option(struct ctx *c, int argc, char **argv)
{
	const char *name = argv[0] + 2, *text;
	size_t len = strcspn(name, "=");
	struct opt_value *v = find(c, name, len);
	int used = 1;

	if (!v) {
		fprintf(stderr, "daxload %s: no option is called '%s'\n", c->w->name, argv[0]);
		return -1;
	}
	text = name[len] ? name + len + 1 : NULL;
	if (!text && v->opt->kind != OPT_FLAG) {
		text = argc > 1 ? argv[1] : NULL;
		used = 2;
	}
	if ((v->opt->kind == OPT_FLAG) == !!text) {
		fprintf(stderr, "daxload %s: --%s takes %s value\n", c->w->name, v->opt->name,
			text ? "no" : "a");
		return -1;
	}
	v->is_given = true;
	if (value_set(v, text)) {
		fprintf(stderr, "daxload %s: --%s cannot be '%s'%s%s\n", c->w->name, v->opt->name,
			text, v->opt->choices ? "; it is one of " : "",
			v->opt->choices ? v->opt->choices : "");
		return -1;
	}
	return used;
}

int opts_parse(struct ctx *c, int argc, char **argv)
{
	bool is_plain = c->w->positional != NULL;
	size_t cnt = rows(c->w->opts) + (is_plain ? 0 : rows(common));

	c->values = calloc(cnt + 1, sizeof(*c->values));
	if (!c->values)
		die(ENOMEM, "options");
	add_rows(c, c->w->opts);
	if (!is_plain)
		add_rows(c, common);
	while (argc > 0 && !strncmp(argv[0], "--", 2)) {
		int used = parse_option(c, argc, argv);

		if (used < 0)
			return -1;
		argc -= used;
		argv += used;
	}
	c->argc = argc;
	c->argv = argv;
	if (argc > 0 && !is_plain) {
		fprintf(stderr, "daxload %s: what is '%s'?\n", c->w->name, argv[0]);
		return -1;
	}
	return 0;
}

void opts_free(struct ctx *c)
{
	free(c->values);
	c->values = NULL;
	c->value_cnt = 0;
}

static const char *kind_name(const struct opt *row)
{
	static const char *const names[] = {
		[OPT_FLAG] = "",
		[OPT_STR] = "TEXT",
		[OPT_COUNT] = "N",
		[OPT_SIZE] = "SIZE",
		[OPT_MS] = "MS",
		[OPT_SECONDS] = "SECONDS",
		[OPT_MS_LIST] = "MS,MS...",
		[OPT_CHOICE] = NULL,
	};

	return row->kind == OPT_CHOICE ? row->choices : names[row->kind];
}

static void help_rows(const struct opt *row, FILE *to)
{
	for (; row && row->name; row++) {
		char left[80];

		snprintf(left, sizeof(left), "--%s %s", row->name, kind_name(row));
		fprintf(to, "  %-28s%s%s", left,
			strlen(left) > 28 ? "\n                               " : " ", row->help);
		if (row->def && row->kind != OPT_FLAG)
			fprintf(to, " (%s)", row->def);
		fputc('\n', to);
	}
}

void opts_help(const struct workload *w, FILE *to)
{
	fprintf(to, "Usage: daxload %s [OPTION]... %s\n%s.\n\n", w->name,
		w->positional ? w->positional : "", w->help);
	help_rows(w->opts, to);
	if (!w->positional) {
		fprintf(to, "\nCommon:\n");
		help_rows(common, to);
	}
	fprintf(to, "\nSizes and counts take K, M, G; times take ms, s.\n");
}

static const struct opt_value *need(const struct ctx *c, const char *name)
{
	const struct opt_value *v = find(c, name, strlen(name));

	if (!v) {
		fprintf(stderr, "daxload %s: asks for an option it has not: %s\n", c->w->name,
			name);
		abort();
	}
	return v;
}

uint64_t opt_u64(const struct ctx *c, const char *name)
{
	return need(c, name)->number;
}

double opt_real(const struct ctx *c, const char *name)
{
	const char *text = opt_str(c, name);
	char *end;
	double value;

	value = strtod(text, &end);
	if (end == text || *end || !(value >= 0 && value < 1e9))
		usage("--%s cannot be '%s'", name, text);
	return value;
}

const char *opt_str(const struct ctx *c, const char *name)
{
	return need(c, name)->text;
}

bool opt_flag(const struct ctx *c, const char *name)
{
	return need(c, name)->number != 0;
}

bool opt_is(const struct ctx *c, const char *name, const char *choice)
{
	return !strcmp(need(c, name)->text, choice);
}

bool opt_given(const struct ctx *c, const char *name)
{
	return need(c, name)->is_given;
}

const uint64_t *opt_list(const struct ctx *c, const char *name, size_t *cnt)
{
	const struct opt_value *v = need(c, name);

	*cnt = v->list_cnt;
	return v->list;
}
