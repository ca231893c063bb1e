// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Keys: one table says what there is, and the rest of this file does it. A key never draws and
 * never looks at figures: where rows matter it asks the next draw.
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "live_priv.h"

#define WHEEL_ROWS    3
#define CTRL(letter)  ((letter)&0x1f)
#define DELAY_MIN_S   0.1
#define DELAY_MAX_S   3600.0
#define SPEED_FASTER  2.0
#define KEY_BACKSPACE 127

static struct live_list_state *list_of(struct live_state *st)
{
	return &st->lists[st->tab];
}

static const struct live_tab_row *tab_of(const struct live_state *st)
{
	return live_tabs[st->tab];
}

__attribute__((format(printf, 3, 4))) static void say(struct live_state *st, bool is_bad,
						      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(st->message, sizeof(st->message), format, args);
	va_end(args);
	st->is_message_bad = is_bad;
}

/* ---- moving ---- */

static void select_row(struct live_state *st, size_t row)
{
	struct live_list_state *ls = list_of(st);

	ls->selected = row;
	ls->is_following = ls->is_moved = true;
}

static void move(struct live_state *st, long rows)
{
	long to = (long)list_of(st)->selected + rows, last = st->rows_cnt ? st->rows_cnt - 1 : 0;

	select_row(st, to < 0 ? 0 : to > last ? last : to);
}

static void move_help(struct live_state *st, long lines)
{
	long to = (long)st->help_first + lines;

	st->help_first = to < 0 ? 0 : to;
}

static long page(const struct live_state *st)
{
	return st->page_rows > 1 ? st->page_rows - 1 : 1;
}

static void run_arrow(struct live_state *st, __u32 key)
{
	move(st, key == KEY_LIVE_UP ? -1 : 1);
}

static void run_page(struct live_state *st, __u32 key)
{
	move(st, key == KEY_LIVE_PAGE_UP ? -page(st) : page(st));
}

/* From here on the first row is selected, whichever that is. */
static void run_first(struct live_state *st, __u32 key)
{
	(void)key;
	select_row(st, 0);
	list_of(st)->is_following = false;
}

static void run_last(struct live_state *st, __u32 key)
{
	(void)key;
	select_row(st, st->rows_cnt ? st->rows_cnt - 1 : 0);
}

/* ---- views ---- */

static void run_next_tab(struct live_state *st, __u32 key)
{
	(void)key;
	st->tab = (st->tab + 1) % TAB_NR;
}

static void run_previous_tab(struct live_state *st, __u32 key)
{
	(void)key;
	st->tab = (st->tab + TAB_NR - 1) % TAB_NR;
}

static void run_digit(struct live_state *st, __u32 key)
{
	st->tab = key - '1';
}

/* What is left out by full tables is many, and cannot be told apart. */
static bool is_rest(const struct live_key *key)
{
	return key->inode.nodeid == INODE_REST_NODEID || key->task.pid == TASK_REST_PID;
}

static void run_enter(struct live_state *st, __u32 key)
{
	const struct live_tab_row *tab = tab_of(st);
	struct live_list_state *ls = list_of(st);
	const struct live_focus *inner = st->focus_cnt ? &st->focus[st->focus_cnt - 1] : NULL;

	(void)key;
	if (tab->enter == FOCUS_NONE || !ls->has_key || is_rest(&ls->key)) {
		say(st, true, "There is nothing to go into here.");
		return;
	}
	if (inner && inner->kind == tab->enter && live_key__is_same(&inner->key, &ls->key)) {
		st->tab = tab->enter_tab;
		return;
	}
	if (st->focus_cnt == LIVE_FOCUS_MAX) {
		say(st, true, "This is as deep as it goes: Escape goes back.");
		return;
	}
	st->focus[st->focus_cnt++] =
		(struct live_focus){ .kind = tab->enter, .tab = st->tab, .key = ls->key };
	memcpy(st->focus[st->focus_cnt - 1].filter, st->filter, sizeof(st->filter));
	st->filter[0] = '\0';
	ls->is_following = true;
	st->tab = tab->enter_tab;
}

static void run_escape(struct live_state *st, __u32 key)
{
	(void)key;
	if (!st->focus_cnt) {
		st->filter[0] = '\0';
		return;
	}
	st->focus_cnt--;
	st->tab = st->focus[st->focus_cnt].tab;
	memcpy(st->filter, st->focus[st->focus_cnt].filter, sizeof(st->filter));
}

/* ---- prompts ---- */

static void ask(struct live_state *st, enum live_prompt prompt, const char *input)
{
	st->prompt = prompt;
	snprintf(st->input, sizeof(st->input), "%s", input);
}

static void run_search(struct live_state *st, __u32 key)
{
	(void)key;
	ask(st, PROMPT_SEARCH, "");
}

static void run_filter(struct live_state *st, __u32 key)
{
	(void)key;
	ask(st, PROMPT_FILTER, st->filter);
}

static void run_next_match(struct live_state *st, __u32 key)
{
	if (st->search[0])
		st->search_step = key == 'n' ? SEARCH_NEXT : SEARCH_PREVIOUS;
	else
		say(st, true, "Nothing was searched for yet: / searches.");
}

static void run_delay(struct live_state *st, __u32 key)
{
	(void)key;
	ask(st, PROMPT_DELAY, "");
}

static void run_jump(struct live_state *st, __u32 key)
{
	(void)key;
	ask(st, PROMPT_JUMP, "");
}

/* ---- order ---- */

/* The next column that is on the screen, to the left or right. */
static unsigned int next_column(const struct live_state *st, unsigned int from, int step)
{
	const struct live_tab_row *tab = tab_of(st);
	struct live_span spans[LIVE_COLUMNS_MAX];
	long col = from;

	if (!tab->columns_cnt)
		return from;
	live_list__layout(tab, st->cols ? st->cols : 80, spans);
	for (col += step; col >= 0 && col < (long)tab->columns_cnt; col += step) {
		if (spans[col].width)
			return col;
	}
	return from;
}

static void sort_by(struct live_state *st, unsigned int col)
{
	struct live_list_state *ls = list_of(st);

	ls->is_reversed = live_list__sort_column(tab_of(st), ls) == col && ls->is_reversed;
	ls->is_sorted = true;
	ls->sort = col;
}

static void run_sort(struct live_state *st, __u32 key)
{
	unsigned int now = live_list__sort_column(tab_of(st), list_of(st));

	sort_by(st, next_column(st, now, key == '<' ? -1 : 1));
}

static void run_sort_prompt(struct live_state *st, __u32 key)
{
	(void)key;
	ask(st, PROMPT_SORT, "");
	st->prompt_sort = live_list__sort_column(tab_of(st), list_of(st));
}

static void run_reverse(struct live_state *st, __u32 key)
{
	(void)key;
	list_of(st)->is_reversed ^= true;
}

/* ---- what is shown, and what others do ---- */

static void run_pause(struct live_state *st, __u32 key)
{
	(void)key;
	st->is_paused ^= true;
}

static void run_cumulative(struct live_state *st, __u32 key)
{
	(void)key;
	st->is_cumulative ^= true;
	say(st, false, "Figures are %s now.",
	    st->is_cumulative ? "since tracing began" : "of the last interval");
}

static void run_save(struct live_state *st, __u32 key)
{
	(void)key;
	st->wants_save = true;
}

static void run_redraw(struct live_state *st, __u32 key)
{
	(void)key;
	st->wants_redraw = true;
}

static void run_help(struct live_state *st, __u32 key)
{
	(void)key;
	st->has_help = true;
	st->help_first = 0;
}

static void run_quit(struct live_state *st, __u32 key)
{
	(void)key;
	st->wants_quit = true;
}

static void run_toggle(struct live_state *st, __u32 key)
{
	(void)key;
	st->wants_toggle ^= true;
}

static void run_step(struct live_state *st, __u32 key)
{
	st->wants_steps += key == 't' ? 1 : -1;
}

static void run_speed(struct live_state *st, __u32 key)
{
	double now = st->wants_speed != 0 ? st->wants_speed : 1;

	st->wants_speed = key == '-' ? now / SPEED_FASTER : now * SPEED_FASTER;
}

/* The first word of a name is the key that the line at the bottom tells. */
const struct live_binding live_bindings[] = {
	{ .keys = { KEY_LIVE_F1, 'h', '?' },
	  .name = "F1 h ?",
	  .text = "this help",
	  .brief = "help",
	  .run = run_help },
	{ .keys = { KEY_LIVE_UP, KEY_LIVE_DOWN },
	  .name = "Up Down",
	  .text = "select a row: it stays selected when rows move",
	  .run = run_arrow },
	{ .keys = { KEY_LIVE_PAGE_UP, KEY_LIVE_PAGE_DOWN },
	  .name = "PgUp PgDn",
	  .text = "a page up or down",
	  .run = run_page },
	{ .keys = { 'g', KEY_LIVE_HOME },
	  .name = "g Home",
	  .text = "the first row, whichever that is from now on",
	  .run = run_first },
	{ .keys = { 'G', KEY_LIVE_END }, .name = "G End", .text = "the last row", .run = run_last },
	{ .keys = { KEY_LIVE_ENTER },
	  .name = "Enter",
	  .text = "go into the selected row: its inode, task, operation or chain",
	  .brief = "into",
	  .run = run_enter },
	{ .keys = { KEY_LIVE_ESCAPE },
	  .name = "Escape",
	  .text = "go back, or show all names again",
	  .run = run_escape },
	{ .keys = { KEY_LIVE_TAB, KEY_LIVE_RIGHT },
	  .name = "Tab Right",
	  .text = "the next view",
	  .run = run_next_tab },
	{ .keys = { KEY_LIVE_BACKTAB, KEY_LIVE_LEFT },
	  .name = "Shift-Tab Left",
	  .text = "the view before",
	  .run = run_previous_tab },
	{ .keys = { '1', '2', '3', '4', '5', '6', '7', '8' },
	  .name = "1 to 8",
	  .text = "the view of that number",
	  .run = run_digit },
	{ .keys = { '/', KEY_LIVE_F1 + 2 },
	  .name = "/ F3",
	  .text = "search for a name",
	  .brief = "search",
	  .run = run_search },
	{ .keys = { 'n', 'N' },
	  .name = "n N",
	  .text = "the next one that was searched for, the one before",
	  .run = run_next_match },
	{ .keys = { KEY_LIVE_F1 + 3, '\\', 'f' },
	  .name = "F4 \\ f",
	  .text = "show only names that have what is typed",
	  .brief = "filter",
	  .run = run_filter },
	{ .keys = { '<', '>' },
	  .name = "< >",
	  .text = "sort by the column to the left or right",
	  .run = run_sort },
	{ .keys = { KEY_LIVE_F1 + 5 },
	  .name = "F6",
	  .text = "choose the column to sort by",
	  .brief = "sort",
	  .run = run_sort_prompt },
	{ .keys = { 'r', 'I' },
	  .name = "r I",
	  .text = "sort the other way round",
	  .run = run_reverse },
	{ .keys = { ' ' },
	  .name = "Space",
	  .text = "pause the display; collecting goes on",
	  .brief = "pause",
	  .is_live_only = true,
	  .run = run_pause },
	{ .keys = { ' ' },
	  .name = "Space",
	  .text = "play, or pause",
	  .brief = "play",
	  .is_replay_only = true,
	  .run = run_toggle },
	{ .keys = { 't', 'T' },
	  .name = "t T",
	  .text = "an interval forth or back",
	  .brief = "step",
	  .is_replay_only = true,
	  .run = run_step },
	{ .keys = { 'j', 'J' },
	  .name = "j J",
	  .text = "jump to a time",
	  .is_replay_only = true,
	  .run = run_jump },
	{ .keys = { '+', '-' },
	  .name = "+ -",
	  .text = "play twice as fast, or half",
	  .is_replay_only = true,
	  .run = run_speed },
	{ .keys = { 'd' }, .name = "d", .text = "another interval", .run = run_delay },
	{ .keys = { 'c' },
	  .name = "c",
	  .text = "figures since tracing began, or of the last interval",
	  .run = run_cumulative },
	{ .keys = { 'R' },
	  .name = "R",
	  .text = "save the last minute to a recording, and say where",
	  .brief = "record",
	  .is_live_only = true,
	  .run = run_save },
	{ .keys = { CTRL('L') },
	  .name = "Ctrl-L",
	  .text = "draw the screen anew",
	  .run = run_redraw },
	{ .keys = { 'q', KEY_LIVE_F10, CTRL('C') },
	  .name = "q F10 Ctrl-C",
	  .text = "quit",
	  .brief = "quit",
	  .run = run_quit },
};
const size_t live_bindings_cnt = sizeof(live_bindings) / sizeof(live_bindings[0]);

/* ---- what is typed at a prompt ---- */

/* Each line of input takes effect as it is typed, where that can be. */
static void look_at_input(struct live_state *st)
{
	if (st->prompt == PROMPT_FILTER) {
		memcpy(st->filter, st->input, sizeof(st->filter));
	} else if (st->prompt == PROMPT_SEARCH) {
		memcpy(st->search, st->input, sizeof(st->search));
		st->search_step = SEARCH_HERE;
	}
}

static void type_char(struct live_state *st, __u32 code)
{
	size_t used = strlen(st->input), len = code < 0x80	? 1
					       : code < 0x800	? 2
					       : code < 0x10000 ? 3
								: 4;
	char utf8[5] = {};

	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || used + len >= sizeof(st->input))
		return;
	for (size_t i = len - 1; i; i--, code >>= 6)
		utf8[i] = 0x80 | (code & 0x3f);
	utf8[0] = len == 1 ? code : (0xf00 >> len & 0xff) | code;
	strcpy(st->input + used, utf8);
	look_at_input(st);
}

static void erase_char(struct live_state *st)
{
	size_t used = strlen(st->input);

	while (used && (st->input[used - 1] & 0xc0) == 0x80)
		used--;
	st->input[used ? used - 1 : 0] = '\0';
	look_at_input(st);
}

/* "90", "12.5s", "1m30s", "1:30", "1:02:03"; below 0: none of these. */
static double parse_time(const char *text)
{
	double all = 0;
	char *end;

	while (isdigit(*text) || *text == '.') {
		double x = strtod(text, &end);

		if (end == text || !isfinite(x))
			return -1;
		text = end + (*end != '\0');
		if (*end == ':')
			all = (all + x) * 60;
		else if (*end == 'h' || *end == 'm')
			all += x * (*end == 'h' ? 3600 : 60);
		else if (*end == 's' || !*end)
			all += x;
		else
			return -1;
		if (!*text)
			return all;
	}
	return -1;
}

static void accept_time(struct live_state *st)
{
	double x = parse_time(st->input);

	if (st->prompt == PROMPT_JUMP && x >= 0) {
		st->wants_jump = true;
		st->wants_jump_s = x;
	} else if (st->prompt == PROMPT_DELAY && x >= DELAY_MIN_S && x <= DELAY_MAX_S) {
		st->wants_interval_s = x;
	} else if (st->prompt == PROMPT_DELAY) {
		say(st, true, "An interval is %g to %g seconds.", DELAY_MIN_S, DELAY_MAX_S);
	} else {
		say(st, true, "A time is like 90, 12.5s, 1m30s or 1:30.");
	}
}

static void accept_prompt(struct live_state *st)
{
	if (st->prompt == PROMPT_SORT)
		sort_by(st, st->prompt_sort);
	else if (st->prompt == PROMPT_SEARCH)
		st->search_step = st->input[0] ? SEARCH_HERE : SEARCH_NEXT;
	else if ((st->prompt == PROMPT_DELAY || st->prompt == PROMPT_JUMP) && st->input[0])
		accept_time(st);
	st->prompt = PROMPT_NONE;
}

static void cancel_prompt(struct live_state *st)
{
	if (st->prompt == PROMPT_FILTER)
		st->filter[0] = '\0';
	st->prompt = PROMPT_NONE;
}

static void sort_key(struct live_state *st, __u32 key)
{
	if (key == KEY_LIVE_LEFT || key == KEY_LIVE_UP || key == '<')
		st->prompt_sort = next_column(st, st->prompt_sort, -1);
	else if (key == KEY_LIVE_RIGHT || key == KEY_LIVE_DOWN || key == '>')
		st->prompt_sort = next_column(st, st->prompt_sort, 1);
}

static void prompt_key(struct live_state *st, __u32 key)
{
	if (key == KEY_LIVE_ENTER)
		accept_prompt(st);
	else if (key == KEY_LIVE_ESCAPE || key == CTRL('C'))
		cancel_prompt(st);
	else if (st->prompt == PROMPT_SORT)
		sort_key(st, key);
	else if (key == KEY_LIVE_BACKSPACE || key == KEY_BACKSPACE || key == CTRL('H'))
		erase_char(st);
	else if (key == KEY_LIVE_UP || key == KEY_LIVE_DOWN)
		run_arrow(st, key);
	else if (key == KEY_LIVE_PAGE_UP || key == KEY_LIVE_PAGE_DOWN)
		run_page(st, key);
	else if (key == CTRL('U')) {
		st->input[0] = '\0';
		look_at_input(st);
	} else if (key < KEY_LIVE_UP) {
		type_char(st, key);
	}
}

/* ---- the mouse ---- */

static void click_tab(struct live_state *st, unsigned int col)
{
	unsigned int starts[TAB_NR + 1];

	live__tab_columns(st->cols, starts);
	for (unsigned int i = 0; i < TAB_NR; i++) {
		if (col + 1 >= starts[i] && col + 1 < starts[i + 1])
			st->tab = i;
	}
}

/* The heading that it is sorted by already turns it round. */
static void click_heading(struct live_state *st, unsigned int col)
{
	struct live_span spans[LIVE_COLUMNS_MAX];
	const struct live_tab_row *tab = tab_of(st);

	live_list__layout(tab, st->cols, spans);
	for (unsigned int i = 0; i < tab->columns_cnt; i++) {
		if (!spans[i].width || col < spans[i].col || col > spans[i].col + spans[i].width)
			continue;
		if (live_list__sort_column(tab, list_of(st)) == i)
			run_reverse(st, 0);
		else
			sort_by(st, i);
		return;
	}
}

/* A second click on a row goes into it. */
static void click_row(struct live_state *st, size_t row)
{
	struct live_list_state *ls = list_of(st);
	bool is_second = ls->is_following && !ls->is_moved && ls->selected == row;

	if (row >= st->rows_cnt)
		return;
	if (is_second)
		run_enter(st, KEY_LIVE_ENTER);
	else
		select_row(st, row);
}

static void click(struct live_state *st, const struct live_mouse *mouse)
{
	unsigned int heading = st->heading_row;

	if (mouse->row == st->tabs_row)
		click_tab(st, mouse->col);
	else if (mouse->row == heading)
		click_heading(st, mouse->col);
	else if (mouse->row > heading && mouse->row - heading <= st->page_rows)
		click_row(st, list_of(st)->first + (mouse->row - heading - 1));
}

/* ---- all keys ---- */

static void help_key(struct live_state *st, __u32 key, const struct live_mouse *mouse)
{
	if (key == KEY_LIVE_MOUSE && mouse && mouse->wheel)
		move_help(st, mouse->wheel * WHEEL_ROWS);
	else if (key == KEY_LIVE_UP || key == KEY_LIVE_DOWN)
		move_help(st, key == KEY_LIVE_UP ? -1 : 1);
	else if (key == KEY_LIVE_PAGE_UP || key == KEY_LIVE_PAGE_DOWN)
		move_help(st,
			  (key == KEY_LIVE_PAGE_UP ? -1 : 1) * (st->rows > 4 ? st->rows - 3 : 1L));
	else if (key == KEY_LIVE_HOME || key == 'g')
		st->help_first = 0;
	else if (key == KEY_LIVE_END || key == 'G')
		st->help_first = 1000; /* the draw knows where the end is */
	else
		st->has_help = false;
}

static void mouse_key(struct live_state *st, const struct live_mouse *mouse)
{
	if (!mouse)
		return;
	if (mouse->wheel)
		move(st, mouse->wheel * WHEEL_ROWS);
	else if (st->prompt == PROMPT_NONE)
		click(st, mouse);
}

static void bound_key(struct live_state *st, __u32 key, bool is_replay)
{
	for (size_t i = 0; i < live_bindings_cnt; i++) {
		const struct live_binding *b = &live_bindings[i];

		if (is_replay ? b->is_live_only : b->is_replay_only)
			continue;
		for (size_t j = 0; j < sizeof(b->keys) / sizeof(b->keys[0]) && b->keys[j]; j++) {
			if (b->keys[j] == key) {
				b->run(st, key);
				return;
			}
		}
	}
}

void live__key(struct live_state *st, __u32 key, const struct live_mouse *mouse, bool is_replay)
{
	if (key == KEY_LIVE_RESIZE) {
		st->wants_redraw = true;
		return;
	}
	st->message[0] = '\0';
	if (st->has_help)
		help_key(st, key, mouse);
	else if (key == KEY_LIVE_MOUSE)
		mouse_key(st, mouse);
	else if (st->prompt != PROMPT_NONE)
		prompt_key(st, key);
	else
		bound_key(st, key, is_replay);
}
