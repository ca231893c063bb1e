// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of requests: one JSON object a line. A line leaves by one write(2) on a file opened with
 * O_APPEND, so a reader that follows the file while the guest runs never sees half a line followed
 * by another thread's.
 */
#include "jsonlog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"

struct jsonlog {
	int fd;
};

static bool has_room(struct json_line *line, size_t more)
{
	size_t cap = line->cap ? line->cap : 256;
	char *buf;

	if (line->is_broken)
		return false;
	while (cap < line->len + more + 1)
		cap *= 2;
	if (cap == line->cap)
		return true;
	buf = realloc(line->buf, cap);
	if (!buf) {
		line->is_broken = true;
		return false;
	}
	line->buf = buf;
	line->cap = cap;
	return true;
}

static void put_bytes(struct json_line *line, const char *bytes, size_t len)
{
	if (!has_room(line, len))
		return;
	memcpy(line->buf + line->len, bytes, len);
	line->len += len;
}

static void put_text(struct json_line *line, const char *text)
{
	put_bytes(line, text, strlen(text));
}

/* Names come from the guest and may be any bytes: what is not printable ASCII is escaped. */
static void put_quoted(struct json_line *line, const char *text)
{
	char esc[8];

	put_text(line, "\"");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\') {
			esc[0] = '\\';
			esc[1] = (char)c;
			put_bytes(line, esc, 2);
		} else if (c < 0x20 || c >= 0x7f) {
			snprintf(esc, sizeof(esc), "\\u%04x", c);
			put_text(line, esc);
		} else {
			put_bytes(line, text, 1);
		}
	}
	put_text(line, "\"");
}

static void put_key(struct json_line *line, const char *key)
{
	char last = line->len ? line->buf[line->len - 1] : '{';

	if (last != '{' && last != '[')
		put_text(line, ",");
	if (!key)
		return;
	put_quoted(line, key);
	put_text(line, ":");
}

void json__begin(struct json_line *line)
{
	memset(line, 0, sizeof(*line));
	put_text(line, "{");
}

void json__u64(struct json_line *line, const char *key, uint64_t value)
{
	char num[24];

	put_key(line, key);
	snprintf(num, sizeof(num), "%" PRIu64, value);
	put_text(line, num);
}

void json__i64(struct json_line *line, const char *key, int64_t value)
{
	char num[24];

	put_key(line, key);
	snprintf(num, sizeof(num), "%" PRId64, value);
	put_text(line, num);
}

void json__bool(struct json_line *line, const char *key, bool value)
{
	put_key(line, key);
	put_text(line, value ? "true" : "false");
}

void json__str(struct json_line *line, const char *key, const char *value)
{
	put_key(line, key);
	put_quoted(line, value);
}

void json__open(struct json_line *line, const char *key, char bracket)
{
	put_key(line, key);
	put_bytes(line, &bracket, 1);
}

void json__close(struct json_line *line, char bracket)
{
	put_bytes(line, &bracket, 1);
}

void json__free(struct json_line *line)
{
	free(line->buf);
	memset(line, 0, sizeof(*line));
}

struct jsonlog *jsonlog__open(const char *path)
{
	struct jsonlog *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->fd = -1;
	if (!path)
		return log;
	log->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (log->fd < 0) {
		int err = errno;

		free(log);
		errno = err;
		return NULL;
	}
	return log;
}

void jsonlog__write(struct jsonlog *log, struct json_line *line)
{
	put_text(line, "}\n");
	if (line->is_broken)
		diag__err("log: no memory for a line, dropped");
	else if (log->fd >= 0 && write(log->fd, line->buf, line->len) != (ssize_t)line->len)
		diag__err("log: line lost or cut: %s", strerror(errno));
	json__free(line);
}

void jsonlog__free(struct jsonlog *log)
{
	if (!log)
		return;
	if (log->fd >= 0)
		close(log->fd);
	free(log);
}
