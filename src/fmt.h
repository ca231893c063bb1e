/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Figures and names as people read them, for the text views and the screen alike. Each function
 * writes at most @buf_bytes, always ends in NUL, and returns @buf, so that calls nest in a printf.
 */
#ifndef DAXTOP_FMT_H
#define DAXTOP_FMT_H

#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

/* Room for any of the numbers below. */
#define FMT_BYTES 24

/* Three digits and a unit, at most 6 columns: "999ns", "1.20ms", "12.3s", "1m40s", "3h07m". */
char *fmt__ns(char *buf, size_t buf_bytes, __u64 ns);

/* "0B", "512MiB", "1.50GiB": powers of 1024, no fraction where there is none. */
char *fmt__bytes(char *buf, size_t buf_bytes, __u64 bytes);

/* Exact up to 99999, at most 5 columns: "123k", "1.23M". */
char *fmt__count(char *buf, size_t buf_bytes, __u64 cnt);

/* @cnt in @duration_ns per second: "0", "0.03", "1.20", "456", "1.23k"; "n/a" without duration. */
char *fmt__rate(char *buf, size_t buf_bytes, __u64 cnt, __u64 duration_ns);

/* Whole percent without the sign, at most 3 columns up to 100: "-" for none, "<1". */
char *fmt__percent(char *buf, size_t buf_bytes, __u64 part, __u64 whole);

/* Major and minor of s_dev: "0:38". */
char *fmt__dev(char *buf, size_t buf_bytes, __u32 dev);

/* "[######....]", @columns wide with the brackets. */
char *fmt__bar(char *buf, size_t buf_bytes, unsigned int columns, __u64 part, __u64 whole);

/*
 * Bytes of the valid, printable UTF-8 character at @text, of which @left bytes are there, and in
 * *@code what it is; 0 if there is none.
 */
size_t fmt__char(const char *text, size_t left, __u32 *code);

/*
 * Make a name that came from the kernel or a file fit to print: valid UTF-8 without control
 * characters; every byte that is neither becomes '?'. Ends at a NUL or after @src_bytes, cut at a
 * character.
 */
char *fmt__clean(char *buf, size_t buf_bytes, const char *src, size_t src_bytes);

/*
 * Prints @heading, at least @indent columns wide, and the words of a clean @text, as many a line as
 * fit in @width, below each other from @indent on; ends the line.
 */
void fmt__print_wrapped(FILE *f, const char *heading, unsigned int indent, unsigned int width,
			const char *text);

/* Characters of a clean string, taken as columns (no account of wide ones). */
size_t fmt__columns(const char *s);

/* The end of a clean string in at most @columns, "..." where its front is missing. */
char *fmt__tail(char *buf, size_t buf_bytes, const char *s, size_t columns);

#endif
