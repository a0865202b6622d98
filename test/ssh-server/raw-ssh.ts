// An ssh2 client that can be made to misbehave.
import {readFile} from 'node:fs/promises';
import {once} from 'node:events';
import path from 'node:path';
import type {Duplex} from 'node:stream';
import type {ExecutionContext} from 'ava';
import type {Client, ConnectConfig} from 'ssh2';
import {ssh2} from '../../src/ssh-keys/ssh2.js';
import {RawSftp} from '../sftp/raw-sftp.js';
import type {Served} from './served.js';

/** Connects, and is destroyed with the test. Its errors are its own. */
export function rawClient(t: ExecutionContext, {port}: Pick<Served, 'port'>, settings: ConnectConfig) {
	const client = new ssh2.Client();
	t.teardown(() => client.destroy());
	client.on('error', () => undefined);
	client.connect({host: '127.0.0.1', port, strictVendor: false, ...settings});
	client.setNoDelay(true);
	return client;
}

/** A client that has signed in by key. */
export async function signedIn(t: ExecutionContext, served: Served, username: string): Promise<Client> {
	const client = rawClient(t, served, {username, privateKey: await readFile(path.join(served.home, 'id'))});
	await once(client, 'ready');
	return client;
}

/** How it ends: `ready` when the client is let in, `closed` when it is not. What the client thinks of that does not matter. */
export function outcomeOf(client: Client): Promise<'ready' | 'closed'> {
	return new Promise(resolve => {
		client.once('ready', () => resolve('ready')).once('close', () => resolve('closed'));
	});
}

/** An SFTP session on a connection that is open. */
export async function sftpOn(client: Client): Promise<RawSftp> {
	const {promise, resolve, reject} = Promise.withResolvers<Duplex>();
	client.subsys('sftp', (error, channel) => (error ? reject(error) : resolve(channel)));
	const sftp = new RawSftp(await promise);
	await sftp.greet();
	return sftp;
}
