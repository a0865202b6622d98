// What a client that means harm can do to the server and to the other clients: nothing that lasts.
import {once} from 'node:events';
import {mkdir, readdir, readFile, readlink, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {limits, requestType, status} from '../../src/sftp/protocol.js';
import {testWith} from '../helpers/test-with.js';
import {flags, imprisoned, long, noAttributes, withMode} from '../sftp/raw-sftp.js';
import {swapFolder} from '../sftp/race.js';
import {sftpOn, signedIn} from './raw-ssh.js';
import {servedAppliance} from './served.js';

const testWithSftp = testWith('ssh', 'sftp');

const writing = flags.write | flags.create | flags.truncate;

/** The descriptors of this process, in which the server runs, that lead into a folder. */
async function openIn(folder: string): Promise<string[]> {
	const descriptors = await readdir('/proc/self/fd');
	const targets = await Promise.all(descriptors.map(async fd => readlink(`/proc/self/fd/${fd}`).catch(() => ''))); // Some are gone by now.
	return targets.filter(target => target.startsWith(folder));
}

test('during a race of renames nothing is written, created, renamed, changed or removed outside', async t => {
	const {client, outside, incoming} = await imprisoned(t);
	await mkdir(path.join(incoming, 'folder'));
	await writeFile(path.join(incoming, 'folder', 'secret'), 'inside');
	await symlink(outside, path.join(incoming, 'link'));
	await swapFolder(t, incoming);
	const answers = new Set<number>();
	for (let round = 0; round < 500; round++) {
		const made = string(`/incoming/folder/made-${round}`);
		for (const request of [
			[requestType.open, made, uint32(writing), noAttributes],
			[requestType.rename, made, string(`/incoming/folder/renamed-${round}`)],
			[requestType.mkdir, string(`/incoming/folder/folder-${round}`), noAttributes],
			[requestType.setstat, string('/incoming/folder/secret'), withMode(0o777)],
			[requestType.open, string('/incoming/folder/secret'), uint32(writing), noAttributes],
			[requestType.remove, string('/incoming/folder/secret')],
		] as Array<[number, ...Buffer[]]>) {
			const {type, fields} = await client.request(...request);
			answers.add(type === 101 ? fields.uint32() : type);
			if (type === 102) {
				await client.request(requestType.close, string(fields.string()));
			}
		}
	}

	t.true(answers.has(status.ok) && answers.has(status.noSuchFile), [...answers].join(' '));
	t.deepEqual(await readdir(outside), ['secret']);
	t.is(await readFile(path.join(outside, 'secret'), 'utf8'), 'secret');
});

test("requests that need the host's file system are not announced, and unsupported when sent", async t => {
	const {client, incoming} = await imprisoned(t);
	await writeFile(path.join(incoming, 'file'), 'mine');
	const file = string('/incoming/file');
	for (const [name, ...fields] of [
		['hardlink@openssh.com', file, string('/incoming/twin')],
		['lsetstat@openssh.com', file, withMode(0o777)],
		['expand-path@openssh.com', string('~root')],
		['home-directory', string('root')],
		['users-groups-by-id@openssh.com', string(uint32(0)), string(uint32(0))],
		['copy-data', string(uint32(1)), long(0n), long(0n), string(uint32(2)), long(0n)],
	] as Array<[string, ...Buffer[]]>) {
		t.is(await client.statusOf(requestType.extended, string(name), ...fields), status.unsupported, name);
	}

	t.deepEqual(await readdir(incoming), ['file']);
});

testWithSftp('a flood of reads by a client that takes no answers costs no memory, and others are served', async t => {
	const served = await servedAppliance(t);
	const {home, layout, sftp: others} = served;
	await writeFile(path.join(layout.incoming, 'file'), Buffer.alloc(limits.transfer), {mode: 0o600});
	await writeFile(path.join(home, 'mine'), 'content');
	const connection = await signedIn(t, served, 'tancopy');
	const sftp = await sftpOn(connection);
	const handle = string(await sftp.open('/incoming/file', flags.read));
	sftp.stream.pause();
	const before = process.memoryUsage.rss();
	for (let count = 0; count < 3000; count++) {
		sftp.stream.write(sftp.compose(requestType.read, handle, long(0n), uint32(limits.transfer)));
	}

	for (let count = 0; count < 3; count++) {
		t.is((await others('put mine /incoming/other', 'get /incoming/other back')).status, 0);
	}

	t.true(process.memoryUsage.rss() - before < 150 * 1024 * 1024, 'and not the 700 MB that were asked for');
});

test('clients that are cut off in mid-transfer leave no file open', async t => {
	const served = await servedAppliance(t, {limits: {unauthenticatedPerAddress: 50}});
	const {incoming} = served.layout;
	await Promise.all(
		Array.from({length: 20}, async (_, index) => {
			const connection = await signedIn(t, served, 'tancopy');
			const sftp = await sftpOn(connection);
			const handle = string(await sftp.open(`/incoming/${index}`, writing));
			await sftp.request(requestType.write, handle, long(0n), string('half'));
			await sftp.request(requestType.opendir, string('/incoming'));
			sftp.stream.write(sftp.compose(requestType.write, handle, long(4n), string(Buffer.alloc(200_000))).subarray(0, 100_000));
			const closed = once(connection, 'close');
			connection.destroy();
			await closed;
		}),
	);
	await served.close(); // Waits for everything that was open.
	t.deepEqual(await openIn(incoming), []);
	t.is((await readdir(incoming)).length, 20);
	const results = (await served.audited()).filter(({event}) => event === 'sftp-upload').map(({result}) => result);
	t.deepEqual([...new Set(results)], ['interrupted']);
});
