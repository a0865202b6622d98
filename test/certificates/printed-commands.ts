// Runs the commands that findings print, as they are printed.
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {checkPair} from '../../src/certificates/check.js';
import {tanosFile} from '../helpers/appliance.js';
import {certificateName, keyName, uploaded, type Content} from './fixtures/files.js';
import {at} from './fixtures/make.js';

const hosts = ['ts1.example.com', 'ts2.example.com'];

/** The findings of a pair. */
export function checkFiles(file: Content, key: Content) {
	return checkPair(uploaded(certificateName, file), uploaded(keyName, key), {hosts, at}).findings;
}

/** A folder with this pair, which is removed after the test. */
export async function folderFor(t: ExecutionContext, file: string | Buffer, key: string | Buffer): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'mends-'));
	t.teardown(async () => rm(folder, {recursive: true}));
	await writeFile(path.join(folder, certificateName), file);
	await writeFile(path.join(folder, keyName), key, {mode: 0o600});
	return folder;
}

/** Runs a printed command in a folder, where `tanos` is this one. */
export async function runPrinted(folder: string, command: string, input = ''): Promise<void> {
	const programs = await mkdtemp(path.join(os.tmpdir(), 'mends-bin-'));
	await writeFile(path.join(programs, 'tanos'), `#!/bin/sh\nexec '${process.execPath}' '${tanosFile}' "$@"\n`, {mode: 0o700});
	try {
		await execa('sh', ['-ec', command], {cwd: folder, input, env: {PATH: `${programs}:${process.env['PATH']}`}});
	} finally {
		await rm(programs, {recursive: true});
	}
}

/** A command stands at the end of a hint, after a colon. */
export function commandIn(hint: string): string {
	return hint.slice(hint.lastIndexOf(': ') + 2);
}

/** What a command made of a file, or the file itself where it made nothing of it. */
export async function fixedFile(folder: string, name: string): Promise<Buffer> {
	const file = path.join(folder, name);
	const converted = path.join(folder, 'converted', name);
	return readFile(converted).catch(async () => readFile(`${file}.pem`).catch(async () => readFile(file)));
}
