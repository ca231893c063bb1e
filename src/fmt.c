// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Scaling to human units. A unit is chosen by the value after rounding, so "1000us" never appears.
 */
#include "fmt.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Three significant digits of @x, which is under 1000 (or 1024) after rounding. */
static char *print3(char *buf, size_t buf_bytes, double x, const char *unit)
{
	int decimals = x < 9.995 ? 2 : x < 99.95 ? 1 : 0;

	snprintf(buf, buf_bytes, "%.*f%s", decimals, x, unit);
	return buf;
}

static char *print_long(char *buf, size_t buf_bytes, __u64 sec)
{
	if (sec < 100 * 60)
		snprintf(buf, buf_bytes, "%llum%02llus", sec / 60, sec % 60);
	else if (sec < 100 * 3600)
		snprintf(buf, buf_bytes, "%lluh%02llum", sec / 3600, sec / 60 % 60);
	else
		snprintf(buf, buf_bytes, "%llud%02lluh", sec / 86400, sec / 3600 % 24);
	return buf;
}

char *fmt__ns(char *buf, size_t buf_bytes, __u64 ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned int i = 0;
	double x = ns;

	if (ns < 1000) {
		snprintf(buf, buf_bytes, "%lluns", ns);
		return buf;
	}
	if (ns >= 99950000000ULL)
		return print_long(buf, buf_bytes, (ns + 500000000) / 1000000000);
	for (; x >= 999.5 && i < 3; i++)
		x /= 1000;
	return print3(buf, buf_bytes, x, units[i]);
}

char *fmt__bytes(char *buf, size_t buf_bytes, __u64 bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int i = 0;
	double x = bytes;

	for (; x >= 1023.5 && i < 6; i++)
		x /= 1024;
	if (x == (__u64)x)
		snprintf(buf, buf_bytes, "%.0f%s", x, units[i]);
	else
		print3(buf, buf_bytes, x, units[i]);
	return buf;
}

static char *print_thousands(char *buf, size_t buf_bytes, double x)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E" };
	unsigned int i = 0;

	for (; x >= 999.5 && i < 6; i++)
		x /= 1000;
	return print3(buf, buf_bytes, x, units[i]);
}

char *fmt__count(char *buf, size_t buf_bytes, __u64 cnt)
{
	if (cnt > 99999)
		return print_thousands(buf, buf_bytes, cnt);
	snprintf(buf, buf_bytes, "%llu", cnt);
	return buf;
}

char *fmt__rate(char *buf, size_t buf_bytes, __u64 cnt, __u64 duration_ns)
{
	double rate;

	if (!duration_ns || !cnt) {
		snprintf(buf, buf_bytes, "%s", duration_ns ? "0" : "n/a");
		return buf;
	}
	rate = cnt * 1e9 / duration_ns;
	if (rate < 0.005) {
		snprintf(buf, buf_bytes, "<0.01");
		return buf;
	}
	return print_thousands(buf, buf_bytes, rate);
}

char *fmt__percent(char *buf, size_t buf_bytes, __u64 part, __u64 whole)
{
	double percent = whole ? part * 100.0 / whole : 0;

	if (!part || !whole)
		snprintf(buf, buf_bytes, "-");
	else if (percent < 0.5)
		snprintf(buf, buf_bytes, "<1");
	else
		snprintf(buf, buf_bytes, "%.0f", percent);
	return buf;
}

char *fmt__dev(char *buf, size_t buf_bytes, __u32 dev)
{
	snprintf(buf, buf_bytes, "%u:%u", dev >> 20, dev & ((1U << 20) - 1));
	return buf;
}

char *fmt__bar(char *buf, size_t buf_bytes, unsigned int columns, __u64 part, __u64 whole)
{
	unsigned int inner, full = 0, i;

	if (columns >= buf_bytes)
		columns = buf_bytes - 1;
	if (columns < 3) {
		buf[0] = '\0';
		return buf;
	}
	inner = columns - 2;
	if (whole)
		full = part < whole ? (double)part / whole * inner + 0.5 : inner;
	buf[0] = '[';
	for (i = 0; i < inner; i++)
		buf[1 + i] = i < full ? '#' : '.';
	buf[1 + inner] = ']';
	buf[2 + inner] = '\0';
	return buf;
}

/*
 * Control characters (C0, DEL, C1), overlong forms, surrogates and what is beyond U+10FFFF do not
 * count.
 */
size_t fmt__char(const char *text, size_t left, __u32 *res)
{
	const unsigned char *s = (const unsigned char *)text;
	static const __u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80       ? 1
		     : s[0] >> 5 == 6  ? 2
		     : s[0] >> 4 == 14 ? 3
		     : s[0] >> 3 == 30 ? 4
				       : 0;
	__u32 code;

	if (!len || len > left)
		return 0;
	code = len == 1 ? s[0] : s[0] & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
	    code < 0x20 || (code >= 0x7f && code < 0xa0))
		return 0;
	*res = code;
	return len;
}

char *fmt__clean(char *buf, size_t buf_bytes, const char *src, size_t src_bytes)
{
	size_t left = strnlen(src, src_bytes), used = 0;
	const char *s = src;
	__u32 code;

	while (left) {
		size_t len = fmt__char(s, left, &code), step = len ? len : 1;

		if (used + step >= buf_bytes)
			break;
		if (len)
			memcpy(buf + used, s, len);
		else
			buf[used] = '?';
		used += step;
		s += step;
		left -= step;
	}
	buf[used] = '\0';
	return buf;
}

static bool is_char_start(char c)
{
	return (c & 0xc0) != 0x80;
}

static size_t columns_of(const char *s, size_t len)
{
	size_t cnt = 0;

	for (size_t i = 0; i < len; i++)
		cnt += is_char_start(s[i]);
	return cnt;
}

size_t fmt__columns(const char *s)
{
	return columns_of(s, strlen(s));
}

void fmt__print_wrapped(FILE *f, const char *heading, unsigned int indent, unsigned int width,
			const char *text)
{
	size_t column = indent;

	fprintf(f, "%-*s", (int)indent, heading);
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t len = strcspn(text, " "), columns = columns_of(text, len);

		if (column > indent && column + 1 + columns > width) {
			fprintf(f, "\n%*s", (int)indent, "");
			column = indent;
		}
		fprintf(f, "%s%.*s", column > indent ? " " : "", (int)len, text);
		column += columns + (column > indent);
		text += len;
	}
	fputc('\n', f);
}

char *fmt__tail(char *buf, size_t buf_bytes, const char *s, size_t columns)
{
	size_t have = fmt__columns(s), skip;

	if (have <= columns || columns < 4) {
		snprintf(buf, buf_bytes, "%s", s);
		return buf;
	}
	skip = have - (columns - 3);
	for (; skip; skip--) {
		do {
			s++;
		} while (!is_char_start(*s));
	}
	snprintf(buf, buf_bytes, "...%s", s);
	return buf;
}
