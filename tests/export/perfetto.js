// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Loads a trace into Perfetto's own trace processor, the one its UI runs, and prints the rows of
 * SQL queries: one line each, values separated by tabs. The engine is a web worker that speaks
 * protobuf (perfetto's trace_processor.proto); what of that is needed is written and read here.
 *
 * usage: node perfetto.js MODULES TRACE QUERY...
 */
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');

const [modules, trace, ...queries] = process.argv.slice(2);
const bytes = fs.readFileSync(trace);
const folder = path.resolve(modules, '@pinpoint-apm', 'perfetto-ui');

const APPEND = 1, FINALIZE = 2, QUERY = 3;
const CHUNK_BYTES = 8 << 20;

/* ---- protobuf ---- */

function varint(n) {
	const bytes = [];
	for (n = BigInt(n); n > 127n; n >>= 7n)
		bytes.push(Number(n & 127n) | 128);
	bytes.push(Number(n));
	return Buffer.from(bytes);
}

const numberField = (id, n) => Buffer.concat([varint(id << 3), varint(n)]);
const bytesField = (id, bytes) => Buffer.concat([varint((id << 3) | 2), varint(bytes.length), bytes]);

/* A message as [[field, value], ...]: numbers are BigInts, all else is bytes. */
function fields(bytes) {
	const all = [];
	let at = 0;
	const number = () => {
		let n = 0n;
		for (let shift = 0n; ; shift += 7n) {
			const byte = bytes[at++];
			n |= BigInt(byte & 127) << shift;
			if (byte < 128)
				return n;
		}
	};
	while (at < bytes.length) {
		const tag = Number(number()), type = tag & 7;
		let length = type === 1 ? 8 : type === 5 ? 4 : 0;
		if (type === 0) {
			all.push([tag >> 3, number()]);
			continue;
		}
		if (type === 2)
			length = Number(number());
		all.push([tag >> 3, bytes.subarray(at, at + length)]);
		at += length;
	}
	return all;
}

const of = (message, id) => message.filter(([field]) => field === id).map(([, value]) => value);

function packed(bytes) {
	const numbers = [];
	let n = 0n, shift = 0n;
	for (const byte of bytes) {
		n |= BigInt(byte & 127) << shift;
		shift += 7n;
		if (byte < 128) {
			numbers.push(BigInt.asIntN(64, n));
			n = shift = 0n;
		}
	}
	return numbers;
}

/* ---- the engine ---- */

/*
 * It reads its code from the current folder, at once; what waits for that runs before a timer
 * does.
 */
async function engine() {
	const port = {}, replies = [];
	const scope = {
		console: { log() {}, warn(line) { if (process.env.V) console.error(line); }, error: console.error },
		require, process: { ...process, on() {}, argv: [] },
		__dirname: folder, __filename: path.join(folder, 'engine_bundle.js'),
		WebAssembly, TypeError, RangeError, Uint8Array, Buffer, TextDecoder, TextEncoder,
		setTimeout, clearTimeout, performance,
	};
	scope.self = scope.globalThis = scope;
	process.chdir(folder);
	vm.runInNewContext(fs.readFileSync(scope.__filename, 'utf8'), scope);
	scope.onmessage({ data: { enginePort: port } });
	port.postMessage = (bytes) => replies.push(Buffer.from(bytes));
	await new Promise((resolve) => { setTimeout(resolve, 100); });
	return { port, replies };
}

let seq = 0;
function call(e, request, args) {
	const message = Buffer.concat([numberField(1, seq++), numberField(2, request), ...args]);
	e.port.onmessage({ data: new Uint8Array(bytesField(1, message)) });
	const answers = [];
	for (const reply of e.replies.splice(0))
		for (const rpc of of(fields(reply), 1)) {
			const answer = fields(rpc);
			for (const text of of(answer, 5))
				throw new Error(text.toString());
			answers.push(answer);
		}
	return answers;
}

function load(e) {
	for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
		for (const answer of call(e, APPEND, [bytesField(101, bytes.subarray(at, at + CHUNK_BYTES))]))
			for (const result of of(answer, 201))
				for (const error of of(fields(result), 2))
					throw new Error(error.toString());
	call(e, FINALIZE, []);
}

function* cells(batch) {
	const texts = Buffer.concat(of(batch, 5)).toString().split('\0');
	const numbers = of(batch, 2).flatMap(packed);
	const reals = of(batch, 3).flatMap((b) =>
		Array.from({ length: b.length / 8 }, (_, i) => b.readDoubleLE(i * 8)));
	for (const type of of(batch, 1).flatMap(packed))
		yield type === 2n ? numbers.shift() : type === 3n ? reals.shift() :
			type === 4n ? texts.shift() : null;
}

function query(e, sql) {
	const rows = [], columns = [];
	let row = [];
	for (const answer of call(e, QUERY, [bytesField(103, bytesField(1, Buffer.from(sql)))]))
		for (const result of of(answer, 203).map(fields)) {
			for (const error of of(result, 2))
				if (error.length)
					throw new Error(`${sql}: ${error}`);
			columns.push(...of(result, 1));
			for (const batch of of(result, 3).map(fields))
				for (const cell of cells(batch))
					if (row.push(cell) === columns.length) {
						rows.push(row);
						row = [];
					}
		}
	return rows;
}

(async () => {
	const e = await engine();
	load(e);
	for (const sql of queries)
		for (const row of query(e, sql))
			console.log(row.join('\t'));
	process.exit(0);
})().catch((error) => {
	console.error(`perfetto.js: ${error.stack || error}`);
	process.exit(1);
});
