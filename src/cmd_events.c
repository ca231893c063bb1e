// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "cmd_events.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum exit_code parse_with_paths(int argc, char **argv, const struct option_row *rows, size_t cnt,
				option_fn *take, void *ctx, char **paths, int *paths_cnt)
{
	bool is_end = false; /* all after "--" are paths */
	int operand = 1;

	for (*paths_cnt = 0; argc > 1; operand = 1) {
		enum exit_code code = EXIT_FINE;

		if (!is_end)
			code = options__parse(argc, argv, rows, cnt, take, ctx, &operand);
		if (code)
			return code;
		is_end |= operand > 1 && !strcmp(argv[operand - 1], "--");
		argc -= operand;
		argv += operand;
		if (argc > 0)
			paths[(*paths_cnt)++] = argv[0];
	}
	return EXIT_FINE;
}

static void lost_say(const struct rec_events *events, const char *path)
{
	__u64 ops = rec_events__counter(events, COUNTER_RECORD_FULL);
	__u64 waits = rec_events__counter(events, COUNTER_RECORD_WAITS_FULL);

	if (ops)
		complain(EXIT_FINE,
			 "%s: %llu operations are missing: the buffer was full (record --buffer)",
			 path, ops);
	if (waits)
		complain(EXIT_FINE,
			 "%s: %llu waits are missing by themselves and in blame, not in their "
			 "operations: the buffer was full (record --buffer)",
			 path, waits);
}

enum exit_code events_end(const struct rec_events *events, const char *path, __u64 late_cnt,
			  int err)
{
	const char *damage = rec_events__damage(events);

	lost_say(events, path);
	if (late_cnt)
		complain(EXIT_FINE,
			 "%s: %llu events are not in order, and marked late: they lasted too long "
			 "to hold back all that began after them",
			 path, late_cnt);
	if (err)
		return complain(rec_events__failure(events)->code, "%s",
				rec_events__failure(events)->text);
	if (damage)
		return complain(EXIT_BAD_INPUT, "%s: %s; what could be read was put out", path,
				damage);
	return EXIT_FINE;
}

void output_begin(struct output *out)
{
	static char room[65536];

	if (!isatty(fileno(out->f)))
		setvbuf(out->f, room, _IOFBF, sizeof(room));
}

bool output_failed(struct output *out)
{
	if (ferror(out->f) && !out->err)
		out->err = errno ?: EIO;
	return out->err;
}

enum exit_code output_end(struct output *out)
{
	if (!output_failed(out) && fflush(out->f))
		out->err = errno;
	if (!out->err)
		return EXIT_FINE;
	if (out->err == EPIPE)
		return EXIT_CANNOT_RUN;
	return complain(EXIT_CANNOT_RUN, "cannot write: %s", strerror(out->err));
}
