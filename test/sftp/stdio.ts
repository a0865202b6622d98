// `tanos sftp-server`, and OpenSSH's sftp talking to it without SSH in between.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Duplex} from 'node:stream';
import type {ExecutionContext} from 'ava';
import {packageRoot} from '../../src/services/package-root.js';
import {execute, type Result} from '../ssh-server/served.js';
import {RawSftp} from './raw-sftp.js';

const tanos = [process.execPath, path.join(packageRoot(), 'bin', 'tanos.js'), 'sftp-server'];

/** Runs `tanos sftp-server` with these words. */
export async function sftpServer(words: string[], input?: string): Promise<Result> {
	return execute(tanos[0]!, [...tanos.slice(1), ...words], {input});
}

/** A client of a `tanos sftp-server` of its own. */
export async function rawStdio(t: ExecutionContext): Promise<RawSftp> {
	const server = spawn(tanos[0]!, tanos.slice(1), {stdio: ['pipe', 'pipe', 'inherit']});
	const ended = once(server, 'exit');
	t.teardown(async () => {
		server.kill();
		await ended;
	});
	const client = new RawSftp(Duplex.from({readable: server.stdout, writable: server.stdin}));
	await client.greet();
	return client;
}

/** Writes a program that is `tanos sftp-server`: sftp and sshd want one path. */
export async function tanosSftpServer(file: string, ...words: string[]): Promise<void> {
	await writeFile(file, `#!/bin/sh\nexec ${[...tanos, ...words].join(' ')} "$@"\n`, {mode: 0o700});
}

export type Stdio = {
	folder: string;
	/** Runs lines of an `sftp -b` script on a server with these options. */
	sftp(options: string[], ...lines: string[]): Promise<Result>;
};

/** A folder of its own for client and server. */
export async function stdio(t: ExecutionContext): Promise<Stdio> {
	const folder = await mkdtemp(path.join(tmpdir(), 'tanos-stdio-'));
	t.teardown(() => rm(folder, {recursive: true, force: true}));
	return {
		folder,
		async sftp(options, ...lines) {
			const server = path.join(folder, '.server');
			await tanosSftpServer(server, ...options);
			return execute('sftp', ['-b', '-', '-D', server], {input: `${lines.join('\n')}\n`, cwd: folder, env: {...process.env, HOME: folder}});
		},
	};
}
