// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Wrapping happens word by word as they come; what has no room in LIVE_SAY_LINES is left out.
 */
#include "live_say.h"

#include <stdarg.h>
#include <string.h>

#define HANG 2 /* columns that a line's second one begins further right */

static void on_line(void *ctx, const char *heading)
{
	char label[64];

	heading += strspn(heading, " ");
	snprintf(label, sizeof(label), "%s%s", heading,
		 *heading && strcmp(heading, "which") ? ":" : "");
	live_say__line(ctx, label);
}

static void on_phrase(void *ctx, const char *phrase)
{
	live_say__add(ctx, "%s", phrase);
}

void live_say__init(struct live_say *text, const struct live *l, unsigned int cols)
{
	*text = (struct live_say){
		.say = { l->s, l->d->names, text, on_line, on_phrase },
		.cols = cols > 2 * HANG ? cols : 2 * HANG,
	};
}

/* The one begun, NULL where there is none. */
static struct live_line *last(struct live_say *text)
{
	return text->cnt ? &text->lines[text->cnt - 1] : NULL;
}

static struct live_line *begin(struct live_say *text, unsigned int indent)
{
	struct live_line *line;

	if (text->cnt == LIVE_SAY_LINES)
		return NULL;
	line = &text->lines[text->cnt++];
	line->used = snprintf(line->text, sizeof(line->text), "%*s", (int)indent, "");
	return line;
}

static void append(struct live_line *line, const char *word)
{
	snprintf(line->text + line->used, sizeof(line->text) - line->used, "%s", word);
	line->used += strlen(line->text + line->used);
}

/* Words that are longer than a line, such as paths, lose their front. */
static void put_word(struct live_say *text, const char *word)
{
	struct live_line *line = last(text);
	char buf[SAY_BYTES];
	unsigned int at = line ? fmt__columns(line->text) : 0;
	bool is_begun = line && line->used > text->indent;

	if (is_begun && at + 1 + fmt__columns(word) > text->cols) {
		text->indent = HANG;
		line = begin(text, text->indent);
		is_begun = false;
	}
	if (!line)
		return;
	if (is_begun)
		append(line, " ");
	append(line, fmt__tail(buf, sizeof(buf), word, text->cols - HANG));
}

static void put_words(struct live_say *text, char *words)
{
	char *save, *word = strtok_r(words, " ", &save);

	for (; word; word = strtok_r(NULL, " ", &save))
		put_word(text, word);
}

void live_say__line(struct live_say *text, const char *heading)
{
	char words[SAY_BYTES];

	if (text->cnt == LIVE_SAY_LINES)
		return;
	text->indent = 0;
	text->has_phrase = false;
	begin(text, 0);
	snprintf(words, sizeof(words), "%s", heading);
	put_words(text, words);
}

void live_say__add(struct live_say *text, const char *format, ...)
{
	char words[SAY_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	if (!text->cnt)
		begin(text, 0);
	if (text->has_phrase)
		append(last(text), ",");
	text->has_phrase = true;
	put_words(text, words);
}

unsigned int live_say__draw(const struct live *l, struct rect area, enum style style,
			    const struct live_say *text)
{
	unsigned int rows = 0;

	for (size_t i = 0; i < text->cnt && rows < area.rows; i++)
		if (text->lines[i].used)
			canvas__text(l->c, area.row + rows++, area.col, area.cols, style,
				     text->lines[i].text);
	return rows;
}

unsigned int live_say__foot(const struct live *l, struct rect area, const char *title,
			    const struct live_say *text)
{
	return live_foot(l, area, title, text->lines, text->cnt);
}
