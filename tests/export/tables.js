// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Reads an export as a table with DuckDB and prints what it comes to, as make-recording does.
 *
 * usage: node tables.js MODULES csv|ndjson FILE
 */
'use strict';
const path = require('path');

const [modules, format, file] = process.argv.slice(2);
const { DuckDBInstance } = require(path.resolve(modules, '@duckdb/node-api'));

const readers = {
	csv: `read_csv('${file}', header = true, strict_mode = true, quote = '"', escape = '"', sample_size = -1)`,
	ndjson: `read_json('${file}', format = 'newline_delimited', sample_size = -1)`,
};

const sums = [
	["op.cnt", "count(*)", "kind = 'op'"],
	["op.ns", "sum(dur_ns)", "kind = 'op'"],
	["op.read_bytes", "sum(units)", "kind = 'op' and op = 'read'"],
	["hits.cnt", "count(*)", "kind = 'hits'"],
	["hits.ns", "sum(dur_ns)", "kind = 'hits'"],
	["op.nested_ns", "sum(dur_ns)", "kind = 'op' and depth > 0"],
	["wait.cnt", "count(*)", "kind = 'wait'"],
	["blame.cnt", "count(*)", "kind = 'blame'"],
	["blame.ns", "sum(ns)", "kind = 'blame' and holder_op = 'truncate' and holder_comm = 'trunc,ate'"],
	["window.cnt", "count(*)", "kind = 'window' and change = 'setup'"],
];

/* No row may be among these. */
const wrong = [
	["begin before the one before", "is_before"],
	["have another path", `path not in ('dir/a "b", c;\\d', 'dir/data.bin')`],
	["have another name", `comm not in ('read;er "x"', 'hitter', 'trunc,ate', 'long')`],
	["have no host", "host is null"],
	["have another mount", "mountpoint <> '/mnt/dax' or dev <> '0:38'"],
	["have no time", "time_ns is null or wall_ns - time_ns <> 1700000000000000000"],
];

(async () => {
	const db = await (await DuckDBInstance.create(':memory:')).connect();
	const rows = async (sql) => (await db.runAndReadAll(sql)).getRows();

	await rows(`create table events as select *, not late and time_ns < lag(time_ns) over () as is_before
		from ${readers[format]}`);
	for (const [name, figure, where] of sums)
		for (const [value] of await rows(`select ${figure} from events where ${where}`))
			console.log(`${name} ${value}`);
	for (const [wait, ns] of await rows(`select wait, sum(ns) from events where kind = 'wait' group by wait`))
		console.log(`wait.ns.${wait} ${ns}`);
	for (const [what, where] of wrong) {
		const [[cnt]] = await rows(`select count(*) from events where ${where}`);
		if (cnt)
			console.log(`${cnt} rows ${what}`);
	}
})().catch((error) => {
	console.error(`tables.js: ${error.stack || error}`);
	process.exit(1);
});
