// What the tests of `tanos upload` share: a pair to upload, and an OpenSSH configuration to find hosts with.
import {access, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {temporaryFolder, writePair} from '../helpers/sandbox.js';
import {testWith} from '../helpers/test-with.js';
import {me, type Sshd} from '../ssh-client/sshd.js';

export const testWithSshd = testWith('sshd', 'ssh', 'ssh-keygen');

export type Desk = {folder: string; crt: string; key: string};

export async function deskWithPair(t: ExecutionContext): Promise<Desk> {
	const folder = await temporaryFolder(t);
	const [crt, key] = [path.join(folder, 'ts1.pem'), path.join(folder, 'ts1.key')];
	await writePair(crt, key);
	return {folder, crt, key};
}

/** A configuration of OpenSSH's client. */
export async function configOf({folder}: Desk, ...lines: string[]): Promise<string[]> {
	const file = path.join(folder, 'config');
	await writeFile(
		file,
		[...lines, 'Match all', 'IdentityAgent none', 'GlobalKnownHostsFile /dev/null', 'IdentitiesOnly yes', ''].join('\n'),
	);
	return ['--config', file];
}

export const optionsFor = ({folder}: Sshd) => ['--identity', path.join(folder, 'id'), '--known-hosts', path.join(folder, 'known_hosts')];
export const urlOf = ({port, incoming}: Sshd) => `sftp://${me}@127.0.0.1:${port}${incoming}`;
export const exists = async (file: string) =>
	access(file).then(
		() => true,
		() => false,
	);

export async function hasPair(t: ExecutionContext, {crt, key}: Desk, incoming: string): Promise<void> {
	t.deepEqual((await readdir(incoming)).sort(), ['SOAPServer.crt', 'SOAPServer.key']);
	t.is(await readFile(path.join(incoming, 'SOAPServer.crt'), 'utf8'), await readFile(crt, 'utf8'));
	t.is(await readFile(path.join(incoming, 'SOAPServer.key'), 'utf8'), await readFile(key, 'utf8'));
}
