// The JSON document of a run: the figures, and everything needed to judge them.
import type {Benchmark, Result} from './benchmark.js';
import {describeMachine, readSource, readVersions, type Machine, type Source, type Versions} from './machine.js';

export type Entry = Pick<Benchmark, 'name' | 'title' | 'peer'> & Omit<Result, 'stack'>;

/** What is known before the first benchmark runs. */
export type Setting = Source & {
	/** When the run began: a time in UTC as ISO 8601 writes it. */
	started: string;
	machine: Machine;
	versions: Versions;
};

export type FiguresDocument = Setting & {benchmarks: Entry[]};

/** Reads the machine, the versions and the commit. */
export async function readSetting(): Promise<Setting> {
	return {started: new Date().toISOString(), ...(await readSource()), machine: describeMachine(), versions: await readVersions()};
}

export function entryOf({name, title, peer}: Benchmark, {outcome, seconds, reason, figures}: Result): Entry {
	return {name, title, ...(peer !== undefined && {peer}), outcome, seconds, ...(reason !== undefined && {reason}), figures};
}
