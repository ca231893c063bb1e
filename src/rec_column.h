/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Events of a recording as named columns: what script and every export show, and what it is called,
 * follows from rec_kinds[] by this and nothing else. An inode or a task is several columns; of an
 * array each element is one.
 */
#ifndef DAXTOP_REC_COLUMN_H
#define DAXTOP_REC_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "fmt.h"
#include "model.h"
#include "rec_kinds.h"

/* Where events come from: borrowed by them. */
struct rec_origin {
	char host[65];	/* "" where it is not known */
	__u64 start_ns; /* CLOCK_MONOTONIC: tracing began */
	__u64 wall_ns;	/* CLOCK_REALTIME then; 0: not known */
	struct names *names;
	struct summary *mounts; /* those of it, and nothing else */
};

/*
 * One event. @record is the struct of @kind; of REC_HITS it is one hit, as a struct event_op, with
 * its share of the units of all that were recorded with it.
 */
struct rec_event {
	enum rec_kind kind;
	bool is_late; /* later ones have been given out before */
	__u64 begin_ns;
	const void *record;
	const struct rec_origin *origin;
};

/* The kind whose fields an event has. */
const struct rec_kind_desc *rec_event__desc(enum rec_kind kind);

/* When a record of @kind began (of REC_HITS: a hit), which is what events are ordered by. */
__u64 rec_event__begin_ns(enum rec_kind kind, const void *record);
/* How long it took; 0 for what takes no time, and where that was not seen. */
__u64 rec_event__ns(const struct rec_event *ev);
/* The task that an event is of; all 0 for none. */
struct task_key rec_event__task(const struct rec_event *ev);

/* Kinds that are events; 0 ends them. */
extern const enum rec_kind rec_event_kinds[];

enum rec_part {
	PART_VALUE, /* of the field itself */
	PART_ELEMENT,
	PART_DEV,
	PART_MOUNTPOINT,
	PART_NODEID,
	PART_GENERATION,
	PART_PATH,
	PART_TGID,
	PART_PID,
	PART_START_MS,
	PART_COMM,
	/* of no field: of every event */
	PART_HOST,
	PART_KIND,
	PART_TIME,
	PART_WALL,
	PART_LATE,
};

struct rec_column {
	char name[40]; /* "dur_ns", "holder_comm", "wait_ns.request.host" */
	const struct rec_field *field;
	enum rec_part part;
	unsigned int element;
	bool (*is_known)(const void *record); /* NULL: always; else what is there may say nothing */
};

#define REC_COLUMNS_MAX 80

struct rec_columns {
	size_t cnt;
	struct rec_column all[REC_COLUMNS_MAX];
};

/* Those of @kind, those of every event first. Static storage, built at the first call. */
const struct rec_columns *rec_columns__of_kind(enum rec_kind kind);

/* "request.host" of "wait_ns.request.host". */
const char *rec_column__element_name(const struct rec_column *column);

/* The one of that name, or NULL. */
const struct rec_column *rec_columns__find(enum rec_kind kind, const char *name);

enum rec_value_type {
	VALUE_NONE, /* not known, or there is none */
	VALUE_NUMBER,
	VALUE_TEXT,
};

struct rec_value {
	enum rec_value_type type;
	__u64 number;
	/* borrowed from the event, or from here; valid UTF-8 without control characters */
	const char *text;
	char room[FMT_BYTES * 2];
};

void rec_column__value(const struct rec_column *column, const struct rec_event *ev,
		       struct rec_value *value);

/* A field of a record of @kind, as a number; 0 where there is none. */
__u64 rec_field__number(const struct rec_field *field, const void *record, unsigned int element);

#endif
