/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The live view on the terminal: what the commands that show it share.
 */
#ifndef DAXTOP_SCREEN_H
#define DAXTOP_SCREEN_H

#include "settings.h"
#include "term.h"

struct screen {
	struct term *term;
	struct canvas canvas;
	struct live_state state;
	struct settings settings; /* as they were read */
	bool may_store;		  /* they could be read, or there were none */
	bool keeps_interval;	  /* somebody has asked for it, so it is one of the settings */
	double interval_s;	  /* 0 before: as the settings or @default_s say */
};

/*
 * Takes the terminal, with the state that the settings say, if they do (of the interval only where
 * @uses_delay). May take a second: of a home that does not answer, and of a terminal that is asked
 * for its size. Settings that cannot be read are left alone. Complains; to be closed only after
 * EXIT_FINE.
 */
enum exit_code screen__open(struct screen *s, double default_s, bool uses_delay);
/* Gives the terminal back, and keeps settings that have changed. */
void screen__close(struct screen *s);

/* Draws what there is. 0 or -errno. */
int screen__draw(struct screen *s, const struct live_data *d);

/* Takes the keys that wait. 0, or -EIO where the terminal has gone. */
int screen__keys(struct screen *s, bool is_replay);

/* A message at the bottom, until the next key. */
__attribute__((format(printf, 3, 4))) void screen__say(struct screen *s, bool is_bad,
						       const char *format, ...);

#endif
