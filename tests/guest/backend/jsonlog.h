/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_JSONLOG_H
#define BACKEND_JSONLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line being built. A failed allocation marks it, and the line is then dropped and counted. */
struct json_line {
	char *buf;
	size_t len;
	size_t cap;
	bool is_broken;
};

/* Start an object; each of the following appends one member to it (key NULL inside an array). */
void json__begin(struct json_line *line);
void json__u64(struct json_line *line, const char *key, uint64_t value);
void json__i64(struct json_line *line, const char *key, int64_t value);
void json__bool(struct json_line *line, const char *key, bool value);
void json__str(struct json_line *line, const char *key, const char *value);
/* @bracket is '{' or '['; close with the matching one. */
void json__open(struct json_line *line, const char *key, char bracket);
void json__close(struct json_line *line, char bracket);
void json__free(struct json_line *line);

struct jsonlog;

/* @path NULL makes a log that drops everything. NULL with errno set when it cannot be opened. */
struct jsonlog *jsonlog__open(const char *path);

/* Close the object, append it to the file by one write(2), and free what @line holds. */
void jsonlog__write(struct jsonlog *log, struct json_line *line);

void jsonlog__free(struct jsonlog *log);

#endif
