/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The live view, but for the terminal: what it shows (struct live_data), how it is being looked at
 * (struct live_state), and two pure functions, from both to a screen, and from a key to the next
 * state. What a key asks of others (a recording, another interval, the end) is left in the state
 * for the caller.
 */
#ifndef DAXTOP_LIVE_H
#define DAXTOP_LIVE_H

#include "canvas.h"
#include "model.h"

enum live_tab {
	TAB_OPS, /* by wait: stacked bars */
	TAB_INODES,
	TAB_TASKS,
	TAB_LOCKS, /* and who held them */
	TAB_IN_FLIGHT,
	TAB_WINDOW,
	TAB_HISTOGRAM,
	TAB_EVENTS, /* the slowest of late */
	TAB_NR,
};

/* An operation that took long, by itself. */
struct live_event {
	__u64 end_ns; /* CLOCK_MONOTONIC */
	__u64 dur_ns;
	__u32 op;
	__u32 outcome;
	__u32 err; /* errno, 0: none */
	__u32 retries;
	struct task_key task;
	struct inode_key inode;
	__u64 wait_ns[WAIT_NR];
	bool has_blame; /* of its longest wait for a lock */
	struct edge_key blame;
};

/* All borrowed, for as long as it is drawn. */
struct live_data {
	const struct summary *interval; /* the last one; NULL before its end */
	const struct summary *previous; /* the one before; NULL: there is none */
	const struct summary *total;	/* since tracing began, or NULL as @interval */
	const struct names *names;
	const struct live_event *events; /* the slowest first */
	size_t events_cnt;
	const char *events_why_not;		  /* why there are none, NULL: there may be */
	const char *host, *kernel, *tool_version; /* NULL: not known */
	__u64 session_ns;			  /* how long it has been going on */
	double interval_s;
	__u64 stuck_ns;		    /* what is in flight for so long is marked */
	const char *const *filters; /* "pid 4711": what is traced at all */
	size_t filters_cnt;
	/* a recording that is replayed */
	bool is_replay;
	bool is_playing;
	double speed;
	__u64 at_ns, length_ns; /* from its begin */
};

/* What rows are about; of which kind tells the view. */
struct live_key {
	__u32 op; /* TAB_OPS, TAB_HISTOGRAM */
	struct inode_key inode;
	struct task_key task;
	__u64 nr; /* of others: what tells them apart */
};

#define LIVE_INPUT_BYTES 64

enum live_focus_kind {
	FOCUS_NONE,
	FOCUS_OP,
	FOCUS_INODE,
	FOCUS_TASK,
	FOCUS_CHAIN, /* of an operation in flight or an event */
};

/* What Enter has gone into: lists then show that alone, Escape goes back. */
struct live_focus {
	enum live_focus_kind kind;
	enum live_tab tab; /* where Enter was pressed */
	struct live_key key;
	char filter[LIVE_INPUT_BYTES]; /* that was in force there */
};
#define LIVE_FOCUS_MAX 4

struct live_list_state {
	unsigned int sort; /* column */
	bool is_reversed;
	bool is_sorted;	     /* false: as is best for this list */
	size_t selected;     /* row */
	size_t first;	     /* row on top */
	struct live_key key; /* of the selected row, as of the last draw */
	bool has_key;
	bool is_following; /* it stays selected when rows move; else the first one is */
	bool is_moved;	   /* since the last draw: @selected is what counts, and not @key */
};

enum live_prompt {
	PROMPT_NONE,
	PROMPT_SEARCH,
	PROMPT_FILTER,
	PROMPT_DELAY,
	PROMPT_SORT,
	PROMPT_JUMP
};

/* What the next draw is to look for: only there it is known what rows there are. */
enum live_search {
	SEARCH_NONE,
	SEARCH_HERE, /* the selected row will do */
	SEARCH_NEXT,
	SEARCH_PREVIOUS
};

struct live_state {
	enum live_tab tab;
	struct live_list_state lists[TAB_NR];
	struct live_focus focus[LIVE_FOCUS_MAX];
	size_t focus_cnt;
	char filter[LIVE_INPUT_BYTES]; /* rows whose names have it, whatever the case; "" all */
	char search[LIVE_INPUT_BYTES];
	enum live_search search_step;
	enum live_prompt prompt;
	char input[LIVE_INPUT_BYTES]; /* typed so far at the prompt */
	unsigned int prompt_sort;     /* column that is pointed at, PROMPT_SORT */
	bool is_cumulative;	      /* since tracing began, not the last interval */
	bool is_paused;		      /* the display; what is collected goes on */
	bool has_help;
	size_t help_first; /* line on top */
	char message[160]; /* in place of the keys at the bottom until the next key; "" none */
	bool is_message_bad;
	unsigned int rows, cols; /* of the last draw */
	size_t page_rows;	 /* rows of the list that fit, of the last draw */
	size_t rows_cnt;	 /* rows that the list has, of the last draw */
	/* lines of the screen, of the last draw: for the mouse */
	unsigned int tabs_row, heading_row;
	/* what is asked of the caller, who resets it */
	bool wants_quit;
	bool wants_save;
	bool wants_redraw;	 /* all of the terminal anew */
	double wants_interval_s; /* 0: as it is */
	/* of a replay */
	bool wants_toggle;  /* play or pause */
	int wants_steps;    /* intervals forth, or back */
	double wants_speed; /* a factor; 0: as it is */
	bool wants_jump;
	double wants_jump_s; /* from the begin */
};

void live_state__init(struct live_state *st);

/*
 * Draws all of @c; corrects in @st what no longer fits what there is (selected rows, scrolling). 0
 * or -ENOMEM.
 */
int live__draw(struct canvas *c, const struct live_data *d, struct live_state *st);

/* ---- keys: src/live_keys.c ---- */

/* Characters are themselves; others follow. */
enum live_special {
	KEY_LIVE_UP = 0x110000,
	KEY_LIVE_DOWN,
	KEY_LIVE_LEFT,
	KEY_LIVE_RIGHT,
	KEY_LIVE_PAGE_UP,
	KEY_LIVE_PAGE_DOWN,
	KEY_LIVE_HOME,
	KEY_LIVE_END,
	KEY_LIVE_ENTER,
	KEY_LIVE_ESCAPE,
	KEY_LIVE_TAB,
	KEY_LIVE_BACKTAB,
	KEY_LIVE_BACKSPACE,
	KEY_LIVE_F1, /* F1 to F10 */
	KEY_LIVE_F10 = KEY_LIVE_F1 + 9,
	KEY_LIVE_RESIZE,
	KEY_LIVE_MOUSE, /* see struct live_mouse */
};

struct live_mouse {
	unsigned int row, col;
	int wheel; /* -1 up, 1 down, 0: a click */
};

/* @mouse: of KEY_LIVE_MOUSE, else NULL. @is_replay: keys of replay work. */
void live__key(struct live_state *st, __u32 key, const struct live_mouse *mouse, bool is_replay);

/* One table says what keys there are: help is made of it, and they do what it says. */
struct live_binding {
	__u32 keys[9];	   /* 0: no more */
	const char *name;  /* as help calls them: "F6 < >" */
	const char *text;  /* what they do */
	const char *brief; /* for the line at the bottom; NULL: not there */
	bool is_replay_only;
	bool is_live_only;
	void (*run)(struct live_state *st, __u32 key);
};
extern const struct live_binding live_bindings[];
extern const size_t live_bindings_cnt;

#endif
