// The machine and the versions that the figures were measured with.
import os from 'node:os';
import process from 'node:process';
import {execa} from 'execa';
import {packageRoot} from '../src/services/package-root.js';

export type Machine = {
	/** The processor's model, as the system names it. */
	cpu: string;
	cores: number;
	memoryBytes: number;
	/** The load average of the minute before the run (1 is one core in full use). */
	load: number;
};

/** Versions of the programs that were used; null for one that is not installed. */
export type Versions = {node: string; openssl: string | null; openssh: string | null};

/** The commit that was measured, null outside a clone, and whether tracked files differ from it. */
export type Source = {commit: string | null; modified: boolean};

export function describeMachine(): Machine {
	const cpus = os.cpus();
	const [load = 0] = os.loadavg();
	return {cpu: cpus[0]?.model.trim() || 'unknown', cores: cpus.length, memoryBytes: os.totalmem(), load: Number(load.toFixed(2))};
}

/** Whether the machine was too busy for the figures to be trusted. */
export function isBusy({load, cores}: Machine): boolean {
	return load > cores / 2;
}

export async function readVersions(): Promise<Versions> {
	return {
		node: process.versions.node,
		openssl: await versionIn(['openssl', 'version'], /^OpenSSL (\S+)/m),
		openssh: await versionIn(['ssh', '-V'], /^OpenSSH_([^\s,]+)/m),
	};
}

export async function readSource(): Promise<Source> {
	const commit = await outputOf(['git', 'rev-parse', 'HEAD']);
	return {commit: commit ?? null, modified: commit !== undefined && (await outputOf(['git', 'status', '--porcelain'])) !== ''};
}

async function versionIn(command: readonly string[], pattern: RegExp): Promise<string | null> {
	return pattern.exec((await outputOf(command)) ?? '')?.[1] ?? null;
}

/** What a command prints; undefined when it fails or is not installed. */
async function outputOf([file = '', ...words]: readonly string[]): Promise<string | undefined> {
	const {failed, all} = await execa(file, words, {cwd: packageRoot(), reject: false, all: true, stdin: 'ignore', timeout: 10_000});
	return failed ? undefined : all;
}
