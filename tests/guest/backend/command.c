// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command language, the same from the guest, the control socket and the command line. A verb is
 * one row of a table and one function.
 */
#define _GNU_SOURCE 1
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "clock.h"
#include "inject.h"
#include "jsonlog.h"
#include "pool.h"
#include "store.h"

#define MAX_WORDS    8
#define MAX_ERRNO    133
#define MAX_DELAY_MS (3600ULL * 1000)

const char command__help[] =
	"  delay OP MS [ino N]             answer OP only after MS milliseconds (0: at once "
	"again)\n"
	"  fail OP ERRNO [every N] [ino N] answer every Nth OP with an error, by name or number\n"
	"  hang OP [ino N]                 do not answer OP\n"
	"  release                         let every hung request go on, and stop hanging\n"
	"  clear                           forget all of the above, and release\n"
	"  mark TEXT                       write a line into the log\n"
	"  dax INO on|off                  set or clear FUSE_ATTR_DAX of a file\n"
	"  daxname GLOB on|off             the same for files created or looked up by such a name\n"
	"  quit                            end the backend, answering what hangs\n"
	"  die                             end it at once, answering nothing more\n"
	"OP: setup remove setattr open fallocate read write fsync lookup getattr getxattr create "
	"flush\n"
	"    release unlink. ino N narrows it to one inode (lookup, create, unlink: the "
	"directory).\n";

struct command {
	struct backend *b;
	char *words[MAX_WORDS];
	int word_cnt;
	const char *rest; /* the text after the verb, as it was written */
	char *why;
};

static int refuse(struct command *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int refuse(struct command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->why, COMMAND_WHY_LEN, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int parse_u64(struct command *c, const char *text, const char *what, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 0);
	if (errno || *end || !isdigit((unsigned char)*text))
		return refuse(c, "%s '%s' is not a number", what, text);
	return 0;
}

static int parse_switch(struct command *c, const char *text, bool *out)
{
	*out = !strcmp(text, "on");
	if (!*out && strcmp(text, "off"))
		return refuse(c, "'%s' is neither on nor off", text);
	return 0;
}

static int parse_op(struct command *c, const char *text, enum inject_op *out)
{
	*out = inject__op_by_name(text);
	return *out == INJECT_NONE ? refuse(c, "unknown operation '%s'", text) : 0;
}

static int parse_errno(struct command *c, const char *text, int *out)
{
	uint64_t num;

	for (int e = 1; e <= MAX_ERRNO; e++) {
		const char *name = strerrorname_np(e);

		if (name && !strcmp(name, text)) {
			*out = -e;
			return 0;
		}
	}
	if (parse_u64(c, text, "error", &num) || !num || num > MAX_ERRNO)
		return refuse(c, "unknown error '%s'", text);
	*out = -(int)num;
	return 0;
}

/* The words from @pos on, "key value" each. A key whose place is NULL is not known here. */
static int parse_tail(struct command *c, int pos, uint64_t *ino, uint64_t *every)
{
	for (; pos < c->word_cnt; pos += 2) {
		const char *key = c->words[pos];
		uint64_t *out = NULL;

		if (!strcmp(key, "ino"))
			out = ino;
		else if (!strcmp(key, "every"))
			out = every;
		if (!out)
			return refuse(c, "unexpected '%s'", key);
		if (pos + 1 == c->word_cnt)
			return refuse(c, "'%s' needs a number", key);
		if (parse_u64(c, c->words[pos + 1], key, out))
			return -EINVAL;
		if (!*out)
			return refuse(c, "'%s' must not be 0", key);
	}
	return 0;
}

static int do_delay(struct command *c)
{
	uint64_t ms, ino = 0;
	enum inject_op op;
	int err = parse_op(c, c->words[1], &op);

	if (!err)
		err = parse_u64(c, c->words[2], "delay", &ms);
	if (!err)
		err = parse_tail(c, 3, &ino, NULL);
	if (!err && ms > MAX_DELAY_MS)
		err = refuse(c, "a delay is at most %llu ms", (unsigned long long)MAX_DELAY_MS);
	return err ? err : inject__delay(c->b->inject, op, ino, ms * NSEC_PER_MSEC);
}

static int do_fail(struct command *c)
{
	uint64_t ino = 0, every = 1;
	enum inject_op op;
	int error = 0, err = parse_op(c, c->words[1], &op);

	if (!err)
		err = parse_errno(c, c->words[2], &error);
	if (!err)
		err = parse_tail(c, 3, &ino, &every);
	return err ? err : inject__fail(c->b->inject, op, ino, error, every);
}

static int do_hang(struct command *c)
{
	uint64_t ino = 0;
	enum inject_op op;
	int err = parse_op(c, c->words[1], &op);

	if (!err)
		err = parse_tail(c, 2, &ino, NULL);
	return err ? err : inject__hang(c->b->inject, op, ino);
}

/* The rules go first, so that nothing hangs anew behind the release. */
static int do_release(struct command *c)
{
	inject__stop_hanging(c->b->inject);
	pool__release(c->b->pool);
	return 0;
}

static int do_clear(struct command *c)
{
	inject__clear(c->b->inject);
	pool__release(c->b->pool);
	return 0;
}

static int do_mark(struct command *c)
{
	struct json_line line;

	json__begin(&line);
	json__str(&line, "op", "mark");
	json__str(&line, "text", c->rest);
	json__u64(&line, "t_ns", clock_ns());
	jsonlog__write(c->b->log, &line);
	return 0;
}

static int do_dax(struct command *c)
{
	uint64_t ino;
	bool is_on;
	int err = parse_u64(c, c->words[1], "inode", &ino);

	if (!err)
		err = parse_switch(c, c->words[2], &is_on);
	if (err)
		return err;
	err = store__set_dax(c->b->store, ino, is_on);
	return err ? refuse(c, "inode %s: %s", c->words[1], strerror(-err)) : 0;
}

static int do_daxname(struct command *c)
{
	bool is_on;
	int err = parse_switch(c, c->words[2], &is_on);

	return err ? err : store__set_dax_name(c->b->store, c->words[1], is_on);
}

static int do_quit(struct command *c)
{
	backend__quit(c->b);
	return 0;
}

static int do_die(struct command *c)
{
	(void)c;
	_exit(0);
}

static const struct verb {
	const char *name;
	int min_words;
	int max_words;
	int (*run)(struct command *c);
} verbs[] = {
	{ "delay", 3, 5, do_delay }, { "fail", 3, 7, do_fail },
	{ "hang", 2, 4, do_hang },   { "release", 1, 1, do_release },
	{ "clear", 1, 1, do_clear }, { "mark", 2, MAX_WORDS, do_mark },
	{ "dax", 3, 3, do_dax },     { "daxname", 3, 3, do_daxname },
	{ "quit", 1, 1, do_quit },   { "die", 1, 1, do_die },
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	}
	return NULL;
}

static void split(struct command *c, char *copy)
{
	char *save = NULL;

	for (char *w = strtok_r(copy, " \t\r\n", &save); w; w = strtok_r(NULL, " \t\r\n", &save)) {
		if (c->word_cnt < MAX_WORDS)
			c->words[c->word_cnt] = w;
		c->word_cnt++;
	}
}

static const char *skip_verb(const char *text)
{
	text += strspn(text, " \t");
	text += strcspn(text, " \t");
	return text + strspn(text, " \t");
}

static int dispatch(struct command *c)
{
	const struct verb *v;
	bool is_text;

	if (!c->word_cnt)
		return refuse(c, "empty command");
	v = find_verb(c->words[0]);
	if (!v)
		return refuse(c, "unknown command '%s'", c->words[0]);
	is_text = v->run == do_mark;
	if (c->word_cnt < v->min_words || (!is_text && c->word_cnt > v->max_words))
		return refuse(c, "'%s' takes %d to %d words", v->name, v->min_words - 1,
			      v->max_words - 1);
	return v->run(c);
}

static void log_command(struct backend *b, const char *text, int result, const char *why)
{
	struct json_line line;

	json__begin(&line);
	json__u64(&line, "t_ns", clock_ns());
	json__str(&line, "op", "inject");
	json__str(&line, "command", text);
	if (result)
		json__str(&line, "error", why);
	json__i64(&line, "result", result);
	jsonlog__write(b->log, &line);
}

int command__run(struct backend *b, const char *text, char why[COMMAND_WHY_LEN])
{
	struct command c = { .b = b, .rest = skip_verb(text), .why = why };
	char *copy;
	int err;

	snprintf(why, COMMAND_WHY_LEN, "no memory");
	if (strlen(text) > COMMAND_MAX_LEN)
		err = refuse(&c, "command longer than %d bytes", COMMAND_MAX_LEN);
	else if (!(copy = strdup(text)))
		err = -ENOMEM;
	else {
		split(&c, copy);
		err = dispatch(&c);
		free(copy);
	}
	if (err || (c.word_cnt && strncmp(text + strspn(text, " \t"), "mark", 4)))
		log_command(b, text, err, why);
	return err;
}
