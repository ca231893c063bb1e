// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Formatters: tables of values and what people read, with the places where rounding changes the
 * unit.
 */
#include <stdint.h>

#include "../../src/fmt.h"
#include "check.h"

struct row {
	__u64 value;
	const char *text;
};

#define EACH(rows, format)                                                         \
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {              \
		char buf[FMT_BYTES];                                               \
		CHECK_TEXT(format(buf, sizeof(buf), rows[i].value), rows[i].text); \
	}

static void numbers(void)
{
	static const struct row times[] = {
		{ 0, "0ns" },
		{ 999, "999ns" },
		{ 1000, "1.00us" },
		{ 9994, "9.99us" },
		{ 9995, "10.0us" },
		{ 99949, "99.9us" },
		{ 99951, "100us" },
		{ 999499, "999us" },
		{ 999500, "1.00ms" },
		{ 12345678, "12.3ms" },
		{ 804000000, "804ms" },
		{ 999500000, "1.00s" },
		{ 99949999999ULL, "99.9s" },
		{ 99950000000ULL, "1m40s" },
		{ 5999000000000ULL, "99m59s" },
		{ 5999500000000ULL, "1h40m" },
		{ 359999000000000ULL, "99h59m" },
		{ 360000000000000ULL, "4d04h" },
	};
	static const struct row bytes[] = {
		{ 0, "0B" },
		{ 1023, "1023B" },
		{ 1024, "1KiB" },
		{ 1536, "1.50KiB" },
		{ 512ULL << 20, "512MiB" },
		{ 8ULL << 30, "8GiB" },
		{ 1048575, "1.00MiB" },
		{ UINT64_MAX, "16EiB" },
	};
	static const struct row counts[] = {
		{ 0, "0" },
		{ 99999, "99999" },
		{ 100000, "100k" },
		{ 999499, "999k" },
		{ 999500, "1.00M" },
		{ 1234567, "1.23M" },
		{ UINT64_MAX, "18.4E" },
	};
	static const struct row devs[] = { { 38, "0:38" }, { 8 << 20 | 17, "8:17" } };

	EACH(times, fmt__ns);
	EACH(bytes, fmt__bytes);
	EACH(counts, fmt__count);
	EACH(devs, fmt__dev);
}

static void ratios(void)
{
	char buf[FMT_BYTES];

	CHECK_TEXT(fmt__rate(buf, sizeof(buf), 5, 0), "n/a");
	CHECK_TEXT(fmt__rate(buf, sizeof(buf), 0, 1), "0");
	CHECK_TEXT(fmt__rate(buf, sizeof(buf), 1, 1000000000000ULL), "<0.01");
	CHECK_TEXT(fmt__rate(buf, sizeof(buf), 3, 2000000000), "1.50");
	CHECK_TEXT(fmt__rate(buf, sizeof(buf), 12345, 1000000000), "12.3k");
	CHECK_TEXT(fmt__percent(buf, sizeof(buf), 0, 100), "-");
	CHECK_TEXT(fmt__percent(buf, sizeof(buf), 5, 0), "-");
	CHECK_TEXT(fmt__percent(buf, sizeof(buf), 4, 1000), "<1");
	CHECK_TEXT(fmt__percent(buf, sizeof(buf), 5, 1000), "0");
	CHECK_TEXT(fmt__percent(buf, sizeof(buf), 6, 1000), "1");
	CHECK_TEXT(fmt__percent(buf, sizeof(buf), 100, 100), "100");
	CHECK_TEXT(fmt__bar(buf, sizeof(buf), 12, 1, 2), "[#####.....]");
	CHECK_TEXT(fmt__bar(buf, sizeof(buf), 12, 0, 0), "[..........]");
	CHECK_TEXT(fmt__bar(buf, sizeof(buf), 12, 9, 2), "[##########]");
	CHECK_TEXT(fmt__bar(buf, 6, 12, 9, 2), "[###]");
	CHECK_TEXT(fmt__bar(buf, sizeof(buf), 2, 9, 2), "");
}

static void cleaning(void)
{
	static const struct {
		const char *src, *clean;
	} rows[] = {
		{ "", "" },
		{ "plain name", "plain name" },
		{ "a\tb\nc\177\033[2J", "a?b?c??[2J" },
		{ "\303\244 \342\202\254 \360\237\230\200",
		  "\303\244 \342\202\254 \360\237\230\200" },
		{ "\302\233m", "??m" },				 /* C1: another escape */
		{ "\340\202\240 \360\202\202\254", "??? ????" }, /* overlong, though printable */
		{ "\300\257 \340\200\257", "?? ???" },		 /* overlong */
		{ "\355\240\200", "???" },			 /* a surrogate */
		{ "\364\220\200\200", "????" },			 /* beyond U+10FFFF */
		{ "\377\200x", "??x" },
		{ "cut \342\202", "cut ??" },
	};
	char buf[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_TEXT(fmt__clean(buf, sizeof(buf), rows[i].src, 64), rows[i].clean);
	CHECK_TEXT(fmt__clean(buf, sizeof(buf), "abcdef", 3), "abc");
	CHECK_TEXT(fmt__clean(buf, sizeof(buf), "ab\303\244", 3), "ab?");
	CHECK_TEXT(fmt__clean(buf, 4, "abcdef", 6), "abc");
	CHECK_TEXT(fmt__clean(buf, 4, "ab\303\244", 6), "ab");
	CHECK_TEXT(fmt__clean(buf, 5, "ab\303\244", 6), "ab\303\244");
}

static void tails(void)
{
	char buf[64];

	CHECK_U64(fmt__columns("a\303\244b"), 3);
	CHECK_TEXT(fmt__tail(buf, sizeof(buf), "abcdefgh", 8), "abcdefgh");
	CHECK_TEXT(fmt__tail(buf, sizeof(buf), "abcdefgh", 7), "...efgh");
	CHECK_TEXT(fmt__tail(buf, sizeof(buf), "\303\244\303\244\303\244\303\244\303\244", 4),
		   "...\303\244");
}

int main(void)
{
	numbers();
	ratios();
	cleaning();
	tails();
	return check_result();
}
