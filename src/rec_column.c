// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Columns from rec_kinds[], and values from records. Surprising: which arrays are by wait is told
 * by their length, as the table of kinds does not say it.
 */
#include "rec_column.h"

#include <stdio.h>
#include <string.h>

#include "fmt.h"
#include "names.h"

const enum rec_kind rec_event_kinds[] = { REC_OP,     REC_HITS,		REC_WAIT, REC_BLAME,
					  REC_WINDOW, REC_SELF_REQUEST, 0 };

const struct rec_kind_desc *rec_event__desc(enum rec_kind kind)
{
	return rec_kind__find(kind == REC_HITS ? REC_OP : kind);
}

/* ---- what all events have ---- */

#define NOWHERE (~0U)
#define SPAN(type, begin, ns, task)                                             \
	{                                                                       \
		offsetof(type, begin), offsetof(type, ns), offsetof(type, task) \
	}

/* Where a record says when it began, how long it took, and whose it is. */
static const struct event_span {
	__u32 begin_ns;
	__u32 ns;
	__u32 task;
} spans[] = {
	[REC_OP] = SPAN(struct event_op, start_ns, dur_ns, task),
	[REC_HITS] = SPAN(struct event_op, start_ns, dur_ns, task),
	[REC_WAIT] = SPAN(struct event_wait, begin_ns, ns, task),
	[REC_BLAME] = SPAN(struct event_blame, begin_ns, ns, task),
	[REC_WINDOW] = { offsetof(struct event_window, ns),
			 offsetof(struct event_window, round_trip_ns), NOWHERE },
	[REC_SELF_REQUEST] = { offsetof(struct event_self_request, ns), NOWHERE,
			       offsetof(struct event_self_request, task) },
};

static __u64 number_at(const void *record, __u32 offset)
{
	__u64 number = 0;

	if (offset != NOWHERE)
		memcpy(&number, (const char *)record + offset, sizeof(number));
	return number;
}

__u64 rec_event__begin_ns(enum rec_kind kind, const void *record)
{
	return number_at(record, spans[kind].begin_ns);
}

__u64 rec_event__ns(const struct rec_event *ev)
{
	const struct event_op *op = ev->record;

	if (ev->kind == REC_OP && op->outcome == OUTCOME_UNSEEN)
		return 0;
	return number_at(ev->record, spans[ev->kind].ns);
}

struct task_key rec_event__task(const struct rec_event *ev)
{
	__u32 offset = spans[ev->kind].task;
	struct task_key task = {};

	if (offset != NOWHERE)
		memcpy(&task, (const char *)ev->record + offset, sizeof(task));
	return task;
}

/* ---- what is not known, though a number stands there ---- */

static bool op_is_seen(const void *record)
{
	const struct event_op *op = record;

	return op->outcome != OUTCOME_UNSEEN;
}

static bool hold_is_known(const void *record)
{
	const struct event_blame *blame = record;

	return blame->held_ns;
}

static bool waiters_are_known(const void *record)
{
	const struct event_blame *blame = record;

	return blame->waiters;
}

static bool is_removal(const struct event_window *window)
{
	return window->change == WINDOW_REMOVED || window->change == WINDOW_REMOVED_INLINE;
}

static bool has_range(const void *record)
{
	const struct event_window *window = record;

	return window->change != WINDOW_INODE_GONE;
}

static bool has_setup(const void *record)
{
	return has_range(record) && !is_removal(record);
}

static const struct {
	enum rec_kind kind;
	const char *name;
	bool (*is_known)(const void *record);
} conditions[] = {
	{ REC_OP, "start_ns", op_is_seen },	    { REC_OP, "dur_ns", op_is_seen },
	{ REC_BLAME, "held_ns", hold_is_known },    { REC_BLAME, "waiters", waiters_are_known },
	{ REC_WINDOW, "window_offset", has_range }, { REC_WINDOW, "index", has_setup },
	{ REC_WINDOW, "size_bytes", has_setup },    { REC_WINDOW, "round_trip_ns", has_setup },
	{ REC_WINDOW, "range_wait_ns", has_setup }, { REC_WINDOW, "is_writable", has_setup },
};

static void add_condition(struct rec_column *column, enum rec_kind kind)
{
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if (conditions[i].kind == kind && !strcmp(conditions[i].name, column->name))
			column->is_known = conditions[i].is_known;
}

/* ---- what columns there are ---- */

static const struct {
	const char *name;
	enum rec_part part;
} common_columns[] = {
	{ "host", PART_HOST },	  { "kind", PART_KIND }, { "time_ns", PART_TIME },
	{ "wall_ns", PART_WALL }, { "late", PART_LATE },
};

struct part_name {
	enum rec_part part;
	const char *name;
};

static const struct part_name inode_parts[] = {
	{ PART_DEV, "dev" },	   { PART_MOUNTPOINT, "mountpoint" },
	{ PART_NODEID, "nodeid" }, { PART_GENERATION, "generation" },
	{ PART_PATH, "path" },	   {},
};

static const struct part_name task_parts[] = {
	{ PART_TGID, "tgid" },
	{ PART_PID, "pid" },
	{ PART_START_MS, "start_ms" },
	{ PART_COMM, "comm" },
	{},
};

static struct rec_column *column_add(struct rec_columns *c, const struct rec_field *field,
				     enum rec_part part)
{
	struct rec_column *column = &c->all[c->cnt];

	if (c->cnt == REC_COLUMNS_MAX)
		return NULL;
	*column = (struct rec_column){ .field = field, .part = part };
	c->cnt++;
	return column;
}

static bool has_field(const struct rec_kind_desc *kind, const char *name)
{
	for (size_t i = 0; i < kind->fields_cnt; i++)
		if (!strcmp(kind->fields[i].name, name))
			return true;
	return false;
}

/*
 * The inode or task that an event is about gives its parts no prefix; a part the record has
 * itself is left out.
 */
static void add_parts(struct rec_columns *c, const struct rec_kind_desc *kind,
		      const struct rec_field *field, const struct part_name *parts)
{
	bool is_main = !strcmp(field->name, "inode") || !strcmp(field->name, "task");

	for (; parts->name; parts++) {
		struct rec_column *column;
		char name[sizeof(column->name)];

		snprintf(name, sizeof(name), "%s%s%s", is_main ? "" : field->name,
			 is_main ? "" : "_", parts->name);
		if (has_field(kind, name))
			continue;
		column = column_add(c, field, parts->part);
		if (column)
			memcpy(column->name, name, sizeof(name));
	}
}

static void name_append(struct rec_column *column, const char *text)
{
	size_t len = strlen(column->name);

	snprintf(column->name + len, sizeof(column->name) - len, "%s", text);
}

static void add_elements(struct rec_columns *c, const struct rec_field *field)
{
	for (unsigned int i = 0; i < field->cnt; i++) {
		struct rec_column *column = column_add(c, field, PART_ELEMENT);
		char number[12];

		if (!column)
			return;
		column->element = i;
		snprintf(column->name, sizeof(column->name), "%s.", field->name);
		snprintf(number, sizeof(number), "%u", i);
		name_append(column, field->cnt == WAIT_NR ? wait_table[i].name : number);
	}
}

const char *rec_column__element_name(const struct rec_column *column)
{
	return column->name + strlen(column->field->name) + 1;
}

static void add_value(struct rec_columns *c, const struct rec_field *field)
{
	struct rec_column *column = column_add(c, field, PART_VALUE);

	if (column)
		snprintf(column->name, sizeof(column->name), "%s", field->name);
}

static void add_field(struct rec_columns *c, const struct rec_kind_desc *kind,
		      const struct rec_field *field)
{
	switch (field->type) {
	case REC_T_INODE:
		return add_parts(c, kind, field, inode_parts);
	case REC_T_TASK:
		return add_parts(c, kind, field, task_parts);
	case REC_T_SPARSE:
		return add_elements(c, field);
	default:
		return add_value(c, field);
	}
}

static void columns_build(struct rec_columns *c, const struct rec_kind_desc *kind)
{
	for (size_t i = 0; i < sizeof(common_columns) / sizeof(common_columns[0]); i++) {
		struct rec_column *column = column_add(c, NULL, common_columns[i].part);

		snprintf(column->name, sizeof(column->name), "%s", common_columns[i].name);
	}
	for (size_t i = 0; i < kind->fields_cnt; i++)
		add_field(c, kind, &kind->fields[i]);
	for (size_t i = 0; i < c->cnt; i++)
		add_condition(&c->all[i], kind->id);
}

const struct rec_columns *rec_columns__of_kind(enum rec_kind kind)
{
	static struct rec_columns all[REC_SELF_REQUEST + 1];
	const struct rec_kind_desc *desc = rec_event__desc(kind);
	struct rec_columns *c = &all[desc->id];

	if (!c->cnt)
		columns_build(c, desc);
	return c;
}

const struct rec_column *rec_columns__find(enum rec_kind kind, const char *name)
{
	const struct rec_columns *c = rec_columns__of_kind(kind);

	for (size_t i = 0; i < c->cnt; i++)
		if (!strcmp(c->all[i].name, name))
			return &c->all[i];
	return NULL;
}

/* ---- what is in them ---- */

static void value_number(struct rec_value *v, __u64 number)
{
	v->type = VALUE_NUMBER;
	v->number = number;
}

static void value_text(struct rec_value *v, const char *text)
{
	v->type = text && *text ? VALUE_TEXT : VALUE_NONE;
	v->text = text;
}

__u64 rec_field__number(const struct rec_field *field, const void *record, unsigned int element)
{
	const char *at = (const char *)record + field->offset + (size_t)element * field->width;
	__u64 u64;
	__u32 u32;
	__u16 u16;

	switch (field->width) {
	case 8:
		memcpy(&u64, at, 8);
		return u64;
	case 4:
		memcpy(&u32, at, 4);
		return u32;
	case 2:
		memcpy(&u16, at, 2);
		return u16;
	default:
		return *(const unsigned char *)at;
	}
}

/* An id that has no name here, of a newer recording, is told by number. */
static void value_name(struct rec_value *v, const char *name, __u64 id)
{
	if (name)
		return value_text(v, name);
	snprintf(v->room, sizeof(v->room), "%llu", id);
	value_text(v, v->room);
}

static const char *outcome_name(__u64 id)
{
	if (id == OUTCOME_UNSEEN)
		return "unseen";
	return id < OUTCOME_NR ? outcome_table[id].name : NULL;
}

static void value_of_unit(struct rec_value *v, enum rec_unit unit, __u64 id)
{
	switch (unit) {
	case REC_U_OP:
		if (id != OP_NR)
			value_name(v, id < OP_NR ? op_table[id].name : NULL, id);
		return;
	case REC_U_WAIT:
		if (id != WAIT_NONE)
			value_name(v, id < WAIT_NR ? wait_table[id].name : NULL, id);
		return;
	case REC_U_OUTCOME:
		return value_name(v, outcome_name(id), id);
	case REC_U_ERRNO:
		if (id)
			value_name(v, errno_name(id), id);
		return;
	case REC_U_HOLDER:
		return value_name(v, id < HOLDER_NR ? holder_table[id].name : NULL, id);
	case REC_U_OPCODE:
		if (id)
			value_name(v, opcode_name(id), id);
		return;
	case REC_U_DEV:
		return value_text(v, fmt__dev(v->room, sizeof(v->room), id));
	case REC_U_WINDOW_CHANGE:
		return value_name(v, id < WINDOW_CHANGE_NR ? window_change_names[id] : NULL, id);
	default:
		return value_number(v, id);
	}
}

static void value_of_field(struct rec_value *v, const struct rec_field *field, const void *record,
			   unsigned int element)
{
	const char *at = (const char *)record + field->offset;

	switch (field->type) {
	case REC_T_UINT:
	case REC_T_TIME:
	case REC_T_SPARSE:
		return value_of_unit(v, field->unit, rec_field__number(field, record, element));
	case REC_T_CHARS:
		return value_text(v, fmt__clean(v->room, sizeof(v->room), at, field->cnt));
	default: /* no event has any */
		return;
	}
}

static const char *mountpoint_of(const struct rec_origin *origin, __u32 dev)
{
	const struct mount_state *mount = summary__mount_by_dev(origin->mounts, dev);

	return mount ? mount->mountpoint : NULL;
}

static const char *path_of(const struct rec_origin *origin, const struct inode_key *key)
{
	const struct inode_name *name = names__inode(origin->names, key);

	return name ? name->path : NULL;
}

static void value_of_inode(struct rec_value *v, enum rec_part part, const struct inode_key *key,
			   const struct rec_origin *origin)
{
	if (!key->dev && !key->nodeid)
		return;
	if (part == PART_DEV)
		value_text(v, fmt__dev(v->room, sizeof(v->room), key->dev));
	else if (part == PART_MOUNTPOINT)
		value_text(v, mountpoint_of(origin, key->dev));
	else if (part == PART_NODEID)
		value_number(v, key->nodeid);
	else if (part == PART_GENERATION)
		value_number(v, key->generation);
	else
		value_text(v, path_of(origin, key));
}

static void value_of_task(struct rec_value *v, enum rec_part part, const struct task_key *key,
			  const struct rec_origin *origin)
{
	if (!key->pid && !key->tgid)
		return;
	if (part == PART_TGID)
		value_number(v, key->tgid);
	else if (part == PART_PID)
		value_number(v, key->pid);
	else if (part == PART_START_MS)
		value_number(v, key->start_ms);
	else
		value_text(v, names__comm(origin->names, key));
}

static void value_of_event(struct rec_value *v, enum rec_part part, const struct rec_event *ev)
{
	__u64 start_ns = ev->origin->start_ns;

	if (part == PART_HOST)
		value_text(v, ev->origin->host);
	else if (part == PART_KIND)
		value_text(v, rec_kind__find(ev->kind)->name);
	else if (part == PART_LATE)
		value_number(v, ev->is_late);
	else if (part == PART_TIME)
		value_number(v, ev->begin_ns > start_ns ? ev->begin_ns - start_ns : 0);
	else if (ev->origin->wall_ns)
		value_number(v, ev->origin->wall_ns + (ev->begin_ns - start_ns));
}

void rec_column__value(const struct rec_column *column, const struct rec_event *ev,
		       struct rec_value *value)
{
	const char *at = (const char *)ev->record + (column->field ? column->field->offset : 0);

	value->type = VALUE_NONE;
	value->number = 0;
	if (column->is_known && !column->is_known(ev->record))
		return;
	if (!column->field)
		value_of_event(value, column->part, ev);
	else if (column->field->type == REC_T_INODE)
		value_of_inode(value, column->part, (const struct inode_key *)at, ev->origin);
	else if (column->field->type == REC_T_TASK)
		value_of_task(value, column->part, (const struct task_key *)at, ev->origin);
	else
		value_of_field(value, column->field, ev->record, column->element);
}
