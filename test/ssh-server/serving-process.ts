// `tanos serve` in a process of its own, which a test may kill.
import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import type ssh2 from 'ssh2';
import {readAccounts, writeAccounts} from '../../src/appliance/users/accounts.js';
import {tanosFile, type Appliance} from '../helpers/appliance.js';
import {makeSshKey} from '../helpers/ssh-key.js';
import {rawClient} from './raw-ssh.js';

export type ServingProcess = {
	/** A connection on which tancopy has signed in by key. */
	connection: ssh2.Client;
	/** For OpenSSH's clients: the same key and this host key. */
	options: string[];
	/** Kills the server at once. */
	kill(): Promise<void>;
};

export async function servingProcess(t: ExecutionContext, {root, workFolder, layout, ports}: Appliance): Promise<ServingProcess> {
	const key = path.join(workFolder, 'id');
	const accounts = await readAccounts(layout.accounts);
	const authorizedKeys = [(await makeSshKey(key)).trim()];
	await writeAccounts(layout.accounts, {...accounts, tancopy: {...accounts['tancopy']!, authorizedKeys}});
	const {nodeChildProcess: server} = execa(process.execPath, [tanosFile, 'serve', '--root', root], {reject: false, stdin: 'ignore'});
	const ended = once(server, 'exit');
	const kill = async () => {
		server.kill('SIGKILL');
		await ended;
	};

	t.teardown(kill);
	await once(server.stdout!, 'data');
	const connection = rawClient(t, {port: ports.ssh}, {username: 'tancopy', privateKey: await readFile(key)});
	await once(connection, 'ready');
	const known = path.join(workFolder, 'known_hosts');
	await writeFile(known, `* ${await readFile(`${layout.hostKey}.pub`, 'utf8')}`);
	return {
		connection,
		options: ['-F', '/dev/null', '-i', key, '-o', `UserKnownHostsFile=${known}`, '-o', 'BatchMode=yes'],
		kill,
	};
}
