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

enum exit_code events_end(const struct rec_events *events, const char *path, int err)
{
	const char *damage = rec_events__damage(events);
	__u64 late_cnt = rec_events__late_cnt(events);

	if (err)
		return complain(rec_events__failure(events)->code, "%s: %s", path,
				rec_events__failure(events)->text);
	if (late_cnt)
		complain(EXIT_FINE,
			 "%s: %llu events are not in order, and marked late: they lasted too long "
			 "to hold back all that began after them",
			 path, late_cnt);
	if (damage)
		return complain(EXIT_BAD_INPUT, "%s: %s; what could be read was put out", path,
				damage);
	return EXIT_FINE;
}

void output_begin(FILE *f)
{
	static char room[65536];

	if (!isatty(fileno(f)))
		setvbuf(f, room, _IOFBF, sizeof(room));
}

enum exit_code output_end(FILE *f)
{
	bool has_failed = ferror(f);

	if (!fflush(f) && !has_failed)
		return EXIT_FINE;
	if (errno == EPIPE)
		return EXIT_CANNOT_RUN;
	return complain(EXIT_CANNOT_RUN, "cannot write: %s", strerror(errno));
}
