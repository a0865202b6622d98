// What clients may call a file, and how they hold on to one.
import {readdir, writeFile, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {string, uint32} from '../../src/ssh-keys/wire.js';
import {limits, requestType, status} from '../../src/sftp/protocol.js';
import {flags, imprisoned, long, noAttributes, withMode, withSize} from './raw-sftp.js';

const writing = flags.write | flags.create | flags.truncate;
const offset = (value: number) => long(BigInt(value));

test('names with NUL are a failure and too long ones a bad message, and the session continues', async t => {
	const {client, incoming} = await imprisoned(t);
	const names = ['a\0b', '\0', 'x'.repeat(256), 'y/'.repeat(2500), 'z'.repeat(200_000), '../'.repeat(33_000)];
	for (const name of names) {
		for (const type of [requestType.open, requestType.stat, requestType.mkdir, requestType.opendir, requestType.remove]) {
			const fields = type === requestType.open ? [uint32(writing), noAttributes] : [noAttributes];
			const code = await client.statusOf(type, string(`/incoming/${name}`), ...fields);
			t.is(code, name.includes('\0') ? status.failure : status.badMessage, `${type} ${name.slice(0, 8)}`);
		}
	}

	t.deepEqual(await readdir(incoming), []);
	t.is(await client.statusOf(requestType.mkdir, string(`/incoming/${'x'.repeat(255)}`), noAttributes), status.ok);
});

test('a path may have 64 folders, not counting dots', async t => {
	const {client, incoming} = await imprisoned(t);
	const deep = (count: number) => string(`/incoming/${'d/../'.repeat(100)}${'d/'.repeat(count)}`);
	for (let count = 1; count < limits.depth; count++) {
		t.is(await client.statusOf(requestType.mkdir, deep(count), noAttributes), status.ok);
	}

	t.is(await client.statusOf(requestType.mkdir, deep(limits.depth), noAttributes), status.badMessage);
	t.is(await client.statusOf(requestType.stat, deep(990)), status.badMessage);
	t.deepEqual(await readdir(incoming), ['d']);
});

test('names that are not UTF-8 keep their bytes', async t => {
	const {client, incoming} = await imprisoned(t);
	const name = Buffer.from([0xff, 0xfe, 0x20, 0x80, 0x0a, 0x1b]);
	const asked = Buffer.concat([Buffer.from('/incoming/'), name]).toString('latin1');
	await client.request(requestType.close, string(await client.open(asked, writing)));
	t.deepEqual(await readdir(incoming, {encoding: 'buffer'}), [name]);
	t.deepEqual(await client.list('/incoming'), [name.toString('latin1')]);
	const {fields} = await client.request(requestType.realpath, string(asked));
	t.is(fields.uint32(), 1);
	t.deepEqual(fields.string().toString('latin1'), asked);
	t.is(await client.statusOf(requestType.remove, string(asked)), status.ok);
});

test('as many handles as announced may be open, and one more when one is closed', async t => {
	const {client} = await imprisoned(t);
	const announced = await client.request(requestType.extended, string('limits@openssh.com'));
	t.deepEqual(
		[1, 2, 3, 4].map(() => announced.fields.uint64()),
		[limits.packet, limits.transfer, limits.transfer, limits.handles],
	);
	const handles: Buffer[] = [];
	for (let count = 0; count < limits.handles; count++) {
		handles.push(await client.open('/incoming/file', writing));
	}

	for (let count = 0; count < 2000; count++) {
		t.is(await client.statusOf(requestType.open, string('/incoming/file'), uint32(flags.read), noAttributes), status.failure);
	}

	t.is(await client.statusOf(requestType.opendir, string('/')), status.failure);
	t.is(await client.statusOf(requestType.close, string(handles[0]!)), status.ok);
	await client.open('/incoming/file', flags.read);
});

test('a handle that is unknown, closed or of the other kind is a failure', async t => {
	const {client} = await imprisoned(t);
	const file = string(await client.open('/incoming/file', writing));
	const folder = string((await client.request(requestType.opendir, string('/'))).fields.string());
	const closed = string(await client.open('/incoming/file', flags.read));
	await client.request(requestType.close, closed);
	for (const handle of [closed, folder, string(''), string('abcd'), string('a longer handle')]) {
		t.is(await client.statusOf(requestType.read, handle, offset(0), uint32(10)), status.failure);
		t.is(await client.statusOf(requestType.write, handle, offset(0), string('x')), status.failure);
		t.is(await client.statusOf(requestType.fsetstat, handle, withMode(0)), status.failure);
	}

	t.is(await client.statusOf(requestType.readdir, file), status.failure);
	t.is(await client.statusOf(requestType.close, closed), status.failure);
});

test('a handle for reading changes neither the content nor the size', async t => {
	const {client, incoming} = await imprisoned(t);
	await writeFile(path.join(incoming, 'file'), 'content');
	const handle = string(await client.open('/incoming/file', flags.read));
	t.is(await client.statusOf(requestType.fsetstat, handle, withSize(0n)), status.permissionDenied);
	t.not(await client.statusOf(requestType.write, handle, offset(0), string('x')), status.ok);
	t.is(await readFile(path.join(incoming, 'file'), 'utf8'), 'content');
	t.is(await client.statusOf(requestType.fsetstat, handle, withMode(0o640)), status.ok, 'as with fchmod(2)');
});

test('a listing includes the attributes, one part at a time', async t => {
	const {client, incoming} = await imprisoned(t);
	const names = Array.from({length: 2 * limits.names + 1}, (_, index) => `file-${index}`);
	await Promise.all(names.map(name => writeFile(path.join(incoming, name), '')));
	t.deepEqual((await client.list('/incoming')).sort(), names.sort());
});
