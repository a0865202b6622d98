// Nobody fills the appliance's disk by SFTP.
import {mkdir, readdir, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {requestType, status} from '../../src/sftp/protocol.js';
import {testWith} from '../helpers/test-with.js';
import {flags, imprisoned, long, noAttributes, type RawSftp, withSize} from './raw-sftp.js';
import {servedAppliance} from '../ssh-server/served.js';

const testWithSftp = testWith('ssh', 'sftp');

const writing = flags.write | flags.create | flags.truncate;
const kilobyte = 1024;
const limits = {bytes: 100 * kilobyte, fileBytes: 40 * kilobyte, entries: 6};
const offset = (value: number) => long(BigInt(value));
const open = (client: RawSftp, name: string, how = writing) => client.statusOf(requestType.open, string(name), uint32(how), noAttributes);

/** Writes so many bytes at an offset, and gives the status and the words of the answer. */
async function write(client: RawSftp, handle: Buffer, at: number, size: number): Promise<[number, string]> {
	const {fields} = await client.request(requestType.write, string(handle), offset(at), string(Buffer.alloc(size)));
	return [fields.uint32(), fields.text()];
}

test('no request can make a file larger than the limit of one file', async t => {
	const {client, incoming} = await imprisoned(t, limits);
	const handle = await client.open('/incoming/file', writing);
	t.deepEqual(await write(client, handle, 0, limits.fileBytes), [status.ok, 'Success']);
	t.deepEqual(await write(client, handle, limits.fileBytes, 1), [status.failure, 'A file may have at most 40 kB']);
	t.is((await write(client, handle, 2 ** 40, 1))[0], status.failure);
	t.is(await client.statusOf(requestType.setstat, string('/incoming/file'), withSize(2n ** 40n)), status.failure);
	t.is(await client.statusOf(requestType.fsetstat, string(handle), withSize(BigInt(limits.fileBytes + 1))), status.failure);
	const appending = await client.open('/incoming/file', flags.write | flags.append);
	t.is((await write(client, appending, 0, 1))[0], status.failure);
	t.is((await write(client, handle, 10, 1000))[0], status.ok);
	t.is((await stat(path.join(incoming, 'file'))).size, limits.fileBytes);
});

test('all files together may not exceed the limit, and removing files makes room', async t => {
	const {client, incoming} = await imprisoned(t, limits);
	const handles = [];
	for (const name of ['one', 'two', 'three']) {
		handles.push(await client.open(`/incoming/${name}`, writing));
	}

	const [one, two, three] = handles as [Buffer, Buffer, Buffer];
	t.is((await write(client, one, 0, 40 * kilobyte))[0], status.ok);
	t.is((await write(client, two, 0, 40 * kilobyte))[0], status.ok);
	t.is((await write(client, three, 0, 20 * kilobyte))[0], status.ok);
	const [code, words] = await write(client, three, 20 * kilobyte, 1);
	t.is(code, status.failure);
	t.regex(words, /^Quota exceeded: the folder may hold 100 kB in 6 files and folders$/);
	t.is((await write(client, three, 0, 20 * kilobyte))[0], status.ok, 'writing over what is there needs no room');
	await rm(path.join(incoming, 'one'));
	t.is((await write(client, three, 20 * kilobyte, 1))[0], status.failure, 'a removed file takes space while it is open');
	t.is(await client.statusOf(requestType.close, string(one)), status.ok);
	t.is((await write(client, three, 20 * kilobyte, 20 * kilobyte))[0], status.ok);
	t.is(await client.statusOf(requestType.setstat, string('/incoming/two'), withSize(0n)), status.ok);
	t.is((await write(client, await client.open('/incoming/four', writing), 0, 40 * kilobyte))[0], status.ok);
});

test('files that were emptied behind open handles are counted as they grow again', async t => {
	const {client, incoming} = await imprisoned(t, limits);
	const handles: Buffer[] = [];
	for (const name of ['one', 'two', 'three', 'four']) {
		const handle = await client.open(`/incoming/${name}`, writing);
		t.is((await write(client, handle, 0, limits.fileBytes))[0], status.ok);
		t.is(await client.statusOf(requestType.setstat, string(`/incoming/${name}`), withSize(0n)), status.ok);
		handles.push(handle);
	}

	const codes = [];
	for (const handle of handles) {
		codes.push((await write(client, handle, limits.fileBytes - 1, 1))[0]);
	}

	t.deepEqual(codes, [status.ok, status.ok, status.failure, status.failure]);
	const sizes = await Promise.all((await readdir(incoming)).map(async name => (await stat(path.join(incoming, name))).size));
	t.true(sizes.reduce((sum, size) => sum + size) <= limits.bytes);
});

test('the number of files and folders is limited; existing files can still be written', async t => {
	const {client, incoming} = await imprisoned(t, limits);
	await mkdir(path.join(incoming, 'deep', 'er'), {recursive: true});
	for (const name of ['1', '2', '3']) {
		await writeFile(path.join(incoming, 'deep', name), '');
	}

	t.is(await open(client, '/incoming/last'), 102);
	t.is(await open(client, '/incoming/more'), status.failure);
	t.is(await client.statusOf(requestType.mkdir, string('/incoming/folder'), noAttributes), status.failure);
	t.is(await open(client, '/incoming/last', writing | flags.exclusive), status.failure);
	t.is(await open(client, '/incoming/last'), 102);
	t.is(await client.statusOf(requestType.rename, string('/incoming/last'), string('/incoming/renamed')), status.ok);
	t.is(await client.statusOf(requestType.rmdir, string('/incoming/deep/er')), status.ok);
	t.is(await open(client, '/incoming/more'), 102);
});

testWithSftp('many concurrent sessions share one quota', async t => {
	const served = await servedAppliance(t, {limits: {incoming: {bytes: 300 * kilobyte, fileBytes: 100 * kilobyte, entries: 20}}});
	await writeFile(path.join(served.home, 'file'), Buffer.alloc(90 * kilobyte));
	const results = await Promise.all(Array.from({length: 6}, (_, index) => served.sftp(`put file /incoming/${index}`)));
	t.is(results.filter(({status: code}) => code === 0).length, 3);
	const names = await readdir(served.layout.incoming);
	const sizes = await Promise.all(names.map(async name => (await stat(path.join(served.layout.incoming, name))).size));
	t.true(sizes.reduce((sum, size) => sum + size) <= 300 * kilobyte);
});

testWithSftp('df shows the quota for /incoming, and the disk for /outgoing', async t => {
	const {sftp, layout} = await servedAppliance(t, {limits: {incoming: {bytes: 1024 * kilobyte, fileBytes: 1024 * kilobyte, entries: 50}}});
	await writeFile(path.join(layout.incoming, 'file'), Buffer.alloc(256 * kilobyte));
	const row = (out: string) => out.trim().split('\n').at(-1)!.trim().split(/\s+/);
	t.deepEqual(row((await sftp('df /incoming')).out), ['1024', '256', '768', '768', '25%']);
	t.deepEqual(row((await sftp('df -i /')).out), ['50', '1', '49', '49', '2%']);
	t.true(Number(row((await sftp('df /outgoing')).out)[0]) > 1024);
});
