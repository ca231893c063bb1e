// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Keys of the live view: each does something and is in the help; and what fingers do one after the
 * other.
 */
#include <string.h>
#include <wchar.h>

#include "live.h"

struct fixture {
	struct names *n;
	struct summary *s;
	struct live_data d;
	struct live_state st;
};

static void setup(struct fixture *x)
{
	x->s = sample_new(&x->n);
	x->d = sample_live(x->s, x->n);
	live_state__init(&x->st);
}

static void teardown(struct fixture *x)
{
	summary__free(x->s);
	names__free(x->n);
}

static void draw(struct fixture *x)
{
	free(live_screen(&x->d, &x->st, 24, 80, true));
}

static void key(struct fixture *x, __u32 code)
{
	live__key(&x->st, code, NULL, x->d.is_replay);
	draw(x);
}

static void type(struct fixture *x, const char *keys)
{
	for (; *keys; keys++)
		key(x, *keys);
}

static bool is_on_screen(struct fixture *x, const char *what)
{
	char *text = live_screen(&x->d, &x->st, 24, 80, true);
	bool is_there = strstr(text, what);

	free(text);
	return is_there;
}

/* ---- the table ---- */

/*
 * In the middle of a list, searched for something, with something to go back to: all keys have
 * work.
 */
static void make_busy(struct fixture *x, struct live_state *st)
{
	x->st.tab = TAB_INODES;
	draw(x);
	key(x, KEY_LIVE_DOWN);
	key(x, KEY_LIVE_DOWN);
	key(x, KEY_LIVE_PAGE_UP);
	key(x, KEY_LIVE_DOWN);
	key(x, KEY_LIVE_ENTER);
	x->st.tab = TAB_INODES;
	x->st.focus[0].kind = FOCUS_OP;
	strcpy(x->st.search, "LLVM");
	draw(x);
	*st = x->st;
}

static void check_key(const struct live_binding *b, __u32 code, const struct live_state *busy,
		      bool is_replay)
{
	struct live_state st = *busy;

	if (code == '1' + (__u32)st.tab)
		return;
	live__key(&st, code, NULL, is_replay);
	if (!CHECK(memcmp(&st, busy, sizeof(st))))
		printf("# nothing done by %s (%#x)\n", b->name, code);
}

static void each_does_something(void)
{
	struct live_state busy;
	struct fixture x;

	setup(&x);
	make_busy(&x, &busy);
	for (size_t i = 0; i < live_bindings_cnt; i++) {
		const struct live_binding *b = &live_bindings[i];

		CHECK(b->keys[0] && b->run && *b->name && *b->text);
		for (size_t j = 0; j < sizeof(b->keys) / sizeof(b->keys[0]) && b->keys[j]; j++) {
			if (!b->is_replay_only)
				check_key(b, b->keys[j], &busy, false);
			if (!b->is_live_only)
				check_key(b, b->keys[j], &busy, true);
		}
	}
	teardown(&x);
}

/* No key means two things at once. */
static void each_once(void)
{
	for (size_t i = 0; i < live_bindings_cnt; i++) {
		const struct live_binding *a = &live_bindings[i];

		for (size_t j = 0; j < i; j++) {
			const struct live_binding *b = &live_bindings[j];

			if ((a->is_live_only && b->is_replay_only) ||
			    (a->is_replay_only && b->is_live_only))
				continue;
			for (size_t k = 0; k < sizeof(a->keys) / sizeof(a->keys[0]); k++)
				CHECK(!a->keys[k] ||
				      !wmemchr((const wchar_t *)b->keys, a->keys[k],
					       sizeof(b->keys) / sizeof(b->keys[0])));
		}
	}
}

static void help_has_all(void)
{
	for (int is_replay = 0; is_replay < 2; is_replay++) {
		struct fixture x;
		char *text;

		setup(&x);
		x.d.is_replay = is_replay;
		draw(&x);
		key(&x, '?');
		CHECK(x.st.has_help);
		text = live_screen(&x.d, &x.st, 100, 200, true);
		for (size_t i = 0; i < live_bindings_cnt; i++) {
			const struct live_binding *b = &live_bindings[i];
			bool is_left_out = is_replay ? b->is_live_only : b->is_replay_only;

			CHECK(!strstr(text, b->text) == is_left_out);
		}
		for (unsigned int i = 0; i < WAIT_NR; i++)
			CHECK(strstr(text, wait_table[i].name));
		free(text);
		key(&x, KEY_LIVE_END);
		CHECK(is_on_screen(&x, "own work"));
		key(&x, KEY_LIVE_UP);
		CHECK(x.st.has_help && !is_on_screen(&x, "own work"));
		key(&x, 'q');
		CHECK(!x.st.has_help && !x.st.wants_quit);
		teardown(&x);
	}
}

static void unknown_keys(void)
{
	struct live_state st, before;

	live_state__init(&st);
	before = st;
	live__key(&st, 'x', NULL, false);
	live__key(&st, 'j', NULL, false);
	live__key(&st, 'k', NULL, true);
	live__key(&st, KEY_LIVE_F1 + 8, NULL, false);
	live__key(&st, KEY_LIVE_MOUSE, NULL, false);
	CHECK(!memcmp(&st, &before, sizeof(st)));
}

/* ---- one after the other ---- */

static void filter(void)
{
	struct fixture x;

	setup(&x);
	x.st.tab = TAB_INODES;
	draw(&x);
	CHECK_U64(x.st.rows_cnt, 5);
	type(&x, "/");
	key(&x, KEY_LIVE_ESCAPE);
	type(&x, "fLLv");
	CHECK_U64(x.st.rows_cnt, 1);
	CHECK_TEXT(x.st.filter, "LLv");
	type(&x, "q");
	CHECK(!x.st.wants_quit && x.st.rows_cnt == 0);
	CHECK(is_on_screen(&x, "No name here has \"LLvq\""));
	key(&x, KEY_LIVE_BACKSPACE);
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.prompt == PROMPT_NONE && x.st.rows_cnt == 1);
	CHECK(is_on_screen(&x, "Only: names with \"LLv\""));
	key(&x, KEY_LIVE_F1 + 3);
	CHECK_TEXT(x.st.input, "LLv");
	key(&x, KEY_LIVE_ESCAPE);
	CHECK_TEXT(x.st.filter, "");
	type(&x, "\\a.out");
	key(&x, KEY_LIVE_ENTER);
	CHECK_U64(x.st.rows_cnt, 1);
	key(&x, KEY_LIVE_ESCAPE);
	CHECK_U64(x.st.rows_cnt, 5);
	key(&x, 'f');
	for (int i = 0; i < 100; i++)
		key(&x, 0x4e2d);
	CHECK_U64(strlen(x.st.filter), 63);
	key(&x, KEY_LIVE_BACKSPACE);
	CHECK_U64(strlen(x.st.filter), 60);
	key(&x, 'U' & 0x1f);
	CHECK_TEXT(x.st.filter, "");
	teardown(&x);
}

static void search(void)
{
	struct fixture x;

	setup(&x);
	x.st.tab = TAB_INODES;
	draw(&x);
	type(&x, "n");
	CHECK(x.st.is_message_bad && x.st.message[0]);
	type(&x, "/mnt");
	CHECK_U64(x.st.lists[TAB_INODES].selected, 0);
	key(&x, KEY_LIVE_ENTER);
	type(&x, "n");
	CHECK_U64(x.st.lists[TAB_INODES].selected, 1);
	type(&x, "NN");
	CHECK_U64(x.st.lists[TAB_INODES].selected, 4);
	type(&x, "n");
	CHECK_U64(x.st.lists[TAB_INODES].selected, 0);
	type(&x, "/nodeid");
	CHECK_U64(x.st.lists[TAB_INODES].selected, 2);
	type(&x, "zzz");
	key(&x, KEY_LIVE_ENTER);
	CHECK_U64(x.st.lists[TAB_INODES].selected, 2);
	CHECK(is_on_screen(&x, "nothing here has \"nodeidzzz\" in its name"));
	type(&x, " ");
	CHECK(!is_on_screen(&x, "nothing here has"));
	teardown(&x);
}

/* What was filtered stays behind on the way in, and is there again on the way back. */
static void filter_stays_behind(void)
{
	struct fixture x;

	setup(&x);
	x.st.tab = TAB_INODES;
	draw(&x);
	type(&x, "fa.out");
	key(&x, KEY_LIVE_ENTER);
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.tab == TAB_LOCKS && !x.st.filter[0]);
	key(&x, KEY_LIVE_ESCAPE);
	CHECK(x.st.tab == TAB_INODES && x.st.rows_cnt == 1);
	CHECK_TEXT(x.st.filter, "a.out");
	teardown(&x);
}

static void into_and_back(void)
{
	struct fixture x;

	setup(&x);
	x.st.tab = TAB_INODES;
	draw(&x);
	key(&x, KEY_LIVE_DOWN);
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.tab == TAB_LOCKS && x.st.focus_cnt == 1);
	CHECK(x.st.focus[0].kind == FOCUS_INODE && x.st.focus[0].key.inode.nodeid == 6);
	CHECK(is_on_screen(&x, "Only: /mnt/dax: build/a.out"));
	CHECK(is_on_screen(&x, "100% busy_page")); /* what it did stays in sight */
	type(&x, "2");
	CHECK_U64(x.st.rows_cnt, 1);
	key(&x, KEY_LIVE_ENTER); /* of the same one: no deeper */
	CHECK(x.st.tab == TAB_LOCKS && x.st.focus_cnt == 1);
	type(&x, "3");
	CHECK(x.st.rows_cnt > 1); /* tasks are not told apart by inode */
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.tab == TAB_IN_FLIGHT && x.st.focus_cnt == 2);
	CHECK(x.st.focus[1].kind == FOCUS_TASK);
	key(&x, KEY_LIVE_ESCAPE);
	CHECK(x.st.tab == TAB_TASKS && x.st.focus_cnt == 1);
	key(&x, KEY_LIVE_ESCAPE);
	CHECK(x.st.tab == TAB_INODES && x.st.focus_cnt == 0);
	CHECK_U64(x.st.lists[TAB_INODES].selected, 1);
	key(&x, KEY_LIVE_ESCAPE);
	CHECK(x.st.tab == TAB_INODES);
	type(&x, "1");
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.tab == TAB_HISTOGRAM && x.st.focus[0].kind == FOCUS_OP);
	CHECK(x.st.focus[0].key.op == OP_FAULT_READ_PTE);
	teardown(&x);
}

/* What the full table left out is many. */
static void not_into_the_rest(void)
{
	struct fixture x;

	setup(&x);
	x.st.tab = TAB_INODES;
	draw(&x);
	type(&x, "/left out");
	key(&x, KEY_LIVE_ENTER);
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.focus_cnt == 0 && x.st.is_message_bad);
	teardown(&x);
}

static void order(void)
{
	struct fixture x;
	struct live_list_state *ls = &x.st.lists[TAB_OPS];

	setup(&x);
	draw(&x);
	CHECK(is_on_screen(&x, "waitedv"));
	CHECK(ls->key.op == OP_FAULT_READ_PTE);
	type(&x, "r");
	CHECK(is_on_screen(&x, "waited^") && ls->key.op == OP_RECLAIM_RUN);
	type(&x, "r<");
	CHECK(is_on_screen(&x, "countv") && ls->key.op == OP_FAULT_READ_PTE);
	type(&x, "<<");
	CHECK(is_on_screen(&x, "operation^") && ls->key.op == OP_FAULT_READ_PTE);
	type(&x, "<");
	CHECK(is_on_screen(&x, "operation^"));
	key(&x, KEY_LIVE_F1 + 5);
	CHECK(x.st.prompt == PROMPT_SORT && is_on_screen(&x, "Sort by operation"));
	key(&x, KEY_LIVE_RIGHT);
	key(&x, KEY_LIVE_RIGHT);
	key(&x, KEY_LIVE_RIGHT);
	CHECK(is_on_screen(&x, "Sort by waited")); /* what is not on the screen is passed over */
	key(&x, KEY_LIVE_RIGHT);
	key(&x, KEY_LIVE_ENTER);
	CHECK(is_on_screen(&x, "wait%v") && ls->key.op == OP_TRUNCATE);
	key(&x, KEY_LIVE_F1 + 5);
	key(&x, KEY_LIVE_LEFT);
	key(&x, KEY_LIVE_ESCAPE);
	CHECK(is_on_screen(&x, "wait%v"));
	teardown(&x);
}

/* More time for the second: it comes first, and who had chosen it still has it. */
static void selection_stays(void)
{
	struct cell more = sample_cell(1, 90 * SEC, WAIT_BUSY_PAGE, 80 * SEC);
	struct fixture x;
	struct live_list_state *ls = &x.st.lists[TAB_INODES];

	setup(&x);
	x.st.tab = TAB_INODES;
	draw(&x);
	CHECK(ls->selected == 0 && ls->key.inode.nodeid == 5);
	key(&x, KEY_LIVE_DOWN);
	CHECK(ls->selected == 1 && ls->key.inode.nodeid == 6);
	sample_add_inode(x.s, 6, OP_TRUNCATE, &more);
	draw(&x);
	CHECK(ls->selected == 0 && ls->key.inode.nodeid == 6);
	key(&x, KEY_LIVE_DOWN);
	CHECK(ls->selected == 1 && ls->key.inode.nodeid == 5);
	type(&x, "g");
	CHECK(ls->selected == 0 && ls->key.inode.nodeid == 6);
	more.wait_ns[WAIT_BUSY_PAGE] = 89 * SEC;
	sample_add_inode(x.s, 7, OP_TRUNCATE, &more);
	draw(&x); /* the first one was chosen, whichever that is */
	CHECK(ls->selected == 0 && ls->key.inode.nodeid == 7);
	type(&x, "G");
	CHECK(ls->selected == x.st.rows_cnt - 1);
	key(&x, KEY_LIVE_DOWN);
	CHECK(ls->selected == x.st.rows_cnt - 1);
	key(&x, KEY_LIVE_PAGE_UP);
	CHECK(ls->selected == 0);
	teardown(&x);
}

static void scrolling(void)
{
	struct cell c = sample_cell(1, MS, WAIT_BUSY_PAGE, MS / 2);
	struct fixture x;
	struct live_list_state *ls = &x.st.lists[TAB_INODES];

	setup(&x);
	for (unsigned int i = 100; i < 200; i++)
		sample_add_inode(x.s, i, OP_TRUNCATE, &c);
	x.st.tab = TAB_INODES;
	draw(&x);
	CHECK(ls->first == 0 && x.st.page_rows > 5);
	key(&x, KEY_LIVE_PAGE_DOWN);
	key(&x, KEY_LIVE_PAGE_DOWN);
	CHECK(ls->selected >= ls->first && ls->selected < ls->first + x.st.page_rows);
	type(&x, "G");
	CHECK(ls->first + x.st.page_rows == x.st.rows_cnt);
	type(&x, "/nodeid 150");
	CHECK(ls->key.inode.nodeid == 150);
	type(&x, "  ");
	key(&x, KEY_LIVE_ESCAPE);
	type(&x, "g");
	CHECK(ls->first == 0);
	teardown(&x);
}

static void wants(void)
{
	struct fixture x;

	setup(&x);
	draw(&x);
	type(&x, "q");
	CHECK(x.st.wants_quit);
	type(&x, "R");
	CHECK(x.st.wants_save);
	type(&x, " ");
	CHECK(x.st.is_paused && is_on_screen(&x, "PAUSED"));
	type(&x, " c");
	CHECK(!x.st.is_paused && is_on_screen(&x, "since start"));
	type(&x, "d0.5");
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.wants_interval_s == 0.5);
	x.st.wants_interval_s = 0;
	type(&x, "d-1");
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.wants_interval_s == 0 && x.st.is_message_bad);
	type(&x, "d");
	key(&x, KEY_LIVE_ENTER);
	CHECK(x.st.wants_interval_s == 0 && !x.st.message[0]);
	live__key(&x.st, KEY_LIVE_RESIZE, NULL, false);
	CHECK(x.st.wants_redraw);
	teardown(&x);
}

static void replay(void)
{
	static const struct {
		const char *text;
		double s; /* below 0: refused */
	} times[] = {
		{ "90", 90 },	     { "12.5s", 12.5 }, { "1m30s", 90 }, { "1:30", 90 },
		{ "1:02:03", 3723 }, { "2h", 7200 },	{ "0", 0 },	 { "x", -1 },
		{ "1x", -1 },	     { "-5", -1 },	{ "1..2", -1 },	 { "1:", 60 },
		{ "nan", -1 },
	};
	struct fixture x;

	setup(&x);
	x.d.is_replay = true;
	x.d.speed = 1;
	draw(&x);
	type(&x, "ttT ");
	CHECK(x.st.wants_steps == 1 && x.st.wants_toggle && !x.st.is_paused);
	type(&x, "++-+");
	CHECK(x.st.wants_speed == 4);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		x.st.wants_jump = false;
		type(&x, i % 2 ? "j" : "J");
		type(&x, times[i].text);
		key(&x, KEY_LIVE_ENTER);
		if (!CHECK(x.st.wants_jump == (times[i].s >= 0)) ||
		    !CHECK(!x.st.wants_jump || x.st.wants_jump_s == times[i].s))
			printf("# \"%s\"\n", times[i].text);
	}
	type(&x, "R");
	CHECK(!x.st.wants_save);
	teardown(&x);
}

static void click(struct fixture *x, unsigned int row, unsigned int col, int wheel)
{
	struct live_mouse mouse = { .row = row, .col = col, .wheel = wheel };

	live__key(&x->st, KEY_LIVE_MOUSE, &mouse, false);
	draw(x);
}

static void mouse(void)
{
	struct fixture x;
	struct live_list_state *ls = &x.st.lists[TAB_INODES];

	setup(&x);
	draw(&x);
	click(&x, x.st.tabs_row, 18, 0);
	CHECK(x.st.tab == TAB_INODES);
	click(&x, x.st.heading_row + 2, 40, 0);
	CHECK(ls->selected == 1 && x.st.focus_cnt == 0);
	click(&x, x.st.heading_row + 2, 40, 0);
	CHECK(x.st.focus_cnt == 1 && x.st.tab == TAB_LOCKS);
	key(&x, KEY_LIVE_ESCAPE);
	click(&x, 0, 0, 1);
	CHECK(ls->selected == 4);
	click(&x, 0, 0, -1);
	CHECK(ls->selected == 1);
	click(&x, x.st.heading_row, 10, 0);
	CHECK(is_on_screen(&x, "countv"));
	click(&x, x.st.heading_row, 10, 0);
	CHECK(is_on_screen(&x, "count^"));
	click(&x, x.st.heading_row + 12, 0, 0); /* below the last row */
	click(&x, 99, 99, 0);
	CHECK(x.st.focus_cnt == 0);
	key(&x, '?');
	click(&x, 3, 3, 1);
	CHECK(x.st.has_help && x.st.help_first == 3);
	click(&x, 3, 3, 0);
	CHECK(!x.st.has_help);
	teardown(&x);
}

int main(void)
{
	each_does_something();
	each_once();
	help_has_all();
	unknown_keys();
	filter();
	search();
	filter_stays_behind();
	into_and_back();
	not_into_the_rest();
	order();
	selection_stays();
	scrolling();
	wants();
	replay();
	mouse();
	return check_result();
}
