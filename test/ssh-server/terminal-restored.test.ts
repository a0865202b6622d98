// Whichever way a console ends, the last bytes that OpenSSH's client prints restore the terminal and say why.
import type {ExecutionContext} from 'ava';
import {setSecuritySetting} from '../../src/appliance/users/security-settings.js';
import {ConsoleClient, servedConsoles} from './console-client.js';
import type {Served} from './served.js';
import {testWith} from '../helpers/test-with.js';

/** Leaves the alternate screen and shows the cursor; then one line, and perhaps one of the client when the server closes. */
const restored = (farewell: string) =>
	new RegExp(`\\u001B\\[\\?1049l\\u001B\\[\\?25h${farewell}\\r\\n(?:Connection to 127\\.0\\.0\\.1 closed by remote host\\.\\r\\r?\\n)?$`);

const mainMenu = /Main Menu/;

async function opened(t: ExecutionContext, served: Served): Promise<ConsoleClient> {
	const client = new ConsoleClient(t, served, 'tanadmin');
	await client.prints(mainMenu);
	return client;
}

testWith('ssh', 'sftp')('Z', async t => {
	const client = await opened(t, await servedConsoles(t));
	client.write('z\r');
	t.is(await client.ended, 0);
	t.regex(client.output, restored('Signed out\\.'));
});

testWith('ssh', 'sftp')('idle time', async t => {
	const isPast = Promise.withResolvers<void>();
	const served = await servedConsoles(t, {
		after(_milliseconds, then) {
			let isPrevented = false;
			void isPast.promise.then(() => setImmediate(() => isPrevented || then()));
			return () => {
				isPrevented = true;
			};
		},
	});
	await setSecuritySetting(served.layout, 'menuTimeoutSeconds', 10, {user: 'tanadmin', from: 'console'});
	const client = await opened(t, served);
	isPast.resolve();
	t.is(await client.ended, 1);
	t.regex(client.output, restored('Signed out: the session was idle for too long\\.'));
});

testWith('ssh', 'sftp')('a fault in the console', async t => {
	const client = new ConsoleClient(
		t,
		await servedConsoles(t, {
			async bringUp() {
				throw new TypeError('a fault');
			},
		}),
		'tanadmin',
	);
	await client.prints(/Enter/);
	client.write('\r');
	t.is(await client.ended, 1);
	t.regex(client.output, restored('The session ended because of a fault in the console\\.'));
});

testWith('ssh', 'sftp')('the server stops', async t => {
	const served = await servedConsoles(t);
	const clients = [await opened(t, served), await opened(t, served)];
	await served.close();
	for (const client of clients) {
		t.is(await client.ended, 1);
		t.regex(client.output, restored('The server is stopping\\.'));
	}
});

testWith('ssh', 'sftp')('under load: twelve consoles end while files are uploaded', async t => {
	const served = await servedConsoles(t);
	const clients = await Promise.all(
		Array.from({length: 12}, async (_, index) => {
			const client = new ConsoleClient(t, served, index % 2 === 0 ? 'tanadmin' : 'tanuser');
			await client.prints(mainMenu);
			return client;
		}),
	);
	const script = Array.from({length: 10}, (_, index) => `put id /incoming/${index}`);
	const uploads = Promise.all(Array.from({length: 3}, async () => served.sftp(...script)));
	for (const client of clients) {
		client.write('z\r');
	}

	t.deepEqual([...new Set(await Promise.all(clients.map(async ({ended}) => ended)))], [0]);
	for (const {output} of clients) {
		t.regex(output, restored('Signed out\\.'));
	}

	t.deepEqual(
		(await uploads).map(({status}) => status),
		[0, 0, 0],
	);
});

testWith('ssh', 'sftp')('without a terminal', async t => {
	const served = await servedConsoles(t);
	const {status, out} = await served.run('ssh', ['tanadmin@127.0.0.1'], {input: 'z\n'});
	t.is(status, 0);
	t.regex(out, /Signed out\.\n$/);
});
