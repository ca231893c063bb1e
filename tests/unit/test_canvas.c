// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Drawing on a screen: what is cut, what is replaced, and how bars are shared out.
 */
#include <stdlib.h>

#include "../../src/canvas.h"
#include "check.h"

static char *print(const struct canvas *c)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	canvas__print(c, f);
	fclose(f);
	return text;
}

static void check_screen(const struct canvas *c, const char *want)
{
	char *text = print(c);

	CHECK_TEXT(text, want);
	free(text);
}

/* One line of 10 columns. */
static void text(void)
{
	static const struct {
		const char *text, *utf8, *ascii;
		unsigned int columns;
	} rows[] = {
		{ "abc", "abc\n", "abc\n", 3 },
		{ "", "\n", "\n", 0 },
		{ "0123456789abc", "0123456789\n", "0123456789\n", 10 },
		{ "a\tb\n\033[1m", "a?b??[1m\n", "a?b??[1m\n", 8 },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f\n", "gr??\n", 4 },
		{ "\xff\xc3", "??\n", "??\n", 2 },
		{ "a\xe2\x80\xae", "a?\n", "a?\n", 2 }, /* right to left from here on */
		{ "e\xcc\x81", "e?\n", "e?\n", 2 },	/* a mark on the character before */
		{ "012345678\xe4\xb8\xad", "012345678\n", "012345678?\n", 9 },
		{ "\xe4\xb8\xad\xe6\x96\x87x", "\xe4\xb8\xad\xe6\x96\x87x\n", "??x\n", 5 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct canvas c;

		CHECK(!canvas__init(&c, 1, 10, false));
		CHECK_U64(canvas__text(&c, 0, 0, 0, STYLE_PLAIN, rows[i].text), rows[i].columns);
		check_screen(&c, rows[i].utf8);
		canvas__fini(&c);
		CHECK(!canvas__init(&c, 1, 10, true));
		canvas__text(&c, 0, 0, 0, STYLE_PLAIN, rows[i].text);
		check_screen(&c, rows[i].ascii);
		canvas__fini(&c);
	}
}

/* Half a wide character is none. */
static void wide(void)
{
	struct canvas c;

	CHECK(!canvas__init(&c, 1, 6, false));
	CHECK_U64(canvas__columns(&c, "\xe4\xb8\xad!"), 3);
	canvas__text(&c, 0, 0, 0, STYLE_PLAIN, "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad");
	CHECK(!c.cells[0].is_tail && c.cells[1].is_tail);
	canvas__text(&c, 0, 1, 0, STYLE_PLAIN, "x");
	canvas__text(&c, 0, 4, 0, STYLE_PLAIN, "y");
	check_screen(&c, " x\xe4\xb8\xady\n");
	canvas__clear(&c);
	check_screen(&c, "\n");
	canvas__fini(&c);
}

static void outside(void)
{
	struct bar_part part = { 1, 'x', STYLE_PLAIN };
	struct canvas c;

	CHECK(!canvas__init(&c, 2, 3, false));
	CHECK_U64(canvas__text(&c, 2, 0, 0, STYLE_PLAIN, "x"), 0);
	CHECK_U64(canvas__text(&c, 0, 3, 0, STYLE_PLAIN, "x"), 0);
	canvas__paint(&c, 5, 5, 0, STYLE_BAD);
	canvas__bar(&c, 9, 0, 4, &part, 1, 1);
	CHECK_U64(canvas__printf(&c, 1, 1, 9, STYLE_BAD, "%d", 12345), 2);
	check_screen(&c, "\n 12\n");
	CHECK(c.cells[4].style == STYLE_BAD && c.cells[3].style == STYLE_PLAIN);
	canvas__paint(&c, 1, 0, 1, STYLE_GOOD);
	CHECK(c.cells[3].style == STYLE_GOOD && c.cells[4].style == STYLE_BAD);
	canvas__fini(&c);
	CHECK(!canvas__init(&c, 0, 0, false));
	canvas__text(&c, 0, 0, 0, STYLE_PLAIN, "x");
	check_screen(&c, "");
	canvas__fini(&c);
}

static void bars(void)
{
	static const struct {
		__u64 values[4], all;
		unsigned int width;
		const char *want;
	} rows[] = {
		{ { 50, 25 }, 100, 8, "aaaabb..\n" },
		{ { 1, 0, 1 }, 1000, 8, "ac......\n" }, /* little is not nothing */
		{ { 1000, 1 }, 1001, 4, "aaab\n" },	/* and takes its column from much */
		{ { 1, 1, 1, 1 }, 4, 2, "cd\n" },	/* no room for all */
		{ { 300, 300 }, 100, 4, "aabb\n" },	/* never over */
		{ { 0 }, 0, 4, "....\n" },
		{ { 0 }, 100, 4, "....\n" },
		{ { 1ULL << 63, 1ULL << 62 }, ~0ULL, 4, "aab.\n" },
		{ { 33, 33, 34 }, 100, 10, "aaabbbbccc\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bar_part parts[4];
		struct canvas c;

		for (int j = 0; j < 4; j++)
			parts[j] = (struct bar_part){ rows[i].values[j], 'a' + j, STYLE_PART };
		CHECK(!canvas__init(&c, 1, 12, true));
		canvas__bar(&c, 0, 0, rows[i].width, parts, 4, rows[i].all);
		check_screen(&c, rows[i].want);
		canvas__fini(&c);
	}
}

static void glyphs(void)
{
	static const struct bar_part parts[] = { { 2, 0, STYLE_GOOD },
						 { 1, BAR_RECLAIM, STYLE_WARN } };
	struct canvas c;

	CHECK(!canvas__init(&c, 1, 4, false));
	canvas__bar(&c, 0, 0, 4, parts, 2, 4);
	check_screen(&c, "██▒·\n");
	for (int i = 0; i < GLYPH_NR; i++)
		CHECK(canvas__glyph(&c, i) && *canvas__glyph(&c, i));
	canvas__fini(&c);
	CHECK(!canvas__init(&c, 1, 4, true));
	canvas__bar(&c, 0, 0, 4, parts, 2, 4);
	check_screen(&c, "##~.\n");
	for (int i = 0; i < GLYPH_NR; i++)
		CHECK((unsigned char)canvas__glyph(&c, i)[0] < 0x80);
	canvas__fini(&c);
}

/* Figures of a recording may be anything, and come to more than 64 bits hold. */
static void test_bar_of_anything(void)
{
	const struct bar_part parts[] = {
		{ 1ULL << 63, 'a', STYLE_PLAIN },
		{ (1ULL << 63) + 5, 'b', STYLE_PLAIN },
		{ ~0ULL, 'c', STYLE_PLAIN },
	};
	char *text = NULL;
	struct canvas c;
	size_t bytes;
	FILE *f;

	CHECK(!canvas__init(&c, 1, 20, true));
	canvas__bar(&c, 0, 0, 20, parts, 3, 1ULL << 36);
	f = open_memstream(&text, &bytes);
	canvas__print(&c, f);
	fclose(f);
	CHECK_TEXT(text, "aaaaabbbbbcccccccccc\n");
	free(text);
	canvas__fini(&c);
}

int main(void)
{
	test_bar_of_anything();
	text();
	wide();
	outside();
	bars();
	glyphs();
	return check_result();
}
