// OpenSSL as the other side: what it says about our servers is not our own opinion.
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {buffer} from 'node:stream/consumers';
import {promisify} from 'node:util';

/** Runs `openssl WORDS...`; rejects when it fails. */
export async function openssl(...words: string[]): Promise<string> {
	const {stdout} = await promisify(execFile)('openssl', words);
	return stdout;
}

/** What a program printed, on both outputs, and how it ended. */
export type Printed = {code: number | null; output: string};

/** A GET over `openssl s_client WORDS...`: everything it printed, and its exit code. */
export async function getThroughOpenssl(port: number, path: string, ...words: string[]): Promise<Printed> {
	const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-ign_eof', ...words]);
	child.stdin.on('error', () => undefined); // It may end before it has read the request.
	child.stdin.end(`GET ${path} HTTP/1.0\r\n\r\n`);
	const exited = once(child, 'close') as Promise<[number | null]>; // Rejects when it cannot be started.
	const [[code], ...printed] = await Promise.all([exited, buffer(child.stdout), buffer(child.stderr)]);
	return {code, output: Buffer.concat(printed).toString('latin1')};
}
