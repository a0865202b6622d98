import {parseArgs} from 'node:util';
import type {Benchmark} from './benchmark.js';

export type Options = {
	/** The benchmarks to run. */
	chosen: Benchmark[];
	help: boolean;
	/** Where the JSON document goes. */
	json?: 'stdout' | {file: string};
	/** Replaces each benchmark's own time limit. */
	limitSeconds?: number;
};

/** The command line is wrong. */
export class UsageError extends Error {}

/** Reads the command line. Throws UsageError for anything else; the message lists what is accepted. */
export function parseOptions(words: readonly string[], registry: readonly Benchmark[]): Options {
	const {values, positionals} = parse(words);
	const files = positionals.filter(word => word.endsWith('.json'));
	const names = positionals.filter(word => !word.endsWith('.json'));
	assertFiles(files, values.json);
	assertNames(names, registry);
	return {
		chosen: registry.filter(({name}) => names.length === 0 || names.includes(name)),
		help: values.help,
		...(values.json && {json: files[0] === undefined ? 'stdout' : {file: files[0]}}),
		...(values.limit !== undefined && {limitSeconds: secondsIn(values.limit)}),
	};
}

function parse(words: readonly string[]) {
	try {
		return parseArgs({
			args: [...words],
			options: {json: {type: 'boolean', default: false}, limit: {type: 'string'}, help: {type: 'boolean', short: 'h', default: false}},
			allowPositionals: true,
		});
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

function assertFiles(files: readonly string[], json: boolean): void {
	if (files.length > 1 || (files.length === 1 && !json)) {
		throw new UsageError(`Only one file can be named, and only with --json. Found: ${files.join(', ')}`);
	}
}

function assertNames(names: readonly string[], registry: readonly Benchmark[]): void {
	const unknown = names.filter(name => !registry.some(benchmark => benchmark.name === name));
	if (unknown.length > 0) {
		throw new UsageError(`There is no benchmark ${unknown.join(', ')}. Benchmarks: ${registry.map(({name}) => name).join(', ')}`);
	}
}

/** Node's timers are limited to 24 days. */
function secondsIn(text: string): number {
	const seconds = Number(text);
	if (!/^\d+$/.test(text) || seconds < 1 || seconds > 86_400) {
		throw new UsageError(`--limit takes 1 to 86400 seconds. Found: ${text}`);
	}

	return seconds;
}

/** How the command is used, in lines of at most 80 columns. */
export function usage(registry: readonly Benchmark[]): string {
	return `Usage: npm run bench -- [NAME]... [--json [FILE.json]] [--limit SECONDS]

  NAME              run only these benchmarks
  --json            print one JSON document; the table goes to standard error
  --json FILE.json  write the JSON document to this file
  --limit SECONDS   stop each benchmark after this time, not after its own limit

Benchmarks:
${registry.map(({name, title}) => `  ${name}\n      ${title}`).join('\n')}

Exit codes: 0 all were measured or skipped, 1 one failed, 2 wrong usage. An aim
that is missed is shown as MISSED and does not change the exit code.
`;
}
