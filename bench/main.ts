// `npm run bench`: measures speed and memory, each compared with a peer in the same run. See `npm run bench -- --help`.
import {access, constants, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {FiguresDocument} from './document.js';
import {parseOptions, usage, UsageError, type Options} from './options.js';
import {registry} from './registry.js';
import {runAll} from './run-all.js';

const exitCodes = {done: 0, failed: 1, usage: 2} as const;

/** Aborted with the name of a signal that ends the run. */
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(name, () => {
		stop.abort(name);
	});
}

for (const stream of [process.stdout, process.stderr]) {
	stream.on('error', () => {
		stop.abort('SIGPIPE'); // The reader of the output is gone.
	});
}

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
	try {
		const options = parseOptions(words, registry);
		if (options.help) {
			process.stdout.write(usage(registry));
			return exitCodes.done;
		}

		return await run(options);
	} catch (error) {
		if (error instanceof UsageError) {
			process.stderr.write(`bench: ${error.message}\nSee: npm run bench -- --help\n`);
			return exitCodes.usage;
		}

		throw error;
	}
}

async function run({chosen, json, limitSeconds}: Options): Promise<number> {
	await assertWritable(json);
	const print = (...lines: string[]) => {
		(json === 'stdout' ? process.stderr : process.stdout).write(lines.map(line => `${line}\n`).join(''));
	};

	const document = await runAll(chosen, {print, limitSeconds, signal: stop.signal});
	if (document === undefined) {
		return 128 + (os.constants.signals[stop.signal.reason as NodeJS.Signals] ?? 0);
	}

	await writeDocument(document, json);
	return document.benchmarks.some(({outcome}) => outcome === 'failed') ? exitCodes.failed : exitCodes.done;
}

/** Checked now, not after all benchmarks have run. */
async function assertWritable(json: Options['json']): Promise<void> {
	if (typeof json === 'object') {
		const folder = path.dirname(json.file);
		await access(folder, constants.W_OK).catch(() => {
			throw new UsageError(`${json.file} cannot be written: ${folder} is not a folder that you may write to`);
		});
	}
}

async function writeDocument(document: FiguresDocument, json: Options['json']): Promise<void> {
	const text = `${JSON.stringify(document, undefined, '\t')}\n`;
	if (json === 'stdout') {
		process.stdout.write(text);
	} else if (json !== undefined) {
		await writeFile(json.file, text);
	}
}
